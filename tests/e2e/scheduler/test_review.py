"""A candidate waits for a person under the real scheduler: asked once, answered once, decided once."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
import urllib.error
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from ml.recommend.model import MODEL
from ml.recommend.selection import CHOSEN_FOR, Selection
from ml.registry.candidates import rejection_of
from ml.registry.client import connect, experiment
from ml.registry.ledger import JUDGED_AGAINST, promotions
from ml.registry.ledger_file import ledger_path
from ml.registry.versions import CHAMPION, Tag, by_alias, version_info
from ml.settings import Settings
from testkit.airflow_api import Api, call
from tests.e2e.conftest import TRAINED
from tests.e2e.scheduler.conftest import VIEWER, VIEWERS_PASSWORD

PATIENCE_SECONDS = 240
SETTLED_SECONDS = 5
"""No person answers sooner. Airflow 3.3.2 takes a task that goes on within its executor's report of the question for a
lost one, and asks again."""
REVIEW, TRAINING = "review_candidate", "train_recommenders"


@pytest.fixture(scope="module")
def asking(scheduled: Api) -> Iterator[Api]:
    """The same, as if nobody had promoted the shop's version yet."""
    settings = scheduled.settings
    ledger = ledger_path(settings, MODEL)
    promoted = ledger.read_bytes()
    ledger.unlink()
    connect(settings).delete_registered_model_alias(MODEL, CHAMPION)
    connect(settings).delete_model_version_tag(MODEL, "1", Tag.promotion)
    yield scheduled.of(REVIEW)
    ledger.write_bytes(promoted)


@dataclass(frozen=True)
class Asked:
    """A run of the review that waits for a person."""

    api: Api
    run_id: str
    subject: str
    body: str

    def answer(self, option: str, reason: str = "", token: str = "") -> int:
        """The status of somebody's answer."""
        api = replace(self.api, token=token or self.api.token)
        path = f"dags/{REVIEW}/dagRuns/{_quoted(self.run_id)}/taskInstances/approval/-1/hitlDetails"
        try:
            api.send(path, {"chosen_options": [option], "params_input": {"reason": reason}}, "PATCH")
        except urllib.error.HTTPError as refused:
            return refused.code
        return 200

    def ended(self) -> dict[str, str]:
        """The states of its tasks once it is over."""
        return _ended(self.api, REVIEW, self.run_id)


def test_a_training_asks_a_person_with_the_evidence_instead_of_promoting(asking: Api) -> None:
    run_id = _train(asking)
    assert _ended(asking, TRAINING, run_id) == {
        **dict.fromkeys(("land", "build_for_training", "train", "propose"), "success"),
        "promote": "skipped",
    }
    asked = _asked(asking)
    assert asked.subject.startswith("Promote version 1 of shelf?")
    assert "for_you" in asked.body and "| guard-rail |" in asked.body and "in MLflow](http" in asked.body
    assert len(asked.body) < 3000, "short"
    assert promotions(asking.settings, MODEL) == [] and by_alias(asking.settings, MODEL, CHAMPION) is None


def test_who_may_only_look_sees_the_question_and_cannot_answer_it(asking: Api) -> None:
    login = {"username": VIEWER, "password": VIEWERS_PASSWORD}
    token = call(f"{asking.address}/auth/token", login)["access_token"]
    seen = replace(asking, token=token).get("dags/~/dagRuns/~/hitlDetails")
    assert seen["hitl_details"][0]["subject"].startswith("Promote version 1")
    assert _asked(asking).answer("Approve", token=token) == 403
    assert promotions(asking.settings, MODEL) == []


def test_of_two_who_answer_at_once_one_decides_and_the_ledger_says_who_and_on_which_evidence(asking: Api) -> None:
    asked = _asked(asking)
    with ThreadPoolExecutor(2) as people:
        statuses = list(people.map(lambda reason: asked.answer("Approve", reason), ("looks right", "me too")))
    # SQLite has no lock of a row: Airflow may take both, or find its file locked by the other
    assert 200 in statuses and set(statuses) <= {200, 409, 500}
    assert asked.answer("Reject", "too late") == 409
    assert asked.ended() == _states("success", "skipped")
    (row,) = promotions(asking.settings, MODEL)
    assert (row.version, row.who) == (1, "admin in Airflow")
    assert row.why.startswith(("looks right; ", "me too; "))
    assert "guard-rail" in (asking.settings.home / row.evidence / "review.md").read_text()
    champion = by_alias(asking.settings, MODEL, CHAMPION)
    assert champion is not None and champion.version == 1


@pytest.mark.faults
def test_a_rejection_keeps_its_reason_and_moves_nothing(asking: Api) -> None:
    before = promotions(asking.settings, MODEL)
    version = _register(asking.settings, week=1)
    asked = _proposed(asking, version)
    assert asked.answer("Reject", "too many changes before Christmas") == 200
    assert asked.ended() == _states("skipped", "success")
    kept = rejection_of(version_info(asking.settings, MODEL, version))
    assert kept is not None
    assert (kept.who, kept.why) == ("admin in Airflow", "too many changes before Christmas")
    assert promotions(asking.settings, MODEL) == before


