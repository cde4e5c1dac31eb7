"""A stand-in for OMB's benchmark: replays a recorded run, scaled to the workload that it is given, at high speed.

Which way it ends is said by the workload (as with the real one: a wrong payload file, misspelt consumers, an empty payload
pool, no duration), by $SANDBOX_ROOT/etc/omb-scenario or by a workload named scenario-<name>-…; see SCENARIOS. As with the
real one the exit code is 0 whatever happened.
"""
from __future__ import annotations

import hashlib
import json
import os
import random
import re
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, os.environ.get("SANDBOX_ROOT", "/mnt") + "/lib/sandbox")
sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../lib/sandbox"))  # on no machine
from ensemble import Ensemble, WorkerFailure  # noqa: E402
from omb_format import Log, aggregate, fail, period, pretty  # noqa: E402
from pulsar_state import create_namespace, create_topics, read_map  # noqa: E402

HOME = Path(__file__).resolve().parents[1]
ROOT = Path(os.environ.get("SANDBOX_ROOT", "/nonexistent"))
SCENARIOS = ("success", "hang-after-success", "silent-zeros", "refused-payload", "overload", "killed-broker",
             "log-flood", "misspelt-consumers")
DEFAULTS: dict[str, Any] = {
    "name": None, "topics": 0, "partitionsPerTopic": 0, "keyDistributor": "NO_KEY", "messageSize": 0,
    "useRandomizedPayloads": False, "randomBytesRatio": 0.0, "randomizedPayloadPoolSize": 0, "payloadFile": None,
    "subscriptionsPerTopic": 0, "producersPerTopic": 0, "consumerPerSubscription": 0, "producerRate": 0,
    "consumerBacklogSizeGB": 0, "backlogDrainRatio": 1.0, "testDurationMinutes": 0, "warmupDurationMinutes": 1}
FLOOD_BYTES = 50_000_000


class Failure(Exception):
    """What OMB catches, logs and forgets: Java class and message."""


def parse(argv: list[str]) -> dict[str, Any]:
    """OMB's options; 255 and the usage for anything else."""
    names = {"-d": "drivers", "--drivers": "drivers", "-o": "output", "--output": "output", "-w": "workers",
             "--workers": "workers", "-wf": "workersFile", "--workers-file": "workersFile", "-c": "csv", "--csv": "csv"}
    found: dict[str, Any] = {"drivers": [], "workers": None, "workersFile": None, "workloads": [], "output": None}
    words = iter(argv)
    for word in words:
        if word in ("-h", "--help"):
            break
        if word in ("-x", "--extra"):
            found["extra"] = True
        elif word in names:
            value = next(words, None)
            if value is None:
                fail(f"Expected a value after parameter {word}")
            found[names[word]] = value.split(",") if names[word] in ("drivers", "workers") else value
        elif word.startswith("-"):
            fail(f"Was passed main parameter '{word}' but no main parameter was defined in your arg class")
        else:
            found["workloads"].append(word)
    if not found["drivers"] or not found["workloads"]:
        fail("Usage: messaging-benchmark [options] Workloads\n  * -d, --drivers\n  -o, --output\n  -w, --workers")
    return found


def workload_of(path: str) -> dict[str, Any]:
    """A workload with OMB's defaults; unknown keys are ignored and fractions cut, as it does."""
    given = read_map(path)
    whole = {k for k, v in DEFAULTS.items() if isinstance(v, int) and not isinstance(v, bool)}
    return {k: int(given.get(k, v)) if k in whole else given.get(k, v) for k, v in DEFAULTS.items()}


def capacity_of(workers: Ensemble | None) -> float:
    """The messages a second that the clients can offer together; endless where nobody says. One client does both."""
    note = ROOT / "etc/omb-capacity"
    return float(note.read_text()) * (len(workers.producers) if workers else 1) if note.exists() else float("inf")


