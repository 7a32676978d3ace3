"""What every recommender must do; a new one in the list is covered without an edit here."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.errors import ExtraMissing, ModelMissing, NotFitted
from ml.recommend.core.base import FILL
from ml.recommend.core.explanation import LOG_ODDS, Explaining
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommender
from ml.recommend.core.request import Request
from ml.recommend.models.sasrec import SASRec
from ml.recommend.recommenders import RECOMMENDERS, load, recommender
from tests.recommend.conftest import AS_OF, PARITY, checkerboard, checkerboard_items, history_of, random_shop

NEEDS_TORCH = pytest.mark.skipif(find_spec("torch") is None, reason="the extra deep is not installed (make deep)")
every_recommender = pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=kind.name, marks=[NEEDS_TORCH] * (kind is SASRec)) for kind in RECOMMENDERS]
)

Fitted = Callable[[type[Recommender]], Recommender]

NOT_COLLABORATIVE = {"popularity", "trending", "buy_it_again", "buy_it_when_due", "biased_svd", "cold_text"}
"""They do not look at other shoppers' taste, or only at ratings or texts: the checkerboard's answer is not theirs."""

WITH_TERMS = {
    *("popularity", "trending", "segment_popularity", "buy_it_again", "buy_it_when_due", "ease"),
    *("item_cosine", "item_tfidf", "item_bm25", "als", "bpr", "pure_svd", "sasrec"),
}
"""Those that show what their scores add up from, also in a shop that is so small and rates nothing."""

SMALL = {"factors": 2, "neighbours": 12, "segments": 2}
"""Settings that suit 24 shoppers: 64 factors would learn them by heart, 300 neighbours are everybody."""


def users_of(history: Interactions) -> list[str]:
    return history.frame["user_id"].unique().sort().to_list()


def lists(frame: pl.DataFrame) -> dict[str, list[str]]:
    grouped = frame.sort("user_id", "rank").group_by("user_id", maintain_order=True).agg("item_id")
    return dict(grouped.iter_rows())


@pytest.fixture(scope="module")
def fitted(shop: Interactions, catalogue: Items) -> Fitted:
    """Each recommender fitted to the shop once, for the tests that only ask it."""
    return cache(lambda kind: kind().fit(shop, catalogue, AS_OF))


@every_recommender
def test_it_says_what_to_do_when_it_was_not_fitted(
    kind: type[Recommender], shop: Interactions, catalogue: Items
) -> None:
    with pytest.raises(NotFitted, match=rf"{kind.name}: expected a fitted recommender.*Call `fit`"):
        kind().recommend(Request(["u01"], shop, catalogue, AS_OF))


@every_recommender
def test_the_checkerboards_missing_item_comes_first(kind: type[Recommender]) -> None:
    if kind.name in NOT_COLLABORATIVE:
        pytest.skip("does not look at other shoppers' taste")
    if kind is SASRec:
        pytest.skip("24 shoppers teach a transformer nothing")
    history, items = checkerboard(), checkerboard_items()
    request = Request(users_of(history), history, items, AS_OF, k=1, exclude_seen=True)
    small = {name: value for name, value in SMALL.items() if name in kind().params}
    found = lists(kind(**small).fit(history, items, AS_OF).recommend(request).frame)
    assert found == {f"u{number:02}": [f"i{number:02}"] for number in range(PARITY)}


@every_recommender
def test_fitting_again_forgets_the_first_history(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    request = Request(users_of(shop), shop, catalogue, AS_OF)
    fresh = fitted(kind).recommend(request).frame
    again = kind().fit(checkerboard(), checkerboard_items(), AS_OF).fit(shop, catalogue, AS_OF).recommend(request).frame
    assert len(fresh) > 0
    assert again.equals(fresh)


@every_recommender
def test_fitting_sees_nothing_after_its_day(kind: type[Recommender], catalogue: Items) -> None:
    past, future = random_shop(seed=1), random_shop(seed=2)
    day = AS_OF.replace(day=1)
    known = Interactions(past.frame.filter(pl.col("event_date") <= day))
    leaking = Interactions(pl.concat([known.frame, future.frame.filter(pl.col("event_date") > day)]))
    request = Request(users_of(known), known, catalogue, day)
    clean, leaked = (kind().fit(history, catalogue, day).recommend(request).frame for history in (known, leaking))
    assert leaked.equals(clean)


@every_recommender
def test_a_saved_one_ranks_identically(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items, tmp_path: Path
) -> None:
    request = Request([*users_of(shop), "stranger"], shop, catalogue, AS_OF)
    model = fitted(kind)
    model.save(tmp_path)
    loaded = load(tmp_path)
    assert type(loaded) is kind
    assert loaded.params == model.params
    assert loaded.recommend(request).frame.equals(model.recommend(request).frame)
    assert {file.suffix for file in tmp_path.iterdir()} <= {".json", ".npz", ".parquet", ".txt"}


@every_recommender
def test_a_saved_one_is_the_same_files_each_time(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items, tmp_path: Path
) -> None:
    fitted(kind).save(tmp_path / "first")
    kind().fit(shop, catalogue, AS_OF).save(tmp_path / "second")
    first, second = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("first", "second")
    )
    assert first
    assert first == second


@every_recommender
def test_an_unknown_shopper_gets_what_is_popular(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    model = fitted(kind)
    frame = model.recommend(Request(["stranger", "u03"], shop, catalogue, AS_OF, k=5)).frame
    assert {user: len(items) for user, items in lists(frame).items()} == {"stranger": 5, "u03": 5}


@every_recommender
def test_a_shopper_who_came_after_the_fit_is_scored_by_the_requests_history(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    model = fitted(kind)
    later = Interactions(
        pl.concat([shop.frame, shop.frame.filter(pl.col("user_id") == "u03").with_columns(user_id=pl.lit("newcomer"))])
    )
    found = lists(model.recommend(Request(["newcomer", "u03"], later, catalogue, AS_OF, k=3)).frame)
    assert len(set(found["newcomer"]) & set(found["u03"])) >= 2


@every_recommender
def test_items_that_nobody_knew_do_no_harm(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    model = fitted(kind)
    later = Interactions(pl.concat([shop.frame, history_of([("u03", "brand_new", 0, 9)]).frame]))
    wider = Items.of([*catalogue.frame["item_id"], "brand_new", "newer_still"])
    frame = model.recommend(Request(["u03", "u04"], later, wider, AS_OF, k=8)).frame
    assert len(frame) == 16


@every_recommender
@pytest.mark.parametrize("k", [1, 3, 1000])
def test_lists_hold_eligible_items_once_and_ranks_without_gaps(
    kind: type[Recommender], fitted: Fitted, k: int, shop: Interactions, catalogue: Items
) -> None:
    eligible = Items(catalogue.frame.filter(pl.col("item_category") != "c1"))
    frame = fitted(kind).recommend(Request(users_of(shop), shop, eligible, AS_OF, k=k)).frame
    assert set(frame["item_id"]) <= set(eligible.frame["item_id"])
    assert not frame.select("user_id", "item_id").is_duplicated().any()
    sold = len(set(eligible.frame["item_id"]) & set(shop.frame["item_id"]))
    for items in lists(frame).values():
        assert min(k, sold) <= len(items) <= min(k, len(eligible.frame))


@every_recommender
def test_scores_never_rise_along_a_list(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    frame = fitted(kind).recommend(Request(users_of(shop), shop, catalogue, AS_OF, k=20)).frame
    assert np.isfinite(frame["score"].to_numpy()).all()
    assert frame.select((pl.col("score").diff().over("user_id") <= 0).all()).item()


@every_recommender
def test_seen_items_are_left_out_when_asked(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    seen = shop.frame.select("user_id", "item_id").unique()
    request = Request(users_of(shop), shop, catalogue, AS_OF, k=5, exclude_seen=True)
    frame = fitted(kind).recommend(request).frame
    assert len(frame) > 0
    assert frame.join(seen, on=["user_id", "item_id"]).is_empty()


@every_recommender
def test_only_seen_items_when_asked(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    seen = shop.frame.select("user_id", "item_id").unique()
    request = Request([*users_of(shop), "stranger"], shop, catalogue, AS_OF, k=5, only_seen=True)
    frame = fitted(kind).recommend(request).frame
    assert "stranger" not in set(frame["user_id"])
    assert frame.join(seen, on=["user_id", "item_id"], how="anti").is_empty()


@every_recommender
def test_equal_scores_are_ordered_by_item(kind: type[Recommender]) -> None:
    everything = history_of((f"u{user}", f"i{item}", 3, 1) for user in range(4) for item in range(9))
    items = Items.of(everything.frame["item_id"].unique())
    frame = kind().fit(everything, items, AS_OF).recommend(Request(["stranger"], everything, items, AS_OF, k=4)).frame
    assert frame["item_id"].to_list() == ["i0", "i1", "i2", "i3"]


@every_recommender
@pytest.mark.parametrize("events", [[], [("u0", "i0", 3, 2)]], ids=["no event", "one user and one item"])
def test_the_smallest_histories_work(kind: type[Recommender], events: list, tmp_path: Path) -> None:
    history, items = history_of(events), Items.of(["i0", "i1"])
    fitted = kind().fit(history, items, AS_OF)
    fitted.save(tmp_path)
    for exclude in (False, True):
        request = Request(["stranger", "u0"], history, items, AS_OF, k=3, exclude_seen=exclude)
        frame = load(tmp_path).recommend(request).frame
        own = set(lists(frame).get("u0", []))
        bought = {item for _, item, _, _ in events}
        assert not own & bought if exclude else own >= bought
    nobody = fitted.recommend(Request([], history, items, AS_OF)).frame
    nothing = fitted.recommend(Request(["u0"], history, Items.of([]), AS_OF)).frame
    assert nobody.is_empty()
    assert nothing.is_empty()


@every_recommender
def test_fitted_on_nothing_it_still_serves_a_day_with_history(
    kind: type[Recommender], shop: Interactions, catalogue: Items
) -> None:
    fitted = kind().fit(Interactions.empty(), catalogue, AS_OF)
    assert len(fitted.recommend(Request(["u01"], shop, catalogue, AS_OF, k=4)).frame) == 4


@every_recommender
def test_a_shard_of_shoppers_gets_the_lists_of_the_whole(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    model, users = fitted(kind), users_of(shop)
    whole = model.recommend(Request(users, shop, catalogue, AS_OF)).frame
    shards = [model.recommend(Request(users[start::3], shop, catalogue, AS_OF)).frame for start in range(3)]
    assert pl.concat(shards).sort("user_id", "rank").equals(whole)


@every_recommender
def test_a_shopper_who_asks_alone_gets_the_list_of_the_daily_run(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    model, users = fitted(kind), users_of(shop)
    whole = model.recommend(Request(users, shop, catalogue, AS_OF)).frame
    for user in users[::9]:
        alone = model.recommend(Request([user], shop, catalogue, AS_OF)).frame
        assert alone.equals(whole.filter(pl.col("user_id") == user))


@every_recommender
def test_its_params_make_the_same_recommender(kind: type[Recommender]) -> None:
    params = json.loads(json.dumps(kind().params))
    assert kind(**params).params == kind().params


def test_names_are_unique_and_found() -> None:
    assert len({kind.name for kind in RECOMMENDERS}) == len(RECOMMENDERS) >= 8
    assert all(recommender(kind.name) is kind for kind in RECOMMENDERS)


def test_an_unknown_name_and_an_empty_folder_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"expected one of popularity.*found magic"):
        recommender("magic")
    with pytest.raises(ModelMissing, match="shelduck train"):
        load(tmp_path)


def test_a_folder_of_another_recommender_is_explained(shop: Interactions, catalogue: Items, tmp_path: Path) -> None:
    recommender("popularity")().fit(shop, catalogue, AS_OF).save(tmp_path)
    with pytest.raises(ModelMissing, match="expected als; found popularity"):
        recommender("als").load(tmp_path)


@pytest.mark.skipif(find_spec("torch") is not None, reason="the extra deep is installed")
def test_without_its_extra_the_sequence_model_says_how_to_get_it(shop: Interactions, catalogue: Items) -> None:
    with pytest.raises(ExtraMissing, match=r"sasrec: expected PyTorch.*Run: make deep"):
        SASRec().fit(shop, catalogue, AS_OF)


@every_recommender
def test_its_terms_add_up_to_the_score_of_its_lists(
    kind: type[Recommender], fitted: Fitted, shop: Interactions, catalogue: Items
) -> None:
    model = fitted(kind)
    assert isinstance(model, Explaining)
    with_terms = 0
    for user in users_of(shop)[:4]:
        request = Request([user], shop, catalogue, AS_OF, k=8)
        by_itself = (pl.col("candidate_source") != FILL) | (kind.name == FILL)
        listed = model.recommend(request).frame.filter(by_itself)
        for row in listed.iter_rows(named=True):
            terms = model.explain(request, row["item_id"]).terms
            if terms is None:
                continue
            with_terms += 1
            assert sum(term.amount for term in terms.terms) == pytest.approx(terms.total, abs=1e-6)
            assert terms.score == pytest.approx(row["score"], rel=1e-4)
            odds = 1.0 / (1.0 + np.exp(-(terms.slope * terms.total + terms.intercept)))
            assert (odds if terms.unit == LOG_ODDS else terms.total) == pytest.approx(terms.score, rel=1e-4)
    assert with_terms > 0 or kind.name not in WITH_TERMS
    assert model.explain(Request(["u01"], shop, catalogue, AS_OF), "never heard of").terms is None
