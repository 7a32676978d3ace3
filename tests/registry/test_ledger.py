"""The ledger decides which model serves which day, whoever promotes what in which order."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from ml.errors import JournalBroken, ModelMissing, PromotionRefused
from ml.recommend.model import MODEL
from ml.registry import ledger
from ml.registry.client import connect, registry_lock
from ml.registry.ledger import Decision, policy_effective, promote, promotions, rebuild_ledger, recorded
from ml.registry.ledger_file import ledger_path
from ml.registry.versions import CHAMPION, Tag, by_alias
from ml.settings import Settings
from tests.registry.forks import end, forked

DEC2, DEC5, DEC9 = date(2017, 12, 2), date(2017, 12, 5), date(2017, 12, 9)


def _decided(newest: date | None = None, **more: int | None) -> Decision:
    return Decision("test", "because", newest, **more)  # type: ignore[arg-type]


def test_before_any_promotion_no_model_is_effective(settings: Settings) -> None:
    assert policy_effective(settings, MODEL, DEC2) is None
    assert by_alias(settings, MODEL, CHAMPION) is None


def test_a_home_without_mlflow_has_no_policy_and_gets_no_database(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert policy_effective(settings, MODEL, DEC2) is None
    assert list(tmp_path.iterdir()) == []


def test_a_promotion_is_effective_from_its_as_of_date_when_nothing_was_published(settings: Settings) -> None:
    row = promote(settings, MODEL, 1, _decided())
    assert (row.version, row.effective_from, row.content_hash) == (1, DEC2, "hash 1")
    assert policy_effective(settings, MODEL, date(2017, 12, 1)) is None
    assert policy_effective(settings, MODEL, DEC2) == row


def test_published_days_keep_the_policy_they_had(settings: Settings) -> None:
    row = promote(settings, MODEL, 1, _decided(newest=DEC5))
    assert row.effective_from == date(2017, 12, 6)
    assert policy_effective(settings, MODEL, DEC5) is None
    assert policy_effective(settings, MODEL, date(2017, 12, 6)) == row


def test_knowledge_now_uses_todays_champion_for_any_day(settings: Settings) -> None:
    row = promote(settings, MODEL, 2, _decided(newest=DEC9))
    assert policy_effective(settings, MODEL, DEC2, "now") == row
    assert policy_effective(settings.model_copy(update={"knowledge": "now"}), MODEL, DEC2) == row
    assert policy_effective(settings, MODEL, DEC2, "then") is None


def test_the_latest_trained_decides_in_whatever_order_versions_are_promoted(settings: Settings) -> None:
    for version in (2, 3, 1):
        promote(settings, MODEL, version, _decided())
    assert [row.version for row in promotions(settings, MODEL)] == [2, 3, 1]
    effective = {day: policy_effective(settings, MODEL, day) for day in (date(2017, 11, 25), DEC2, DEC9)}
    assert [row.version for row in effective.values() if row] == [3, 1, 2]
    assert by_alias(settings, MODEL, CHAMPION).version == 2


def test_promoting_a_promoted_version_again_adds_no_row(settings: Settings) -> None:
    first = promote(settings, MODEL, 1, _decided())
    again = promote(settings, MODEL, 1, _decided(newest=DEC9))
    assert again == first and len(promotions(settings, MODEL)) == 1
    assert by_alias(settings, MODEL, CHAMPION).version == 1


def test_after_mlflow_was_lost_a_new_version_of_an_old_number_is_another_one(settings: Settings) -> None:
    old = [promote(settings, MODEL, version, _decided()) for version in (1, 2)]
    client, retrained = connect(settings), date(2017, 12, 16)
    for name, value in {Tag.content_hash: "another", Tag.trained_as_of: retrained.isoformat()}.items():
        client.set_model_version_tag(MODEL, "1", name, value)
    client.delete_model_version(MODEL, "2")
    new = promote(settings, MODEL, 1, _decided(newest=DEC9))
    assert promotions(settings, MODEL) == [*old, new]
    assert (new.content_hash, new.effective_from) == ("another", retrained)
    assert policy_effective(settings, MODEL, DEC9) == old[1], "days before keep the policy they had"
    assert by_alias(settings, MODEL, CHAMPION).version == 1


def test_an_unknown_version_is_refused_with_the_next_command(settings: Settings) -> None:
    with pytest.raises(ModelMissing, match=r"version 9: .* found versions \[1, 2, 3\]. Run: shelduck train"):
        promote(settings, MODEL, 9, _decided())
    assert promotions(settings, MODEL) == []


def test_a_candidate_judged_against_an_earlier_champion_is_refused(settings: Settings) -> None:
    promote(settings, MODEL, 1, _decided(judged_against=None))
    with pytest.raises(PromotionRefused, match="judged against, version None; found version 1"):
        promote(settings, MODEL, 2, _decided(judged_against=None))
    assert promote(settings, MODEL, 2, _decided(judged_against=1)).version == 2


def test_a_lost_ledger_is_rebuilt_from_mlflow(settings: Settings) -> None:
    for version in (1, 2):
        promote(settings, MODEL, version, _decided(newest=DEC5))
    before = promotions(settings, MODEL)
    ledger_path(settings, MODEL).unlink()
    assert policy_effective(settings, MODEL, DEC9) == before[1]
    assert promotions(settings, MODEL) == before


def test_a_lost_ledger_is_read_while_somebody_holds_the_registry_and_written_afterwards(settings: Settings) -> None:
    promote(settings, MODEL, 1, _decided())
    before = promotions(settings, MODEL)
    ledger_path(settings, MODEL).unlink()
    patient = settings.model_copy(update={"lock_timeout": 600.0})
    with registry_lock(settings, "a training"), ThreadPoolExecutor(1) as another:
        assert another.submit(promotions, patient, MODEL).result(60) == before == recorded(patient, MODEL)
        assert not ledger_path(settings, MODEL).exists()
    assert promotions(settings, MODEL) == before
    assert ledger_path(settings, MODEL).exists()


def test_a_tag_that_somebody_wrote_by_hand_is_no_promotion(settings: Settings) -> None:
    promote(settings, MODEL, 1, _decided())
    before = promotions(settings, MODEL)
    connect(settings).set_model_version_tag(MODEL, "2", Tag.promotion, "yes, please")
    ledger_path(settings, MODEL).unlink()
    assert promotions(settings, MODEL) == before


def test_a_torn_last_line_was_never_a_promotion(settings: Settings) -> None:
    promote(settings, MODEL, 1, _decided())
    path = ledger_path(settings, MODEL)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    assert [row.version for row in promotions(settings, MODEL)] == [1]
    promote(settings, MODEL, 2, _decided())
    assert [row.version for row in promotions(settings, MODEL)] == [1, 2]


def test_a_damaged_line_is_named_and_a_rebuild_mends_it(settings: Settings) -> None:
    for version in (1, 2):
        promote(settings, MODEL, version, _decided())
    before = promotions(settings, MODEL)
    path = ledger_path(settings, MODEL)
    path.write_text(path.read_text().replace('{"at"', "{at", 1))
    with pytest.raises(JournalBroken, match=r"shelf.jsonl line 1: expected a JSON object"):
        policy_effective(settings, MODEL, DEC2)
    assert rebuild_ledger(settings, MODEL) == before == promotions(settings, MODEL)


@pytest.mark.parametrize("step", ["set_model_version_tag", "append_line", "set_registered_model_alias"])
def test_a_promotion_killed_at_any_step_is_finished_by_a_rerun(settings: Settings, step: str) -> None:
    promote(settings, MODEL, 3, _decided())

    def promote_and_die() -> None:
        owner = ledger if step == "append_line" else type(connect(settings))
        setattr(owner, step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        promote(settings, MODEL, 1, _decided())

    assert end(forked(promote_and_die)) == -signal.SIGKILL
    row = promote(settings, MODEL, 1, _decided(newest=DEC5))
    was_in_the_ledger = step == "set_registered_model_alias"
    assert row.effective_from == (DEC2 if was_in_the_ledger else date(2017, 12, 6))
    assert [row.version for row in promotions(settings, MODEL)] == [3, 1]
    assert rebuild_ledger(settings, MODEL) == promotions(settings, MODEL)
    assert by_alias(settings, MODEL, CHAMPION).version == 1


def test_two_racing_promoters_leave_two_rows_and_the_latest_trained_champion(settings: Settings) -> None:
    racers = [forked(lambda version=version: promote(settings, MODEL, version, _decided())) for version in (1, 2)]
    assert [end(racer) for racer in racers] == [0, 0]
    assert sorted(row.version for row in promotions(settings, MODEL)) == [1, 2]
    assert by_alias(settings, MODEL, CHAMPION).version == 2
    assert policy_effective(settings, MODEL, DEC2).version == 1
