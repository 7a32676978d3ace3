"""What capabilities declare is there, complete and cheap to import; one can be switched off."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from ml import capabilities as listed
from ml.capabilities import capabilities, learning, named, names, of_dag, resolve
from ml.capability import Capability
from ml.errors import CapabilityUnknown
from ml.settings import Settings
from ml.warehouse.lineage import PROJECT, landing_tables

ROOT = Path(listed.__file__).parents[1]
EACH = pytest.mark.parametrize("capability", capabilities(), ids=lambda each: each.name)


@EACH
def test_its_folders_and_functions_are_there(capability: Capability) -> None:
    assert (ROOT / "ml" / capability.name / "__init__.py").is_file()
    for table in capability.tables:
        assert (ROOT / "expectations" / "suites" / capability.name / f"{table}.py").is_file()
    learning = capability.training
    functions = [capability.compute, capability.published, *(vars(learning).values() if learning else [])]
    for place in filter(None, functions):
        assert callable(resolve(place)) and place.startswith(f"{capability.package}."), place


@EACH
def test_what_it_reads_are_models_made_of_landed_tables(capability: Capability) -> None:
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    assert capability.reads and set(capability.reads) <= models
    assert landing_tables(capability.reads) and set(capability.needs) <= set(landing_tables(capability.reads))


@EACH
def test_its_settings_exist_and_its_upstream_comes_before_it(capability: Capability) -> None:
    assert set(capability.settings) <= set(Settings.model_fields)
    before = names()[: names().index(capability.name)]
    assert {*capability.upstream, *capability.upstream_if_landed} <= set(before)


@EACH
def test_every_column_is_described_and_the_key_comes_first(capability: Capability) -> None:
    assert capability.outputs and capability.description
    for table in capability.outputs:
        columns = [column.name for column in table.columns]
        assert tuple(columns[: len(table.key)]) == table.key and len(set(columns)) == len(columns)
        assert table.description.endswith(".") and table.person in ("", *columns)
        assert all(column.description.endswith(".") for column in table.columns), table.name


def test_no_two_capabilities_share_a_name_a_dag_or_a_table() -> None:
    dags = [
        dag
        for each in capabilities()
        for dag in (each.daily_dag, *((each.weekly_dag, each.review_dag) if each.training else ()))
    ]
    tables = [table for each in capabilities() for table in each.tables]
    for found in (names(), dags, tables):
        assert found and len(set(found)) == len(found)


def test_reading_the_declarations_loads_no_library() -> None:
    ask = (
        "import sys; from ml.capabilities import capabilities; assert capabilities();"
        "print([name for name in ('polars', 'pandas', 'numpy', 'duckdb', 'mlflow', 'pydantic') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == "[]\n"


def test_its_pages_are_found_by_a_process_that_has_imported_nothing_else() -> None:
    places = [each.pages for each in capabilities() if each.pages]
    ask = (
        "import os, sys\n"
        "for place in sys.argv[1:]:\n"
        "    if not (child := os.fork()):\n"
        "        from ml.capabilities import resolve\n"
        "        resolve(place)\n"
        "        print(place, flush=True)\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
    )
    command = [sys.executable, "-c", ask, *places]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert places
    assert told.stdout.split() == places, told.stderr


def test_a_capability_is_found_by_its_name_and_by_its_dag() -> None:
    assert named("recommend") is of_dag("build_shelves")
    assert of_dag("tidy_storage") is None
    with pytest.raises(CapabilityUnknown, match="capability shelves: expected one of recommend"):
        named("shelves")


def test_capabilities_are_chosen_and_left_out_by_name(tmp_path: Path) -> None:
    def on(*chosen: str) -> list[str]:
        return [each.name for each in Settings(home=tmp_path, capabilities=chosen).capabilities_on]

    assert on() == list(names())
    assert on("recommend") == ["recommend"]
    assert on("-recommend") == [name for name in names() if name != "recommend"]
    with pytest.raises(ValidationError, match="capabilities that are installed"):
        on("-shelves")


@pytest.mark.parametrize(("day", "last"), [(2, 2), (3, 2), (4, 2), (8, 2), (9, 9)])
def test_the_command_that_trains_names_a_saturday_up_to_the_day(day: int, last: int) -> None:
    learner = learning()[0]
    told = learner.training_command(date(2017, 12, day))
    assert told == f"shelduck train --as-of 2017-12-{last:02} --capability {learner.name}"
