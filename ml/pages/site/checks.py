"""Checks: what Great Expectations found about the day's features and published tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from ml.documents import Cell, Figure, Mark, Page, Section
from ml.pages.site import phrases
from ml.pages.site.facts import Check, Facts
from ml.words import Words

NAME: Final = "checks"
_COLUMNS: Final = (
    Words("what should hold", "应满足的条件"),
    Words("result", "结果"),
    Words("expected", "期望"),
    Words("found", "实际"),
    Words("column", "列"),
)
_HOLDS: Final = Mark(Words("holds", "通过"), "good")
_WARNING: Final = Mark(Words("warning", "警告"), "watch")
_FAILED: Final = Mark(Words("failed", "失败"), "bad")


def page(facts: Facts) -> Page:
    """The checks of the day by table; tables with failures come first."""
    return Page(
        NAME,
        Words("Checks", "检查"),
        Words(
            "What was checked before anything was published. A failed check stops the day; a warning does not.",
            "发布前检查的内容。检查失败会阻止发布；警告不会。",
        ),
        (_summary(facts.checks), *_tables(facts.checks)),
    )


def _summary(checks: Sequence[Check]) -> Section:
    failed = [check for check in checks if not check.passed]
    stopped = sum(check.level == "gate" for check in failed)
    figures = (
        Figure(Words("Checks", "检查项"), phrases.count(len(checks))),
        Figure(Words("Hold", "通过"), phrases.count(len(checks) - len(failed))),
        Figure(Words("Warnings", "警告"), phrases.count(len(failed) - stopped)),
        Figure(Words("Failed", "失败"), phrases.count(stopped)),
    )
    none = Words("The results of this day's checks are not kept any more.", "这一天的检查结果已不再保留。")
    if not checks:
        return Section(Words("Result", "结果"), none, name="result")
    return Section(Words("Result", "结果"), figures=figures, name="result")


def _tables(checks: Sequence[Check]) -> Iterator[Section]:
    by_table = [(name, list(found)) for name, found in groupby(checks, key=lambda check: check.table)]
    for name, found in sorted(by_table, key=lambda each: -sum(not check.passed for check in each[1])):
        held = sum(check.passed for check in found)
        yield Section(
            name,
            Words(f"{held} of {len(found)} hold.", f"{len(found)} 项中 {held} 项通过。"),
            _COLUMNS,
            tuple(_row(check) for check in sorted(found, key=lambda check: check.passed)),
            name=f"table-{name}",
            folded=held == len(found),
        )


def _row(check: Check) -> tuple[Cell, ...]:
    result = _HOLDS if check.passed else _FAILED if check.level == "gate" else _WARNING
    return (check.claim, result, check.expected, check.observed, check.column)
