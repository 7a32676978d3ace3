"""What the gates of copy stop: each claim, broken in a day that is otherwise healthy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from expectations.report import GateReport
from ml.copy.daily import compute
from ml.copy.outputs import TABLES
from testkit.copy_shop import DAY, copy_day

BRIEFS = (
    {"brief_id": "tea", "audience_id": "tea", "percent_off": 20.0, "link": "https://shop.example/", "language": "en"},
    {"brief_id": "all", "channel": "push", "language": "en"},
    {"brief_id": "few", "audience_id": "few"},
)
REFUSED = "briefs reach nobody who refused marketing, those for everybody nobody who has not consented"
KEY = ("brief_id", "language", "channel", "arm")


@cache
def tables() -> dict[str, pl.DataFrame]:
    """A day's tables: of the snapshot and of the draft, with all variants approved and some findings."""
    shown = compute(copy_day(Path("nowhere"), dim_copy_brief=BRIEFS)).tables["copy_variant"].unique(KEY)
    decisions = [
        {
            **{name: row[name] for name in (*KEY, "variant_hash")},
            "decision_id": str(at),
            "decision": "approve",
            "decided_at": "2026-03-01T09:00:00Z",
        }
        for at, row in enumerate(shown.iter_rows(named=True))
    ]
    edit = {"decision_id": "e", "brief_id": "tea", "language": "en", "channel": "sms", "arm": 1, "decision": "edit"}
    wrong = {**edit, "part": "sms", "text": "90% off", "decided_at": "2026-03-01T09:00:00Z"}
    day = copy_day(Path("nowhere"), dim_copy_brief=BRIEFS, copy_decision=[*decisions, wrong])
    return {**day.frames, **compute(day).tables}


def report_of(table: str, changed: Mapping[str, pl.DataFrame] | None = None) -> GateReport:
    read = tables() | dict(changed or {})
    (report,) = examine(Day(DAY, 5, 365, lambda name: read[name], consent="assumed"), "copy", (table,))
    return report


def with_one(table: str, **values: object) -> dict[str, pl.DataFrame]:
    """A table with other values in its first row."""
    rows = tables()[table].with_row_index("place")
    changed = [
        pl.when(pl.col("place") == 0).then(pl.lit(value, rows.schema[name])).otherwise(name).alias(name)
        for name, value in values.items()
    ]
    return {table: rows.with_columns(changed).drop("place")}


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_healthy_day_passes_without_a_warning(table: str) -> None:
    report = report_of(table)
    assert report.passed and not report.warnings and len(tables()[table]) > 0


@pytest.mark.parametrize(
    ("table", "values", "claim"),
    [
        ("copy_brief", {"variants": 99}, "variants are counted as they are published"),
        ("copy_brief", {"approved": 99}, "approved variants are counted as they are published"),
        ("copy_brief", {"withheld": "no"}, "nothing is written for a brief that is withheld"),
        ("copy_fact", {"source": " "}, "every fact has a kind, a value and a source"),
        ("copy_fact", {"brief_id": "few"}, "facts belong to briefs that are written"),
        ("copy_fact", {"item_id": "i19"}, "facts of products belong to products of their brief"),
        ("copy_fact", {"item_id": "i999"}, "products are in the catalogue"),
        ("copy_variant", {"text": " "}, "every text says something"),
        ("copy_variant", {"characters": 9_999}, "no text is longer than its channel takes"),
        ("copy_variant", {"text": "Hello {name}"}, "braces hold slots that copy_recipient fills"),
        ("copy_variant", {"text": "https://evil.example/x"}, "every link is one of the brief's facts"),
        ("copy_variant", {"channel": "email"}, "variants have all parts of their channel"),
        ("copy_variant", {"status": "sent"}, "the parts of a variant have one status, hash and sheet"),
        ("copy_variant", {"template_id": None}, "a template's or model's text says which"),
        ("copy_check", {"rule": ""}, "every finding has a rule and the words that broke it"),
        ("copy_check", {"brief_id": "unknown"}, "findings belong to known briefs"),
        ("copy_recipient", {"arm": 9}, "arms are approved in the shopper's language"),
        ("copy_recipient", {"loyalty": ""}, "every slot has a value or the words for those of whom nothing is known"),
        ("copy_recipient", {"first_product": "x" * 41}, "values of slots are as short as texts were measured with"),
        ("copy_recipient", {"user_id": "nobody"}, "the shop knows every shopper"),
        ("copy_recipient", {"user_id": "s001"}, REFUSED),
        ("copy_recipient", {"user_id": "s001", "brief_id": "tea"}, REFUSED),
    ],
)
def test_a_broken_claim_stops_the_day(table: str, values: dict[str, object], claim: str) -> None:
    assert claim in [check.claim for check in report_of(table, with_one(table, **values)).failures]


def test_a_brief_that_got_lost_stops_the_day() -> None:
    fewer = {"copy_brief": tables()["copy_brief"].filter(pl.col("brief_id") != "few")}
    claims = [check.claim for check in report_of("copy_brief", fewer).failures]
    assert claims == ["every brief that the shop has landed and not switched off has a row"]


def test_a_day_without_briefs_passes() -> None:
    day = copy_day(Path("nowhere"))
    read = {**day.frames, **compute(day).tables}
    names = [table.name for table in TABLES]
    assert all(each.passed for each in examine(Day(DAY, 5, 365, lambda name: read[name]), "copy", names))


def test_most_texts_of_a_model_refused_and_findings_in_templates_are_told() -> None:
    replaced = tables()["copy_variant"].with_columns(reason=pl.lit("language model's text refused: price"))
    report = report_of("copy_variant", {"copy_variant": replaced})
    assert report.passed and [check.claim for check in report.warnings] == [
        "most texts of the language model can be used"
    ]
    told = report_of("copy_check", with_one("copy_check", writer="template", rule="price"))
    assert told.passed and [check.claim for check in told.warnings] == ["texts of templates pass"]
