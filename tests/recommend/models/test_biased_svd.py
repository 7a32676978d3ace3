"""Ratings, not purchases, decide; dislikes count as such."""

from __future__ import annotations

import polars as pl
import pytest

from ml.recommend.core.interactions import Interactions
from ml.recommend.core.request import Request
from ml.recommend.models.biased_svd import BiasedSVD
from tests.recommend.conftest import AS_OF, PARITY, checkerboard_items


def test_shoppers_are_shown_what_people_of_their_taste_rate_highly(rated_shop: Interactions) -> None:
    model = BiasedSVD(factors=2, regularization=1.0).fit(rated_shop, checkerboard_items(), AS_OF)
    users = [f"u{number:02}" for number in range(PARITY - 1)]
    request = Request(users, rated_shop, checkerboard_items(), AS_OF, k=2, exclude_seen=True)
    frame = model.recommend(request).frame
    first = dict(frame.filter(pl.col("rank") == 1).select("user_id", "item_id").iter_rows())
    assert first == {f"u{number:02}": f"i{number:02}" for number in range(PARITY - 1)}
    assert frame.filter(pl.col("rank") == 1)["score"].min() > 3 > frame.filter(pl.col("rank") == 2)["score"].max()


def test_without_ratings_it_has_no_opinion_and_says_so(
    rated_shop: Interactions, caplog: pytest.LogCaptureFixture
) -> None:
    plain = Interactions(rated_shop.frame)
    request = Request(["u00"], plain, checkerboard_items(), AS_OF, k=3)
    frame = BiasedSVD().fit(plain, checkerboard_items(), AS_OF).recommend(request).frame
    assert frame["candidate_source"].to_list() == ["popularity"] * 3
    assert "nobody rated anything" in caplog.text


def test_a_newcomers_first_ratings_count_without_a_new_fit(rated_shop: Interactions) -> None:
    model = BiasedSVD(factors=2, regularization=1.0).fit(rated_shop, checkerboard_items(), AS_OF)
    taste = rated_shop.ratings.filter(pl.col("user_id") == "u07", pl.col("item_id") < "i06")
    new = taste.with_columns(user_id=pl.lit("new"), purchases=1, quantity=1.0, revenue=0.0)
    frame = pl.concat([rated_shop.frame, new.select(rated_shop.frame.columns)], how="vertical_relaxed")
    later = Interactions(frame, pl.concat([rated_shop.ratings, new.select(rated_shop.ratings.columns)]))
    request = Request(["new"], later, checkerboard_items(), AS_OF, k=5, exclude_seen=True)
    shown = model.recommend(request).frame["item_id"]
    assert all(int(item[1:]) % 2 == 1 for item in shown)


def test_the_latest_rating_of_an_item_counts(rated_shop: Interactions) -> None:
    days = pl.col("event_date").dt.offset_by("-60d")
    earlier = rated_shop.ratings.with_columns(event_date=days, rating=6.0 - pl.col("rating"))
    both = Interactions(rated_shop.frame, pl.concat([earlier, rated_shop.ratings]))
    request = Request(["u03"], both, checkerboard_items(), AS_OF, k=1, exclude_seen=True)
    found = BiasedSVD(factors=2, regularization=1.0).fit(both, checkerboard_items(), AS_OF).recommend(request).frame
    assert found["item_id"].to_list() == ["i03"]
    assert found["score"].item() == pytest.approx(5, abs=1)
