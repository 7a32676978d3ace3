"""What tags there are that a condition decides: those that Shelduck ships, and the shop's own rows, which go first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.tags.shipped import SHIPPED, Definition
from ml.words import Words


@dataclass(frozen=True)
class Landed:
    """The shop's own tags.

    Attributes:
        switched_on: by tag_id.
        tag_ids: of all its rows, those switched off too: no shipped or statistical tag has one of them.
    """

    switched_on: dict[str, Definition]
    tag_ids: frozenset[str]


def landed_tags(table: pl.DataFrame) -> Landed:
    """The shop's own tags.

    Args:
        table: ``dim_tag``.
    """
    rows = [row for row in table.to_dicts() if row[Aud.is_enabled]]
    return Landed({row[Aud.tag_id]: _definition(row) for row in rows}, frozenset(table[Aud.tag_id]))


def definitions(landed: Landed, shipped: Iterable[Definition] = SHIPPED) -> tuple[Definition, ...]:
    """The tags of the day that a condition decides, sorted by ``tag_id``."""
    kept = {each.tag_id: each for each in shipped if each.tag_id not in landed.tag_ids}
    return tuple(definition for _, definition in sorted((kept | landed.switched_on).items()))


def _definition(row: dict[str, str]) -> Definition:
    name = Words(row[Aud.name_en], row[Aud.name_zh])
    return Definition(row[Aud.tag_id], name, row[Aud.condition] or "", int(row[Aud.minimum_support] or 0))
