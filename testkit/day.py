"""A day by plain calls of what the DAG's tasks call, gates included; cheaper than a run of the DAG."""

from __future__ import annotations

from datetime import date

from expectations.gates import gate_draft, gate_slice
from ml.day import compute_day
from ml.landing.load import land
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.build import build


def run_day(settings: Settings, day: date) -> Manifest:
    """Land, build, gate, recommend, gate, publish; the manifest of the version."""
    land(settings, day)
    (made,) = build(settings, [day])
    gate_slice(settings, RECOMMEND, made.folder)
    draft = compute_day(settings, RECOMMEND, made.folder)
    gate_draft(settings, RECOMMEND, draft)
    return manifest(settings, RECOMMEND, publish(settings, RECOMMEND, draft, provenance={}).version_id)
