"""A training shows in MLflow as one parent with a child per recommender."""

from __future__ import annotations

import json

import pytest

from ml.registry.client import EXPERIMENT, connect
from ml.registry.comparison import latest_comparison
from ml.registry.diagnosis import Curve
from ml.registry.tracking import Dataset, Training, Trial, training_run
from ml.settings import Settings

DATA = Dataset("slices/2017-11-04-abcdef", "ab" * 32, 1000, "training")


def _runs(settings: Settings, key: str):
    client = connect(settings)
    experiment_id = client.get_experiment_by_name(EXPERIMENT).experiment_id
    (parent,) = client.search_runs([experiment_id], f"tags.training_key = '{key}'")
    children = client.search_runs([experiment_id], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    return parent, {child.info.run_name: child for child in children}


def test_a_training_logs_parameters_metrics_data_and_code_per_recommender(registry: Settings) -> None:
    training = Training("week", "logged", "c0de", (DATA,), params={"seed": 7})
    with training_run(registry, training) as run:
        run.log_trial(Trial("popularity", {"days": 28}, {"all_ndcg_at_10": 0.17, "new_ndcg_at_10": 0.04}, 2.5))
        run.log_trial(Trial("als", {"factors": 64}, {"all_ndcg_at_10": 0.22, "new_ndcg_at_10": 0.05}, 8.0))
        run.log_result(metrics={"for_you": 0.22}, tags={"winner.for_you": "als"})
    parent, children = _runs(registry, "logged")
    assert parent.info.status == "FINISHED" and parent.data.params == {"seed": "7"}
    assert parent.data.tags["winner.for_you"] == "als" and parent.data.metrics == {"for_you": 0.22}
    assert set(children) == {"popularity", "als"}
    als = children["als"]
    assert als.data.params == {"factors": "64"} and als.data.tags["code_revision"] == "c0de"
    assert als.data.metrics == {"all_ndcg_at_10": 0.22, "new_ndcg_at_10": 0.05, "seconds": 8.0}
    assert als.info.end_time - als.info.start_time == 8000
    (lineage,) = als.inputs.dataset_inputs
    assert json.loads(lineage.dataset.source) == {"uri": DATA.slice, "inputs_hash": DATA.inputs_hash}
    assert lineage.tags[0].value == "training"


def test_the_parent_holds_tables_a_picture_and_a_note_in_the_data_home(registry: Settings) -> None:
    rows = [
        {"setting": setting, "recommender": name, "ndcg_at_10": mean, "low": mean - 0.01, "high": mean + 0.01}
        for setting in ("all", "new")
        for name, mean in (("popularity", 0.17), ("als", 0.22))
    ]
    with training_run(registry, Training("week", "compared", "c", ())) as run:
        run.log_comparison(rows, [{"slice": "activity", "group": "cold", "ndcg": None}], "**als** leads")
    folder = registry.registry_dir / "artifacts" / run.run_id / "artifacts"
    assert (folder / "comparison.png").read_bytes().startswith(b"\x89PNG")
    table = json.loads((folder / "comparison.json").read_text())
    assert table["columns"] == ["setting", "recommender", "ndcg_at_10", "low", "high"]
    assert table["data"][1] == ["all", "als", 0.22, 0.21, 0.23]
    assert json.loads((folder / "slices.json").read_text())["data"] == [["activity", "cold", None]]
    parent, _ = _runs(registry, "compared")
    assert parent.data.tags["mlflow.note.content"] == "**als** leads"


def test_a_recommender_has_a_child_per_origin_and_is_compared_by_their_average(registry: Settings) -> None:
    with training_run(registry, Training("weeks", "rolling", "c", ())) as run:
        for origin, value in (("2017-10-07", 0.2), ("2017-11-04", 0.3)):
            run.log_trial(Trial("als", {}, {"all/ndcg_at_10": value}, 1.0, origin=origin, slices=[{"group": "cold"}]))
    _, children = _runs(registry, "rolling")
    assert set(children) == {"als 2017-10-07", "als 2017-11-04"}
    assert children["als 2017-10-07"].data.tags["origin"] == "2017-10-07"
    child = registry.registry_dir / "artifacts" / children["als 2017-10-07"].info.run_id / "artifacts"
    assert json.loads((child / "slices.json").read_text())["data"] == [["cold"]]
    (averaged,) = latest_comparison(registry)
    assert averaged.name == "als" and averaged.metrics["all/ndcg_at_10"] == pytest.approx(0.25)


def test_the_diagnosis_of_a_ranker_is_figures_tables_and_pictures(registry: Settings) -> None:
    curve = Curve([0.01, 0.1, 0.4], [0.02, 0.0, 0.5], 0.07)
    with training_run(registry, Training("week", "diagnosed", "c", ())) as run:
        run.log_diagnosis("ranker", {"all": {"age": 0.75, "price": 0.25}}, {"all": curve})
    parent, _ = _runs(registry, "diagnosed")
    assert parent.data.metrics == {"ranker/all/calibration_error": 0.07}
    folder = registry.registry_dir / "artifacts" / run.run_id / "artifacts" / "ranker"
    assert {file.name for file in folder.iterdir()} == {"importances.json", "importances.png", "calibration.png"}
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in folder.glob("*.png"))
    table = json.loads((folder / "importances.json").read_text())
    assert table["data"] == [["all", "age", 0.75], ["all", "price", 0.25]]


def test_a_failed_training_says_why(registry: Settings) -> None:
    with pytest.raises(ZeroDivisionError), training_run(registry, Training("week", "failed", "c", ())):
        _ = 1 / 0
    parent, _ = _runs(registry, "failed")
    assert parent.info.status == "FAILED" and parent.data.tags["error"] == "ZeroDivisionError: division by zero"


def test_a_run_left_open_by_a_kill_is_closed_by_the_training_that_repeats_it(registry: Settings) -> None:
    client = connect(registry)
    experiment_id = client.get_experiment_by_name(EXPERIMENT).experiment_id
    left = client.create_run(experiment_id, tags={"training_key": "repeated"}).info.run_id
    with training_run(registry, Training("week", "repeated", "c", ())) as run:
        assert client.get_run(left).info.status == "KILLED"
    assert client.get_run(run.run_id).info.status == "FINISHED"
