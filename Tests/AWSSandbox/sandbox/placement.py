"""Placement groups, which moto does not have."""
from __future__ import annotations

import uuid
from typing import Any
from xml.sax.saxutils import escape

from .base import AwsError


class PlacementGroups:
    """The placement groups of the account, by name."""

    def __init__(self) -> None:
        self.groups: dict[str, dict[str, Any]] = {}

    def answer(self, action: str, p: dict[str, str]) -> str:
        """Create, describe or delete; the inside of the reply."""
        name = p.get("GroupName", "")
        if action == "CreatePlacementGroup":
            if name in self.groups:
                raise AwsError("InvalidPlacementGroup.Duplicate", f"The placement group '{name}' already exists.")
            tags = {p[k]: p.get(k.replace(".Key", ".Value"), "") for k in p if k.endswith(".Key")}
            self.groups[name] = {"id": f"pg-{uuid.uuid4().hex[:17]}", "tags": tags,
                                 "strategy": p.get("Strategy", "cluster")}
            return f"<placementGroup>{self.row(name)}</placementGroup>"
        if action == "DeletePlacementGroup":
            if self.groups.pop(name, None) is None:
                raise AwsError("InvalidPlacementGroup.Unknown", f"The placement group '{name}' is unknown.")
            return "<return>true</return>"
        wanted = [v for k, v in p.items() if k.startswith("GroupName.")]
        if missing := [n for n in wanted if n not in self.groups]:
            raise AwsError("InvalidPlacementGroup.Unknown", f"The placement group '{missing[0]}' is unknown.")
        shown = [n for n in wanted or self.groups if self.matches(n, p)]
        return f"<placementGroupSet>{''.join(f'<item>{self.row(n)}</item>' for n in shown)}</placementGroupSet>"

    def matches(self, name: str, p: dict[str, str]) -> bool:
        """True if the group passes every filter of the request."""
        group = self.groups[name]
        known = {"group-name": name, "strategy": group["strategy"], "state": "available",
                 **{f"tag:{k}": v for k, v in group["tags"].items()}}
        return all(known.get(value) in [v for k, v in p.items() if k.startswith(key[:-4] + "Value.")]
                   for key, value in p.items() if key.startswith("Filter.") and key.endswith(".Name"))

    def row(self, name: str) -> str:
        """One group as EC2 writes it."""
        group = self.groups[name]
        tags = "".join(f"<item><key>{escape(k)}</key><value>{escape(v)}</value></item>"
                       for k, v in group["tags"].items())
        return (f"<groupName>{escape(name)}</groupName><groupId>{group['id']}</groupId><state>available</state>"
                f"<strategy>{group['strategy']}</strategy><tagSet>{tags}</tagSet>")
