"""What a promotion writes: which version decides, from which day on, why; and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ml.errors import ModelMissing, PromotionRefused
from ml.publish.readers import newest_decided
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.promotion import promote_candidate
from ml.recommend.selection import CHOSEN_FOR, Selection
from ml.registry.client import connect, experiment
from ml.registry.ledger import JUDGED_AGAINST, promotions
from ml.registry.versions import CHAMPION, Tag, by_alias
from ml.settings import Settings

TRAINED = date(2017, 12, 2)
FOR_YOU = Selection("for_you", "ease", 0.3)
REFRESHED = Selection("discover", "als", 0.2, incumbent="als")
Candidate = Callable[..., int]


@pytest.fixture
def candidate(fresh: Settings) -> Candidate:
    """``candidate(number, selections, judged_against)`` registers what the training of the ``number``-th week would."""
    client = connect(fresh)
    client.create_registered_model(MODEL)

    def register(number: int, *selections: Selection, judged_against: int | None = None, without: str = "") -> int:
        evidence = {f"evidence.{choice.placement}": choice.evidence for choice in selections}
        said = {CHOSEN_FOR: json.dumps([choice.placement for choice in selections]), **evidence}
        said |= {JUDGED_AGAINST: json.dumps(judged_against)}
        run = client.create_run(experiment(fresh, client), tags={k: v for k, v in said.items() if k != without})
        tags = {Tag.training_key: f"key {number}", Tag.content_hash: f"hash {number}", Tag.complete: "true"}
        tags |= {Tag.trained_as_of: (TRAINED + timedelta(weeks=number - 1)).isoformat()}
        made = client.create_model_version(MODEL, "file:///nowhere", run_id=run.info.run_id, tags=tags)
        return int(made.version)

    return register


def test_a_promotion_says_who_why_and_from_when_in_ledger_alias_and_run(fresh: Settings, candidate: Candidate) -> None:
    version = candidate(1, FOR_YOU, REFRESHED)
    assert promote_candidate(fresh, version, who="a test") == version
    (row,) = promotions(fresh, MODEL)
    assert (row.version, row.who, row.effective_from, row.content_hash) == (version, "a test", TRAINED, "hash 1")
    assert row.why == "for_you: ease, best of all (ndcg_at_10 0.3000), no incumbent; discover: als refreshed"
    champion = by_alias(fresh, MODEL, CHAMPION)
    assert champion is not None and champion.version == version
    run = connect(fresh).get_run(champion.run_id)
    assert run.data.tags["decides_from"] == TRAINED.isoformat()


def test_a_scored_day_keeps_its_policy(fresh: Settings, candidate: Candidate) -> None:
    (fresh.drafts_of("recommend") / "2017-12-05-aaaaaaaaaaaa-bbbbbbbbbbbb").mkdir(parents=True)
    promote_candidate(fresh, candidate(1, FOR_YOU), who="a test")
    assert [row.effective_from for row in promotions(fresh, MODEL)] == [date(2017, 12, 6)]


def test_promoting_again_keeps_the_row(fresh: Settings, candidate: Candidate) -> None:
    version = candidate(1, FOR_YOU)
    promote_candidate(fresh, version, who="a test")
    assert promote_candidate(fresh, version, who="somebody else") == version
    assert [(row.version, row.who) for row in promotions(fresh, MODEL)] == [(version, "a test")]


def test_a_candidate_that_was_judged_against_an_earlier_champion_is_refused(
    fresh: Settings, candidate: Candidate
) -> None:
    first, second = candidate(1, FOR_YOU), candidate(2, FOR_YOU, judged_against=None)
    promote_candidate(fresh, first, who="a test")
    with pytest.raises(PromotionRefused, match=f"version {first}"):
        promote_candidate(fresh, second, who="a test")
    assert [row.version for row in promotions(fresh, MODEL)] == [first]


def test_a_candidate_that_was_judged_against_the_champion_takes_its_place(
    fresh: Settings, candidate: Candidate
) -> None:
    first = candidate(1, FOR_YOU)
    promote_candidate(fresh, first, who="a test")
    second = candidate(2, FOR_YOU, judged_against=first)
    promote_candidate(fresh, second, who="a test")
    assert [row.version for row in promotions(fresh, MODEL)] == [first, second]


def test_a_version_that_nobody_registered_is_refused(fresh: Settings, candidate: Candidate) -> None:
    with pytest.raises(ModelMissing, match="version 9"):
        promote_candidate(fresh, 9, who="a test")
    assert promotions(fresh, MODEL) == []


@pytest.mark.parametrize("tag", ["evidence.for_you", JUDGED_AGAINST])
def test_a_run_whose_evidence_somebody_removed_promotes_nothing(
    tag: str, fresh: Settings, candidate: Candidate
) -> None:
    version = candidate(1, FOR_YOU, without=tag)
    with pytest.raises(ModelMissing, match=f"no {tag}"):
        promote_candidate(fresh, version, who="a test")
    assert promotions(fresh, MODEL) == []


def test_a_day_that_was_scored_keeps_its_policy_although_it_is_not_published_yet(settings: Settings) -> None:
    assert newest_decided(settings, RECOMMEND) is None
    for name in ("2017-12-03-aaaaaaaaaaaa-bbbbbbbbbbbb", "2017-12-04-aaaaaaaaaaaa-bbbbbbbbbbbb", ".tmp-2017-12-09"):
        (settings.drafts_of("recommend") / name).mkdir(parents=True)
    assert newest_decided(settings, RECOMMEND) == date(2017, 12, 4)
