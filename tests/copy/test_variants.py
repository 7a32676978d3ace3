"""Which text of a part is published: a person's, a language model's or a template's, and what is told of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.copy.daily import compute
from ml.copy.sheets.daily import requests_of
from testkit.copy_shop import copy_day

BRIEF = {
    "brief_id": "b",
    "channel": "push",
    "language": "en",
    "percent_off": 20.0,
    "code": "SPRING20",
    "arms": 2,
    "link": "https://shop.example/",
}
ITEMS = ({"brief_id": "b", "item_id": "i0"}, {"brief_id": "b", "item_id": "i1"})
TRUE = "A good day for Alpine Coffee: 20% off with SPRING20."
FALSE = "Alpine Coffee: 30% off."
ARM = {"brief_id": "b", "language": "en", "channel": "push", "arm": 1}


def _day(tmp_path: Path, brief: Mapping[str, Any] = BRIEF, **landed: Sequence[Mapping[str, Any]]) -> Any:
    return copy_day(tmp_path, dim_copy_brief=[brief], dim_copy_brief_item=ITEMS, **landed)


def _model(tmp_path: Path, text: str, text_id: str = "t", **other: Any) -> dict[str, Any]:
    request = requests_of(_day(tmp_path)).requests[0]
    row = {"text_id": text_id, "sheet_id": request.sheet_id, "brief_id": "b", "language": "en", "arm": 1}
    return {**row, "part": "push", "text": text, "model": "small", **other}


def _edit(text: str, **other: Any) -> dict[str, Any]:
    row = {"decision_id": "e", "decision": "edit", "part": "push", "text": text, "decided_at": "2026-03-01T09:00:00Z"}
    return {**ARM, **row, **other}


def _first(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    return tables["copy_variant"].filter(pl.col("arm") == 1).row(0, named=True)


def test_a_template_writes_where_nobody_else_did(tmp_path: Path) -> None:
    row = _first(compute(_day(tmp_path)).tables)
    assert (row["writer"], row["template_id"], row["reason"]) == ("template", "en/push/plain/offer", "")
    assert row["characters"] == len(row["text"]) and "20% off" in row["text"] and row["status"] == "proposed"


def test_a_true_text_of_a_language_model_goes_before_the_templates(tmp_path: Path) -> None:
    row = _first(compute(_day(tmp_path, copy_text=[_model(tmp_path, TRUE)])).tables)
    assert (row["text"], row["writer"], row["text_id"], row["model"]) == (TRUE, "language_model", "t", "small")
    assert row["template_id"] is None and row["reason"] == ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (FALSE, "discount"),
        ("{first_product} for you. " + "Tea time. " * 13, "length"),
        ("See https://shop.example/?utm_content=2", "link"),
        ("Northern Light Vodka for you.", "product"),
    ],
)
def test_an_untrue_or_too_long_text_is_replaced_and_told(tmp_path: Path, text: str, rule: str) -> None:
    tables = compute(_day(tmp_path, copy_text=[_model(tmp_path, text)])).tables
    row, checks = _first(tables), tables["copy_check"].filter(pl.col("arm") == 1)
    assert row["writer"] == "template" and row["reason"].startswith("language model's text refused: ")
    assert rule in set(checks["rule"]) and set(checks["writer"]) == {"language_model"}


def test_of_several_texts_the_first_true_one_counts(tmp_path: Path) -> None:
    texts = [_model(tmp_path, TRUE, "t2"), _model(tmp_path, FALSE, "t1")]
    row = _first(compute(_day(tmp_path, copy_text=texts)).tables)
    assert row["text_id"] == "t2" and "refused: discount" in row["reason"]


def test_a_text_for_other_facts_is_not_used(tmp_path: Path) -> None:
    text = _model(tmp_path, TRUE)
    row = _first(compute(_day(tmp_path, {**BRIEF, "percent_off": 25.0}, copy_text=[text])).tables)
    assert row["writer"] == "template" and row["reason"] == ""


def test_a_persons_edit_goes_before_all_and_the_latest_counts(tmp_path: Path) -> None:
    edits = [
        _edit("Alpine Coffee, 20% off.", reason="shorter"),
        _edit("Nothing.", decision_id="a", decided_at="2026-02-01T09:00:00Z"),
    ]
    row = _first(compute(_day(tmp_path, copy_text=[_model(tmp_path, TRUE)], copy_decision=edits)).tables)
    assert (row["text"], row["writer"], row["reason"]) == ("Alpine Coffee, 20% off.", "person", "edited: shorter")


def test_an_untrue_edit_is_refused_like_any_text(tmp_path: Path) -> None:
    tables = compute(_day(tmp_path, copy_text=[_model(tmp_path, TRUE)], copy_decision=[_edit(FALSE)])).tables
    row = _first(tables)
    assert (row["text"], row["writer"]) == (TRUE, "language_model") and row["reason"].startswith(
        "edit refused: discount"
    )
    assert tables["copy_check"]["writer"].to_list() == ["person"]


def test_an_approval_holds_for_the_texts_that_were_seen_and_no_others(tmp_path: Path) -> None:
    shown = _first(compute(_day(tmp_path)).tables)
    approval = {
        **ARM,
        "decision_id": "a",
        "decision": "approve",
        "variant_hash": shown["variant_hash"],
        "who": "ann",
        "decided_at": "2026-03-01T10:00:00Z",
    }
    approved = compute(_day(tmp_path, copy_decision=[approval])).tables
    assert (_first(approved)["status"], _first(approved)["decided_by"]) == ("approved", "ann")
    assert approved["copy_brief"]["approved"].to_list() == [1]
    changed = compute(_day(tmp_path, copy_decision=[approval, _edit(TRUE)])).tables
    assert (_first(changed)["status"], _first(changed)["decided_by"]) == ("proposed", None)
    assert changed["copy_recipient"].is_empty() and len(approved["copy_recipient"]) > 0


def test_an_arm_that_says_what_another_says_is_dropped_with_its_reason(tmp_path: Path) -> None:
    texts = [_model(tmp_path, TRUE, f"t{arm}", arm=arm) for arm in (1, 2)]
    tables = compute(_day(tmp_path, copy_text=texts)).tables
    assert tables["copy_variant"]["arm"].to_list() == [1]
    check = tables["copy_check"].row(0, named=True)
    assert (check["arm"], check["rule"], check["found"]) == (2, "duplicate", "as variant 1")


@pytest.mark.parametrize(("decision", "kept"), [("approve", [2]), ("reject", [1, 2])])
def test_an_approved_arm_stays_where_another_says_the_same_and_a_rejected_one_drops_none(
    tmp_path: Path, decision: str, kept: list[int]
) -> None:
    other = _model(tmp_path, TRUE, "t2", arm=2)
    tables = compute(_day(tmp_path, copy_text=[other])).tables
    seen = tables["copy_variant"].filter(pl.col("arm") == 2).row(0, named=True)
    decided = {**ARM, "arm": 2, "decision_id": "d", "decision": decision, "variant_hash": seen["variant_hash"]}
    texts = [other, _model(tmp_path, TRUE, "t1")]
    day = _day(tmp_path, copy_text=texts, copy_decision=[{**decided, "decided_at": "2026-03-01T10:00:00Z"}])
    made = compute(day).tables
    assert made["copy_variant"]["arm"].to_list() == kept
    twins = made["copy_check"].filter(pl.col("rule") == "duplicate").select("arm", "found").rows()
    assert twins == ([(1, "as variant 2")] if decision == "approve" else [])


def test_the_same_day_twice_is_the_same_to_the_last_byte(tmp_path: Path) -> None:
    landed = {"copy_text": [_model(tmp_path, FALSE)], "copy_decision": [_edit(TRUE)]}
    first, second = (
        compute(_day(tmp_path, {**BRIEF, "channel": None, "language": None}, **landed)).tables for _ in range(2)
    )
    assert {name: table.to_dicts() for name, table in first.items()} == {
        name: table.to_dicts() for name, table in second.items()
    }
    assert len(first["copy_variant"]) > 20