def scenario_of(workload: dict[str, Any], workers: Ensemble | None = None) -> str:
    """How this run goes."""
    named = next((s for s in SCENARIOS if str(workload["name"]).startswith(f"scenario-{s}")), "")
    note = ROOT / "etc/omb-scenario"
    asked = named or (note.read_text().strip() if note.exists() else "") or "success"
    if asked not in SCENARIOS:
        fail(f"sandbox: no scenario {asked}; there are {', '.join(SCENARIOS)}")
    if asked == "success":
        if workload["consumerPerSubscription"] <= 0 or workload["subscriptionsPerTopic"] <= 0:
            return "misspelt-consumers"
        if workload["useRandomizedPayloads"] and workload["randomizedPayloadPoolSize"] <= 0:
            return "silent-zeros"
        if workload["producerRate"] > capacity_of(workers):
            return "overload"
    return asked


def recording_of(workload: dict[str, Any], scenario: str) -> str:
    """The recorded run that looks most like this one."""
    special = {"silent-zeros": "silent-empty-payload-pool", "overload": "rabbit-overload-200k",
               "refused-payload": "fail-payload-mismatch", "misspelt-consumers": "fail-consumers-misspelt"}
    if scenario in special:
        return special[scenario]
    if workload["producerRate"] <= 0:
        return "redis-max-1kb-nowarm"
    return "redis-backlog-1gb-64kb" if workload["consumerBacklogSizeGB"] > 0 else "redis-rate-1k"


