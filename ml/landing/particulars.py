"""What else is worth knowing of a loaded partition: unknown columns, how full optional ones are, files lost whole."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from ml.landing.batch import Batch, Member
from ml.landing.folder import LandedFile
from ml.landing.staging import Stage

Filled = Mapping[int, Mapping[str, int]]
"""By a file's number in the stage: optional columns, and how many rows have a value in them."""

_MOST_ROWS_PER_BYTE: Final = 1000
"""A footer that claims more is damaged or forged."""


def filled_columns(stage: Stage) -> Filled:
    """Of the staged rows, how many have a value in each optional column; asked before repetitions are left out."""
    optional = [column.name for column in stage.table.columns if not column.required]
    counts = "".join(f', count("{name}")' for name in optional)
    rows = stage.connection.execute(f"select _file_no{counts} from staged group by _file_no").fetchall()
    return defaultdict(
        lambda: dict.fromkeys(optional, 0), {n: dict(zip(optional, row, strict=True)) for n, *row in rows}
    )


def refused_whole(stage: Stage) -> set[int]:
    """Numbers of the files that could not be used at all."""
    rows = stage.connection.execute("select _file_no from refused where _row is null").fetchall()
    return {number for (number,) in rows}


def particulars(member: Member, filled: Filled) -> tuple[str, str]:
    """What the ledger keeps beside a partition: its unknown columns, and how often each optional one is filled."""
    unknown = sorted({name for each in member.read for name in each.unknown})
    counts: Counter[str] = Counter()
    for number in member.numbers:
        counts.update(filled[number])
    return json.dumps(unknown), json.dumps(counts)


def note_lost_files(batch: Batch, lost: Collection[int]) -> None:
    """Of files refused whole, keep the number of rows that their own footer tells."""
    for member in batch.members:
        for number, file in zip(member.numbers, member.files, strict=True):
            rows = _footer_rows(file) if number in lost and file.refusal is None else None
            if rows is not None:
                batch.stage.connection.execute(
                    "update raw.quarantine set footer_rows = ? where table_name = ? and arrival_date = ? and file = ?",
                    [rows, batch.stage.table.name, member.arrival, file.name],
                )


def _footer_rows(file: LandedFile) -> int | None:
    """The rows of a Parquet file by its footer; None where there is none that can be believed."""
    if not file.is_parquet:
        return None
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    try:
        rows = int(read_metadata(file.path).num_rows)
        return rows if 0 <= rows <= file.size * _MOST_ROWS_PER_BYTE else None
    except (OSError, ValueError, ArrowException):
        return None
