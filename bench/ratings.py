"""A film site month by month: what its `discover` shelf is worth against popularity filtered by what was rated.

Run: python -m bench.ratings [--taste 1.0] [--months 6] [--viewers 500] [--films 300] [--movielens]

The site is `testkit/ratings.py`: viewers with tastes join over time, rate by fame and taste, and repeat a few ratings.
At the end of each month a training as of that day (preset `ratings`) decides as in the weekly DAG, the day is scored,
and its published `discover` shelf is judged on the films that known viewers newly liked in the month after.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl

from ml.day import compute_day
from ml.errors import ModelMissing, NothingToLearn
from ml.landing.adapters.adapt import Request, adapt
from ml.landing.adapters.kinds import kind_named
from ml.landing.load import land
from ml.presets import KINDS
from ml.publish.draft import read_draft
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.protocol import Recommendations
from ml.recommend.evaluation.comparison import METRIC, Panel
from ml.recommend.evaluation.judge import Evaluation, judge
from ml.recommend.evaluation.origins import windows
from ml.recommend.evaluation.settings import NEW, Terms
from ml.recommend.models.popularity import Popularity
from ml.recommend.promotion import promote_candidate
from ml.recommend.training import train, training_days
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.slices import Slice
from testkit.ratings import FIRST_DAY, Site, write_movielens, write_site

MONTH = 28


def months(settings: Settings, ends: list[date]) -> Iterator[str]:
    """A Markdown row per month that a following one judges."""
    slices = build(settings, ends, to_publish=False)
    for number, (now, later) in enumerate(pairwise(slices), start=1):
        why = _trained(settings, now) if number > 1 else "no training yet: policy 0"
        draft = read_draft(RECOMMEND, compute_day(settings, RECOMMEND, now.folder))
        shelves = draft.tables["recommendation"].filter(placement="discover")
        recipe = dict(draft.record.policy["recipes"])["discover"]  # type: ignore[arg-type, call-overload]
        yield f"| {number} | {now.as_of} | {recipe} | {_figures(settings, now, later, shelves)} | {why} |"


def _trained(settings: Settings, now: Slice) -> str:
    """What the training decided for `discover`, as the promotion ledger has it."""
    from ml.recommend.model import MODEL
    from ml.registry.ledger import promotions

    try:
        days = build(settings, training_days(settings, now.as_of), to_publish=False)
        version = train(settings, [each.folder for each in days], provenance={})
        promote_candidate(settings, version, who="bench")
    except (ModelMissing, NothingToLearn) as refused:
        return str(refused)
    reasons = promotions(settings, MODEL)[-1].why.split("; ")
    return next(reason for reason in reasons if reason.startswith("discover")).removeprefix("discover: ")


def _figures(settings: Settings, now: Slice, later: Slice, shelves: pl.DataFrame) -> str:
    (window,) = windows([now, later], Terms.of(settings))
    split = window.split()
    popular = Popularity().fit(split.train, split.items, split.as_of).recommend(split.request(NEW))
    served = Recommendations(shelves.select("user_id", "item_id", "rank", "score", "candidate_source"))
    judged = {
        name: [Evaluation(name, {}, {NEW: judge(lists, split, NEW)}, {}, split.as_of)]
        for name, lists in (("served", served), ("popularity", popular))
    }
    panel = Panel.of(judged, NEW, METRIC)
    gain = panel.differences("popularity")["served"]
    means = f"{panel.means['served']:.4f} | {panel.means['popularity']:.4f}"
    rated = shelves.join(now.table("rating"), on=["user_id", "item_id"], how="semi")
    return f"{len(panel.scores)} | {means} | {gain} | {len(rated)}"


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--taste", type=float, default=1.0)
    options.add_argument("--months", type=int, default=6)
    options.add_argument("--viewers", type=int, default=500)
    options.add_argument("--films", type=int, default=300)
    options.add_argument("--daily", type=float, default=0.5)
    options.add_argument("--movielens", action="store_true", help="bring the ratings in MovieLens' layout")
    chosen = options.parse_args()
    logging.disable(logging.WARNING)
    site = Site(chosen.viewers, chosen.films, MONTH * chosen.months, chosen.daily, chosen.taste)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home) / "var", timezone="UTC", **KINDS["ratings"])
        if chosen.movielens:
            write_movielens(Path(home) / "ml-none", site)
            adapt(settings, Request(kind_named("movielens"), Path(home) / "ml-none", None, True))
        else:
            write_site(settings.landing_dir, site)
        report = land(settings, site.calendar[-1])
        print(f"{site.viewers} viewers, {site.films} films, {report.rows_accepted:,} records, taste {site.taste}\n")
        columns = ("month", "until", "serves `discover`", "viewers judged", "NDCG@10", "popularity, 28 days")
        print(f"| {' | '.join(columns)} | difference | rated films shown | decision |")
        print("|---:|---|---|---:|---:|---:|---|---:|---|")
        for row in months(settings, [FIRST_DAY + timedelta(days=MONTH * n - 1) for n in range(1, chosen.months + 1)]):
            print(row, flush=True)


if __name__ == "__main__":
    main()
