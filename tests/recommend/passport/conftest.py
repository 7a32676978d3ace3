"""A small shop with a trained two-stage model, rules and landing files, published for a day."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.day import compute_day
from ml.fingerprint import file_fingerprint, folder_fingerprint
from ml.publish.readers import current_version
from ml.publish.store import Version
from ml.publish.versions import publish
from ml.recommend.bundle import Bundle, Placement, write_bundle
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.model import MODEL
from ml.recommend.two_stage.recommender import TwoStage
from ml.registry.ledger import Decision, promote
from ml.registry.links import DAG_RUN
from ml.registry.versions import Tag
from ml.settings import Settings
from ml.warehouse.feature_columns import ranker_columns
from testkit.memory_features import feature_tables
from testkit.slice_tables import layouts, rules
from tests.recommend.conftest import AS_OF, random_shop
from tests.slow import takes_long

HOSTILE = "<img src=x onerror=alert(1)> \x1b[31m\u202etxet\u200b"
NAMELESS = "i05"
EXCLUDED = "c1"
RULES = (
    {"rule_id": "no c1", "rule_type": "exclude", "item_field": "item_category", "item_value": EXCLUDED},
    {"rule_id": "one of a kind", "rule_type": "cap", "item_field": "item_category", "amount": 1.0},
    {"rule_id": "spring", "rule_type": "pin", "item_field": "item_id", "item_value": "i08", "shelf_position": 2},
)
TRY = {"rule_id": "try", "rule_type": "explore", "placement": "discover", "amount": 0.4}
NO_HISTORY = "newcomer"


@dataclass(frozen=True)
class Shop:
    """The published shop; ``run_id`` is the MLflow run of its model."""

    settings: Settings
    version: Version
    history: Interactions
    run_id: str = ""

    @property
    def rows(self) -> pl.DataFrame:
        """What is published."""
        return pl.read_parquet(self.version.folder / "recommendation.parquet")


@pytest.fixture(scope="session")
@takes_long
def trained(registry: Settings, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """All three shelves ranked by two stages; ``for_you`` and ``discover`` under rules."""
    settings = Settings(home=tmp_path_factory.mktemp("a trained shop") / "var", k=5)
    history = random_shop(seed=3, users=150, items=60, events=7000)
    folder = write_snapshot(settings, history, *({**rule, "placement": "for_you"} for rule in RULES), TRY)
    settings.registry_dir.mkdir(parents=True)
    shutil.copy(registry.home / "empty.db", settings.mlflow_database)
    run_id = register_model(settings, history, Items(pl.read_parquet(folder / "dim_item.parquet")))
    return Shop(settings, published(settings, folder), history, run_id)


@pytest.fixture
def untrained(tmp_path: Path) -> Shop:
    """Policy 0, without rules and without MLflow."""
    settings = Settings(home=tmp_path / "var", k=5)
    history = random_shop()
    return Shop(settings, published(settings, write_snapshot(settings, history)), history)


def published(settings: Settings, folder: Path) -> Version:
    """The day of a snapshot."""
    publish(settings, RECOMMEND, compute_day(settings, RECOMMEND, folder), provenance={DAG_RUN: "manual__1"})
    return current_version(settings, RECOMMEND)


def write_snapshot(settings: Settings, history: Interactions, *in_force: dict[str, object]) -> Path:
    """The shop's slice as the warehouse would export it, and the landing files that it names."""
    ids = [*history.frame["item_id"].unique().sort(), "never_sold", "off_sale"]
    items = pl.DataFrame(
        {
            "item_id": ids,
            "item_name": [HOSTILE if item == NAMELESS else f"thing {item}" for item in ids],
            "item_category": [f"c{number % 4}" for number in range(len(ids))],
            "is_recommendable": [item != "off_sale" for item in ids],
        }
    )
    users = [*history.frame["user_id"].unique().sort(), NO_HISTORY]
    tables = {
        "history": history.frame,
        "rating": Interactions.empty().ratings,
        "dim_item": items,
        "dim_user": pl.DataFrame({"user_id": users}),
        "dim_rule": rules(*in_force),
        "dim_layout": layouts(),
        **feature_tables(history.frame, items, AS_OF),
    }
    folder = settings.slices_dir / f"{AS_OF}-abc"
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    days = history.frame["event_date"].unique().sort()
    record = {
        "as_of_date": AS_OF.isoformat(),
        "inputs_hash": "abc",
        "liked_from": 3.0,
        "inputs": [_landed(settings, day) for day in days],
        "ranker_columns": ranker_columns(),
    }
    (folder / "slice.json").write_text(json.dumps(record))
    return folder


def _landed(settings: Settings, day: date) -> dict[str, object]:
    file = settings.landing_dir / "interactions" / f"dt={day}" / "events.csv"
    file.parent.mkdir(parents=True)
    file.write_text(f"what happened on {day}\n")
    content = hashlib.sha256(f"{file.name} {file_fingerprint(file)}\n".encode()).hexdigest()
    return {"table": "interactions", "arrival_date": day.isoformat(), "content_hash": content, "rows": 1}


def register_model(settings: Settings, history: Interactions, items: Items) -> str:
    """A promoted version of the model whose bundle lies where a download would put it."""
    from ml.registry.client import connect, experiment

    bundle = settings.home / "bundle"
    fitted = TwoStage(bags=1, threads=1).fit(history, items, AS_OF)
    assert fitted.scores_are_probabilities
    fitted.save(bundle / TwoStage.name)
    used = Placement(recipe=TwoStage.name, folder=TwoStage.name)
    placements = {each.name: used for each in settings.placements_on}
    write_bundle(bundle, Bundle(trained_as_of=AS_OF, placements=placements))
    content, client = folder_fingerprint(bundle), connect(settings)
    bundle.parent.joinpath("mlflow", "bundles").mkdir(parents=True)
    bundle.rename(settings.registry_dir / "bundles" / content[:16])
    run = client.create_run(experiment(settings, client), tags={DAG_RUN: "manual__training"})
    client.create_registered_model(MODEL)
    tags = {Tag.training_key: "key", Tag.content_hash: content, Tag.complete: "true"}
    client.create_model_version(
        MODEL, "file:///nowhere", run_id=run.info.run_id, tags=tags | {Tag.trained_as_of: AS_OF.isoformat()}
    )
    promote(settings, MODEL, 1, Decision("a test", "the only one", None))
    return str(run.info.run_id)
