"""What ``shelduck diff`` prints: how two published versions differ, capability by capability."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta

from rich import box
from rich.console import Console
from rich.table import Table

from ml.capability import Capability
from ml.documents import Section, as_markdown, shown
from ml.errors import NotPublished
from ml.escape import visible
from ml.publish.changes import Pair
from ml.publish.readers import published_version, versions
from ml.publish.store import Version, version
from ml.settings import Settings
from ml.words import Language, said


def pairs(
    settings: Settings, base: date | str | None, new: date | str | None, capability: Capability | None = None
) -> Mapping[Capability, Pair]:
    """By capability what is compared; a capability that lacks one of the days is left out.

    Args:
        base, new: days (their last versions) or version ids; without ``new`` what readers get now, without ``base``
            the day before ``new``.

    Raises:
        NotPublished: no capability has both.
    """
    found = {}
    for each in [capability] if capability else settings.capabilities_on:
        after = _version(settings, each, new)
        before = after and _version(settings, each, base or after.as_of - timedelta(days=1))
        if before and after:
            found[each] = (before, after)
    if not found:
        raise NotPublished(
            f"{base or 'the day before'} and {new or 'the current version'}",
            expected="two published versions of a capability",
            found="fewer",
            remedy="Run: shelduck days",
        )
    return found


def show(console: Console, read: list[Section], language: Language = "en") -> None:
    """Print the sections."""
    for section in read:
        console.print(f"\n{said(section.heading, language)}", style="bold")
        if section.text:
            console.print(said(section.text, language), style="dim", highlight=False)
        if section.rows:
            console.print(_rich(section, language))


def markdown(compared: Mapping[Capability, Pair], read: list[Section]) -> str:
    """The same for a pull request."""
    before, after = next(iter(compared.values()))
    return as_markdown(f"What changed from {before.as_of} to {after.as_of}", read)


def _version(settings: Settings, capability: Capability, wanted: date | str | None) -> Version | None:
    if isinstance(wanted, str):
        found = version(settings, capability, wanted)
        return found if found in versions(settings, capability) else None
    with suppress(NotPublished):
        return published_version(settings, capability, wanted)
    return None


def _rich(section: Section, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in section.columns:
        table.add_column(said(name, language), justify="right" if name in section.numeric else "left", overflow="fold")
    for row in section.rows:
        table.add_row(*(visible(shown(cell, language)) for cell in row))
    return table
