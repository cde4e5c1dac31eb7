"""What the parts of the sandbox share: settings, errors, replies, instance states and tags."""
from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from http import HTTPStatus
from typing import Any


@dataclass
class Settings:
    """Everything that can be set on the command line, and while running through POST /sandbox/config."""

    port: int = 5100  # 0: any free one
    ready_file: str = ""  # gets the URL once it serves
    stop_with_parent: bool = False  # end when the parent does, or when standard input closes
    region: str = "us-west-2"
    state_dir: str = ""  # machines' roots and logs; without it a new folder, removed at the end
    secret: str = ""  # check every signature against this secret key; any credentials do without it
    expired_keys: str = ""  # comma-separated access keys whose credentials have ended
    machine_template: str = ""  # folder copied into every new instance's root (bin/, opt/ ...)
    bind: str = ""  # folders, comma-separated (/opt,/tmp), that each instance sees as its own
    run_user_data: bool = False  # run user data at boot, as cloud-init does
    boot_delay: float = 0.0  # pending -> running, seconds
    terminate_delay: float = 0.0  # shutting-down -> terminated
    image_delay: float = 0.0  # an image, made or copied, is pending that long
    describe_lag: float = 0.0  # DescribeInstances misses an instance that young
    forget_after: float = 3600.0  # DescribeInstances drops an instance terminated that long
    iam_lag: float = 0.0  # RunInstances refuses an instance profile that young
    ssm_delay: float = 0.0  # running -> Online
    ssm_any_profile: bool = False  # register instances without AmazonSSMManagedInstanceCore too
    invocation_lag: float = 0.0  # InvocationDoesNotExist right after SendCommand
    command_delay: float = 0.0  # Pending -> InProgress
    agent_workers: int = 5  # commands at once on one instance
    no_capacity: str = ""  # comma-separated: instance types, zones, or TYPE@ZONE
    cpu_credits: float = 100.0  # what CloudWatch says that each instance has left
    vcpu_limit: int = 1152  # virtual CPUs that the account may have on demand, and again as spot
    vpc_limit: int = 50  # networks in a region, the account's first among them
    storage_limit_tib: int = 50  # disks of one type, as Service Quotas says; it is not enforced
    throttle_rate: float = 0.0  # chance that a call is throttled
    error_rate: float = 0.0  # chance of a 5xx before the call has any effect
    lost_reply_rate: float = 0.0  # chance of a 5xx after the call took effect
    ce_lag_hours: float = 0.0  # usage younger than this is not billed yet (24 in real life)
    cost_speedup: float = 1.0  # one real second of use costs as much as this many
    page_limit: int = 0  # no page of an EC2 describe call is longer, asked for or not
    seed: int = 0
    omb_speed: float = 600.0  # how many times faster than life recorded benchmark runs are replayed


Reply = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body


class AwsError(Exception):
    """An error to send to the caller in the wire format of its service."""

    def __init__(self, code: str, message: str = "", http: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.http = code, message, http


class TimedState:
    """An instance state that moves on by itself: `first` until `at`, `then` from there on."""

    CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

    def __init__(self, first: str, then: str, delay: float) -> None:
        self.first, self.then, self.at = first, then, time.time() + delay

    @property
    def name(self) -> str:
        return self.then if time.time() >= self.at else self.first

    @name.setter
    def name(self, value: str) -> None:
        self.first = self.then = value

    @property
    def code(self) -> int:
        return self.CODES[self.name]

    @code.setter
    def code(self, value: int) -> None:
        """moto sets the code beside the name; here it follows from the name."""


def tags_of(resource: Any) -> dict[str, str]:
    """Tags of any moto resource as one plain mapping."""
    raw = resource.get_tags() if hasattr(resource, "get_tags") else getattr(resource, "tags", None) or []
    pairs = raw.values() if isinstance(raw, dict) else raw
    return {t.get("key", t.get("Key", "")): t.get("value", t.get("Value", "")) for t in pairs}


def iso(moment: float) -> str:
    """A moment as Run Command writes it; empty for one that has not come."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if moment else ""


def json_reply(value: Any, mime: str = "application/json", status: str = "200 OK") -> Reply:
    """A JSON answer with a request id, as every AWS answer has."""
    data = json.dumps(value).encode()
    return status, [("Content-Type", mime), ("Content-Length", str(len(data))),
                    ("x-amzn-RequestId", str(uuid.uuid4()))], data


def text_reply(code: int, text: str) -> Reply:
    """An answer of a service inside the machines."""
    data = text.encode()
    return f"{code} {HTTPStatus(code).phrase}", [("Content-Type", "text/plain"), ("Content-Length", str(len(data)))], data


def xml_reply(text: str, status: str = "200 OK", request: str = "") -> Reply:
    """An XML answer; `request` is the id that the text names."""
    data = ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()
    return status, [("Content-Type", "text/xml;charset=UTF-8"), ("Content-Length", str(len(data))),
                    ("x-amzn-RequestId", request or str(uuid.uuid4()))], data
