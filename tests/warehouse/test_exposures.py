"""The exposures of the dbt project name what is read: compared with the tables that the code opens on a small shop."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from expectations.gates import gate_draft, gate_slice
from ml.capabilities import snapshot_tables
from ml.console.showcase import show_shelf
from ml.day import compute_day
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.serving import BundleShelves
from ml.recommend.training import train
from ml.registry.registration import download_bundle
from ml.settings import Settings
from ml.warehouse import dbt
from ml.warehouse.build import build
from ml.warehouse.slices import Slice
from tests.warehouse.full_shop import AS_OF, TRAINED_AS_OF, landed_shop
from tests.warehouse.read_tables import hashes, influences, opened

pytestmark = pytest.mark.slow

ROOT = dbt.PROJECT.parent
READERS: Mapping[str, set[str]] = {
    "ml.recommend.training": {"recommenders"},
    "ml.recommend.daily": {table.name for table in RECOMMEND.outputs},
    "ml.recommend.serving": {"model_server"},
    "ml.console.showcase": {"command_line"},
    "expectations.gates": {"feature_gate", "recommendation_gate"},
}
"""The modules that open a slice by its folder, and the exposures that say what they read of it."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return landed_shop(tmp_path_factory.mktemp("everything") / "var")


@pytest.fixture(scope="module")
def slices(settings: Settings) -> list[Slice]:
    return build(settings, [TRAINED_AS_OF, AS_OF])


@pytest.fixture(scope="module")
def day(slices: list[Slice]) -> Slice:
    assert not [name for name in snapshot_tables() if slices[-1].table(name).is_empty()], (
        "an empty table would hide a reader"
    )
    return slices[-1]


@pytest.fixture
def scored(settings: Settings, day: Slice) -> tuple[Path, set[str]]:
    """The day's draft, and what was opened for it."""
    with opened() as names:
        draft = compute_day(settings, RECOMMEND, day.folder)
    return draft, names


@pytest.fixture(scope="module")
def trained(settings: Settings, slices: list[Slice]) -> tuple[int, set[str]]:
    """A model's version, and what was opened for it."""
    with opened() as names:
        version = train(settings, [each.folder for each in slices], provenance={})
    return version, names


@pytest.fixture(scope="module")
def exposures(settings: Settings, slices: list[Slice]) -> dict[str, set[str]]:
    """The models that each exposure names."""
    with dbt._environment(settings):
        manifest: Any = dbt._manifest(settings, {"batch_size": "day"})
    return {each.name: {node.split(".")[-1] for node in each.depends_on.nodes} for each in manifest.exposures.values()}


def test_every_reader_of_a_slice_has_its_exposures_and_every_mart_is_read(exposures: dict[str, set[str]]) -> None:
    readers = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in ("ml", "expectations", "dags")
        for path in (ROOT / package).rglob("*.py")
        if "read_slice(" in path.read_text(encoding="utf-8").replace("def read_slice(", "")
    }

    assert readers == set(READERS)
    assert set(exposures) == set().union(*READERS.values())
    assert set().union(*exposures.values()) == set(snapshot_tables())


def test_a_published_tables_exposure_names_what_changes_it(
    settings: Settings, day: Slice, scored: tuple[Path, set[str]], exposures: dict[str, set[str]]
) -> None:
    draft, names = scored
    found = influences(settings, day, hashes(draft))

    assert {name: exposures[name] for name in found} == found
    assert names == set().union(*found.values()), "no table is opened in vain"


def test_the_gates_exposures_name_what_their_suites_open(
    settings: Settings, day: Slice, scored: tuple[Path, set[str]], exposures: dict[str, set[str]]
) -> None:
    with opened() as features:
        gate_slice(settings, RECOMMEND, day.folder)
    with opened() as recommendations:
        gate_draft(settings, RECOMMEND, scored[0])

    assert exposures["feature_gate"] == features
    assert exposures["recommendation_gate"] == recommendations


def test_the_recommenders_exposure_names_what_a_training_opens(
    trained: tuple[int, set[str]], exposures: dict[str, set[str]]
) -> None:
    assert exposures["recommenders"] == trained[1]


def test_the_readers_of_a_published_day_name_what_they_open_of_its_slice(
    settings: Settings,
    scored: tuple[Path, set[str]],
    trained: tuple[int, set[str]],
    exposures: dict[str, set[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(settings, RECOMMEND, scored[0], provenance={})
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    served = BundleShelves(download_bundle(settings, trained[0]))
    with opened() as by_server:
        answer = served.rank({"nobody yet": None}, "for_you", 3)
    with opened() as by_command:
        show_shelf(settings, Console(file=StringIO()), "s00", None)

    assert len(answer) == 3
    assert exposures["model_server"] == by_server
    assert exposures["command_line"] == by_command
