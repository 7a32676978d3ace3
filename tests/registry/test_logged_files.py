"""A file that a run does not have is none; a registry that fails is no file that is missing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ml.registry.client import connect, experiment
from ml.registry.comparison import logged_table
from ml.registry.logged_files import logged_file
from ml.registry.tracking import artifact_json
from ml.settings import Settings

TABLE = {"columns": ["a"], "data": [[1], [2]]}


@pytest.fixture
def run_id(fresh: Settings) -> str:
    client = connect(fresh)
    made: str = client.create_run(experiment(fresh, client)).info.run_id
    client.log_dict(made, TABLE, "table.json")
    client.log_dict(made, TABLE, "folder/table.json")
    return made


@pytest.mark.parametrize("file", ["table.json", "folder/table.json"])
def test_a_logged_file_is_read_again(fresh: Settings, run_id: str, file: str, tmp_path: Path) -> None:
    found = logged_file(fresh, run_id, file, tmp_path)
    assert found is not None and found.is_relative_to(tmp_path)
    assert logged_table(fresh, run_id, file) == [{"a": 1}, {"a": 2}] and artifact_json(fresh, run_id, file) == TABLE


@pytest.mark.parametrize("file", ["other.json", "folder/other.json", "no folder/table.json", "table.json/table.json"])
def test_a_file_that_was_never_logged_is_none(fresh: Settings, run_id: str, file: str, tmp_path: Path) -> None:
    assert logged_file(fresh, run_id, file, tmp_path) is None
    assert logged_table(fresh, run_id, file) == [] and artifact_json(fresh, run_id, file) is None


def test_a_run_that_was_removed_or_lost_its_files_has_none(fresh: Settings, run_id: str, tmp_path: Path) -> None:
    assert logged_file(fresh, "0" * 32, "table.json", tmp_path) is None
    shutil.rmtree(fresh.registry_dir / "artifacts")
    assert logged_file(fresh, run_id, "table.json", tmp_path) is None


@pytest.mark.parametrize("fails", ["list_artifacts", "download_artifacts"])
def test_a_registry_that_fails_is_an_error_and_no_missing_file(
    fresh: Settings, run_id: str, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    def broken(*_asked: Any) -> None:
        raise MlflowException("database is locked")

    monkeypatch.setattr(MlflowClient, fails, broken)
    for read in (logged_table, artifact_json):
        with pytest.raises(MlflowException, match="database is locked"):
            read(fresh, run_id, "table.json")
