"""Names of behavioural segments, made of what tells them apart; each is another one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, TypeAlias

from ml.audiences.segments.features import LEARNED
from ml.audiences.segments.scaling import UNIT, Reals
from ml.words import Words

Terms: TypeAlias = tuple[tuple[str, bool], ...]
"""Columns, each with whether the members have more of it than everybody."""
CLEAR: Final = 0.3
"""Deviations between the mean of a segment and that of everybody from which a name says it."""
_FEW: Final = 2
_WORDS: Final = {feature.column: (feature.low, feature.high) for feature in LEARNED}
_NOBODY: Final = Words("Average shoppers", "一般顾客")


def terms_of(columns: Sequence[str], centroids: Reals, before: Sequence[Terms | None]) -> list[Terms]:
    """What each segment's name says: what it said before where that still holds, else what tells it apart most.

    Args:
        columns: of the centroids.
        centroids: segments x features, whole numbers, everybody at 0.
        before: by segment what its name said in the model before, None for new ones.
    """
    kept = [_still(columns, centroid, terms) for centroid, terms in zip(centroids, before, strict=True)]
    taken = {terms for terms in kept if terms}
    found: list[Terms] = []
    for centroid, old in zip(centroids, kept, strict=True):
        terms = old if old and old not in found else _new(columns, centroid, taken)
        taken.add(terms)
        found.append(terms)
    return found


def name_of(terms: Terms, segment_id: str, *, is_unique: bool) -> Words:
    """The name in every language; the id is added where another segment says the same."""
    words = [word for column, is_high in terms if (word := _WORDS[column][is_high])]
    named = _NOBODY
    if words:
        english = ", ".join(word.en for word in words)
        named = Words(f"{english[0].upper()}{english[1:]} shoppers", f"{'、'.join(word.zh for word in words)}的顾客")
    return named if is_unique else Words(f"{named.en} ({segment_id})", f"{named.zh}（{segment_id}）")


def names_of(terms: Sequence[Terms], ids: Sequence[str]) -> list[Words]:
    """A name per segment, none twice."""
    return [name_of(each, name, is_unique=list(terms).count(each) == 1) for each, name in zip(terms, ids, strict=True)]


def _new(columns: Sequence[str], centroid: Reals, taken: Collection[Terms]) -> Terms:
    """The two clearest features; one more as long as another segment says the same."""
    order = sorted(range(len(columns)), key=lambda number: (-abs(centroid[number]), number))
    clear = tuple((columns[number], bool(centroid[number] > 0)) for number in order if _is_clear(centroid[number]))
    few = range(min(_FEW, len(clear)), len(clear) + 1)
    return next((clear[:count] for count in few if clear[:count] not in taken), clear)


def _still(columns: Sequence[str], centroid: Reals, terms: Terms | None) -> Terms | None:
    known = dict(zip(columns, centroid, strict=True))
    held = terms and all(
        _is_clear(known.get(column, 0.0)) and (known[column] > 0) == is_high for column, is_high in terms
    )
    return terms if held else None


def _is_clear(value: float) -> bool:
    return abs(value) >= CLEAR * UNIT
