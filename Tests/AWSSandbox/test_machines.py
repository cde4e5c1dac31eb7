"""The machines of a sandbox, seen through boto3 as LabHost sees them: python test_machines.py URL (started with ./start)."""
from __future__ import annotations

import gzip
import json
import os
import sys
import time
import urllib.request

URL = sys.argv[1].rstrip("/")
os.environ.update(AWS_ENDPOINT_URL=URL, AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing",
                  AWS_DEFAULT_REGION="us-west-2", AWS_EC2_METADATA_DISABLED="true")
import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

once = Config(retries={"mode": "standard", "total_max_attempts": 1})
ec2, ssm = boto3.client("ec2", config=once), boto3.client("ssm", config=once)
AMI, OMB = "ami-0a1b2c3d4e5f60002", "/opt/openmessaging-benchmark"
passed = failed = 0


def check(what: str, ok: bool, got: object = "") -> None:
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(("ok   " if ok else "FAIL ") + what + ("" if ok else f"  got: {got!r}"))


def code(call, **kw) -> str:
    try:
        call(**kw)
    except ClientError as e:
        return e.response["Error"]["Code"]
    return "no error"


def get(path: str):
    return json.load(urllib.request.urlopen(URL + path))


def post(path: str, body: dict):
    return json.load(urllib.request.urlopen(urllib.request.Request(URL + path, json.dumps(body).encode(), method="POST")))


def run(iid: str, script: str) -> tuple[int, str]:
    """A script through SSM: exit code and both streams."""
    cid = ssm.send_command(InstanceIds=[iid], DocumentName="AWS-RunShellScript", Parameters={
        "commands": ["#!/bin/bash", "exec 2>&1", script]}, MaxErrors="0", MaxConcurrency="100%")["Command"]["CommandId"]
    for _ in range(600):
        i = ssm.get_command_invocation(CommandId=cid, InstanceId=iid)
        if i["Status"] not in ("Pending", "InProgress"):
            return i["ResponseCode"], i["StandardOutputContent"]
        time.sleep(.05)
    return -1, "no end"


def says(what: str, iid: str, script: str, want: str, status: int | None = 0) -> None:
    """Check that a script prints `want` (as a part) and ends with `status`."""
    got = run(iid, script)
    check(what, want in got[1] and status in (None, got[0]), got)


def launch(name: str, component: str, address: str, user_data: str | bytes = "", **kw) -> str:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}, {"Key": "Component", "Value": component}]}]
    return ec2.run_instances(**{**dict(
        ImageId=AMI, InstanceType="t3.small", MinCount=1, MaxCount=1, SubnetId=net, PrivateIpAddress=address,
        SecurityGroupIds=[group], UserData=user_data, TagSpecifications=tags), **kw})["Instances"][0]["InstanceId"]


def online(iid: str) -> bool:
    return iid in [n["InstanceId"] for n in ssm.describe_instance_information()["InstanceInformationList"]]


def until(test, limit: float = 15) -> bool:
    end = time.time() + limit
    while time.time() < end:
        if test():
            return True
        time.sleep(.1)
    return False


post("/sandbox/config", {"ssm_any_profile": True})
vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
net = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
group = ec2.create_security_group(GroupName="m", Description="m", VpcId=vpc)["GroupId"]

# --- EC2: what was asked for is kept, what EC2 refuses is refused
disk = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 50, "VolumeType": "gp3", "Iops": 4000, "Throughput": 250,
                                          "DeleteOnTermination": True}}]
ec2.create_placement_group(GroupName="m", Strategy="cluster")
boot = b"#!/bin/bash\nset -eu\necho booting\necho oops >&2\ntouch /opt/labhost/booted\necho \"home ${HOME-none}\"\n"
zk = launch("zk-1", "zookeeper", "10.9.1.11", gzip.compress(boot), BlockDeviceMappings=disk, Placement={"GroupName": "m"},
            MetadataOptions={"HttpTokens": "required"}, InstanceInitiatedShutdownBehavior="terminate",
            InstanceMarketOptions={"MarketType": "spot"})
