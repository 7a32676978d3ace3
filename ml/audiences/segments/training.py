"""A training: learn segments as of a day, give them their identity, register them as a bundle."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from ml.audiences.capability import AUDIENCES
from ml.audiences.segments.behaviour import bought
from ml.audiences.segments.bundle import Bundle, read_bundle, write_bundle
from ml.audiences.segments.code import audiences_revision
from ml.audiences.segments.columns import PROFILE
from ml.audiences.segments.interface import SEGMENTS_MODEL
from ml.audiences.segments.learning import learned
from ml.audiences.segments.model import MODEL
from ml.audiences.segments.shown import changes_told, log_training
from ml.day import Day
from ml.errors import NothingToLearn
from ml.registry.bundle import NewBundle
from ml.registry.ledger import JUDGED_AGAINST, champion_before, promotions
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.tracking import Dataset, Training, training_run
from ml.registry.versions import find_by_training_key, training_key
from ml.settings import Settings
from ml.warehouse.slices import read_slice

_log = logging.getLogger(__name__)
EVIDENCE: Final = "evidence"
"""Tag of a training's run: how many segments there are and why, and what became of those before."""


def training_days(settings: Settings, as_of: date) -> list[date]:  # noqa: ARG001
    """The as-of dates whose snapshots a training reads: its own. Nothing that came after a day is learned from it."""
    return [as_of]


def train(settings: Settings, folders: Sequence[Path], *, provenance: Mapping[str, str]) -> int:
    """Train as of the last snapshot's day and register the result as ``candidate``.

    A training whose data, code, settings, seed and incumbent are known already reuses its version.

    Args:
        folders: snapshots of ``training_days``.
        provenance: run ids for MLflow's tags.

    Returns:
        The registered version.

    Raises:
        NothingToLearn: nobody bought anything in the 365 days up to the as-of date.
    """
    day = Day(settings, AUDIENCES, read_slice(folders[-1]))
    profile = day.table(PROFILE)
    if not bought(profile).any():
        raise NothingToLearn(
            f"training as of {day.as_of}",
            expected="a shopper who bought something in 365 days",
            found="no purchase",
            remedy="Land files of that day or before; SHELDUCK_PURCHASE_EVENTS says which events are purchases",
        )
    version, incumbent = _incumbent(settings, day.as_of)
    training = _described(day, len(profile), version, provenance)
    known = find_by_training_key(settings, MODEL, training.key)
    if known is not None:
        _log.info("version %d was trained from the same data, code and settings; reused", known.version)
        return known.version
    with training_run(settings, training) as run, tempfile.TemporaryDirectory() as scratch:
        found = learned(profile, day.as_of, settings.seed, incumbent)
        why = changes_told(found.bundle)
        _log.info("%s", why)
        log_training(run, found)
        run.log_result(tags={EVIDENCE: why, JUDGED_AGAINST: json.dumps(version)})
        folder = Path(scratch) / f"segments-{day.as_of}"
        write_bundle(folder, found.bundle)
        new = NewBundle(folder, day.as_of, f"Trained as of {day.as_of}: {why}. The source run shows the map.")
        return register_bundle(settings, SEGMENTS_MODEL, new, run_id=run.run_id, key=training.key).version


def _incumbent(settings: Settings, as_of: date) -> tuple[int | None, Bundle | None]:
    """The champion that was trained before this day."""
    champion = champion_before(promotions(settings, MODEL), as_of)
    if champion is None:
        return None, None
    return champion.version, read_bundle(download_bundle(settings, MODEL, champion.version, champion.content_hash))


def _described(day: Day, rows: int, incumbent: int | None, provenance: Mapping[str, str]) -> Training:
    settings, code = day.settings, audiences_revision()
    content = day.snapshot.content_of((PROFILE,))
    key = training_key(
        data_hashes={str(day.as_of): json.dumps(content, sort_keys=True)},
        code=code,
        settings={"incumbent": incumbent},
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
