"""A training: judge every contender on rolling origins, refit the winners on everything, register them as a bundle."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ml.day import Day
from ml.errors import NothingToLearn
from ml.predictions.btyd.bg_nbd import BgNbd
from ml.predictions.bundle import Bundle, Served, long_run, read_bundle, served, write_bundle
from ml.predictions.capability import PREDICTIONS
from ml.predictions.code import predictions_revision
from ml.predictions.contenders import BY_NAME
from ml.predictions.contenders.buy_till_you_die import BuyTillYouDie
from ml.predictions.contenders.last_quarter import GoesOn, LastQuarter
from ml.predictions.customers import FEAT_CUSTOMER, PURCHASE_DAY, customers_of
from ml.predictions.evidence import EVIDENCE
from ml.predictions.interface import PREDICTIONS_MODEL
from ml.predictions.judge import Choice, Past, choose, judge
from ml.predictions.learned import Learned
from ml.predictions.model import MODEL
from ml.predictions.shown import log_training
from ml.predictions.targets import TARGETS, Target
from ml.registry.bundle import NewBundle
from ml.registry.ledger import JUDGED_AGAINST, champion_before, promotions
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.tracking import Dataset, Training, training_run
from ml.registry.versions import find_by_training_key, training_key
from ml.settings import Settings
from ml.warehouse.slices import Slice, read_slice

_log = logging.getLogger(__name__)
_EVERY: Final = 28
_PHASE: Final = 13
_COUNT: Final = 10
LEAST_HISTORY: Final = 56
"""Days of purchases that a shop must have before a day that is learned from."""


def training_days(settings: Settings, as_of: date) -> list[date]:
    """The as-of dates whose snapshots a training reads, oldest first, its own last.

    Past days lie four weeks apart and are the same ones for the trainings of four weeks, so that most of their
    snapshots are there already. Days before the shop's first file are left out.
    """
    newest = as_of.toordinal() - _EVERY
    anchor = newest - (newest - _PHASE) % _EVERY
    past = [date.fromordinal(anchor - _EVERY * number) for number in range(_COUNT)]
    first = _first_arrival(settings)
    return [*sorted(day for day in past if first is None or day >= first), as_of]


def _first_arrival(settings: Settings) -> date | None:
    """The arrival date of the first landed interactions; None where none can be seen."""
    found = (settings.landing_dir / "interactions").glob("dt=[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")
    first = min((path.name.removeprefix("dt=") for path in found), default="")
    try:
        return date.fromisoformat(first)
    except ValueError:
        return None


def train(settings: Settings, folders: Sequence[Path], *, provenance: Mapping[str, str]) -> int:
    """Train as of the last snapshot's day and register the result as ``candidate``.

    A training whose data, code, settings, seed and incumbent are known already reuses its version. In a young shop no
    past day can be judged yet; then the simple baseline is registered, which says so.

    Args:
        folders: snapshots of ``training_days``, oldest first.
        provenance: run ids for MLflow's tags.

    Returns:
        The registered version.

    Raises:
        NothingToLearn: nobody bought anything by the as-of date.
    """
    slices = [read_slice(folder) for folder in folders]
    past = past_of(settings, slices)
    if not len(past.now):
        raise NothingToLearn(
            f"training as of {slices[-1].as_of}",
            expected="a shopper who bought something",
            found="no purchase",
            remedy="Land files of that day or before; SHELDUCK_PURCHASE_EVENTS says which events are purchases",
        )
    incumbent, incumbents = _incumbent(settings, past.now.as_of)
    training = _described(settings, slices, {"incumbent": incumbent, "incumbents": incumbents}, provenance)
    known = find_by_training_key(settings, MODEL, training.key)
    if known is not None:
        _log.info("version %d was trained from the same data, code and settings; reused", known.version)
        return known.version
    with training_run(settings, training) as run, tempfile.TemporaryDirectory() as scratch:
        results = [learned_target(past, target, incumbents.get(target.name)) for target in TARGETS]
        log_training(run, results)
        chosen = {each.target.name: [each.choice.contender, each.choice.why] for each in results}
        run.log_result(tags={EVIDENCE: json.dumps(chosen), JUDGED_AGAINST: json.dumps(incumbent)})
        folder = Path(scratch) / f"predictions-{past.now.as_of}"
        write_bundle(folder, _bundle(past, results))
        about = f"Trained as of {past.now.as_of}: " + ", ".join(f"{name} by {won}" for name, (won, _) in chosen.items())
        new = NewBundle(folder, past.now.as_of, f"{about}. The source run says how they were judged.")
        return register_bundle(settings, PREDICTIONS_MODEL, new, run_id=run.run_id, key=training.key).version


def past_of(settings: Settings, slices: Sequence[Slice]) -> Past:
    """What is learned from; a shop's first weeks are left out, of a large one's shoppers a part."""
    days = [customers_of(Day(settings, PREDICTIONS, each)) for each in slices]
    # of days before the history began, what came after them is not all known
    first = slices[-1].as_of - timedelta(days=slices[-1].record["history_days"])
    old_enough = [day for day in days[:-1] if day.shop_days >= LEAST_HISTORY and day.as_of >= first]
    purchases = slices[-1].table(PURCHASE_DAY)
    return Past(old_enough, days[-1], purchases, settings.churn, settings.seed, settings.threads).sampled()


def learned_target(past: Past, target: Target, incumbent: str | None) -> Learned:
    """Judge a target's contenders and refit the one that serves on all that is known."""
    judged, lesson = judge(past, target), past.lesson(target)
    if judged is not None and lesson is not None:
        choice = choose(judged, incumbent)
        _log.info("%s", choice.why)
        fitted = BY_NAME[choice.contender].fit(lesson)
        if fitted is not None:
            return Learned(target, judged, choice, fitted)
    why = f"{target.name}: {LastQuarter.name}, because no past day can be judged yet"
    return Learned(target, None, Choice(LastQuarter.name, why), GoesOn(target.kind))


