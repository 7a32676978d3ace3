"""What else is worth knowing of a loaded partition: unknown columns, how full optional ones are, files lost whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from ml.landing.folder import LandedFile
from ml.landing.staging import FileRead, Stage

_MOST_ROWS_PER_BYTE: Final = 1000
"""A footer that claims more is damaged or forged."""


def filled_columns(stage: Stage) -> dict[str, int]:
    """Of the staged rows, how many have a value in each optional column; asked before repetitions are left out."""
    optional = [column.name for column in stage.table.columns if not column.required]
    if not optional:
        return {}
    counts = ", ".join(f'count("{name}")' for name in optional)
    rows = stage.connection.execute(f"select {counts} from staged").fetchall()
    return dict(zip(optional, rows[0], strict=True))


def refused_whole(stage: Stage) -> set[int]:
    """Numbers of the files that could not be used at all."""
    rows = stage.connection.execute("select _file_no from refused where _row is null").fetchall()
    return {number for (number,) in rows}


def note_columns(stage: Stage, arrival: date, read: Sequence[FileRead], filled: Mapping[str, int]) -> None:
    """Keep them beside the partition in the ledger."""
    unknown = sorted({name for each in read for name in each.unknown})
    stage.connection.execute(
        "update raw.landing_partition set unknown_columns = ?, filled = ? where table_name = ? and arrival_date = ?",
        [json.dumps(unknown), json.dumps(filled), stage.table.name, arrival],
    )


def note_lost_files(stage: Stage, arrival: date, files: Sequence[LandedFile]) -> None:
    """Of files refused whole, keep the number of rows that their own footer tells."""
    for number in sorted(refused_whole(stage)):
        rows = _footer_rows(files[number]) if files[number].refusal is None else None
        if rows is not None:
            stage.connection.execute(
                "update raw.quarantine set footer_rows = ? where table_name = ? and arrival_date = ? and file = ?",
                [rows, stage.table.name, arrival, files[number].name],
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
