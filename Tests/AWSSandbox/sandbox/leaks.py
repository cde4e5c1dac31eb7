"""What is left in the account: everything that a test, terraform or a direct client can have created."""
from __future__ import annotations

from typing import Any, Iterable, Iterator

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

from .base import tags_of


def resources(region: str, placement_groups: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Kind, id and tags of everything that exists and is not part of a fresh account."""
    b = ec2_backends[ACCOUNT][region]
    flat = lambda table: [x for part in table.values() for x in part.values()]  # noqa: E731
    default = {v.id for v in b.vpcs.values() if v.is_default == "true" or v.is_default is True}
    kinds: dict[str, Iterable[Any]] = {
        "instance": [i for i in b.all_instances() if i.state != "terminated"], "volume": b.volumes.values(),
        "vpc": b.vpcs.values(), "subnet": flat(b.subnets), "internet-gateway": b.internet_gateways.values(),
        "security-group": [g for g in flat(b.groups) if g.name != "default"], "key-pair": b.key_pairs.values(),
        "route-table": [r for r in b.route_tables.values() if not r.main_association_id],
        "launch-template": b.launch_templates.values(), "network-interface": b.enis.values(),
        "elastic-ip": b.addresses, "image": [a for a in b.amis.values() if a.owner_id == ACCOUNT],
        "spot-instances-request": [r for r in b.spot_instance_requests.values() if r.state in ("open", "active")],
        # An image takes its snapshot with it into this list: deregistered, it leaves the snapshot behind.
        "snapshot": [s for s in b.snapshots.values() if not s.from_ami or s.from_ami not in b.amis]}
    network = {"subnet", "internet-gateway", "route-table"}  # the default VPC's own; what runs in it is not
    for kind, things in kinds.items():
        for thing in list(things):
            ident = str(getattr(thing, "id", None) or getattr(thing, "allocation_id", None) or thing.name)
            if ident not in default and not (kind in network and getattr(thing, "vpc_id", None) in default):
                yield kind, ident, tags_of(thing)
    for name, group in placement_groups.items():
        yield "placement-group", name, group["tags"]
    iam, s3 = iam_backends[ACCOUNT]["aws"], s3_backends[ACCOUNT]["aws"]
    yield from (("iam-role", r.name, tags_of(r)) for r in iam.roles.values())
    yield from (("iam-instance-profile", n, tags_of(i)) for n, i in iam.instance_profiles.items())
    yield from (("iam-policy", p.name, tags_of(p)) for p in iam.managed_policies.values() if ACCOUNT in p.arn)
    yield from (("s3-bucket", n, s3.tagger.get_tag_dict_for_resource(x.arn)) for n, x in s3.buckets.items())
