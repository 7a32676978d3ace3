"""What shoppers bought in the days after a day: of the shelves that were shown, and of those of a policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from ml.placements import Placement
from ml.publish.readers import table_of
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.interactions import Interactions
from ml.recommend.evaluation.groups import RELEVANT, shopper_groups
from ml.recommend.evaluation.judge import hit_places
from ml.recommend.evaluation.metrics import METRICS, at
from ml.recommend.evaluation.settings import ALL, COLD, DUE, NEW, Terms, setting_of
from ml.recommend.evaluation.split import Split
from ml.recommend.history import due_pairs, eligible, history_of
from ml.recommend.outputs import RECOMMENDATION
from ml.tables import Col
from ml.warehouse.slices import Slice

K: Final = 10
"""The first places of a list count."""
HITS, NDCG, REVENUE = at("hits", K), at("ndcg", K), at("revenue", K)
FIGURES: Final = (HITS, NDCG, REVENUE)
SHOWN, POLICY = "shown", "policy"
SIDES: Final = (SHOWN, POLICY)
BOUGHT_BEFORE: Final = "bought_before"
_PAIR: Final = [Col.user_id, Col.item_id]


@dataclass(frozen=True, eq=False)
class Outcome:
    """One day.

    Attributes:
        days: how many days of purchases after it count.
        shown, policy: the version that was published, and that of the policy.
        shoppers: placement, user_id, activity, segment, BOUGHT_BEFORE and, for both sides, each of FIGURES: a row for
            each shopper who bought something within those days that could have stood on the placement. Revenue is in
            the shop's currency, of the pairs among the first K that were bought.
    """

    as_of: date
    days: int
    shown: Version
    policy: Version
    shoppers: pl.DataFrame


def figure(name: str, side: str) -> str:
    """The column of a figure of one side."""
    return f"{name}_{side}"


def outcome(known: Slice, later: Interactions, days: int, terms: Terms, versions: tuple[Version, Version]) -> Outcome:
    """What was bought in the ``days`` days after a snapshot's.

    Args:
        known: the snapshot of the day.
        later: a history that reaches beyond those days.
        versions: as shown, and of the policy.
    """
    settings = [setting_of(placement) for placement in terms.placements]
    split = Split(
        history_of(known),
        later.after(known.as_of, days),
        eligible(known),
        known.as_of,
        due=due_pairs(known) if DUE in settings else None,
        terms=terms,
    )
    lists = {side: table_of(RECOMMEND, made, RECOMMENDATION.name) for side, made in zip(SIDES, versions, strict=True)}
    spent = split.test.frame.group_by(_PAIR).agg(pl.col(Col.revenue).sort().sum())
    groups = shopper_groups(split.train, split.test.frame[Col.user_id].unique().sort(), known.as_of)
    parts = [_of_placement(split, each, lists, spent) for each in terms.placements]
    shoppers = pl.concat(parts).join(groups, on=Col.user_id).sort(Col.placement, Col.user_id)
    return Outcome(known.as_of, days, *versions, shoppers)


def _of_placement(
    split: Split, placement: Placement, lists: dict[str, pl.DataFrame], spent: pl.DataFrame
) -> pl.DataFrame:
    setting = setting_of(placement)
    bought, cold = split.relevant[setting], split.relevant[COLD]
    truth = pl.concat([bought, cold]) if setting in (ALL, NEW) else bought
    users = truth.group_by(Col.user_id).agg(pl.len().alias(RELEVANT)).sort(Col.user_id)
    of_it = {side: frame.filter(pl.col(Col.placement) == placement.name) for side, frame in lists.items()}
    columns = [column for side in SIDES for column in _figures(of_it[side], truth, users, spent, side)]
    before = users[Col.user_id].is_in(bought[Col.user_id].unique().implode())
    return users.select(pl.lit(placement.name).alias(Col.placement), Col.user_id, before.alias(BOUGHT_BEFORE), *columns)


def _figures(
    lists: pl.DataFrame, truth: pl.DataFrame, users: pl.DataFrame, spent: pl.DataFrame, side: str
) -> Iterator[pl.Series]:
    hits = hit_places(lists, truth, users[Col.user_id], K)
    relevant = users[RELEVANT].to_numpy().astype(np.int64)
    yield pl.Series(figure(HITS, side), hits.sum(axis=1).astype(np.float64))
    yield pl.Series(figure(NDCG, side), METRICS["ndcg"](hits, relevant, K))
    hit = lists.filter(pl.col(Col.rank) <= K).join(truth, on=_PAIR, how="semi").join(spent, on=_PAIR)
    revenue = hit.group_by(Col.user_id).agg(pl.col(Col.revenue).sort().sum())
    by_user = users.join(revenue, on=Col.user_id, how="left", maintain_order="left")
    yield by_user[Col.revenue].fill_null(0.0).rename(figure(REVENUE, side))
