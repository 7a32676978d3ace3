"""Names that the shop's published tables hold, as questions may say them: categories, items, audiences, tags …"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ml.assistant.questions.lexicon import BANDS, SCHEMES, STAGES
from ml.assistant.questions.terms import Kind, Value
from ml.assistant.questions.tokens import key_of
from ml.warehouse.connection import Connection
from ml.warehouse.queries import ask

Key = tuple[str, ...]
_NAMED: Final[tuple[tuple[Kind, str, str], ...]] = (
    (
        Kind.CATEGORY,
        "customer_profile",
        "select distinct c, c from (select unnest([top_category_1, top_category_2, top_category_3]) as c"
        " from customer_profile) where c is not null",
    ),
    (
        Kind.CATEGORY,
        "popular_item",
        "select distinct scope[10:], scope[10:] from popular_item where starts_with(scope, 'category:')",
    ),
    (Kind.ITEM, "recommendation", "select distinct item_id, item_name from recommendation"),
    (Kind.ITEM, "default_shelf", "select distinct item_id, item_name from default_shelf"),
    (Kind.PLACEMENT, "policy", "select distinct placement, placement from policy"),
    (
        Kind.AUDIENCE,
        "audience",
        "select audience_id, unnest([audience_id, name_en, name_zh]) from audience",
    ),
    (
        Kind.SEGMENT,
        "segment",
        "select scheme || '/' || segment_id, unnest([segment_id, name_en, name_zh]) from segment"
        " where scheme <> 'lifecycle'",
    ),
    (Kind.TAG, "tag", "select tag_id, unnest([tag_id, name_en, name_zh]) from tag"),
)
"""Kind, table, and SQL for pairs of a value and a name of it; the segments of the life cycle are stages."""
_FIXED: Final = {Kind.STAGE: STAGES, Kind.BAND: BANDS, Kind.SCHEME: SCHEMES}
LONGEST: Final = 16
"""Tokens of a name; a longer one is asked for by its id."""


@dataclass(frozen=True)
class Catalogue:
    """By kind and name, the values that are called so: more than one where a name is not unique.

    Attributes:
        words: every token of a name.
    """

    names: Mapping[Kind, Mapping[Key, tuple[Value, ...]]]
    words: frozenset[str] = field(default=frozenset())

    def called(self, kind: Kind, key: Key) -> tuple[Value, ...]:
        """The values of that name."""
        return self.names.get(kind, {}).get(key, ())

    def holds(self, kind: Kind, value: Value) -> bool:
        """Whether it is one of the values of that kind; of kinds without names, any is."""
        named = self.names.get(kind)
        return named is None or any(value in values for values in named.values())


def catalogue_of(database: Connection, tables: Iterable[str]) -> Catalogue:
    """The names in the tables that are there.

    Raises:
        QueryRefused: a table lacks a column.
        NotPublished: a table cannot be read.
    """
    there = frozenset(tables)
    found: dict[Kind, dict[Key, set[Value]]] = defaultdict(lambda: defaultdict(set))
    for kind, value, name in _pairs(database, there):
        if 0 < len(key := key_of(name)) <= LONGEST:
            found[kind][key].add(value)
    words = frozenset(word for names in found.values() for key in names for word in key)
    return Catalogue(
        {kind: {key: _sorted(each) for key, each in names.items()} for kind, names in found.items()}, words
    )


def _pairs(database: Connection, there: frozenset[str]) -> Iterator[tuple[Kind, Value, str]]:
    for kind, values in _FIXED.items():
        for value, phrases in values.items():
            yield from ((kind, value, phrase) for phrase in phrases.split(";"))
    for kind, table, query in _NAMED:
        if table in there:
            yield from ((kind, value, name) for value, name in ask(database, query).rows if name)


def _sorted(values: set[Value]) -> tuple[Value, ...]:
    return tuple(sorted(values, key=str))
