"""What OMB's Pulsar driver leaves in a cluster: namespaces and topics, kept by the sandbox beside its metadata."""
from __future__ import annotations

import base64
import json
import os
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any


def parse_map(text: str) -> dict[str, Any]:
    """The top level of a YAML (or JSON) map of plain values; nested ones are flattened."""
    found: dict[str, Any] = {}
    if text.lstrip().startswith("{"):
        def flatten(tree: dict[str, Any]) -> None:
            for key, value in tree.items():
                if isinstance(value, dict):
                    flatten(value)
                else:
                    found.setdefault(key, value)
        top = json.loads(text)
        found.update({k: v for k, v in top.items() if not isinstance(v, dict)})
        flatten(top)
        return found
    for line in text.splitlines():
        match = re.match(r"\s*[\"']?([A-Za-z][\w.]*)[\"']?\s*:\s*(.*?)\s*$", line)
        if match and not line.lstrip().startswith("#"):
            raw = re.sub(r"\s+#.*$", "", match[2])
            plain = raw.strip("\"'")
            if line[:1] in " \t" and match[1] in found:
                continue  # a nested key never hides one of the top level
            number = raw == plain and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", raw)
            found[match[1]] = (float(raw) if re.search(r"[.eE]", raw) else int(raw)) if number else {
                "true": True, "false": False, "null": None, "~": None, "": None}.get(plain.lower(), plain)
    return found


def read_map(path: str) -> dict[str, Any]:
    """A file of that kind."""
    return parse_map(Path(path).read_text())


def random_text() -> str:
    """What the driver makes its names unique with."""
    return base64.urlsafe_b64encode(secrets.token_bytes(5)).decode().rstrip("=")


def admin(method: str, path: str, body: str = "") -> int:
    """A call to the cluster's administration; its status."""
    base = os.environ.get("SANDBOX_URL")
    if not base:
        return 204
    words = {"from": os.environ.get("SANDBOX_INSTANCE_ID", ""), "method": method, "path": path, "body": body}
    try:
        with urllib.request.urlopen(f"{base}/sandbox/pulsar?{urllib.parse.urlencode(words)}") as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def create_namespace(driver: dict[str, Any]) -> str:
    """As the driver does when it is initialised: a namespace for this process, which nobody deletes."""
    if "pulsar" not in str(driver.get("driverClass")).lower():
        return ""
    namespace = f"{driver.get('namespacePrefix') or 'benchmark/ns'}-{random_text()}"
    admin("PUT", f"/admin/v2/namespaces/{namespace}")
    return namespace


def create_topics(namespace: str, count: int, partitions: int) -> list[str]:
    """The topics' names; a Pulsar cluster has them from here on."""
    domain = f"persistent://{namespace}/test" if namespace else "openmessaging-benchmark"
    names = [f"{domain}-{number:07d}-{random_text()}" for number in range(count)]
    for name in names if namespace else []:
        path = name.replace("://", "/", 1)
        admin("PUT", f"/admin/v2/{path}" + ("/partitions" if partitions > 1 else ""), str(partitions))
    return names