i = ec2.describe_instances(InstanceIds=[zk])["Reservations"][0]["Instances"][0]
check("spot, with its request", i.get("InstanceLifecycle") == "spot" and i.get("SpotInstanceRequestId", "")[:4] == "sir-", i)
check("IMDSv2, placement, address", (i["MetadataOptions"]["HttpTokens"], i["Placement"]["GroupName"], i["PrivateIpAddress"],
      i["NetworkInterfaces"][0]["PrivateIpAddress"]) == ("required", "m", "10.9.1.11", "10.9.1.11"), i)
check("two volumes", len(i["BlockDeviceMappings"]) == 2)
v = ec2.describe_volumes(Filters=[{"Name": "size", "Values": ["50"]}])["Volumes"][0]
check("gp3 figures", (v["Iops"], v["Throughput"]) == (4000, 250), v)
check("request id", len(ec2.describe_vpcs()["ResponseMetadata"]["RequestId"]) == 36 and
      len(ssm.list_commands()["ResponseMetadata"]["RequestId"]) == 36)
check("address in use", code(launch, name="x", component="x", address="10.9.1.11") == "InvalidIPAddress.InUse")
check("a group of no network", code(ec2.create_security_group, GroupName="n", Description="n", VpcId="vpc-0123456789abcdef0")
      == "InvalidVpcID.NotFound")
check("reserved address", code(launch, name="x", component="x", address="10.9.1.1") == "InvalidParameterValue")
check("address of another net", code(launch, name="x", component="x", address="10.7.1.1") == "InvalidParameterValue")
check("user data over 16 KB", code(launch, name="x", component="x", address="10.9.1.99", user_data="#" * 16_385)
      == "InvalidParameterValue")
check("placement group in use", code(ec2.delete_placement_group, GroupName="m") == "InvalidPlacementGroup.InUse")
check("command over 64 KB", code(ssm.send_command, InstanceIds=[zk], DocumentName="AWS-RunShellScript",
      Parameters={"commands": ["#" * 66_000]}) == "MaxDocumentSizeExceeded")
ec2.modify_instance_attribute(InstanceId=zk, InstanceInitiatedShutdownBehavior={"Value": "terminate"})
i = ec2.describe_instances(InstanceIds=[zk])["Reservations"][0]["Instances"][0]
check("a change of the shutdown behaviour keeps the groups", [g["GroupId"] for g in i["SecurityGroups"]] == [group], i)
check("leak kinds", {"instance", "volume", "spot-instances-request", "security-group", "subnet", "vpc", "placement-group"}
      <= set(get("/sandbox/leaks")["kinds"]), get("/sandbox/leaks")["kinds"])
many = [ec2.create_security_group(GroupName=f"page{n}", Description="p", VpcId=vpc)["GroupId"] for n in range(7)]
pages = [p["SecurityGroups"] for p in ec2.get_paginator("describe_security_groups").paginate(
    Filters=[{"Name": "vpc-id", "Values": [vpc]}], PaginationConfig={"PageSize": 5})]
check("pages of five", [len(p) for p in pages] == [5, 4], [len(p) for p in pages])
check("page size too large", code(ec2.describe_volumes, MaxResults=2000) == "InvalidParameterValue")
for g in many:
    ec2.delete_security_group(GroupId=g)

# --- boot and files
says("user data ran, gzipped", zk, "sleep .5; ls /opt/labhost/booted", "booted")
says("its log, both streams", zk, "cat /var/log/cloud-init-output.log", "booting\n")
says("no HOME in user data", zk, "cat /var/log/cloud-init-output.log", "home none")
says("the rest of this computer is read-only", zk, "touch /usr/sandbox-test", "Read-only file system", None)
says("/data exists, /etc is its own", zk, "mkdir /data/x && echo 1 > /etc/sandbox-test && ls -d /data/x", "/data/x")
check("and this computer has neither", not os.path.exists("/data/x") and not os.path.exists("/etc/sandbox-test"))
says("absolute paths are the machine's", zk, "readlink -f /usr/bin/systemctl /sbin/shutdown | sort -u", "/mnt/bin/")
says("disks", zk, "lsblk -dno NAME,SIZE", "nvme1n1       50G")
says("mount without a file system", zk, "mkdir -p /data/d; mount /dev/nvme1n1 /data/d", "wrong fs type", 32)
says("format, mount", zk, "blkid /dev/nvme1n1 || mkfs.xfs -q /dev/nvme1n1; mount /dev/nvme1n1 /data/d; findmnt -no SOURCE /data/d",
     "/dev/nvme1n1")
