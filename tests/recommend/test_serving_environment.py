"""What is logged beside a version is enough to serve it: its code, and every package that answering really imports."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from mlflow.artifacts import download_artifacts

from ml.recommend.bundle import Bundle, Placement, write_bundle
from ml.recommend.core.interactions import Items
from ml.recommend.core.snapshots import snapshot_of
from ml.recommend.history import write_features, write_history
from ml.recommend.model import MODEL
from ml.recommend.recommenders import recommender
from ml.recommend.registration import register
from ml.registry.requirements import needed, requirements
from ml.registry.tracking import Training, training_run
from ml.settings import Settings
from tests.recommend.conftest import AS_OF, random_shop
from tests.slow import takes_long

RECIPES = {"for_you": "two_stage", "discover": "als", "buy_again": "buy_it_again"}
ASK = """
import builtins, json, sys
imported, original = set(), builtins.__import__
def watched(name, globals=None, locals=None, fromlist=(), level=0):
    if str((globals or {}).get("__file__", "")).startswith(sys.argv[1]):
        imported.add(name.partition(".")[0])
    return original(name, globals, locals, fromlist, level)
builtins.__import__ = watched
import mlflow, pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
asked = pandas.DataFrame({"user_id": ["u03", "nobody"], "items": [["i01", "i02"], None]})
rows = [model.predict(asked, params={"placement": name, "k": 3}).to_dict("records") for name in sys.argv[2:]]
import ml
print(json.dumps({"code": ml.__file__, "rows": rows, "imported": sorted(imported), "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
@takes_long
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registered model: a two-stage ranker, a factorisation and a counter."""
    home = tmp_path_factory.mktemp("served")
    settings = Settings(home=home, k=5)
    history = random_shop(seed=3, users=150, items=60, events=7000)
    catalogue = history.frame.select("item_id").unique().sort("item_id")
    kind = pl.col("item_id").str.tail(1)
    items = Items(catalogue.with_columns(item_category=kind, item_category2=kind, is_recommendable=True))
    bundle, read = home / "made", {}
    for recipe in RECIPES.values():
        bags = {"bags": 1, "threads": 1} if recipe == "two_stage" else {}
        fitted = recommender(recipe)(**bags).fit(history, items, AS_OF)
        fitted.save(bundle / recipe)
        read |= fitted.read_columns
    (bundle / "serving").mkdir()
    write_history(bundle / "serving", history)
    write_features(bundle / "serving", snapshot_of(history, items, AS_OF), read)
    items.frame.write_parquet(bundle / "serving" / "dim_item.parquet")
    placements = {name: Placement(recipe=recipe, folder=recipe) for name, recipe in RECIPES.items()}
    write_bundle(bundle, Bundle(trained_as_of=AS_OF, placements=placements))
    with training_run(settings, Training("served", "served", "code", ())) as run:
        made = register(settings, bundle, run_id=run.run_id, key="served")
    return Path(download_artifacts(f"models:/{MODEL}/{made.version}", dst_path=str(home / "fetched")))


def _asked(python: Path, model: Path, home: Path) -> dict[str, Any]:
    """In a process that knows nothing of this folder, and of a data home in which nothing is published."""
    command = [str(python), "-c", ASK, str(model), *RECIPES]
    answer = subprocess.run(command, cwd=home, env=_environment(home), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-3000:]
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    assert all(rows[0]["item_id"] in ("i01", "i02") for rows in found["rows"]), "the caller's list, ranked"
    assert found["code"] == str(model / "code" / "ml" / "__init__.py"), "the code that it was trained with"
    return found


def _environment(home: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SHELDUCK"))}
    return inherited | {"SHELDUCK_HOME": str(home), "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false"}


def _logged(model: Path) -> list[str]:
    return (model / "requirements.txt").read_text().split()


def test_every_package_that_answering_imports_is_required_in_its_installed_version(model: Path, tmp_path: Path) -> None:
    logged = _logged(model)
    assert {
        f"{name}=={version(name)}" for name in ("lightgbm", "scikit-learn", "implicit", "polars", "duckdb", "mlflow")
    } <= set(logged)
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in logged)
    found = _asked(Path(sys.executable), model, tmp_path)
    ran = set(found["imported"]) - sys.stdlib_module_names - {"ml"}
    assert {"implicit", "polars", "pydantic_settings", "mlflow"} <= ran
    by_import, names = packages_distributions(), {line.partition("==")[0] for line in logged}
    assert [module for module in ran if not names & set(by_import[module])] == []
    assert {"implicit", "pandas", "pyarrow"} <= set(found["modules"])


def test_a_package_that_a_function_imports_counts_and_one_for_type_checkers_does_not(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(
        "import json\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sqlalchemy\n"
        "def late():\n    from rich import table\n    import ml.registry.bundle\n"
    )
    found = needed(file)
    assert {"ml", "ml.registry", "ml.registry.bundle", "ml.errors"} <= set(found.modules)
    assert "ml.registry.ledger" not in found.modules
    lines = requirements(found)
    assert f"rich=={version('rich')}" in lines and not [
        line for line in lines if line.startswith(("sqlalchemy", "SQLA"))
    ]


@pytest.mark.faults
def test_an_environment_made_from_the_requirements_serves_the_model(model: Path, tmp_path: Path) -> None:
    """``mlflow models serve`` of the fresh environment; some minutes of downloads where nothing is cached."""
    own = Path(sys.executable).parents[2] / ".uv" / "bin" / "uv"
    uv = str(own) if own.exists() else shutil.which("uv")
    assert uv, "make setup installs uv"
    fresh = tmp_path / "fresh"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(fresh)], check=True)
    install = [uv, "pip", "install", "-q", "--python", str(fresh / "bin" / "python")]
    subprocess.run([*install, "-r", str(model / "requirements.txt")], check=True)
    assert not [name for name in _asked(fresh / "bin" / "python", model, tmp_path)["modules"] if name == "airflow"]
    assert [row["user_id"] for row in _served(fresh, model, tmp_path, {"user_id": "u03", "items": ["i01", "i02"]})] == [
        "u03",
        "u03",
    ]


def _served(environment: Path, model: Path, home: Path, record: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer to one record of the model server that runs in ``environment``."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*("-m", "mlflow", "models", "serve", "-m", str(model)), *("--env-manager", "local", "--port", str(port))]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [str(environment / "bin" / "python"), *command],
            cwd=home,
            env=_environment(home) | {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _answer(port, record, time.monotonic() + 120)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def _answer(port: int, record: dict[str, Any], deadline: float) -> list[dict[str, Any]]:
    question = json.dumps({"dataframe_records": [record]}).encode()
    headers = {"Content-Type": "application/json"}
    while True:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/invocations", question, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                predictions: list[dict[str, Any]] = json.load(answer)["predictions"]
                return predictions
        except urllib.error.URLError:
            assert time.monotonic() < deadline, "it never answered"
            time.sleep(0.5)
