"""A training: judge the recipes of every language, refit the winners, group topics, register them as one bundle."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from ml.day import Day
from ml.errors import NothingToLearn
from ml.registry.bundle import NewBundle
from ml.registry.ledger import JUDGED_AGAINST, champion_before, promotions
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.tracking import Dataset, Training, training_run
from ml.registry.versions import find_by_training_key, training_key
from ml.reviews.bundle import Bundle, read_bundle, write_bundle
from ml.reviews.capability import REVIEWS
from ml.reviews.code import reviews_revision
from ml.reviews.columns import FCT_REVIEW
from ml.reviews.evidence import log_training, why_of
from ml.reviews.interface import REVIEWS_MODEL
from ml.reviews.learned import learn
from ml.reviews.model import MODEL
from ml.reviews.reading import reviews_of
from ml.settings import Settings
from ml.text.encoder import is_installed
from ml.warehouse.slices import read_slice

_log = logging.getLogger(__name__)


def training_days(settings: Settings, as_of: date) -> list[date]:  # noqa: ARG001
    """The as-of dates whose snapshots a training reads: its own. Nothing that came after a day is learned from it."""
    return [as_of]


def train(settings: Settings, folders: Sequence[Path], *, provenance: Mapping[str, str]) -> int:
    """Train as of the last snapshot's day and register the result as ``candidate``.

    A training whose data, code, settings, seed and incumbent are known already reuses its version. A language with too
    few rated texts gets no classifier, which the run says: its ratings go on to decide.

    Args:
        folders: snapshots of ``training_days``.
        provenance: run ids for MLflow's tags.

    Returns:
        The registered version.

    Raises:
        NothingToLearn: the history holds no review.
    """
    day = Day(settings, REVIEWS, read_slice(folders[-1]))
    reviews = reviews_of(day)
    if reviews.is_empty():
        raise NothingToLearn(
            f"training as of {day.as_of}",
            expected=f"a review of the last {day.record['history_days']} days",
            found="none",
            remedy="Land files of the table reviews of that day or before",
        )
    version, incumbent = _incumbent(settings, day.as_of)
    training = _described(day, len(reviews), version, provenance)
    known = find_by_training_key(settings, MODEL, training.key)
    if known is not None:
        _log.info("version %d was trained from the same data, code and settings; reused", known.version)
        return known.version
    with training_run(settings, training) as run, tempfile.TemporaryDirectory() as scratch:
        found = learn(reviews, settings.liked_from, settings.seed, incumbent)
        log_training(run, found)
        run.log_result(tags={JUDGED_AGAINST: json.dumps(version)})
        folder = Path(scratch) / f"reviews-{day.as_of}"
        write_bundle(folder, found.bundle(day.as_of))
        told = "; ".join(why for _, why in why_of(found).values())
        about = f"Trained as of {day.as_of}: {told}; {len(found.topics.topics)} topics."
        return register_bundle(
            settings, REVIEWS_MODEL, NewBundle(folder, day.as_of, about), run_id=run.run_id, key=training.key
        ).version


def _incumbent(settings: Settings, as_of: date) -> tuple[int | None, Bundle | None]:
    """The champion that was trained before this day."""
    champion = champion_before(promotions(settings, MODEL), as_of)
    if champion is None:
        return None, None
    return champion.version, read_bundle(download_bundle(settings, MODEL, champion.version, champion.content_hash))


def _described(day: Day, rows: int, incumbent: int | None, provenance: Mapping[str, str]) -> Training:
    settings, code = day.settings, reviews_revision()
    content = day.snapshot.content_of((FCT_REVIEW,))
    key = training_key(
        data_hashes={str(day.as_of): json.dumps(content, sort_keys=True)},
        code=code,
        settings={
            "incumbent": incumbent,
            "liked_from": settings.liked_from,
            "history_days": day.record["history_days"],
            "sentence_vectors": is_installed(),
        },
        seed=settings.seed,
    )
    dataset = Dataset(settings.relative(day.snapshot.folder), day.inputs_hash, rows, "training")
    return Training(
        name=f"{MODEL} as of {day.as_of}",
        key=key,
        code_revision=code,
        datasets=(dataset,),
        params={"as_of": str(day.as_of), "model": MODEL, "seed": settings.seed},
        tags=dict(provenance),
    )