@pytest.mark.faults
def test_a_candidate_cannot_be_approved_after_a_newer_one_was_registered_and_without_an_answer_nothing_happens(
    asking: Api,
) -> None:
    settings = asking.settings
    before = promotions(settings, MODEL)
    outdated = _register(settings, week=2)
    asked = _proposed(asking, outdated)
    newer = _register(settings, week=3)
    waits = _proposed(asking, newer)
    assert asked.answer("Approve", "late") == 200
    assert asked.ended()["promote"] == "failed"
    assert f"found version {newer}, registered after it" in _log(asking, asked.run_id, "promote")
    _let_time_run_out(settings, waits.run_id)
    assert waits.ended() == _states("skipped", "skipped")
    assert promotions(settings, MODEL) == before
    assert all(rejection_of(version_info(settings, MODEL, each)) is None for each in (outdated, newer))


def test_a_backfilled_training_waits_for_nobody(asking: Api) -> None:
    settings, training = asking.settings, asking.of(TRAINING)
    ledger = promotions(settings, MODEL)
    before = asking.get(f"dags/{REVIEW}/dagRuns")["total_entries"]
    start = TRAINED - timedelta(days=6)
    training.backfill(start, start, max_active_runs=1, reprocess_behavior="completed")
    assert list(training.finished("backfill", 1, PATIENCE_SECONDS).values()) == ["success"]
    (run,) = (each for each in training.get(f"dags/{TRAINING}/dagRuns")["dag_runs"] if each["run_type"] == "backfill")
    states = _ended(asking, TRAINING, run["dag_run_id"])
    assert (states["train"], states["promote"], states["propose"]) == ("success", "skipped", "skipped")
    assert asking.get(f"dags/{REVIEW}/dagRuns")["total_entries"] == before
    assert promotions(settings, MODEL) == ledger


def _states(promote: str, rejection: str) -> dict[str, str]:
    return {"evidence": "success", "approval": "success", "promote": promote, "note_rejection": rejection}


def _train(asking: Api) -> str:
    """A run of the training for the shop's week, whose result is known already; its id."""
    training = asking.of(TRAINING)
    training.unpause()
    started = training.send(f"dags/{TRAINING}/dagRuns", {"logical_date": f"{TRAINED - timedelta(days=7)}T22:00:00Z"})
    return str(started["dag_run_id"])


def _register(settings: Settings, week: int) -> int:
    """What a training of a later week leaves in MLflow, without its files."""
    client = connect(settings)
    choice = Selection("for_you", "buy_it_again", 0.3, incumbent="buy_it_again")
    tags = {CHOSEN_FOR: json.dumps(["for_you"]), "evidence.for_you": choice.evidence, JUDGED_AGAINST: "1"}
    run = client.create_run(experiment(settings, client), tags=tags)
    day: date = TRAINED + timedelta(weeks=week)
    own = {Tag.training_key: f"week {week}", Tag.content_hash: f"hash {week}", Tag.trained_as_of: day.isoformat()}
    made = client.create_model_version(
        MODEL, "file:///nowhere", run_id=run.info.run_id, tags={**own, Tag.complete: "true"}
    )
    return int(made.version)


def _proposed(asking: Api, version: int) -> Asked:
    """The review that the asset starts when a training proposes the version."""
    (asset,) = asking.get("assets?name_pattern=candidate_recommend")["assets"]
    asking.send("assets/events", {"asset_id": asset["id"], "extra": {"model": MODEL, "version": version}})
    return _asked(asking, f"version {version} ")


def _asked(asking: Api, about: str = "") -> Asked:
    """The question that nobody answered yet, once it is asked."""
    found: list[Any] = []

    def is_asked() -> bool:
        details = asking.get("dags/~/dagRuns/~/hitlDetails?response_received=false")["hitl_details"]
        waiting = [each for each in details if each["task_instance"]["state"] == "awaiting_input"]
        found[:] = [each for each in waiting if about in each["subject"]]
        return bool(found)

    asking.wait(is_asked, PATIENCE_SECONDS, "a person to be asked")
    time.sleep(SETTLED_SECONDS)
    return Asked(asking, found[0]["task_instance"]["dag_run_id"], found[0]["subject"], found[0]["body"])


def _ended(api: Api, dag: str, run_id: str) -> dict[str, str]:
    path = f"dags/{dag}/dagRuns/{_quoted(run_id)}"
    api.wait(lambda: api.get(path)["state"] in ("success", "failed"), PATIENCE_SECONDS, f"{dag} to end")
    return {each["task_id"]: each["state"] for each in api.get(f"{path}/taskInstances")["task_instances"]}


def _log(api: Api, run_id: str, task: str) -> str:
    """Of its last attempt."""
    path = f"dags/{REVIEW}/dagRuns/{_quoted(run_id)}/taskInstances/{task}"
    told = api.get(f"{path}/logs/{api.get(path)['try_number']}")["content"]
    return "\n".join(str(line.get("event")) for line in told)


def _let_time_run_out(settings: Settings, run_id: str) -> None:
    """Move the deadline that Airflow noted for the answer into the past."""
    with contextlib.closing(sqlite3.connect(settings.home / "airflow" / "airflow.db", timeout=60)) as metadata:
        past = "2020-01-01 00:00:00.000000"
        changed = metadata.execute(
            "update task_instance set trigger_timeout = ? where run_id = ? and state = 'awaiting_input'", (past, run_id)
        ).rowcount
        metadata.commit()
    assert changed == 1


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")
