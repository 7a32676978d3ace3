"""A training affords what fits its limits; the rest is left out, and said."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from ml.errors import TooLarge
from ml.recommend.budget import affordable, require_size, size_of
from ml.recommend.core.needs import ShopSize
from ml.recommend.core.protocol import Recommender
from ml.recommend.evaluation.origins import origin_days, windows
from ml.recommend.experiment import LEFT_OUT, evaluate_recipes, recipe
from ml.recommend.model import MODEL
from ml.recommend.recommenders import RECOMMENDERS, recommender
from ml.recommend.training import train
from ml.registry.client import connect
from ml.registry.versions import complete_versions, version_info
from ml.settings import Settings
from ml.warehouse.slices import Slice
from testkit.garden_slices import DAYS, EVALUATION_DAYS, garden_settings, garden_slices
from testkit.shop import FIRST_DAY

AS_OF = FIRST_DAY + timedelta(days=DAYS - 1)
LITTLE = {"training_memory": 1000}
"""Less than EASE takes of the garden shop; popularity takes next to nothing."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("a garden") / "var"
    return garden_settings(home).model_copy(update={"recipes": ("popularity", "ease")})


@pytest.fixture(scope="module")
def slices(settings: Settings) -> list[Slice]:
    return garden_slices(settings, origin_days(AS_OF, EVALUATION_DAYS, 1))


def named(settings: Settings, *names: str) -> list[Recommender]:
    return [recipe(settings, name) for name in names]


def test_the_size_of_a_shop_is_that_of_its_history(settings: Settings, slices: list[Slice]) -> None:
    bought = slices[-1].table("history")
    pairs = bought.select("user_id", "item_id").unique()
    assert size_of(slices[-1]) == ShopSize(bought["user_id"].n_unique(), bought["item_id"].n_unique(), len(pairs))
    assert len(pairs) > 100


def test_what_takes_too_much_memory_or_disk_is_left_out_with_a_warning(
    settings: Settings, slices: list[Slice], caplog: pytest.LogCaptureFixture
) -> None:
    two = named(settings, "popularity", "ease")
    assert affordable(settings, two, slices[-1]).names == ("popularity", "ease")
    for limit, told in (
        ("training_memory", "SHELDUCK_TRAINING_MEMORY"),
        ("model_size_limit", "SHELDUCK_MODEL_SIZE_LIMIT"),
    ):
        with caplog.at_level(logging.WARNING):
            found = affordable(settings.model_copy(update={limit: 1000}), two, slices[-1])
        assert found.names == ("popularity",)
        assert list(found.left_out) == ["ease"] and f"{told} allows 1.0KB" in found.left_out["ease"]
        assert "ease is left out: " in caplog.text and told in caplog.text


def test_where_none_fits_it_says_so(settings: Settings, slices: list[Slice]) -> None:
    with pytest.raises(TooLarge, match=r"expected one that fits SHELDUCK_TRAINING_MEMORY.*found ease it would take"):
        affordable(settings.model_copy(update=LITTLE), named(settings, "ease"), slices[-1])


def test_a_shop_of_200_000_shoppers_affords_every_recommender_by_default(settings: Settings) -> None:
    shop = ShopSize(shoppers=200_000, items=20_000, pairs=8_000_000)
    for kind in RECOMMENDERS:
        needs = kind().needs(shop)
        assert needs.memory <= settings.training_memory and needs.saved <= 200 * 10**6, kind.name
    assert recommender("ease")(most_rows=20_000).needs(shop).memory > settings.training_memory  # type: ignore[call-arg]


@pytest.mark.slow
def test_a_training_says_whom_it_left_out_and_its_key_tells(settings: Settings, slices: list[Slice]) -> None:
    folders = [each.folder for each in slices]
    whole = train(settings, folders, provenance={})
    poor = train(settings.model_copy(update=LITTLE), folders, provenance={})
    assert whole != poor
    run = connect(settings).get_run(version_info(settings, MODEL, poor).run_id)
    for told in (run.data.tags[LEFT_OUT], run.data.tags["mlflow.note.content"]):
        assert "ease" in told and "SHELDUCK_TRAINING_MEMORY allows" in told.replace("\\_", "_")
    other = settings.model_copy(update={"training_memory": 10**9})
    assert train(other, folders, provenance={}) == whole, "a limit that leaves nobody out changes no training"


@pytest.mark.slow
def test_a_model_that_is_too_large_is_refused_and_not_registered(settings: Settings, slices: list[Slice]) -> None:
    before = complete_versions(settings, MODEL)
    tight = settings.model_copy(update={"model_size_limit": 1000, "recipes": ("popularity",)})
    with pytest.raises(
        TooLarge, match=r"expected at most 1.0KB; found popularity .*, serving .*SHELDUCK_MODEL_SIZE_LIMIT"
    ):
        train(tight, [each.folder for each in slices], provenance={})
    assert complete_versions(settings, MODEL) == before


def test_a_bundle_within_the_limit_is_accepted(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "file").write_bytes(bytes(1000))
    require_size(settings.model_copy(update={"model_size_limit": 1000}), tmp_path)
    with pytest.raises(TooLarge):
        require_size(settings.model_copy(update={"model_size_limit": 999}), tmp_path)


@pytest.mark.slow
def test_an_evaluation_leaves_out_too(settings: Settings, slices: list[Slice]) -> None:
    table = evaluate_recipes(settings.model_copy(update=LITTLE), windows(slices), ["popularity", "ease"])
    assert set(table["recommender"]) == {"popularity"}
