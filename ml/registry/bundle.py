"""A bundle: one folder of plain data, which a training registers as a version of its model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ml.errors import InvalidBundle

_DATA: Final = {".json", ".npz", ".npy", ".parquet", ".txt"}


@dataclass(frozen=True)
class NewBundle:
    """What a training registers.

    Attributes:
        folder: holds plain data only. Nothing in it may differ between two trainings of the same key.
        trained_as_of: the last day that the training learned from.
        about: the description of the version on its page in MLflow, Markdown.
    """

    folder: Path
    trained_as_of: date
    about: str


def require_plain_data(folder: Path) -> None:
    """Check that a bundle has files and that none of them is of a kind that can run code when it is read.

    Raises:
        InvalidBundle: it is empty or holds another file.
    """
    files = [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        raise invalid(folder, "at least one file", "none")
    if strange := [path.name for path in files if path.suffix not in _DATA]:
        raise invalid(folder, f"only {', '.join(sorted(_DATA))} files, nothing that runs code", ", ".join(strange))


def invalid(folder: Path, expected: str, found: str) -> InvalidBundle:
    """The error about a bundle that is not what a training writes."""
    return InvalidBundle(
        f"bundle {folder.name}", expected=expected, found=found, remedy="Run: shelduck train --as-of YYYY-MM-DD"
    )
