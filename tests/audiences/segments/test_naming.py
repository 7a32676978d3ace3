"""Names of behavioural segments."""

from __future__ import annotations

import numpy as np

from ml.audiences.segments.columns import Known
from ml.audiences.segments.naming import names_of, terms_of
from ml.audiences.segments.scaling import UNIT

COLUMNS = (Known.purchase_days_90d, Known.price_index, Known.redemptions_365d)


def named(rows: list[list[float]], before: list[tuple[tuple[str, bool], ...] | None] | None = None) -> list[str]:
    centroids = np.array(rows) * UNIT
    terms = terms_of(COLUMNS, centroids, before or [None] * len(rows))
    words = names_of(terms, [f"s{number}" for number in range(1, len(rows) + 1)])
    assert len({each.en for each in words}) == len({each.zh for each in words}) == len(rows)
    return [each.en for each in words]


def test_a_name_says_the_two_features_that_tell_the_segment_apart_most() -> None:
    assert named([[-0.5, 0.4, 2.0], [1.0, 0.1, -0.2]]) == ["Coupon-redeeming, infrequent shoppers", "Frequent shoppers"]


def test_no_two_segments_have_one_name() -> None:
    assert named([[1.0, 0.9, 0.4], [1.1, 0.8, -0.5]]) == [
        "Frequent, high-price shoppers",
        "Frequent, high-price, coupon-free shoppers",
    ]
    assert named([[0.0, 0.0, 0.0], [0.1, 0.0, 0.0]]) == ["Average shoppers (s1)", "Average shoppers (s2)"]
    assert named([[1.0, 0.0, 0.0], [1.1, 0.0, 0.0]]) == ["Frequent shoppers (s1)", "Frequent shoppers (s2)"]


def test_a_name_stays_while_it_is_true() -> None:
    before = ((Known.price_index, True),)
    assert named([[1.0, 0.4, 0.0]], [before]) == ["High-price shoppers"]
    assert named([[1.0, 0.2, 0.0]], [before]) == ["Frequent shoppers"], "no longer clear"
    assert named([[1.0, -0.6, 0.0]], [before]) == ["Frequent, low-price shoppers"], "the opposite now"
    assert named([[0.1, 0.9, 0.5], [0.5, 0.4, 0.0]], [None, before]) == [
        "High-price, coupon-redeeming shoppers",
        "High-price shoppers",
    ]
