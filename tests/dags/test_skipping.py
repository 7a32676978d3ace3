"""A capability that is switched off, or whose files a shop does not land, is skipped and says why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from dags.common import steps, tasks, training, writing
from ml import day
from ml.settings import Settings
from ml.warehouse import build
from ml.warehouse.slices import Slice

END = datetime(2025, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dag_id", "task_id"),
    [("build_profile", "build"), ("build_shelves", "build"), ("train_recommenders", "build_for_training")],
)
def test_what_is_switched_off_builds_nothing(
    dag_bag: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dag_id: str, task_id: str
) -> None:
    off = Settings(home=tmp_path, capabilities=("-profile", "-recommend"))
    for module in (tasks, training):
        monkeypatch.setattr(module, "task_settings", lambda: off)
    monkeypatch.setattr(build, "build", lambda *_, **__: pytest.fail("dbt was run for nothing"))
    with pytest.raises(AirflowSkipException, match="is switched off"):
        dag_bag.dags[dag_id].task_dict[task_id].python_callable(END)


@pytest.mark.parametrize(("dag_id", "task_id"), [("build_profile", "build"), ("train_reviews", "build_for_training")])
def test_a_run_without_the_files_that_it_needs_is_skipped_and_its_line_does_not_say_failed(
    dag_bag: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    dag_id: str,
    task_id: str,
) -> None:
    (tmp_path / "slices" / "a").mkdir(parents=True)
    (tmp_path / "slices" / "a" / "slice.json").write_text('{"inputs": []}')
    settings = Settings(home=tmp_path)
    instance = SimpleNamespace(task_id=task_id, dag_id=dag_id, run_id="a run", try_number=1)
    for module in (steps, tasks):
        monkeypatch.setattr(module, "get_current_context", lambda: {"ti": instance})
    for module in (tasks, training):
        monkeypatch.setattr(module, "task_settings", lambda: settings)
    made = Slice(tmp_path / "slices" / "a", END.date(), "inputs")
    monkeypatch.setattr(build, "build", lambda *_, **__: [made])
    monkeypatch.setattr(day, "lacking", lambda *_: "profile needs the landing tables sends")
    caplog.set_level("INFO", logger="ml.operations.work")
    with pytest.raises(AirflowSkipException, match="needs the landing tables sends"):
        dag_bag.dags[dag_id].task_dict[task_id].python_callable(END)
    assert [message for message in caplog.messages if message.startswith(f"{task_id}: ")]
    assert "failed" not in caplog.text


def test_copy_without_a_model_or_without_texts_is_not_built_again(
    dag_bag: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = SimpleNamespace(task_id="write", dag_id="build_copy", run_id="a run", try_number=1)
    monkeypatch.setattr(steps, "get_current_context", lambda: {"ti": instance})
    monkeypatch.setattr(writing, "task_settings", lambda: Settings(home=tmp_path))
    monkeypatch.setattr("ml.copy.writing.daily.write", lambda *_: None)
    tasks_of = dag_bag.dags["build_copy"].task_dict
    with pytest.raises(AirflowSkipException, match="SHELDUCK_LLM_URL is not set"):
        tasks_of["write"].python_callable("slices/a")
    monkeypatch.setattr("ml.copy.writing.daily.write", lambda *_: SimpleNamespace(landed=0, told=lambda: "nothing"))
    assert tasks_of["write"].python_callable("slices/a") == 0
    monkeypatch.setattr(build, "build", lambda *_, **__: pytest.fail("dbt was run for nothing"))
    with pytest.raises(AirflowSkipException, match="nothing was written"):
        tasks_of["build_written"].python_callable(0, END)
