"""The rankers of a two-stage recommender as files: boosters in LightGBM's text format, everything else as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ml.errors import ModelMissing
from ml.recommend.core import serialization as storage
from ml.recommend.two_stage.calibration import Reliability
from ml.recommend.two_stage.day_features import NAMED
from ml.recommend.two_stage.features import SCORES
from ml.recommend.two_stage.ranker import Ranker

_NOTED_THREADS: Final = re.compile(r"^\[num_threads: \d+\]\n", re.MULTILINE)
"""LightGBM writes into its text how many threads it had, on which nothing else in the text depends."""


@dataclass(frozen=True, eq=False)
class Rankers:
    """By objective: its ranker and the reliability of its probabilities; no ranker where the history was too short."""

    learned: dict[str, Ranker]
    reliability: dict[str, Reliability]


@dataclass(frozen=True)
class _Described:
    """By objective: what of a ranker is not in LightGBM's text."""

    rankers: dict[str, dict[str, Any]]


def write_rankers(folder: Path, name: str, params: Mapping[str, Any], state: Rankers) -> None:
    """Write the settings and state of the recommender ``name``: a text file per booster, one JSON file for the rest."""
    described = _Described({objective: _described(state, objective) for objective in state.learned})
    storage.write(folder, name, dict(params), described)
    for objective, ranker in state.learned.items():
        for number, text in enumerate(ranker.texts):
            (folder / _booster(objective, number)).write_text(_NOTED_THREADS.sub("", text), encoding="utf-8")


def read_rankers(folder: Path) -> Rankers:
    """What ``write_rankers`` wrote into ``folder``.

    Raises:
        ModelMissing: an earlier release wrote it, of features that no table has.
    """
    learned, reliability = {}, {}
    for objective, each in storage.read_state(folder, _Described).rankers.items():
        weights = tuple(each["weights"])
        texts = [(folder / _booster(objective, number)).read_text(encoding="utf-8") for number in range(len(weights))]
        learned[objective] = _known(Ranker(tuple(texts), weights, each["slope"], each["intercept"]), folder)
        reliability[objective] = Reliability(**each["reliability"])
    return Rankers(learned, reliability)


def read_reliability(folder: Path) -> dict[str, Reliability]:
    """By objective, how far the probabilities of a saved recommender held; none where it has no ranker."""
    described = storage.read_state(folder, _Described).rankers
    return {objective: Reliability(**each["reliability"]) for objective, each in described.items()}


def _known(ranker: Ranker, folder: Path) -> Ranker:
    """The ranker, unless it is of an earlier release, which computed features of its own."""
    unknown = [name for name in ranker.columns if name not in SCORES and name.partition(".")[0] not in NAMED]
    if unknown:
        raise ModelMissing(
            f"recommender in {folder.name}",
            expected="a ranker of columns of the feature tables",
            found=f"one of {unknown[0]} and others",
            remedy="Run: shelduck train --as-of YYYY-MM-DD",
        )
    return ranker


def _described(state: Rankers, objective: str) -> dict[str, Any]:
    ranker, reliability = state.learned[objective], state.reliability[objective]
    numbers = {"weights": ranker.weights, "slope": ranker.slope, "intercept": ranker.intercept}
    return {**numbers, "reliability": asdict(reliability)}


def _booster(objective: str, number: int) -> str:
    return f"{objective}_{number}.txt"
