"""enter ROOT FOLDERS WORKDIR COMMAND...: run a command with the machine's root at /mnt and each of FOLDERS from there.

The process gets a mount namespace of its own (with a user namespace when not root). The real folders are never touched: the
rest is read-only, and a mount point that this computer does not have is made in a tmpfs that shows its parent
as it is; for one below /, in a new root of the same kind. Programs that the machine has a stand-in for are the stand-in
under their absolute paths too ($SANDBOX_SHIMS: folders of links, made by machines.py). One process makes all the mounts: a mount(8) for each took 0.2 s.
"""
import ctypes
import os
import sys

BIND, REC, RDONLY, REMOUNT, PRIVATE = 4096, 16384, 1, 32, 1 << 18
NEWNS, NEWUSER = 0x00020000, 0x10000000
PROGRAMS = ("/usr/bin", "/usr/sbin", "/bin", "/sbin")  # so that /sbin/shutdown is the machine's, not this computer's
libc = ctypes.CDLL(None, use_errno=True)


def fail(text: str) -> None:
    sys.stderr.write(f"sandbox: cannot enter the machine: {text}\n")
    os._exit(97)


def mount(source: str, target: str, flags: int, kind: str = "none", data: str = "", needed: bool = True) -> None:
    if libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()) and needed:
        fail(f"mount of {source} on {target}: {os.strerror(ctypes.get_errno())}")


def tmpfs(target: str) -> None:
    mount("tmpfs", target, 0, "tmpfs", "mode=755")


def parent_of(folder: str) -> str:
    """The nearest parent that exists."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def unshare() -> None:
    """A mount namespace; when not root, a user namespace in which we are."""
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(NEWNS | (NEWUSER if uid else 0)):
        fail(f"unshare: {os.strerror(ctypes.get_errno())} (are user and mount namespaces allowed here?)")
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    mount("none", "/", REC | PRIVATE)


def new_root(root: str) -> None:
    """A root like the real one, in which folders can be made."""
    base = "/mnt/.root"
    os.makedirs(base, exist_ok=True)
    tmpfs(base)
    for name in os.listdir("/"):
        real, here = f"/{name}", f"{base}/{name}"
        if os.path.islink(real):
            os.symlink(os.readlink(real), here)
        elif os.path.isdir(real):
            os.mkdir(here)
            mount(root if name == "mnt" else real, here, BIND | (0 if name == "mnt" else REC))
            if name not in ("mnt", "dev", "proc"):
                mount("none", here, BIND | REMOUNT | RDONLY, needed=False)
    os.chroot(base)
    os.chdir("/")


def own(folder: str) -> None:
    """Let the machine have this folder as its own."""
    os.makedirs(f"/mnt{folder}", exist_ok=True)
    if folder == "/etc":  # made with links into what lies below
        os.makedirs("/mnt/.below/etc", exist_ok=True)
        mount("/etc", "/mnt/.below/etc", BIND)
    elif not os.path.isdir(folder):
        parent = parent_of(folder)
        if parent != "/":
            below = f"/mnt/.below{parent}"
            os.makedirs(below, exist_ok=True)
            mount(parent, below, BIND)
            tmpfs(parent)
            for name in os.listdir(below):
                os.symlink(f"{below}/{name}", f"{parent}/{name}")
        os.makedirs(folder, exist_ok=True)
    mount(f"/mnt{folder}", folder, BIND)


def main() -> None:
    root, folders, workdir, *command = sys.argv[1:]
    wanted = [f for f in folders.split(",") if f]
    unshare()
    mount(root, "/mnt", BIND)
    if any(parent_of(f) == "/" for f in wanted):
        new_root(root)
    else:  # a guard, not a promise: other file systems stay as they are
        mount("none", "/", BIND | REMOUNT | RDONLY, needed=False)
    if os.path.isfile("/mnt/etc/proc-stat"):  # this computer's load is not the machine's
        mount("/mnt/etc/proc-stat", "/proc/stat", BIND, needed=False)
    shims = os.environ.pop("SANDBOX_SHIMS", "")
    for folder in PROGRAMS if shims else ():
        if os.path.isdir(folder) and not os.path.islink(folder):
            os.makedirs(f"/mnt/.below{folder}", exist_ok=True)
            mount(folder, f"/mnt/.below{folder}", BIND)
            mount(f"{shims}{folder}", folder, BIND)
    for folder in wanted:
        own(folder)
    os.environ["PATH"] = "/mnt/bin:" + os.environ["PATH"]
    try:
        os.chdir(workdir)
        os.execvp(command[0], command)
    except OSError as error:
        fail(f"{error.filename or workdir}: {error.strerror}")


main()
