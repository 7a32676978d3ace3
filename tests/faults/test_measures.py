"""The measures of ``testkit/faults``: a sample here, more of each with ``make test-faults``, all with the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from testkit.faults.measure import Measure, Outcome
from testkit.faults.registry import MEASURES


def _told(measure: Measure, outcome: Outcome) -> str:
    return f"{measure.title}: {outcome.reached}; {'; '.join(outcome.faults[:5])}"


@pytest.mark.slow
@pytest.mark.parametrize("measure", [each for each in MEASURES if each.sample], ids=lambda each: each.name)
def test_a_sample_of_the_measure_is_met(measure: Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two capabilities, because each more makes every day that is run dearer; ``make test-faults`` has all."""
    monkeypatch.setenv("SHELDUCK_CAPABILITIES", '["recommend", "profile"]')
    outcome = measure.run(tmp_path, measure.sample)
    assert outcome.is_met, _told(measure, outcome)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
def test_the_measure_is_met(measure: Measure, tmp_path: Path) -> None:
    outcome = measure.run(tmp_path, measure.quick)
    assert outcome.is_met, _told(measure, outcome)


def test_nothing_tried_is_nothing_proven() -> None:
    assert not Outcome.counted(0, 0).is_met and not Outcome.none_of(0, (), "lost").is_met
    assert Outcome.counted(2, 2).is_met and not Outcome.counted(1, 2).is_met
    assert not Outcome.none_of(5, ("a row",), "lost").is_met
