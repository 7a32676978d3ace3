"""What a training registers: the contender of each target with what it learned, as one JSON file."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.durable import write_text
from ml.predictions.btyd.bg_nbd import BgNbd
from ml.predictions.contenders import restored
from ml.predictions.contenders.base import Fitted
from ml.predictions.forecast import Predictor
from ml.predictions.intervals import Intervals
from ml.predictions.targets import TARGETS
from ml.registry.bundle import invalid, require_plain_data

INDEX: Final = "predictions.json"


class Served(BaseModel):
    """What predicts a target."""

    model_config = ConfigDict(frozen=True)
    contender: str
    content: dict[str, Any]
    intervals: dict[str, Any] | None = None


class Bundle(BaseModel):
    """What ``predictions.json`` says. Nothing in it may differ between two trainings of the same key."""

    model_config = ConfigDict(frozen=True)
    trained_as_of: date
    targets: dict[str, Served]
    beyond: dict[str, float] | None = None

    @property
    def contenders(self) -> dict[str, str]:
        """By target the name of what predicts it."""
        return {name: served.contender for name, served in self.targets.items()}

    def predictor(self) -> Predictor:
        """Ready to predict."""
        return Predictor(
            {name: restored(served.contender, served.content) for name, served in self.targets.items()},
            {
                name: Intervals.restored(served.intervals)
                for name, served in self.targets.items()
                if served.intervals is not None
            },
            BgNbd(**self.beyond) if self.beyond else None,
        )


def served(name: str, fitted: Fitted, intervals: Intervals | None) -> Served:
    """A fitted contender as a bundle holds it."""
    return Served(contender=name, content=fitted.content, intervals=intervals.content if intervals else None)


def write_bundle(folder: Path, bundle: Bundle) -> None:
    """Write a bundle into a new folder."""
    folder.mkdir(parents=True)
    write_text(folder / INDEX, bundle.model_dump_json(indent=1) + "\n")


def read_bundle(folder: Path) -> Bundle:
    """The bundle in a folder.

    Raises:
        InvalidBundle: it cannot be read, lacks a target, or the folder holds a file that is no plain data.
    """
    try:
        bundle = Bundle.model_validate_json((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as unreadable:
        raise invalid(folder, f"a readable {INDEX}", type(unreadable).__name__) from unreadable
    if missing := [target.name for target in TARGETS if target.name not in bundle.targets]:
        raise invalid(folder, "a contender per target", f"none for {', '.join(missing)}")
    require_plain_data(folder)
    return bundle


def long_run(beyond: BgNbd | None) -> dict[str, float] | None:
    """The parameters that tell a year from a quarter, as a bundle holds them."""
    return None if beyond is None else asdict(beyond)
