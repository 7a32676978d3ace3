"""How well does each recommender rank, beside the published figures for the same algorithm?

The protocol: train on what the demo shop sold before an origin, look at the 28 days after it, in the shop's own days
(or the stamps' UTC ones, on which the published figures were computed). With several origins, each 28 days before the
next, it also says who beats whom. Writes Markdown tables.

    python -m bench.quality [--origin 2017-12-03] [--origins 3] [--only NAME …] [--days shop|utc]
                            [--slices THEN NOW] [--write docs/recommender-quality.md]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path

import polars as pl
from rich.console import Console

from bench import demo_shop
from ml.recommend.core.interactions import Interactions
from ml.recommend.evaluation.comparison import METRIC
from ml.recommend.evaluation.judge import Evaluation
from ml.recommend.evaluation.leaderboard import leaderboard, told
from ml.recommend.evaluation.origins import Results, Window, judge_all
from ml.recommend.evaluation.settings import ALL, NEW, USUAL
from ml.recommend.evaluation.split import Split
from ml.recommend.recommenders import RECOMMENDERS, recommender
from ml.warehouse.slices import read_slice

DAYS = 28
METRICS = ("ndcg", "recall", "precision", "map", "mrr", "coverage", "novelty")
ZONES = {"shop": "America/New_York", "utc": "UTC"}
PUBLISHED = {
    "popularity": {ALL: (0.1754, 0.0353, 0.1475, 0.0854, 0.4235), NEW: (0.0450, 0.0181, 0.0418, 0.0165, 0.1116)},
    "buy_it_again": {ALL: (0.4070, 0.0958, 0.3585, 0.2893, 0.6443), NEW: (0.0450, 0.0181, 0.0418, 0.0165, 0.1116)},
    "tifu_knn": {ALL: (0.4060, 0.0952, 0.3566, 0.2883, 0.6462), NEW: (0.0369, 0.0150, 0.0317, 0.0139, 0.1002)},
    "up_cf": {ALL: (0.3916, 0.0930, 0.3438, 0.2698, 0.6350), NEW: (0.0388, 0.0141, 0.0328, 0.0149, 0.1080)},
    "ease": {ALL: (0.3649, 0.0861, 0.3251, 0.2434, 0.5967), NEW: (0.0492, 0.0186, 0.0429, 0.0189, 0.1285)},
    "pure_svd": {ALL: (0.2914, 0.0614, 0.2407, 0.1747, 0.5748), NEW: (0.0442, 0.0161, 0.0384, 0.0169, 0.1199)},
    "user_pearson": {ALL: (0.2252, 0.0494, 0.1854, 0.1196, 0.4922), NEW: (0.0465, 0.0176, 0.0416, 0.0176, 0.1192)},
    "user_cosine": {ALL: (0.2229, 0.0487, 0.1835, 0.1181, 0.4891), NEW: (0.0466, 0.0176, 0.0415, 0.0177, 0.1197)},
    "als": {ALL: (0.2233, 0.0538, 0.1944, 0.1166, 0.4549), NEW: (0.0448, 0.0164, 0.0391, 0.0172, 0.1186)},
    "segment_popularity": {
        ALL: (0.1856, 0.0377, 0.1549, 0.0933, 0.4306),
        NEW: (0.0413, 0.0160, 0.0380, 0.0154, 0.1038),
    },
    "item_cosine": {ALL: (0.1202, 0.0308, 0.1027, 0.0560, 0.2943), NEW: (0.0410, 0.0142, 0.0362, 0.0155, 0.1102)},
    "item_tfidf": {ALL: (0.1197,), NEW: (0.0408,)},
    "item_bm25": {ALL: (0.1250,), NEW: (0.0148,)},
    "bpr": {ALL: (0.0525,), NEW: (0.0095,)},
    "content": {ALL: (0.0274,), NEW: (0.0052,)},
}
"""NDCG, recall, precision, MAP, MRR at 10, as measured for the project before it began (UTC days)."""


@cache
def demo_history(zone: str) -> tuple[pl.DataFrame, Interactions]:
    """The demo shop's catalogue and all that it sold, in the days of ``zone``."""
    items = demo_shop.catalogue()
    return items, demo_shop.history(items, zone)


def demo_split(origin: date, zone: str) -> Split:
    """The demo shop cut at ``origin``, the first day that is not known."""
    items, history = demo_history(zone)
    as_of = origin - timedelta(days=1)
    known = history.until(as_of)
    return Split(known, history.after(as_of, DAYS), demo_shop.sold(known, items), as_of)


def cuts(chosen: argparse.Namespace) -> list[Callable[[], Split]]:
    """What makes each origin's split, the oldest first."""
    if chosen.slices:
        then, now = (read_slice(folder) for folder in chosen.slices)
        past = [read_slice(folder) for folder in chosen.slices[0].resolve().parent.iterdir()]
        return [Window(then, now, past=past).split]
    origins = [chosen.origin - timedelta(days=DAYS * back) for back in range(chosen.origins - 1, -1, -1)]
    return [partial(demo_split, origin, ZONES[chosen.days]) for origin in origins]


