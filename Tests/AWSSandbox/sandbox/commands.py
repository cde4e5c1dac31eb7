"""One Run Command request and what became of it on each instance."""
from __future__ import annotations

import subprocess
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from moto.ec2.models.instances import Instance

UNFINISHED = ("Pending", "InProgress")


@dataclass
class Invocation:
    """One command on one instance."""

    instance: Instance
    status: str = "Pending"
    details: str = "Pending"
    code: int = -1
    started: float = 0.0
    ended: float = 0.0
    out: str = ""
    err: str = ""
    process: subprocess.Popen[bytes] | None = None
    cancelled: bool = False


@dataclass
class Command:
    """A SendCommand request and its invocations, by instance id."""

    request: dict[str, Any]
    region: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent: float = field(default_factory=time.time)
    invocations: dict[str, Invocation] = field(default_factory=dict)

    def parameter(self, name: str, default: str = "") -> str:
        """A single-valued document parameter."""
        return (self.request["Parameters"].get(name) or [default])[0] or default

    @property
    def expires(self) -> float:
        """From here on what is unfinished reads DeliveryTimedOut: delivery timeout plus execution timeout."""
        return self.sent + self.request.get("TimeoutSeconds", 3600) + float(self.parameter("executionTimeout", "3600"))

    def status_of(self, invocation: Invocation) -> tuple[str, str]:
        """Status and details of one invocation now."""
        late = invocation.status in UNFINISHED and time.time() > self.expires
        return ("TimedOut", "DeliveryTimedOut") if late else (invocation.status, invocation.details)

    def s3_key(self, instance_id: str, stream: str) -> str:
        """Where the agent puts a stream of an AWS-RunShellScript command."""
        prefix = self.request.get("OutputS3KeyPrefix", "").strip("/")
        return "/".join([*([prefix] if prefix else []), self.id, instance_id, "awsrunShellScript",
                         "0.awsrunShellScript", stream])

    def json(self) -> dict[str, Any]:
        """The command as ListCommands shows it."""
        n = Counter(self.status_of(i)[0] for i in self.invocations.values())
        unfinished = n["Pending"] + n["InProgress"]
        status = next((s for s in ("Failed", "TimedOut", "Cancelled") if n[s]), "Success")
        if unfinished:
            status = "Pending" if n["Pending"] == len(self.invocations) else "InProgress"
        return {**self.request, "CommandId": self.id, "RequestedDateTime": self.sent, "ExpiresAfter": self.expires,
                "InstanceIds": list(self.invocations), "TargetCount": len(self.invocations), "Status": status,
                "StatusDetails": status if self.invocations else "NoInstancesInTag",
                "CompletedCount": len(self.invocations) - unfinished, "ErrorCount": n["Failed"] + n["TimedOut"]}

    def head(self, instance_id: str) -> dict[str, Any]:
        """What both views of an invocation have in common."""
        bucket = self.request.get("OutputS3BucketName")
        url = f"https://s3.{self.region}.amazonaws.com/{bucket}/" if bucket else ""
        return {"CommandId": self.id, "InstanceId": instance_id, "Comment": self.request.get("Comment", ""),
                "DocumentName": "AWS-RunShellScript", "DocumentVersion": "$DEFAULT",
                "StandardOutputUrl": url and url + self.s3_key(instance_id, "stdout"),
                "StandardErrorUrl": url and url + self.s3_key(instance_id, "stderr")}
