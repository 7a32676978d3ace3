"""``shelduck why``: from a published row back to its reason, rules, policy, model, code and landing files."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import polars as pl
import pytest

from ml.console.passports import as_json, passport_of, show_passport
from ml.errors import NotPublished
from ml.publish.draft import DraftRecord, Input, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.recommend.passport.passport import Passport
from ml.settings import Settings
from ml.terminal import PlainConsole
from ml.words import Language
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
        placement=pl.lit("discover"),
        item_id=pl.lit("item-1"),
        item_name=pl.lit("Name of item-1"),
        candidate_source=pl.lit("als"),
    )
    made["recommendation"] = pl.concat([RECOMMENDATION.checked(part) for part in (other, shelf)])
    made["policy"] = pl.concat([made["policy"], made["policy"].with_columns(placement=pl.lit("discover"))])
    draft = write_draft(settings.drafts_of("recommend") / f"{DAY}-x", RECOMMEND, record, made)
    return publish(
        settings, RECOMMEND, draft, provenance={"dag_run_id": "manual__1", "mlflow_run_id": "run-9"}
    ).version_id


def _asked(settings: Settings, item: str, placement: str = "") -> Passport:
    return passport_of(settings, "7", item, None, placement)


def _printed(settings: Settings, item: str, language: Language = "en") -> str:
    console = PlainConsole(file=StringIO(), width=250)
    show_passport(console, _asked(settings, item), language)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def _rows(text: str, heading: str) -> list[list[str]]:
    """The cells of a table, without its headings."""
    lines = text.split(heading + "\n")[1].split("\n\n", maxsplit=1)[0].splitlines()
    below = next(number for number, line in enumerate(lines) if "───" in line)
    return [
        [cell.strip() for cell in line.strip().split("   ") if cell.strip()]
        for line in lines[below + 1 :]
        if line.strip()
    ]


def test_a_row_tells_its_reason_and_what_a_rule_did_to_it(settings: Settings, version: str) -> None:
    text = _printed(settings, "item-1")
    standing = _rows(text, "Where it stands")
    assert ["item", "item-1  Name of item-1"] in standing and ["shopper", "7"] in standing
    assert ["for_you", "it is on the shelf", "2", "0.5", "word (word)"] in standing
    assert ["for_you", "Because of item-1", "word", "ease", "word"] in _rows(text, "The reason, as it was published")
    ruled = _rows(text, "Rules that touched it")
    assert ["for_you", "spring", "rule_type boost, item_value Herbs, amount 2.0", "rank 5"] in ruled
    assert ["for_you", "drawn with probability 0.2500", "rank 5"] in ruled


def test_a_row_that_no_rule_touched_tells_its_reason_alone(settings: Settings, version: str) -> None:
    text = _printed(settings, "item-0")
    assert ["for_you", "it is on the shelf", "1", "1", "word (word)"] in _rows(text, "Where it stands")
    assert "Rules that touched it" not in text


def test_an_item_on_two_shelves_tells_both_or_the_one_asked_for(settings: Settings, version: str) -> None:
    both = [(each.placement, each.row and each.row.candidate_source) for each in _asked(settings, "item-1").places]
    assert both == [("discover", "als"), ("for_you", "ease")]
    assert [each.placement for each in _asked(settings, "item-1", "for_you").places] == ["for_you"]


def test_the_chain_leads_back_to_policy_model_runs_code_and_landing_files(settings: Settings, version: str) -> None:
    found = json.loads(as_json(_asked(settings, "item-0")))
    links = {each["name"]: each for each in found["chain"]["references"]}
    assert {name: link["value"] for name, link in links.items()} == {
        "policy": "policy-1",
        "version": version,
        "model": "shelf version 7",
        "training_run": "",
        "dag_run": "manual__1",
        "snapshot": "a-day",
        "code": "abc",
    }
    assert links["dag_run"]["page"] == "dags/build_shelves/runs/manual__1"
    assert "MLflow has no such run" in links["training_run"]["note"]
    assert "retention removed it" in links["snapshot"]["note"]
    landed = [(each["path"], each["rows"], each["is_there"]) for each in found["chain"]["landing"]]
    assert landed == [(f"landing/{name}/dt={DAY}", 1_200, False) for name in ("items", "users")]


def test_json_holds_what_the_tables_show_and_nothing_absolute(settings: Settings, version: str) -> None:
    text = as_json(_asked(settings, "item-1"), "zh")
    found = json.loads(text)
    _, place = found["places"]
    assert place["row"]["reason_text"] == "Because of item-1" and place["row"]["rank_before_rules"] == 5
    assert place["rules"] == [
        {"rule_id": "spring", "terms": {"rule_type": "boost", "item_value": "Herbs", "amount": 2.0}}
    ]
    assert str(settings.home) not in text and "快照" in found["notes"][0]


def test_an_item_that_is_on_no_shelf_of_a_day_without_snapshot_is_unknown(settings: Settings, version: str) -> None:
    text = _printed(settings, "item-9")
    assert "the day cannot be ranked again" in text and f"shelduck run --as-of {DAY}" in text


def test_tables_are_in_the_language_that_is_asked_for(settings: Settings, version: str) -> None:
    english, chinese = _printed(settings, "item-1"), _printed(settings, "item-1", "zh")
    assert "Where it stands" in english and "所在位置" in chinese
    assert "Where it stands" not in chinese and "所在位置" not in english


def test_a_shopper_without_a_shelf_is_refused(settings: Settings, version: str) -> None:
    with pytest.raises(NotPublished, match="shopper nobody"):
        passport_of(settings, "nobody", "item-0", None, "")
