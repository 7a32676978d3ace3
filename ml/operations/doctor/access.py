"""The data home among users: who can read and write it, and what it remembers."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ml.access import is_shared, narrow_command, wider
from ml.home import home_file
from ml.operations.doctor.finding import FAIL, OK, WARN, Finding, worst
from ml.owners import group_name, operator, owner_name, permit, share_command
from ml.settings import Settings
from ml.settings_sources import FILE, remembered_fields, shown, validator

_LOOKED_AT: Final = 20_000
_WRITTEN_IN_PLACE: Final = (".db", ".duckdb", ".jsonl", ".lock", ".log")
_IN_ITS_FOLDER: Final = "In the folder that holds it: "


def check_access(settings: Settings) -> Finding:
    """Nobody else reads a private home, everybody of the group writes a shared one, and this user can use all of it."""
    home = settings.home
    if not home.is_dir():
        return Finding(WARN, "no data home yet")
    found = [*_too_wide(settings), *_foreign(settings)]
    shared = f", with the group {group_name(home.stat().st_gid)}" if is_shared(home) else " alone"
    return worst(found, f"of {owner_name(home.stat().st_uid)}{shared}")


def check_memory(settings: Settings) -> Finding:
    """Whether what a day is depends on anybody's shell."""
    if not home_file(settings).exists():
        told = f"no {FILE} yet: what a day is depends on each command's variables"
        return Finding(WARN, told, "Run: shelduck init (the next command that writes does so too)")
    fields = remembered_fields(Settings)
    own = {
        name: shown(validator(field), getattr(settings, name))
        for name, field in fields.items()
        if getattr(settings, name) != field.get_default(call_default_factory=True)
    }
    told = ", ".join(f"{name} {value}" for name, value in own.items()) or "the defaults"
    return Finding(OK, f"{FILE} holds {len(fields)} settings: {told}"[:300])


def _too_wide(settings: Settings) -> Iterator[Finding]:
    mode = wider(settings)
    if mode:
        told = f"{settings.home.name}/ has the mode {mode}: other users of this machine can look into it"
        yield Finding(WARN, told, _IN_ITS_FOLDER + narrow_command(settings))


def _foreign(settings: Settings) -> Iterator[Finding]:
    home, owner = settings.home, settings.home.stat().st_uid
    unusable, unshared = [], []
    for path in _entries(home):
        status = path.lstat()
        if not os.access(path, _needed(path, status)):
            unusable.append(path)
        elif is_shared(home) and not _is_for_the_group(path, status, home.stat().st_gid):
            unshared.append(path)
    if unusable:
        told = f"{operator()} cannot use {_some(home, unusable)}, of {owner_name(unusable[0].lstat().st_uid)}"
        shared = _IN_ITS_FOLDER + share_command(home, home.stat().st_gid) if is_shared(home) else ""
        yield Finding(FAIL, told, shared or permit(home, unusable[0].lstat()))
    if unshared:
        told = f"the group cannot use {_some(home, unshared)}"
        yield Finding(WARN, told, _IN_ITS_FOLDER + share_command(home, home.stat().st_gid))
    if os.geteuid() == 0 != owner and not is_shared(home):
        told = f"the home is {owner_name(owner)}'s; what root writes into it, {owner_name(owner)} cannot change"
        yield Finding(WARN, told, f"Run it as {owner_name(owner)}")


def _entries(home: Path) -> Iterator[Path]:
    """What the program writes: not the landing files, nor links."""
    seen = 0
    for folder, folders, files in os.walk(home):
        if Path(folder) == home and "landing" in folders:
            folders.remove("landing")
        for name in (*folders, *files):
            path, seen = Path(folder, name), seen + 1
            if seen > _LOOKED_AT:
                return
            if not path.is_symlink() and path.exists():
                yield path


def _needed(path: Path, status: os.stat_result) -> int:
    """What a user must be allowed: most files are replaced as a whole, published ones only read."""
    if stat.S_ISDIR(status.st_mode):
        return os.R_OK | os.W_OK | os.X_OK
    is_written = path.suffix in _WRITTEN_IN_PLACE and status.st_mode & stat.S_IWUSR
    return os.R_OK | os.W_OK if is_written else os.R_OK


def _is_for_the_group(path: Path, status: os.stat_result, group: int) -> bool:
    needed = _needed(path, status) << 3
    return status.st_gid == group and status.st_mode & needed == needed


def _some(home: Path, paths: list[Path]) -> str:
    first = paths[0].relative_to(home).as_posix()
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1:,} more"
