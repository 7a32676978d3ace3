"""A finished bundle of recommenders becomes a version of the registered model."""

from __future__ import annotations

from pathlib import Path

from ml.recommend.bundle import read_bundle
from ml.recommend.interface import SHELF
from ml.registry.bundle import NewBundle
from ml.registry.registration import register_bundle
from ml.registry.versions import ModelVersion
from ml.settings import Settings


def register(settings: Settings, folder: Path, *, run_id: str, key: str) -> ModelVersion:
    """Register the folder that ``write_bundle`` finished; see ``register_bundle``.

    Raises:
        InvalidBundle: the folder is incomplete or holds a file that could run code.
    """
    index = read_bundle(folder)
    recipes = ", ".join(f"{placement} by {used.recipe}" for placement, used in sorted(index.placements.items()))
    about = f"Trained as of {index.trained_as_of}: {recipes}. The source run says how it was judged."
    return register_bundle(settings, SHELF, NewBundle(folder, index.trained_as_of, about), run_id=run_id, key=key)
