"""A candidate waits for a person under the real scheduler: asked once, answered once, decided once."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.parse
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ml.recommend.model import MODEL
from ml.registry.client import connect
from ml.registry.ledger_file import ledger_path
from ml.registry.versions import CHAMPION, Tag
from testkit.airflow_api import Api, running_airflow
from tests.e2e.conftest import TRAINED, Shop, shop_settings

PATIENCE_SECONDS = 240
REVIEW = "review_candidate"


@pytest.fixture(scope="module")
def asking(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A copy of the trained shop in which nobody promoted its version yet and a person decides; Airflow runs."""
    home = tmp_path_factory.mktemp("asking") / "data home"
    shutil.copytree(
        shop.settings.home, home, ignore=shutil.ignore_patterns("airflow", "published", "run", "shelduck.toml")
    )
    settings = shop_settings(home).model_copy(update={"promotion": "approve"})
    ledger_path(settings, MODEL).unlink()
    client = connect(settings)
    client.delete_registered_model_alias(MODEL, CHAMPION)
    client.delete_model_version_tag(MODEL, "1", Tag.promotion)
    with running_airflow(settings) as api:
        yield api.of(REVIEW)


def test_it(asking: Api) -> None:
    train = asking.of("train_recommenders")
    train.unpause()
    train.send("dags/train_recommenders/dagRuns", {"logical_date": f"{TRAINED - timedelta(days=7)}T22:00:00Z"})
    train.finished("manual", 1, PATIENCE_SECONDS)
    for run in train.get("dags/train_recommenders/dagRuns")["dag_runs"]:
        print(run)
        for ti in train.get(
            f"dags/train_recommenders/dagRuns/{urllib.parse.quote(run['dag_run_id'], safe='')}/taskInstances"
        )["task_instances"]:
            print(ti["task_id"], ti["state"])
    import time

    for _ in range(30):
        time.sleep(3)
        found = asking.get("dags/~/dagRuns/~/hitlDetails")
        if found["total_entries"]:
            break
    print(found)
    for run in asking.get(f"dags/{REVIEW}/dagRuns")["dag_runs"]:
        print(run)
        for ti in train.get(f"dags/{REVIEW}/dagRuns/{urllib.parse.quote(run['dag_run_id'], safe='')}/taskInstances")[
            "task_instances"
        ]:
            print(ti["task_id"], ti["state"])
    assert 0
