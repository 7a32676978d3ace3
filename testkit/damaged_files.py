"""Parquet files as a failing disk leaves them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_MAGIC: Final = 4
_LENGTH: Final = 4
"""Bytes of the file's first and last word, and of the number before the latter: how long the footer is."""


def damage_rows(path: Path) -> None:
    """Spoil what stands before the footer: the file opens with its schema, and no row of it can be read.

    Other names of the file, where it is linked, keep what they had.
    """
    content = path.read_bytes()
    end = len(content) - _MAGIC - _LENGTH - int.from_bytes(content[-_MAGIC - _LENGTH : -_MAGIC], "little")
    path.unlink()
    path.write_bytes(content[:_MAGIC] + bytes(byte ^ 0xA5 for byte in content[_MAGIC:end]) + content[end:])
