"""Ports of a machine: this computer's are shared by all of them, so a program listens where there is room and says where."""
from __future__ import annotations

import json
import os
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("SANDBOX_ROOT", "/nonexistent"))


def taken(port: int) -> bool:
    """Whether another program of this machine serves a port."""
    note = ROOT / f"run/ports/{port}"
    try:
        pid = int(note.read_text().split()[1])
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, ValueError, IndexError):
        return False


def serve(port: int, handler: type[Any]) -> ThreadingHTTPServer:
    """Listen in the machine's name; OSError when its port is taken."""
    if taken(port):
        raise OSError("Address already in use")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    note = ROOT / f"run/ports/{port}"
    note.parent.mkdir(parents=True, exist_ok=True)
    part = note.with_suffix(".part")
    part.write_text(f"{server.server_port} {os.getpid()}\n")
    part.rename(note)
    return server


def locate(host: str, port: int) -> tuple[str, str]:
    """Where a port of another machine is, as seen from this one: a URL's beginning, or why there is none."""
    ask = f"{os.environ['SANDBOX_URL']}/sandbox/port?from={os.environ.get('SANDBOX_INSTANCE_ID')}&host={host}&port={port}"
    with urllib.request.urlopen(ask) as reply:
        found = json.load(reply)
    if not found.get("open"):
        return "", {"timed out": "Connection timed out", "refused": "Connection refused"}.get(
            found.get("reason", ""), "No route to host")
    return (f"http://127.0.0.1:{found['forward']}", "") if found.get("forward") else ("", "Connection reset by peer")
