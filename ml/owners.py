"""Users and groups by name, and what a refusal of the system means to the person who meets it."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shlex
import stat
from pathlib import Path

from ml.errors import HomeRefused


def operator() -> str:
    """The user's name for journals and locks; a number where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def group_name(group: int) -> str:
    """A group's name, or its number where the system knows none."""
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)


def owner_name(user: int) -> str:
    """A user's name, or the number where the system knows none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid-{user}"


def explained(home: Path, refused: PermissionError) -> HomeRefused:
    """What a refusal of the system means: which file, who owns it, and what to do."""
    path = Path(os.fsdecode(refused.filename)) if isinstance(refused.filename, (str, bytes)) else home
    seen = next(each for each in (path, *path.parents) if os.path.exists(each))  # noqa: PTH110 - that one never raises
    shown = path.relative_to(home).as_posix() if path.is_relative_to(home) else path.name
    subject = f"{shown} in the data home" if shown != "." else f"data home {home.name}/"
    expected, found = f"to be usable by {operator()}", f"{refused.strerror} ({owned(seen.stat())})"
    return HomeRefused(subject, expected=expected, found=found, remedy=permit(home, seen.stat()))


def share_command(home: Path, group: int | str) -> str:
    """The commands that share a home, its landing files excepted, with a group."""
    changes = f"chgrp {group_name(group) if isinstance(group, int) else group}", "chmod g+rwX,o-rwx"
    name, landing = shlex.quote(home.name), shlex.quote(f"{home.name}/landing")
    folders = f"find {name} -path {landing} -prune -o -type d -exec chmod g+s {{}} +"
    return " && ".join([*(on_the_home(home, change) for change in changes), folders])


def owned(found: os.stat_result) -> str:
    """Who owns a file, and its mode, in words."""
    owner = f"owner {owner_name(found.st_uid)}, group {group_name(found.st_gid)}"
    return f"{owner}, mode {stat.S_IMODE(found.st_mode):04o}"


def permit(home: Path, found: os.stat_result) -> str:
    """What a user can do who may not use a home of the owner of ``found``."""
    return (
        f"Run it as {owner_name(found.st_uid)}, set SHELDUCK_HOME to a home of your own, or let the owner share this "
        f"one with a group of both, in the folder that holds it: {share_command(home, 'GROUP')}"
    )


def on_the_home(home: Path, change: str) -> str:
    """A command for the folder that holds the home: error texts carry no absolute paths."""
    name, landing = shlex.quote(home.name), shlex.quote(f"{home.name}/landing")
    return f"find {name} -path {landing} -prune -o ! -type l -exec {change} {{}} +"