says("mkfs does not overwrite", zk, "umount /data/d; mkfs.xfs /dev/nvme1n1", "existing filesystem", 1)
says("unknown users", zk, "id pulsar >/dev/null && chown pulsar /opt/pulsar && chown nosuch /opt/pulsar", "invalid user", 1)

# --- units
says("unknown unit", zk, "systemctl start nope; echo $?; systemctl is-active nope; systemctl status nope", "could not be found", 4)
says("a transient unit runs on", zk, "systemd-run --unit=job -p StandardOutput=append:/tmp/job.out bash -c 'echo $$; sleep .6; exit 7'; "
     "systemctl is-active job", "active")
says("its name is taken", zk, "systemd-run --unit=job true", "was already loaded or has a fragment file.", 1)
says("its end is kept", zk, "sleep .8; systemctl show job -p ActiveState,Result,ExecMainStatus --value | paste -sd' '; cat /tmp/job.out",
     "failed exit-code 7")
says("success unloads it", zk, "systemctl reset-failed job; systemd-run --unit=job --collect true; sleep .4; systemctl show job -p LoadState "
     "-p Result; systemd-run --wait --pipe --unit=job echo again", "again")
says("stop reaches what left the group", zk, "systemd-run --unit=tree bash -c 'setsid sleep 611 & sleep 612'; sleep .2; "
     "systemctl stop tree; pgrep -f 'sleep 61[12]$' || echo gone", "gone")
says("RuntimeMaxSec", zk, "systemd-run --unit=max -p RuntimeMaxSec=200ms sleep 60; sleep .8; systemctl show -p Result max", "Result=timeout")
says("environment and folder", zk, "systemd-run --wait --pipe --unit=env --working-directory=/opt --setenv=A='b c' bash -c 'pwd; printenv A HOME'",
     "/opt\nb c\n", 1)
says("a program that is not there", zk, "systemd-run --unit=x /no/such", "Failed to find executable", 1)
says("a timer fires", zk, "systemd-run --on-active=100ms --unit=tick touch /tmp/ticked; sleep .7; ls /tmp/ticked", "/tmp/ticked")
says("journal", zk, "systemd-run --unit=talk bash -c 'echo one; echo two >&2; exit 1'; sleep .5; journalctl -u talk -n 4 -o cat --no-pager",
     "two\n")
render = ("sed -e 's#{{PULSAR_HOME}}#/opt/pulsar#;s#{{PULSAR_USER}}#pulsar#;s#{{PULSAR_MEM}}#-Xmx1g#;s#{{PULSAR_GC}}##' "
          "-e 's#{{PULSAR_HOME}}#/opt/pulsar#' /opt/pulsar-templates/systemd/%s.service.tpl >/etc/systemd/system/%s.service; ")
says("a service whose configuration is missing fails", zk, render % (("zookeeper",) * 2) + "mv /opt/pulsar/conf/zookeeper.conf /tmp; "
     "systemctl start zookeeper; sleep .3; systemctl is-active zookeeper; journalctl -u zookeeper -o cat", "could not be read")
says("ZooKeeper", zk, "mv /tmp/zookeeper.conf /opt/pulsar/conf; systemctl restart zookeeper; systemctl enable zookeeper; "
     "sleep .3; echo ruok | nc -w 2 10.9.1.11 2181", "imok")

