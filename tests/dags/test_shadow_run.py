"""The tasks of ``shadow_run``, called as Airflow calls them, on a home with two published days."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from dags.common import shadow, steps
from ml.publish.readers import manifest_of
from ml.recommend.capability import RECOMMEND
from ml.recommend.shadow.days import shadow_day
from ml.settings import Settings
from tests.recommend.shadow.conftest import FIRST, LAST, shown, shown_once

__all__ = ["shown", "shown_once"]


@pytest.fixture
def tasks(dag_bag: Any, shown: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``tasks(task_id, argument…, as_of=…)`` runs one."""

    def run(task_id: str, *arguments: object, **params: object) -> Any:
        instance = SimpleNamespace(task_id=task_id, dag_id="shadow_run", run_id="a run", try_number=1)
        context = {"ti": instance, "run_id": "a run", "params": {"policy": "candidate", "until": None, **params}}
        for module in (steps, shadow):
            monkeypatch.setattr(module, "get_current_context", lambda: context)
        monkeypatch.setattr(shadow, "task_settings", lambda: shown)
        return dag_bag.dags["shadow_run"].task_dict[task_id].python_callable(*arguments)

    return run


def test_a_run_writes_the_shadow_of_its_days_and_its_log_tells_what_was_bought(
    tasks: Any, shown: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    days = {"as_of": FIRST.isoformat()}
    (snapshot,) = tasks("snapshots", **days)
    assert snapshot == f"slices/{FIRST}-abc"
    (path,) = tasks("shadow", [snapshot], **days)
    made = shadow_day(shown, "candidate", FIRST)
    assert shown.home / path == made.folder, "a retry finds what was written"
    assert manifest_of(made).provenance["dag_run_id"] == "a run"
    caplog.set_level("INFO", logger=shadow.__name__)
    tasks("replay", [path], **days)
    assert any(line.startswith("# Replay of policy candidate (version 1") for line in caplog.messages)
    assert sum(line.startswith("| for_you | ndcg_at_10 |") for line in caplog.messages) == 1, "a line for each row"


def test_the_newest_day_has_no_replay_yet(tasks: Any) -> None:
    with pytest.raises(AirflowSkipException, match="no day after these"):
        tasks("replay", [], as_of=LAST.isoformat())


def test_days_in_the_wrong_order_and_days_before_the_training_fail_at_once(tasks: Any, shown: Settings) -> None:
    with pytest.raises(AirflowFailException, match="swap them"):
        tasks("snapshots", as_of=LAST.isoformat(), until=FIRST.isoformat())
    with pytest.raises(AirflowFailException, match="it would know the future"):
        tasks("snapshots", as_of="2024-01-01")
    assert not shown.shadow_of(RECOMMEND.name).exists()
