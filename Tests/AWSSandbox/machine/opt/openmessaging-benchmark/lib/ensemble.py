"""The workers that a coordinator steers, as OMB's DistributedWorkersEnsemble does it."""
from __future__ import annotations

import base64
import json
import os
import sys
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, os.environ.get("SANDBOX_ROOT", "/mnt") + "/lib/sandbox")
sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../lib/sandbox"))  # on no machine
from serving import locate  # noqa: E402


class WorkerFailure(Exception):
    """What a call to a worker ends with: Java class and message."""


class Ensemble:
    """The first half produces (a third with -x), the rest consumes; the first one of all makes the topics."""

    def __init__(self, workers: list[str], extra: bool) -> None:
        if len(workers) < 2:
            raise ValueError("java.lang.IllegalArgumentException")
        self.workers = workers
        producing = (len(workers) + 2) // 3 if extra else len(workers) // 2
        self.producers, self.consumers = workers[:producing], workers[producing:]

    @staticmethod
    def call(worker: str, method: str, path: str, body: bytes = b"") -> str:
        parts = urlsplit(worker)
        base, reason = locate(parts.hostname or "", parts.port or 80)
        if not base:
            raise WorkerFailure("java.util.concurrent.CompletionException",
                                f"java.net.ConnectException: {reason}: {parts.hostname}/{parts.hostname}:{parts.port}")
        request = urllib.request.Request(base + path, body if method == "POST" else None, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.read().decode()
        except urllib.error.HTTPError as error:
            raise WorkerFailure("java.lang.IllegalArgumentException",
                                f"Failed to do HTTP request to {worker}{path} -- code: {error.code}") from None
        except OSError as error:
            raise WorkerFailure("java.util.concurrent.TimeoutException",
                                f"Request timeout to {worker} after 60000 ms ({error})") from None

    def all(self, path: str, workers: list[str] | None = None, body: bytes = b"") -> None:
        for worker in workers or self.workers:
            self.call(worker, "POST", path, body)

    def begin(self, driver: str, workload: dict[str, Any]) -> None:
        """Everything before traffic."""
        self.all("/stop-all")
        self.all("/initialize-driver", body=driver.encode())
        asked = {"numberOfTopics": workload["topics"], "numberOfPartitionsPerTopic": workload["partitionsPerTopic"]}
        topics = json.loads(self.call(self.workers[0], "POST", "/create-topics", json.dumps(asked).encode()))
        subscriptions = [{"topic": t, "subscription": f"sub-{n:03d}"} for t in topics
                         for n in range(workload["subscriptionsPerTopic"]) for _ in range(workload["consumerPerSubscription"])]
        for worker in self.consumers:
            self.call(worker, "POST", "/create-consumers", json.dumps({"topicsSubscriptions": subscriptions}).encode())
        for worker in self.producers:
            self.call(worker, "POST", "/create-producers", json.dumps(topics * workload["producersPerTopic"]).encode())
        self.all("/probe-producers", self.producers)

    def load(self, rate: float) -> None:
        """Traffic from the producers' side."""
        body = {"payloadData": [base64.b64encode(b"x").decode()], "publishRate": rate / len(self.producers),
                "keyDistributorType": "NO_KEY"}
        self.all("/start-load", self.producers, json.dumps(body).encode())

    def end(self) -> None:
        self.all("/stop-all")