# --- the network between machines
broker = launch("broker-1", "broker", "10.9.1.31")
until(lambda: online(broker))
said = post("/sandbox/machine", {"id": broker, "run": "echo a"})["results"][0]
check("a script says nothing that is not its own", (said["stdout"], said["stderr"]) == ("a\n", ""), said)
says("a group without rules lets nobody in", broker, "nc -z -w 1 10.9.1.11 2181", "", 1)
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}])
says("a rule does", broker, "nc -zv -w 1 10.9.1.11 2181", "succeeded")
conf = ("printf 'metadataStoreUrl=zk:10.9.1.11:2181\\nclusterName=c1\\n' >>/opt/pulsar/conf/broker.conf; ")
says("no broker without metadata", broker, render % (("pulsar-broker",) * 2) + conf +
     "systemctl start pulsar-broker; sleep .8; journalctl -u pulsar-broker -o cat", "never initialised")
init = "/opt/pulsar/bin/pulsar initialize-cluster-metadata -c c1 --metadata-store zk:10.9.1.11:2181 --web-service-url http://10.9.1.31:8080"
says("initialise", zk, init, "setup correctly")
says("and only once", zk, init, "NodeExists", 1)
health = "curl -fsS --max-time 2 -w '%{http_code}' http://10.9.1.31:8080/admin/v2/brokers/health"
says("the broker is healthy", zk, f"for n in $(seq 40); do {health} 2>/dev/null && break; sleep .2; done", "ok200")
post("/sandbox/machine", {"component": "broker", "unit": "pulsar-broker.service", "state": "failed", "journal": "OutOfMemoryError"})
says("a broker that fails", broker, "sleep .8; systemctl is-active pulsar-broker; journalctl -u pulsar-broker -o cat -n 9", "OutOfMemoryError")
says("refuses", zk, health, "Connection refused", 7)
post("/sandbox/machine", {"component": "broker", "unit": "pulsar-broker.service", "state": "active"})
says("and comes back", zk, f"for n in $(seq 40); do {health} 2>/dev/null && break; sleep .2; done", "ok200")

# --- the benchmark
workload = ("cd /tmp; rm -f r.json; printf 'name: %s\\ntopics: 1\\npartitionsPerTopic: 4\\nmessageSize: 1024\\npayloadFile: " + OMB +
            "/payload/payload-1Kb.data\\nsubscriptionsPerTopic: 1\\nproducersPerTopic: 1\\nconsumerPerSubscription: 1\\nproducerRate: %s\\n"
            "testDurationMinutes: 1\\nwarmupDurationMinutes: 0\\n' >w.yaml; printf 'name: Pulsar\\ndriverClass: x.Y\\nclient:\\n"
            "  serviceUrl: pulsar://10.9.1.31:6650\\n' >d.yaml; timeout 6 " + OMB + "/bin/benchmark -d d.yaml -o /tmp/r.json w.yaml >o.log 2>&1; "
            "echo exit $?; head -1 o.log; tail -1 o.log | cut -c1-200; ")
rates = "python3 -c 'import json; r=json.load(open(\"/tmp/r.json\")); print(r[\"workload\"], r[\"driver\"], r[\"partitions\"], len(r[\"publishRate\"]), round(sum(r[\"publishRate\"])/6,-3))'"
says("a run", broker, workload % ("w1", 50000) + rates, "w1 Pulsar 4 6 50000.0")
says("it says what it is", broker, "head -1 /tmp/o.log", "sandbox: replaying redis-rate-1k")
says("rate 0", broker, workload % ("w1", 0) + rates, "replaying redis-max-1kb-nowarm")
says("more than the capacity", broker, workload % ("w1", 400000) + rates, "w1 Pulsar 4 6 150000.0")
for name, want, file in (("hang-after-success", "exit 124", True), ("silent-zeros", "exit 0", True), ("refused-payload", "exit 0", False),
                         ("killed-broker", "exit 0", False), ("misspelt-consumers", "exit 0", False), ("log-flood", "exit 0", True)):
    got = run(broker, workload % (f"scenario-{name}-1", 1000) + "ls r.json; stat -c %s o.log")
    check(f"scenario {name}", want in got[1] and ("\nr.json" in got[1]) == file, got)
