"""A training on rolling origins, with parameters of the shop's own."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ml.errors import NothingToLearn
from ml.recommend.evaluation.origins import origin_days, windows
from ml.recommend.experiment import evaluate_recipes
from ml.recommend.model import MODEL
from ml.recommend.training import train
from ml.registry.client import EVALUATIONS, EXPERIMENT, connect
from ml.registry.registration import download_bundle
from ml.registry.versions import complete_versions, version_info
from ml.settings import Settings
from ml.warehouse.slices import Slice
from testkit.garden_slices import DAYS, EVALUATION_DAYS, garden_settings, garden_slices
from testkit.shop import FIRST_DAY
from tests.slow import takes_long

AS_OF = FIRST_DAY + timedelta(days=DAYS - 1)
ORIGINS = 2
TUNED = {"buy_it_again": {"half_life": 30.0}}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return garden_settings(tmp_path_factory.mktemp("a garden") / "var").model_copy(update={"origins": ORIGINS})


@pytest.fixture(scope="module")
def slices(settings: Settings) -> list[Slice]:
    return garden_slices(settings, origin_days(AS_OF, EVALUATION_DAYS, ORIGINS))


@pytest.fixture(scope="module")
@takes_long
def version(settings: Settings, slices: list[Slice]) -> int:
    return train(settings, [each.folder for each in slices], provenance={})


def test_origins_roll_back_by_whole_windows() -> None:
    days = origin_days(AS_OF, 14, 3)
    assert days == [AS_OF - timedelta(days=back) for back in (42, 28, 14, 0)]


def test_an_evaluation_knows_the_shoppers_of_its_origin_also_those_who_bought_nothing(slices: list[Slice]) -> None:
    asked = windows(slices)[0].split().request("new", 5)
    assert asked.profiles is not None
    assert asked.profiles.equals(slices[0].table("dim_user"))


def test_a_training_has_a_child_per_recommender_and_origin_and_tables_on_the_parent(
    settings: Settings, slices: list[Slice], version: int
) -> None:
    client = connect(settings)
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    parent = client.get_run(version_info(settings, MODEL, version).run_id)
    children = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    assert {child.info.run_name for child in children} == {
        f"{name} {each.as_of}" for name in settings.recipes for each in slices[:-1]
    }
    assert all(child.data.metrics["new/ndcg_at_20"] >= 0 for child in children)
    artifacts = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert {"comparison.json", "comparison.png", "slices.json"} <= artifacts
    assert "| buy_it_again |" in parent.data.tags["mlflow.note.content"]


def test_the_shops_parameters_are_trained_registered_and_part_of_the_content(
    settings: Settings, slices: list[Slice], version: int
) -> None:
    tuned = settings.model_copy(update={"parameters": TUNED})
    other = train(tuned, [each.folder for each in slices], provenance={})
    plain, changed = (version_info(settings, MODEL, number) for number in (version, other))
    assert plain.training_key != changed.training_key and plain.content_hash != changed.content_hash
    for number, half_life in ((version, 90.0), (other, 30.0)):
        saved = download_bundle(settings, MODEL, number) / "buy_it_again" / "recommender.json"
        assert json.loads(saved.read_text())["params"] == {"half_life": half_life}
    assert train(settings, [each.folder for each in slices], provenance={}) == version, "a known training is reused"


def test_a_training_with_another_number_of_threads_is_the_same_training(
    settings: Settings, slices: list[Slice], version: int
) -> None:
    busier = settings.model_copy(update={"threads": 3, "parameters": {"two_stage": {"threads": 1}}})
    assert train(busier, [each.folder for each in slices], provenance={}) == version
    sown = settings.model_copy(update={"seed": settings.seed + 1})
    assert train(sown, [each.folder for each in slices], provenance={}) != version


def test_an_evaluation_registers_nothing_and_shows_beside_the_trainings(
    settings: Settings, slices: list[Slice], version: int
) -> None:
    before = complete_versions(settings, MODEL)
    told: list[str] = []
    table = evaluate_recipes(
        settings, windows(slices), ["popularity", "up_cf"], lambda name, origin: told.append(f"{name} {origin}")
    )
    assert complete_versions(settings, MODEL) == before
    assert told == [f"{name} {each.as_of}" for each in slices[:-1] for name in ("popularity", "up_cf")]
    assert set(table["recommender"]) == {"popularity", "up_cf"} and set(table["origins"]) == {ORIGINS}
    client = connect(settings)
    experiment = client.get_experiment_by_name(EVALUATIONS).experiment_id
    assert len(client.search_runs([experiment])) == 1 + 2 * ORIGINS


def test_a_shop_where_nobody_bought_anything_gets_no_model(tmp_path: Path) -> None:
    settings = garden_settings(tmp_path / "var")
    days = [FIRST_DAY - timedelta(days=back) for back in (29, 1)]
    folders = [each.folder for each in garden_slices(settings, days)]
    with pytest.raises(NothingToLearn, match=r"no purchase in the history.*SHELDUCK_PURCHASE_EVENTS"):
        train(settings, folders, provenance={})
    assert complete_versions(settings, MODEL) == []
