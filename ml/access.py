"""Who may read and write a data home: its owner alone, or a group of users (``SHELDUCK_GROUP``).

The mask of the process decides for every file, whichever library writes it. A home that is shared says so itself: its
folders belong to the group and hand it on (2770), so that later commands need no variable.
"""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shlex
import stat
from pathlib import Path
from typing import Final

from ml.errors import HomeRefused
from ml.settings import Settings

PRIVATE: Final = 0o077
SHARED: Final = 0o007
_HANDS_ON_ITS_GROUP: Final = stat.S_ISGID | stat.S_IRWXG


def begin(settings: Settings) -> None:
    """Prepare this process and its children: the mask of what they create, and a name for a user without one."""
    os.umask(mask(settings))
    if not _has_account():
        for name in ("USER", "LOGNAME"):
            os.environ.setdefault(name, operator())
        os.environ.setdefault("HOME", str(settings.home))  # never a folder that other users can write


def mask(settings: Settings) -> int:
    """The bits that new files and folders do without."""
    wanted = settings.group is not None and not settings.home.exists()
    return SHARED if wanted or is_shared(settings.home) else PRIVATE


def is_shared(home: Path) -> bool:
    """Whether the home was made for a group of users."""
    try:
        return home.stat().st_mode & _HANDS_ON_ITS_GROUP == _HANDS_ON_ITS_GROUP
    except OSError:
        return False


def create_home(settings: Settings) -> None:
    """Make the data home, for its owner or the group; one that is there is left as it is.

    Raises:
        HomeRefused: it cannot be made, this user cannot write it, or the group that was asked for has no share in it.
    """
    home = settings.home
    group = _group_id(settings.group) if settings.group is not None else None
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700)
    except FileExistsError:
        refuse_unusable(settings, group)
        return
    except OSError as refused:
        raise _refused(home, "to be made", refused.strerror or "no answer", "Set SHELDUCK_HOME to another") from refused
    if group is not None:
        os.chown(home, -1, group)
        home.chmod(0o2770)


def refuse_unusable(settings: Settings, group: int | None = None) -> None:
    """Refuse a home that this user cannot write before anything is tried.

    Raises:
        HomeRefused: says who owns it, and what to do.
    """
    home = settings.home
    try:
        found = home.stat()
    except OSError as refused:
        raise _refused(home, "to be read", refused.strerror or "no answer", "Give this user its folder") from refused
    if not stat.S_ISDIR(found.st_mode):
        raise _refused(home, "to be a folder", "something else", "Set SHELDUCK_HOME to a folder")
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise _refused(home, f"to be writable by {operator()}", _owned(found), _permit(home, found))
    if group is not None and not (is_shared(home) and found.st_gid == group):
        raise _refused(
            home,
            f"to be shared with {settings.group}",
            _owned(found),
            f"In the folder that holds it: {share_command(home, group)}",
        )


def explained(settings: Settings, refused: PermissionError) -> HomeRefused:
    """What a refusal of the system means: which file, who owns it, and what to do."""
    path = Path(os.fsdecode(refused.filename)) if isinstance(refused.filename, (str, bytes)) else settings.home
    seen = next(each for each in (path, *path.parents) if each.exists())  # of what lies deeper, nothing can be told
    shown = settings.relative(path) if path.is_relative_to(settings.home) else path.name
    subject = f"{shown} in the data home" if shown != "." else f"data home {settings.home.name}/"
    expected, found = f"to be usable by {operator()}", f"{refused.strerror} ({_owned(seen.stat())})"
    return HomeRefused(subject, expected=expected, found=found, remedy=_permit(settings.home, seen.stat()))


def wider(settings: Settings) -> str | None:
    """What others than the owner, or the group that shares the home, may read; None when nothing."""
    mode = stat.S_IMODE(settings.home.stat().st_mode)
    beyond = mode & mask(settings)
    return f"{mode:04o}" if beyond else None


def narrow_command(settings: Settings) -> str:
    """The command that takes a home's rights back to its owner or group; landing files keep theirs."""
    return _on_the_home(settings.home, "chmod o-rwx" if is_shared(settings.home) else "chmod go-rwx")


def share_command(home: Path, group: int | str) -> str:
    """The commands that share a home, its landing files excepted, with a group."""
    changes = f"chgrp {group_name(group) if isinstance(group, int) else group}", "chmod g+rwX,o-rwx"
    name, landing = shlex.quote(home.name), shlex.quote(f"{home.name}/landing")
    folders = f"find {name} -path {landing} -prune -o -type d -exec chmod g+s {{}} +"
    return " && ".join([*(_on_the_home(home, change) for change in changes), folders])


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


def _has_account() -> bool:
    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        return False
    return True


def _group_id(name: str) -> int:
    try:
        number = int(name) if name.isdecimal() else grp.getgrnam(name).gr_gid
    except KeyError as unknown:
        raise _group_refused(name, "a group of this system", "no such group") from unknown
    if os.geteuid() != 0 and number not in {*os.getgroups(), os.getegid()}:
        raise _group_refused(name, f"a group that {operator()} is in", "another")
    return number


def _group_refused(name: str, expected: str, found: str) -> HomeRefused:
    remedy = "See your groups with: id -Gn. A new membership counts from the next login on"
    return HomeRefused(f"SHELDUCK_GROUP={name}", expected=expected, found=found, remedy=remedy)


def _owned(found: os.stat_result) -> str:
    owner = f"owner {owner_name(found.st_uid)}, group {group_name(found.st_gid)}"
    return f"{owner}, mode {stat.S_IMODE(found.st_mode):04o}"


def _permit(home: Path, found: os.stat_result) -> str:
    return (
        f"Run it as {owner_name(found.st_uid)}, set SHELDUCK_HOME to a home of your own, or let the owner share this "
        f"one with a group of both, in the folder that holds it: {share_command(home, 'GROUP')}"
    )


def _on_the_home(home: Path, change: str) -> str:
    """A command for the folder that holds the home: error texts carry no absolute paths."""
    name, landing = shlex.quote(home.name), shlex.quote(f"{home.name}/landing")
    return f"find {name} -path {landing} -prune -o ! -type l -exec {change} {{}} +"


def _refused(home: Path, expected: str, found: str, remedy: str) -> HomeRefused:
    return HomeRefused(f"data home {home.name}/", expected=expected, found=found, remedy=remedy)
