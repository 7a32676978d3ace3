"""Which candidates are scored by all trees, and what one look at a block of shoppers serves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from ml.recommend.core.best import Top
from ml.recommend.core.encoding import Floats, Reals
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.recommenders import recommender
from ml.recommend.two_stage import scoring
from ml.recommend.two_stage.candidates import Generators
from ml.recommend.two_stage.ranker import Ranker
from ml.recommend.two_stage.recommender import TwoStage
from ml.recommend.two_stage.scoring import promising
from tests.recommend.conftest import AS_OF, random_shop

COLUMNS = ["user_id", "item_id", "rank", "score", "candidate_source"]


@pytest.fixture(scope="module")
def shop() -> Interactions:
    return random_shop(seed=3, users=150, items=60, events=7000)


@pytest.fixture(scope="module")
def items(shop: Interactions) -> Items:
    return Items.of(shop.frame["item_id"].unique())


@pytest.fixture(scope="module")
def fitted(shop: Interactions, items: Items) -> TwoStage:
    made = recommender(TwoStage.name)(bags=1, threads=1).fit(shop, items, AS_OF)
    assert isinstance(made, TwoStage)
    return made


@pytest.fixture
def asked(shop: Interactions, items: Items) -> Request:
    return Request(shop.frame["user_id"].unique().sort().to_list(), shop, items, AS_OF, k=5)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few candidates are scored that the small shop's are told apart, too."""
    monkeypatch.setattr(scoring, "_LEAST", 12)


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The numbers of candidates that all trees were asked about."""
    rows: list[int] = []
    probability = Ranker.probability

    def counted(self: Ranker, table: Floats, begun: Reals | None = None, threads: int = 1) -> Reals:
        rows.append(len(table))
        return probability(self, table, begun, threads)

    monkeypatch.setattr(Ranker, "probability", counted)
    yield rows


def all_scored(fitted: TwoStage, request: Request, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """The lists where nothing is left out."""
    with monkeypatch.context() as patch:
        patch.setattr(scoring, "_LEAST", 10**6)
        fitted._lists = type(fitted._lists)()
        frame = fitted.recommend(request).frame
    fitted._lists = type(fitted._lists)()
    return frame


def test_the_promising_are_each_rows_best_and_ties_go_to_the_column() -> None:
    cells = Top(np.array([0, 0, 0, 0, 2, 2]), np.array([7, 3, 5, 1, 9, 4]), np.array([0.1, 0.5, 0.5, 0.9, 0.2, 0.3]))
    assert promising(cells, 2).tolist() == [False, True, False, True, True, True]
    assert promising(cells, 1).tolist() == [False, False, False, True, False, True]
    among = np.array([True, False, True, False, True, False])
    assert promising(cells, 1, among).tolist() == [False, False, True, False, True, False]


@pytest.mark.parametrize("new", [False, True], ids=["anything", "new"])
def test_lists_are_those_of_all_candidates_scored_at_a_fraction_of_the_work(
    new: bool, fitted: TwoStage, asked: Request, few: None, scored: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = replace(asked, exclude_seen=new)
    whole = all_scored(fitted, request, monkeypatch)
    work = sum(scored)
    scored.clear()
    lists = fitted.recommend(request).frame
    assert len(lists) == len(whole) == 5 * len(asked.users)
    assert 0 < sum(scored) < work * (0.9 if new else 0.6)
    alike = lists.join(whole, on=["user_id", "item_id", "score"]).height / len(whole)
    assert alike > (0.85 if new else 0.97), "by chance half; what is new to a shopper of this shop is chance itself"


def test_own_items_are_scored_whatever_else_is_more_promising(
    fitted: TwoStage, asked: Request, shop: Interactions, few: None
) -> None:
    fitted._lists = type(fitted._lists)()
    own = fitted.recommend(replace(asked, only_seen=True)).frame
    bought = shop.frame.select("user_id", "item_id").unique().group_by("user_id").len()
    assert (
        own.group_by("user_id")
        .len()
        .join(bought, on="user_id")
        .select((pl.col("len") == pl.min_horizontal(5, "len_right")).all())
        .item()
    )
    assert own["user_id"].n_unique() == len(asked.users)


def test_a_request_for_few_pairs_gets_them_with_the_scores_that_they_have_elsewhere(
    fitted: TwoStage, asked: Request, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = all_scored(fitted, replace(asked, k=60, only_seen=True), monkeypatch).group_by("user_id").tail(3)
    due = last.select("user_id", "item_id")
    found = fitted.recommend(replace(asked, only_seen=True, among=due)).frame
    assert (
        found.select("user_id", "item_id", "score")
        .sort("user_id", "item_id")
        .equals(last.select("user_id", "item_id", "score").sort("user_id", "item_id"))
    )


def test_who_is_asked_for_beside_a_shopper_and_in_which_block_changes_no_list(
    fitted: TwoStage, asked: Request, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted._lists = type(fitted._lists)()
    whole = fitted.recommend(replace(asked, both=True)).frame
    monkeypatch.setattr("ml.recommend.two_stage.scoring._AT_A_TIME", 7)
    some = asked.users[::3]
    assert fitted.recommend(replace(asked, users=some, both=True)).frame.equals(
        whole.filter(pl.col("user_id").is_in(some))
    )


def test_lists_of_anything_and_of_what_is_new_are_made_of_one_look_and_are_those_asked_alone(
    fitted: TwoStage, asked: Request, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, look = [], Generators.look
    monkeypatch.setattr(Generators, "look", lambda self, rows: looks.append(rows) or look(self, rows))
    alone = [fitted.recommend(replace(asked, exclude_seen=new)).frame for new in (False, True)]
    assert len(looks) == 2
    looks.clear()
    together = [fitted.recommend(replace(asked, exclude_seen=new, both=True)).frame for new in (False, True)]
    assert len(looks) == 1
    assert [
        each.select(COLUMNS).equals(other.select(COLUMNS)) for each, other in zip(alone, together, strict=True)
    ] == [
        True,
        True,
    ]
    assert not together[0].equals(together[1])
