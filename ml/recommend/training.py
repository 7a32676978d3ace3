"""A training: judge every recipe on the last weeks, refit the winners on everything, register them as one bundle."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from ml.errors import ExtraMissing, TooLarge
from ml.fingerprint import code_revision
from ml.recommend.choice import Choice, choose
from ml.recommend.evaluation.judge import Evaluation, Split, evaluate
from ml.recommend.models import recommender
from ml.recommend.policy import PLACEMENTS
from ml.recommend.protocol import Interactions, Items
from ml.registry.bundle import Bundle, Placement, read_bundle, write_bundle
from ml.registry.ledger import JUDGED_AGAINST, champion_before, promotions
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.tracking import Dataset, Training, TrainingRun, Trial, training_run
from ml.registry.versions import find_by_training_key, training_key
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import Slice, read_slice

_log = logging.getLogger(__name__)
_SERVING = Path(__file__).with_name("serving.py")


@dataclass(frozen=True)
class _Window:
    """The two slices of a training: before the evaluation window, and its end."""

    then: Slice
    now: Slice

    @cached_property
    def split(self) -> Split:
        """What was known at the end of the first slice's day, and what was bought up to the second's."""
        days = (self.now.as_of - self.then.as_of).days
        return Split(
            Interactions(self.then.table("history")),
            self.everything.after(self.then.as_of, days),
            _eligible(self.then),
            self.then.as_of,
        )

    @cached_property
    def everything(self) -> Interactions:
        """The whole history as of the second slice's day."""
        return Interactions(self.now.table("history"))


def train(settings: Settings, then_folder: Path, now_folder: Path, *, provenance: Mapping[str, str]) -> int:
    """Train as of the second slice's day and register the result as ``candidate``.

    A training whose data, code, settings, seed and incumbent are known already reuses its version.

    Args:
        then_folder: slice of the day before the evaluation window; nothing later is learned before judging.
        now_folder: slice of the training's as-of date.
        provenance: run ids for MLflow's tags.

    Returns:
        The registered version.
    """
    window = _Window(read_slice(then_folder), read_slice(now_folder))
    incumbent, incumbents = _incumbent(settings, window.now)
    training = _described(settings, window, incumbent, incumbents, provenance)
    known = find_by_training_key(settings, training.key)
    if known is not None:
        _log.info("version %d was trained from the same data, code and settings; reused", known.version)
        return known.version
    with training_run(settings, training) as run:
        evaluations = _judged(window, settings.recipes, run)
        choices = {each.name: choose(each, evaluations, incumbents.get(each.name)) for each in PLACEMENTS}
        run.log_result(
            metrics={f"{name}_{metric}": value for name, made in choices.items() for metric, value in made.metrics()},
            tags={
                JUDGED_AGAINST: json.dumps(incumbent),
                **{f"evidence.{name}": made.evidence for name, made in choices.items()},
            },
        )
        with tempfile.TemporaryDirectory() as scratch:
            bundle = _refitted(window, choices, Path(scratch) / f"bundle-{window.now.as_of}")
            registered = register_bundle(
                settings,
                bundle,
                run_id=run.run_id,
                key=training.key,
                serving=_SERVING,
            )
    return registered.version


def _judged(window: _Window, recipes: Sequence[str], run: TrainingRun) -> dict[str, Evaluation]:
    evaluations = {}
    for number, recipe in enumerate(recipes, start=1):
        _log.info("judging %s (%d of %d)", recipe, number, len(recipes))
        started = time.perf_counter()
        try:
            found = evaluate(recommender(recipe)(), window.split)
        except (ExtraMissing, TooLarge) as skipped:
            _log.warning("%s is left out: %s", recipe, skipped)
            continue
        run.log_trial(Trial(found.name, found.params, found.metrics, time.perf_counter() - started))
        evaluations[found.name] = found
    return evaluations


def _refitted(window: _Window, choices: Mapping[str, Choice], folder: Path) -> Path:
    history, items = window.everything, _eligible(window.now)
    for recipe in sorted({made.recipe for made in choices.values()}):
        _log.info("refitting %s on everything up to %s", recipe, window.now.as_of)
        recommender(recipe)().fit(history, items, window.now.as_of).save(folder / recipe)
    serving = folder / "serving"
    serving.mkdir(parents=True)
    history.frame.write_parquet(serving / "history.parquet")
    items.frame.write_parquet(serving / "dim_item.parquet")
    placements = {name: Placement(recipe=made.recipe, folder=made.recipe) for name, made in choices.items()}
    write_bundle(folder, Bundle(trained_as_of=window.now.as_of, placements=placements))
    return folder


def _incumbent(settings: Settings, now: Slice) -> tuple[int | None, dict[str, str]]:
    """The champion that was trained before this day: its version, and its recipes by placement."""
    champion = champion_before(promotions(settings), now.as_of)
    if champion is None:
        return None, {}
    bundle = read_bundle(download_bundle(settings, champion.version))
    return champion.version, {placement: used.recipe for placement, used in bundle.placements.items()}


def _described(
    settings: Settings,
    window: _Window,
    incumbent: int | None,
    incumbents: Mapping[str, str],
    provenance: Mapping[str, str],
) -> Training:
    hashes = {"then": window.then.inputs_hash, "now": window.now.inputs_hash}
    matter: dict[str, JsonValue] = {
        "recipes": list(settings.recipes),
        "incumbents": dict(incumbents),
        "incumbent": incumbent,
    }
    return Training(
        name=f"training as of {window.now.as_of}",
        key=training_key(data_hashes=hashes, code=code_revision(), settings=matter, seed=settings.seed),
        code_revision=code_revision(),
        datasets=tuple(
            Dataset(settings.relative(each.folder), each.inputs_hash, len(each.table("history")), context)
            for each, context in ((window.then, "training"), (window.now, "evaluation and refit"))
        ),
        params={"as_of": str(window.now.as_of), "evaluation_from": str(window.then.as_of), "seed": settings.seed},
        tags=dict(provenance),
    )


def _eligible(day: Slice) -> Items:
    return Items(day.table("dim_item").filter(pl.col(Col.is_recommendable)))
