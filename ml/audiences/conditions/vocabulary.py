"""What a condition may name: columns, tags, segments, placements … of a day; and what it may not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from ml.audiences.conditions.names import column_words
from ml.audiences.conditions.terms import Function, Sort
from ml.tables import Col, Column, Kind
from ml.words import Words

SORTS: Final[Mapping[Kind, Sort]] = MappingProxyType(
    {
        Kind.TEXT: Sort.TEXT,
        Kind.COUNT: Sort.NUMBER,
        Kind.RANK: Sort.NUMBER,
        Kind.NUMBER: Sort.NUMBER,
        Kind.DAY: Sort.DAY,
        Kind.FLAG: Sort.FLAG,
    }
)
ITEM_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id": Col.item_id,
        "category": Col.item_category,
        "category2": Col.item_category2,
        "category3": Col.item_category3,
        "brand": Col.item_brand,
    }
)
"""By the name in a condition, the column of the catalogue."""
PROTECTED: Final = frozenset(
    {"age", "age_band", "gender", "sex", "income", "income_band", "ethnicity", "religion", "nationality", "disability"}
    | {"marital_status", "household_size", "household_comp", "home_ownership", "kids_count", "education", "health"}
)
"""Protected attributes that shops usually land; what else a shop lands in ``user_attributes`` is added to them."""
_NOT_ABOUT_THE_SHOPPER: Final = frozenset({Col.user_id, Col.policy_id, Col.as_of_date})
_SHARES: Final = ("share", "probability")


@dataclass(frozen=True)
class KnownColumn:
    """A column of the shoppers' frame.

    Attributes:
        words: its name for people, in the middle of a sentence.
        unit: as its table declares it.
    """

    name: str
    kind: Kind
    words: Words
    description: str = ""
    unit: str = ""

    @property
    def sort(self) -> Sort:
        """What it can be compared with."""
        return SORTS[self.kind]

    @property
    def is_share(self) -> bool:
        """Whether it lies between 0 and 1, so that ``40 %`` may be compared with it."""
        return self.unit.startswith(_SHARES)


@dataclass(frozen=True)
class Vocabulary:
    """What a condition may name.

    Attributes:
        columns: by name.
        protected: names of attributes that are only reported.
        tags, segments, rfm_classes, stages, placements: by id, the names for people.
        purposes: likewise; None where a condition may name any, because the shop assumes consent.
        values: by text column or column of the catalogue, the values that occur; another is noted, not refused.
    """

    columns: Mapping[str, KnownColumn]
    protected: Collection[str] = PROTECTED
    tags: Mapping[str, Words] = field(default_factory=dict)
    segments: Mapping[str, Words] = field(default_factory=dict)
    rfm_classes: Mapping[str, Words] = field(default_factory=dict)
    stages: Mapping[str, Words] = field(default_factory=dict)
    placements: Mapping[str, Words] = field(default_factory=dict)
    purposes: Mapping[str, Words] | None = None
    values: Mapping[str, Collection[str]] = field(default_factory=dict)

    def subjects(self, function: Function) -> Mapping[str, Words] | None:
        """What a function may be asked about; None: anything."""
        by_function: dict[Function, Mapping[str, Words] | None] = {
            Function.TAG: self.tags,
            Function.SEGMENT: self.segments,
            Function.RFM: self.rfm_classes,
            Function.STAGE: self.stages,
            Function.ON_SHELF: self.placements,
            Function.CONSENT: self.purposes,
        }
        return by_function[function]

    def words_of(self, function: Function, subject: str) -> Words:
        """The name of a subject for people."""
        return (self.subjects(function) or {}).get(subject, Words(subject, subject))


def columns_of(columns: Iterable[Column]) -> dict[str, KnownColumn]:
    """Columns of published tables with one row per shopper, by name; of those of one name the first.

    Ids of shoppers and policies, the as-of date and lists are left out.
    """
    known: dict[str, KnownColumn] = {}
    for each in columns:
        if each.kind in SORTS and each.name not in _NOT_ABOUT_THE_SHOPPER:
            found = KnownColumn(each.name, each.kind, column_words(each.name), each.description, each.unit)
            known.setdefault(each.name, found)
    return known
