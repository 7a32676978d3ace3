"""What tags and segments hand on: their tables, and who had which on the days that D is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
from pydantic import JsonValue


@dataclass(frozen=True, eq=False)
class Tagged:
    """Tags of a day.

    Attributes:
        tables: ``tag`` and ``tag_member`` by name.
        held: by number of days before D (0: on D): ``tag_id``, ``user_id``, a row per tag that fitted then.
    """

    tables: Mapping[str, pl.DataFrame]
    held: Mapping[int, pl.DataFrame]


@dataclass(frozen=True, eq=False)
class Segmented:
    """Segments of a day.

    Attributes:
        tables: ``segment``, ``segment_feature``, ``segment_member``, ``segment_transition`` and ``cohort_retention``.
        held: by number of days before D (0: on D): ``scheme``, ``user_id``, ``segment_id``, judged with D's model.
        policy_id: twelve hex digits over the model's content, definitions and code.
        told: of model and policy, for the manifest.
    """

    tables: Mapping[str, pl.DataFrame]
    held: Mapping[int, pl.DataFrame]
    policy_id: str
    told: dict[str, JsonValue] = field(default_factory=dict)
