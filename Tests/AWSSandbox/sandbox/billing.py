"""Cost Explorer from what really existed in the sandbox, and the price list."""
from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from typing import Any, Iterator

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import ec2_backends

from .base import AwsError, Settings, tags_of

ON_DEMAND = {  # us-west-2, Linux, dollars an hour
    "t3.micro": .0104, "t3.small": .0208, "t3.medium": .0416, "t3.large": .0832, "t3.xlarge": .1664, "m5.large": .096,
    "m5.xlarge": .192, "m5.2xlarge": .384, "c5.large": .085, "c5.xlarge": .17, "c5.2xlarge": .34, "r5.large": .126,
    "i3en.large": .226, "i3en.xlarge": .452,
}
GP3_GIB_MONTH, PUBLIC_IP_HOUR, HOURS_A_MONTH = .08, .005, 730
COMPUTE, OTHER, VPC = "Amazon Elastic Compute Cloud - Compute", "EC2 - Other", "Amazon Virtual Private Cloud"


class Billing:
    """`volumes` maps volume ids to (volume, created, deleted or 0)."""

    def __init__(self, settings: Settings, volumes: dict[str, tuple[Any, float, float]]) -> None:
        self.settings, self.volumes = settings, volumes

    def usage(self) -> Iterator[dict[str, Any]]:
        """One row per billed thing: dimensions, tags, from, to, dollars an hour and usage an hour."""
        now = time.time()
        for i in ec2_backends[ACCOUNT][self.settings.region].all_instances():
            row = {"tags": tags_of(i), "from": i.launch_time.replace(tzinfo=timezone.utc).timestamp(),
                   "to": getattr(i, "ended", now), "INSTANCE_TYPE": i.instance_type, "use": 1.0}
            yield {**row, "SERVICE": COMPUTE, "USAGE_TYPE": f"USW2-BoxUsage:{i.instance_type}",
                   "rate": ON_DEMAND.get(i.instance_type, .1)}
            if i.associate_public_ip:
                yield {**row, "SERVICE": VPC, "USAGE_TYPE": "USW2-PublicIPv4:InUseAddress", "rate": PUBLIC_IP_HOUR}
        for volume, made, gone in list(self.volumes.values()):
            if volume.ec2_backend.region_name == self.settings.region:
                months = volume.size / HOURS_A_MONTH  # GiB-months an hour
                yield {"SERVICE": OTHER, "USAGE_TYPE": "USW2-EBS:VolumeUsage.gp3", "INSTANCE_TYPE": "NoInstanceType",
                       "tags": tags_of(volume), "from": made, "to": gone or now,
                       "rate": months * GP3_GIB_MONTH, "use": months}

    def matches(self, rule: dict[str, Any], row: dict[str, Any]) -> bool:
        """A Cost Explorer filter expression against one row."""
        if "And" in rule or "Or" in rule:
            return (all if "And" in rule else any)(self.matches(r, row) for r in rule.get("And") or rule["Or"])
        if "Not" in rule:
            return not self.matches(rule["Not"], row)
        if "Tags" in rule:
            return row["tags"].get(rule["Tags"]["Key"], "") in rule["Tags"]["Values"]
        return "Dimensions" not in rule or row.get(rule["Dimensions"]["Key"], "") in rule["Dimensions"]["Values"]

    def get_cost_and_usage(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        start, end = (datetime.fromisoformat(body["TimePeriod"][k][:10]).replace(tzinfo=timezone.utc)
                      for k in ("Start", "End"))
        if start >= end:
            raise AwsError("ValidationException", "Start date (and hour) should be before end date (and hour)")
        step = timedelta(days=1) if body["Granularity"] == "DAILY" else end - start
        groups, metrics, results = body.get("GroupBy", []), body["Metrics"], []
        rows = [row for row in self.usage() if self.matches(body.get("Filter", {}), row)]
        while start < end:
            until = min(start + step, end)
            sums = self.sums(rows, groups, start.timestamp(), until.timestamp())
            results.append({
                "TimePeriod": {"Start": f"{start:%Y-%m-%d}", "End": f"{until:%Y-%m-%d}"}, "Estimated": True,
                "Total": {} if groups else self.amounts(metrics, *sums.get((), (0.0, 0.0))),
                "Groups": [{"Keys": list(k), "Metrics": self.amounts(metrics, *v)} for k, v in sums.items() if groups]})
            start = until
        return {"ResultsByTime": results, "GroupDefinitions": groups, "DimensionValueAttributes": []}

    def sums(self, rows: list[dict[str, Any]], groups: list[dict[str, str]], start: float,
             end: float) -> dict[tuple[str, ...], tuple[float, float]]:
        """Cost and usage between two moments, by group; a tag group reads KEY$VALUE as in the real service."""
        billed = min(end, time.time() - self.settings.ce_lag_hours * 3600)
        found: dict[tuple[str, ...], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for row in rows:
            hours = (min(row["to"], billed) - max(row["from"], start)) * self.settings.cost_speedup / 3600
            key = tuple(f"{g['Key']}${row['tags'].get(g['Key'], '')}" if g["Type"] == "TAG" else row.get(g["Key"], "")
                        for g in groups)
            if hours > 0:
                found[key] = (found[key][0] + hours * row["rate"], found[key][1] + hours * row["use"])
        return found

    @staticmethod
    def amounts(metrics: list[str], cost: float, use: float) -> dict[str, dict[str, str]]:
        """The figures as strings, as Cost Explorer gives them."""
        return {m: {"Amount": f"{use:.10f}", "Unit": "N/A"} if m == "UsageQuantity" else
                {"Amount": f"{cost:.10f}", "Unit": "USD"} for m in metrics}

    def get_products(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        here = {"regionCode": self.settings.region, "location": "US West (Oregon)", "servicecode": "AmazonEC2"}
        box = here | {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
        disk = {**here, "volumeApiName": "gp3", "usagetype": "USW2-EBS:VolumeUsage.gp3"}
        products = [("Storage", disk, "GB-Mo", GP3_GIB_MONTH)]
        for name, price in ON_DEMAND.items():
            attributes = {**box, "instanceType": name, "usagetype": f"USW2-BoxUsage:{name}"}
            products.append(("Compute Instance", attributes, "Hrs", price))
        listed = []
        for family, attributes, unit, price in products:
            known = {"productFamily": family, "ServiceCode": "AmazonEC2", **attributes}
            if all(known.get(f["Field"]) == f["Value"] for f in body.get("Filters", [])):
                sku = hashlib.sha1(repr(attributes).encode()).hexdigest()[:16].upper()
                rate = {"unit": unit, "pricePerUnit": {"USD": f"{price:.10f}"}, "beginRange": "0", "endRange": "Inf"}
                term = {"priceDimensions": {f"{sku}.JRTCKXETXF.6YS6EN2CT7": rate}, "sku": sku, "termAttributes": {}}
                listed.append(json.dumps({
                    "product": {"productFamily": family, "attributes": attributes, "sku": sku},
                    "serviceCode": "AmazonEC2", "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}}}))
        return {"FormatVersion": "aws_v1", "PriceList": listed}
