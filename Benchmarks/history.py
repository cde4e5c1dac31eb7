"""The history at 100,000 cells: whole processes, one after the other, with the median of their wall times and peak memory.

    python3 Benchmarks/history.py [LABHOST [CELLS]]

LABHOST is a release build; .build/release/labhost otherwise. A few results are imported; the other cells are written to the
history directly, as copies of those with other names and figures, so that the script takes minutes and not hours.
"""
import json
import os
import random
import shutil
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
latencies = {"Avg": 2.1, "50pct": 1.9, "75pct": 2.2, "95pct": 3.0, "99pct": 4.5, "999pct": 9.0, "9999pct": 20.0, "Max": 41.0}
periods = 60


def result(generator: random.Random, workload: str) -> str:
    """A result of ten minutes, as small as OMB writes them: the quantiles of latencies are left out."""
    factor = generator.uniform(0.97, 1.03)
    series = [round(generator.gauss(4.5, 0.3) * factor, 3) for _ in range(periods)]
    rates = [round(generator.gauss(10000, 20), 2) for _ in range(periods)]
    found = {"workload": workload, "driver": "Pulsar", "messageSize": 1024, "publishRate": rates, "consumeRate": rates,
             "publishErrorRate": [0.0] * periods, "backlog": [0] * periods, "publishLatency50pct": series,
             "publishLatency99pct": series, "publishDelayLatency99pct": [100.0] * periods, "endToEndLatency99pct": series}
    for name in ("Publish", "PublishDelay", "EndToEnd"):
        found |= {f"aggregated{name}Latency{key}": round(value * factor, 4) for key, value in latencies.items()}
    return json.dumps(found)


