"""What the suites of segments stop, and what they only tell."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from expectations.report import GateReport
from ml.audiences.segments.cohorts import retention
from ml.audiences.segments.columns import PROFILE
from ml.audiences.segments.daily import segments_of
from ml.tables import Col
from tests.audiences.segments.crowd import AS_OF, crowd, model_of

NOW, THEN = crowd(), crowd(seed=2)
TABLES = ("segment", "segment_feature", "segment_member", "segment_transition", "cohort_retention")


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    bought = pl.DataFrame(
        {Col.user_id: ["a", "b"], Col.event_date: [AS_OF.replace(day=1), AS_OF.replace(month=3, day=9)]}
    )
    cohorts = retention(bought, bought, AS_OF, 365)
    made = segments_of({0: NOW, 7: THEN, 28: THEN}, model_of(NOW)).tables
    return {**made, "cohort_retention": cohorts, PROFILE: NOW}


def reports(
    tables: Mapping[str, pl.DataFrame], before: pl.DataFrame | None = None, names: tuple[str, ...] = TABLES
) -> list[GateReport]:
    day = Day(AS_OF, 5, 365, lambda name: tables[name], before=lambda _: before)
    return examine(day, "audiences", names)


def test_a_healthy_day_passes_without_a_warning(tables: dict[str, pl.DataFrame]) -> None:
    found = reports(tables, before=tables["segment_member"])
    assert len(found) == 5 and all(report.passed for report in found)
    assert [check.claim for report in found for check in report.warnings] == []
    assert all(len(table) > 0 for table in tables.values())


first = pl.int_range(pl.len()) == 0
_FAULTS: list[tuple[str, pl.Expr, str]] = [
    ("segment", pl.col("size") + first.cast(pl.Int64), "sizes are those of the members"),
    ("segment", pl.col("size") + first.cast(pl.Int64), "the sizes of a scheme add up to all shoppers"),
    ("segment", pl.when(first).then(pl.lit("")).otherwise("name_en").alias("name_en"), "every segment has a name"),
    ("segment", pl.lit("a name").alias("name_zh"), "no name of a scheme is given twice"),
    ("segment", pl.lit("split").alias("change"), "what was split or merged says from which segments"),
    ("segment_member", pl.lit("s9").alias("segment_id"), "every segment that somebody is in is described"),
    ("segment_member", pl.lit("a stranger").alias("user_id"), "only shoppers are in segments"),
    ("segment_member", pl.lit(None, pl.Float64).alias("map_y"), "every buyer has a place on the map"),
    ("segment_feature", pl.col("rank").reverse(), "ranks run 1, 2, 3… from the largest effect to the smallest"),
    ("segment_feature", pl.lit("s9").alias("segment_id"), "every segment that features are told of is described"),
    ("segment_transition", pl.col("value_before").alias("value_now"), "what moved somebody is named and has changed"),
    (
        "segment_transition",
        pl.col("to_segment").alias("from_segment"),
        "movers come from and are in the segments of the members",
    ),
    ("cohort_retention", pl.col("high") * 0, "shares lie inside their intervals"),
    (
        "cohort_retention",
        pl.lit(99).cast(pl.Int64).alias("active"),
        "of a cohort at most all buy again, in months after it",
    ),
]


def test_broken_tables_are_stopped(tables: dict[str, pl.DataFrame]) -> None:
    for name, fault, claim in _FAULTS:
        changed = dict(tables) | {name: tables[name].with_columns(fault)}
        (report,) = reports(changed, names=(name,))
        assert not report.passed and claim in [check.claim for check in report.failures], (name, claim)


def test_a_shopper_without_a_segment_and_a_mover_who_is_not_told_of_stop_the_day(
    tables: dict[str, pl.DataFrame],
) -> None:
    for name, claim in (
        ("segment_member", "every shopper is in one segment of each scheme"),
        ("segment_transition", "everybody who is in another segment than before is told of"),
    ):
        (report,) = reports(dict(tables) | {name: tables[name].head(-1)}, names=(name,))
        assert [check.claim for check in report.failures] == [claim]


def test_segments_that_are_others_than_the_day_before_are_told(tables: dict[str, pl.DataFrame]) -> None:
    turned = tables["segment_member"].with_columns(
        pl.col("segment_id").shift(1, fill_value="s1").over("scheme").alias("segment_id")
    )
    shuffled = turned.with_columns(pl.col("segment_id").shuffle(seed=1))
    (report,) = reports(tables, before=shuffled, names=("segment_member",))
    assert [check.claim for check in report.warnings] == ["behavioural segments divide shoppers as the day before"]
    (healthy,) = reports(tables, before=tables["segment_member"], names=("segment_member",))
    assert healthy.passed and not healthy.warnings


def test_a_segment_that_doubles_and_one_that_holds_everybody_are_told(tables: dict[str, pl.DataFrame]) -> None:
    grown = tables["segment"].with_columns((pl.col("size") * 5).alias("size_7d"), pl.lit(0.9).alias("share"))
    (report,) = reports(dict(tables) | {"segment": grown}, names=("segment",))
    assert {check.claim for check in report.warnings} == {
        "no large segment grew or shrank by half within a week",
        "no behavioural segment holds nearly everybody",
    }
