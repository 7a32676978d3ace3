"""The measures of ``bench/faults``: a sample here, more of each with ``make test-faults``, all with the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.faults.measure import Measure, Outcome
from bench.faults.registry import MEASURES


def _met(measure: Measure, scratch: Path, count: int) -> None:
    outcome = measure.run(scratch, count)
    assert outcome.is_met, f"{measure.title}: {outcome.reached}; {'; '.join(outcome.faults[:5])}"


@pytest.mark.parametrize("measure", [each for each in MEASURES if each.sample], ids=lambda each: each.name)
def test_a_sample_of_the_measure_is_met(measure: Measure, tmp_path: Path) -> None:
    _met(measure, tmp_path, measure.sample)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
def test_the_measure_is_met(measure: Measure, tmp_path: Path) -> None:
    _met(measure, tmp_path, measure.quick)


def test_nothing_tried_is_nothing_proven() -> None:
    assert not Outcome.counted(0, 0).is_met and not Outcome.none_of(0, (), "lost").is_met
    assert Outcome.counted(2, 2).is_met and not Outcome.counted(1, 2).is_met
    assert not Outcome.none_of(5, ("a row",), "lost").is_met
