"""What the real EC2 refuses and moto lets through."""
from __future__ import annotations

import re
import time
from datetime import timezone
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from .base import AwsError, Settings


def check(action: str, p: dict[str, str], region: str, settings: Settings, groups: dict[str, Any]) -> None:
    """Refuse what the real service refuses and moto lets through."""
    ec2 = ec2_backends[ACCOUNT][region]
    alive = [i for i in ec2.all_instances() if i.state != "terminated"]
    if action == "RunInstances":
        profile = p.get("IamInstanceProfile.Name")
        made = getattr(iam_backends[ACCOUNT]["aws"].instance_profiles.get(profile), "create_date", None)
        if p.get("InstanceType") in settings.no_capacity.split(","):
            raise AwsError("InsufficientInstanceCapacity", f"no {p['InstanceType']} capacity in this zone", 500)
        ready = made.replace(tzinfo=timezone.utc).timestamp() + settings.iam_lag if made else float("inf")
        if profile and time.time() < ready:
            raise AwsError("InvalidParameterValue", f"Value ({profile}) for parameter iamInstanceProfile.name is "
                           "invalid. Invalid IAM Instance Profile name")
        if p.get("KeyName") and p["KeyName"] not in ec2.key_pairs:
            raise AwsError("InvalidKeyPair.NotFound", f"The key pair '{p['KeyName']}' does not exist")
        if p.get("Placement.GroupName") and p["Placement.GroupName"] not in groups:
            raise AwsError("InvalidPlacementGroup.Unknown", f"no placement group {p['Placement.GroupName']}")
    group, subnet, vpc = p.get("GroupId"), p.get("SubnetId"), p.get("VpcId")
    named = (rule.source_group.get("GroupId") for part in ec2.groups.values() for other in part.values()
             if other.id != group for rule in (*other.ingress_rules, *other.egress_rules))
    in_use = {
        "DeleteSecurityGroup": lambda: group in named or any(
            group in {g.id for g in i.security_groups} for i in alive) or any(
            group in {g.id for g in nic.group_set} for nic in ec2.enis.values()),
        "DeleteSubnet": lambda: any(i.subnet_id == subnet for i in alive) or any(
            nic.subnet.id == subnet for nic in ec2.enis.values()),
        "DetachInternetGateway": lambda: any(i.vpc_id == vpc and i.public_ip for i in alive),
        "DeleteVpc": lambda: len(ec2.groups.get(vpc, {})) > 1 or any(
            g.vpc and g.vpc.id == vpc for g in ec2.internet_gateways.values()),
    }
    if in_use.get(action, bool)():
        raise AwsError("DependencyViolation", f"{group or subnet or vpc} has dependencies and cannot be deleted")
