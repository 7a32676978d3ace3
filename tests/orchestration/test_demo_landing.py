"""`shelduck demo --landing-only`: the demo shop's files, for runs that a scheduler starts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml import cli
from ml.orchestration import demo


def test_landing_only_writes_the_files_and_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_one_day(landing: Path, *, on_day: Callable[[date], None]) -> None:
        (landing / "_closed").mkdir(parents=True)
        on_day(date(2017, 1, 1))

    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))
    monkeypatch.setattr(demo, "write_landing", write_one_day)
    monkeypatch.setattr(demo, "run_with_progress", lambda *_: pytest.fail("a DAG was run"))

    result = CliRunner().invoke(cli.app, ["demo", "--landing-only"])

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["landing", "shelduck.toml"]