class Run:
    """One workload against one driver."""

    def __init__(self, log: Log, workload: dict[str, Any], driver: dict[str, Any], output: str,
                 workers: Ensemble | None = None, text: str = "") -> None:
        self.log, self.workload, self.driver, self.output = log, workload, driver, output
        self.workers, self.text = workers, text
        self.scenario = scenario_of(workload, workers)
        self.recording = recording_of(workload, self.scenario)
        seed = hashlib.sha1(f"{workload['name']}|{output}".encode()).digest()
        self.random = random.Random(seed)

    def periods(self, minutes: int) -> dict[str, Any]:
        """The recording, scaled and made as long as the test: its periods over and over, with a little noise."""
        w = self.workload
        recorded = json.loads((HOME / "recordings" / self.recording / "result.json").read_text())
        count = 6 * minutes
        original = {"redis-rate-1k": 1000, "redis-backlog-1gb-64kb": 1200, "rabbit-overload-200k": 200_000}
        rate = w["producerRate"] / original[self.recording] if self.recording in original else 1.0
        if self.scenario == "overload":
            capacity = capacity_of(self.workers)
            if capacity < w["producerRate"]:  # it manages what it can, whatever is asked
                rate = capacity / 31_800
        slow = 1 + self.random.gauss(0, 0.02)  # this run against the recorded one
        result: dict[str, Any] = {}
        for key, value in recorded.items():
            factor = rate if key in ("publishRate", "consumeRate", "backlog", "publishErrorRate") else slow
            exact = (lambda x: x) if self.scenario == "silent-zeros" else (
                lambda x, f=factor: int(x * f) if isinstance(x, int) else x * f)
            if isinstance(value, list):
                result[key] = [self.noise(exact(value[i % len(value)])) for i in range(count)]
            elif isinstance(value, dict):
                result[key] = {k: exact(v) for k, v in value.items()}
            elif key.startswith("aggregated"):
                result[key] = exact(value)
        identity = {"workload": w["name"], "driver": self.driver.get("name"), "messageSize": w["messageSize"],
                    "topics": w["topics"], "partitions": w["partitionsPerTopic"],
                    "producersPerTopic": w["producersPerTopic"], "consumersPerTopic": w["consumerPerSubscription"]}
        if self.scenario == "log-flood":
            result["publishErrorRate"] = [r * 0.5 for r in result["publishRate"]]
            result["publishRate"] = [r * 0.5 for r in result["publishRate"]]
            result["consumeRate"] = [r * 0.5 for r in result["consumeRate"]]
        return identity | result

    def noise(self, value: Any) -> Any:
        return value if isinstance(value, int) else value * (1 + self.random.uniform(-0.002, 0.002))

    def check_payload(self) -> None:
        """A payload file of another length than messageSize is refused once consumers are ready."""
        w = self.workload
        if self.scenario == "refused-payload":
            actual = 100 if w["messageSize"] != 100 else 99
        elif w["useRandomizedPayloads"]:
            return
        else:
            if not w["payloadFile"]:
                raise Failure("java.lang.IllegalArgumentException", "Cannot use null payload file")
            file = Path(w["payloadFile"])
            if not file.is_file():
                raise Failure("io.openmessaging.benchmark.utils.payload.PayloadException",
                              f"{file} (No such file or directory)")
            actual = file.stat().st_size
        if actual != w["messageSize"]:
            raise Failure("io.openmessaging.benchmark.utils.payload.PayloadException",
                          f"Payload length mismatch. Actual is: {actual:,}, but expected: {w['messageSize']:,} ")

    def reachable(self) -> bool:
        """Whether any broker of a Pulsar driver answers, as seen from this machine."""
        url, base = str(self.driver.get("serviceUrl") or ""), os.environ.get("SANDBOX_URL")
        hosts = re.sub(r"^pulsar(\+ssl)?://", "", url).strip("/").split(",") if url else []
        if not base or not hosts:
            return True
        for host in hosts:
            name, _, port = host.partition(":")
            ask = f"{base}/sandbox/port?from={os.environ.get('SANDBOX_INSTANCE_ID')}&host={name}&port={port or 6650}"
            with urllib.request.urlopen(ask) as reply:
                if json.load(reply).get("open"):
                    return True
        return False

    def start(self) -> None:
        """Topics, consumers, producers, and the wait for them."""
        w, log = self.workload, self.log
        if not self.reachable():
            log.pass_time(30)
            raise Failure("java.util.concurrent.CompletionException",
                          "org.apache.pulsar.client.api.PulsarClientException: Connection refused: "
                          f"{self.driver.get('serviceUrl')}")
        if self.workers:
            self.workers.begin(self.text, w)
        else:
            create_topics(create_namespace(self.driver), w["topics"], w["partitionsPerTopic"])
        consumers = 0 if self.scenario == "misspelt-consumers" else \
            w["topics"] * w["subscriptionsPerTopic"] * w["consumerPerSubscription"]
        for what, number in (("topics", w["topics"]), ("consumers", consumers),
                             ("producers", w["topics"] * w["producersPerTopic"])):
            took = self.random.uniform(5, 60)
            log.line(f"Created {number} {what} in {took:.6f} ms", "LocalWorker")
            log.line(f"Created {number} {what} in {took + 0.4:.6f} ms")
        log.line("Waiting for consumers to be ready")
        for _ in range(30 if consumers == 0 else 1):
            log.line(f"Waiting for topics to be ready -- Sent: {w['topics']}, Received: 0")
            log.pass_time(2)
        if consumers == 0:
            raise Failure("java.lang.RuntimeException", "Timed out waiting for consumers to be ready")
        log.line(f"Waiting for topics to be ready -- Sent: {w['topics']}, Received: {w['topics']}")
        log.line("All consumers are ready")

    def traffic(self, minutes: int, kind: str) -> dict[str, Any]:
        """Warm-up or test: a line every ten seconds; without end if there is no duration."""
        if kind == "warm-up":
            self.log.line(f"----- Starting warm-up traffic ({minutes}m) ------")
        else:
            self.log.line(f"----- Starting benchmark traffic ({minutes}m)------")
        result = self.periods(max(1, minutes))
        count = len(result["publishRate"])
        killed = count // 2 if self.scenario == "killed-broker" and kind == "test" else -1
        i = 0
        while i < count or minutes <= 0:
            if i == killed:
                self.lose_broker()
            self.log.pass_time(10.05)
            self.log.line(period(result, i % count, self.workload["messageSize"]))
            i += 1
        return result

    def lose_broker(self) -> None:
        error = "org.apache.pulsar.client.api.PulsarClientException$TimeoutException: could not be sent within 30 s"
        for _ in range(20):
            self.log.line("Write error on message", "MessageProducer", "WARN", "pulsar-timer-6-1")
            self.log.raw(f"java.util.concurrent.CompletionException: {error}")
        raise Failure("java.util.concurrent.CompletionException", error)

    def flood(self) -> None:
        """A stack trace for each failed send."""
        trace = "".join(f"\tat org.apache.pulsar.client.impl.ProducerImpl.call{n}(ProducerImpl.java:{n}) ~[?:?]\n"
                        for n in range(12))
        stamp = self.log.now.strftime("%H:%M:%S.000")
        block = (f"{stamp} [pulsar-client-io-1-1] WARN MessageProducer - Write error on message\n"
                 f"java.util.concurrent.CompletionException: PulsarClientException$TimeoutException\n{trace}") * 500
        for _ in range(FLOOD_BYTES // len(block)):
            sys.stdout.write(block)
        sys.stdout.flush()

    def go(self) -> None:
        """The whole run; writes the result at the end, in two parts, as a reader that looks too early finds it."""
        w = self.workload
        if w["producerRate"] <= 0 and w["consumerBacklogSizeGB"] > 0:
            raise Failure("java.lang.IllegalArgumentException",
                          "Cannot probe producer sustainable rate when building backlog")
        self.start()
        self.check_payload()
        if self.scenario == "silent-zeros":
            self.log.line("Got error", "LocalWorker", "ERROR", "local-worker-1-1")
            self.log.raw("java.lang.IllegalArgumentException: bound must be positive")
        if self.workers:
            self.workers.load(float(w["producerRate"] if w["producerRate"] > 0 else 10_000))
        if w["warmupDurationMinutes"] > 0:
            self.traffic(w["warmupDurationMinutes"], "warm-up")
        if self.scenario == "log-flood":
            self.flood()
        result = self.traffic(w["testDurationMinutes"], "test")
        if self.workers:
            self.workers.end()
        self.log.line(aggregate(result))
        self.log.line(f"Writing test result into {self.output}", "Benchmark")
        text = pretty(result)
        with open(self.output, "w") as file:
            file.write(text[:len(text) // 2])
            file.flush()
            time.sleep(30 / self.log.speed)
            file.write(text[len(text) // 2:])


def main() -> None:
    options = parse(sys.argv[1:])
    speed = ROOT / "etc/omb-speed"
    log = Log(float(speed.read_text() if speed.exists() else os.environ.get("SANDBOX_OMB_SPEED") or 600))
    try:  # what the real one reads before its own error handling: an exception in main, exit code 1
        workloads = {Path(p).stem: workload_of(p) for p in options["workloads"]}
    except (OSError, ValueError, TypeError) as error:
        log.raw(f'Exception in thread "main" java.io.IOException: {error}')
        raise SystemExit(1) from None
    try:
        workers = Ensemble(options["workers"], options.get("extra", False)) if options["workers"] else None
    except ValueError as error:
        log.raw(f'Exception in thread "main" {error}')
        raise SystemExit(1) from None
    first = next(iter(workloads.values()))
    print(f"sandbox: replaying {recording_of(first, scenario_of(first, workers))}", flush=True)
    log.line(f"Starting benchmark with config: {pretty({k: v for k, v in options.items() if k not in ('extra', 'csv')})}",
             "Benchmark")
    log.line(f"Workloads: {pretty(workloads)}", "Benchmark")
    hang = False
    for workload in workloads.values():
        for path in options["drivers"]:
            try:
                driver = read_map(path)
                name = driver.get("name")
                log.line(f"--------------- WORKLOAD : {workload['name']} --- DRIVER : {name}---------------", "Benchmark")
                if not driver.get("driverClass"):
                    raise Failure("java.lang.NullPointerException", "driverClass")
                output = options["output"] or f"{workload['name']}-{name}-{log.now:%Y-%m-%d-%H-%M-%S}.json"
                run = Run(log, workload, driver, output, workers, Path(path).read_text())
                hang = hang or run.scenario == "hang-after-success"
                run.go()
            except (Failure, WorkerFailure, OSError, ValueError) as error:
                kind, text = error.args if isinstance(error, (Failure, WorkerFailure)) else ("java.io.FileNotFoundException", str(error))
                log.line(f"Failed to run the workload '{workload['name']}' for driver '{path}'", "Benchmark", "ERROR")
                log.raw(f"{kind}: {text}\n\tat io.openmessaging.benchmark.WorkloadGenerator.run(WorkloadGenerator.java:119)"
                        " ~[classes/:?]\n\tat io.openmessaging.benchmark.Benchmark.main(Benchmark.java:151) ~[classes/:?]")
    while hang:  # a thread that is no daemon lives on
        time.sleep(3600)


if __name__ == "__main__":
    main()
