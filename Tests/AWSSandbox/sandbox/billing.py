"""Cost Explorer from what really existed in the sandbox, and the price list."""
from __future__ import annotations

import calendar
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
GP3_GIB_MONTH, GP3_IOPS_MONTH, GP3_MIBPS_MONTH, PUBLIC_IP_HOUR = .08, .005, .04, .005
SPOT = .35  # of the price on demand, in every zone
COMPUTE, OTHER, VPC = "Amazon Elastic Compute Cloud - Compute", "EC2 - Other", "Amazon Virtual Private Cloud"


def hours_in_month(moment: float) -> float:
    """EBS is billed by the hours of the calendar month."""
    day = datetime.fromtimestamp(moment, timezone.utc)
    return calendar.monthrange(day.year, day.month)[1] * 24.0


def cut(items: list[Any], token: str | None, size: int) -> tuple[list[Any], str | None]:
    """A page of a list, and the token of the next."""
    if token and not token.startswith("sandbox-page-"):
        raise AwsError("InvalidNextTokenException", "The token is not valid.")
    start = int((token or "sandbox-page-0").rsplit("-", 1)[1])
    return items[start:start + size], f"sandbox-page-{start + size}" if start + size < len(items) else None


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
            spot = getattr(i, "instance_lifecycle", None) == "spot"
            yield {**row, "SERVICE": COMPUTE, "USAGE_TYPE": f"USW2-{'Spot' if spot else 'Box'}Usage:{i.instance_type}",
                   "rate": ON_DEMAND.get(i.instance_type, .1) * (SPOT if spot else 1)}
            if i.associate_public_ip:
                yield {**row, "SERVICE": VPC, "USAGE_TYPE": "USW2-PublicIPv4:InUseAddress", "rate": PUBLIC_IP_HOUR}
        for volume, made, gone in list(self.volumes.values()):
            if volume.ec2_backend.region_name == self.settings.region:
                row = {"SERVICE": OTHER, "INSTANCE_TYPE": "NoInstanceType", "tags": tags_of(volume), "from": made,
                       "to": gone or now}
                above = lambda value, included: max((value or 0) - included, 0)  # noqa: E731
                for usage, amount, price in (
                        ("VolumeUsage", volume.size, GP3_GIB_MONTH),
                        ("VolumeP-IOPS", above(volume.iops, 3000), GP3_IOPS_MONTH),
                        ("VolumeP-Throughput", above(volume.throughput, 125), GP3_MIBPS_MONTH)):
                    if amount:
                        months = amount / hours_in_month(made)
                        yield {**row, "USAGE_TYPE": f"USW2-EBS:{usage}.gp3", "rate": months * price, "use": months}

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
        reply = {"GroupDefinitions": groups, "DimensionValueAttributes": []}
        days, token = cut(results, body.get("NextPageToken"), self.settings.page_limit or 400)
        return reply | {"ResultsByTime": days} | ({"NextPageToken": token} if token else {})

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
        listed = []
        for service, family, attributes, unit, price in self.products():
            known = {"productFamily": family, "servicecode": service, **attributes}
            if service == body["ServiceCode"] and all(known.get(f["Field"]) == f["Value"] for f in body.get("Filters", [])):
                sku = hashlib.sha1(repr(attributes).encode()).hexdigest()[:16].upper()
                rate = {"unit": unit, "pricePerUnit": {"USD": f"{price:.10f}"}, "beginRange": "0", "endRange": "Inf"}
                term = {"priceDimensions": {f"{sku}.JRTCKXETXF.6YS6EN2CT7": rate}, "sku": sku, "termAttributes": {}}
                listed.append(json.dumps({
                    "product": {"productFamily": family, "attributes": known, "sku": sku},
                    "serviceCode": service, "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}}}))
        size = min(int(body.get("MaxResults", 100)), self.settings.page_limit or 100)
        listed, token = cut(listed, body.get("NextToken"), size)
        return {"FormatVersion": "aws_v1", "PriceList": listed} | ({"NextToken": token} if token else {})

    def products(self) -> Iterator[tuple[str, str, dict[str, str], str, float]]:
        """Service, family, attributes, unit, dollars. Throughput is listed by GiB/s, as in the real list."""
        here = {"regionCode": self.settings.region, "location": "US West (Oregon)"}
        box = {**here, "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
        for name, price in ON_DEMAND.items():
            yield ("AmazonEC2", "Compute Instance",
                   {**box, "instanceType": name, "usagetype": f"USW2-BoxUsage:{name}"}, "Hrs", price)
        for kind, family, usage, unit, price in (
                ("gp3", "Storage", "VolumeUsage", "GB-Mo", GP3_GIB_MONTH),
                ("gp3", "System Operation", "VolumeP-IOPS", "IOPS-Mo", GP3_IOPS_MONTH),
                ("gp3", "Provisioned Throughput", "VolumeP-Throughput", "GiBps-mo", GP3_MIBPS_MONTH * 1024),
                ("io2", "Storage", "VolumeUsage", "GB-Mo", .125),
                ("io2", "System Operation", "VolumeP-IOPS", "IOPS-Mo", .065)):
            yield ("AmazonEC2", family,
                   {**here, "volumeApiName": kind, "usagetype": f"USW2-EBS:{usage}.{kind}"}, unit, price)
        yield ("AmazonEC2", "NAT Gateway", {**here, "usagetype": "USW2-NatGateway-Hours"}, "Hrs", .045)
        for usage, price in ("InUseAddress", PUBLIC_IP_HOUR), ("IdleAddress", PUBLIC_IP_HOUR):
            yield ("AmazonVPC", "", {**here, "group": "VPCPublicIPv4Address", "usagetype": f"USW2-PublicIPv4:{usage}"},
                   "Hrs", price)
        yield ("AWSDataTransfer", "Data Transfer",
               {"fromRegionCode": self.settings.region, "transferType": "IntraRegion",
                "usagetype": "USW2-DataTransfer-Regional-Bytes"}, "GB", .01)

    def spot_prices(self, params: dict[str, str]) -> str:
        """The prices in force, as DescribeSpotPriceHistory gives them when asked from now on."""
        types = [v for k, v in params.items() if k.startswith("InstanceType.")] or list(ON_DEMAND)
        zones = [params["AvailabilityZone"]] if "AvailabilityZone" in params else [
            self.settings.region + letter for letter in "abcd"]
        now = datetime.now(timezone.utc)
        return "<spotPriceHistorySet>" + "".join(
            f"<item><instanceType>{name}</instanceType><productDescription>Linux/UNIX</productDescription>"
            f"<spotPrice>{ON_DEMAND[name] * SPOT:.6f}</spotPrice><timestamp>{now:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
            f"<availabilityZone>{zone}</availabilityZone></item>"
            for name in types if name in ON_DEMAND for zone in zones) + "</spotPriceHistorySet><nextToken/>"
