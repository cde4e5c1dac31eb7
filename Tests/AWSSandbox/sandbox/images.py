"""Machine images as EC2 has them: pending at first, in one region, with snapshots of their own, and holding what the instance held."""
from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any, Callable

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.amis import Ami

from .base import AwsError, Settings, tags_of
from .machines import Machines

# Not part of a disk: what exists only while the machine runs, and what is this emulator's own.
PASSING = {"run", "ssm", "tmp", "proc", "dev", "sys", ".below", "user-data", "cloud-init-output.log"}


class Images:
    """Patches of moto's images, made once."""

    def __init__(self, settings: Settings, machines: Machines, params: Callable[[], dict[str, str]]) -> None:
        self.settings, self.machines, self.params = settings, machines, params
        images = self

        def state(image: Ami) -> str:
            return "pending" if time.time() < getattr(image, "ready_at", 0) else "available"

        def disks(image: Ami) -> list[dict[str, Any]]:
            return [{"DeviceName": image.root_device_name, "Ebs": {
                "SnapshotId": image.ebs_snapshot.id, "VolumeSize": getattr(image, "size", 8), "VolumeType": "gp3",
                "Encrypted": getattr(image, "encrypted", False), "DeleteOnTermination": True}}]

        Ami.state = property(state, lambda image, value: None)
        Ami.block_device_mappings = property(disks)
        original_copy = EC2Backend.copy_image
        original_create = EC2Backend.create_image
        EC2Backend.create_image = lambda backend, *a, **k: images.create(original_create, backend, *a, **k)
        EC2Backend.copy_image = lambda backend, *a, **k: images.copy(original_copy, backend, *a, **k)

    def create(self, original: Callable[..., Any], backend: EC2Backend, instance_id: str, name: str, description: str,
               tag_specifications: list[dict[str, Any]]) -> Any:
        """CreateImage; moto refuses tags of snapshots."""
        self.refuse_duplicate(backend, name)
        image = original(backend, instance_id, name, description, [])
        instance = image.instance
        image.root_device_name, image.root_device_type = instance.root_device_name, "ebs"
        if root := instance.block_device_mapping.get(instance.root_device_name):
            volume = backend.volumes[root.volume_id]
            image.size, image.encrypted = volume.size, str(volume.encrypted).lower() == "true"
        self.tag(image, tag_specifications)
        if self.settings.machine_template:
            self.machines.disks[image.id] = self.keep(self.machines.root(instance), image.id)
        return self.begin(image)

    def copy(self, original: Callable[..., Any], backend: EC2Backend, source_image_id: str, source_region: str,
             name: str | None = None, description: str | None = None) -> Any:
        """CopyImage; moto knows neither CopyImageTags nor tags, and forgets the disk."""
        params = self.params()
        source = ec2_backends[ACCOUNT][source_region].amis.get(source_image_id)
        if source is None or source.owner_id != ACCOUNT:
            raise AwsError("InvalidAMIID.NotFound", f"The image id '[{source_image_id}]' does not exist")
        if source.state != "available":
            raise AwsError("InvalidAMIID.Unavailable", f"The image ID '{source_image_id}' is not available")
        self.refuse_duplicate(backend, name)
        image = original(backend, source_image_id, source_region, name, description)
        for what in ("root_device_name", "root_device_type", "boot_mode"):
            setattr(image, what, getattr(source, what))
        image.size = getattr(source, "size", 8)
        image.encrypted = getattr(source, "encrypted", False) or params.get("Encrypted") == "true"
        if params.get("CopyImageTags") == "true":
            image.add_tags(tags_of(source))
        for number in range(1, 3):
            kind, tags = params.get(f"TagSpecification.{number}.ResourceType"), f"TagSpecification.{number}.Tag."
            pairs = {params[f"{tags}{n}.Key"]: params.get(f"{tags}{n}.Value", "") for n in range(1, 51)
                     if f"{tags}{n}.Key" in params}
            if kind:
                (image if kind == "image" else image.ebs_snapshot).add_tags(pairs)
        if disk := self.machines.disks.get(source_image_id):
            self.machines.disks[image.id] = disk
        return self.begin(image)

    def begin(self, image: Ami) -> Ami:
        """An image is pending for a while."""
        image.ready_at = time.time() + self.settings.image_delay
        return image

    @staticmethod
    def refuse_duplicate(backend: EC2Backend, name: str | None) -> None:
        """A name is one image's, in a region."""
        if any(a.name == name and a.owner_id == ACCOUNT for a in backend.amis.values()):
            raise AwsError("InvalidAMIName.Duplicate", f"AMI name {name} is already in use")

    @staticmethod
    def tag(image: Ami, specifications: list[dict[str, Any]]) -> None:
        """The tags of the image and of its snapshot."""
        for spec in specifications:
            target = image if spec["ResourceType"] == "image" else image.ebs_snapshot
            target.add_tags({t["Key"]: t["Value"] for t in spec["Tags"]})

    def keep(self, root: Path, image: str) -> Path:
        """Copy a machine's disk, for the machines that will start from the image."""
        disk = self.machines.base.parent / "images" / image
        passing = lambda folder, names: PASSING & set(names) if Path(folder) == root else []  # noqa: E731
        shutil.copytree(root, disk, symlinks=True, ignore=passing)
        return disk
