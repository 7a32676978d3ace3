"""What a shopper of whom nothing was bought yet is shown."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from ml.recommend.core.best import Top
from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.two_stage.cold_start import Groups, popular_among_alike
from tests.recommend.conftest import AS_OF, history_of


@pytest.fixture
def request_() -> Request:
    """In the north 200 shoppers buy snow; 300 in the south buy sand; ten in each place bread."""
    north, south = [f"n{number:03}" for number in range(200)], [f"s{number:03}" for number in range(300)]
    events = [(user, "snow", 3, 1) for user in north] + [(user, "sand", 3, 1) for user in south]
    history = history_of(events + [(user, "bread", 9, 1) for user in north[:10] + south[:10]])
    where = dict.fromkeys(north, "N") | dict.fromkeys(south, "S") | {"new_n": "N", "new_s": "S", "only_x": "X"}
    profiles = pl.DataFrame({"user_id": list(where), "country": list(where.values())})
    users = ["new_n", "n000", "new_s", "unheard_of", "only_x"]
    return Request(users, history, Items.of(["bread", "sand", "snow", "unsold"]), AS_OF, k=2, profiles=profiles)


def newcomers(request: Request) -> Top:
    return popular_among_alike(request, Groups(request.history, request.items, request.as_of, request.profiles))


def first_of_each(request: Request) -> dict[str, str]:
    top = newcomers(request)
    names = request.items.vocabulary.names(top.column).to_list()
    return {request.users[row]: name for row, name, rank in zip(top.row, names, top.ranks(), strict=True) if rank == 0}


def test_newcomers_get_what_their_like_buy(request_: Request) -> None:
    assert first_of_each(request_) == {"new_n": "snow", "new_s": "sand", "unheard_of": "sand", "only_x": "sand"}


def test_without_a_table_of_users_the_whole_shop_decides(request_: Request) -> None:
    assert set(first_of_each(replace(request_, profiles=None)).values()) == {"sand"}


def test_scores_are_shares_of_the_groups_shoppers(request_: Request) -> None:
    top = newcomers(request_)
    score = {
        (request_.users[row], column): value for row, column, value in zip(top.row, top.column, top.score, strict=True)
    }
    assert score[("unheard_of", 1)] == pytest.approx(300 / 500, abs=1e-4)
    assert score[("new_n", 2)] == pytest.approx((200 + 50 * 200 / 500) / 250, abs=1e-4)


def test_a_small_group_leans_on_everybody(request_: Request) -> None:
    few = history_of([(f"x{number}", "unsold", 1, 1) for number in range(2)])
    history = type(few)(pl.concat([request_.history.frame, few.frame]))
    profiles = pl.concat([request_.profiles, pl.DataFrame({"user_id": ["x0", "x1"], "country": ["X", "X"]})])
    assert first_of_each(replace(request_, history=history, profiles=profiles))["only_x"] == "sand"


@pytest.fixture
def places(request_: Request) -> Request:
    """Those who signed up in the north were met in a store or on the web; on the web they buy only bread."""
    web = history_of([(f"w{number:03}", "bread", 2, 1) for number in range(120)])
    history = type(web)(pl.concat([request_.history.frame, web.frame]))
    where = [("n", "store", "s1"), ("s", "store", "s2"), ("w", "web", None)]
    rows = [(user, *met[1:]) for user in history.frame["user_id"].unique() for met in where if user[0] == met[0]]
    strangers = [
        ("new_n", "web", None),
        ("new_s", "store", "s1"),
        ("only_x", "store", None),
        ("unheard_of", None, None),
    ]
    met = pl.DataFrame([*rows, *strangers], ["user_id", "last_channel", "last_store_id"], orient="row")
    return replace(request_, history=history, profiles=met.join(request_.profiles, on="user_id", how="left"))


def test_where_a_newcomer_looked_around_counts_before_where_they_signed_up(places: Request) -> None:
    first = first_of_each(places)
    assert first["new_n"] == "bread", "the web's, although they signed up in the north"
    assert first["new_s"] == "snow", "that store's, although they signed up in the south"
    assert first["only_x"] == "sand", "a channel without a store: the stores together"
    assert first["unheard_of"] == "sand", "who was met nowhere is judged as before"


def test_a_store_of_few_leans_on_its_channel(places: Request) -> None:
    few = history_of([(f"f{number}", "unsold", 1, 1) for number in range(2)])
    kin = pl.DataFrame({"user_id": ["f0", "f1", "new_n"], "last_channel": ["web"] * 3, "last_store_id": ["s9"] * 3})
    known = places.profiles.filter(pl.col("user_id") != "new_n")
    history = type(few)(pl.concat([places.history.frame, few.frame]))
    leaning = replace(places, history=history, profiles=pl.concat([known, kin], how="diagonal"))
    assert first_of_each(leaning)["new_n"] == "bread"


def test_shoppers_who_bought_are_left_to_others(request_: Request) -> None:
    assert 1 not in set(newcomers(request_).row)
    assert newcomers(replace(request_, users=["n000"])).row.size == 0
