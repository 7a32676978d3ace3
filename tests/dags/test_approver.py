"""The role that docs/how-to/approve.md makes may read and approve, and trigger nothing, by Airflow's own checks."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ml.operations.environment import PROJECT_ROOT, airflow_environment
from ml.settings import Settings

_DOCUMENTED = re.compile(r"^\$ docker compose exec api-server airflow (.+)$", re.M)
_MAY = {"read the question", "answer it", "read a DAG"}


@pytest.fixture(scope="module")
def documented() -> list[list[str]]:
    """The words of each command of the page."""
    page = PROJECT_ROOT / "docs" / "how-to" / "approve.md"
    return [shlex.split(words) for words in _DOCUMENTED.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.slow
def test_a_viewer_may_only_read_and_who_was_granted_it_approves_and_still_triggers_nothing(
    documented: list[list[str]], tmp_path: Path
) -> None:
    assert _allowed(documented, tmp_path) == [_MAY - {"answer it"}, _MAY]


def _allowed(commands: list[list[str]], home: Path) -> list[set[str]]:
    """What the user of the page may do before and after the last command, in an Airflow of its own with FAB's login."""
    assert len(commands) > 4
    password = ["--password", "a password 4711"]
    typed = [[*words, *password] if words[:2] == ["users", "create"] else words for words in commands]
    settings = Settings(home=home / "var")
    environment = airflow_environment(settings) | {
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
    }
    (settings.home / "airflow").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.dags.fab_permissions"],
        input=json.dumps({"commands": typed, "user": "marketer"}),
        env={**os.environ, **environment},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: list[dict[str, bool]] = [json.loads(line) for line in done.stdout.splitlines()[-2:]]
    assert all(len(answers) > 8 for answers in told)
    return [{what for what, may in answers.items() if may} for answers in told]