class Home:
    """A user's directory of experiments, with a history that is written past LabHost."""

    def __init__(self, labhost: str, path: Path):
        self.labhost, self.path = labhost, path
        self.generator = random.Random(1)

    def run(self, arguments: list[str], directory: Path = root) -> tuple[float, int]:
        """Seconds and MB."""
        start = time.monotonic()
        process = subprocess.Popen([self.labhost, *arguments], cwd=directory, stdout=subprocess.DEVNULL,
                                   env=os.environ | {"LABHOST_HOME": str(self.path)})
        _, status, usage = os.wait4(process.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0, f"labhost {' '.join(arguments[:3])} failed"
        return time.monotonic() - start, usage.ru_maxrss // 1024

    def measure(self, name: str, arguments: list[str], directory: Path = root, times: int = 5) -> None:
        runs = [self.run(arguments, directory) for _ in range(times)]
        seconds = statistics.median(run[0] for run in runs)
        print(f"| {name} | {seconds:.{1 if seconds >= 10 else 2 if seconds >= 1 else 3}f} s | {max(run[1] for run in runs)} MB |",
              flush=True)

    def results(self, count: int, each: int) -> tuple[Path, list[str]]:
        """Result files, and their names."""
        files = self.path.parent / f"{self.path.name}-results"
        files.mkdir()
        names = [f"{number:05}.json" for number in range(count)]
        for number, name in enumerate(names):
            (files / name).write_text(result(self.generator, f"workload {number // each}"))
        return files, names

    def experiments(self) -> list[str]:
        return sorted(os.listdir(self.path / "experiments"))

    def copies(self, template: str, ids: list[str], cells: int, each: int, slower: float = 1.0) -> None:
        """Experiments like another one, whose first cell all of their cells are copies of."""
        database = sqlite3.connect(self.path / "history.sqlite")
        database.execute("PRAGMA synchronous = OFF")
        columns = [row[1] for row in database.execute("PRAGMA table_info(cell)") if row[1] != "id"]
        about = [row[1] for row in database.execute("PRAGMA table_info(experiment)")]
        row = dict(zip(about, database.execute(f"SELECT {', '.join(about)} FROM experiment WHERE id = ?", [template]).fetchone()))
        cell = dict(zip(columns, database.execute(
            f"SELECT {', '.join(columns)} FROM cell WHERE experiment = ? ORDER BY id", [template]).fetchone()))
        insert = f"INSERT INTO cell ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        measured = [name for name in columns if isinstance(cell[name], float) and cell[name] > 0]
        for number, name in enumerate(ids):
            self.directory(template, name)
            later = row | {"id": name, "cells": cells, "measured": cells}
            database.execute(f"INSERT INTO experiment ({', '.join(about)}) VALUES ({', '.join('?' * len(about))})",
                             [later[column] for column in about])
            for index in range(cells):
                base, repetition = f"cell-{index // each:05}", index % each + 1
                factor = slower * self.generator.uniform(0.97, 1.03)
                copy = cell | {metric: cell[metric] * factor for metric in measured}
                copy |= {"experiment": name, "name": base if repetition == 1 else f"{base}#{repetition}", "run": base,
                         "content_key": f"{index // each:016x}", "repetition": repetition, "imported_from": None,
                         "ended_at": cell["ended_at"] + number * 86_400_000 + index * 60_000}
                new = database.execute(insert, [copy[column] for column in columns]).lastrowid
                database.execute("INSERT INTO period_series (cell, content) VALUES (?, ?)", [new, self.series(factor)])
        database.commit()
        database.close()

    def directory(self, template: str, name: str) -> None:
        """A directory as long as its history is true: the journal has the length that the history knows."""
        old, new = self.path / "experiments" / template, self.path / "experiments" / name
        new.mkdir()
        for file in ("experiment.json", "schedule.json", "journal.jsonl"):
            (new / file).write_text((old / file).read_text().replace(template, name))

    def series(self, factor: float) -> bytes:
        content = b"\1"
        for name, level, spread in (("consume_rate", 10000, 20), ("e2e_p99_latency", 4.5 * factor, 0.3),
                                    ("p50_latency", 1.9 * factor, 0.1), ("p99_latency", 4.5 * factor, 0.3),
                                    ("throughput", 10000, 20)):
            values = [self.generator.gauss(level, spread) for _ in range(periods)]
            content += bytes([len(name)]) + name.encode() + struct.pack(f"<H{periods}f", periods, *values)
        return content


def ids(count: int, letter: str) -> list[str]:
    """Experiments, one a day."""
    return [time.strftime("exp-%Y%m%d-120000-", time.gmtime(1_600_000_000 + number * 86_400)) + letter * 4 for number in range(count)]


def main() -> None:
    labhost = str(Path(sys.argv[1] if len(sys.argv) > 1 else root / ".build/release/labhost").resolve())
    cells = int(sys.argv[2] if len(sys.argv) > 2 else 100_000)
    half, few = cells // 2, cells // 10
    with tempfile.TemporaryDirectory(prefix="labhost-history-") as name:
        top = Path(name)
        imported = Home(labhost, top / "imported")
        files, names = imported.results(few, 5)
        imported.measure(f"`import` of {few:,} results of {periods} periods", ["import", *names], files, times=1)
        imported.measure("`import` of the same once more", ["import", *names], files, times=1)
        imported.measure(f"`history --rebuild`, {few:,} cells", ["history", "--rebuild"], times=1)
        imported.measure(f"`show` of an experiment of {few:,} cells", ["show", imported.experiments()[-1]])

        # As many experiments as a team makes in years.
        many = Home(labhost, top / "many")
        files, names = many.results(100, 5)
        many.run(["import", "--name", "many", *names], files)
        real = many.experiments()[0]
        many.copies(real, ids(cells // 100 - 1, "a"), 100, 5)
        many.measure(f"`list`, {cells // 100:,} experiments of 100 cells", ["list"])
        many.measure("`history`, the same", ["history"])
        many.measure(f"`history --plan many --metric p99_latency`, the same: 20 series of {cells // 100:,} points",
                     ["history", "--plan", "many", "--metric", "p99_latency"])
        many.measure("`show` of one of them", ["show", real])

        for each in (5, 1):
            pair = Home(labhost, top / f"pair{each}")
            files, names = pair.results(1, 1)
            pair.run(["import", "--name", "pair", *names], files)
            real = pair.experiments()[0]
            first, second = ids(2, "b")
            pair.copies(real, [first], half, each)
            pair.copies(real, [second], half, each, slower=1.1)
            pair.measure(f"`compare`, {half // each:,} × {each} with {half // each:,} × {each}", ["compare", first, second], times=3)
            shutil.rmtree(pair.path)


if __name__ == "__main__":
    main()
