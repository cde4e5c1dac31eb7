"""Shortcuts through moto and botocore: what they would work out anew at each start, call or machine, with the same outcome.

Imported before either, as the first of them loads the same models for every session that moto makes.
"""
from __future__ import annotations

import functools
from typing import Any

import botocore.loaders

botocore.loaders.create_loader = functools.cache(botocore.loaders.create_loader)  # one loader, which remembers what it read

import moto.backends  # noqa: E402
import moto.core.responses  # noqa: E402
import moto.iam.models  # noqa: E402
from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402
from moto.ec2.models.core import TaggedEC2Resource  # noqa: E402
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix  # noqa: E402


def account_of(access_key: str) -> str:
    """Whose key this is. moto's own makes all five partitions of every account, each with 1,500 managed policies."""
    for account, partitions in list(moto.iam.models.iam_backends.items()):
        if any(access_key in partition.access_keys for partition in list(partitions.values())):
            return account
    return DEFAULT_ACCOUNT_ID


def tags_of(resource: Any) -> list[dict[str, str]]:
    """The tags of an EC2 resource by its id. moto's own matches the id, as a pattern, with that of every resource."""
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id), "") if resource.id else ""
    tags = resource.ec2_backend.tags.get(resource.id, {})
    return [{"resource_id": resource.id, "key": k, "value": v, "resource_type": kind} for k, v in list(tags.items())]


modules = tuple(moto.backends.list_of_moto_modules())  # two folders' worth of stat for every call
moto.backends.list_of_moto_modules = lambda: modules
moto.core.responses.method_names_from_class = functools.cache(moto.core.responses.method_names_from_class)
moto.iam.models.get_account_id_from = account_of
TaggedEC2Resource.get_tags = tags_of
