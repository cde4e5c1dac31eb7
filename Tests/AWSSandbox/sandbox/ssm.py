"""The managed nodes and Run Command: commands are real local processes in the instances' roots."""
from __future__ import annotations

import json
import subprocess
import threading
import time
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance
from moto.s3.models import s3_backends

from .base import AwsError, Settings, iso, tags_of
from .commands import Command, Invocation
from .machines import Machines

STDOUT_LIMIT, STDERR_LIMIT, PLUGIN_OUTPUT_LIMIT = 24_000, 8_000, 2_500  # botocore's ssm model, agent source
PARAMETERS_LIMIT = 65_536  # a document with its parameters
KILLED = 137  # the agent's code for a command that it stopped; a command that exits 137 by itself reads the same


class Ssm:
    """The managed nodes and Run Command, as operations from request body to response body."""

    FIELDS = {"InstanceIds": lambda i: i.id, "PingStatus": lambda i: "Online", "PlatformTypes": lambda i: "Linux",
              "ResourceType": lambda i: "EC2Instance"}

    def __init__(self, settings: Settings, machines: Machines) -> None:
        self.settings, self.machines = settings, machines
        self.commands: dict[str, Command] = {}
        self.workers: dict[str, threading.Semaphore] = {}

    def online(self, region: str) -> list[Instance]:
        """Running instances whose agent has registered: old enough, and their role lets them."""
        ec2 = ec2_backends[ACCOUNT][region]

        def allowed(instance: Instance) -> bool:
            link = ec2.iam_instance_profile_associations.get(instance.id)
            roles = link.iam_instance_profile.roles if link else []
            return any(arn.endswith(("AmazonSSMManagedInstanceCore", "AdministratorAccess"))
                       for role in roles for arn in role.managed_policies)

        return [i for i in ec2.all_instances() if i.state == "running" and i._state.at + self.settings.ssm_delay
                <= time.time() and (self.settings.ssm_any_profile or allowed(i))]

    def describe_instance_information(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        size = body.get("MaxResults", 10)
        if not 5 <= size <= 50:
            raise AwsError("ValidationException", "MaxResults must be between 5 and 50")
        filters = [(f["Key"], f["Values"]) for f in body.get("Filters", [])]
        filters += [(f["key"], f["valueSet"]) for f in body.get("InstanceInformationFilterList", [])]
        if len({key.startswith("tag:") for key, _ in filters}) > 1:
            raise AwsError("InvalidFilterKey", "tag filters can't be combined with other filter types")
        nodes = sorted(self.online(region), key=lambda i: i.id)
        for key, values in filters:
            if not key.startswith("tag:") and key not in self.FIELDS:
                raise AwsError("InvalidFilterKey", f"unknown filter {key}")
            nodes = [n for n in nodes if (tags_of(n).get(key[4:]) if ":" in key else self.FIELDS[key](n)) in values]
        return self.page("InstanceInformationList", [
            {"InstanceId": n.id, "PingStatus": "Online", "LastPingDateTime": time.time(), "AgentVersion": "3.3.3050.0",
             "PlatformType": "Linux", "PlatformName": "Amazon Linux", "PlatformVersion": "2023",
             "ResourceType": "EC2Instance", "IPAddress": n.private_ip, "ComputerName": n.private_dns_name}
            for n in nodes], body, size)

    def send_command(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("DocumentName") != "AWS-RunShellScript":
            raise AwsError("InvalidDocument", "only AWS-RunShellScript is known here")
        if not body.get("Parameters", {}).get("commands"):
            raise AwsError("InvalidParameters", "commands is required")
        if len(json.dumps(body["Parameters"]).encode()) > PARAMETERS_LIMIT:
            raise AwsError("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB")
        ids, online = body.get("InstanceIds", []), {i.id: i for i in self.online(region)}
        if len(ids) > 50 or len(body.get("Comment", "")) > 100 or not 30 <= body.get("TimeoutSeconds", 3600) <= 2592000:
            raise AwsError("ValidationException", "at most 50 InstanceIds, Comment of 100, TimeoutSeconds from 30")
        if len(set(ids)) < len(ids):
            raise AwsError("DuplicateInstanceId")
        if strangers := ", ".join(i for i in ids if i not in online):
            raise AwsError("InvalidInstanceId", f"Instances [[{strangers}]] not in a valid state for account {ACCOUNT}")
        chosen = [online[i] for i in ids] or list(online.values())
        for target in body.get("Targets", []):  # targets narrow each other down
            key, values = target["Key"], target["Values"]
            chosen = [i for i in chosen if (tags_of(i).get(key[4:]) if key.startswith("tag:") else i.id) in values]
        command = Command(body, region, invocations={i.id: Invocation(i) for i in chosen})
        self.commands[command.id] = command
        reply = {"Command": command.json()}  # Pending, before anything runs
        for invocation in command.invocations.values():
            threading.Thread(target=self.run, args=(command, invocation), daemon=True).start()
        return reply

    def run(self, command: Command, invocation: Invocation) -> None:
        """Carry one invocation from Pending to its end."""
        instance = invocation.instance
        time.sleep(self.settings.command_delay)
        with self.workers.setdefault(instance.id, threading.Semaphore(self.settings.agent_workers)):
            if invocation.cancelled or instance.state != "running":
                return
            home = self.machines.root(instance) / "ssm" / command.id / "awsrunShellScript/0.awsrunShellScript"
            home.mkdir(parents=True)
            (home / "_script.sh").write_text("\n".join(command.request["Parameters"]["commands"]) + "\n")
            invocation.started, invocation.status, invocation.details = time.time(), "InProgress", "InProgress"
            process = invocation.process = self.machines.start(
                instance, home / "_script.sh", command.parameter("workingDirectory"))
            try:  # as with the real agent, a background process that holds stdout keeps the command going
                out, err = process.communicate(timeout=float(command.parameter("executionTimeout", "3600")))
                code = 128 - process.returncode if process.returncode < 0 else process.returncode
            except subprocess.TimeoutExpired as late:
                self.machines.kill(process)
                out, err, code = late.stdout or b"", late.stderr or b"", KILLED
        if instance.state != "running":
            return  # nobody is left to report: InProgress until the command expires
        if code not in (0, KILLED):
            err += (b"" if not err or err.endswith(b"\n") else b"\n") + b"failed to run commands: exit status %d" % code
        bucket, s3 = command.request.get("OutputS3BucketName"), s3_backends[ACCOUNT]["aws"]
        for stream, data in {"stdout": out, "stderr": err}.items():  # the agent uploads no empty stream
            if data and bucket in s3.buckets:
                s3.put_object(bucket, command.s3_key(instance.id, stream), data)
        invocation.out, invocation.err = out.decode(errors="replace"), err.decode(errors="replace")
        ends = {0: ("Success", "Success"), KILLED: ("TimedOut", "ExecutionTimedOut")}
        invocation.code, invocation.ended = KILLED if invocation.cancelled else code, time.time()
        invocation.details = "Cancelled" if invocation.cancelled else ends.get(code, ("Failed", "Failed"))[1]
        invocation.status = "Cancelled" if invocation.cancelled else ends.get(code, ("Failed", "Failed"))[0]

    def visible(self, command: Command | None) -> bool:
        """False while the command's invocations have not reached the reading side yet."""
        return command is not None and time.time() >= command.sent + self.settings.invocation_lag

    def get_command_invocation(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        command = self.commands.get(body.get("CommandId", ""))
        invocation = command.invocations.get(body.get("InstanceId", "")) if command else None
        if command is None or invocation is None or not self.visible(command):
            raise AwsError("InvocationDoesNotExist")
        status, details = command.status_of(invocation)
        elapsed = f"PT{invocation.ended - invocation.started:.3f}S" if invocation.ended else ""
        return {**command.head(invocation.instance.id), "PluginName": "aws:runShellScript", "Status": status,
                "StatusDetails": details, "ResponseCode": invocation.code, "ExecutionElapsedTime": elapsed,
                "ExecutionStartDateTime": iso(invocation.started), "ExecutionEndDateTime": iso(invocation.ended),
                "StandardOutputContent": invocation.out[:STDOUT_LIMIT],
                "StandardErrorContent": invocation.err[:STDERR_LIMIT]}

    def list_command_invocations(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        rows = []
        for command in filter(self.visible, self.chosen(body)):
            for i in command.invocations.values():
                status, details = command.status_of(i)
                text = i.out + ("\n----------ERROR-------\n" + i.err if i.err else "")
                if len(text) >= PLUGIN_OUTPUT_LIMIT:
                    text = text[:PLUGIN_OUTPUT_LIMIT - 23] + "\n---Output truncated---"
                plugin = {"Name": "aws:runShellScript", "Status": status, "StatusDetails": details, "Output": text,
                          "ResponseCode": i.code, "ResponseStartDateTime": i.started, "ResponseFinishDateTime": i.ended}
                rows.append({**command.head(i.instance.id), "RequestedDateTime": command.sent, "Status": status,
                             "StatusDetails": details, "CommandPlugins": [plugin] if body.get("Details") else []})
        rows = [row for row in rows if body.get("InstanceId") in (None, row["InstanceId"])]
        return self.page("CommandInvocations", rows, body)

    def list_commands(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.page("Commands", [command.json() for command in self.chosen(body)], body)

    def cancel_command(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        for command in self.chosen(body):
            for i in command.invocations.values():
                if not i.ended and i.instance.id in body.get("InstanceIds", [i.instance.id]):
                    i.cancelled = True
                    if i.process:
                        self.machines.kill(i.process)
                    else:
                        i.status, i.details, i.ended = "Cancelled", "Cancelled", time.time()
        return {}

    def chosen(self, body: dict[str, Any]) -> list[Command]:
        """The command a request names, or all."""
        if not body.get("CommandId"):
            return list(self.commands.values())
        if body["CommandId"] not in self.commands:
            raise AwsError("InvalidCommandId")
        return [self.commands[body["CommandId"]]]

    @staticmethod
    def page(key: str, rows: list[dict[str, Any]], body: dict[str, Any], size: int = 50) -> dict[str, Any]:
        """One page of a list, with the token of the next."""
        start, size = int(body.get("NextToken") or 0), body.get("MaxResults", size)
        return {key: rows[start:start + size], **({"NextToken": str(start + size)} if start + size < len(rows) else {})}
