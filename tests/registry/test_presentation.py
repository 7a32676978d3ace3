"""MLflow's pages at first sight: experiments of model training, a saved view, links between run, version and policy."""

from __future__ import annotations

import json
from datetime import date

from ml.recommend.model import MODEL
from ml.registry.client import EVALUATIONS, EXPERIMENT, TUNING, connect
from ml.registry.comparison import latest_comparison, leaderboard_of
from ml.registry.ledger import Decision, promote
from ml.registry.links import link_policy, link_promotion, link_site
from ml.registry.presentation import front_page
from ml.registry.tracking import Training, Trial, training_run
from ml.registry.versions import version_info
from ml.settings import Settings

STANDINGS = [
    {"setting": setting, "recommender": name, "ndcg_at_10": mean, "recall_at_10": mean / 2, "low": 0.1, "high": 0.9}
    for setting in ("all", "new")
    for name, mean in (("als", 0.5), ("popularity", 0.25))
]


def _trained(settings: Settings, experiment: str = EXPERIMENT) -> str:
    with training_run(settings, Training("week", f"a {experiment}", "code", (), experiment=experiment)) as run:
        for name, score in (("als", 0.5), ("popularity", 0.25)):
            run.log_trial(Trial(name, {}, {"all/ndcg_at_10": score, "new/ndcg_at_10": score}, 1.0, origin="2025-01-01"))
        run.log_comparison(STANDINGS)
    return run.run_id


def test_every_experiment_is_one_of_model_training_and_says_what_it_holds(fresh: Settings) -> None:
    client = connect(fresh)
    for name in (EXPERIMENT, EVALUATIONS, TUNING):
        _trained(fresh, name)
        found = client.get_experiment_by_name(name)
        assert found.tags["mlflow.experimentKind"] == "custom_model_development"
        note = found.tags["mlflow.note.content"]
        assert "A run per" in note and f"#/experiments/{found.experiment_id}/runs?workflowType=machine_learning" in note


def test_an_experiment_of_an_older_home_is_tagged_by_the_next_training_and_a_persons_description_stays(
    fresh: Settings,
) -> None:
    client = connect(fresh)
    older = client.create_experiment(EXPERIMENT, artifact_location=(fresh.registry_dir / "artifacts").as_uri())
    client.set_experiment_tag(older, "mlflow.note.content", "Ask Anna.")
    _trained(fresh)
    tags = client.get_experiment(older).tags
    assert tags["mlflow.experimentKind"] == "custom_model_development"
    assert tags["mlflow.note.content"] == "Ask Anna."


