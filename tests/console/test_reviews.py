"""``shelduck review``: shows what waits with its evidence, and decides as the DAG does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ml.owners import operator
from ml.recommend.model import MODEL
from ml.recommend.review.paired import FILE, Pair, Replaced
from ml.recommend.selection import CHOSEN_FOR, Selection
from ml.registry.candidates import rejection_of
from ml.registry.client import connect, experiment
from ml.registry.ledger import JUDGED_AGAINST, promotions
from ml.registry.versions import Tag, version_info
from ml.settings import Settings
from tests.typed import Answer, type_command

TRAINED = date(2017, 12, 2)
Type = Callable[..., Answer]
_WORSE = Pair(by="everybody", group="", shoppers=900, before=0.4, after=0.35, low=-0.06, high=-0.04, p=0.001)


@pytest.fixture
def home(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A registry with a candidate whose recipe for one placement is another, and worse."""
    monkeypatch.setenv("SHELDUCK_HOME", str(fresh.home))
    connect(fresh).create_registered_model(MODEL)
    _register(fresh, 1)
    return fresh


@pytest.fixture
def types(capsys: pytest.CaptureFixture[str], home: Settings) -> Type:
    """``types("review", …)``."""
    return lambda *words: type_command(capsys, *words)


def _register(settings: Settings, number: int) -> int:
    client = connect(settings)
    choice = Selection("for_you", "ease", 0.4, "als", 0.01, 0.002, 0.02, 0.01, "ease")
    tags = {CHOSEN_FOR: json.dumps(["for_you"]), "evidence.for_you": choice.evidence, JUDGED_AGAINST: "null"}
    run = client.create_run(experiment(settings, client), tags=tags).info.run_id
    measured = Replaced(placement="for_you", before="als", after="ease", pairs=(_WORSE,), seconds=(3.0, 4.5))
    client.log_dict(run, [measured.model_dump(mode="json")], FILE)
    own = {Tag.training_key: f"key {number}", Tag.content_hash: f"hash {number}", Tag.complete: "true"}
    own |= {Tag.trained_as_of: (TRAINED + timedelta(weeks=number - 1)).isoformat()}
    return int(client.create_model_version(MODEL, "file:///nowhere", run_id=run, tags=own).version)


def test_what_waits_is_shown_with_its_guard_rails_and_kept(home: Settings, types: Type) -> None:
    answer = types("review")
    assert answer.code == 0, answer.errors
    assert "Promote version 1 of shelf? 1 guard-rail broken." in answer.output
    assert "quality of for_you" in answer.output and "-0.0500" in answer.output
    assert "4.5 CPU s, was 3.0" in answer.output
    (folder,) = (home.reports_dir / "reviews").glob("shelf-1-*")
    whole = (folder / "review.md").read_text()
    assert "| for\\_you |" in whole or "| for_you |" in whole
    run = version_info(home, MODEL, 1).run_id
    assert "review.md" in {file.path for file in connect(home).list_artifacts(run)}
    assert types("review").output == answer.output, "it is kept, not made again"
    assert promotions(home, MODEL) == []


def test_an_approval_names_the_user_the_reason_and_what_was_seen(home: Settings, types: Type) -> None:
    answer = types("review", "shelf", "--approve", "--why", "the loss is wanted")
    assert answer.code == 0, answer.errors
    assert f"version 1 was promoted by {operator()}" in answer.output
    (row,) = promotions(home, MODEL)
    assert (row.version, row.who) == (1, operator()) and row.why.startswith("the loss is wanted; for_you: ease")
    assert (home.home / row.evidence / "review.md").is_file()
    assert types("review").output.strip() == "no candidate waits for a decision"


def test_a_rejection_needs_a_reason_and_keeps_it(home: Settings, types: Type) -> None:
    assert types("review", "shelf", "--reject").code == 2
    assert rejection_of(version_info(home, MODEL, 1)) is None
    assert types("review", "shelf", "--reject", "--why", "worse").code == 0
    kept = rejection_of(version_info(home, MODEL, 1))
    assert kept is not None and (kept.who, kept.why) == (operator(), "worse")
    refused = types("review", "shelf", "--version", "1", "--approve")
    assert refused.code == 1 and f"{operator()} rejected it: worse" in _line(refused.errors)


def test_an_outdated_candidate_is_refused_by_the_command_line_too(home: Settings, types: Type) -> None:
    _register(home, 2)
    refused = types("review", "shelf", "--version", "1", "--approve")
    assert refused.code == 1 and "found version 2, registered after it" in _line(refused.errors)
    assert promotions(home, MODEL) == []
    assert "Promote version 2 of shelf?" in types("review").output


def test_where_nobody_promotes_a_person_does_not_either(
    home: Settings, types: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_PROMOTION", "auto,shelf=never")
    refused = types("review", "shelf", "--approve")
    assert refused.code == 1 and "expected SHELDUCK_PROMOTION=approve or auto" in _line(refused.errors)
    assert promotions(home, MODEL) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bids",), "expected one of shelf"),
        (("shelf", "--version", "7"), "found versions [1]"),
        (("--approve", "--reject", "--why", "x"), "exclude each"),
    ],
)
def test_what_is_not_there_or_contradicts_itself_is_refused(words: tuple[str, ...], told: str, types: Type) -> None:
    refused = types("review", *words)
    assert refused.code in (1, 2) and told in _line(refused.errors)


def _line(printed: str) -> str:
    """Without the line ends of a narrow terminal."""
    return " ".join(printed.split())
