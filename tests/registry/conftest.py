"""Every test of this folder has a registry of three versions; bundles small enough to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ml.registry.bundle import Bundle, Placement, write_bundle
from ml.settings import Settings


@pytest.fixture
def settings(registered: Settings) -> Settings:
    """A home of its own in which nothing was promoted yet."""
    return registered


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[..., Path]:
    """``make_bundle(recipe)`` writes a bundle whose one model is a number."""

    def make(recipe: str = "popularity", as_of: date = date(2017, 12, 2)) -> Path:
        folder = tmp_path / f"bundle {recipe}"
        (folder / recipe).mkdir(parents=True)
        (folder / recipe / "model.json").write_text('{"weight": 1}')
        write_bundle(
            folder,
            Bundle(trained_as_of=as_of, placements={"for_you": Placement(recipe=recipe, folder=recipe)}),
        )
        return folder

    return make
