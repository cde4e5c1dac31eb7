"""What moto's EC2 lacks: time, root volumes as the AMI has them, gp3 figures, images, idempotency of what is gone."""
from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import Any, Callable

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.exceptions import InvalidInstanceIdError
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.instances import Instance
from moto.ec2.utils import convert_tag_spec

from .base import Settings, TimedState
from .images import Images
from .machines import Machines
from .spot import SpotRequest

BASE_IMAGE = "ami-0a1b2c3d4e5f60002"


class Ec2:
    """Patches of moto's classes, made once."""

    def __init__(self, settings: Settings, machines: Machines) -> None:
        self.settings, self.machines = settings, machines
        self.params: dict[str, str] = {}  # of the EC2 call that is being answered, under the application's lock
        self.volumes: dict[str, tuple[Any, float, float]] = {}  # id -> volume, created, deleted (0: exists)
        self.patch()

    def wrap(self, owner: type, name: str, around: Callable[..., Any]) -> None:
        """Replace a moto method by `around(original, self, ...)`."""
        original = getattr(owner, name)
        setattr(owner, name, lambda this, *a, **k: around(original, this, *a, **k))

    def patch(self) -> None:
        settings = self.settings

        def hidden(instance: Instance) -> bool:
            """Too young to be seen yet, or terminated for too long."""
            born = instance.launch_time.replace(tzinfo=timezone.utc).timestamp()
            forgotten = getattr(instance, "ended", time.time()) + settings.forget_after
            return not born + settings.describe_lag <= time.time() < forgotten

        def create(original: Callable[..., None], instance: Instance, *a: Any, **k: Any) -> None:
            original(instance, *a, **k)
            instance._state = TimedState("pending", "running", settings.boot_delay)
            lent = {nic.get("NetworkInterfaceId") for nic in k.get("nics", [])}
            instance.security_groups = instance.security_groups or list(instance.nics[0].group_set)
            for nic in instance.nics.values():  # moto leaves the primary interface behind
                nic.delete_on_termination = nic.delete_on_termination or nic.id not in lent

        def terminate(original: Callable[..., Any], instance: Instance) -> Any:
            if instance.state in ("shutting-down", "terminated"):
                return instance._state
            before, instance.ended = original(instance), time.time()
            instance._state = TimedState("shutting-down", "terminated", settings.terminate_delay)
            threading.Thread(target=self.machines.reap, args=(instance.id,), daemon=True).start()
            return before

        def run(original: Callable[..., Any], backend: EC2Backend, *a: Any, **k: Any) -> Any:
            reservation = original(backend, *a, **k)
            profile = {p: k[p] for p in ("iam_instance_profile_name", "iam_instance_profile_arn") if k.get(p)}
            for index, instance in enumerate(reservation.instances):
                if index and profile:  # moto gives the profile to the first instance only
                    backend.associate_iam_instance_profile(instance.id, **profile)
                if instance.root_device_name not in instance.block_device_mapping:  # nor a root volume beside others
                    instance.add_block_device(8, instance.root_device_name, None, False, True, None, "gp3")
                    root = instance.block_device_mapping[instance.root_device_name].volume_id
                    backend.create_tags([root], k.get("tags", {}).get("volume", {}))
                self.finish(backend, instance, k.get("tags", {}))
                self.machines.boot(instance)
            return reservation

        def by_ids(original: Callable[..., Any], backend: EC2Backend, ids: list[str], filters: Any = None) -> Any:
            found = original(backend, ids, filters)
            if unseen := [i.id for r in found for i in r.instances if hidden(i)]:
                raise InvalidInstanceIdError(unseen[0])
            return found

        def by_filter(original: Callable[..., Any], backend: EC2Backend, filters: Any = None) -> Any:
            found = original(backend, filters)
            for reservation in found:
                reservation.instances = [i for i in reservation.instances if not hidden(i)]
            return [r for r in found if r.instances]

        def create_volume(original: Callable[..., Any], backend: EC2Backend, *a: Any, **k: Any) -> Any:
            volume = original(backend, *a, **k)
            self.volumes[volume.id] = (volume, time.time(), 0.0)
            return volume

        def delete_volume(original: Callable[..., Any], backend: EC2Backend, volume_id: str) -> Any:
            volume = original(backend, volume_id)
            self.volumes[volume_id] = (volume, self.volumes[volume_id][1], time.time())
            return volume

        def delete_subnet(original: Callable[..., Any], backend: EC2Backend, subnet_id: str) -> Any:
            for table in backend.route_tables.values():  # moto keeps them, and so the table
                for ident in [a for a, subnet in table._associations.items() if subnet == subnet_id]:
                    del table._associations[ident]
            return original(backend, subnet_id)

        def modify_groups(original: Callable[..., Any], backend: EC2Backend, instance_id: str, ids: list[str]) -> Any:
            """moto takes a change of the shutdown behaviour, which it does not know, for one to no groups at all."""
            instance = backend.get_instance(instance_id)
            if behaviour := self.params.get("InstanceInitiatedShutdownBehavior.Value"):
                instance.instance_initiated_shutdown_behavior = behaviour
            return original(backend, instance_id, ids) if ids else instance

        self.wrap(Instance, "__init__", create)
        self.wrap(EC2Backend, "modify_instance_security_groups", modify_groups)
        self.wrap(Instance, "terminate", terminate)
        self.wrap(EC2Backend, "run_instances", run)
        self.wrap(EC2Backend, "get_reservations_by_instance_ids", by_ids)
        self.wrap(EC2Backend, "describe_instances", by_filter)
        self.wrap(EC2Backend, "create_volume", create_volume)
        self.wrap(EC2Backend, "delete_volume", delete_volume)
        self.wrap(EC2Backend, "delete_subnet", delete_subnet)
        Instance.setup_defaults = lambda this: None  # run() adds a root volume named as in the AMI
        Images(settings, self.machines, lambda: self.params)
        AmiBackend._load_amis = lambda backend: self.seed(backend)

    def finish(self, backend: EC2Backend, instance: Instance, tags: dict[str, dict[str, str]]) -> None:
        """Keep of the request what moto drops: placement group, spot request, tags of interfaces, figures of gp3 volumes."""
        template = backend.launch_templates.get(self.params.get("LaunchTemplate.LaunchTemplateId", ""))
        specs = template.default_version().data.get("TagSpecifications", []) if template else []
        for nic in instance.nics.values():
            nic.add_tags({**convert_tag_spec(specs).get("network-interface", {}), **tags.get("network-interface", {})})
        instance.placement_group = self.params.get("Placement.GroupName", "")
        instance._placement.group_name = instance.placement_group or None
        if self.params.get("InstanceMarketOptions.MarketType") == "spot":
            request = SpotRequest(backend, instance, self.params, tags.get("spot-instances-request", {}))
            instance.instance_lifecycle, instance.spot_instance_request_id = "spot", request.id
        devices = {v: k.removesuffix("DeviceName") + "Ebs." for k, v in self.params.items()
                   if k.startswith("BlockDeviceMapping.") and k.endswith(".DeviceName")}
        for device, mapping in instance.block_device_mapping.items():
            volume = backend.volumes[mapping.volume_id]
            if volume.volume_type == "gp3":
                volume.iops = int(self.params.get(devices.get(device, "?") + "Iops") or 3000)
                volume.throughput = int(self.params.get(devices.get(device, "?") + "Throughput") or 125)

    def seed(self, backend: EC2Backend) -> None:
        """The images of a fresh region: Amazon Linux 2023 and, as an image is in one region only, our own base image in ours."""
        common = {"virtualization_type": "hvm", "architecture": "x86_64", "root_device_type": "ebs",
                  "root_device_name": "/dev/xvda", "boot_mode": "uefi", "region_name": f"{backend.region_name}a"}
        for ami_id, name, day, extra in (
                ("ami-0a1b2c3d4e5f60001", "al2023-ami-2023.9.20251020.0-kernel-6.1-x86_64", 1,
                 {"owner_id": "137112412989", "owner_alias": "amazon", "public": True}),
                (BASE_IMAGE, "pulsar-base-3.0.0-20251007", 7, {"owner_id": ACCOUNT})):
            if ami_id == BASE_IMAGE and backend.region_name != self.settings.region:
                return
            backend.amis[ami_id] = Ami(backend, ami_id, name=name, description=name, **common, **extra,
                                       creation_date=datetime(2025, 10, day, 12, tzinfo=timezone.utc))
        backend.tags[BASE_IMAGE].update(
            Name="pulsar-base-3.0.0-20251007", PulsarVersion="3.0.0", ManagedBy="packer", Project="pulsar-aws-lab")