def rows(found: Evaluation) -> Iterator[str]:
    """Markdown: per setting the measured figures, and beneath them the gap to the published ones."""
    for setting in USUAL:
        summary = found.judged[setting].summary
        cells = [f"{summary[f'{metric}_at_10']:.4f}" for metric in METRICS]
        published = PUBLISHED.get(found.name, {}).get(setting, ())
        gaps = [f"{100 * (float(cell) / known - 1):+.1f} %" for cell, known in zip(cells, published, strict=False)]
        gaps += ["–"] * (5 - len(gaps))
        cost = f"{found.cost['fit_cpu_seconds']:.1f} / {found.cost['score_cpu_seconds'] / 2:.1f}"
        shown = " / ".join(gaps) if published else "no published figure"
        yield f"| {found.name} | *{setting}* | {' | '.join(cells)} | {shown} | {cost} |"


def comparison(results: Results) -> Iterator[str]:
    """Markdown: over all origins, each recommender against the best, paired by shopper."""
    table = leaderboard(results)
    yield f"## Over {table['origins'].max()} origins: {METRIC}, and the paired difference to the best"
    yield ""
    yield "| setting | recommender | mean [95 %] | difference | adjusted p | coverage | diversity | CPU s | MiB |"
    yield "|---|---|---|---|---:|---:|---:|---:|---:|"
    for setting in USUAL:
        for row in told(table, setting):
            beyond = f"{row.coverage} | {row.diversity} | {row.cpu_seconds} | {row.memory}"
            yield f"| *{setting}* | {row.recommender} | {row.quality} | {row.difference} | {row.p} | {beyond} |"
    yield ""


def origin_by_origin(results: Results) -> Iterator[str]:
    """Markdown: the paired differences to the best of all origins, at each origin alone."""
    days = [str(found.as_of) for found in next(iter(results.values()))]
    yield "## At each origin"
    yield ""
    yield f"| setting | recommender | {' | '.join(days)} |"
    yield "|---|---|" + "---|" * len(days)
    overall = leaderboard(results)
    for setting in USUAL:
        names = overall.filter(pl.col("setting") == setting)["recommender"].to_list()
        best = names[0]
        cells: dict[str, list[str]] = {name: [] for name in names}
        for number in range(len(days)):
            alone = leaderboard({name: [found[number]] for name, found in results.items()}, {setting: best})
            for row in told(alone, setting):
                cells[row.recommender].append(row.quality.split()[0] if row.recommender == best else row.difference)
        yield from (f"| *{setting}* | {name} | {' | '.join(cells[name])} |" for name in names)
    yield ""


def document(results: Results, split: Split, what: str) -> str:
    """The page."""
    evaluations = [found[-1] for found in results.values()]
    shoppers = ", ".join(f"{len(split.users(setting))} in *{setting}*" for setting in USUAL)
    pairs = split.relevant[ALL].height
    columns = ["recommender", "setting", *(f"{metric} @10" for metric in METRICS), "gap to published", "fit / score"]
    return "\n".join(
        [
            "# Quality of each recommender",
            "",
            f"Written by `python -m bench.quality`: {what}, known up to {split.as_of}, judged on the {DAYS} days after",
            f"it. Shoppers judged: {shoppers}; pairs bought: {pairs}. Gaps are of NDCG / recall / precision / MAP /",
            "MRR, in that order; [recommenders.md](recommenders.md) explains those beyond 3 %. Costs are CPU seconds:",
            "one fit, one scoring of all shoppers.",
            "",
            f"| {' | '.join(columns)} |",
            "|---|---|" + "---:|" * len(METRICS) + "---|---:|",
            *(row for found in evaluations for row in rows(found)),
            "",
            *comparison(results),
            *origin_by_origin(results),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--origin", type=date.fromisoformat, default=date(2017, 12, 3))
    parser.add_argument("--origins", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[kind.name for kind in RECOMMENDERS])
    parser.add_argument("--days", choices=ZONES, default="shop")
    parser.add_argument("--slices", nargs=2, type=Path, metavar=("THEN", "NOW"))
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    what = "two slices" if chosen.slices else f"the demo shop in {ZONES[chosen.days]} days"
    console, splits = Console(width=200), cuts(chosen)

    def show(found: Evaluation) -> None:
        for row in rows(found):
            console.print(f"{found.as_of} {row}", highlight=False)

    results = judge_all({name: recommender(name) for name in chosen.only}, splits, lambda *_: None, show)
    for line in (*comparison(results), *origin_by_origin(results)):
        console.print(line, highlight=False)
    if chosen.write:
        chosen.write.write_text(document(results, splits[-1](), what), encoding="utf-8")


if __name__ == "__main__":
    main()
