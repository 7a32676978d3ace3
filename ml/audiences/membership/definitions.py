"""What a shop's audiences are: landed rows, and those that Shelduck ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from ml.audiences.columns import Aud, AudienceKind
from ml.audiences.conditions.literals import written
from ml.tables import Col
from ml.words import Words

MARKETING: Final = "marketing"
DEFAULT_SHARE: Final = 0.05
TOP_ITEMS: Final = ""
"""An item value: whatever most shoppers of the day buy most of."""


@dataclass(frozen=True)
class Definition:
    """An audience that is switched on.

    Attributes:
        condition: who may be a member; empty: everybody.
        purpose: consent that members must have given.
        item_field, item_value: of affinity audiences, the column of the catalogue and its value.
        top_share: of affinity audiences and look-alikes, the share of all shoppers to take.
    """

    audience_id: str
    name: Words
    kind: AudienceKind = AudienceKind.CONDITION
    condition: str = ""
    purpose: str = MARKETING
    item_field: str = ""
    item_value: str = ""
    top_share: float = DEFAULT_SHARE

    @property
    def text(self) -> str:
        """The definition in one line, as the table ``audience`` shows it."""
        if self.kind is AudienceKind.CONDITION:
            return self.condition
        among = f" among those with {self.condition}" if self.condition else ""
        top = f"the {100 * self.top_share:g} % of shoppers"
        if self.kind is AudienceKind.AFFINITY:
            return f"{top} most likely to buy {self.item_field} = {written(self.item_value)}{among}"
        return f"{top} most like those of its list{among}"

    def about(self, item_field: str, item_value: str) -> Definition:
        """The same about other items."""
        return replace(self, item_field=item_field, item_value=item_value)


def defined(landed: pl.DataFrame, shipped: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """The audiences of a day, by id.

    Args:
        landed: ``dim_audience``; a row replaces the shipped audience of its id, or switches it off.
    """
    own = {str(row[Aud.audience_id]): row for row in landed.iter_rows(named=True)}
    kept = [each for each in shipped if each.audience_id not in own]
    switched_on = [_landed(row) for row in own.values() if row[Aud.is_enabled]]
    return tuple(sorted((*kept, *switched_on), key=lambda each: each.audience_id))


def _landed(row: Mapping[str, Any]) -> Definition:
    return Definition(
        audience_id=row[Aud.audience_id],
        name=Words(row[Aud.name_en], row[Aud.name_zh]),
        kind=AudienceKind(row[Aud.kind]),
        condition=row[Aud.condition] or "",
        purpose=row[Col.purpose],
        item_field=row[Col.item_field] or "",
        item_value=row[Col.item_value] or "",
        top_share=row[Aud.top_share],
    )
