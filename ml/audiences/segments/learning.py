"""From profiles to a bundle: scales, centroids, identities, names, axes of the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zlib import crc32

import numpy as np
import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.segments import identity
from ml.audiences.segments.agreement import agreement
from ml.audiences.segments.behaviour import Placed, bought
from ml.audiences.segments.bundle import Bundle, Segment
from ml.audiences.segments.clustering import Choice, choose, nearest
from ml.audiences.segments.features import LEARNED
from ml.audiences.segments.naming import names_of, terms_of
from ml.audiences.segments.scaling import UNIT, Ints, Reals, Scale, points_of, scales_of
from ml.tables import Col

SAMPLE: Final = 20_000
"""Buyers that a training learns from; of a larger shop these, the same ones every week."""
_DIGITS: Final = 4


@dataclass(frozen=True, eq=False)
class Learned:
    """A bundle, and what a person looks at before trusting it.

    Attributes:
        points: of those learned from, shoppers x features; ``labels``: their segments.
    """

    bundle: Bundle
    choice: Choice
    points: Reals
    labels: Ints


def learned(profile: pl.DataFrame, as_of: date, seed: int, incumbent: Bundle | None = None) -> Learned:
    """Learn behavioural segments from everybody who bought something in 365 days.

    Args:
        profile: with at least one buyer.
        incumbent: the model that serves, whose ids are carried over.
    """
    buyers = sample(profile.filter(bought(profile)))
    scales = scales_of(buyers, LEARNED)
    points, before = points_of(buyers, scales), _before(buyers, incumbent)
    choice = choose(points, seed, before)
    labels, count = nearest(points, choice.centroids), len(choice.centroids)
    matched = _matched(incumbent, before, labels, count)
    bundle = Bundle(
        trained_as_of=as_of,
        scales=scales,
        segments=_segments(scales, choice.centroids, matched, incumbent),
        axes=_axes(points, scales, incumbent),
        vanished={each.segment_id: each.went_to for each in matched.vanished},
        highest=matched.highest,
        agreement=None if before is None else agreement(pl.Series(before), pl.Series(labels)),
        why=choice.why,
    )
    return Learned(bundle, choice, points, labels)


def sample(buyers: pl.DataFrame) -> pl.DataFrame:
    """At most ``SAMPLE`` buyers, in an order that has nothing to do with who they are."""
    turn = pl.Series("turn", [crc32(str(user).encode()) for user in buyers[Col.user_id]], pl.Int64)
    return buyers.with_columns(turn).sort(turn.name, Col.user_id).drop(turn.name).head(SAMPLE)


def _before(buyers: pl.DataFrame, incumbent: Bundle | None) -> Ints | None:
    if incumbent is None:
        return None
    place = {name: number for number, name in enumerate(incumbent.ids)}
    found = Placed(buyers, incumbent).members[Aud.segment_id]
    return np.asarray(found.replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy())


def _matched(incumbent: Bundle | None, before: Ints | None, labels: Ints, count: int) -> identity.Matched:
    if incumbent is None or before is None:
        return identity.first(count)
    return identity.match(incumbent.ids, before, labels, count, incumbent.highest)


def _segments(
    scales: Sequence[Scale], centroids: Reals, matched: identity.Matched, incumbent: Bundle | None
) -> tuple[Segment, ...]:
    said = {each.segment_id: each.terms for each in incumbent.segments} if incumbent else {}
    ids = [each.segment_id for each in matched.segments]
    terms = terms_of([scale.column for scale in scales], centroids, [said.get(name) for name in ids])
    return tuple(
        Segment(
            segment_id=who.segment_id,
            name_en=name.en,
            name_zh=name.zh,
            centroid=tuple(int(value) for value in centroid),
            terms=about,
            change=who.change,
            came_from=who.came_from,
        )
        for who, name, centroid, about in zip(matched.segments, names_of(terms, ids), centroids, terms, strict=True)
    )


def _axes(points: Reals, scales: Sequence[Scale], incumbent: Bundle | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Principal axes of the points; each points to where its largest loading is positive, or as it did before."""
    columns = [scale.column for scale in scales]
    _, vectors = np.linalg.eigh(points.T @ points)
    axes = np.zeros((2, len(columns)))
    for number, vector in enumerate(vectors.T[::-1][:2]):
        sign = vector[np.argmax(np.round(np.abs(vector), _DIGITS))]
        if incumbent is not None and incumbent.columns == columns:
            sign = vector @ incumbent.map_axes[:, number] or sign
        axes[number] = np.round(vector * np.sign(sign) * UNIT) + 0.0
    x, y = (tuple(int(value) for value in axis) for axis in axes)
    return x, y
