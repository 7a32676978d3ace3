"""What a shopper of whom nothing was bought yet is shown."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from ml.recommend.newcomers import popular_among_alike
from ml.recommend.protocol import Items, Request
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


def first_of_each(request: Request) -> dict[str, str]:
    top = popular_among_alike(request)
    names = request.items.vocabulary.names(top.column).to_list()
    return {request.users[row]: name for row, name, rank in zip(top.row, names, top.ranks(), strict=True) if rank == 0}


def test_newcomers_get_what_their_like_buy(request_: Request) -> None:
    assert first_of_each(request_) == {"new_n": "snow", "new_s": "sand", "unheard_of": "sand", "only_x": "sand"}


def test_without_a_table_of_users_the_whole_shop_decides(request_: Request) -> None:
    assert set(first_of_each(replace(request_, profiles=None)).values()) == {"sand"}


def test_scores_are_shares_of_the_groups_shoppers(request_: Request) -> None:
    top = popular_among_alike(request_)
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


def test_shoppers_who_bought_are_left_to_others(request_: Request) -> None:
    assert 1 not in set(popular_among_alike(request_).row)
    assert popular_among_alike(replace(request_, users=["n000"])).row.size == 0
