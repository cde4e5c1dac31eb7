"""A stand-in for OMB's benchmark-worker: the HTTP interface as recorded from the real one, and counters that move.

As with the real one a second driver without /stop-all in between is refused, what needs a driver fails without one, unknown
paths are not found, reading the statistics of a period takes them away, and nothing of it is written in its log. With
$SANDBOX_ROOT/etc/worker-scenario `stuck-once` the next worker takes connections and never answers.
"""
from __future__ import annotations

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

sys.path.insert(0, os.environ.get("SANDBOX_ROOT", "/mnt") + "/lib/sandbox")
sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../lib/sandbox"))  # on no machine
from pulsar_state import create_namespace, create_topics, parse_map, random_text  # noqa: E402
from serving import ROOT, serve  # noqa: E402

NO_LATENCY = "HISTFAAAACB4nJNpmSzMwMDAyAABrFAaxOfie72Bwf4DVAQAUL8EMA=="


class Refused(Exception):
    """What the real one answers with 500: a precondition that does not hold, or a null pointer."""


class Worker:
    """What one worker does."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clear()
        self.totals = {"messagesSent": 0, "messagesReceived": 0, "messageSendErrors": 0}

    def clear(self) -> None:
        self.driver: dict[str, Any] | None = None
        self.namespace, self.rate, self.since = "", 0.0, 0.0
        self.producers = self.consumers = 0

    def needs_driver(self) -> dict[str, Any]:
        if self.driver is None:
            raise Refused("NullPointerException")
        return self.driver

    def count(self) -> None:
        now = time.monotonic()
        if self.since and self.producers:
            self.totals["messagesSent"] += int((now - self.since) * self.rate)
        self.since = now

    def stop_all(self, _: bytes) -> None:
        self.count()
        self.clear()

    def initialize_driver(self, body: bytes) -> None:
        if self.driver is not None:
            raise Refused("IllegalArgumentException")
        driver = parse_map(body.decode())
        if not driver.get("driverClass"):
            raise Refused("NullPointerException")
        self.namespace = create_namespace(driver)
        self.driver = driver

    def create_topics(self, body: bytes) -> list[str]:
        asked = json.loads(body)
        self.needs_driver()
        return create_topics(self.namespace, asked["numberOfTopics"], asked["numberOfPartitionsPerTopic"])

    def create_producers(self, body: bytes) -> None:
        self.needs_driver()
        self.producers = len(json.loads(body))

    def create_consumers(self, body: bytes) -> None:
        self.needs_driver()
        self.consumers = len(json.loads(body)["topicsSubscriptions"])

    def probe_producers(self, _: bytes) -> None:
        self.needs_driver()
        self.totals["messagesSent"] += self.producers

    def start_load(self, body: bytes) -> None:
        asked = json.loads(body)
        if not asked["payloadData"]:
            raise Refused("IllegalArgumentException")
        self.needs_driver()
        self.since, self.rate = time.monotonic(), float(asked["publishRate"])

    def adjust_publish_rate(self, body: bytes) -> None:
        self.count()
        self.rate = max(1.0, float(body))

    def nothing(self, _: bytes) -> None:
        """What changes no number that this stand-in keeps."""

    def counters_stats(self, _: bytes) -> dict[str, int]:
        self.count()
        return self.totals

    def period_stats(self, _: bytes) -> dict[str, Any]:
        self.count()
        totals = {f"total{k[0].upper()}{k[1:]}": v for k, v in self.totals.items()}
        return {"messagesSent": 0, "messageSendErrors": 0, "bytesSent": 0, "messagesReceived": 0, "bytesReceived": 0,
                **totals, "publishLatency": NO_LATENCY, "publishDelayLatency": NO_LATENCY, "endToEndLatency": NO_LATENCY}

    def cumulative_latencies(self, _: bytes) -> dict[str, str]:
        return {"publishLatency": NO_LATENCY, "publishDelayLatency": NO_LATENCY, "endToEndLatency": NO_LATENCY}

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, str]:
        routes = {
            "POST": {"/stop-all": self.stop_all, "/initialize-driver": self.initialize_driver,
                     "/create-topics": self.create_topics, "/create-producers": self.create_producers,
                     "/create-consumers": self.create_consumers, "/probe-producers": self.probe_producers,
                     "/start-load": self.start_load, "/adjust-publish-rate": self.adjust_publish_rate,
                     "/pause-consumers": self.nothing, "/resume-consumers": self.nothing, "/reset-stats": self.nothing},
            "GET": {"/counters-stats": self.counters_stats, "/period-stats": self.period_stats,
                    "/cumulative-latencies": self.cumulative_latencies}}
        route = routes.get(method, {}).get(path)
        if route is None:
            return 404, "Not found"
        try:
            with self.lock:
                value = route(body)
        except (Refused, ValueError, KeyError, TypeError):
            return 500, "Internal server error"
        if value is None:
            return 200, ""
        if isinstance(value, list):
            return 200, f"[ {', '.join(map(json.dumps, value))} ]"
        return 200, json.dumps(value, indent=2).replace('":', '" :')


WORKER = Worker()
STUCK = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """Text in, text out, as Javalin does it."""

    server_version, sys_version = "Jetty(9.4.57.v20241219)", ""

    def do_GET(self) -> None:  # noqa: N802
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        while STUCK.is_set():
            time.sleep(1)
        (ROOT / "run/worker-requests").open("a").write(f"{self.command} {self.path}\n")
        status, text = WORKER.answer(self.command, self.path, body)
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain;charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        """Requests are not logged."""


class Statistics(BaseHTTPRequestHandler):
    """The feed for Prometheus, which takes nothing away."""

    def do_GET(self) -> None:  # noqa: N802
        data = b"# TYPE jvm_threads_current gauge\njvm_threads_current 42\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Requests are not logged."""


def main() -> None:
    words = sys.argv[1:]
    ports = {"-p": 8080, "--port": 8080, "-sp": 8081, "--stats-port": 8081}
    found = {"-p": 8080, "-sp": 8081}
    while words:
        word = words.pop(0)
        if word not in ports or not words:
            print(f"Was passed main parameter '{word}' but no main parameter was defined in your arg class")
            raise SystemExit(255)
        found["-p" if ports[word] == 8080 else "-sp"] = int(words.pop(0))
    scenario = ROOT / "etc/worker-scenario"
    if scenario.exists() and scenario.read_text().strip() == "stuck-once":
        scenario.unlink()
        STUCK.set()
    try:
        statistics = serve(found["-sp"], Statistics)
        server = serve(found["-p"], Handler)
    except OSError as error:
        print(f'Exception in thread "main" java.lang.RuntimeException: java.net.BindException: {error}')
        raise SystemExit(1) from None
    threading.Thread(target=statistics.serve_forever, daemon=True).start()
    print(f"{time.strftime('%H:%M:%S')}.000 [main] INFO BenchmarkWorker - Starting benchmark with config: {{\n"
          f'  "httpPort" : {found["-p"]},\n  "statsPort" : {found["-sp"]}\n}}', flush=True)
    print(f"{time.strftime('%H:%M:%S')}.100 [main] INFO Javalin - Listening on http://localhost:{found['-p']}/ "
          f"(sandbox {random_text()})", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