check("the flood is a flood", int(got[1].split()[-1]) > 40_000_000, got)
post("/sandbox/machine", {"component": "broker", "files": {"etc/omb-scenario": "refused-payload"}})
says("a scenario by file", broker, workload % ("w1", 1000), "replaying fail-payload-mismatch")
run(broker, "rm -f $SANDBOX_ROOT/etc/omb-scenario; systemctl stop pulsar-broker")
says("no broker, no result, exit 0", broker, workload % ("w1", 1000) + "ls r.json", "exit 0", 2)

# --- workers, metadata and clocks
worker = "curl -fsS --max-time 2 http://10.9.1.11:8080"
says("a worker", zk, f"systemd-run --unit=worker {OMB}/bin/benchmark-worker -p 8080 -sp 8081; for n in $(seq 40); do "
     f"{worker}/counters-stats 2>/dev/null && break; sleep .2; done", '"messagesSent" : 0')
says("seen from another machine", broker, f"{worker}/counters-stats", '"messagesReceived" : 0')
says("what needs a driver fails", broker, f"{worker}/create-producers -X POST", "error: 500", 22)
says("no such path", broker, f"{worker}/period-statistics", "error: 404", 22)
says("one port, one worker", zk, f"{OMB}/bin/benchmark-worker -p 8080 -sp 8082", "Address already in use", 1)
says("stopped with its unit", broker, f"{worker}/stop-all -X POST && echo stopped", "stopped")
says("and then gone", zk, f"systemctl stop worker; {worker}/counters-stats", "Connection refused", 7)
imds = "http://169.254.169.254/latest/"
says("metadata wants a token", zk, f"curl -fsS {imds}meta-data/ami-id", "error: 401", 22)
token = f"T=$(curl -fsS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {imds}api/token); fact() {{ curl -fsS -H " \
        f"\"X-aws-ec2-metadata-token: $T\" {imds}meta-data/$1; }}; "
says("and answers with one", zk, token + "fact ami-id; fact instance-life-cycle", AMI + "spot")
says("no notice", zk, token + "fact spot/instance-action", "error: 404", 22)
says("an own load and a clock", zk, "head -c 9 /proc/stat; chronyc -c tracking", "cpu  1000A9FEA97B,")

# --- the end
post("/sandbox/machine", {"name": "later", "files": {"etc/omb-scenario": "overload"}})
later = launch("later", "client", "10.9.1.41")
until(lambda: online(later))
says("a rule for a machine to come", later, "cat $SANDBOX_ROOT/etc/omb-scenario", "overload")
says("a shutdown in the future can be called off", later, "shutdown -h +60; shutdown -c; echo done", "done")
ssm.send_command(InstanceIds=[zk], DocumentName="AWS-RunShellScript", Parameters={"commands": ["/sbin/shutdown -h now"]})
state = lambda iid: ec2.describe_instances(InstanceIds=[iid])["Reservations"][0]["Instances"][0]["State"]["Name"]  # noqa: E731
check("shutdown terminates, if launched so", until(lambda: state(zk) == "terminated"), state(zk))
check("its volumes and its spot request are gone", {"volume": 2} == {k: n for k, n in get("/sandbox/leaks")["kinds"].items()
      if k in ("volume", "spot-instances-request")}, get("/sandbox/leaks")["kinds"])
post("/sandbox/machine", {"name": "later", "run": "shutdown -h now || true"})
check("else it stops", until(lambda: state(later) == "stopped"), state(later))
ec2.terminate_instances(InstanceIds=[broker, later])
ec2.delete_placement_group(GroupName="m")
ec2.delete_security_group(GroupId=group)
check("subnet holds the vpc", code(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation")
ec2.delete_subnet(SubnetId=net)
ec2.delete_vpc(VpcId=vpc)
check("nothing left", get("/sandbox/leaks")["count"] == 0, get("/sandbox/leaks"))
print(f"{passed} passed, {failed} failed")
sys.exit(bool(failed))
