"""The bundle of recommenders: one folder with what every placement uses. Its index, and its check."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.durable import write_text
from ml.placements import Eligible
from ml.recommend.recommenders import load
from ml.registry.bundle import invalid, require_plain_data

INDEX: Final = "bundle.json"


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
        raise invalid(folder, f"a readable {INDEX}", type(unreadable).__name__) from unreadable
    missing = [name for name, used in bundle.placements.items() if not (folder / used.folder).is_dir()]
    if missing:
        raise invalid(folder, "a folder per placement", f"none for {', '.join(missing)}")
    require_plain_data(folder)
    return bundle


def loaded_recipes(folder: Path) -> str:
    """Load every recommender of a bundle.

    Returns:
        The names of their recipes.

    Raises:
        InvalidBundle: see ``read_bundle``.
    """
    bundle = read_bundle(folder)
    for name in {placement.folder for placement in bundle.placements.values()}:
        load(folder / name)
    return ", ".join(sorted({placement.recipe for placement in bundle.placements.values()}))