def _bundle(past: Past, results: Sequence[Learned]) -> Bundle:
    targets: dict[str, Served] = {
        each.target.name: served(each.choice.contender, each.fitted, each.intervals) for each in results
    }
    return Bundle(trained_as_of=past.now.as_of, targets=targets, beyond=long_run(_beyond(past)))


def _beyond(past: Past) -> BgNbd | None:
    """How purchases thin out beyond 90 days, whatever predicts those."""
    fitted = BuyTillYouDie.of(past.now)
    return fitted.purchases if fitted else None


def _described(
    settings: Settings, slices: Sequence[Slice], matter: Mapping[str, object], provenance: Mapping[str, str]
) -> Training:
    days = [Day(settings, PREDICTIONS, each) for each in slices]
    key = training_key(
        data_hashes={str(day.as_of): day.inputs_hash for day in days},
        code=predictions_revision(),
        settings={"churn": settings.churn.model_dump(), **matter},
        seed=settings.seed,
    )
    datasets = [
        Dataset(settings.relative(each.folder), day.inputs_hash, each.record["tables"][FEAT_CUSTOMER], context)
        for each, day, context in zip(slices, days, ["past day"] * (len(days) - 1) + ["training"], strict=True)
    ]
    return Training(
        name=f"{MODEL} as of {slices[-1].as_of}",
        key=key,
        code_revision=predictions_revision(),
        datasets=tuple(datasets),
        params={"as_of": str(slices[-1].as_of), "model": MODEL, "seed": settings.seed},
        tags=dict(provenance),
    )


def _incumbent(settings: Settings, as_of: date) -> tuple[int | None, dict[str, str]]:
    """The champion that was trained before this day: its version, and what predicts each target."""
    champion = champion_before(promotions(settings, MODEL), as_of)
    if champion is None:
        return None, {}
    bundle = read_bundle(download_bundle(settings, MODEL, champion.version, champion.content_hash))
    return champion.version, bundle.contenders
