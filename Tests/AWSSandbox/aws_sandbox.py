#!/usr/bin/env python3
"""An offline AWS for end-to-end tests: moto's server, made to behave like the real thing. See README.md.

    ./start --port 0 --ready-file url
    export AWS_ENDPOINT_URL=$(cat url) AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
"""
from __future__ import annotations

import argparse
import contextlib
import ctypes
import dataclasses
import gc
import io
import os
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

os.environ.update(MOTO_IAM_LOAD_MANAGED_POLICIES="true", MOTO_ENABLE_AMI_VALIDATION="true",
                  MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION="true")
gc.disable()  # until all is imported, of which nothing is ever garbage
from sandbox import shortcuts  # noqa: E402, F401, I001 (before moto)
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT  # noqa: E402
from moto.ec2.models import ec2_backends  # noqa: E402
from moto.iam.models import iam_backends  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

from sandbox.app import Sandbox  # noqa: E402
from sandbox.base import Settings  # noqa: E402


class Handler(WSGIRequestHandler):
    """Requests on connections that are kept, as AWS keeps them and werkzeug's own does not, and no line for each."""

    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """One request. What the application leaves of a body would be taken for the next one, so all is read before."""
        environ = self.make_environ()
        whole = -1 if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(whole)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        head: list[Any] = []
        data = b"".join(self.server.app(environ, lambda status, headers, _=None: head.extend((status, headers))))
        code, _, reason = head[0].partition(" ")
        self.send_response(int(code), reason)
        for name, value in head[1]:
            self.send_header(name, value)
        if code not in ("204", "304") and not any(name.lower() == "content-length" for name, _ in head[1]):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_request(self, *args: Any) -> None:
        """Requests are counted, not logged."""


def parse() -> Settings:
    """The settings from the command line: an option for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for f in dataclasses.fields(Settings):
        kind: dict[str, Any] = {"action": "store_true"} if isinstance(f.default, bool) else {"type": type(f.default)}
        parser.add_argument("--" + f.name.replace("_", "-"), default=f.default, **kind)
    return Settings(**vars(parser.parse_args()))


def end(*_: Any) -> None:
    """Leave through the `finally` of main."""
    raise SystemExit(0)


def follow_parent() -> None:
    """End when the parent process does, or when standard input closes (a regular file or /dev/null never does)."""
    parent = os.getppid()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, Linux

    def watch() -> None:
        import stat
        watched = stat.S_ISFIFO(os.fstat(0).st_mode) or stat.S_ISSOCK(os.fstat(0).st_mode)
        while os.getppid() == parent:
            if watched and select.select([0], [], [], 0.5)[0]:
                if not os.read(0, 4096):
                    break
            elif not watched:
                time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    settings = parse()
    temporary = "" if settings.state_dir else tempfile.mkdtemp(prefix="aws-sandbox-")
    settings.state_dir = settings.state_dir or temporary
    shutil.rmtree(Path(settings.state_dir) / "machines", ignore_errors=True)
    sandbox = Sandbox(settings)
    sandbox.machines.adopt()
    ec2_backends[ACCOUNT][settings.region], iam_backends[ACCOUNT]["aws"]  # made now: their first use takes seconds
    gc.freeze()
    gc.enable()
    server = make_server("127.0.0.1", settings.port, sandbox, threaded=True, request_handler=Handler)
    settings.port = server.server_port
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, end)
    if settings.stop_with_parent:
        follow_parent()
    url = f"http://127.0.0.1:{settings.port}"
    if settings.ready_file:  # whole or not at all, for those that poll it
        part = Path(settings.ready_file + ".part")
        part.write_text(url + "\n")
        part.rename(settings.ready_file)
    with contextlib.suppress(BrokenPipeError):
        print(f"sandbox ready on {url}", flush=True)
    try:
        server.serve_forever()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        sandbox.machines.reap()
        sandbox.machines.bury()
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        sys.stdout.flush()
        os._exit(0)  # threads that wait for a machine are of no use any more


if __name__ == "__main__":
    main()
