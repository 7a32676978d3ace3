"""What is a screen worth that shows no item twice and orders its rows per shopper?

On the demo shop, as bench/quality.py prepares it: the recommender two_stage learns what was sold before an origin and
ranks for_you, discover and buy_again; a screen has three rows of five. Three screens are compared: the first five of
each placement as they are (stacked), the default layout in the landed order, and the same ordered by expected value.
Counted are the distinct items of a screen that its shopper bought in the 28 days from the origin on, over the shoppers
who had bought before it and bought something then: of the whole screen, and of its first two rows, for those who see no
more. Writes Markdown tables.

    python -m bench.layout [--origin 2017-11-04 2017-12-03] [--shoppers 100000]

With --shoppers it also fills the screens of so many shoppers with made-up lists, and says what that took.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from rich.console import Console

from bench.quality import demo_split
from ml.placements import DEFAULT_PLACES, SHOP, on
from ml.recommend.core.request import Request
from ml.recommend.evaluation.comparison import Panel
from ml.recommend.evaluation.settings import ALL
from ml.recommend.evaluation.split import Split
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.recommend.screens.page import page_slots
from ml.recommend.two_stage.recommender import TwoStage
from ml.tables import Col

ZONE = "America/New_York"
K = 20
STACKED, LANDED, BY_VALUE = "stacked", "layout, landed order", "layout, by value"
PLACEMENTS = on(SHOP)
HOME = Layout("home", tuple(LayoutRow(placement.name) for placement in PLACEMENTS))
PAIR = (Col.user_id, Col.item_id)
SEEN = (3, 2)
"""How many rows of a screen its shopper sees."""


def ranked(split: Split) -> pl.DataFrame:
    """The lists of every placement, as the daily job ranks them, for the shoppers who are judged."""
    model = TwoStage().fit(split.train, split.items, split.as_of)
    if not model.scores_are_probabilities:
        raise SystemExit("two_stage did not learn probabilities of this history")
    asked = Request(split.users(ALL), split.train, split.items, split.as_of, K)
    lists = [
        model.recommend(replace(asked, exclude_seen=placement.exclude_seen, only_seen=placement.only_seen))
        .frame.with_columns(pl.lit(placement.name).alias(Col.placement))
        for placement in PLACEMENTS
    ]  # fmt: skip
    return _with_ids(pl.concat(lists), split.as_of)


def screens(lists: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """By name of the screen: a row per shopper and place, with the screen's row."""
    order = {placement.name: row for row, placement in enumerate(PLACEMENTS, 1)}
    stacked = lists.filter(pl.col(Col.rank) <= DEFAULT_PLACES)
    return {
        STACKED: stacked.with_columns(pl.col(Col.placement).replace_strict(order).alias(Col.row)),
        LANDED: page_slots(lists, [HOME]),
        BY_VALUE: page_slots(lists, [replace(HOME, is_by_value=True)]),
    }


def bought(screen: pl.DataFrame, split: Split) -> pl.Series:
    """How many distinct items of their screen each judged shopper bought, in the order of their ids."""
    hits = screen.select(PAIR).unique().join(split.relevant[ALL], on=PAIR, how="semi")
    users = pl.DataFrame({Col.user_id: split.users(ALL)})
    found = users.join(hits.group_by(Col.user_id).len(), on=Col.user_id, how="left", maintain_order="left")
    return found["len"].fill_null(0)


def shown(screen: pl.DataFrame) -> tuple[float, float]:
    """Per shopper, the mean number of distinct items and of places that repeat an item."""
    each = screen.group_by(Col.user_id).agg(pl.len(), pl.col(Col.item_id).n_unique().alias("distinct"))
    return float(each["distinct"].mean() or 0), float((each["len"] - each["distinct"]).mean() or 0)


def table(found: Mapping[str, pl.DataFrame], panel: Panel, what: str) -> Iterator[str]:
    """Markdown: a row per screen."""
    differences, intervals = panel.differences(STACKED), panel.intervals()
    yield f"## {what}"
    yield ""
    yield "| screen | items bought, of those shown [95 %] | more than stacked [95 %] | adjusted p | items | repeated |"
    yield "|---|---|---|---:|---:|---:|"
    for name, screen in found.items():
        items, repeated = shown(screen)
        low, high = intervals[name]
        own = differences.get(name)
        gain = f"{own} | {own.p:.4f}" if own else "– | –"
        yield f"| {name} | {panel.means[name]:.4f} [{low:.4f}, {high:.4f}] | {gain} | {items:.2f} | {repeated:.2f} |"
    yield ""


