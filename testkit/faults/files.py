"""Thousands of mutated landing files through the loader: no crash, no good row lost, no bad row unexplained."""

from __future__ import annotations

import json
import random
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ByteSize

from ml.settings import Settings
from testkit.faults.crash import attempt
from testkit.faults.measure import Measure, Outcome
from testkit.faults.mutations import COLUMNS, DAY, Mutated, Row, rows
from testkit.faults.odd_files import MAX_BYTES, MAX_ROWS, MUTATIONS

_BATCH = 250
_EVENTS = (
    "select _file, event_id, user_id, item_id, event_type, event_ts::varchar, quantity::varchar from raw.interactions"
)
_REFUSED = "select file, row_number, reason, remedy from raw.quarantine"
Fate = dict[str, Any]


@dataclass
class _Tally:
    files: int = 0
    crashes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)

    def outcome(self) -> Outcome:
        faults = (*self.crashes, *self.lost, *self.unexplained)
        counts = ", ".join(f"{len(kind):,}" for kind in (self.crashes, self.lost, self.unexplained))
        return Outcome(f"{counts} in {self.files:,} files", not faults and self.files > 0, faults)


def mutate(scratch: Path, files: int) -> Outcome:
    """Land as many files, each mutated in one way, in batches of a process each."""
    chance, tally = random.Random(files), _Tally()
    while tally.files < files:
        settings = Settings(
            home=scratch / "var", timezone="UTC", max_file_rows=MAX_ROWS, max_file_bytes=ByteSize(MAX_BYTES)
        )
        batch = _write(settings, chance, min(_BATCH, files - tally.files))
        told = attempt(_landed, settings, scratch / "fates.json")
        tally.files += len(batch)
        if "result" in told:
            if told["result"]:
                tally.unexplained.append(f"{told['result']} rows neither accepted nor refused")
            fates = json.loads((scratch / "fates.json").read_text(encoding="utf-8"))
            for name, (kind, file, sent) in batch.items():
                _judge(tally, f"{kind} {name}", file, sent, fates.get(name, {"accepted": [], "refused": []}))
        else:
            tally.crashes.append(str(told))
        shutil.rmtree(settings.home)
    return tally.outcome()


def _write(settings: Settings, chance: random.Random, count: int) -> dict[str, tuple[str, Mutated, list[Row]]]:
    """The mutated files of one day by the name that the loader gives them."""
    folder = settings.landing_dir / "interactions" / f"dt={DAY}"
    folder.mkdir(parents=True)
    settings.closed_mark(DAY).parent.mkdir()
    settings.closed_mark(DAY).touch()
    batch = {}
    for number in range(count):
        mutation = MUTATIONS[chance.randrange(len(MUTATIONS))]
        sent = rows(chance)
        mutated = mutation(chance, sent)
        path = folder / f"f{number:03d}.{mutated.ending}"
        path.write_bytes(mutated.content)
        batch[path.relative_to(settings.landing_dir).as_posix()] = (mutation.__name__, mutated, sent)
    return batch


def _landed(settings: Settings, answer: Path) -> int:
    """Land; writes per file what was accepted and what was refused."""
    from ml.landing.load import land
    from ml.warehouse.connection import connect

    report = land(settings, DAY)
    fates: dict[str, Fate] = defaultdict(lambda: {"accepted": [], "refused": []})
    with connect(settings) as connection:
        for file, *values in connection.execute(_EVENTS).fetchall():
            fates[file]["accepted"].append(values)
        for file, *refusal in connection.execute(_REFUSED).fetchall():
            fates[file]["refused"].append(refusal)
    answer.write_text(json.dumps(fates), encoding="utf-8")
    return report.rows_read - report.rows_accepted - report.rows_quarantined


def _judge(tally: _Tally, name: str, file: Mutated, sent: list[Row], fate: Fate) -> None:
    """Compare what came of a file with what the oracle knows of it."""
    accepted = {tuple(values[:4]): values for values in fate["accepted"]}
    for row in file.safe:
        found = accepted.get(tuple(row[column] for column in COLUMNS[:4]))
        if found is None or not _is_equal(row, found):
            tally.lost.append(f"{name}: {row} came as {found}; {fate['refused']}")
    if file.only_written and not all(_was_written(key[0], sent) for key in accepted):
        tally.unexplained.append(f"{name}: {accepted} holds rows that nobody wrote")
    refused, count = fate["refused"], len(fate["accepted"])
    is_whole = len(refused) == 1 and refused[0][0] is None and not count
    if file.all_or_nothing and not (is_whole or (count == len(rows(random.Random(0))) and not refused)):
        tally.lost.append(f"{name}: {count} accepted, {refused}")
    if is_whole and not file.whole:
        tally.lost.append(f"{name}: refused whole, {refused}")
    explained = all(reason and remedy for _, reason, remedy in refused)
    complete = is_whole or file.records is None or count + len(refused) == file.records
    if not explained or not complete or count > file.most or (file.whole and not count and not refused):
        tally.unexplained.append(f"{name}: {count} accepted (at most {file.most}), {refused}")


def _was_written(found: str, sent: list[Row]) -> bool:
    """Whether an id is that of a row, perhaps cut off or with the quote that was put into it."""
    return any(row["event_id"].startswith(found.replace('"', "")) for row in sent)


def _is_equal(row: dict[str, str], found: list[str]) -> bool:
    """Whether time and amount arrived as they were sent."""
    sent, stored = (datetime.fromisoformat(text) for text in (row["event_ts"], found[4]))
    return sent == stored and float(row["quantity"]) == float(found[5])


MEASURE = Measure(
    name="files",
    title="10,000 mutated landing files: crashes, good rows lost, bad rows unexplained",
    to_reach="0, 0, 0",
    full=10_000,
    quick=1_000,
    sample=120,
    run=mutate,
)
