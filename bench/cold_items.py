"""Do texts help with items that nobody bought yet? Told on the demo shop, with and without vectors of texts.

At each origin a cold item is one of the catalogue without a purchase up to it; what counts is that a known shopper
bought it in the 28 days after. Two questions: of lists of cold items alone, how many of the bought ones are among the
first 20 (``cold_text`` beside what knows no vectors), and what becomes of the lists of the ``two_stage`` recommender
of what is new to a shopper if it is proposed cold items by their texts. Differences are paired by shopper over all
origins, with 95 % bootstrap intervals. Beside them: how many of those who bought a cold item had bought one of its
``similar_text`` items before, and how many of as many other shoppers.

    python -m bench.cold_items [--origins 2017-10-08 2017-11-05 2017-12-03] [--proposed 10] [--shoppers 800 --bags 1]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from bench import demo_shop
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommendations, Recommender
from ml.recommend.core.request import Request
from ml.recommend.evaluation.comparison import Panel
from ml.recommend.evaluation.judge import Judged, hit_places
from ml.recommend.evaluation.metrics import METRICS, at
from ml.recommend.models.cold_text import ColdText
from ml.recommend.models.content import Content
from ml.recommend.outputs import SIMILAR_ITEM
from ml.recommend.text_vectors.similar import similar_by_text
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import TextVectors
from ml.recommend.two_stage.recommender import TwoStage
from ml.tables import Col

DAYS: Final = 28
K: Final = 20
PAIR: Final = (Col.user_id, Col.item_id)
SHOWN: Final = ("recall", "ndcg")
CHANCE, CATEGORY, CONTENT, TEXT = "order of ids", "same category", "content", "cold_text"
WITHOUT, WITH = "two_stage", "two_stage, cold_items"
ALONE, COLD, NEW = "lists of cold items alone", "two_stage: cold items", "two_stage: everything new to the shopper"


@dataclass(frozen=True, eq=False)
class Origin:
    """The demo shop cut at the end of a day: what was known, the whole catalogue, and what was bought after."""

    as_of: date
    known: Interactions
    items: Items
    after: pl.DataFrame

    @classmethod
    def at(cls, origin: date, catalogue: pl.DataFrame, history: Interactions) -> Origin:
        """``origin`` is the first day that is not known."""
        as_of = origin - timedelta(days=1)
        known = history.until(as_of)
        bought = history.after(as_of, DAYS).frame.select(PAIR).unique()
        return cls(as_of, known, Items(catalogue), bought.join(known.frame, on=Col.user_id, how="semi"))

    @property
    def cold(self) -> Items:
        """The items that nobody had bought."""
        return Items(self.items.frame.join(self.known.frame, on=Col.item_id, how="anti"))

    @property
    def bought_cold(self) -> pl.DataFrame:
        """Pairs of a known shopper and a cold item that the shopper bought after."""
        return self.after.join(self.cold.frame, on=Col.item_id, how="semi").sort(PAIR)

    @property
    def bought_new(self) -> pl.DataFrame:
        """Pairs of a known shopper and any item that was new to the shopper."""
        return self.after.join(self.known.frame, on=PAIR, how="anti").sort(PAIR)


def judged(lists: pl.DataFrame, truth: pl.DataFrame) -> Judged:
    """A row per shopper of ``truth`` with recall and NDCG at ``K``."""
    users = truth.group_by(Col.user_id).agg(pl.len().alias("relevant")).sort(Col.user_id)
    hits, relevant = hit_places(lists, truth, users[Col.user_id], K), users["relevant"].to_numpy()
    columns = [pl.Series(at(name, K), METRICS[name](hits, relevant, K)) for name in SHOWN]
    return Judged("cold", users.with_columns(columns), {}, pl.DataFrame())


def in_order(request: Request) -> Recommendations:
    """The first items by id, the same for everybody."""
    first = request.items.frame[Col.item_id].head(K)
    return _listed(pl.DataFrame({Col.user_id: request.users}).join(first.to_frame(), how="cross"), CHANCE)


def by_category(request: Request) -> Recommendations:
    """Items of the deepest category of which the shopper bought most, then of the next one; within one by id."""
    kind = pl.coalesce(Col.item_category3, Col.item_category2, Col.item_category).alias("kind")
    catalogue = pl.DataFrame(demo_shop.catalogue()).select(Col.item_id, kind)
    asked = request.history.frame.filter(pl.col(Col.user_id).is_in(request.users))
    liked = asked.join(catalogue, on=Col.item_id).group_by(Col.user_id, "kind").len().sort(Col.user_id, "len", "kind")
    places = liked.group_by(Col.user_id, maintain_order=True).tail(K)
    cold = catalogue.join(request.items.frame, on=Col.item_id, how="semi").sort("kind", Col.item_id)
    found = places.join(cold.group_by("kind", maintain_order=True).head(K), on="kind")
    ordered = found.sort(Col.user_id, "len", "kind", Col.item_id, descending=[False, True, False, False])
    return _listed(ordered.group_by(Col.user_id, maintain_order=True).head(K), CATEGORY)


def _listed(pairs: pl.DataFrame, source: str) -> Recommendations:
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(Col.user_id).alias(Col.rank)
    ranked = pairs.select(*PAIR, rank).with_columns(pl.lit(source).alias(Col.candidate_source))
    return Recommendations(ranked.with_columns((1.0 / pl.col(Col.rank)).alias(Col.score)))


def cold_lists(origin: Origin) -> dict[str, pl.DataFrame]:
    """By recommender, lists of cold items alone, for whoever bought one."""
    users = origin.bought_cold[Col.user_id].unique().sort().to_list()
    request = Request(users, origin.known, origin.cold, origin.as_of, K)
    fitted: Mapping[str, Recommender] = {
        each.name: each.fit(origin.known, origin.items, origin.as_of) for each in (Content(), ColdText())
    }
    ways: dict[str, Callable[[Request], Recommendations]] = {CHANCE: in_order, CATEGORY: by_category}
    ways |= {name: model.recommend for name, model in fitted.items()}
    return {name: way(request).frame for name, way in ways.items()}


def two_stage_lists(origin: Origin, proposed: int, **learned: int) -> dict[str, pl.DataFrame]:
    """Lists of what is new to a shopper, without cold items and with so many proposed by text."""
    users = origin.bought_new[Col.user_id].unique().sort().to_list()
    request = Request(users, origin.known, origin.items, origin.as_of, K, exclude_seen=True)
    models = {WITHOUT: TwoStage(**learned), WITH: TwoStage(cold_items=proposed, **learned)}
    return {
        name: model.fit(origin.known, origin.items, origin.as_of).recommend(request).frame
        for name, model in models.items()
    }


def had_bought_a_related_one(origin: Origin) -> tuple[float, float]:
    """Of the buyers of cold items the share who had bought one of its items by text, and of other shoppers."""
    known = TextVectors.of(texts_of(origin.items.frame))
    lists = similar_by_text(SIMILAR_ITEM.empty(), origin.known.frame, known, K).select(Col.item_id, Col.related_item_id)
    buyers, everybody = origin.bought_cold, origin.known.frame[Col.user_id].unique().sort()
    others = buyers.with_columns(everybody.sample(len(buyers), with_replacement=True, seed=1).alias(Col.user_id))
    bought = origin.known.frame.select(Col.user_id, pl.col(Col.item_id).alias(Col.related_item_id)).unique()

    def share(pairs: pl.DataFrame) -> float:
        met = pairs.join(lists, on=Col.item_id).join(bought, on=[Col.user_id, Col.related_item_id])
        return met.select(PAIR).n_unique() / pairs.n_unique()

    return share(buyers), share(others)


def show(console: Console, title: str, results: Mapping[str, list[Judged]], reference: str) -> None:
    """A line per recommender and metric, each with its difference to ``reference``."""
    table = Table("lists", "metric", "mean", f"over {reference} [95 %]", "p", title=title)
    for metric in (at(name, K) for name in SHOWN):
        panel = Panel.of_judged(results, metric)
        gains = panel.differences(reference)
        for name in results:
            told = (str(gains[name]), f"{gains[name].p:.3f}") if name in gains else ("", "")
            table.add_row(name, metric, f"{panel.means[name]:.5f}", *told)
    console.print(table)


@dataclass(frozen=True)
class Found:
    """What one origin told: by slice and recommender its results, and lines to print."""

    results: dict[str, dict[str, Judged]]
    lines: tuple[str, ...]


def told(day: date, proposed: int, **learned: int) -> Found:
    """Everything about one origin; without lists of ``two_stage`` where nothing is ``proposed``."""
    started, catalogue = time.process_time(), demo_shop.catalogue()
    listed = catalogue.with_columns(pl.lit(date(2016, 12, 31)).alias(Col.created_date))  # on all past days too
    origin = Origin.at(day, listed, demo_shop.history(catalogue))
    truth, cold = origin.bought_cold, origin.cold.frame
    theirs, others = had_bought_a_related_one(origin)
    lines = [f"{theirs:.1%} had bought an item of its similar_text list before, {others:.1%} of other shoppers"]
    results = {ALONE: {name: judged(lists, truth) for name, lists in cold_lists(origin).items()}}
    for name, lists in (two_stage_lists(origin, proposed, **learned) if proposed else {}).items():
        for part, wanted in ((COLD, truth), (NEW, origin.bought_new)):
            results.setdefault(part, {})[name] = judged(lists, wanted)
        shown = len(lists.join(cold, on=Col.item_id, how="semi"))
        lines.append(f"{name}: {shown:,} of {len(lists):,} places hold a cold item")
    items, shoppers = truth[Col.item_id].n_unique(), truth[Col.user_id].n_unique()
    lines.append(f"{len(truth):,} pairs of {shoppers:,} shoppers and {items:,} of {len(cold):,} cold items")
    return Found(results, (*lines, f"{time.process_time() - started:.0f} CPU s"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    days = [date(2017, 10, 8), date(2017, 11, 5), date(2017, 12, 3)]
    parser.add_argument("--origins", nargs="+", type=date.fromisoformat, default=days)
    parser.add_argument("--proposed", type=int, default=10, help="cold items per shopper; 0: no lists of two_stage")
    parser.add_argument("--shoppers", type=int, default=TwoStage.most_shoppers, help="that two_stage learns from")
    parser.add_argument("--bags", type=int, default=TwoStage.bags, help="of two_stage")
    chosen, console = parser.parse_args(), Console(width=120)
    parts: dict[str, dict[str, list[Judged]]] = {}
    learned = {"most_shoppers": chosen.shoppers, "bags": chosen.bags}
    # an origin per process: the feature tables of its past days are given back
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        for day, found in zip(
            chosen.origins, pool.map(partial(told, proposed=chosen.proposed, **learned), chosen.origins), strict=True
        ):
            console.print(f"{day}: {'; '.join(found.lines)}")
            for part, results in found.results.items():
                for name, each in results.items():
                    parts.setdefault(part, {}).setdefault(name, []).append(each)
    for part, results in parts.items():
        show(console, part, results, CATEGORY if part == ALONE else WITHOUT)


if __name__ == "__main__":
    main()
