"""A bundle: one folder with what every placement uses. The shape of its folder, and its check."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.durable import write_text
from ml.errors import InvalidBundle
from ml.placements import Eligible

INDEX = "bundle.json"
_DATA = {".json", ".npz", ".npy", ".parquet", ".txt"}


class Placement(BaseModel):
    """Which recommender fills a placement, from which items, and in which folder of the bundle it was saved.

    ``eligible`` is None in bundles of versions in which it followed from the name.
    """

    model_config = ConfigDict(frozen=True)
    recipe: str
    folder: str
    eligible: Eligible | None = None


class Bundle(BaseModel):
    """What ``bundle.json`` says. Nothing in it may differ between two trainings of the same key."""

    model_config = ConfigDict(frozen=True)
    trained_as_of: date
    placements: dict[str, Placement]
    liked_from: float = 0.0


def write_bundle(folder: Path, bundle: Bundle) -> None:
    """Write the index of a bundle whose recommenders are saved beside it; checks the whole folder."""
    write_text(folder / INDEX, bundle.model_dump_json(indent=2) + "\n")
    read_bundle(folder)


def read_bundle(folder: Path) -> Bundle:
    """The index of a bundle.

    Raises:
        InvalidBundle: no index, a placement without its folder, or a file that is no plain data.
    """
    try:
        bundle = Bundle.model_validate_json((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as unreadable:
        raise _invalid(folder, f"a readable {INDEX}", type(unreadable).__name__) from unreadable
    missing = [name for name, used in bundle.placements.items() if not (folder / used.folder).is_dir()]
    if missing:
        raise _invalid(folder, "a folder per placement", f"none for {', '.join(missing)}")
    strange = [path.name for path in folder.rglob("*") if path.is_file() and path.suffix not in _DATA]
    if strange:
        raise _invalid(folder, f"only {', '.join(sorted(_DATA))} files, nothing that runs code", ", ".join(strange))
    return bundle


def _invalid(folder: Path, expected: str, found: str) -> InvalidBundle:
    return InvalidBundle(
        f"bundle {folder.name}", expected=expected, found=found, remedy="Run: shelduck train --as-of YYYY-MM-DD"
    )
