"""Builds the site of a day into ``reports/site/<day>``, or any folder; equal inputs give equal bytes.

Nothing waits for it: it reads published versions and reports, which no run of it can change.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from expectations.retention import SITE_BUILDS
from ml.capabilities import resolve
from ml.capability import Capability
from ml.documents import Page, ShopperParts
from ml.durable import TEMPORARY, point, sync_tree, temporary_beside
from ml.errors import NotPublished, ShelduckError, SiteRefused
from ml.escape import visible
from ml.pages.look_ups.files import files_of, look_ups_of
from ml.pages.site import shopper
from ml.pages.site.facts import Facts, Trouble
from ml.pages.site.render import ASSETS, Site
from ml.pages.site.shell import Shell
from ml.publish.readers import newest_as_of, version_of_day
from ml.publish.store import Version
from ml.settings import Settings
from ml.warehouse.lock import file_lock
from ml.words import LANGUAGES

_log = logging.getLogger(__name__)
FRONT: Final = "index.html"
RECORD: Final = "site.json"
"""Says of a folder that it is a site, of which day and versions."""


@dataclass(frozen=True)
class BuiltSite:
    """A site as it lies on the disk.

    Attributes:
        troubles: the pages that could not be made, and why; the site is complete but for them.
    """

    day: date
    folder: Path
    troubles: tuple[Trouble, ...]

    @property
    def front(self) -> Path:
        """The page to open first."""
        return self.folder / FRONT


def site_root(settings: Settings) -> Path:
    """Where the sites of all days lie."""
    return settings.reports_dir / "site"


def site_folder(settings: Settings, day: date) -> Path:
    """Where the site of a day lies: a link to its newest build, so that it is replaced at once."""
    return site_root(settings) / day.isoformat()


def newest_site(settings: Settings) -> date | None:
    """The newest day that has a site."""
    days = sorted(path.parent.name for path in site_root(settings).glob(f"[0-9]*-*-*/{FRONT}"))
    return date.fromisoformat(days[-1]) if days else None


def build_site(settings: Settings, day: date | None = None, to: Path | None = None) -> BuiltSite:
    """Build the site of ``day``, by default of the newest published one.

    Raises:
        NotPublished: no capability has published the day.
        ShelduckError: ``to`` is a folder that holds something else.
    """
    day = day or _newest(settings)
    versions = {each: found for each in settings.capabilities_on if (found := version_of_day(settings, each, day))}
    if not versions:
        raise _unpublished(day)
    site, troubles = _site(settings, day, versions)
    if to is not None:
        return BuiltSite(day, write_into(to.absolute(), site, versions), troubles)
    with file_lock(site_root(settings) / ".lock", f"site of {day}", settings.lock_timeout):
        _write_build(settings, site, versions)
    return BuiltSite(day, site_folder(settings, day), troubles)


def _site(settings: Settings, day: date, versions: dict[Capability, Version]) -> tuple[Site, tuple[Trouble, ...]]:
    pages, of_shoppers, troubles = list[Page](), list[ShopperParts](), list[Trouble]()
    for capability, version in versions.items():
        try:
            if capability.pages:
                pages += list(resolve(capability.pages)(settings, version))
            if capability.shopper:
                of_shoppers.append(resolve(capability.shopper)(settings, version))
        except Exception as broken:
            _log.warning("pages of %s, %s", capability.name, day, exc_info=broken)
            what = visible(str(broken)) if isinstance(broken, ShelduckError) else type(broken).__name__
            troubles.append(Trouble(capability.name, what))
    if of_shoppers:
        pages.append(shopper.page(of_shoppers))
    shell = Shell(Facts(settings, day, versions, tuple(troubles)), tuple(pages))
    return Site(day, shell.pages(), shell.footer()), tuple(troubles)


def _files(site: Site) -> Iterator[tuple[str, bytes]]:
    """Every file of the site but its record: its name in the folder, its bytes."""
    for path in sorted(ASSETS.rglob("*")):
        if path.is_file():
            yield f"assets/{path.relative_to(ASSETS).as_posix()}", path.read_bytes()
    for page in site.pages:
        for language in LANGUAGES:
            folder = "" if language == LANGUAGES[0] else f"{language}/"
            yield f"{folder}{page.name}.html", site.html(page, language).encode()
        for name, text in files_of(look_ups_of(page)):
            yield name, text.encode()


def _write(folder: Path, site: Site, versions: dict[Capability, Version]) -> str:
    """Write the site into an empty folder; returns a hash of its content."""
    digest = hashlib.sha256()
    for name, content in _files(site):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    record = {
        "day": site.day.isoformat(),
        "versions": {each.name: version.id for each, version in versions.items()},
        "content_hash": digest.hexdigest(),
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return digest.hexdigest()


def _write_build(settings: Settings, site: Site, versions: dict[Capability, Version]) -> None:
    """Write beside the build that is linked, then move the link; the caller holds the lock."""
    link = site_folder(settings, site.day)
    builds = link.parent / SITE_BUILDS
    first, second = (builds / f"{link.name}-{number}" for number in (1, 2))
    build = second if link.resolve() == first.resolve() else first
    for unfinished in (build, *builds.glob(f"{TEMPORARY}*")):
        shutil.rmtree(unfinished, ignore_errors=True)
    new = temporary_beside(build)
    new.mkdir(parents=True)
    _write(new, site, versions)
    sync_tree(new)
    new.rename(build)
    if link.is_dir() and not link.is_symlink():  # of somebody who copied the folder as files
        shutil.rmtree(link)
    earlier = link.resolve() if link.is_symlink() else None
    point(link, f"{SITE_BUILDS}/{build.name}")
    if earlier is not None and earlier.parent == builds.resolve():
        shutil.rmtree(earlier, ignore_errors=True)


def write_into(folder: Path, site: Site, versions: dict[Capability, Version]) -> Path:
    """Write into a folder that somebody named: new, empty, or a site, which is replaced.

    Raises:
        SiteRefused: it holds something else.
    """
    if folder.exists() and not (folder / RECORD).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise SiteRefused(
            visible(folder.name),
            expected="a new or empty folder, or one with an earlier site",
            found="something else",
            remedy="Name another folder with --to",
        )
    new, old = temporary_beside(folder), temporary_beside(folder).with_suffix(".old")
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    new.mkdir(parents=True)
    _write(new, site, versions)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return folder


def _newest(settings: Settings) -> date:
    days = [day for each in settings.capabilities_on if (day := newest_as_of(settings, each))]
    if not days:
        raise _unpublished(None)
    return max(days)


def _unpublished(day: date | None) -> NotPublished:
    return NotPublished(
        f"the site of {day or 'the newest day'}",
        expected="a published day",
        found="none",
        remedy=f"Run: shelduck run --as-of {day or 'YYYY-MM-DD'}",
    )
