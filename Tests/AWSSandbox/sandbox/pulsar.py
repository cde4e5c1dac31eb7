"""The namespaces and topics of a Pulsar cluster, behind the paths of its administration.

They live and die with the cluster's ZooKeeper machines (run/namespaces.json in their roots). A namespace that is not empty
is not deleted, as with a broker whose forceDeleteNamespaceAllowed is false, which is its default.
"""
from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, Callable
from urllib.parse import parse_qsl, unquote, urlsplit

from moto.ec2.models.instances import Instance

from .base import text_reply
from .machines import Machines

Namespaces = dict[str, dict[str, int]]  # namespace -> topic -> partitions (0: not partitioned)


class Pulsar:
    """One cluster per VPC."""

    def __init__(self, machines: Machines, caller: Callable[[dict[str, str]], Instance]) -> None:
        self.machines, self.caller, self.lock = machines, caller, threading.Lock()

    def answer(self, query: dict[str, str], _: dict[str, Any]) -> Any:
        """`method` `path` (with `body`), asked by instance `from`: its answer, as text."""
        caller = self.caller(query)
        keepers = self.machines.find(component="zookeeper", vpc=caller.vpc_id)
        files = [self.machines.root(m) / "run/namespaces.json" for m in keepers]
        parts = urlsplit(query["path"])
        words = [unquote(w) for w in parts.path.removeprefix("/admin/v2/").split("/")]
        with self.lock:
            known: Namespaces = next((json.loads(f.read_text()) for f in files if f.exists()), {})
            code, body = self.route(query["method"], words, dict(parse_qsl(parts.query)), query.get("body", ""), known)
            self.write(files, known)
        return text_reply(code, body)

    @staticmethod
    def write(files: list[Path], known: Namespaces) -> None:
        for file in files:
            file.write_text(json.dumps(known, sort_keys=True))

    def route(self, method: str, words: list[str], options: dict[str, str], body: str,
              known: Namespaces) -> tuple[int, str]:
        match method, words:
            case "GET", ["tenants"]:
                return 200, json.dumps(sorted({"public", "pulsar"} | {n.split("/")[0] for n in known}))
            case "GET", ["namespaces", tenant]:
                found = sorted(n for n in known if n.split("/")[0] == tenant)
                found = ["public/default"] if tenant == "public" else found
                return (200, json.dumps(found, separators=(",", ":"))) if found else self.missing("Tenant")
            case "PUT", ["namespaces", tenant, name]:
                known.setdefault(f"{tenant}/{name}", {})
                return 204, ""
            case "DELETE", ["namespaces", tenant, name]:
                return self.delete_namespace(f"{tenant}/{name}", options, known)
            case _, ["persistent" | "non-persistent" as domain, tenant, name, *rest]:
                return self.topic(method, domain, f"{tenant}/{name}", rest, body, known)
            case "PUT" | "POST" | "DELETE", _:
                return 204, ""
        return self.missing("Resource")

    def delete_namespace(self, name: str, options: dict[str, str], known: Namespaces) -> tuple[int, str]:
        if name not in known:
            return self.missing("Namespace")
        if options.get("force") == "true":
            return 405, json.dumps({"reason": "Broker doesn't allow forced deletion of namespaces"})
        if known[name]:
            return 409, json.dumps({"reason": "Cannot delete non empty namespace"})
        del known[name]
        return 204, ""

    def topic(self, method: str, domain: str, namespace: str, rest: list[str], body: str,
              known: Namespaces) -> tuple[int, str]:
        topics = known.get(namespace)
        if topics is None:
            return self.missing("Namespace")
        names = {f"{domain}://{namespace}/{t}": p for t, p in topics.items() if domain == "persistent"}
        match method, rest:
            case "GET", []:  # the partitions are topics of their own
                whole = [n if not p else f"{n}-partition-{i}" for n, p in names.items() for i in range(p or 1)]
                return 200, json.dumps(sorted(whole), separators=(",", ":"))
            case "GET", ["partitioned"]:
                return 200, json.dumps(sorted(n for n, p in names.items() if p), separators=(",", ":"))
            case "PUT", [topic, *kind]:
                topics[topic] = int(body or 0) if kind == ["partitions"] else 0
                return 204, ""
            case "DELETE", [topic, *kind]:
                if bool(topics.get(topic)) != (kind == ["partitions"]) or topic not in topics:
                    return self.missing("Topic")
                del topics[topic]
                return 204, ""
        return self.missing("Resource")

    @staticmethod
    def missing(what: str) -> tuple[int, str]:
        return 404, json.dumps({"reason": f"{what} does not exist"})
