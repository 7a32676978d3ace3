"""Makes the review of a candidate and keeps it: in the data home, and beside its training in MLflow."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from ml.capabilities import resolve
from ml.capability import Capability
from ml.durable import write_text
from ml.registry.client import connect
from ml.registry.ledger import champion, promotions
from ml.registry.presentation import training_page
from ml.registry.review import Findings, Review
from ml.registry.versions import complete_versions, version_info
from ml.settings import Settings

REVIEWS: Final = "reviews"
"""Folder of the reports."""
LAST: Final = "subject.txt"
"""Written last."""
_DIGITS: Final = 12


def review_of(settings: Settings, capability: Capability, version: int) -> Review:
    """What there is to read of a candidate, compared with the champion of this moment.

    Raises:
        ModelMissing: there is no such finished version.
    """
    model, training = capability.model, capability.training
    info, row = version_info(settings, model, version), champion(promotions(settings, model))
    known = {(each.version, each.content_hash): each for each in complete_versions(settings, model)}
    before = known.get((row.version, row.content_hash)) if row else None
    findings = Findings()
    if training and training.review:
        findings = resolve(training.review)(settings, version, before.version if before else None)
    return Review(info, before, findings, training_page(settings, info.run_id))


def kept(settings: Settings, model: str, version: int) -> Path | None:
    """The folder of the newest review of a version that was kept; None where there is none."""
    folders = (settings.reports_dir / REVIEWS).glob(f"{model}-{version}-*")
    found = [folder for folder in folders if (folder / LAST).exists()]
    return max(found, key=lambda folder: folder.stat().st_mtime, default=None)


def keep(settings: Settings, review: Review) -> Path:
    """Write the review where nothing overwrites it: its name holds the hash of its text; returns its folder.

    The folder holds ``subject.txt``, ``body.md`` and ``review.md``, which the training's run in MLflow gets too.
    """
    candidate, text = review.candidate, review.document
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    folder = settings.reports_dir / REVIEWS / f"{candidate.model}-{candidate.version}-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("review.md", text), ("body.md", review.body), (LAST, review.subject)):
        write_text(folder / name, content)
    connect(settings).log_text(candidate.run_id, text, "review.md")
    return folder
