"""The machine: where the data home lies, its space, the installed versions, the clock, the webhook."""

from __future__ import annotations

import platform
import shutil
import tempfile
import time
import tomllib
import urllib.parse
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from ml.capabilities import capabilities
from ml.cleanup import size
from ml.operations.doctor.finding import FAIL, OK, WARN, Finding
from ml.operations.environment import PROJECT_ROOT
from ml.operations.work import in_bytes
from ml.publish.readers import newest_as_of, versions
from ml.settings import Settings

_REMOTE: Final = ("nfs", "cifs", "smb", "sshfs", "fuse.s3", "fuse.gcs", "9p", "afs", "gluster", "ceph", "webdav")
_AT_LEAST: Final = 500_000_000
_SKEW_SECONDS: Final = 60.0
_MIN_PYTHON, _END_PYTHON = (3, 11), (3, 14)


def check_home(settings: Settings) -> Finding:
    """There, writable, and on a file system whose locks can be relied on."""
    home = settings.home
    if not home.is_dir():
        return Finding(WARN, f"{home.name}/ does not exist yet", "Run: make demo, or set SHELDUCK_HOME")
    try:
        with tempfile.NamedTemporaryFile(dir=home):
            pass
    except OSError as refused:
        return Finding(FAIL, f"{home.name}/ cannot be written: {refused.strerror}", "Give this user the folder")
    kind = _file_system(home)
    if kind.startswith(_REMOTE):
        remedy = "Move it to a local disk (SHELDUCK_HOME): locks of network file systems do not hold"
        return Finding(FAIL, f"{home.name}/ lies on {kind}", remedy)
    if not settings.landing_dir.is_dir():
        return Finding(
            WARN, "there is no landing folder yet", "Drop files as shelduck contract says, or run: make demo"
        )
    return Finding(OK, f"{home.name}/ can be written, on {kind}")


def check_space(settings: Settings) -> Finding:
    """Room for a day: the warehouse once more (compaction, a copy of its log), two slices, two versions."""
    if not settings.home.is_dir():
        return Finding(WARN, "no data home yet")
    free = shutil.disk_usage(settings.home).free
    folders = (settings.slices_dir, *(settings.drafts_of(each.name) for each in capabilities()))
    newest = [max(folder.glob("[0-9]*"), default=None) for folder in folders]
    published = [version for each in capabilities() for version in versions(settings, each)[-1:]]
    parts = [settings.warehouse_path, *(part for part in newest if part), *(each.folder for each in published)]
    needed = max(2 * sum(map(size, parts)), _AT_LEAST)
    found = f"{in_bytes(free)} free; a day needs up to {in_bytes(needed)}"
    remedy = "Run: shelduck tidy --dry-run, then shelduck tidy; or give the disk more room"
    if free < needed:
        return Finding(FAIL, found, remedy)
    return Finding(WARN, found, remedy) if free < 4 * needed else Finding(OK, found)


def check_versions(_: Settings) -> Finding:
    """Python in its range, and every locked library that is installed as the lock has it."""
    if not _MIN_PYTHON <= tuple(map(int, platform.python_version_tuple()[:2])) < _END_PYTHON:
        return Finding(FAIL, f"Python {platform.python_version()}", "Use Python 3.11 to 3.13, then: make setup")
    locked = _locked(PROJECT_ROOT / "uv.lock")
    differing = [
        f"{name} {found} instead of {' or '.join(sorted(wanted))}"
        for name, wanted in locked.items()
        if (found := _other(name, wanted))
    ]
    if differing:
        more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
        return Finding(WARN, f"not as locked: {', '.join(differing[:3])}{more}", "Run: make setup")
    counted = f"{len(locked)} libraries as locked" if locked else "no uv.lock to compare with"
    return Finding(OK, f"Python {platform.python_version()}, {counted}, DuckDB {version('duckdb')}")


def check_clock(settings: Settings) -> Finding:
    """Time zone and clock; a file's own stamp shows whether the disk agrees."""
    now = datetime.now(settings.zone)
    found = f"{now:%Y-%m-%d %H:%M} in {settings.timezone}"
    newest = max((day for each in capabilities() if (day := newest_as_of(settings, each))), default=None)
    if newest and newest > now.date():
        remedy = "Set the clock, or check SHELDUCK_TIMEZONE and the landing folder's dates"
        return Finding(WARN, f"{found}, but {newest} is published already", remedy)
    if settings.home.is_dir():
        with tempfile.NamedTemporaryFile(dir=settings.home) as probe:
            skew = abs(Path(probe.name).stat().st_mtime - time.time())
        if skew > _SKEW_SECONDS:
            return Finding(
                WARN, f"{found}, but the disk's clock differs by {timedelta(seconds=round(skew))}", "Set the clock"
            )
    return Finding(OK, found)


def check_alerts(settings: Settings) -> Finding:
    """Whether failures would be told; nothing is sent."""
    if settings.webhook_url is None:
        unheard = settings.publish_by_hour is not None
        told = "off" if not unheard else "a deadline is set, but nobody would be told"
        return Finding(WARN if unheard else OK, told, "Set SHELDUCK_WEBHOOK_URL" if unheard else "")
    parts = urllib.parse.urlsplit(settings.webhook_url.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Finding(FAIL, "the webhook is no http or https address", "Correct SHELDUCK_WEBHOOK_URL")
    hour = settings.publish_by_hour
    due = "no deadline" if hour is None else f"shelves are due at {hour:02d}:00"
    return Finding(OK, f"a webhook is set (not tried); {due}")


def _file_system(folder: Path) -> str:
    """The type of the file system that holds ``folder``, as Linux names it."""
    best, kind = "", "an unknown file system"
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return kind
    for line in mounts:
        _, place, found = line.split()[:3]
        place = place.replace("\\040", " ")
        if folder.resolve().is_relative_to(place) and len(place) >= len(best):
            best, kind = place, found
    return kind


def _locked(lock: Path) -> dict[str, set[str]]:
    """By library: its versions, one per range of Python versions where the lock forks."""
    if not lock.exists():
        return {}
    locked: dict[str, set[str]] = {}
    for each in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        if "registry" in each.get("source", {}):
            locked.setdefault(each["name"], set()).add(each["version"])
    return locked


def _other(name: str, wanted: set[str]) -> str | None:
    """The installed version where it is another one; a library that is not installed is an extra's."""
    try:
        found = version(name)
    except PackageNotFoundError:
        return None
    return None if found in wanted else found
