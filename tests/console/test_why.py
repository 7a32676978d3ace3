"""``shelduck why``: from a published row back to its reason, rules, policy, model, code and landing files."""

from __future__ import annotations

from datetime import date
from io import StringIO

import polars as pl
import pytest

from ml.console.showcase import show_why
from ml.errors import NotPublished
from ml.publish.draft import DraftRecord, Input, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from ml.terminal import PlainConsole
from testkit.published import tables

DAY = date(2025, 3, 1)
POLICY = {
    "policy_id": "policy-1",
    "model_name": "shelf",
    "model_version": 7,
    "recipes": {"for_you": "ease"},
    "rules": [{"rule_id": "spring", "rule_type": "boost", "item_value": "Herbs", "amount": 2.0}],
}


@pytest.fixture
def version(settings: Settings) -> str:
    """Shopper 7 has ``item-1`` on two shelves: on ``for_you`` by a rule and drawn, on ``discover`` as ranked."""
    inputs = tuple(Input(table=name, arrival_date=DAY, content_hash=name, rows=1_200) for name in ("items", "users"))
    record = DraftRecord(
        capability="recommend",
        as_of_date=DAY,
        slice="slices/a-day",
        inputs_hash="x",
        inputs=inputs,
        policy=POLICY,
        code_revision="abc",
    )
    made = tables(DAY, "word")
    ruled = pl.col("rank") == 2
    ranked = RECOMMENDATION.checked(made["recommendation"])
    shelf = ranked.with_columns(
        item_name=pl.concat_str(pl.lit("Name of "), "item_id"),
        reason_text=pl.concat_str(pl.lit("Because of "), "item_id"),
        candidate_source=pl.lit("ease"),
        rules_applied=pl.when(ruled).then(pl.lit(["spring"])).otherwise(pl.col("rules_applied")),
        rank_before_rules=pl.when(ruled).then(5).otherwise(pl.col("rank")),
        propensity=pl.when(ruled).then(0.25).otherwise(1.0),
    )
    other = ranked.head(1).with_columns(
        placement=pl.lit("discover"), item_id=pl.lit("item-1"), candidate_source=pl.lit("als")
    )
    made["recommendation"] = pl.concat([RECOMMENDATION.checked(part) for part in (other, shelf)])
    draft = write_draft(settings.drafts_of("recommend") / f"{DAY}-x", RECOMMEND, record, made)
    return publish(
        settings, RECOMMEND, draft, provenance={"dag_run_id": "manual__1", "mlflow_run_id": "run-9"}
    ).version_id


def _told(settings: Settings, user: str, item: str) -> list[str]:
    console = PlainConsole(file=StringIO(), width=200)
    show_why(settings, console, user, item)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def test_a_row_tells_its_reason_and_what_a_rule_did_to_it(settings: Settings, version: str) -> None:
    lines = _told(settings, "7", "item-1")
    at = lines.index("  for_you rank 2, proposed by ease")
    assert lines[at : at + 4] == [
        "  for_you rank 2, proposed by ease",
        "    Because of item-1",
        "    rule spring (rule_type boost, item_value Herbs, amount 2.0): rank 5 without rules",
        "    drawn with probability 0.2500",
    ]


def test_a_row_that_no_rule_touched_tells_its_reason_alone(settings: Settings, version: str) -> None:
    lines = _told(settings, "7", "item-0")
    assert lines[:3] == [
        f"Name of item-0 for shopper 7, as of {DAY}",
        "  for_you rank 1, proposed by ease",
        "    Because of item-0",
    ]
    assert lines[3].startswith("  policy ")


def test_an_item_on_two_shelves_tells_both(settings: Settings, version: str) -> None:
    shown = [line for line in _told(settings, "7", "item-1") if "proposed by" in line]
    assert shown == ["  discover rank 1, proposed by als", "  for_you rank 2, proposed by ease"]


def test_the_facts_lead_back_to_policy_model_runs_code_and_landing_files(settings: Settings, version: str) -> None:
    lines = _told(settings, "7", "item-0")
    facts = {line[2:16].strip(): line[16:].strip() for line in lines[3:]}
    of_any_version = {"written_at", "git_commit"}  # the clock; the commit, where there is a repository
    assert {fact: value for fact, value in facts.items() if fact not in of_any_version} == {
        "policy": "policy-1",
        "model": "shelf version 7",
        "recipes": "{'for_you': 'ease'}",
        "rules": "spring",
        "dag_run_id": "manual__1",
        "mlflow_run_id": "run-9",
        "code": "abc",
        "slice": "slices/a-day",
        "inputs": "2 landing partitions, 2,400 rows",
        "version": version,
    }


def test_an_item_that_is_on_no_shelf_of_the_shopper_is_refused_with_the_next_command(
    settings: Settings, version: str
) -> None:
    with pytest.raises(NotPublished, match=r"item item-9 for shopper 7.*Run: shelduck shelf 7"):
        _told(settings, "7", "item-9")


def test_a_shopper_without_a_shelf_is_refused(settings: Settings, version: str) -> None:
    with pytest.raises(NotPublished, match="shopper nobody"):
        _told(settings, "nobody", "item-0")
