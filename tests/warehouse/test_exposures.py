"""What a capability declares that it reads: compared with the tables that its code opens on a small shop."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from expectations.gates import gate_draft, gate_slice
from ml.capabilities import capabilities, named, resolve, snapshot_tables
from ml.capability import Capability, Training
from ml.console.showcase import show_shelf
from ml.day import compute_day, day_of
from ml.errors import Undeclared
from ml.publish.readers import version_of_day
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.serving import BundleShelves
from ml.registry.registration import download_bundle
from ml.settings import Settings
from ml.warehouse import dbt
from ml.warehouse.build import build
from ml.warehouse.slices import Slice
from tests.warehouse.full_shop import AS_OF, TRAINED_AS_OF, landed_shop
from tests.warehouse.read_tables import hashes, influences, opened

pytestmark = pytest.mark.slow

Computed = Callable[[Capability], tuple[Path, frozenset[str]]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return landed_shop(tmp_path_factory.mktemp("everything") / "var")


@pytest.fixture(scope="module")
def slices(settings: Settings) -> list[Slice]:
    for capability in capabilities():
        if capability.compares:  # the days that the day is compared with
            build(settings, [AS_OF], capability=capability)
    return build(settings, [TRAINED_AS_OF, AS_OF])


@pytest.fixture(scope="module")
def day(slices: list[Slice]) -> Slice:
    assert not [name for name in snapshot_tables() if slices[-1].table(name).is_empty()], "no rows would hide a reader"
    return slices[-1]


@pytest.fixture(scope="module")
def trained(settings: Settings, slices: list[Slice]) -> dict[str, tuple[int, set[str]]]:
    """By capability a model's version, and what was opened for it."""
    return {each.name: _trained(settings, each.training, slices) for each in capabilities() if each.training}


def _trained(settings: Settings, training: Training, slices: list[Slice]) -> tuple[int, set[str]]:
    with opened() as names:
        version = resolve(training.fit)(settings, [each.folder for each in slices], provenance={})
    return version, names


@pytest.fixture(scope="module")
def computed(settings: Settings, day: Slice) -> Computed:
    """Of a capability the day's draft, computed once, and what was opened for it."""

    @cache
    def of(capability: Capability) -> tuple[Path, frozenset[str]]:
        for upstream in map(named, (*capability.upstream, *capability.upstream_if_landed)):
            if version_of_day(settings, upstream, day.as_of) is None:
                _publish(settings, upstream, of(upstream)[0])
        with opened() as names:
            draft = compute_day(settings, capability, day.folder)
        return _copy(draft, "kept"), frozenset(names)

    return of


def _publish(settings: Settings, capability: Capability, draft: Path) -> None:
    publish(settings, capability, _copy(draft, "published"), provenance={})


def _copy(draft: Path, name: str) -> Path:
    """Computing the day from other tables replaces a draft, publishing removes it."""
    return Path(shutil.copytree(draft, draft.with_name(f"{draft.name}-{name}"), dirs_exist_ok=True))


@pytest.mark.parametrize("capability", capabilities(), ids=lambda each: each.name)
def test_what_is_declared_is_what_is_computed_gated_and_learned_from(
    settings: Settings,
    day: Slice,
    trained: dict[str, tuple[int, set[str]]],
    computed: Computed,
    capability: Capability,
) -> None:
    draft, used = computed(capability)
    with opened() as gated:
        gate_slice(settings, capability, day.folder)
        gate_draft(settings, capability, draft)
    learned = trained[capability.name][1] if capability.training else set()

    assert used and used | gated | learned == set(capability.reads)


@pytest.mark.parametrize("capability", capabilities(), ids=lambda each: each.name)
def test_no_table_is_opened_in_vain(settings: Settings, day: Slice, computed: Computed, capability: Capability) -> None:
    draft, used = computed(capability)
    found = influences(settings, capability, day, hashes(capability, draft))

    assert used == set().union(*found.values())


def test_a_table_that_is_not_declared_is_refused(settings: Settings, day: Slice) -> None:
    narrow = Capability("narrow", "", outputs=(), reads=("dim_item",), compute="")
    seen = day_of(settings, narrow, day.folder)

    assert seen.table("dim_item").height > 0
    with pytest.raises(Undeclared, match=r"capability narrow: expected one of .*dim_item; found history"):
        seen.table("history")
    with pytest.raises(Undeclared, match="found recommend"):
        seen.published("recommend", "recommendation")


@pytest.fixture(scope="module")
def manifest(settings: Settings) -> Any:
    with dbt._environment(settings):
        return dbt._manifest(settings, {"batch_size": "day"})


def test_an_exposure_names_what_its_capability_reads_publishes_and_who_owns_it(manifest: Any) -> None:
    found = {each.name: each for each in manifest.exposures.values()}
    assert set(found) == {each.name for each in capabilities()}
    for capability in capabilities():
        exposure = found[capability.name]
        assert {node.split(".")[-1] for node in exposure.depends_on.nodes} == set(capability.reads)
        assert all(f"- {table.name}: {table.description}" in exposure.description for table in capability.outputs)
        assert set(exposure.owner.name.split(", ")) == {table.owner for table in capability.outputs}


def test_dbt_describes_a_published_table_as_its_declaration_does(manifest: Any) -> None:
    models = {node.name: node for node in manifest.nodes.values() if node.resource_type == "model"}
    published = [table for each in capabilities() for table in each.outputs if table.name in models]
    assert published
    for table in published:
        told = {name: column.description for name, column in models[table.name].columns.items()}
        assert told == {column.name: column.meaning for column in table.columns}
        assert table.description in models[table.name].description


def test_the_readers_of_a_published_day_open_nothing_else_of_its_slice(
    settings: Settings,
    trained: dict[str, tuple[int, set[str]]],
    computed: Computed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _publish(settings, RECOMMEND, computed(RECOMMEND)[0])
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    with opened() as read:
        served = BundleShelves(download_bundle(settings, MODEL, trained[RECOMMEND.name][0]))
        answer = served.rank({"nobody yet": None}, "for_you", 3)
        show_shelf(settings, Console(file=StringIO()), "s00", None)

    assert len(answer) == 3 and read and read <= set(RECOMMEND.reads)
