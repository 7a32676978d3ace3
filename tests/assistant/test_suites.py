"""What the gates of the assistant stop: each claim, broken in a day that is otherwise healthy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from expectations.report import GateReport
from ml.assistant.daily import compute
from ml.assistant.outputs import TABLES
from testkit.assistant_shop import DAY, assistant_day


@cache
def tables() -> dict[str, pl.DataFrame]:
    """A day's tables: of the snapshot and of the draft."""
    day = assistant_day()
    return {**day.frames, **compute(day).tables}


def report_of(table: str, changed: Mapping[str, pl.DataFrame], consent: str = "landed") -> GateReport:
    read = tables() | dict(changed)
    (report,) = examine(Day(DAY, 5, 365, lambda name: read[name], consent=consent), "assistant", (table,))
    return report


def claims(table: str, changed: Mapping[str, pl.DataFrame], consent: str = "landed") -> list[str]:
    """What the gate of a table says is broken."""
    return [check.claim for check in report_of(table, changed, consent).failures]


def with_one(table: str, subject: str, **values: object) -> dict[str, pl.DataFrame]:
    """A table with other values in the rows of one subject or source."""
    rows = tables()[table]
    is_it = pl.any_horizontal(pl.col(name) == subject for name in ("subject", "kind") if name in rows.columns)
    assert not rows.filter(is_it).is_empty()
    changed = (pl.when(is_it).then(pl.lit(value, rows.schema[name])).otherwise(name) for name, value in values.items())
    return {table: rows.with_columns(each.alias(name) for each, name in zip(changed, values, strict=True))}


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_healthy_day_passes_without_a_warning(table: str) -> None:
    report = report_of(table, {})
    assert report.passed and not report.warnings and len(tables()[table]) > 0


@pytest.mark.parametrize(
    ("table", "subject", "values", "claim"),
    [
        ("assistant_context", "product", {"text": "x" * 1201 + " [1]"}, "no document is longer than 1200 characters"),
        ("assistant_context", "product", {"text": "It is good."}, "every line of a document has a citation"),
        ("assistant_context", "product", {"citations": []}, "every line of a document has a citation"),
        ("assistant_context", "customer", {"user_id": "bob"}, "no document is about a customer who did not agree"),
        ("assistant_context", "customer", {"user_id": "cem"}, "no document is about a customer who did not agree"),
        (
            "assistant_context",
            "customer",
            {"subject_id": "bob"},
            "documents about customers, and no others, name their customer",
        ),
        (
            "assistant_context",
            "product",
            {"user_id": "ann"},
            "documents about customers, and no others, name their customer",
        ),
        ("assistant_passage", "document", {"text": " \n"}, "no passage is empty"),
        (
            "assistant_passage",
            "document",
            {"source": "shop_documents party en"},
            "every document that is cited is there and switched on",
        ),
        (
            "assistant_passage",
            "document",
            {"source": "shop_documents returns zh"},
            "every document that is switched on has a passage",
        ),
    ],
)
def test_a_broken_claim_stops_the_day(table: str, subject: str, values: dict[str, object], claim: str) -> None:
    assert claim in claims(table, with_one(table, subject, **values))


def test_a_day_without_documents_stops() -> None:
    assert claims("assistant_context", {"assistant_context": tables()["assistant_context"].clear()}) == [
        "there are documents"
    ]


def test_where_consent_is_assumed_only_those_who_refused_stop_the_day() -> None:
    silent, refused = (
        with_one("assistant_context", "customer", user_id=user, subject_id=user) for user in ("x", "bob")
    )
    assert claims("assistant_context", silent, "assumed") == []
    assert claims("assistant_context", refused, "assumed") == ["no document is about a customer who did not agree"]


def test_a_shop_without_documents_passes() -> None:
    none = tables()["dim_shop_document"].clear()
    passages = compute(assistant_day(dim_shop_document=none)).tables["assistant_passage"]
    assert len(passages) and not claims("assistant_passage", {"dim_shop_document": none, "assistant_passage": passages})
