"""Direct calls beside terraform: from nothing to a ready cluster and back, on the same sandbox with delays as in life.

    Tests/AWSSandbox/python Benchmarks/provisioners.py [PROVISIONER...]

Each is a whole `labhost setup` and a whole `labhost teardown` of plans/poc.yaml. Printed: wall time and AWS calls.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

root = Path(__file__).resolve().parent.parent
# As measured on AWS, roughly: instances boot in 8 s and register 20 s later; EC2 believes in a profile after 8 s.
delays = ["--boot-delay", "8", "--ssm-delay", "20", "--terminate-delay", "30", "--iam-lag", "8", "--describe-lag", "0.5",
          "--invocation-lag", "0.5"]


def main() -> None:
    subprocess.run(["swift", "build", "--configuration", "release", "--product", "labhost", "--scratch-path",
                    str(root / ".build/measured")], cwd=root, check=True, stdout=subprocess.DEVNULL)
    labhost = root / ".build/measured/release/labhost"
    with tempfile.TemporaryDirectory() as state:
        sandbox = subprocess.Popen([str(root / "Tests/AWSSandbox/start"), "--state-dir", state, "--ready-file", f"{state}/url",
                                    "--stop-with-parent", *delays], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        try:
            while not os.path.exists(f"{state}/url"):
                time.sleep(0.1)
            url = Path(f"{state}/url").read_text().strip()
            environment = {**os.environ, "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "testing", "CI": "true",
                           "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-west-2", "LABHOST_HOME": f"{state}/home"}
            print("| provisioner | command | wall time | AWS calls |\n| --- | --- | --- | --- |")
            for provisioner in sys.argv[1:] or ["ec2", "terraform"]:
                for command in (["setup", "--yes", "--provisioner", provisioner, "plans/poc.yaml"], ["teardown", "latest"]):
                    urllib.request.urlopen(f"{url}/sandbox/requests?reset=1").read()
                    start = time.monotonic()
                    subprocess.run([str(labhost), *command], cwd=root, env=environment, check=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    seconds = time.monotonic() - start
                    calls = json.load(urllib.request.urlopen(f"{url}/sandbox/requests"))["total"]
                    print(f"| {provisioner} | {command[0]} | {seconds:.0f} s | {calls} |", flush=True)
        finally:
            sandbox.terminate()
            sandbox.wait()


main()
