"""What machines ask of the world around them: who answers on a port, the cluster's metadata, and to be switched off."""
from __future__ import annotations

import contextlib
import ipaddress
import json
import threading
from pathlib import Path
from typing import Any

from moto.ec2.models.instances import Instance

from .base import tags_of
from .imds import Metadata
from .machines import Machines, unit_state
from .pulsar import Pulsar

SERVICES = {2181: ["zookeeper.service"], 8000: ["zookeeper.service", "bookkeeper.service"], 3181: ["bookkeeper.service"],
            6650: ["pulsar-broker.service"], 8080: ["pulsar-broker.service"]}


class Network:
    """One network per VPC: an address means a machine in the caller's own."""

    def __init__(self, machines: Machines) -> None:
        self.machines, self.lock = machines, threading.Lock()
        self.pulsar, self.instance_metadata = Pulsar(machines, self.caller), Metadata(self.caller, machines.find)
        self.operations = {"port": self.port, "peers": self.peers, "metadata": self.metadata,
                           "poweroff": self.poweroff, "pulsar": self.pulsar.answer,
                           "imds": self.instance_metadata.answer, "interrupt": self.instance_metadata.interrupt}

    def caller(self, query: dict[str, str]) -> Instance:
        """The instance that asks."""
        found = self.machines.find(id=query["from"])
        if not found:
            raise ValueError("the caller is gone")
        return found[0]

    def resolve(self, caller: Instance, host: str) -> Instance | None:
        """The machine behind a name or address, as the caller sees it."""
        if host in ("127.0.0.1", "localhost", "::1", caller.private_ip, caller.private_dns_name):
            return caller
        if host.startswith("ip-"):
            host = host.partition(".")[0][3:].replace("-", ".")
        return next(iter(self.machines.find(address=host, vpc=caller.vpc_id)), None)

    def forward(self, target: Instance, port: int) -> int:
        """The port of this computer on which a program of a machine really serves `port`; 0 if none does.

        Such a program (see machine/lib/sandbox/serving.py) writes run/ports/PORT: its real port and its pid."""
        with contextlib.suppress(OSError, ValueError):
            real, pid = map(int, (self.machines.root(target) / f"run/ports/{port}").read_text().split())
            dead = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
            return real if target.state == "running" and not dead else 0
        return 0

    def listening(self, target: Instance, port: int) -> bool:
        """Whether a program or the service behind a port is active on a machine."""
        if self.forward(target, port):
            return True
        root = self.machines.root(target)
        return target.state == "running" and any(unit_state(root / "run/units" / u) == "active" for u in SERVICES.get(port, []))

    def port(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """Whether `host`:`port` answers when asked by instance `from`: {"open", "host", "reason"}."""
        caller, port = self.caller(query), int(query["port"])
        target = self.resolve(caller, query["host"])
        if target is None:
            return {"open": False, "host": "", "reason": "no route to host"}
        if target.id != caller.id and not self.allowed(caller, target, port):  # a group drops, it does not refuse
            return {"open": False, "host": target.id, "reason": "timed out"}
        up = self.listening(target, port)
        return {"open": up, "host": target.id, "reason": "" if up else "refused", "forward": self.forward(target, port)}

    def peers(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """`address:port` of the machines of a component in the caller's network that answer."""
        caller, port = self.caller(query), int(query["port"])
        return [f"{i.private_ip}:{port}" for i in self.machines.find(component=query["component"], vpc=caller.vpc_id)
                if self.listening(i, port)]

    def metadata(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """The cluster metadata that the named ZooKeeper servers hold; `initialise`=cluster or `format` writes it.

        It lives and dies with the ZooKeeper machines (run/metadata.json in their roots), every call noted.
        """
        caller = self.caller(query)
        hosts = [s.rpartition(":")[0] or s for s in query["servers"].replace(";", ",").split(",") if s]
        servers = [m for m in (self.resolve(caller, h) for h in hosts) if m is not None]
        with self.lock:
            files = [self.machines.root(m) / "run/metadata.json" for m in servers]
            known = next((json.loads(f.read_text()) for f in files if f.exists()), {"clusters": [], "calls": []})
            before = len(known["clusters"])
            write = query.get("initialise") or query.get("format")
            if write:
                known["calls"].append({"by": caller.id, "name": tags_of(caller).get("Name", ""), "what": write})
                if not before or query.get("initialise") and query["initialise"] not in known["clusters"]:
                    known["clusters"].append(write)
                for file in files:
                    file.write_text(json.dumps(known))
            return {"before": before, "initialised": bool(known["clusters"]), "formatted": int(not before), **known}

    @staticmethod
    def allowed(caller: Instance, target: Instance, port: int) -> bool:
        """Whether the target's security groups let the caller in."""
        own = {g.id for g in caller.nics[0].group_set}
        for group in target.nics[0].group_set:
            for rule in group.ingress_rules:
                low, high = int(rule.from_port or 0), int(rule.to_port or 65535)
                if str(rule.ip_protocol) not in ("-1", "tcp", "6"):
                    continue
                if str(rule.ip_protocol) != "-1" and not low <= port <= high:
                    continue
                source, ranges = rule.source_group or {}, rule.ip_range or {}
                cidr = ranges.get("CidrIp") if isinstance(ranges, dict) else None
                if source.get("GroupId") in own or (cidr and ipaddress.ip_address(caller.private_ip)
                                                    in ipaddress.ip_network(cidr, strict=False)):
                    return True
        return False

    def poweroff(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """`shutdown` inside an instance: terminated or stopped, as it was launched."""
        instance = self.caller({"from": query["instance"]})
        if instance.instance_initiated_shutdown_behavior == "terminate":
            instance.terminate()
        else:
            instance.stop()
            threading.Thread(target=self.machines.reap, args=(instance.id,), daemon=True).start()
        return {"state": instance.state}
