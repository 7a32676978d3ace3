"""Guard-rails of a candidate: whether it is worse than the champion beyond chance, and beyond what settings allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ml.recommend.evaluation.comparison import ALPHA
from ml.recommend.evaluation.settings import COLD
from ml.recommend.review.paired import COVERAGE, EVERYBODY, POPULARITY, Pair, Replaced
from ml.registry.review import Guard
from ml.review_limits import ReviewLimits

_QUALITY: Final = "NDCG@10"


def quality_guards(replaced: Replaced, limits: ReviewLimits) -> Iterator[Guard]:
    """Of a placement with another recipe: everybody, newcomers, and the segment that fares worst.

    A pair is worse beyond chance where its p-value is, after Holm's adjustment for all segments of the placement.
    """
    everybody, cold, segments = (
        [pair for pair in replaced.pairs if test(pair.by)]
        for test in (EVERYBODY.__eq__, COLD.__eq__, lambda by: by not in (EVERYBODY, COLD))
    )
    for pairs, name, limit in (
        (everybody, f"quality of {replaced.placement}", limits.quality),
        (cold, f"quality of {replaced.placement} for newcomers", limits.newcomers),
    ):
        for pair in pairs:
            yield _guard(name, pair, limit, pair.p)
    if segments:
        adjusted = holm([pair.p for pair in segments])
        pair, p = min(zip(segments, adjusted, strict=True), key=lambda each: _place(each[0], each[1], limits.segments))
        yield _guard(f"quality of {replaced.placement} in {len(segments)} segments", pair, limits.segments, p)


def exposure_guards(placement: str, figures: Mapping[str, tuple[float, float]], limits: ReviewLimits) -> list[Guard]:
    """Coverage may not fall, and popularity may not rise, by more than a share of what it was."""
    made = []
    for figure, name, limit, sign, words in (
        (COVERAGE, "coverage", limits.coverage, -1, "down to −"),
        (POPULARITY, "popularity", limits.popularity, 1, "up to +"),
    ):
        if figure not in figures:
            continue
        before, after = figures[figure]
        change = (after - before) / before if before else 0.0
        holds = sign * change <= limit
        allowed = f"{words}{limit:.0%}"
        made.append(Guard(f"{name} of {placement}", f"{before:.1%}", f"{after:.1%}", f"{change:+.1%}", allowed, holds))
    return made


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number (Holm 1979), in the order given."""
    ordered = sorted(range(len(p_values)), key=lambda number: p_values[number])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, number in enumerate(ordered):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[number]))
        adjusted[number] = highest
    return adjusted


def _is_broken(pair: Pair, limit: float, p: float) -> bool:
    return pair.after - pair.before < -limit * pair.before and p <= ALPHA


def _place(pair: Pair, p: float, limit: float) -> tuple[bool, float]:
    """Broken ones first, then those that lose most."""
    return not _is_broken(pair, limit, p), (pair.after - pair.before) / max(pair.before, 1e-9)


def _guard(name: str, pair: Pair, limit: float, p: float) -> Guard:
    told = f"{name}, worst: {pair.group}" if pair.group else name
    change = f"{pair.after - pair.before:+.4f} [{pair.low:+.4f}, {pair.high:+.4f}]"
    allowed = f"−{limit:.0%}, or by chance"
    return Guard(
        f"{told} ({_QUALITY}, {pair.shoppers:,} shoppers)",
        f"{pair.before:.4f}",
        f"{pair.after:.4f}",
        change,
        allowed,
        not _is_broken(pair, limit, p),
    )
