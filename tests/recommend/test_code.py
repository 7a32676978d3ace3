"""The scope of the recommendations names what their days run: the gated suites, the exported models, no other part."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from expectations import gates
from ml.capabilities import snapshot_tables
from ml.code.dbt_sources import upstream
from ml.code.revision import covered
from ml.code.sources import PROJECT, ROOT, read_project, read_sources
from ml.recommend import experiment, policy
from ml.recommend.capability import RECOMMEND
from ml.recommend.code import recommend_revision
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import Slice


def test_the_suites_that_gate_a_day_count() -> None:
    paths = set(covered(read_sources(), RECOMMEND))
    features = {f"expectations/suites/features/{table}.py" for table in gates.feature_suites(RECOMMEND)}
    outputs = {f"expectations/suites/recommend/{table}.py" for table in RECOMMEND.tables}
    assert len(features) > 5 and len(outputs) > 5 and features | outputs <= paths


def test_the_list_of_capabilities_does_not_count() -> None:
    assert "ml/capabilities.py" not in covered(read_sources(), RECOMMEND)


def test_no_module_of_the_command_line_the_pages_or_the_landing_is_reached() -> None:
    paths = covered(read_sources(), RECOMMEND)
    assert len(paths) > 100
    apart = (
        "ml/cli",
        "ml/console/",
        "ml/pages/",
        "ml/operations/",
        "ml/landing/",
        "ml/home.py",
        "ml/commands/",
        "dags/",
        "expectations/docs",
        "expectations/engine",
    )
    assert [path for path in paths if path.startswith(apart)] == []


def test_no_covered_module_imports_by_a_name_that_only_the_run_knows() -> None:
    texts = {path: text for path, text in covered(read_sources(), RECOMMEND).items() if path.endswith(".py")}
    calls = {
        path
        for path, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name | ast.Attribute)
        and getattr(node, "attr", getattr(node, "id", "")) in {"import_module", "__import__", "run_module"}
    }
    assert texts and calls == set()


def test_every_part_of_todays_project_is_needed_by_some_capability() -> None:
    project = read_project(ROOT / PROJECT)
    needed = {key.partition(" ")[0] for key in upstream(project, snapshot_tables())}
    explains = {path for path in project if path.endswith(("exposures.yml", "__unit_tests.yml"))}
    assert needed == set(project) - explains


def test_a_policy_its_table_and_a_trainings_key_follow_the_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path)
    pl.DataFrame({"user_id": ["u"]}).write_parquet(tmp_path / "history.parquet")
    (tmp_path / "slice.json").write_text('{"inputs": []}')
    learned = Slice(tmp_path, date(2017, 12, 2), "inputs")
    told = []
    for revision in (recommend_revision(), "c0dec0dec0de"):
        monkeypatch.setattr(policy, "recommend_revision", lambda revision=revision: revision)
        monkeypatch.setattr(experiment, "recommend_revision", lambda revision=revision: revision)
        served = policy.rule_based_policy(settings.placements_on)
        assert served.table()[Col.code_revision].unique().to_list() == [revision]
        training = experiment.describe(settings, experiment.Used([learned]), experiment="train_recommenders", matter={})
        assert training.code_revision == revision
        told.append((served.policy_id, training.key))
    assert told[0][0] != told[1][0] and told[0][1] != told[1][1]


def test_the_revision_is_computed_without_importing_dbt_duckdb_or_great_expectations() -> None:
    ask = (
        "import sys; from ml.recommend.code import recommend_revision; print(recommend_revision());"
        "print([name for name in ('dbt', 'duckdb', 'great_expectations', 'mlflow', 'airflow') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.split("\n") == [recommend_revision(), "[]", ""]
