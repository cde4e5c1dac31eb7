"""The sandbox's own endpoints, under /sandbox/: counters, leaks, faults, settings, and the machines' surroundings."""
from __future__ import annotations

import dataclasses
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.ec2.models.instances import Instance

from . import leaks
from .base import AwsError, Reply, json_reply, tags_of
from .ec2 import BASE_IMAGE
from .machines import unit_state
from .network import Network

if TYPE_CHECKING:
    from .app import Sandbox

class Control:
    """What tests ask of the sandbox, and what its machines ask of the world around them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.settings, self.machines = sandbox, sandbox.settings, sandbox.machines
        self.network = Network(self.machines)
        self.rules: list[dict[str, Any]] = []  # for machines to come
        self.machines.prepare.append(self.apply_rules)

    def answer(self, what: str, query: dict[str, str], posted: dict[str, Any]) -> Reply:
        """One request to /sandbox/`what`."""
        operations = {"requests": self.requests, "leaks": self.leaks, "faults": self.faults, "config": self.config,
                      "machine": self.machine, "machines": self.list_machines, **self.network.operations}
        if what not in operations:
            return json_reply({"error": f"no /sandbox/{what}; there are {', '.join(operations)}"}, status="404 Not Found")
        try:
            found = operations[what](query, posted)
            return found if isinstance(found, tuple) else json_reply(found)
        except (AwsError, KeyError, ValueError) as error:
            return json_reply({"error": f"{type(error).__name__}: {error}"}, status="400 Bad Request")

    def requests(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """Calls by action."""
        with self.sandbox.lock:
            counts = dict(sorted(self.sandbox.counts.items()))
            if query.get("reset"):
                self.sandbox.counts.clear()
        return {"total": sum(counts.values()), "calls": counts}

    def leaks(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """What exists in a region; of one experiment, or all beyond a fresh account."""
        wanted, region = query.get("ExperimentID"), query.get("region", self.settings.region)
        left = [{"kind": kind, "id": ident, "tags": tags}
                for kind, ident, tags in leaks.resources(region, self.sandbox.placement.groups)
                if (ident != BASE_IMAGE if wanted is None else tags.get("ExperimentID") == wanted)]
        return {"count": len(left), "kinds": Counter(r["kind"] for r in left), "resources": left}

    def faults(self, _: dict[str, str], posted: dict[str, Any]) -> Any:
        """Queue a fault if one is posted; those that are queued."""
        if posted:
            self.sandbox.faults.append({"code": "InternalError", "http": 500, "count": 1, "after": False, **posted})
        return self.sandbox.faults

    def config(self, _: dict[str, str], posted: dict[str, Any]) -> Any:
        """Change settings; all of them."""
        for key, value in posted.items():
            setattr(self.settings, key, type(getattr(self.settings, key))(value))
        return dataclasses.asdict(self.settings)

    # --- machines

    @staticmethod
    def script(rule: dict[str, Any]) -> str:
        """A rule as a script for a machine that runs."""
        unit, state = rule.get("unit", ""), rule.get("state", "")
        if not unit:
            return rule.get("run", ":")
        flag = f"$SANDBOX_ROOT/etc/fail/{shlex.quote(unit)}"
        if state == "failed":  # it dies, and so does each restart; "failed" only once systemd gives up restarting
            return f"""systemctl kill --signal=KILL {shlex.quote(unit)} 2>/dev/null
                for n in $(seq 100); do systemctl -q is-active {shlex.quote(unit)} || break; sleep 0.02; done
                systemctl is-active {shlex.quote(unit)} || :"""
        return f"rm -f {flag}; systemctl reset-failed {shlex.quote(unit)} 2>/dev/null; " \
               f"systemctl {'stop' if state == 'inactive' else 'start'} {shlex.quote(unit)}"

    @staticmethod
    def write(rule: dict[str, Any], root: Path) -> None:
        """The files of a rule."""
        files = dict(rule.get("files", {}))
        if rule.get("unit") and rule.get("state") == "failed":
            files[f"etc/fail/{rule['unit']}"] = rule.get("journal", f"{rule['unit']}: failed by the sandbox") + "\n"
        for name, text in files.items():
            target = (root / name.lstrip("/")).resolve()
            if root.resolve() not in target.parents:
                raise ValueError(f"{name} is outside of the machine")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    def apply_rules(self, instance: Instance, root: Path) -> None:
        """Give a new machine the files of the rules that name it."""
        tags = tags_of(instance)
        for rule in self.rules:
            known = {"component": tags.get("Component"), "name": tags.get("Name"), "id": instance.id}
            if rule.get("remaining", 1) and all(known[k] == rule[k] for k in known if rule.get(k)):
                self.write(rule, root)
                rule["remaining"] = rule.get("remaining", 1 << 30) - 1

    def machine(self, _: dict[str, str], posted: dict[str, Any]) -> Any:
        """Change machines: {"component"|"name"|"id": ..., "unit": ..., "state": "failed"|"active"|"inactive",
        "journal": text, "files": {path: text}, "run": script, "count": how many machines, "future": true}.

        What matches no machine yet is kept for those to come, as is anything with "future": true."""
        found = self.machines.find(**{k: posted.get(k, "") for k in ("component", "name", "id")})
        found = found[:posted.get("count", len(found))]
        done = []
        for instance in found:
            self.write(posted, self.machines.root(instance))
            if posted.get("unit") or posted.get("run"):
                done.append(self.machines.run(instance, self.script(posted)))
        if posted.get("future", not found):
            self.rules.append({**posted, "remaining": posted.get("count", 1 << 30)})
        return {"machines": [i.id for i in found], "results": done, "rules": len(self.rules)}

    def list_machines(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """Every machine: id, name, component, address, state, its root folder on this computer and its units."""
        rows = []
        for i in self.machines.find(**query):
            root = self.machines.root(i)
            units = {u.name: state for u in (root / "run/units").glob("*") if (state := unit_state(u))}
            rows.append({"id": i.id, "name": tags_of(i).get("Name", ""), "component": tags_of(i).get("Component", ""),
                         "private_ip": i.private_ip, "state": i.state, "root": str(root), "units": units})
        return rows
