"""A published day with something on every page of the platform, written without a warehouse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import polars as pl

from expectations.report import Check, GateReport, write_reports
from ml.capability import Capability
from ml.landing.arrivals import arrivals_path
from ml.landing.folder import close_day
from ml.profile.capability import PROFILE
from ml.publish.draft import DraftRecord, Input, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.feature_columns import ranker_columns
from testkit.published import one_row, tables

FIRST, DAY = date(2025, 3, 1), date(2025, 3, 2)
HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe in\u200bvisible {{ 7 * 7 }} `code`"
LONG = "x" * 10_000
RUN = "manual__2025-03-03T00:00:00+00:00"
_ROWS = 1200


def publish_shop(settings: Settings) -> None:
    """Two days of every capability; file names, reasons and checks of the second hold hostile texts."""
    for day in (FIRST, DAY):
        settings.landing_dir.mkdir(parents=True, exist_ok=True)
        close_day(settings, day)
        _snapshot(settings, day)
        for capability in (RECOMMEND, PROFILE):
            publish_day(settings, capability, day)
        _reports(settings, day)


def publish_day(settings: Settings, capability: Capability, day: date) -> None:
    """A version of one shopper."""
    learned = capability is RECOMMEND
    record = DraftRecord(
        capability=capability.name,
        as_of_date=day,
        slice=f"slices/{day}-shop",
        inputs_hash="x",
        inputs=tuple(_inputs(day)),
        code_revision="c0dec0dec0de",
        policy={"policy_id": "0123456789ab", "model_version": 3, "recipes": {"for_you": HOSTILE}} if learned else {},
    )
    made = tables(day, "word") if learned else {each.name: one_row(each, day) for each in capability.outputs}
    draft = write_draft(settings.drafts_of(capability.name) / str(day), capability, record, made)
    publish(settings, capability, draft, provenance={"dag_run_id": RUN, "written_at": "2025-03-03T04:05:06+00:00"})


def _inputs(day: date) -> Iterator[Input]:
    for number in range(10):
        arrival = day - timedelta(days=number)
        yield Input(table="interactions", arrival_date=arrival, content_hash=f"{number:064x}", rows=1000 + number)
    yield Input(table="items", arrival_date=day, content_hash="f" * 64, rows=12)


def _snapshot(settings: Settings, day: date) -> None:
    """The feature tables that rankers learn from; on the second day one column has moved."""
    folder = settings.slices_dir / f"{day}-shop"
    folder.mkdir(parents=True)
    for table, columns in ranker_columns().items():
        moved = {name: [float(row % 7) for row in range(_ROWS)] for name in columns}
        moved[columns[0]] = [float(row % (7 if day == FIRST else 40)) for row in range(_ROWS)]
        pl.DataFrame(moved).write_parquet(folder / f"{table}.parquet")
    record = {"as_of_date": day.isoformat(), "inputs_hash": "x", "inputs": [], "tables": {"feat_user": _ROWS}}
    (folder / "slice.json").write_text(json.dumps(record | {"files": {"feat_user": "a" * 64}}))


def _reports(settings: Settings, day: date) -> None:
    fault = {"table": "interactions", "file": HOSTILE, "column": LONG, "reason": HOSTILE, "remedy": "Mend it"}
    counts = {"read": 1000, "accepted": 993, "refused": 7, "repeated": 2, "is_at_least": False}
    report = {
        "day": day.isoformat(),
        "tables": [{"table": "interactions", **counts}],
        "faults": [{**fault, "records": 7, "first_row": 3}],
        **{name: [] for name in ("notices", "refused", "stopped_by", "waivers")},
    }
    path = arrivals_path(settings, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report))
    checks = (
        Check("gate", "every shopper has one row", "t", "user_id", "exactly 2", "2", True),
        Check("watch", HOSTILE, "t", LONG, "at most 0.25", "0.7", False),
    )
    write_reports(settings, [GateReport("feat_user", day, 2, checks), GateReport("recommendation", day, 3, checks[:1])])


@contextmanager
def pages_of(capability: Capability, place: str) -> Iterator[None]:
    """Within, the pages of ``capability`` are those of the function at ``place``, and it shows nothing of a shopper."""
    declared = capability.pages, capability.shopper
    object.__setattr__(capability, "pages", place)
    object.__setattr__(capability, "shopper", "")
    try:
        yield
    finally:
        object.__setattr__(capability, "pages", declared[0])
        object.__setattr__(capability, "shopper", declared[1])
