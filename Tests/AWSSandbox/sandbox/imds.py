"""The metadata service of an instance, version 2, as its machine's `curl` asks for it."""
from __future__ import annotations

import json
import secrets
import threading
import time
from datetime import datetime, timezone
from typing import Any, Callable

from moto.ec2.models.instances import Instance

from .base import text_reply

REASON = ("Server.SpotInstanceTermination", "Server.SpotInstanceTermination: Spot instance termination")


class Metadata:
    """Tokens, a few facts, and the notice that a spot instance is about to be taken away."""

    def __init__(self, caller: Callable[[dict[str, str]], Instance],
                 find: Callable[..., list[Instance]]) -> None:
        self.caller, self.find, self.lock = caller, find, threading.Lock()
        self.tokens: dict[str, tuple[str, float]] = {}  # token -> instance, end
        self.notices: dict[str, float] = {}  # instance -> when it will be terminated

    def answer(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """`method` `path` with `token` or `ttl`, asked by instance `from`: its answer, as text."""
        code, body = self.route(self.caller(query), query)
        return text_reply(code, body)

    def route(self, instance: Instance, query: dict[str, str]) -> tuple[int, str]:
        path = query["path"].removeprefix("/latest/").strip("/")
        if path == "api/token":
            ttl = query.get("ttl", "")
            if query["method"] != "PUT" or not ttl.isdigit() or not 1 <= int(ttl) <= 21_600:
                return (405 if query["method"] != "PUT" else 400), ""
            token = secrets.token_urlsafe(40)
            with self.lock:
                self.tokens[token] = (instance.id, time.time() + int(ttl))
            return 200, token
        owner, end = self.tokens.get(query.get("token", ""), ("", 0.0))
        if owner != instance.id or time.time() > end:
            return 401, ""
        spot = getattr(instance, "instance_lifecycle", None) == "spot"
        facts = {"instance-id": instance.id, "ami-id": instance.image_id, "instance-type": instance.instance_type,
                 "local-ipv4": instance.private_ip, "placement/availability-zone": instance.placement.zone,
                 "instance-life-cycle": "spot" if spot else "on-demand"}
        if path == "meta-data/spot/instance-action" and instance.id in self.notices:
            moment = datetime.fromtimestamp(self.notices[instance.id], timezone.utc)
            return 200, json.dumps({"action": "terminate", "time": f"{moment:%Y-%m-%dT%H:%M:%SZ}"})
        fact = facts.get(path.removeprefix("meta-data/"))
        return (200, str(fact)) if fact else (404, "")

    def interrupt(self, _: dict[str, str], posted: dict[str, Any]) -> Any:
        """Take spot instances away: {"component"|"name"|"id": ..., "warning": seconds}; two minutes in real life."""
        warning = float(posted.get("warning", 120))
        wanted = {k: posted[k] for k in ("component", "name", "id") if k in posted}
        found = [i for i in self.find(**wanted) if getattr(i, "instance_lifecycle", None) == "spot"]
        if not found:
            raise ValueError("no such spot instance")
        for instance in found:
            self.notices[instance.id] = time.time() + warning
            timer = threading.Timer(warning, self.take, [instance])
            timer.daemon = True
            timer.start()
        return {"instances": [i.id for i in found]}

    @staticmethod
    def take(instance: Instance) -> None:
        """What EC2 does when the warning is over."""
        instance.interrupted = True  # the spot request's status follows from it
        instance.terminate()
        instance._reason = REASON[0]
        instance.state_reason.code, instance.state_reason.message = REASON
