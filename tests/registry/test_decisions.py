"""What people decide about a candidate: once, whoever else decides at the same time, and only about the newest."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.errors import ModelMissing, PromotionRefused
from ml.recommend.model import MODEL
from ml.registry import ledger
from ml.registry.candidates import Answer, rejection_of
from ml.registry.client import connect
from ml.registry.decisions import (
    candidate_to_review,
    reject,
    settled,
    waiting,
    why_not_promoted,
    why_not_proposed,
)
from ml.registry.ledger import Decision, Promotion, promote, promotions, rebuild_ledger
from ml.registry.versions import CHAMPION, Tag, by_alias, version_info
from ml.settings import Settings
from tests.registry.forks import end, forked

OLD, NEW, BACKFILLED = 1, 2, 3
"""Registered in this order; trained as of 2, 9 December and, repeating the past, 25 November."""


def _approve(settings: Settings, version: int, who: str = "anna", reason: str = "") -> Promotion:
    return promote(settings, MODEL, version, Decision(who, reason, None, approval=Answer(reason, "reviews/seen")))


def _reject(settings: Settings, version: int, who: str = "bert", reason: str = "too few new items") -> None:
    reject(settings, MODEL, version, who, Answer(reason, "reviews/seen"))


def test_an_approval_names_who_when_and_the_evidence_in_the_ledger_also_when_it_is_rebuilt(settings: Settings) -> None:
    row = _approve(settings, NEW, reason="looks right")
    assert (row.version, row.who, row.why, row.evidence) == (NEW, "anna", "looks right", "reviews/seen")
    assert row.at
    assert rebuild_ledger(settings, MODEL) == [row] == promotions(settings, MODEL)
    champion = by_alias(settings, MODEL, CHAMPION)
    assert champion is not None and champion.version == NEW


def test_a_promotion_that_nobody_was_asked_about_names_no_evidence(settings: Settings) -> None:
    assert promote(settings, MODEL, NEW, Decision("a training", "refreshed", None)).evidence == ""


def test_two_people_who_approve_at_once_make_one_promotion(settings: Settings) -> None:
    racers = [forked(lambda who=who: _approve(settings, NEW, who)) for who in ("anna", "bert", "carl")]
    assert [end(racer) for racer in racers] == [0, 0, 0]
    (row,) = promotions(settings, MODEL)
    assert row.version == NEW and row.who in ("anna", "bert", "carl")


@pytest.mark.parametrize("trial", range(4))
def test_of_two_people_who_disagree_at_once_one_decides_and_the_other_is_refused(
    trial: int, settings: Settings
) -> None:
    works: list[Callable[[], object]] = [lambda: _approve(settings, NEW), lambda: _reject(settings, NEW)]
    racers = [forked(work) for work in (works if trial % 2 else works[::-1])]
    assert sorted(end(racer) for racer in racers) == [0, 1]
    is_rejected = rejection_of(version_info(settings, MODEL, NEW)) is not None
    assert [row.version for row in promotions(settings, MODEL)] == ([] if is_rejected else [NEW])


def test_a_candidate_cannot_be_approved_once_a_newer_one_is_registered(settings: Settings) -> None:
    with pytest.raises(PromotionRefused, match=rf"version {NEW}, registered after it and trained as of 2017-12-09"):
        _approve(settings, OLD)
    assert promotions(settings, MODEL) == [] and by_alias(settings, MODEL, CHAMPION) is None
    assert promote(settings, MODEL, OLD, Decision("a training", "refreshed", None)).version == OLD, "trainings go on"


def test_a_training_that_repeats_the_past_outdates_no_candidate(settings: Settings) -> None:
    assert _approve(settings, NEW).version == NEW < BACKFILLED


def test_a_rejection_keeps_the_first_reason_and_is_final(settings: Settings) -> None:
    _reject(settings, NEW)
    _reject(settings, NEW, "carl", "another reason")
    kept = rejection_of(version_info(settings, MODEL, NEW))
    assert kept is not None and kept.at
    assert (kept.who, kept.why, kept.evidence) == ("bert", "too few new items", "reviews/seen")
    for approval in (Answer(), None):
        with pytest.raises(PromotionRefused, match="bert rejected it: too few new items"):
            promote(settings, MODEL, NEW, Decision("anna", "", None, approval=approval))
    assert promotions(settings, MODEL) == []


def test_a_promoted_version_cannot_be_rejected(settings: Settings) -> None:
    row = _approve(settings, NEW)
    with pytest.raises(PromotionRefused, match=r"promoted by anna.*shelduck rollback DAY"):
        _reject(settings, NEW)
    assert promotions(settings, MODEL) == [row]
    assert Tag.rejection not in version_info(settings, MODEL, NEW).tags


@pytest.mark.parametrize("step", ["set_model_version_tag", "append_line", "set_registered_model_alias"])
def test_an_approval_killed_before_the_ledger_is_finished_by_the_retry(settings: Settings, step: str) -> None:
    def approve_and_die() -> None:
        owner = ledger if step == "append_line" else type(connect(settings))
        setattr(owner, step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        _approve(settings, NEW)

    assert end(forked(approve_and_die)) == -signal.SIGKILL
    row = _approve(settings, NEW)
    assert promotions(settings, MODEL) == [row] == rebuild_ledger(settings, MODEL)
    champion = by_alias(settings, MODEL, CHAMPION)
    assert champion is not None and champion.version == NEW


def test_the_latest_trained_undecided_candidate_waits(settings: Settings) -> None:
    assert _version(waiting(settings, MODEL)) == NEW
    _reject(settings, NEW)
    assert _version(waiting(settings, MODEL)) == BACKFILLED
    assert candidate_to_review(settings, MODEL).version == BACKFILLED


def test_what_was_trained_before_the_champion_does_not_wait(settings: Settings) -> None:
    _approve(settings, NEW)
    assert waiting(settings, MODEL) is None
    assert candidate_to_review(settings, MODEL).version == BACKFILLED, "of whoever asks for a review all the same"


def test_a_home_without_models_has_nothing_that_waits_and_gets_no_registry(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    assert waiting(settings, MODEL) is None
    with pytest.raises(ModelMissing, match="shelduck train"):
        candidate_to_review(settings, MODEL)
    assert not settings.registry_dir.exists()


def test_what_is_settled_says_by_whom(settings: Settings) -> None:
    assert settled(settings, MODEL, NEW) is None
    assert settled(settings, MODEL, OLD) == f"version {NEW} was registered after version {OLD} and is reviewed instead"
    _reject(settings, OLD)
    assert settled(settings, MODEL, OLD) == f"version {OLD} was rejected by bert: too few new items"
    _approve(settings, NEW)
    assert settled(settings, MODEL, NEW) == f"version {NEW} was promoted by anna and decides from 2017-12-09"


@pytest.mark.parametrize(
    ("promotion", "is_promoted", "is_proposed"),
    [("auto", True, False), ("approve", False, True), ("never", False, False), ("never,shelf=approve", False, True)],
)
def test_the_setting_says_whether_a_training_promotes_or_asks_or_neither(
    promotion: str, is_promoted: bool, is_proposed: bool, settings: Settings
) -> None:
    chosen = settings.model_copy(update={"promotion": promotion})
    assert (why_not_promoted(chosen, MODEL, NEW) is None) == is_promoted
    assert (why_not_proposed(chosen, MODEL, NEW, is_backfill=False) is None) == is_proposed
    assert why_not_proposed(chosen, MODEL, NEW, is_backfill=True) is not None, "a backfill asks nobody"


def test_nobody_is_asked_twice_about_a_version(settings: Settings) -> None:
    chosen = settings.model_copy(update={"promotion": "approve"})
    _reject(chosen, NEW)
    assert why_not_proposed(chosen, MODEL, NEW, is_backfill=False) == settled(chosen, MODEL, NEW)


def _version(found: object) -> object:
    return getattr(found, "version", None)
