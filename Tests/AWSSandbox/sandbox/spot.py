"""Spot requests that RunInstances makes; moto keeps the market type and nothing else."""
from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.instances import Instance
from moto.ec2.models.spot_requests import LaunchSpecification
from moto.ec2.utils import random_spot_request_id


class SpotRequest(TaggedEC2Resource):
    """A one-time request that was fulfilled at once, with the attributes that DescribeSpotInstanceRequests shows."""

    def __init__(self, backend: EC2Backend, instance: Instance, params: dict[str, str], tags: dict[str, str]) -> None:
        self.ec2_backend, self.instance, self.id = backend, instance, random_spot_request_id()
        self.spot_instance_request_id, self.instance_id = self.id, instance.id
        option = lambda name, default: params.get(f"InstanceMarketOptions.SpotOptions.{name}", default)  # noqa: E731
        self.type, self.price = option("SpotInstanceType", "one-time"), option("MaxPrice", "0.083200")
        self.spot_price = self.price
        self.instance_interruption_behavior = option("InstanceInterruptionBehavior", "terminate")
        self.create_time, self.cancelled = datetime.now(timezone.utc), False
        self.product_description, self.valid_from, self.valid_until = "Linux/UNIX", None, None
        self.launched_availability_zone = instance.placement.zone if hasattr(instance.placement, "zone") else None
        self.launch_specification = LaunchSpecification(
            None, None, instance.image_id, instance.key_name, instance.instance_type, None, False, instance.subnet_id)
        self.add_tags(tags)
        backend.spot_instance_requests[self.id] = self

    @property
    def state(self) -> str:
        """Closed with its instance, active before that."""
        if self.instance.state in ("shutting-down", "terminated"):
            return "closed"
        return "cancelled" if self.cancelled else "active"

    @state.setter
    def state(self, value: str) -> None:
        self.cancelled = value == "cancelled"

    @property
    def status(self) -> dict[str, Any]:
        if getattr(self.instance, "interrupted", False):
            return {"Code": "instance-terminated-no-capacity", "Message": "Your Spot instance was terminated because there is no "
                    "Spot capacity available that matches your request.", "UpdateTime": self.create_time}
        code = {"active": "fulfilled", "cancelled": "request-canceled-and-instance-running",
                "closed": "instance-terminated-by-user"}[self.state]
        return {"Code": code, "Message": "", "UpdateTime": self.create_time}

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name == "state":
            return self.state
        if filter_name == "instance-id":
            return self.instance_id
        return super().get_filter_value(filter_name, "DescribeSpotInstanceRequests")