def test_the_saved_view_shows_the_recommenders_best_first_with_figures_that_their_runs_have(fresh: Settings) -> None:
    _trained(fresh)
    client = connect(fresh)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    (key,) = [key for key in experiment.tags if key.startswith("mlflow.sharedViewState.")]
    view = json.loads(experiment.tags[key])
    state = json.loads(view["state"])
    shown = client.search_runs(
        [experiment.experiment_id], state["searchFilter"], order_by=[f"{state['orderByKey']} DESC"]
    )
    assert [run.data.tags["recommender"] for run in shown] == ["als", "popularity"], "without the training's own run"
    columns = {name.split("`")[1] for name in state["selectedColumns"]}
    assert {"all/ndcg_at_10", "new/ndcg_at_10", "seconds", "recommender", "origin"} <= columns
    sections = {section["uuid"] for section in state["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} == sections
    assert view["name"] == "Recommenders" and isinstance(view["createdAt"], int), "as the page itself saves one"
    assert front_page(fresh, "http://localhost:5000/").endswith(f"viewStateShareKey={key.rpartition('.')[2]}")


def test_the_saved_view_shows_trials_without_an_origin_too(fresh: Settings) -> None:
    with training_run(fresh, Training("tune als", "tuned", "code", (), experiment=TUNING)) as run:
        run.log_trial(Trial("als 000", {}, {"all/ndcg_at_10": 0.5}, 1.0))
    client = connect(fresh)
    found = client.get_experiment_by_name(TUNING)
    (view,) = [value for key, value in found.tags.items() if key.startswith("mlflow.sharedViewState.")]
    shown = client.search_runs([found.experiment_id], json.loads(json.loads(view)["state"])["searchFilter"])
    assert [each.info.run_name for each in shown] == ["als 000"]


def test_a_trainings_own_run_has_the_best_recommenders_figures_so_that_no_group_of_charts_is_empty(
    fresh: Settings,
) -> None:
    run_id = _trained(fresh)
    own = connect(fresh).get_run(run_id).data.metrics
    assert own["all/ndcg_at_10"] == own["new/ndcg_at_10"] == 0.5 and own["all/recall_at_10"] == 0.25
    assert leaderboard_of(fresh, run_id)[0]["recommender"] == "als"
    assert len(leaderboard_of(fresh, run_id)) == 4
    assert {trial.name for trial in latest_comparison(fresh)} == {"als", "popularity"}


def test_a_run_that_a_person_adds_to_a_training_is_no_recommender(fresh: Settings) -> None:
    run_id, client = _trained(fresh), connect(fresh)
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    client.create_run(experiment, tags={"mlflow.parentRunId": run_id}, run_name="my notes")
    assert {trial.name for trial in latest_comparison(fresh)} == {"als", "popularity"}


def test_before_any_training_the_pages_begin_with_the_list_of_experiments_and_no_database_is_made(
    fresh: Settings,
) -> None:
    empty = Settings(home=fresh.home / "another")
    assert front_page(empty, "http://localhost:5000") == (
        "http://localhost:5000/#/experiments?workflowType=machine_learning"
    )
    assert not empty.mlflow_database.exists() and latest_comparison(fresh) == []


def test_run_version_and_policy_name_each_other(fresh: Settings) -> None:
    client, run_id = connect(fresh), _trained(fresh)
    client.create_registered_model(MODEL)
    tags = {"training_key": "k", "content_hash": "h", "complete": "true", "trained_as_of": "2025-01-01"}
    version = int(client.create_model_version(MODEL, "file:///nowhere", run_id=run_id, tags=tags).version)
    row = promote(fresh, MODEL, version, Decision("test", "it won", None))
    for _ in range(2):
        link_promotion(fresh, MODEL, row)
    link_policy(fresh, MODEL, version, "abc", date(2025, 1, 9))
    link_policy(fresh, MODEL, version, "abc", date(2025, 1, 2))
    link_policy(fresh, MODEL, version, "abc", date(2025, 1, 5))
    run = client.get_run(run_id).data.tags
    assert (run["model_version"], run["decides_from"], run["policy.abc"]) == (str(version), "2025-01-01", "2025-01-02")
    assert version_info(fresh, MODEL, version).tags["policy.abc"] == "2025-01-02", "the first day, in whatever order"
    assert run["mlflow.note.content"] == f"**Version {version} of shelf.** Decides from 2025-01-01: it won"
    described = client.get_model_version(MODEL, str(version)).description
    assert described == "Decides from 2025-01-01: it won"


def test_the_description_of_a_run_links_the_newest_pages_once_and_keeps_what_was_written(fresh: Settings) -> None:
    client, run_id = connect(fresh), _trained(fresh)
    client.create_registered_model(MODEL)
    tags = {"training_key": "k", "content_hash": "h", "complete": "true", "trained_as_of": "2025-01-01"}
    version = int(client.create_model_version(MODEL, "file:///nowhere", run_id=run_id, tags=tags).version)
    client.set_tag(run_id, "mlflow.note.content", "Mine.")
    for address in ("http://before.example/shelduck/site", *["http://shop.example/shelduck/site"] * 2):
        link_site(fresh, MODEL, version, address)
    note = client.get_run(run_id).data.tags["mlflow.note.content"]
    assert note == "Mine.\n\n[Pages of the newest day](http://shop.example/shelduck/site)"


def test_a_policy_is_not_linked_to_a_version_that_is_gone_and_nothing_fails(fresh: Settings) -> None:
    link_policy(fresh, MODEL, 77, "abc", date(2025, 1, 9))
    link_site(fresh, MODEL, 77, "http://shop.example/shelduck/site")
    assert connect(fresh).search_model_versions("tags.`policy.abc` != ''") == []
