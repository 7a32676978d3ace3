"""A plan's brief is landed once, its estimate says what it assumes, and its steps stop where a person wants to look."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import polars as pl
import pytest

from ml.copy.approval.questions import plan_file
from ml.copy.campaigns import steps
from ml.copy.campaigns.asked import STEPS, Asked, Step, asked_of
from ml.copy.campaigns.brief import brief_rows, land_brief
from ml.copy.campaigns.estimate import estimated, purchases, responses, wilson
from ml.copy.campaigns.records import not_yet, records_of
from ml.errors import PlanRefused
from ml.landing.check import check
from ml.landing.folder import close_day
from ml.settings import Settings
from testkit.campaign_shop import LEAVING, MEMBERS, TEA, WINE, published
from testkit.copy_published import BRIEF, tables

FULL = {
    "goal": "win_back", "as_of": "2026-03-01", "cost_per_message": 0.05, "budget": 20, "currency": "USD",
    "channel": "email", "language": "en", "tone": "warm", "occasion": "Spring wine week", "percent_off": 20,
    "code": "SPRING", "start_date": "2026-03-03", "end_date": "2026-03-09", "link": "https://shop.example/wine",
    "arms": 2,
}  # fmt: skip


def _asked(**more: object) -> Asked:
    return asked_of({**FULL, **more})


def _landed(settings: Settings) -> dict[str, str]:
    files = sorted(settings.landing_dir.glob("copy_*/dt=*/*"))
    return {file.relative_to(settings.landing_dir).as_posix(): file.read_text() for file in files}


def test_the_brief_is_landed_as_the_contract_wants_it_and_once(settings: Settings) -> None:
    settings.landing_dir.mkdir(parents=True)
    close_day(settings, _asked().as_of)
    record, new = land_brief(settings, _asked(), LEAVING, [WINE, TEA])
    assert len(new) == 2 and not check(settings.landing_dir, settings).faults
    before = _landed(settings)
    (briefs,) = (json.loads(text) for name, text in before.items() if name.startswith("copy_briefs/"))
    assert (briefs["brief_id"], briefs["audience_id"], briefs["percent_off"]) == (
        record.chosen["brief_id"],
        LEAVING,
        20,
    )
    again, none = land_brief(settings, _asked(most_steps=3), LEAVING, [WINE, TEA])
    assert again.chosen == record.chosen and none == [] and _landed(settings) == before
    assert "landed before" in again.summary
    assert land_brief(settings, _asked(tone="formal"), LEAVING, [WINE, TEA])[1] != []


def test_the_id_of_a_brief_tells_every_content_apart() -> None:
    plans = [(LEAVING, [WINE, TEA]), (LEAVING, [TEA, WINE]), ("loyal", [WINE, TEA])]
    ids = [brief_rows(asked, *plan)[0] for asked in (_asked(), _asked(percent_off=10)) for plan in plans]
    assert len(set(ids)) == 6 and all(each.startswith("win_back_20260301_") for each in ids)


def test_the_estimate_gives_intervals_and_says_what_is_assumed() -> None:
    text = estimated(published(), _asked(), LEAVING, variants=6).text
    assert "Reaches 40 shoppers; cost: 2.00 USD." in text
    rows = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("| ")}
    assert "published size; consent\\: granted" in rows["members who may be written to"]
    assert "| 7 | they get nothing" in rows["who fit without consent"]
    assert "| 20 | 2 arms of equal size, 6 variants written" in rows["shoppers per arm"]
    assert "| 10 \\(5 to 15\\) | assumption\\: no effect" in rows["members who buy in 28 days anyway"]
    assert "25\\.0 % of the campaigns that members got in 365 days were redeemed" in rows["members who respond"]
    assert "percentage points" in rows["smallest difference between two arms"]


def test_expected_purchases_are_the_sum_of_probabilities_within_two_deviations() -> None:
    read = published()
    members = pl.Series(MEMBERS[LEAVING])
    found = purchases(read.predictions, members)
    spread = 1.96 * sqrt(40 * 0.25 * 0.75)
    assert found and (found.value, found.low, found.high) == pytest.approx((10, 10 - spread, 10 + spread))
    assert purchases(None, members) is None and purchases(read.predictions, pl.Series(["nobody"])) is None


def test_past_responses_are_counted_over_messages_and_unknown_ones_are_not_guessed() -> None:
    read, members = published(), pl.Series(MEMBERS[LEAVING])
    found = responses(read.profiles, members)
    assert found and found[0] == "redeemed" and found[1] == wilson(40, 160)
    assert responses(read.profiles, pl.Series(MEMBERS["loyal"])) is None and responses(None, members) is None
    assert "not known" in estimated(published(with_predictions=False), _asked(), LEAVING, 6).text
    assert wilson(0, 10).low == 0.0 < wilson(0, 10).high and wilson(10, 10).high == pytest.approx(1.0)


def test_money_stops_a_plan_with_the_amounts() -> None:
    with pytest.raises(PlanRefused, match=r"costs 2\.00 of a budget of 1\.99 USD.*Raise the limit"):
        estimated(published(), _asked(budget="1.99"), LEAVING, 6)


@pytest.fixture
def planned(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A draft of the shop whose brief the plan landed."""
    monkeypatch.setattr(steps, "published_of", lambda *_: published())
    asked = _asked()
    steps.choose_audience(settings, asked)
    steps.choose_products(settings, asked)
    steps.write_brief(settings, asked)
    brief_id = steps.chosen(settings, asked, Step.BRIEF)["brief_id"]
    for name, frame in tables(asked.as_of, {}).items():
        columns = [pl.lit(brief_id).alias("brief_id")] if "brief_id" in frame.columns else []
        frame.with_columns(columns).write_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def test_every_step_leaves_evidence_and_the_proposal_stands_where_the_question_shows_it(
    settings: Settings, planned: Path
) -> None:
    asked = _asked()
    steps.check_copy(settings, asked, planned)
    steps.estimate(settings, asked)
    steps.propose(settings, asked)
    records = records_of(settings, asked.plan_id)
    assert [each.step for each in records] == list(STEPS) and all(each.summary for each in records)
    brief_id = steps.chosen(settings, asked, Step.BRIEF)["brief_id"]
    plan = plan_file(settings, brief_id).read_text()
    for words in (
        "### Audience",
        "### Products",
        "### Brief",
        "### Texts",
        "### Reach and cost",
        "| leaving | Leaving |",
    ):
        assert words in plan
    assert "4 variants, every fact of which" in plan and "1 × price by language_model" in plan
    assert "/" not in brief_id and BRIEF not in plan


def test_a_brief_that_cannot_be_written_stops_the_plan_with_its_reason(settings: Settings, planned: Path) -> None:
    for name, column in (("copy_variant", None), ("copy_brief", "withheld")):
        frame = pl.read_parquet(planned / f"{name}.parquet")
        frame = frame.with_columns(pl.lit("it names no product").alias(column)) if column else frame.clear()
        frame.write_parquet(planned / f"{name}.parquet")
    with pytest.raises(PlanRefused, match="texts for the brief; found none: it names no product"):
        steps.check_copy(settings, _asked(), planned)


def test_a_step_without_the_one_before_says_so(settings: Settings) -> None:
    with pytest.raises(PlanRefused, match="expected the step brief before; found no record"):
        steps.propose(settings, _asked())


def test_a_plan_stops_after_as_many_steps_as_were_allowed() -> None:
    asked = _asked(most_steps=2)
    assert [not not_yet(asked, step) for step in STEPS] == [True, True, False, False, False, False]
    assert not_yet(asked, Step.BRIEF).startswith("stopped after step 2 of 6 (most_steps): read the evidence")
    assert asked.plan_id == _asked().plan_id != _asked(tone="plain").plan_id, "it goes on where it stopped"
