"""The history at 100,000 cells: whole processes, one after the other, with wall time and peak memory.

    python3 Benchmarks/history.py [LABHOST [CELLS]]

LABHOST is a release build; .build/release/labhost otherwise. 100,000 cells take some 2 GB below the temporary directory.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
latencies = {"Avg": 2.1, "50pct": 1.9, "75pct": 2.2, "95pct": 3.0, "99pct": 4.5, "999pct": 9.0, "9999pct": 20.0, "Max": 41.0}


def result(generator: random.Random, workload: str, slower: float) -> str:
    """A result of ten minutes, as small as OMB writes them: the quantiles of latencies are left out."""
    factor = slower * generator.uniform(0.97, 1.03)
    periods = 60
    series = [round(generator.gauss(4.5, 0.3) * factor, 3) for _ in range(periods)]
    rates = [round(generator.gauss(10000, 20), 2) for _ in range(periods)]
    found = {"workload": workload, "driver": "Pulsar", "messageSize": 1024, "publishRate": rates, "consumeRate": rates,
             "publishErrorRate": [0.0] * periods, "backlog": [0] * periods, "publishLatency50pct": series,
             "publishLatency99pct": series, "publishDelayLatency99pct": [100.0] * periods, "endToEndLatency99pct": series}
    for name in ("Publish", "PublishDelay", "EndToEnd"):
        found |= {f"aggregated{name}Latency{key}": round(value * factor, 4) for key, value in latencies.items()}
    return json.dumps(found)


def measure(labhost: str, home: Path, name: str, arguments: list[str], directory: Path = root) -> None:
    start = time.monotonic()
    process = subprocess.Popen([labhost, *arguments], cwd=directory, stdout=subprocess.DEVNULL,
                               env=os.environ | {"LABHOST_HOME": str(home)})
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    assert os.waitstatus_to_exitcode(status) == 0, f"{name} failed"
    print(f"| {name} | {seconds:.2f} s | {usage.ru_maxrss // 1024} MB |", flush=True)


def main() -> None:
    labhost = str(Path(sys.argv[1] if len(sys.argv) > 1 else root / ".build/release/labhost").resolve())
    half = int(sys.argv[2] if len(sys.argv) > 2 else 100_000) // 2
    few = min(half, 10_000)
    generator = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="labhost-history-") as name:
        top = Path(name)
        home = top / "home"
        ids = []
        for side, slower in (("a", 1.0), ("b", 1.1)):
            files = top / side
            files.mkdir()
            names = [f"{number:05}.json" for number in range(half)]
            for number, file in enumerate(names):
                (files / file).write_text(result(generator, f"workload {number // 5}", slower))
            if side == "a":
                measure(labhost, top / "small", f"import of {few:,} results", ["import", *names[:few]], files)
                measure(labhost, top / "small", "the same once more", ["import", *names[:few]], files)
            measure(labhost, home, f"import of {half:,} results", ["import", "--name", side, *names], files)
            ids.append((set(os.listdir(home / "experiments")) - set(ids)).pop())
        measure(labhost, home, "list", ["list"])
        measure(labhost, home, "history", ["history"])
        measure(labhost, home, "history --metric p99_latency", ["history", "--metric", "p99_latency"])
        measure(labhost, home, f"compare, {half // 5:,} × 5 with {half // 5:,} × 5", ["compare", *ids])
        measure(labhost, home, "history --rebuild", ["history", "--rebuild"])
        # As many experiments as a team makes in years, each of 100 cells.
        many = top / "many"
        for start in range(0, half, 50):
            batch = [f"../{side}/{start + index:05}.json" for side in "ab" for index in range(50)]
            subprocess.run([labhost, "import", "--name", "many", *batch], cwd=files, check=True, stdout=subprocess.DEVNULL,
                           env=os.environ | {"LABHOST_HOME": str(many)})
        experiment = sorted(os.listdir(many / "experiments"))[-1]
        measure(labhost, many, f"list, {half // 50:,} experiments of 100 cells", ["list"])
        measure(labhost, many, "history, the same", ["history"])
        measure(labhost, many, "history --plan --metric, the same", ["history", "--plan", "many", "--metric", "p99_latency"])
        measure(labhost, many, "show of one of them", ["show", experiment])
        (many / "history.sqlite").unlink()
        measure(labhost, many, "list without a history", ["list"])


if __name__ == "__main__":
    main()
