"""The local stand-ins of instances: one root folder each, and whatever processes run in it."""
from __future__ import annotations

import base64
import contextlib
import ctypes
import gzip
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any, Callable

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance

from .base import Settings, tags_of

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def unit_state(unit: Path) -> str:
    """The state of a unit, by its folder in run/units; empty if it is not loaded."""
    try:
        lines = (unit / "properties").read_text(errors="replace").split("\n")
    except OSError:
        return ""
    return next((line[6:] for line in reversed(lines[:-1]) if line.startswith("state=")), "")


class Machines:
    """Root folders are made at launch from the template, by instance id."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.base = settings, Path(settings.state_dir).resolve() / "machines"
        self.lock, self.token = threading.Lock(), uuid.uuid4().hex
        self.farm: Path | None = None  # see shims
        self.enterable: bool | None = None  # not known yet
        self.entering, self.holders = threading.Lock(), dict[str, subprocess.Popen[bytes]]()  # see inside
        self.own: set[int] = set()  # processes that somebody here waits for
        self.disks: dict[str, Path] = {}  # what an image holds that was made here, by its id
        self.prepare: list[Callable[[Instance, Path], None]] = []  # what else a new root gets

    def root(self, instance: Instance) -> Path:
        """The root folder of an instance, made on first use."""
        root = self.base / instance.id
        with self.lock:
            if not root.exists():
                if self.settings.machine_template:
                    self.install(instance, root)
                for folder in ["bin", "root", "run", "etc", "var/log", *filter(None, self.settings.bind.split(","))]:
                    (root / folder.strip("/")).mkdir(parents=True, exist_ok=True)
                if "/etc" in self.settings.bind.split(","):
                    self.share_etc(root / "etc")
                self.describe(instance, root)
                for step in self.prepare:
                    step(instance, root)
        return root

    def install(self, instance: Instance, root: Path) -> None:
        """What the disk holds at first: what its image does, and of Amazon's own nothing of Pulsar."""
        disk = self.disks.get(instance.image_id, Path(self.settings.machine_template))
        image = instance.ec2_backend.amis.get(instance.image_id)
        bare = bool(image and image.owner_alias == "amazon")
        ours = {"pulsar", "pulsar-templates", "openmessaging-benchmark", "labhost"} if bare else set()
        shutil.copytree(disk, root, symlinks=True,
                        ignore=lambda folder, names: ours & set(names) if Path(folder) == disk / "opt" else [])
        if bare:
            (root / "etc/sandbox-users").write_text("ec2-user\nssm-user\n")
            (root / "etc/sandbox-packages").write_text("amazon-ssm-agent\nchrony\ntar\ngzip\nutil-linux\nshadow-utils\n")

    @staticmethod
    def share_etc(etc: Path) -> None:
        """Make a machine's own /etc: what scripts change is its own, the rest leads to this computer's."""
        own = ("security", "security/limits.d", "sysctl.d", "profile.d", "cron.d", "logrotate.d", "tmpfiles.d",
               "modules-load.d", "systemd", "systemd/system", "ssh")
        for folder in ("", *own):
            os.makedirs(etc / folder, exist_ok=True)
            real = os.path.join("/etc", folder)
            for entry in os.listdir(real) if os.path.isdir(real) and folder != "systemd/system" else ():
                name = os.path.join(folder, entry)
                if name not in own:
                    with contextlib.suppress(FileExistsError):
                        os.symlink(f"/mnt/.below/etc/{name}", f"{etc}/{name}")
        for name in ("fstab", "environment"):
            (etc / name).unlink(missing_ok=True)
            (etc / name).write_text("")
        for name in ("hosts", "machine-id"):
            (etc / name).unlink(missing_ok=True)
        (etc / "machine-id").write_text(f"{uuid.uuid4().hex}\n")
        (etc / "hosts").write_text("127.0.0.1 localhost\n")

    @staticmethod
    def describe(instance: Instance, root: Path) -> None:
        """Write what the machine's stand-ins need to know of its hardware: run/disks/devices.

        A line per disk or partition: device, volume id, size, device name in EC2, parent (- for a disk). The root volume
        is /dev/nvme0n1 with the partitions of Amazon Linux 2023, the others follow by EC2 device name, as on Nitro.
        """
        disks = root / "run/disks"
        disks.mkdir(parents=True, exist_ok=True)
        mapping = sorted(instance.block_device_mapping.items(), key=lambda d: (d[0] != instance.root_device_name, d[0]))
        size = lambda d: instance.ec2_backend.volumes[d.volume_id].size  # noqa: E731
        rows = [f"/dev/nvme{n}n1 {d.volume_id} {size(d)}G {name} -" for n, (name, d) in enumerate(mapping)]
        if mapping:
            rows[1:1] = [f"/dev/nvme0n1p{n} - {room} - /dev/nvme0n1"
                         for n, room in ((1, f"{size(mapping[0][1])}G"), (127, "1M"), (128, "10M"))]
        (disks / "devices").write_text("".join(r + "\n" for r in rows))

    def environment(self, instance: Instance, seen: Path) -> dict[str, str]:
        """What every process of a machine finds; SANDBOX_* is the emulator's, the rest is the agent's."""
        return {
            "PATH": PATH if self.settings.bind else f"{seen}/bin:{PATH}", "LANG": "C.UTF-8", "HOME": f"{seen}/root",
            "SANDBOX_ROOT": str(seen), "SANDBOX_INSTANCE_ID": instance.id, "SANDBOX_TOKEN": self.token,
            "SANDBOX_PRIVATE_IP": instance.private_ip or "", "SANDBOX_URL": f"http://127.0.0.1:{self.settings.port}",
            "SANDBOX_OMB_SPEED": str(self.settings.omb_speed),
            "AWS_SSM_INSTANCE_ID": instance.id, "AWS_SSM_REGION_NAME": instance.region_name,
            "AWS_SSM_PLATFORM_NAME": "Amazon Linux", "AWS_SSM_PLATFORM_VERSION": "2023",
            "AWS_REGION": instance.region_name, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.settings.port}"}

    def shims(self) -> Path:
        """Folders of programs as machines see them: links to this computer's, except where there is a stand-in.

        Some 2,000 links, so they are kept in .build for all sandboxes, under a digest of what they are made of.
        """
        with self.lock:
            if self.farm is None:
                template = self.settings.machine_template
                own = set(os.listdir(Path(template) / "bin")) if template else set()
                folders = {f: sorted(own | set(os.listdir(f))) for f in ("/usr/bin", "/usr/sbin", "/bin", "/sbin")
                           if os.path.isdir(f) and not os.path.islink(f)}
                digest = hashlib.sha1(json.dumps([sorted(own), folders]).encode()).hexdigest()
                farm = Path(__file__).resolve().parents[3] / ".build/sandbox-shims" / digest
                if not farm.exists():
                    farm.parent.mkdir(parents=True, exist_ok=True)
                    part = tempfile.mkdtemp(dir=farm.parent)
                    for folder, names in folders.items():
                        os.makedirs(part + folder)
                        for name in names:
                            os.symlink(f"/mnt/bin/{name}" if name in own else f"/mnt/.below{folder}/{name}",
                                       f"{part}{folder}/{name}")
                    try:
                        os.rename(part, farm)
                    except OSError:  # another sandbox was first
                        shutil.rmtree(part)
                self.farm = farm
        return self.farm

    def enter(self, root: Path, place: str) -> list[str]:
        """The command before one that is to run in a mount namespace made for it."""
        program = Path(__file__).with_name("enter.py")
        return [sys.executable, "-I", "-S", "-E", str(program), str(root), self.settings.bind, place]

    def inside(self, instance: Instance, root: Path) -> list[str]:
        """The command before one that is to run in the namespace of a machine, which takes a tenth of making one.

        A process that waits for the end of this one holds it. Empty where namespaces cannot be entered.
        """
        with self.entering:
            holder = self.holders.get(instance.id)
            if holder is None or holder.poll() is not None:
                env = {**self.environment(instance, Path("/mnt")), "SANDBOX_SHIMS": str(self.shims())}
                holder = subprocess.Popen([*self.enter(root, "/"), "/bin/sh", "-c", "echo; exec cat"], env=env,
                                          start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                self.own.add(holder.pid)
                self.holders[instance.id] = holder
                if holder.stdout:
                    holder.stdout.readline()  # all mounts are made
            user = ["--user", "--preserve-credentials"] if os.getuid() else []
            into = ["nsenter", "--target", str(holder.pid), *user, "--mount", "--root", "--wd"]
            if self.enterable is None:
                try:
                    self.enterable = not subprocess.run([*into, "true"], capture_output=True, check=False).returncode
                except OSError:
                    self.enterable = False
            return into if self.enterable else []

    def start(self, instance: Instance, script: Path, workdir: str = "", **env: str) -> subprocess.Popen[bytes]:
        """Start a script in its instance: a process group of its own, its shebang honoured, /bin/sh without one.

        With --bind the process gets a private mount namespace in which /mnt is the root folder and each bound
        folder comes from there, so that commands may use absolute paths. An empty HOME is none, as cloud-init has it.
        """
        root, bind = self.root(instance), self.settings.bind
        seen = Path("/mnt") if bind else root
        first = script.read_text(errors="replace").partition("\n")[0]
        interpreter = shlex.split(first[2:]) if first.startswith("#!") else ["/bin/sh"]
        run = [*interpreter, str(seen / script.relative_to(root))]
        place = workdir or str(seen / "root")
        given = {k: v for k, v in {**self.environment(instance, seen), **env}.items() if k != "HOME" or v}
        if not bind:
            wrap = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', place]
        elif into := self.inside(instance, root):
            wrap = [*into, "/bin/sh", "-c", 'cd "$0" || exit 97; exec "$@"', place]
            given["PATH"] = f"/mnt/bin:{PATH}"
        else:
            wrap = self.enter(root, place)
            given["SANDBOX_SHIMS"] = str(self.shims())
        process = subprocess.Popen([*wrap, *run], env=given,
                                   start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.own.add(process.pid)
        return process

    def run(self, instance: Instance, text: str) -> dict[str, Any]:
        """Run a script in an instance on the sandbox's own account, not through SSM, and wait for it."""
        script = self.root(instance) / "run" / f"script-{uuid.uuid4().hex}"
        script.write_text(text)
        process = self.start(instance, script)
        out, err = process.communicate(timeout=60)
        return {"instance": instance.id, "exit": process.returncode, "stdout": out.decode(errors="replace"),
                "stderr": err.decode(errors="replace")}

    def boot(self, instance: Instance) -> None:
        """Make the root folder and, if asked to, run user data once the instance is running, as cloud-init does."""
        root = self.root(instance)
        if not (self.settings.run_user_data and instance.user_data):
            return
        data = base64.b64decode(str(instance.user_data))
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        script = root / "user-data"
        script.write_bytes(data)

        def log(text: bytes) -> None:
            for name in ("cloud-init-output.log", "var/log/cloud-init-output.log"):
                with (root / name).open("ab") as file:
                    file.write(text)

        def run() -> None:
            time.sleep(max(0.0, instance._state.at - time.time()))
            if instance.state != "running":
                return
            if not data.startswith(b"#!"):
                return log(b"__init__.py[WARNING]: Unhandled non-multipart (text/x-not-multipart) userdata\n")
            process = self.start(instance, script, "/" if self.settings.bind else "", HOME="")
            stream = process.stderr
            threading.Thread(target=lambda: [log(line) for line in stream or ()], daemon=True).start()
            for line in process.stdout or ():
                log(line)
            code = process.wait()
            end = "finished" if code == 0 else f"failed: part-001 exited with {code}"
            log(f"Cloud-init: scripts-user {end}\nexit {code}\n".encode())
            (root / "run/cloud-init.json").write_text(json.dumps({"exit": code}))

        threading.Thread(target=run, daemon=True).start()

    def find(self, **wanted: str) -> list[Instance]:
        """Instances that are not gone, by id, name (tag), component (tag) or private or public address."""
        found = []
        for region in ec2_backends[ACCOUNT].values():
            for i in region.all_instances():
                known = {"id": {i.id}, "instance": {i.id}, "name": {tags_of(i).get("Name")}, "vpc": {i.vpc_id},
                         "component": {tags_of(i).get("Component")}, "address": {i.private_ip, i.public_ip}}
                if i.state != "terminated" and all(v in known[k] for k, v in wanted.items() if k in known and v):
                    found.append(i)
        return found

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        """Kill a command with everything in its process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def bury(self) -> None:
        """Wait for dead orphans: daemons of machines whose parents ended are children of the sandbox (see adopt)."""
        for task in Path("/proc/self/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for pid in map(int, task.read_text().split()):
                    if pid not in self.own:
                        with contextlib.suppress(OSError):
                            os.waitpid(pid, os.WNOHANG)

    def adopt(self) -> None:
        """Become the parent of orphans, for good (Linux): pid 1 of a container may never bury them."""
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER

        def keep() -> None:
            while True:
                time.sleep(1)
                self.bury()

        threading.Thread(target=keep, daemon=True).start()

    def reap(self, instance_id: str = "") -> None:
        """Kill every process started in an instance (without an id: in any of this sandbox), daemons included.

        A process is known by its environment, or, when it cleared that, by the root folder mounted in its namespace.
        """
        marks = {f"SANDBOX_TOKEN={self.token}"} | ({f"SANDBOX_INSTANCE_ID={instance_id}"} if instance_id else set())
        place = f"/machines/{instance_id or 'i-'}"
        for _ in range(3):  # a process may start another while we look
            killed = 0
            for proc in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    env = (proc / "environ").read_bytes().decode(errors="replace").split("\0")
                    ours = marks <= set(env)
                    if not ours and self.settings.bind:
                        ours = any(self.base.name in f[3] and place in f[3] and str(self.base.parent.name) in f[3]
                                   and f[4] == "/mnt" for f in map(str.split, (proc / "mountinfo").open()))
                    if ours:
                        os.kill(int(proc.name), signal.SIGKILL)
                        killed += 1
            if not killed:
                return
            time.sleep(0.05)
