"""What the real EC2 refuses and moto lets through."""
from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import time
from datetime import timezone
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.iam.models import iam_backends

from .base import AwsError, Settings

USER_DATA_LIMIT = 16_384  # bytes, before base64

def check(action: str, p: dict[str, str], region: str, settings: Settings, groups: dict[str, Any]) -> None:
    """Refuse what the real service refuses and moto lets through."""
    ec2 = ec2_backends[ACCOUNT][region]
    alive = [i for i in ec2.all_instances() if i.state != "terminated"]
    if action == "RunInstances":
        profile = p.get("IamInstanceProfile.Name")
        made = getattr(iam_backends[ACCOUNT]["aws"].instance_profiles.get(profile), "create_date", None)
        kind = p.get("InstanceType", "")
        subnet_id = p.get("SubnetId") or p.get("NetworkInterface.1.SubnetId")
        zone = next((s.availability_zone for part in ec2.subnets.values() for s in part.values() if s.id == subnet_id), "")
        if p.get("DryRun") != "true" and {kind, zone, f"{kind}@{zone}"} & {*settings.no_capacity.split(",")} - {""}:
            raise AwsError("InsufficientInstanceCapacity", f"no {kind} capacity in {zone or 'this zone'}", 500)
        spot = p.get("InstanceMarketOptions.MarketType") == "spot"
        same = [i.instance_type for i in alive if (getattr(i, "instance_lifecycle", "") == "spot") == spot]
        wanted = cpus(kind) * int(p.get("MaxCount") or 1)
        if standard(kind) and wanted + sum(cpus(t) for t in same if standard(t)) > settings.vcpu_limit:
            code = "MaxSpotInstanceCountExceeded" if spot else "VcpuLimitExceeded"
            raise AwsError(code, f"You have requested more vCPU capacity than your current vCPU limit of {settings.vcpu_limit} "
                           "allows for the instance bucket that the specified instance type belongs to.")
        ready = made.replace(tzinfo=timezone.utc).timestamp() + settings.iam_lag if made else float("inf")
        if profile and time.time() < ready:
            raise AwsError("InvalidParameterValue", f"Value ({profile}) for parameter iamInstanceProfile.name is "
                           "invalid. Invalid IAM Instance Profile name")
        image = ec2.amis.get(p.get("ImageId", ""))
        if image and image.state != "available":
            raise AwsError("InvalidAMIID.Unavailable", f"The image ID '{image.id}' is not available")
        if p.get("KeyName") and p["KeyName"] not in ec2.key_pairs:
            raise AwsError("InvalidKeyPair.NotFound", f"The key pair '{p['KeyName']}' does not exist")
        if p.get("Placement.GroupName") and p["Placement.GroupName"] not in groups:
            raise AwsError("InvalidPlacementGroup.Unknown", f"no placement group {p['Placement.GroupName']}")
        launch(p, ec2, alive)
    if action == "CreateVpc" and len(ec2.vpcs) >= settings.vpc_limit:
        raise AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
    group, subnet, vpc = p.get("GroupId"), p.get("SubnetId"), p.get("VpcId")
    if action == "CreateSecurityGroup" and vpc and vpc not in ec2.vpcs:
        raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
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
            g.vpc and g.vpc.id == vpc for g in ec2.internet_gateways.values()) or any(
            s.vpc_id == vpc for zone in ec2.subnets.values() for s in zone.values()) or any(
            t.vpc_id == vpc and not t.main_association_id for t in ec2.route_tables.values()),
    }
    if action == "DeletePlacementGroup" and any(getattr(i, "placement_group", "") == p.get("GroupName") for i in alive):
        raise AwsError("InvalidPlacementGroup.InUse", f"The placement group '{p.get('GroupName')}' is in use.")
    if in_use.get(action, bool)():
        raise AwsError("DependencyViolation", f"{group or subnet or vpc} has dependencies and cannot be deleted")


def cpus(kind: str) -> int:
    """The virtual CPUs of an instance type, as DescribeInstanceTypes tells them."""
    return int(INSTANCE_TYPES.get(kind, {}).get("VCpuInfo", {}).get("DefaultVCpus", 0))


def standard(kind: str) -> bool:
    """Whether a type counts against the quota of the standard families."""
    return bool(re.match(r"(?:a|c|d|h|i|m|r|t|z|im|is)[0-9]", kind))


def launch(p: dict[str, str], ec2: Any, alive: list[Any]) -> None:
    """What RunInstances says of its user data and addresses."""
    try:
        size = len(base64.b64decode(p.get("UserData", ""), validate=True))
    except binascii.Error:
        raise AwsError("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from None
    if size > USER_DATA_LIMIT:
        raise AwsError("InvalidParameterValue", f"User data is limited to {USER_DATA_LIMIT} bytes")
    address = p.get("PrivateIpAddress") or p.get("NetworkInterface.1.PrivateIpAddress")
    subnet_id = p.get("SubnetId") or p.get("NetworkInterface.1.SubnetId")
    if not address:
        return
    if int(p.get("MaxCount") or 1) > 1:
        raise AwsError("InvalidParameterCombination", "Specifying a private IP address is only valid when launching a "
                       "single instance.")
    used = {(nic.subnet.id, nic.private_ip_address) for nic in ec2.enis.values()}
    used |= {(i.subnet_id, i.private_ip) for i in alive}  # held until it is terminated
    if (subnet_id, address) in used:
        raise AwsError("InvalidIPAddress.InUse", f"Address {address} is in use.")
    subnet = next((s for zone in ec2.subnets.values() for s in zone.values() if s.id == subnet_id), None)
    if subnet is None:
        return
    network = ipaddress.ip_network(subnet.cidr_block)
    if ipaddress.ip_address(address) not in network:
        raise AwsError("InvalidParameterValue", f"Address {address} does not fall within the subnet's address range")
    if ipaddress.ip_address(address) in (*(network[n] for n in range(4)), network[-1]):
        raise AwsError("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
