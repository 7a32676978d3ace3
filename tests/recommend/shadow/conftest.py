"""A home with two published days under policy 0, and a model version that nobody promoted."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.day import compute_day
from ml.fingerprint import folder_fingerprint
from ml.placements import SHOP, on
from ml.publish.versions import publish
from ml.recommend.bundle import Bundle, Placement, write_bundle
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.history import write_history
from ml.recommend.model import MODEL
from ml.recommend.recommenders import recommender
from ml.registry.client import connect
from ml.registry.versions import CANDIDATE, Tag
from ml.settings import Settings
from ml.warehouse.pending import recipe
from ml.warehouse.slices import FORMAT, file_hash
from tests.recommend.conftest import AS_OF, write_slice
from tests.registries import EMPTY
from tests.slow import takes_long

FIRST, LAST = AS_OF - timedelta(days=14), AS_OF
RECIPE = "popularity"
"""What the model serves every shelf with; policy 0 does not."""


def whole_slice(settings: Settings, day: date) -> Path:
    """The small shop as of ``day``, with a record that says it is intact."""
    folder = write_slice(settings.slices_dir / f"{day}-abc")
    history = pl.read_parquet(folder / "history.parquet").filter(pl.col("event_date") <= day)
    history.write_parquet(folder / "history.parquet")
    for name in RECOMMEND.reads:
        if not (folder / f"{name}.parquet").exists():
            pl.DataFrame({"user_id": []}, schema={"user_id": pl.String}).write_parquet(folder / f"{name}.parquet")
    files = {path.stem: file_hash(path) for path in folder.glob("*.parquet")}
    record = {"as_of_date": day.isoformat(), "inputs_hash": "abc", "inputs": [], "liked_from": 3.0}
    (folder / "slice.json").write_text(
        json.dumps(record | {"format": FORMAT, "files": files, "recipe": recipe(settings)})
    )
    return folder


def register_model(settings: Settings, trained_as_of: date) -> int:
    """A finished version with its files where a download would put them, as ``candidate``."""
    folder = settings.home / "made"
    history = Interactions(pl.read_parquet(settings.slices_dir / f"{FIRST}-abc" / "history.parquet"))
    catalogue = pl.read_parquet(settings.slices_dir / f"{FIRST}-abc" / "dim_item.parquet")
    recommender(RECIPE)().fit(history, Items(catalogue.filter("is_recommendable")), FIRST).save(folder / RECIPE)
    (folder / "serving").mkdir()
    write_history(folder / "serving", history)
    catalogue.write_parquet(folder / "serving" / "dim_item.parquet")
    placements = {each.name: Placement(recipe=RECIPE, folder=RECIPE, eligible=each.eligible) for each in on(SHOP)}
    write_bundle(folder, Bundle(trained_as_of=trained_as_of, placements=placements))
    content = folder_fingerprint(folder)
    shutil.move(folder, settings.registry_dir / "bundles" / content[:16])
    client = connect(settings)
    if not client.search_registered_models(f"name = '{MODEL}'"):
        client.create_registered_model(MODEL)
    tags = {Tag.training_key: content, Tag.content_hash: content, Tag.complete: "true"}
    tags |= {Tag.trained_as_of: trained_as_of.isoformat()}
    version = client.create_model_version(MODEL, "file:///nowhere", tags=tags).version
    client.set_registered_model_alias(MODEL, CANDIDATE, str(version))
    return int(version)


@pytest.fixture(scope="session")
@takes_long
def shown_once(registry: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of ``shown``: to be copied."""
    settings = Settings(home=tmp_path_factory.mktemp("shown") / "var", k=5)
    (settings.registry_dir / "bundles").mkdir(parents=True)
    shutil.copy(registry.home / EMPTY, settings.mlflow_database)
    settings.landing_dir.mkdir()
    for day in (FIRST, LAST):
        draft = compute_day(settings, RECOMMEND, whole_slice(settings, day))
        publish(settings, RECOMMEND, draft, provenance={})
    register_model(settings, FIRST)
    return settings.home


@pytest.fixture
def shown(shown_once: Path, tmp_path: Path) -> Settings:
    """See the module; the model was trained as of the first day."""
    return Settings(home=shutil.copytree(shown_once, tmp_path / "var", symlinks=True), k=5)