def judged(origins: list[date]) -> Iterator[str]:
    """Tables per origin, and over all: of the whole screen, and of its first rows."""
    found: dict[date, tuple[Split, dict[str, pl.DataFrame]]] = {}
    for origin in origins:
        split = demo_split(origin, ZONE)
        found[origin] = split, screens(ranked(split))
        for rows in SEEN:
            yield from compared({origin: found[origin]}, rows)
        yield from first_rows(found[origin][1][BY_VALUE])
    if len(origins) > 1:
        for rows in SEEN:
            yield from compared(found, rows)


def compared(found: Mapping[date, tuple[Split, dict[str, pl.DataFrame]]], rows: int) -> Iterator[str]:
    """Markdown: the first rows of the screens of one origin or of several."""
    counts, seen = [], {}
    for origin, (split, by_name) in found.items():
        tops = {name: screen.filter(pl.col(Col.row) <= rows) for name, screen in by_name.items()}
        figures = {name: bought(screen, split) for name, screen in tops.items()}
        counts.append(pl.DataFrame({Col.user_id: split.users(ALL), **figures}))
        who = pl.format("{} {}", pl.lit(str(origin)), Col.user_id).alias(Col.user_id)
        for name, screen in tops.items():
            seen.setdefault(name, []).append(screen.select(who, Col.item_id))
    whole = {name: pl.concat(parts) for name, parts in seen.items()}
    lists = whole[STACKED][Col.user_id].n_unique()
    what = f"Origin {', '.join(map(str, found))}: {lists} screens, the first {rows} rows"
    yield from table(whole, panel_of(counts), what)


def panel_of(counts: list[pl.DataFrame]) -> Panel:
    """Shoppers x origins x screens; a shopper who is judged at several origins is one."""
    users = pl.concat([each[Col.user_id] for each in counts]).unique().sort()
    names = (STACKED, LANDED, BY_VALUE)
    scores = np.full((len(users), len(counts), len(names)), np.nan)
    for origin, each in enumerate(counts):
        scores[users.search_sorted(each[Col.user_id]).to_numpy(), origin] = each.select(names).to_numpy()
    return Panel(names, scores)


def first_rows(slots: pl.DataFrame) -> Iterator[str]:
    """Markdown: which placement stands where, in shoppers."""
    heads = slots.filter(pl.col(Col.position) == 1)
    counted = heads.group_by(Col.placement, Col.row).len().pivot(Col.row, index=Col.placement, values="len")
    rows = sorted((name for name in counted.columns if name != Col.placement), key=int)
    yield f"| placement, by value | {' | '.join(f'in row {row}' for row in rows)} |"
    yield "|---|" + "---:|" * len(rows)
    for line in counted.sort(Col.placement).fill_null(0).iter_rows(named=True):
        yield f"| {line[Col.placement]} | {' | '.join(str(line[row]) for row in rows)} |"
    yield ""


def cost(shoppers: int) -> str:
    """What the screens of so many shoppers with three lists of 20 take; the lists overlap by half."""
    draw = np.random.default_rng(7)
    stretch = draw.integers(0, 5000, (shoppers, 1))
    lists = []
    for placement in PLACEMENTS:
        item = stretch + np.argsort(draw.random((shoppers, 2 * K)), axis=1)[:, :K]
        frame = {
            Col.user_id: pl.Series(np.repeat(np.arange(shoppers), K)).cast(pl.String),
            Col.item_id: pl.Series(item.ravel()).cast(pl.String),
            Col.rank: np.tile(np.arange(1, K + 1), shoppers),
            Col.score: -np.sort(-draw.random((shoppers, K)), axis=1).ravel(),
        }
        lists.append(pl.DataFrame(frame).with_columns(pl.lit(placement.name).alias(Col.placement)))
    made = _with_ids(pl.concat(lists), date(2017, 12, 2))
    before, started, wall = _peak(), time.process_time(), time.monotonic()
    slots = page_slots(made, [replace(HOME, is_by_value=True)])
    spent = f"{time.process_time() - started:.1f} CPU s, {time.monotonic() - wall:.1f} s"
    return f"{len(made):,} rows of lists to {len(slots):,} slots: {spent}, {_peak() - before} MiB more at the peak"


def _with_ids(lists: pl.DataFrame, as_of: date) -> pl.DataFrame:
    named = pl.format("{} {} {}", Col.placement, Col.user_id, Col.item_id).alias(Col.recommendation_id)
    return lists.with_columns(named, pl.lit(as_of).alias(Col.as_of_date))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--origin", nargs="*", type=date.fromisoformat, default=[date(2017, 11, 4), date(2017, 12, 3)])
    parser.add_argument("--shoppers", type=int, default=0)
    chosen = parser.parse_args()
    console = Console(width=200)
    if chosen.shoppers:
        console.print(cost(chosen.shoppers), highlight=False)
    for line in judged(chosen.origin):
        console.print(line, highlight=False, markup=False)


if __name__ == "__main__":
    main()
