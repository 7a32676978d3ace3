"""Who may read and write a data home: its owner alone, or a group of users (``SHELDUCK_GROUP``).

The mask of the process decides for every file, whichever library writes it. A home that is shared says so itself: its
folders belong to the group and hand it on (2770), so that later commands need no variable.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path
from typing import Final

from ml.errors import HomeRefused
from ml.owners import on_the_home, operator, owned, permit, share_command
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
    missing = [folder for folder in (home, *home.parents) if not os.path.lexists(folder)]
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700)
    except FileExistsError:
        refuse_unusable(settings, group)
        return
    except OSError as refused:
        raise _refused(home, "to be made", refused.strerror or "no answer", "Set SHELDUCK_HOME to another") from refused
    if group is not None:
        for folder in missing:  # the folders above it too, or nobody else gets through
            os.chown(folder, -1, group)
            folder.chmod(0o2770)


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
        raise _refused(home, f"to be writable by {operator()}", owned(found), permit(home, found))
    if group is not None and not (is_shared(home) and found.st_gid == group):
        raise _refused(
            home,
            f"to be shared with {settings.group}",
            owned(found),
            f"In the folder that holds it: {share_command(home, group)}",
        )


def wider(settings: Settings) -> str | None:
    """What others than the owner, or the group that shares the home, may read; None when nothing."""
    mode = stat.S_IMODE(settings.home.stat().st_mode)
    named = stat.S_IRWXG if _has_acl(settings.home) else 0  # then these bits are the list's, for users that it names
    return f"{mode:04o}" if mode & mask(settings) & ~named else None


def narrow_command(settings: Settings) -> str:
    """The command that takes a home's rights back to its owner or group; landing files keep theirs."""
    return on_the_home(settings.home, "chmod o-rwx" if is_shared(settings.home) else "chmod go-rwx")


def _has_acl(home: Path) -> bool:
    try:
        return "system.posix_acl_access" in os.listxattr(home)
    except (AttributeError, OSError):  # macOS has none, nor have some file systems
        return False


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


def _refused(home: Path, expected: str, found: str, remedy: str) -> HomeRefused:
    return HomeRefused(f"data home {home.name}/", expected=expected, found=found, remedy=remedy)
