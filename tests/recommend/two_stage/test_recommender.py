"""Candidates and rankers: what they know, when they knew it, and what they make of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.recommend.core.base import TrainingData
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.core.snapshots import snapshot_of
from ml.recommend.models.ease import EASE
from ml.recommend.two_stage import recommender, taste
from ml.recommend.two_stage.candidates import ALL_SHARES, NEW_SHARES, SOURCES, Generators
from ml.recommend.two_stage.day_features import feature_names, wanted
from ml.recommend.two_stage.features import SCORES, Cells, Features, features
from ml.recommend.two_stage.recommender import TwoStage
from ml.recommend.two_stage.training_days import TrainingDay, training_days
from tests.recommend.conftest import AS_OF, history_of, random_shop

CUT = AS_OF - timedelta(days=28)


@pytest.fixture(scope="module")
def busy_shop() -> Interactions:
    return random_shop(seed=3, users=150, items=60, events=7000)


@pytest.fixture(scope="module")
def fitted(busy_shop: Interactions, plants: Items) -> TwoStage:
    return TwoStage(bags=1, threads=1).fit(busy_shop, plants, AS_OF)


@pytest.fixture(scope="module")
def plants(busy_shop: Interactions) -> Items:
    ids = busy_shop.frame["item_id"].unique().sort()
    kinds = [f"c{number % 4}" for number in range(len(ids))]
    return Items(pl.DataFrame({"item_id": ids, "item_category": kinds, "item_category2": kinds}))


def names_of(history: Interactions, items: Items) -> list[str]:
    return [*SCORES, *feature_names(snapshot_of(history, items, AS_OF).ranker_columns)]


def newest_day(history: Interactions, items: Items) -> TrainingDay:
    data, columns = TrainingData(history, items, AS_OF), wanted(names_of(history, items))
    return next(training_days(data, [28], columns, most_shoppers=5000, seed=1))


def generators_of(day: TrainingDay) -> Generators:
    taste = EASE().fit(day.request.history, day.request.items, day.request.as_of)
    return Generators.of(day.features, day.request, taste)


def seen_on(day: TrainingDay) -> tuple[Features, np.ndarray]:
    """Every feature of every candidate of a past day, and what became of them."""
    generators = generators_of(day)
    found = generators.propose(generators.look(slice(0, len(day.request.users))), NEW_SHARES)
    return features(found, names_of(day.request.history, day.request.items)), day.bought(found, within=28)


def test_features_of_some_candidates_and_some_columns_are_those_among_all(
    busy_shop: Interactions, plants: Items
) -> None:
    day = newest_day(busy_shop, plants)
    generators, names = generators_of(day), names_of(day.request.history, day.request.items)
    found = generators.propose(generators.look(slice(0, len(day.request.users))), NEW_SHARES)
    order = np.random.default_rng(1).permutation(len(found.item))[::2]
    cells, whole, read = Cells(found), features(found, names).values, names[::2]
    assert len(whole) > 1000 and not np.array_equal(whole[::2], whole[order], equal_nan=True)
    np.testing.assert_array_equal(cells.table(names, order), whole[order])
    some = cells.table(names, order, read)
    np.testing.assert_array_equal(some[:, ::2], whole[order][:, ::2])
    assert not some[:, 1::2].any() and whole[order][:, 1::2].any()


def test_a_past_day_sees_nothing_of_what_came_after_it(busy_shop: Interactions, plants: Items) -> None:
    poison = random_shop(seed=99, users=150, items=60, events=9000).after(CUT, 28).frame
    poisoned = Interactions(pl.concat([busy_shop.until(CUT).frame, poison]))
    (clean, bought), (told, bought_then) = (seen_on(newest_day(each, plants)) for each in (busy_shop, poisoned))
    assert len(clean.values) > 1000
    assert clean.names == told.names
    for name in clean.names:
        np.testing.assert_array_equal(clean.of([name]), told.of([name]), err_msg=name)
    assert bought.any() and not np.array_equal(bought, bought_then)


def test_items_of_later_days_are_not_candidates_before_them(busy_shop: Interactions, plants: Items) -> None:
    dated = plants.frame.with_columns(created_date=pl.lit(None, dtype=pl.Date))
    coming = pl.DataFrame(
        {"item_id": ["coming", "just_in"], "created_date": [CUT + timedelta(days=1), CUT - timedelta(days=3)]}
    )
    later = history_of([(user, "sold_first_later", 5, 1) for user in busy_shop.frame["user_id"].unique()])
    catalogue = Items(pl.concat([dated, coming, pl.DataFrame({"item_id": ["sold_first_later"]})], how="diagonal"))
    day = newest_day(Interactions(pl.concat([busy_shop.frame, later.frame])), catalogue)
    assert "just_in" in day.request.items.frame["item_id"]
    assert not {"coming", "sold_first_later"} & set(day.features.vocabulary.ids)


def test_a_product_new_in_a_liked_category_reaches_the_candidates(fitted: TwoStage, plants: Items) -> None:
    shop = random_shop(seed=3, users=150, items=60, events=7000)
    new = {"item_id": ["just_in"], "item_category": ["c1"], "item_category2": ["c1"], "created_date": [AS_OF]}
    catalogue = Items(pl.concat([plants.frame, pl.DataFrame(new)], how="diagonal"))
    frame = fitted.recommend(Request(["u01"], shop, catalogue, AS_OF, k=100, exclude_seen=True)).frame
    sources = dict(frame.select("item_id", "candidate_source").iter_rows())
    assert sources["just_in"] == "new_in_category"


def test_scores_are_probabilities_that_held_for_shoppers_it_did_not_learn_from(
    fitted: TwoStage, busy_shop: Interactions, plants: Items
) -> None:
    frame = fitted.recommend(Request(["u01", "u02", "stranger"], busy_shop, plants, AS_OF, k=10)).frame
    assert len(frame) == 30
    assert frame["score"].is_between(0.0, 1.0, closed="none").all()
    for reliability in fitted.fitted.reliability.values():
        assert len(reliability.promised) == 10
        assert reliability.promised == sorted(reliability.promised)
        assert reliability.error < 0.1


def test_rows_name_the_generator_that_proposed_them(fitted: TwoStage, busy_shop: Interactions, plants: Items) -> None:
    users = busy_shop.frame["user_id"].unique().sort().to_list()
    frame = fitted.recommend(Request(users, busy_shop, plants, AS_OF, k=10)).frame
    own = frame.join(busy_shop.frame.select("user_id", "item_id").unique(), on=["user_id", "item_id"])
    assert set(own["candidate_source"]) == {"buy_it_again"}
    assert set(frame["candidate_source"]) <= set(SOURCES)
    assert len(set(frame["candidate_source"])) > 1


def test_a_shelf_of_own_items_reads_what_the_shelf_of_anything_has_scored(
    fitted: TwoStage, busy_shop: Interactions, plants: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Request(["u01", "u02", "stranger"], busy_shop, plants, AS_OF, k=60)
    anything = fitted.recommend(asked).frame
    monkeypatch.setattr(Generators, "propose", lambda *_: pytest.fail("scored again"))
    own = fitted.recommend(replace(asked, only_seen=True)).frame
    monkeypatch.undo()
    bought = busy_shop.frame.filter(pl.col("user_id").is_in(["u01", "u02"])).select("user_id", "item_id").unique()
    columns = ("user_id", "item_id", "score")
    assert len(own) == len(bought)
    assert own.select(columns).join(anything.select(columns), on=columns).height == len(own)
    others = fitted.recommend(replace(asked, users=["u03"], only_seen=True)).frame
    assert set(others["user_id"]) == {"u03"}


def test_what_was_scored_before_a_refit_is_not_read_after_it(busy_shop: Interactions, plants: Items) -> None:
    asked = Request(["u01", "u02"], busy_shop, plants, AS_OF, k=20)
    again = TwoStage(bags=1, threads=1).fit(busy_shop, plants, AS_OF)
    learned = again.recommend(asked).frame
    again.fit(busy_shop.until(AS_OF - timedelta(days=60)), plants, AS_OF - timedelta(days=60))
    assert not again.recommend(asked).frame.equals(learned)


def test_a_past_day_tells_what_was_bought_soon_from_what_was_bought_later(
    busy_shop: Interactions, plants: Items
) -> None:
    day = newest_day(busy_shop, plants)
    generators = generators_of(day)
    found = generators.propose(generators.look(slice(0, 20)), ALL_SHARES)
    users, items = pl.Series(day.request.users), day.features.vocabulary
    pairs = list(zip(users.gather(found.shopper), items.names(found.item), strict=True))
    for within in (14, 28):
        later = busy_shop.after(CUT, within).frame
        bought = set(later.select("user_id", "item_id").iter_rows())
        assert [pair in bought for pair in pairs] == day.bought(found, within).tolist()
        assert 0 < day.bought(found, within).sum() < len(pairs)


def test_the_number_of_threads_changes_no_list(fitted: TwoStage, busy_shop: Interactions, plants: Items) -> None:
    request = Request(["u01", "u17", "u33"], busy_shop, plants, AS_OF, k=20)
    other = TwoStage(bags=1, threads=2).fit(busy_shop, plants, AS_OF)
    assert other.recommend(request).frame.equals(fitted.recommend(request).frame)


@pytest.mark.parametrize("exclude", [False, True], ids=["anything", "new"])
def test_a_shopper_who_asks_alone_gets_the_ranked_list_of_the_daily_run(
    exclude: bool, fitted: TwoStage, busy_shop: Interactions, plants: Items
) -> None:
    users = busy_shop.frame["user_id"].unique().sort().to_list()

    def ranked(some: list[str]) -> pl.DataFrame:
        return fitted.recommend(Request(some, busy_shop, plants, AS_OF, k=20, exclude_seen=exclude)).frame

    whole = ranked(users)
    for user in users[::40]:
        assert ranked([user]).equals(whole.filter(pl.col("user_id") == user))


def test_what_was_bought_often_and_is_due_comes_first() -> None:
    """Every shopper buys one item each week, the next time tomorrow, and each week another thing never again."""
    weekly = [(f"u{user:03}", f"staple{user % 5}", age, 1) for user in range(200) for age in range(6, 140, 7)]
    once = [(f"u{user:03}", f"once{user % 7}_{age}", age, 1) for user in range(200) for age in range(2, 140, 7)]
    history = history_of([*weekly, *once])
    items = Items.of(history.frame["item_id"].unique())
    lists = TwoStage(bags=1, threads=1).fit(history, items, AS_OF)
    frame = lists.recommend(Request([f"u{user:03}" for user in range(200)], history, items, AS_OF, k=1)).frame
    assert lists.fitted.learned.keys() >= {"all"}
    assert frame["item_id"].to_list() == [f"staple{user % 5}" for user in range(200)]


def test_a_history_too_short_to_learn_from_is_noticed_and_ranked_plainly(
    shop: Interactions, catalogue: Items, caplog: pytest.LogCaptureFixture
) -> None:
    short = Interactions(shop.frame.filter(pl.col("event_date") > AS_OF - timedelta(days=20)))
    with caplog.at_level(logging.WARNING):
        fitted = TwoStage().fit(short, catalogue, AS_OF)
    assert "too few purchases to learn" in caplog.text
    frame = fitted.recommend(Request(["u03"], short, catalogue, AS_OF, k=3)).frame
    bought = set(short.frame.filter(pl.col("user_id") == "u03")["item_id"])
    assert set(frame["item_id"]) <= bought or len(bought) < 3
    assert frame["score"].is_between(0.0, 1.0).all()


def test_the_saved_files_are_texts_and_numbers(fitted: TwoStage, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    assert sorted(file.name for file in tmp_path.glob("*.txt")) == [
        f"{name}_{n}.txt" for name in ("all", "new") for n in (0, 1)
    ]
    loaded = TwoStage.load(tmp_path)
    assert loaded.fitted.reliability == fitted.fitted.reliability
    assert loaded.fitted.learned["all"].importances == fitted.fitted.learned["all"].importances


def test_a_days_placements_share_one_fit_of_taste_one_look_at_the_shop_and_one_reading_of_its_users(
    fitted: TwoStage, busy_shop: Interactions, plants: Items, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted.save(tmp_path)
    loaded, made = TwoStage.load(tmp_path), []
    for kind in (taste.EASE, recommender.DayFeatures, recommender.Groups):
        where = taste if kind is taste.EASE else recommender
        noted = lambda *given, kind=kind, **named: made.append(kind.__name__) or kind(*given, **named)  # noqa: E731
        monkeypatch.setattr(where, kind.__name__, noted)
    profiles = pl.DataFrame({"user_id": ["u01", "stranger"], "country": ["x", "x"]})
    asked = Request(["u01", "stranger"], busy_shop, plants, AS_OF, k=5, profiles=profiles)
    lists = [loaded.recommend(replace(asked, exclude_seen=new)).frame for new in (False, True)]
    assert [len(each) for each in lists] == [10, 10] and not lists[0].equals(lists[1])
    assert sorted(made) == ["DayFeatures", "EASE", "Groups"]
    loaded.recommend(Request(["u01"], busy_shop.until(CUT), plants, CUT, k=5))
    assert sorted(made) == sorted(2 * ["DayFeatures", "EASE", "Groups"]), "another day, another look"
