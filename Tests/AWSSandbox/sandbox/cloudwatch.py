"""GetMetricData for the instances and volumes that exist, in CloudWatch's query protocol.

moto keeps what is put there and refuses the namespaces that are AWS's own, which are the ones that are asked for. Values are made up:
plain ones are a function of the time, the credits left are what `cpu_credits` says. Of anything that never existed, and of
time in which it did not, there is nothing.
"""
from __future__ import annotations

import re
import uuid
from datetime import datetime, timezone
from typing import Any, Iterator

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import ec2_backends

from .base import AwsError, Reply, Settings, xml_reply
from .billing import cut

MOST_QUERIES, MOST_POINTS = 500, 100_800
EVERY_FIVE_MINUTES = 300  # of an instance without detailed monitoring
NAME = re.compile(r"[a-z][A-Za-z0-9_]*")


class CloudWatch:
    """`volumes` maps volume ids to (volume, created, deleted or 0)."""

    def __init__(self, settings: Settings, volumes: dict[str, tuple[Any, float, float]]) -> None:
        self.settings, self.volumes = settings, volumes

    def get_metric_data(self, region: str, params: dict[str, str]) -> Reply:
        start, end = (self.moment(params, key) for key in ("StartTime", "EndTime"))
        if start >= end:
            raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
        queries = list(self.queries(params))
        if not 0 < len(queries) <= MOST_QUERIES:
            raise AwsError("ValidationError", f"The collection MetricDataQueries must have 1 to {MOST_QUERIES} members.")
        page = min(int(params.get("MaxDatapoints", MOST_POINTS)), self.settings.page_limit or MOST_POINTS)
        points = [(q["Id"], moment, value) for q in queries for moment, value in self.points(region, q, start, end)]
        shown, token = cut(points, params.get("NextToken"), page)
        results = "".join(self.result(q["Id"], [p for p in shown if p[0] == q["Id"]]) for q in queries)
        following = f"<NextToken>{token}</NextToken>" if token else ""
        request = str(uuid.uuid4())
        return xml_reply(
            '<GetMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><GetMetricDataResult>'
            f"<MetricDataResults>{results}</MetricDataResults>{following}<Messages/></GetMetricDataResult>"
            f"<ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></GetMetricDataResponse>", request=request)

    @staticmethod
    def moment(params: dict[str, str], key: str) -> float:
        try:
            return datetime.fromisoformat(params[key].replace("Z", "+00:00")).timestamp()
        except (KeyError, ValueError) as error:
            raise AwsError("ValidationError", f"{key} is no time") from error

    @staticmethod
    def queries(params: dict[str, str]) -> Iterator[dict[str, str]]:
        number, seen = 1, set[str]()
        while (name := params.get(f"MetricDataQueries.member.{number}.Id")) is not None:
            prefix = f"MetricDataQueries.member.{number}.MetricStat."
            if not NAME.fullmatch(name) or name in seen:
                raise AwsError("ValidationError", f"The value {name} for parameter MetricDataQueries.Id is not valid.")
            seen.add(name)
            metric = {"Id": name, "Namespace": params.get(f"{prefix}Metric.Namespace", ""),
                      "MetricName": params.get(f"{prefix}Metric.MetricName", ""),
                      "Dimension": params.get(f"{prefix}Metric.Dimensions.member.1.Name", ""),
                      "Resource": params.get(f"{prefix}Metric.Dimensions.member.1.Value", ""),
                      "Period": params.get(f"{prefix}Period", "60"), "Stat": params.get(f"{prefix}Stat", "")}
            if not metric["MetricName"] or int(metric["Period"]) % 60 or not metric["Stat"]:
                raise AwsError("ValidationError", f"The query {name} is not valid.")
            yield metric
            number += 1

    def points(self, region: str, query: dict[str, str], start: float, end: float) -> Iterator[tuple[float, float]]:
        """The values of whole steps in which the resource existed."""
        life = self.life(region, query)
        value = self.value(query)
        if life is None or value is None:
            return
        period = int(query["Period"])
        step = max(period, EVERY_FIVE_MINUTES if query["Namespace"] == "AWS/EC2" else 60)
        moment = start - start % step
        while moment < end:
            if moment + step > life[0] and (not life[1] or moment < life[1]):
                yield moment, value
            moment += step

    def life(self, region: str, query: dict[str, str]) -> tuple[float, float] | None:
        if query["Namespace"] == "AWS/EBS" and query["Dimension"] == "VolumeId":
            known = self.volumes.get(query["Resource"])
            return (known[1], known[2]) if known and known[0].ec2_backend.region_name == region else None
        if query["Namespace"] == "AWS/EC2" and query["Dimension"] == "InstanceId":
            for instance in ec2_backends[ACCOUNT][region].all_instances():
                if instance.id == query["Resource"]:
                    launched = instance.launch_time.replace(tzinfo=timezone.utc).timestamp()
                    return launched, getattr(instance, "ended", 0.0)
        return None

    def value(self, query: dict[str, str]) -> float | None:
        """None for what the type of the resource has not: a gp3 volume has no burst balance."""
        period = int(query["Period"])
        return {"VolumeReadOps": 2.0 * period, "VolumeWriteOps": 50.0 * period, "VolumeReadBytes": 8192.0 * period,
                "VolumeWriteBytes": 1048576.0 * period, "VolumeQueueLength": .5, "VolumeIOPSExceededCheck": 0.0,
                "VolumeThroughputExceededCheck": 0.0, "CPUCreditBalance": self.settings.cpu_credits,
                "CPUSurplusCreditBalance": 0.0, "NetworkIn": 1e6 * period, "NetworkOut": 2e6 * period,
                }.get(query["MetricName"])

    @staticmethod
    def result(name: str, points: list[tuple[str, float, float]]) -> str:
        times = "".join(f"<member>{datetime.fromtimestamp(t, timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')}</member>"
                        for _, t, _ in points)
        values = "".join(f"<member>{v}</member>" for _, _, v in points)
        return (f"<member><Id>{name}</Id><Label>{name}</Label><Timestamps>{times}</Timestamps><Values>{values}</Values>"
                "<StatusCode>Complete</StatusCode></member>")
