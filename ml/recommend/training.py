"""A training: judge every recipe on the last weeks, refit the winners on everything, register them as one bundle."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pydantic import JsonValue

from ml.errors import NothingToLearn
from ml.recommend.budget import affordable, require_size
from ml.recommend.bundle import Bundle, Placement, read_bundle, write_bundle
from ml.recommend.evaluation.origins import learned_days, origin_days, windows
from ml.recommend.evaluation.settings import Terms, setting_of
from ml.recommend.experiment import Used, describe, judge_recipes, recipe, show_comparison
from ml.recommend.history import SliceSnapshot, write_features, write_history
from ml.recommend.model import MODEL
from ml.recommend.registration import register
from ml.recommend.review.paired import FILE as PAIRS
from ml.recommend.review.paired import replaced
from ml.recommend.selection import CHOSEN_FOR, Selection, select
from ml.recommend.two_stage.calibration import Diagnosed, Diagnosis
from ml.registry.client import EXPERIMENT
from ml.registry.diagnosis import Curve
from ml.registry.ledger import JUDGED_AGAINST, champion_before, promotions
from ml.registry.registration import download_bundle
from ml.registry.tracking import TrainingRun, training_run
from ml.registry.versions import find_by_training_key
from ml.settings import Settings
from ml.warehouse.slices import Slice, read_slice

_log = logging.getLogger(__name__)


def training_days(settings: Settings, as_of: date) -> list[date]:
    """The as-of dates whose snapshots a training as of ``as_of`` reads, oldest first.

    These are the origins of its windows, its own day, and the past days that its recipes learn from on any of them.
    """
    origins = origin_days(as_of, settings.evaluation_days, settings.origins)
    return sorted({*origins, *learned_days(origins, [recipe(settings, name) for name in settings.recipes])})


def train(settings: Settings, folders: Sequence[Path], *, provenance: Mapping[str, str]) -> int:
    """Train as of the last slice's day and register the result as ``candidate``.

    A training whose data, code, settings, seed and incumbent are known already reuses its version.

    Args:
        folders: slices of ``training_days``, oldest first. The settings' origins are each the origin of the evaluation
            window that ends with the next, or with the last one, which is that of the training's as-of date; others
            may be learned from. Nothing later than an origin is learned before judging.
        provenance: run ids for MLflow's tags.

    Returns:
        The registered version.

    Raises:
        NothingToLearn: nobody bought anything by the as-of date.
        TooLarge: no recommender fits the settings' limits, or the model is larger than one may be.
    """
    everything = [read_slice(folder) for folder in folders]
    now = everything[-1]
    origins = origin_days(now.as_of, settings.evaluation_days, settings.origins)
    slices = [each for each in everything if each.as_of in origins]
    if now.table("history").is_empty():
        raise NothingToLearn(
            f"training as of {now.as_of}",
            expected="a shopper who bought something",
            found="no purchase in the history",
            remedy="Land files of that day or before; SHELDUCK_PURCHASE_EVENTS says which events are purchases",
        )
    incumbent, incumbents = _incumbent(settings, now)
    placements = settings.placements_on
    afford = affordable(settings, [recipe(settings, name) for name in settings.recipes], now)
    matter: dict[str, JsonValue] = {
        "recipes": list(afford.names),
        "left_out": [*sorted(afford.left_out)],
        "placements": [placement.model_dump() for placement in placements],
        "objectives": dict(settings.objectives),
        "k": settings.k,
        "incumbents": dict(incumbents),
        "incumbent": incumbent,
    }
    training = describe(settings, Used(slices, everything), experiment=EXPERIMENT, matter=matter, tags=provenance)
    known = find_by_training_key(settings, MODEL, training.key)
    if known is not None:
        _log.info("version %d was trained from the same data, code and settings; reused", known.version)
        return known.version
    with training_run(settings, training) as run:
        results = judge_recipes(settings, windows(slices, Terms.of(settings), everything), afford, run)
        references = {setting_of(each): incumbents.get(each.name) for each in reversed(placements)}
        show_comparison(run, results, references, afford.left_out)
        selections = {each.name: select(each, results, incumbents.get(each.name)) for each in placements}
        for selection in selections.values():
            _log.info("%s", selection.why)
        _log_choices(run, selections, incumbent)
        run.log_json(PAIRS, [each.model_dump() for each in replaced(results, [*selections.values()])])
        with tempfile.TemporaryDirectory() as scratch:
            snapshot = SliceSnapshot(now, tuple(everything))
            bundle = _refitted(run, settings, snapshot, selections, Path(scratch) / f"bundle-{now.as_of}")
            require_size(settings, bundle)
            registered = register(settings, bundle, run_id=run.run_id, key=training.key)
    return registered.version


def _log_choices(run: TrainingRun, selections: Mapping[str, Selection], incumbent: int | None) -> None:
    run.log_result(
        metrics={f"{name}/{metric}": value for name, made in selections.items() for metric, value in made.metrics()},
        tags={
            CHOSEN_FOR: json.dumps(list(selections)),
            JUDGED_AGAINST: json.dumps(incumbent),
            **{f"evidence.{name}": made.evidence for name, made in selections.items()},
        },
    )


def _refitted(
    run: TrainingRun, settings: Settings, now: SliceSnapshot, selections: Mapping[str, Selection], folder: Path
) -> Path:
    history, items, read = now.history, now.items, dict[str, tuple[str, ...]]()
    for name in sorted({made.recipe for made in selections.values()}):
        _log.info("refitting %s on everything up to %s", name, now.as_of)
        fitted = recipe(settings, name).fit(history, items, now.as_of)
        fitted.save(folder / name)
        read |= {table: (*read.get(table, ()), *columns) for table, columns in fitted.read_columns.items()}
        if isinstance(fitted, Diagnosed) and fitted.diagnosis.reliability:
            _log_diagnosis(run, name, fitted.diagnosis)
    serving = folder / "serving"
    serving.mkdir(parents=True)
    write_history(serving, history)
    write_features(serving, now, read)
    items.frame.write_parquet(serving / "dim_item.parquet")
    placements = {
        each.name: Placement(recipe=recipe, folder=recipe, eligible=each.eligible)
        for each in settings.placements_on
        for recipe in [selections[each.name].recipe]
    }
    bundle = Bundle(trained_as_of=now.as_of, placements=placements, liked_from=history.liked_from)
    write_bundle(folder, bundle)
    return folder


def _log_diagnosis(run: TrainingRun, recipe: str, diagnosis: Diagnosis) -> None:
    curves = {name: Curve(each.promised, each.observed, each.error) for name, each in diagnosis.reliability.items()}
    run.log_diagnosis(recipe, diagnosis.importances, curves)


def _incumbent(settings: Settings, now: Slice) -> tuple[int | None, dict[str, str]]:
    """The champion that was trained before this day: its version, and its recipes by placement."""
    champion = champion_before(promotions(settings, MODEL), now.as_of)
    if champion is None:
        return None, {}
    bundle = read_bundle(download_bundle(settings, MODEL, champion.version))
    return champion.version, {placement: used.recipe for placement, used in bundle.placements.items()}
