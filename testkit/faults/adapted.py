"""Thousands of mutated exports through ``shelduck adapt``: no crash, every record accounted, every row lands."""

from __future__ import annotations

import random
import shutil
import traceback
from pathlib import Path

import polars as pl

from ml.errors import ShelduckError
from ml.landing.adapters.adapt import Request, adapt
from ml.landing.adapters.kinds import kind_named
from ml.landing.adapters.report import AdaptReport
from ml.landing.check import check
from ml.settings import Settings
from testkit.faults.export_mutations import MUTATIONS, MutatedExport
from testkit.faults.exports import EXPORTS, Export
from testkit.faults.measure import Measure, Outcome

_BATCH = 30
_SAID = ("item_id", "event_type", "event_ts", "quantity", "event_value", "rating", "currency", "session_id")
Named = dict[str, tuple[str, Export, MutatedExport]]


def mutate(scratch: Path, files: int) -> Outcome:
    """Adapt as many files, the same number of every kind, each mutated in one way, in folders of one kind."""
    chance, faults, done = random.Random(files), list[str](), 0
    each = -(-files // len(EXPORTS))
    for make in EXPORTS:
        for start in range(0, each, _BATCH):
            count = min(_BATCH, each - start)
            faults += _batch(scratch / "shop", chance, make(chance).kind, [make(chance) for _ in range(count)])
            done += count
    return Outcome(f"{len(faults):,} in {done:,} files", not faults and done > 0, tuple(faults))


def _batch(home: Path, chance: random.Random, kind: str, exports: list[Export]) -> list[str]:
    batch: Named = {}
    for number, export in enumerate(exports):
        mutation = MUTATIONS[chance.randrange(len(MUTATIONS))]
        batch[f"{number:03d}"] = (mutation.__name__, export, mutation(chance, export))
    _write(home / "pristine", batch, pristine=True)
    _write(home / "mutated", batch, pristine=False)
    before, after = (Settings(home=home / name, timezone="UTC") for name in ("before", "after"))
    try:
        adapt(before, Request(kind_named(kind), home / "pristine"))
        report = adapt(after, Request(kind_named(kind), home / "mutated"))
        faults = [*_unaccounted(report, batch), *_refused_later(after, report), *_lost(before, after, batch)]
    except ShelduckError as refused:
        faults = [f"{kind}: refused as a whole: {refused}"]
    except Exception:
        faults = [f"{kind}: {traceback.format_exc()[-1500:]}"]
    shutil.rmtree(home)
    return faults


def _write(folder: Path, batch: Named, *, pristine: bool) -> None:
    for place, (_, export, mutated) in batch.items():
        path = folder / place / (export.name if pristine else export.name + mutated.ending)
        path.parent.mkdir(parents=True)
        path.write_bytes(export.content if pristine else mutated.content)


def _unaccounted(report: AdaptReport, batch: Named) -> list[str]:
    """Files whose sums differ, or whose lines were counted otherwise than by a plain count of them."""
    faults = []
    if len(report.files) != len(batch):
        faults.append(f"{len(report.files)} of {len(batch)} files were reported")
    for file in report.files:
        name, export, mutated = batch[file.name.split("/")[1]]
        counts = (file.records, *file.rows.values())
        if any(count.read != count.accepted + count.quarantined for count in counts):
            faults.append(f"{name} of {export.name}: {file}")
        lines = _plain_count(mutated.content, has_header=export.header is not None)
        is_whole = (file.records.read, file.records.quarantined) == (1, 1)
        if lines is not None and file.records.read != lines and not is_whole:
            faults.append(f"{name} of {export.name}: {file.records.read} records read of {lines} lines")
    if sum(fault.count for fault in report.faults) < report.quarantined:
        faults.append(f"{report.quarantined} records were quarantined and fewer explained")
    if any(not fault.reason or not fault.remedy for fault in report.faults):
        faults.append(f"a fault without a reason or a remedy: {report.faults}")
    return faults


def _plain_count(content: bytes, *, has_header: bool) -> int | None:
    """Lines that hold something, where that is plain to see."""
    if b"\r" in content or b"\0" in content or content.startswith((b"\x1f\x8b", b"\xef", b"\xff", b"\xfe")):
        return None
    if has_header and b'"' in content:
        return None
    return max(0, sum(bool(line.strip()) for line in content.split(b"\n")) - has_header)


def _refused_later(settings: Settings, report: AdaptReport) -> list[str]:
    """What the loader says against the landing files that were written: everything has to be accepted."""
    if not report.landing_files:
        return []
    landed = check(settings.landing_dir, settings)
    rows = sum(report.written.values())
    if landed.faults or landed.landed.rows_accepted != rows or landed.landed.rows_read != rows:
        return [f"{report.command}: {rows} rows written, landing says {landed.faults} {landed.landed}"]
    return []


def _lost(before: Settings, after: Settings, batch: Named) -> list[str]:
    """Shoppers to whom nothing happened and whose rows differ from those of the files as they were."""
    sent, found = (_by_shopper(settings) for settings in (before, after))
    return [
        f"{name} of {export.name}: {sent.get(user)} came as {found.get(user)}"
        for name, export, mutated in batch.values()
        for user in sorted(mutated.safe - {""})
        if sent.get(user) != found.get(user) or not sent.get(user)
    ]


def _by_shopper(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    rows: dict[str, list[tuple[object, ...]]] = {}
    for path in (settings.landing_dir / "interactions").glob("*/*.parquet"):
        for user, *said in pl.read_parquet(path, hive_partitioning=False).select("user_id", *_SAID).iter_rows():
            rows.setdefault(user, []).append(tuple(said))
    return {user: sorted(said, key=str) for user, said in rows.items()}


MEASURE = Measure(
    name="adapt",
    title="1,000 mutated exports of each of 6 kinds: crashes, records unaccounted, good rows lost, rows refused later",
    to_reach="0 in 6,000",
    full=6_000,
    quick=6_000,
    sample=180,
    run=mutate,
)
