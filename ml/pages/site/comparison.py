"""A comparison of two versions of each capability as a page of its own, which opens from a folder like a day's site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ml.documents import Page, Section
from ml.pages.site.build import FRONT, write_into
from ml.pages.site.render import Site
from ml.publish.changes import Compared
from ml.settings import Settings
from ml.words import Words


def write_comparison(settings: Settings, compared: Compared, read: Sequence[Section]) -> Path:
    """Write what ``ml.publish.changes.sections`` read into ``reports/comparison``; returns the page.

    It is replaced by the next comparison.

    Raises:
        SiteRefused: the folder holds something else than pages.
    """
    before, after = compared.sides
    lead = Words(f"From {before} to {after}.", f"从 {before} 到 {after}。")
    page = Page(Path(FRONT).stem, Words("What changes", "有何变化"), lead, tuple(read))
    newer = {capability: pair[1] for capability, pair in compared.pairs.items()}
    told = "; ".join(f"{each.name} {old.id}, {new.id}" for each, (old, new) in compared.pairs.items())
    footer = Words(f"Made by Shelduck: {told}.", f"由 Shelduck 生成：{told}。")
    site = Site(max(version.as_of for version in newer.values()), (page,), footer)
    return write_into(settings.reports_dir / "comparison", site, newer) / FRONT
