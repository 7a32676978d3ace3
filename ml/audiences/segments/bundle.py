"""What a training registers: how features are scaled, where the segments lie, who they are; one JSON file."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from ml.audiences.segments.identity import Change
from ml.audiences.segments.naming import Terms
from ml.audiences.segments.scaling import Reals, Scale
from ml.durable import write_text
from ml.registry.bundle import invalid, require_plain_data

INDEX: Final = "segments.json"


class Segment(BaseModel):
    """A behavioural segment.

    Attributes:
        centroid: a whole number per scale.
        terms: what its name says.
        change, came_from: see ``identity.Identity``.
    """

    model_config = ConfigDict(frozen=True)
    segment_id: str
    name_en: str
    name_zh: str
    centroid: tuple[int, ...]
    terms: Terms
    change: Change
    came_from: tuple[str, ...] = ()


class Bundle(BaseModel):
    """What ``segments.json`` says. Nothing in it may differ between two trainings of the same key.

    Attributes:
        axes: of the map: two, a whole number per scale, of length ``scaling.UNIT``.
        vanished: ids of the model before that nobody has now, each with the segments that most of its members are in.
        highest: number of an id so far.
        agreement: adjusted Rand index with the model before, both judging the same shoppers; None without one.
        why: how many segments there are, and why.
    """

    model_config = ConfigDict(frozen=True)
    trained_as_of: date
    scales: tuple[Scale, ...]
    segments: tuple[Segment, ...]
    axes: tuple[tuple[int, ...], tuple[int, ...]]
    vanished: dict[str, tuple[str, ...]] = {}
    highest: int
    agreement: float | None = None
    why: str = ""

    @property
    def ids(self) -> list[str]:
        """Of the segments."""
        return [each.segment_id for each in self.segments]

    @property
    def columns(self) -> list[str]:
        """That the segments were learned from."""
        return [scale.column for scale in self.scales]

    @cached_property
    def centroids(self) -> Reals:
        """Segments x features."""
        rows = [each.centroid for each in self.segments]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.scales))

    @cached_property
    def map_axes(self) -> Reals:
        """Features x 2."""
        return np.array(self.axes, dtype=np.float64).reshape(2, len(self.scales)).T


def write_bundle(folder: Path, bundle: Bundle) -> None:
    """Write a bundle into a new folder."""
    folder.mkdir(parents=True)
    write_text(folder / INDEX, bundle.model_dump_json(indent=1) + "\n")


def read_bundle(folder: Path) -> Bundle:
    """The bundle in a folder.

    Raises:
        InvalidBundle: it cannot be read, holds no segment, or the folder holds a file that is no plain data.
    """
    try:
        bundle = Bundle.model_validate_json((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError) as broken:
        raise invalid(folder, f"a readable {INDEX}", str(broken).splitlines()[0]) from broken
    require_plain_data(folder)
    if not bundle.segments:
        raise invalid(folder, "at least one segment", "none")
    if any(len(row) != len(bundle.scales) for row in (*bundle.axes, *(each.centroid for each in bundle.segments))):
        raise invalid(folder, "a number per scale in every centroid and axis", "another number of them")
    return bundle
