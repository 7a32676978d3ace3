"""A run that fails, through the real DAG, with a webhook listening."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ml.landing.waive import waive
from ml.operations.runs import Event, RunFailed, run_dag
from ml.publish.readers import manifest
from ml.recommend.capability import RECOMMEND
from ml.warehouse.restrictions import Waiver
from testkit.shop import write_rules, write_shop
from tests.e2e.conftest import shop_settings
from tests.operations.test_alerts import Hook

pytestmark = pytest.mark.usefixtures("forked_runs")


def test_a_failed_run_sends_one_message_that_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Hook()
    monkeypatch.setenv("SHELDUCK_WEBHOOK_URL", hook.address)
    settings = shop_settings(tmp_path / "data home")
    write_shop(settings.landing_dir, days=1)
    with pytest.raises(RunFailed):
        run_dag(settings, "build_shelves", [date(2025, 7, 1)])
    hook.server.shutdown()
    (message,) = hook.received
    lines = message["text"].splitlines()
    assert lines[0] == "Shelduck: build_shelves failed for 2025-07-01"
    assert lines[1] == "Task: land (try 1)"
    assert lines[2].startswith("Reason: DayNotClosed: ")
    assert "shelduck close 2025-07-01" in lines[3] or "_closed/2025-07-01" in lines[3]
    assert "/dags/build_shelves/runs/manual__2025-07-01T22%3A00%3A00" in lines[4]
    log = (settings.home / "logs" / "build_shelves.log").read_text()
    assert "s3cret" not in log


def test_a_refused_rule_stops_the_run_and_its_waiver_is_told_by_message_and_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = Hook()
    monkeypatch.setenv("SHELDUCK_WEBHOOK_URL", hook.address)
    settings = shop_settings(tmp_path / "data home")
    day = write_shop(settings.landing_dir, days=8)[-1]
    rule = {"rule_id": "recall", "rule_type": "exclude", "item_field": "item_id", "item_value": "g00"}
    write_rules(settings.landing_dir, day, {**rule, "enabled": "perhaps"})
    told_events: list[Event] = []
    with pytest.raises(RunFailed, match="RestrictionRefused: rules as of"):
        run_dag(settings, "build_shelves", [day], told_events.append)
    waive(settings, Waiver("rules", "recall", "ada", "the recall is over", day))
    run_dag(settings, "build_shelves", [day], told_events.append)
    hook.server.shutdown()
    failed, published = (message["text"] for message in hook.received)
    assert failed.splitlines()[1] == "Task: build (try 1)" and "shelduck waive" in failed
    assert published.splitlines()[0] == f"Shelduck: build_shelves of {day} is published; its landing files need a look"
    assert "Landing: waived by ada: rules recall (the recall is over)" in published
    assert "Landing: rules: 1 row refused" in published
    told = manifest(settings, RECOMMEND)
    (waived,) = told.landed["waivers"]  # type: ignore[misc]
    assert waived == {
        "table": "rules",
        "key": "recall",
        "who": "ada",
        "why": "the recall is over",
        "arrival": str(day),
    }
    assert told.landed["refused"] == {"rules": 1} and told.provenance["landing_notices"] == []
    assert "waivers" in {each.table for each in told.inputs}
    lines = [event.text for event in told_events if event.text.startswith("land: read")]
    assert "; stops publication: rules/dt=" in lines[0] and "; waived by ada: rules recall" in lines[1]
