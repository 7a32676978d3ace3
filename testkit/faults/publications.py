"""Readers in processes of their own poll while a hundred versions are published under them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from ml.publish import readers
from ml.publish.databases import DATABASE
from ml.publish.draft import DraftRecord, Input, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import POLICY, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.connection import connect
from testkit.faults.measure import Measure, Outcome
from testkit.published import tables

_DAY: Final = date(2017, 12, 2)
_READERS: Final = 2
_PAUSE_SECONDS: Final = 0.005
"""Between two reads: the publisher needs the cores, too."""


def read_during(scratch: Path, count: int) -> Outcome:
    """Publish ``count`` versions; every table of a version carries one word, so two words in a read are a mixture."""
    settings = Settings(home=scratch / "home")
    publish(settings, RECOMMEND, _draft(settings, "word-0"), provenance={})
    command = [sys.executable, "-m", "testkit.faults.publications", str(settings.home)]
    polling = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(_READERS)]
    while len(list(settings.home.glob("reads-*"))) < _READERS:
        time.sleep(0.05)
    failed = sum(
        not publish(settings, RECOMMEND, _draft(settings, f"word-{number}"), provenance={}).is_current
        for number in range(1, count + 1)
    )
    (settings.home / "done").touch()
    found = [json.loads(process.communicate()[0]) for process in polling]
    reads, seen = sum(each["reads"] for each in found), max(each["versions"] for each in found)
    torn, errors = (sum(each[name] for each in found) for name in ("torn", "errors"))
    reached = f"{torn}, {errors}; {failed} ({reads:,} reads of up to {seen} versions)"
    return Outcome(reached, torn == errors == failed == 0 and seen > count / 5, tuple(str(each) for each in found))


def _draft(settings: Settings, word: str) -> Path:
    record = DraftRecord(
        capability="recommend",
        code_revision="0",
        as_of_date=_DAY,
        slice=f"slices/{_DAY}-garden",
        inputs_hash="garden",
        inputs=(Input(table="interactions", arrival_date=_DAY, content_hash="garden", rows=3),),
        policy={"policy_id": word},
        counts={"short_lists": 1},
    )
    return write_draft(settings.drafts_of("recommend") / f"{_DAY}-{word}", RECOMMEND, record, tables(_DAY, word))


def poll(settings: Settings) -> dict[str, object]:
    """Read two tables of the current version, and through the resolved link a table and the database, until the
    publisher is done."""
    reads = torn = errors = 0
    seen, why = set[str](), ""
    while not (settings.home / "done").exists():
        try:
            version = readers.current_version(settings, RECOMMEND)
            words = set(readers.read_table(settings, RECOMMEND, RECOMMENDATION.name, version.id)[Col.reason_text])
            words |= set(readers.read_table(settings, RECOMMEND, POLICY.name, version.id)[Col.policy_id])
            folder = (settings.published_of("recommend") / "current").resolve()
            by_path = pl.read_parquet(folder / "recommendation.parquet")[Col.reason_text].n_unique()
            with connect(settings, folder / DATABASE, read_only=True) as database:
                (by_sql,) = database.execute("select count(distinct reason_text) from recommendation").fetchall()[0]
            torn += len(words) != 1 or by_path != 1 or by_sql != 1
            seen |= words
        except Exception as unreadable:  # any error at all is what this counts
            errors, why = errors + 1, repr(unreadable)
        reads += 1
        (settings.home / f"reads-{os.getpid()}").touch()
        time.sleep(_PAUSE_SECONDS)
    return {"reads": reads, "torn": torn, "errors": errors, "versions": len(seen), "why": why}


MEASURE: Final = Measure(
    "readers",
    "readers during 100 publications: torn reads, errors; failed publications",
    "0, 0; 0",
    100,
    20,
    10,
    read_during,
)

if __name__ == "__main__":
    print(json.dumps(poll(Settings(home=Path(sys.argv[1])))))
