"""A result of the benchmark read and stored by LabHost, beside Python's json module on the same files.

    python3 Benchmarks/results.py [MEGABYTES...]

Each file is a recorded result with its periods repeated to the size. Whole processes, one after the other, the file in the
page cache. Printed: the fastest of three by processor time, in seconds and MB/s, and peak memory.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parent.parent
recording = root / "Tests/OMBRunnerTests/Recordings/redis-rate-1k/result.json"
PYTHON = "import json,sys\nwith open(sys.argv[1]) as file: result = json.load(file)\nprint(len(result['publishRate']))"


def make(path: Path, megabytes: float) -> None:
    result = json.loads(recording.read_text())
    lists = {key: value for key, value in result.items() if isinstance(value, list)}
    each = sum(len(json.dumps(value, indent=2)) * 1.64 for value in lists.values())
    times = max(1, int(megabytes * 1e6 / each))
    for key, value in lists.items():
        # Digits as they are in a run: no two periods are alike.
        result[key] = [v if isinstance(v, int) else v * (1 + i * 1e-9) for i in range(times) for v in value]
    path.write_text(json.dumps(result, indent=2))


def measure(command: list[str]) -> tuple[float, int]:
    """Seconds of processor time and peak memory in KB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed: {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


if sys.argv[1:2] == ["make"]:
    make(Path(sys.argv[2]), float(sys.argv[3]))
    raise SystemExit

subprocess.run(["swift", "build", "--package-path", root / "Benchmarks", "--configuration", "release", "--product", "Results"],
               check=True, stdout=subprocess.DEVNULL)
binary = str(root / "Benchmarks/.build/release/Results")
with tempfile.TemporaryDirectory() as folder:
    for megabytes in [float(argument) for argument in sys.argv[1:]] or [1, 10, 100]:
        file = Path(folder) / f"{megabytes:g}.json"
        # In a process of its own: a child begins with the peak memory of its parent.
        subprocess.run([sys.executable, __file__, "make", str(file), str(megabytes)], check=True)
        size = file.stat().st_size / 1e6
        for name, command in [("LabHost", [binary, str(file)]), ("Python", [sys.executable, "-c", PYTHON, str(file)])]:
            runs = [measure(command) for _ in range(3)]
            seconds = min(seconds for seconds, _ in runs)
            print(f"{size:6.1f} MB  {name:8} {seconds:6.2f} s  {size / seconds:5.0f} MB/s  "
                  f"{max(memory for _, memory in runs) / 1024:5.0f} MB peak", flush=True)
