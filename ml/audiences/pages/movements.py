"""Who moved between segments: matrices of then and now, and what moved most shoppers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.names import column_words
from ml.audiences.outputs import SEGMENT_TRANSITION
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.words import SCHEMES, SHOPPERS, SINCE_7, SINCE_28, count
from ml.charts.heat import Shaded, heat
from ml.charts.kinds import Spec
from ml.documents import Cell, Chart, Section
from ml.words import Text, Words

_BEFORE: Final = {7: (Aud.segment_7d, SINCE_7), 28: (Aud.segment_28d, SINCE_28)}
_CLASSES: Final = 8
"""Segments of a matrix; a scheme with more of them has only the table of the most frequent moves."""
_MOVES: Final = 20
_THEN: Final = Words("Then", "当时")
_NOW: Final = Words("Now", "现在")
_MOVED: Final = "moved"


def flows(day: PublishedAudiences, scheme: Scheme) -> Section | None:
    """Of the shoppers of each segment then, where they are now."""
    names = day.names(scheme)
    theirs = day.segment_members.filter(pl.col(Aud.scheme) == scheme)
    if len(names) > _CLASSES:
        return None
    charts, rows = list[Chart](), list[tuple[Cell, ...]]()
    for days, (column, when) in _BEFORE.items():
        counted = theirs.drop_nulls(column).group_by(column, Aud.segment_id).len().sort(column, Aud.segment_id)
        counts = {(then, now): number for then, now, number in counted.iter_rows() if {then, now} <= {*names}}
        if counts:
            charts.append(Chart(_matrix(counts, names), _description(scheme, days)))
            rows += [(when, names[then], names[now], count(number)) for (then, now), number in counts.items()]
    if not charts:
        return None
    heading = SCHEMES[scheme]
    return Section(
        Words(f"{heading.en}: then and now", f"{heading.zh}：当时与现在"),
        "",
        (Words("Compared with", "对比"), _THEN, _NOW, SHOPPERS),
        tuple(rows),
        frozenset((SHOPPERS,)),
        charts=tuple(charts),
        name=f"{scheme}-moves",
    )


def _matrix(counts: Mapping[tuple[str, str], int], names: Mapping[str, Words]) -> Spec:
    """Numbers of shoppers; a colour tells how large a part of the row they are."""
    whole = {then: sum(number for (of, _), number in counts.items() if of == then) for then, _ in counts}
    cells = [
        Shaded(
            names[then],
            names[now],
            number,
            number / whole[then],
            Words(f"{number / whole[then]:.1%} of the row", f"占本行 {number / whole[then]:.1%}"),
        )
        for then in names
        for now in names
        for number in [counts.get((then, now), 0)]
        if number
    ]
    return heat(cells, _THEN, _NOW, ",d", order=tuple(names.values()))


def _description(scheme: Scheme, days: int) -> Words:
    heading = SCHEMES[scheme]
    return Words(
        f"{heading.en} {days} days before (rows) and now (columns), both judged with this day's model; the stronger a "
        "colour, the larger the part of the row.",
        f"{days} 天前（行）与现在（列）的{heading.zh}，均按当天的模型判定；颜色越深，占本行比例越大。",
    )


def moves(day: PublishedAudiences) -> Section | None:
    """The most frequent moves, and the feature that moved most of those shoppers."""
    table = day.table(SEGMENT_TRANSITION)
    key = [Aud.scheme, Aud.days_before, Aud.from_segment, Aud.to_segment]
    by_feature = table.group_by(*key, Aud.moved_by).agg(
        pl.len().alias(_MOVED), pl.col(Aud.value_before).median(), pl.col(Aud.value_now).median()
    )
    most = by_feature.sort(_MOVED, Aud.moved_by, descending=[True, False], nulls_last=True)
    found = table.group_by(key).len().join(most.unique(key, keep="first", maintain_order=True), on=key)
    found = found.sort("len", *key, descending=[True, False, False, False, False])
    rows = tuple(row for scheme in SCHEMES for row in _rows(day, found, Scheme(scheme)))
    if not rows:
        return None
    numeric = (SHOPPERS, Words("Value then", "当时的值"), Words("Value now", "现在的值"))
    columns = (Words("Divided by", "划分方式"), _THEN, _NOW, SHOPPERS, Words("Moved by", "主要原因"), *numeric[1:])
    text = Words(
        "The most frequent moves since 28 days before; the feature whose change moved most of those shoppers, and its "
        "median then and now.",
        "与 28 天前相比最常见的移动；使其中多数顾客移动的特征，及其当时与现在的中位数。",
    )
    heading = Words("What moved them", "移动的原因")
    return Section(heading, text, columns, rows, frozenset(numeric), name="moves")


def _rows(day: PublishedAudiences, found: pl.DataFrame, scheme: Scheme) -> list[tuple[Cell, ...]]:
    names: Mapping[str, Text] = day.names(scheme)
    theirs = found.filter((pl.col(Aud.scheme) == scheme) & (pl.col(Aud.days_before) == max(_BEFORE)))
    return [
        (
            SCHEMES[scheme],
            names.get(row[Aud.from_segment], row[Aud.from_segment]),
            names.get(row[Aud.to_segment], row[Aud.to_segment]),
            count(row["len"]),
            column_words(row[Aud.moved_by]) if row[Aud.moved_by] else "–",
            *("–" if row[each] is None else f"{row[each]:,.2f}" for each in (Aud.value_before, Aud.value_now)),
        )
        for row in theirs.head(_MOVES // len(SCHEMES)).iter_rows(named=True)
    ]
