"""Disk use over simulated days of the garden shop, with and without housekeeping.

Each day writes what a real one leaves behind, through the same functions where they decide what stays: a version
(published), a slice, gates' pages, a task log and rows of the warehouse that are replaced every day. Sizes are those
of the garden shop. Housekeeping runs once in seven days.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from expectations.retention import prune_reports
from ml.cleanup import remove, size
from ml.durable import write_text
from ml.operations.airflow_tidying import prune_logs
from ml.publish.databases import DATABASE
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.readers import newest_as_of, versions
from ml.publish.retention import drafted_slices, kept_from, prune_drafts, prune_versions
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.compact import compact
from ml.warehouse.connection import connect
from ml.warehouse.export import prunable_slices, thin_slices
from testkit.published import tables

FOLDERS = ("published", "databases", "slices", "drafts", "reports", "airflow", "warehouse")
FIRST_DAY = date(2025, 1, 1)
_A_DAY = 86_400.0
_SHELVES, _SLICE_ROWS, _RAW_ROWS = 240, 4_000, 3_000


def simulate(settings: Settings, days: int, *, tidied: bool) -> Iterator[dict[str, int]]:
    """Bytes per folder at the end of each day."""
    began = time.time()
    for number in range(days):
        now = began + number * _A_DAY
        live(settings, FIRST_DAY + timedelta(days=number), number, now)
        if tidied and number % 7 == 6:
            _tidy(settings, now + _A_DAY)
        yield _use(settings)


def _use(settings: Settings) -> dict[str, int]:
    """Bytes per folder; ``databases`` are the files for SQL of published versions, which ``published`` leaves out."""
    held = {folder: size(settings.home / folder) for folder in FOLDERS}
    databases = sum(map(size, settings.published_dir.glob(f"*/versions/*/{DATABASE}")))
    return held | {"published": held["published"] - databases, "databases": databases}


def live(settings: Settings, day: date, number: int, now: float) -> None:
    """Write what the ``number``-th day leaves; ``now``, in seconds since 1970, becomes the time of its files."""
    made = pl.DataFrame({"row": range(_SLICE_ROWS), "day": [str(day)] * _SLICE_ROWS})
    folder = settings.slices_dir / f"{day}-x"
    folder.mkdir(parents=True)
    made.write_parquet(folder / "history.parquet")
    record = DraftRecord(
        capability="recommend",
        code_revision="0",
        as_of_date=day,
        slice=f"slices/{day}-x",
        inputs_hash="x",
        policy={"policy_id": "p"},
    )
    draft = write_draft(
        settings.drafts_of("recommend") / f"{day}-x", RECOMMEND, record, tables(day, f"word {number}", _SHELVES)
    )
    if number % 10 != 9:  # the tenth day's gate fails: its draft stays
        version = settings.home / publish(settings, RECOMMEND, draft, provenance={}).path
        os.utime(version, (now, now))
        os.utime(settings.published_of("recommend") / "days" / str(day), (now, now), follow_symlinks=False)
    report = settings.reports_dir / "gates" / str(day) / "feat_user.json"
    write_text(report, "<p>expectation</p>" * 2_000)
    log = settings.home / "airflow" / "logs" / "dag_id=build_shelves" / f"run_id={day}" / "attempt=1.log"
    write_text(log, "one line of a task's log\n" * 1_000)
    for path in (folder, log, *settings.drafts_of("recommend").glob(f"{day}-*")):
        os.utime(path, (now, now))
    with connect(settings) as connection:
        connection.execute("create table if not exists raw (day date, word varchar)")
        connection.execute(f"insert into raw select date '{day}', md5(i::varchar) from range({_RAW_ROWS}) as t (i)")
        rows = _RAW_ROWS * (20 if number % 2 else 5)  # replaced every day, of another size: free blocks
        connection.execute(
            f"create or replace table marts as select *, md5(i::varchar) as m from range({rows}) as t (i)"
        )
        connection.execute(f"delete from raw where day < date '{day}' - {settings.history_days}")


def _tidy(settings: Settings, now: float) -> None:
    drafted = drafted_slices(settings)
    remove("slices", prunable_slices(settings, drafted), dry_run=False)
    thin_slices(settings, drafted)
    compact(settings)
    prune_versions(settings, RECOMMEND, now=now)
    prune_drafts(settings, RECOMMEND, now=now)
    first = kept_from(settings, RECOMMEND)
    kept = {version.as_of for version in versions(settings, RECOMMEND) if first and version.as_of < first}
    prune_reports(settings, newest_as_of(settings, RECOMMEND), kept)
    prune_logs(settings, now=now)


def growth(series: list[dict[str, int]]) -> float:
    """The largest use of the last quarter of the days, relative to that of the quarter before."""
    totals, quarter = [sum(bytes_.values()) for bytes_ in series], len(series) // 4
    return max(totals[-quarter:]) / max(totals[-2 * quarter : -quarter])
