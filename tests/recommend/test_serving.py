"""The registered model over HTTP: what was published, the caller's own list, strangers, questions it refuses."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.day import compute_day
from ml.placements import SHOP, on
from ml.publish.readers import current_version, read_table
from ml.publish.versions import publish
from ml.recommend import training
from ml.recommend.bundle import Bundle, Placement, write_bundle
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.history import write_history
from ml.recommend.model import MODEL
from ml.recommend.recommenders import recommender
from ml.recommend.registration import register
from ml.registry.client import connect, experiment
from ml.registry.ledger import Decision, promote
from ml.registry.tracking import Training, training_run
from ml.settings import Settings
from ml.warehouse.slices import read_slice
from tests.recommend.conftest import AS_OF, write_slice
from tests.slow import takes_long

PLACEMENTS = on(SHOP)
RECIPES = {"for_you": "buy_it_again", "discover": "ease", "buy_again": "buy_it_again"}


def _bundle(slice_folder: Path, folder: Path) -> Path:
    """As a training writes it, of recommenders that are quick to fit."""
    day = read_slice(slice_folder)
    history, items = Interactions(day.table("history")), Items(day.table("dim_item").filter("is_recommendable"))
    for recipe in set(RECIPES.values()):
        recommender(recipe)().fit(history, items, AS_OF).save(folder / recipe)
    (folder / "serving").mkdir()
    write_history(folder / "serving", history)
    items.frame.write_parquet(folder / "serving" / "dim_item.parquet")
    eligible = {each.name: each.eligible for each in PLACEMENTS}
    placements = {
        name: Placement(recipe=recipe, folder=recipe, eligible=eligible[name]) for name, recipe in RECIPES.items()
    }
    write_bundle(folder, Bundle(trained_as_of=AS_OF, placements=placements))
    return folder


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A model server, and the settings of the data home it reads."""

    settings: Settings
    port: int

    def ask(self, records: list[dict[str, Any]], **params: object) -> pl.DataFrame:
        answer = self.post({"dataframe_records": records, "params": params})
        return pl.DataFrame(answer["predictions"], infer_schema_length=None)

    def post(self, question: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/invocations",
            json.dumps(question).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def refusal(self, records: list[dict[str, Any]], **params: object) -> tuple[int, str]:
        with pytest.raises(urllib.error.HTTPError) as refused:
            self.ask(records, **params)
        return refused.value.code, refused.value.read().decode()


@pytest.fixture(scope="module")
@takes_long
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``mlflow models serve -m models:/shelf@champion``, beside a published day."""
    home = tmp_path_factory.mktemp("served")
    settings = Settings(home=home, k=5)
    slice_folder = write_slice(settings.slices_dir / f"{AS_OF}-abc")
    experiment(settings, connect(settings))
    with training_run(settings, Training("served", "served", "code", ())) as run:
        bundle = _bundle(slice_folder, home / "made")
        registered = register(settings, bundle, run_id=run.run_id, key="served")
    promote(settings, MODEL, registered.version, Decision("a test", "the only one", None))
    publish(settings, RECOMMEND, compute_day(settings, RECOMMEND, slice_folder), provenance={})
    port = _free_port()
    command = ["-m", "mlflow", "models", "serve", "-m", "models:/shelf@champion", "--env-manager", "local"]
    environment = os.environ | settings.environment() | {"MLFLOW_TRACKING_URI": settings.tracking_uri}
    root = str(Path(training.__file__).parents[2])
    environment |= {"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false", "PYTHONPATH": root}
    log = (home / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port), "--workers", "1"],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait(process, port, home / "server.log")
        yield Server(settings, port)
    finally:
        os.killpg(process.pid, 15)
        process.wait(60)
        log.close()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 500
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(log.read_text())


def test_known_shoppers_get_exactly_what_was_published(server: Server) -> None:
    table = read_table(server.settings, RECOMMEND, "recommendation")
    version = current_version(server.settings, RECOMMEND)
    for placement in (each.name for each in PLACEMENTS):
        published = table.filter(placement=placement)
        users = published["user_id"].unique().sort(descending=True).to_list()
        answer = server.ask([{"user_id": user} for user in users], placement=placement, k=50)
        assert answer["user_id"].unique(maintain_order=True).to_list() == users
        columns = ["user_id", "rank", "item_id", "score", "policy_id"]
        assert answer.sort("user_id", "rank").select(columns).rows() == published.select(columns).rows()
        assert set(answer.select("source", "version", "as_of_date").rows()) == {
            ("published", version.id, AS_OF.isoformat())
        }


def test_a_callers_list_is_ranked_whole_and_as_the_shelf_ranks(server: Server) -> None:
    table = read_table(server.settings, RECOMMEND, "recommendation").filter(placement="discover", user_id="u03")
    shelf = table.sort("rank")["item_id"].to_list()
    answer = server.ask([{"user_id": "u03", "items": ["nothing like it", *reversed(shelf)]}], placement="discover")
    assert answer["item_id"].to_list() == [*shelf, "nothing like it"]
    assert answer["rank"].to_list() == list(range(1, len(shelf) + 2))
    assert answer["score"].to_list()[-1] is None
    assert set(answer["source"]) == {"model"}
    assert answer["version"][0] == f"trained as of {AS_OF}"


def test_a_stranger_gets_what_is_popular_beside_a_known_shopper(server: Server) -> None:
    answer = server.ask([{"user_id": "nobody"}, {"user_id": "u01"}], placement="for_you", k=3)
    assert answer.select("user_id", "rank").rows() == [(user, rank) for user in ("nobody", "u01") for rank in (1, 2, 3)]
    stranger = answer.filter(user_id="nobody")
    popular = read_table(server.settings, RECOMMEND, "popular_item").filter(scope="all")["item_id"].to_list()
    assert set(stranger["item_id"]) <= set(popular[:5])
    assert answer.select("user_id", "source").unique().sort("user_id").rows() == [
        ("nobody", "model"),
        ("u01", "published"),
    ]


def test_without_terms_it_is_ten_items_at_most_for_you(server: Server) -> None:
    answer = server.post({"dataframe_split": {"columns": ["user_id"], "data": [["u02"]]}})["predictions"]
    published = read_table(server.settings, RECOMMEND, "recommendation").filter(placement="for_you", user_id="u02")
    assert [row["item_id"] for row in answer] == published["item_id"].to_list()


@pytest.mark.parametrize(
    ("records", "params", "told"),
    [
        ([{"user_id": "u01"}], {"placement": "windowsill"}, "expected one of for_you, discover, buy_again"),
        ([{"user_id": "u01"}], {"k": 0}, "expected at least 1; found 0"),
        ([{"user_id": "u01"}, {"user_id": "u01"}], {}, "expected every user_id once; found 1 repeated"),
        ([{"shopper": "u01"}], {}, "user_id"),
        ([{"user_id": "u01", "items": "i01"}], {}, "items"),
    ],
)
def test_a_question_without_an_answer_is_refused_with_a_reason(
    server: Server, records: list[dict[str, Any]], params: dict[str, Any], told: str
) -> None:
    status, text = server.refusal(records, **params)
    assert status == 400
    assert told in text
