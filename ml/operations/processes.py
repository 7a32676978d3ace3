"""Which process is ours: by number, moment of start and place, never by number alone."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from ml.durable import write_text

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_IN_USE = (errno.EADDRINUSE, errno.EACCES)


@dataclass(frozen=True)
class Started:
    """What a pid file says of a process that leads its own session; ``born`` is ``birth`` at the start."""

    pid: int
    born: str
    command: tuple[str, ...]
    port: int

    @property
    def is_leading(self) -> bool:
        """Whether the process itself is still there; else only what it started is."""
        return birth(self.pid) is not None


def write_started(path: Path, pid: int, command: tuple[str, ...], port: int) -> None:
    """Note a process that was just started."""
    started = Started(pid, birth(pid) or "ended at once", command, port)
    write_text(path, json.dumps(asdict(started)) + "\n")


def ours(path: Path, home: Path, names: tuple[str, ...]) -> Started | None:
    """The process of a pid file, when it runs and is the one that was started; None for any other.

    Args:
        path: the pid file; one of an earlier version holds a number only.
        home: the folder in which our processes run.
        names: words of the command, by which a process of an earlier version's pid file is known.
    """
    try:
        said = json.loads(path.read_text())
        pid = said if isinstance(said, int) else int(said["pid"])
        if pid <= 1:  # to the kernel these mean groups of processes, or the one that started the machine
            return None
        if isinstance(said, int):
            return _of_an_earlier_version(pid, home, names)
        started = Started(pid, said["born"], tuple(said["command"]), int(said["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    born = birth(started.pid)
    if born is None:  # the kernel gives a number away again only when no group has it any more
        return started if _is_same_boot(started) and _orphans(started.pid, home) else None
    return started if born == started.born else None


def birth(pid: int) -> str | None:
    """When a process was started, so exactly that no other process of its number was; None when it has ended.

    On Linux that is the boot and its clock tick, which no change of the wall clock touches.
    """
    with contextlib.suppress(ChildProcessError):  # a finished child stays a zombie until it is waited for
        os.waitpid(pid, os.WNOHANG)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else f"{_BOOT.read_text().strip()} {fields[19]}"
    except (OSError, IndexError):
        pass
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.3f}"
    except psutil.Error:
        return None


def group(leader: int) -> list[psutil.Process]:
    """The living processes of a process group."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def listens(leader: int, port: int) -> bool:
    """Whether a process of the group listens on ``port``."""
    for process in group(leader):
        with contextlib.suppress(psutil.Error):
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                    return True
    return False


def is_free(port: int) -> bool:
    """Whether nobody listens on ``port`` of the loopback addresses, where ``localhost`` may mean either.

    Raises:
        PermissionError: this user may not listen there.
    """
    for family, address in _LOOPBACK:
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, or a restart would wait
                probe.bind((address, port))
        except PermissionError:
            raise
        except OSError as taken:
            if family == socket.AF_INET or taken.errno in _IN_USE:
                return False
    return True


def _is_same_boot(started: Started) -> bool:
    own = birth(os.getpid()) or ""
    return " " not in own or own.split()[0] == started.born.split()[0]


def _orphans(leader: int, home: Path) -> list[psutil.Process]:
    """What a leader that has ended left in its session."""
    left = []
    for process in group(leader):
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == leader and Path(process.cwd()) == home.resolve():
                left.append(process)
    return left


def _of_an_earlier_version(pid: int, home: Path, names: tuple[str, ...]) -> Started | None:
    try:
        process = psutil.Process(pid)
        command = tuple(process.cmdline())
        is_ours = (
            os.getsid(pid) == pid
            and Path(process.cwd()) == home.resolve()
            and all(any(name in word for word in command) for name in names)
        )
    except (psutil.Error, OSError):
        return None
    return Started(pid, birth(pid) or "", command, 0) if is_ours else None
