"""The page Changes: what differs from the day that was published before."""

from __future__ import annotations

from ml.capability import Capability
from ml.documents import Page, Section
from ml.pages.site.facts import Facts
from ml.publish.changes import Compared, Pair, sections
from ml.publish.readers import version_of_day, versions
from ml.publish.store import Version
from ml.settings import Settings
from ml.words import Words

_LAST = ("tables-", "first-")
"""Names of the sections that stand at the end: counts of rows, and cells."""


def page(facts: Facts) -> Page:
    """See the module."""
    compared = _pairs(facts)
    if not compared:
        return _page(Words("", ""), (_nothing(Words("No earlier day is published.", "没有更早的已发布日期。")),))
    read, differs = sections(facts.settings, Compared(compared, ("", "")))
    first = [each for each in read if not each.name.startswith(_LAST)]
    last = [each for each in read if each.name.startswith(_LAST)]
    if not differs:
        first = [_nothing(Words("Both days published the same.", "两天发布的内容相同。"))]
    days = {before.as_of for before, _ in compared.values()}
    told = ", ".join(str(day) for day in sorted(days))
    lead = Words(
        f" Compared with {told}: shelduck diff {max(days)} {facts.day}",
        f"比较对象：{told}（shelduck diff {max(days)} {facts.day}）。",
    )
    return _page(lead, (*first, *last))


def _page(more: Words, read: tuple[Section, ...]) -> Page:
    lead = Words("What shoppers see that they did not see before.", "与之前相比，顾客看到的内容有何变化。")
    return Page("changes", Words("Changes", "变化"), Words(lead.en + more.en, lead.zh + more.zh), read)


def _nothing(text: Words) -> Section:
    return Section(Words("Nothing to compare", "没有可比较的内容"), text)


def _pairs(facts: Facts) -> dict[Capability, Pair]:
    """By capability the version of the last day before that is published, and that of the day."""
    earlier = {each: _before(facts.settings, each, version) for each, version in facts.versions.items()}
    return {each: (before, facts.versions[each]) for each, before in earlier.items() if before is not None}


def _before(settings: Settings, capability: Capability, version: Version) -> Version | None:
    days = [each.as_of for each in versions(settings, capability) if each.as_of < version.as_of]
    return version_of_day(settings, capability, max(days)) if days else None
