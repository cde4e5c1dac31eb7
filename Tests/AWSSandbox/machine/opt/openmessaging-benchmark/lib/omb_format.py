"""How OMB writes: log lines, periods, and its result file as Jackson prints it."""
from __future__ import annotations

import sys
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


class Log:
    """The console, with a clock that runs `speed` times as fast as ours."""

    def __init__(self, speed: float) -> None:
        self.now, self.speed = datetime.now(), speed

    def line(self, text: str, name: str = "WorkloadGenerator", level: str = "INFO", thread: str = "main") -> None:
        print(f"{self.now:%H:%M:%S}.{self.now.microsecond // 1000:03d} [{thread}] {level} {name} - {text}", flush=True)

    def raw(self, text: str) -> None:
        print(text, flush=True)

    def pass_time(self, seconds: float) -> None:
        """Let that much of the benchmark's time go by."""
        import time
        time.sleep(seconds / self.speed)
        self.now += timedelta(seconds=seconds)


def java(value: Any) -> str:
    """A number as Java prints it: 5.42E-5 below a thousandth and from ten million on."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = format(Decimal(repr(value)), "f")
        return text if "." in text else text + ".0"
    mantissa, _, power = f"{Decimal(repr(value)):E}".partition("E")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(power)}"


def quoted(text: Any) -> str:
    """A JSON string or null."""
    import json
    return "null" if text is None else json.dumps(text, ensure_ascii=False)


def scalar(value: Any) -> str:
    return quoted(value) if value is None or isinstance(value, str) else java(value)


def pretty(value: dict[str, Any], indent: str = "") -> str:
    """An object as Jackson's default pretty printer writes it."""
    rows = []
    for key, item in value.items():
        if isinstance(item, dict):
            text = pretty(item, indent + "  ") if item else "{ }"
        elif isinstance(item, list):
            text = f"[ {', '.join(map(scalar, item))} ]" if item else "[ ]"
        else:
            text = scalar(item)
        rows.append(f"{indent}  {quoted(key)} : {text}")
    return "{\n" + ",\n".join(rows) + f"\n{indent}}}"


def period(r: dict[str, Any], i: int, size: int) -> str:
    """The line that OMB prints every ten seconds."""
    mib = size / 1024 / 1024
    rate, errors, read = r["publishRate"][i], r["publishErrorRate"][i], r["consumeRate"][i]
    ms = [r[f"publishLatency{k}"][i] for k in ("Avg", "50pct", "99pct", "999pct", "Max")]
    us = [r[f"publishDelayLatency{k}"][i] for k in ("Avg", "50pct", "99pct", "999pct", "Max")]
    return (f"Pub rate {rate:7.1f} msg/s / {rate * mib:4.1f} MB/s | Pub err {errors:7.1f} err/s | "
            f"Cons rate {read:7.1f} msg/s / {read * mib:4.1f} MB/s | Backlog: {r['backlog'][i] / 1000:4.1f} K | "
            f"Pub Latency (ms) avg: {ms[0]:4.1f} - 50%: {ms[1]:4.1f} - 99%: {ms[2]:4.1f} - 99.9%: {ms[3]:4.1f} - "
            f"Max: {ms[4]:4.1f} | Pub Delay Latency (us) avg: {us[0]:4.1f} - 50%: {us[1]:4.1f} - "
            f"99%: {us[2]:4.1f} - 99.9%: {us[3]:4.1f} - Max: {us[4]:4.1f}")


def aggregate(r: dict[str, Any]) -> str:
    """The line at the end of the test."""
    keys = (("", "Avg"), ("50%", "50pct"), ("95%", "95pct"), ("99%", "99pct"), ("99.9%", "999pct"),
            ("99.99%", "9999pct"), ("Max", "Max"))
    part = lambda name: " - ".join(f"{label}: {r[f'aggregated{name}{key}']:4.1f}" if label else  # noqa: E731
                                   f"avg: {r[f'aggregated{name}{key}']:4.1f}" for label, key in keys)
    return (f"----- Aggregated Pub Latency (ms) {part('PublishLatency')} | "
            f"Pub Delay (us)  {part('PublishDelayLatency')}")


def fail(message: str) -> None:
    """OMB's way out of a wrong command line."""
    print(message, file=sys.stderr)
    raise SystemExit(255)
