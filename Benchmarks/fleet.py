"""One command on 1, 9, 50 and 500 hosts of the sandbox: LabHost's executor beside a straightforward boto3 script.

    Tests/AWSSandbox/python Benchmarks/fleet.py [HOSTS...]

Both are whole processes against the same sandbox, one after the other. Printed: AWS calls, wall time, peak memory.
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


def naive(ids: list[str]) -> None:
    """What one writes at first: fifty at a time, then each instance's answer in turn."""
    import boto3

    ssm = boto3.client("ssm")
    for start in range(0, len(ids), 50):
        batch = ids[start:start + 50]
        command = ssm.send_command(InstanceIds=batch, DocumentName="AWS-RunShellScript",
                                   Parameters={"commands": ["uname -a"]})["Command"]["CommandId"]
        for instance in batch:
            while True:
                try:
                    reply = ssm.get_command_invocation(CommandId=command, InstanceId=instance)
                    if reply["Status"] not in ("Pending", "InProgress", "Delayed"):
                        break
                except ssm.exceptions.InvocationDoesNotExist:
                    pass
                time.sleep(1)
            assert reply["Status"] == "Success", reply


def get(url: str, path: str) -> dict:
    return json.load(urllib.request.urlopen(f"{url}/sandbox/{path}"))


def launch(count: int) -> list[str]:
    import boto3

    ec2, iam, ssm = (boto3.client(name) for name in ("ec2", "iam", "ssm"))
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
    iam.create_role(RoleName="fleet", AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(RoleName="fleet", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
    iam.create_instance_profile(InstanceProfileName="fleet")
    iam.add_role_to_instance_profile(InstanceProfileName="fleet", RoleName="fleet")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20")["Subnet"]["SubnetId"]
    image = ec2.describe_images(Owners=["self"])["Images"][0]["ImageId"]
    reply = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=count, MaxCount=count, SubnetId=subnet,
                              IamInstanceProfile={"Name": "fleet"})
    ids = [instance["InstanceId"] for instance in reply["Instances"]]
    online: set[str] = set()
    while len(online) < count:
        time.sleep(0.5)
        pages = ssm.get_paginator("describe_instance_information").paginate()
        online = {i["InstanceId"] for page in pages for i in page["InstanceInformationList"] if i["PingStatus"] == "Online"}
    return ids


def measure(url: str, name: str, command: list[str], ids: list[str]) -> None:
    get(url, "requests?reset=1")
    start = time.monotonic()
    process = subprocess.Popen(command + ids)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    assert status == 0, f"{name} failed"
    calls = get(url, "requests")["calls"]
    listed = ", ".join(f"{action.split('.')[1]} {count}" for action, count in sorted(calls.items()))
    print(f"| {len(ids)} | {name} | {sum(calls.values())} | {seconds:.1f} s | {usage.ru_maxrss // 1024} MB | {listed} |", flush=True)


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:]] or [1, 9, 50, 500]
    subprocess.run(["swift", "build", "--package-path", str(root / "Benchmarks"), "--configuration", "release",
                    "--product", "Fleet"], check=True, stdout=subprocess.DEVNULL)
    fleet = root / "Benchmarks/.build/release/Fleet"
    with tempfile.TemporaryDirectory() as state:
        sandbox = subprocess.Popen([str(root / "Tests/AWSSandbox/start"), "--state-dir", state, "--ready-file", f"{state}/url",
                                    "--stop-with-parent", "--invocation-lag", "0.3"], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL)
        try:
            while not os.path.exists(f"{state}/url"):
                time.sleep(0.1)
            url = Path(f"{state}/url").read_text().strip()
            os.environ.update(AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing",
                              AWS_DEFAULT_REGION="us-west-2")
            # A process of its own: a child's peak begins with what its parent had, and boto3 is large.
            ids = subprocess.run([sys.executable, __file__, "--launch", str(max(counts))], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.split()
            print("| hosts | who | calls | wall time | peak memory | calls by action |\n| --- | --- | --- | --- | --- | --- |")
            for count in counts:
                measure(url, "LabHost", [str(fleet)], ids[:count])
                measure(url, "boto3", [sys.executable, __file__, "--naive"], ids[:count])
        finally:
            sandbox.terminate()
            sandbox.wait()


if sys.argv[1:2] == ["--naive"]:
    naive(sys.argv[2:])
elif sys.argv[1:2] == ["--launch"]:
    print(*launch(int(sys.argv[2])))
else:
    main()
