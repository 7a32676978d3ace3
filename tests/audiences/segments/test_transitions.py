"""Who moved, and which feature moved them; on shoppers whose change is known."""

from __future__ import annotations

import polars as pl
import pytest

from ml.audiences.columns import Scheme
from ml.audiences.outputs import SEGMENT, SEGMENT_MEMBER, SEGMENT_TRANSITION
from ml.audiences.segments.behaviour import NO_PURCHASE
from ml.audiences.segments.columns import Known
from ml.audiences.segments.daily import segments_of
from ml.tables import Col
from tests.audiences.segments.crowd import crowd, judged, model_of

NOW = crowd()
MODEL = model_of(NOW)
BUYER, CLIPPER, LOST, NEWCOMER = "regulars 003", "regulars 007", "regulars 011", "gone 002"


def changed(frame: pl.DataFrame, user: str, **values: object) -> pl.DataFrame:
    """The frame with other values for one shopper."""
    is_one = pl.col(Col.user_id) == user
    return frame.with_columns(
        pl.when(is_one).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
        for name, value in values.items()
    )


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """A week ago one shopper redeemed coupons, one was long gone, one had bought nothing; one was not there at all."""
    then = changed(NOW, CLIPPER, **{Known.redemptions_365d: 8})
    then = changed(then, LOST, **{Known.days_since_last_purchase: 90, Known.purchase_days_90d: 1})
    nothing = {name: None for name in then.columns if name != Col.user_id}
    then = changed(then, BUYER, **nothing).filter(pl.col(Col.user_id) != NEWCOMER)
    return dict(segments_of({0: NOW, 7: judged(then)}, MODEL).tables)


def moves(tables: dict[str, pl.DataFrame], scheme: Scheme, user: str) -> dict[str, object]:
    rows = tables[SEGMENT_TRANSITION.name].filter(pl.col("scheme") == scheme, pl.col(Col.user_id) == user)
    assert len(rows) == 1, rows
    return rows.row(0, named=True)


def test_a_behavioural_move_names_the_feature_that_did_most_with_its_values(tables: dict[str, pl.DataFrame]) -> None:
    clipped = moves(tables, Scheme.BEHAVIOUR, CLIPPER)
    assert (clipped["from_segment"], clipped["to_segment"]) == ("s4", "s1")
    assert (clipped["moved_by"], clipped["value_before"], clipped["value_now"]) == (Known.redemptions_365d, 8.0, 0.0)
    back = moves(tables, Scheme.BEHAVIOUR, LOST)
    assert (back["from_segment"], back["to_segment"]) == ("s3", "s1")
    assert back["moved_by"] in (Known.days_since_last_purchase, Known.purchase_days_90d)


def test_who_had_bought_nothing_was_moved_by_buying(tables: dict[str, pl.DataFrame]) -> None:
    for scheme, was in ((Scheme.RFM, NO_PURCHASE), (Scheme.BEHAVIOUR, NO_PURCHASE), (Scheme.LIFECYCLE, "prospect")):
        bought = moves(tables, scheme, BUYER)
        assert (bought["from_segment"], bought["moved_by"], bought["value_before"]) == (
            was,
            Known.purchase_days_365d,
            0.0,
        )


def test_a_stage_moves_by_the_input_of_its_rule_that_crossed_the_threshold(tables: dict[str, pl.DataFrame]) -> None:
    back = moves(tables, Scheme.LIFECYCLE, LOST)
    assert (back["from_segment"], back["to_segment"], back["moved_by"]) == ("lapsed", "active", Known.overdue_ratio)
    assert back["value_before"] > 4 and back["value_now"] < 2  # type: ignore[operator]


def test_of_a_stage_whose_ratio_was_passed_before_the_days_decide() -> None:
    base = {Known.overdue_ratio: 5.0, Known.days_since_last_purchase: 27, Known.lifecycle_stage: "at_risk"}
    then = changed(NOW, BUYER, **base)
    now = changed(then, BUYER, **{Known.days_since_last_purchase: 34, Known.lifecycle_stage: "lapsed"})
    row = moves(dict(segments_of({0: now, 7: then}, None).tables), Scheme.LIFECYCLE, BUYER)
    assert (row["moved_by"], row["value_before"], row["value_now"]) == (Known.days_since_last_purchase, 27.0, 34.0)


@pytest.mark.parametrize(
    ("then", "now", "moved_by"),
    [
        ((5, 5, 5), (2, 5, 5), Known.recency_score),
        ((5, 1, 1), (5, 1, 4), Known.monetary_score),
        ((5, 1, 5), (5, 5, 5), Known.frequency_score),
        ((3, 3, 3), (3, 5, 4), Known.frequency_score),
        ((2, 3, 3), (1, 1, 3), Known.frequency_score),  # recency alone leads nowhere
    ],
)
def test_an_rfm_class_moves_by_the_score_that_leads_out_of_it(
    then: tuple[int, int, int], now: tuple[int, int, int], moved_by: str
) -> None:
    names = (Known.recency_score, Known.frequency_score, Known.monetary_score)
    before, after = (changed(NOW, BUYER, **dict(zip(names, scores, strict=True))) for scores in (then, now))
    row = moves(dict(segments_of({0: after, 7: before}, None).tables), Scheme.RFM, BUYER)
    place = names.index(moved_by)
    assert (row["moved_by"], row["value_before"], row["value_now"]) == (moved_by, then[place], now[place])


def test_everybody_who_is_elsewhere_is_told_of_and_nobody_else(tables: dict[str, pl.DataFrame]) -> None:
    members, moved = tables[SEGMENT_MEMBER.name], tables[SEGMENT_TRANSITION.name]
    elsewhere = members.filter(pl.col("segment_7d") != pl.col("segment_id")).select("scheme", Col.user_id)
    assert len(moved) > 5 and moved.select("scheme", Col.user_id).sort(pl.all()).equals(elsewhere.sort(pl.all()))
    assert (moved["days_before"] == 7).all() and moved["value_now"].null_count() == 0


def test_days_that_are_not_known_are_null_and_newcomers_have_no_segment_before(tables: dict[str, pl.DataFrame]) -> None:
    members, segments = tables[SEGMENT_MEMBER.name], tables[SEGMENT.name]
    assert members["segment_28d"].null_count() == len(members) and segments["size_28d"].null_count() == len(segments)
    assert members.filter(pl.col("segment_7d").is_null())[Col.user_id].unique().to_list() == [NEWCOMER]
    sizes = segments.group_by("scheme").agg(pl.col("size").sum(), pl.col("size_7d").sum())
    assert set(sizes["size"]) == {len(NOW)} and set(sizes["size_7d"]) == {len(NOW) - 1}
