"""Cells that a spreadsheet would run: a text that begins as a formula does, in a CSV that somebody may open there.

Free text gets an apostrophe in front, which makes every spreadsheet show it as text. An id is never changed, because it
is what the other side compares: one that could call a function refuses the export. What contact data can be is
restricted by its form (``ml.audiences.export.hashing``), so that of it only names are free text.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_BEGINS: Final = r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]"
_CALLS: Final = r"[^\w.@:+\-=]"
"""What an id needs beside letters and digits to call a function, to start a program or to fetch an address."""


def disarmed(texts: pl.Series) -> pl.Series:
    """Free text with an apostrophe before each that begins as a formula does."""
    risky = texts.str.contains(_BEGINS).fill_null(value=False)
    return (
        texts.to_frame().select(pl.when(risky).then("'" + pl.col(texts.name)).otherwise(pl.col(texts.name))).to_series()
    )


def running_ids(ids: pl.Series) -> int:
    """How many ids begin as a formula does and could run as one; ``-12``, ``+49301234`` and ``-aZ_7`` can't."""
    return int((ids.str.contains(_BEGINS) & ids.str.contains(_CALLS)).sum())
