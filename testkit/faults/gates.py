"""Each table of a slice and of a draft loses its rows in turn; the gates must stop the day every time."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ml.recommend.capability import RECOMMEND
from testkit.faults.garden import draft_of, garden
from testkit.faults.measure import Measure, Outcome


def truncate_in_turn(scratch: Path, tables: int) -> Outcome:
    """Truncate the first ``tables`` tables, one at a time, in a day that passes its gates when it is whole."""
    from expectations.gates import feature_suites, gate_draft, gate_slice
    from ml.errors import GateFailed
    from ml.publish.draft import read_draft

    settings, days = garden(scratch / "home")
    draft = draft_of(settings, days[-1])
    slice_ = settings.home / read_draft(RECOMMEND, draft).record.slice
    gate_slice(settings, RECOMMEND, slice_)
    gate_draft(settings, RECOMMEND, draft)
    turns = [(slice_, name, gate_slice) for name in feature_suites(RECOMMEND)]
    turns += [(draft, name, gate_draft) for name in RECOMMEND.tables]
    passed = []
    for folder, name, gate in turns[:tables]:
        path = folder / f"{name}.parquet"
        whole = path.read_bytes()
        pl.read_parquet(path).clear().write_parquet(path)
        try:
            gate(settings, RECOMMEND, folder)
            passed.append(f"{name} without rows passed its gate")
        except GateFailed:
            pass
        path.write_bytes(whole)
    tried = len(turns[:tables])
    return Outcome.counted(tried - len(passed), tried, tuple(passed))


MEASURE = Measure(
    name="gates",
    title="truncating each table in turn before the gates: gates that fail",
    to_reach="all",
    full=11,
    quick=11,
    sample=0,  # tests/expectations truncates every table, too
    run=truncate_in_turn,
)
