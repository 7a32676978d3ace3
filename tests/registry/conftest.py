"""Every test of this folder has a registry of three versions; bundles small enough to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from ml.registry.bundle import NewBundle
from ml.settings import Settings
from tests.registry.echo_model import INDEX


@pytest.fixture
def settings(registered: Settings) -> Settings:
    """A home of its own in which nothing was promoted yet."""
    return registered


def write_echo(into: Path, word: str = "hello", as_of: date = date(2017, 12, 2)) -> NewBundle:
    """A bundle of the model ``echo`` in a new folder below ``into``."""
    folder = into / f"bundle {word}"
    (folder / word).mkdir(parents=True)
    (folder / word / "model.json").write_text('{"weight": 1}')
    (folder / INDEX).write_text(json.dumps(word))
    return NewBundle(folder, as_of, f"It says {word}.")


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[..., NewBundle]:
    """``make_bundle(word)`` writes a bundle of the model ``echo``."""
    return partial(write_echo, tmp_path)
