"""A split in time, and what of a list counts in which setting."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommendations
from ml.recommend.evaluation.judge import evaluate, judge
from ml.recommend.evaluation.settings import ALL, COLD, NEW
from ml.recommend.evaluation.split import Split
from ml.recommend.models.buy_it_again import BuyItAgain
from ml.recommend.models.sasrec import SASRec
from ml.recommend.recommenders import RECOMMENDERS
from tests.recommend.conftest import AS_OF, history_of

ORIGIN = AS_OF - timedelta(days=28)


@pytest.fixture
def split() -> Split:
    """Ann repeats milk and finds tea; Bob finds milk; Cem is new; Dan only looks back."""
    history = history_of(
        [
            ("ann", "milk", 40, 3),
            ("ann", "bread", 35, 1),
            ("bob", "bread", 28, 1),
            ("dan", "milk", 60, 1),
            ("ann", "milk", 27, 1),
            ("ann", "tea", 5, 1),
            ("bob", "milk", 0, 2),
            ("cem", "jam", 1, 1),
        ]
    )
    return Split.at(history, Items.of(history.frame["item_id"].unique()), ORIGIN, 28)


def ranked(**lists: list[str]) -> Recommendations:
    rows = [
        {"user_id": user, "item_id": item, "rank": rank, "score": -float(rank), "candidate_source": "test"}
        for user, items in lists.items()
        for rank, item in enumerate(items, start=1)
    ]
    return Recommendations(pl.DataFrame(rows))


def test_the_day_of_the_origin_is_past_and_the_window_ends_after_its_days(split: Split) -> None:
    assert split.train.last_day == ORIGIN
    assert split.test.frame["event_date"].min() == ORIGIN + timedelta(days=1)
    assert split.test.last_day == AS_OF
    assert len(split.train.frame) == 4


def test_new_counts_only_what_a_shopper_never_bought(split: Split) -> None:
    assert split.relevant[ALL].rows() == [("ann", "milk"), ("ann", "tea"), ("bob", "milk")]
    assert sorted(split.relevant[NEW].rows()) == [("ann", "tea"), ("bob", "milk")]
    assert split.users(ALL) == ["ann", "bob"]
    assert not split.request(ALL, 10).exclude_seen
    assert split.request(NEW, 10).exclude_seen


def test_who_had_bought_nothing_is_judged_apart_and_changes_no_headline(split: Split) -> None:
    assert split.relevant[COLD].rows() == [("cem", "jam")]
    found = evaluate(BuyItAgain(), split, ks=(10,))
    assert found.judged[COLD].per_user["user_id"].to_list() == ["cem"]
    crowd = Interactions(pl.concat([split.test.frame, *(_jam_for(split, f"new{n}") for n in range(50))]))
    crowded = evaluate(BuyItAgain(), replace(split, test=crowd), ks=(10,))
    assert len(crowded.judged[COLD].per_user) == 51
    for setting in (ALL, NEW):
        assert crowded.judged[setting].summary == found.judged[setting].summary


def _jam_for(split: Split, user: str) -> pl.DataFrame:
    return split.test.frame.filter(pl.col("user_id") == "cem").with_columns(pl.lit(user).alias("user_id"))


def test_a_shopper_without_a_list_missed_everything(split: Split) -> None:
    judged = judge(ranked(ann=["milk", "bread"]), split, ALL, ks=(2,))
    assert judged.per_user["user_id"].to_list() == ["ann", "bob"]
    assert judged.per_user["recall_at_2"].to_list() == [0.5, 0.0]
    assert judged.summary["precision_at_2"] == pytest.approx((1 / 2 + 0) / 2)


def test_lists_of_shoppers_who_bought_nothing_do_not_count(split: Split) -> None:
    only = judge(ranked(ann=["tea"]), split, ALL, ks=(1,))
    more = judge(ranked(ann=["tea"], dan=["bread"]), split, ALL, ks=(1,))
    assert more.summary == only.summary


def test_coverage_is_of_items_sold_and_novelty_of_shoppers_who_bought_them(split: Split) -> None:
    judged = judge(ranked(ann=["milk", "tea"], bob=["milk"]), split, ALL, ks=(2,))
    assert judged.summary["coverage_at_2"] == 1 / 2  # milk of milk and bread; tea was never sold before
    assert judged.summary["novelty_at_2"] == pytest.approx(-math.log2(2 / 3))


def test_an_evaluation_reports_every_setting_at_every_k_and_what_it_cost(split: Split) -> None:
    found = evaluate(BuyItAgain(), split, ks=(1, 2))
    assert found.metrics["all/recall_at_1"] == pytest.approx((1 / 2 + 0) / 2)
    assert found.metrics["new/mrr_at_2"] == pytest.approx(1 / 2)  # milk for Bob; Ann has bought all that is popular
    assert {"fit_seconds", "score_seconds", "fit_cpu_seconds", "score_cpu_seconds"} <= set(found.metrics)
    assert found.name == "buy_it_again"
    assert found.params == {"half_life": 90.0}


@pytest.mark.parametrize("kind", [kind for kind in RECOMMENDERS if kind is not SASRec], ids=lambda kind: kind.name)
def test_evaluating_twice_gives_the_same_figures(kind, shop: Interactions, catalogue: Items) -> None:
    split = Split.at(shop, catalogue, ORIGIN, 28)
    first, second = (evaluate(kind(), split).judged for _ in range(2))
    assert first[ALL].per_user.equals(second[ALL].per_user)
    assert first[NEW].summary == second[NEW].summary
    assert first[ALL].summary["recall_at_10"] > 0
