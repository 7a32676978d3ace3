"""Vectors of texts that were encoded before: a file that spares work and decides nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from ml.durable import temporary_beside, write_parquet

_KEY, _VECTOR = "key", "vector"
_SPARE: Final = 4
"""So many times the texts that were last asked for may be kept; then those alone are."""


@dataclass(frozen=True)
class VectorCache:
    """A Parquet file of one encoder: the SHA-256 of each text, and its vector.

    A text's vector depends on the text alone, so that whoever writes last may write over another's file: what is lost
    is encoded again. The texts themselves are not in it.
    """

    path: Path

    def read(self, width: int) -> dict[str, bytes]:
        """By key, the vectors that are there; none where the file is missing, damaged or of another width."""
        try:
            frame = pl.read_parquet(self.path, glob=False)
            rows = dict(frame.select(pl.col(_KEY).cast(pl.String), pl.col(_VECTOR).cast(pl.Binary)).iter_rows())
        except (OSError, pl.exceptions.PolarsError):
            return {}
        return rows if all(vector is not None and len(vector) == width for vector in rows.values()) else {}

    def write(self, known: Mapping[str, bytes], asked: Iterable[str]) -> None:
        """Keep ``known``, or of too many those that were ``asked`` for (keys)."""
        wanted = set(asked)
        kept = known if len(known) <= _SPARE * len(wanted) else {key: known[key] for key in wanted}
        schema = {_KEY: pl.String(), _VECTOR: pl.Binary()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(self.path)
        write_parquet(pl.DataFrame(sorted(kept.items()), schema=schema, orient="row"), temporary)
        temporary.replace(self.path)


def key_of(text: str) -> str:
    """What a text is called in a cache."""
    return hashlib.sha256(text.encode()).hexdigest()
