"""What a recommender says of an item for a shopper: who proposed it, where it stood, what its score adds up from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias, runtime_checkable

from ml.recommend.core.request import Request

LOG_ODDS: Final = "log_odds"
"""Contributions to the log-odds of a purchase."""
BASE: Final = "base"
"""Name of the term that every item starts from."""
PURCHASE: Final = "purchase"
"""Name of a term that comes from an item, or a day, on which the shopper bought."""
Unit: TypeAlias = Literal["log_odds", "similarity", "factors", "buyers", "decayed_purchases", "rise"]
Step: TypeAlias = Literal["ranked", "pruned", "not_proposed", "newcomer"]


@dataclass(frozen=True)
class Term:
    """A part of a score.

    Attributes:
        name: what it comes from: a feature as the ranker names it, ``purchase``, ``factor 3``…
        amount: what it adds.
        value: the number behind it; None where that is unknown or there is none.
        item_id: the shopper's item that it comes from, if it comes from one.
    """

    name: str
    amount: float
    value: float | None = None
    item_id: str = ""


@dataclass(frozen=True)
class Terms:
    """What a score adds up from.

    Attributes:
        unit: of the amounts.
        total: the recommender's own sum, which the amounts add up to.
        score: what is published, rounded; log-odds become ``1 / (1 + exp(-(slope * total + intercept)))`` before.
        slope, intercept: the calibration.
    """

    unit: Unit
    terms: tuple[Term, ...]
    total: float
    score: float
    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True)
class Proposal:
    """Where an item stands among what a generator proposes to the shopper.

    Attributes:
        source: the generator, as ``candidate_source`` names it.
        rank: from 1; None where the generator has no opinion on the item.
        most: how many of its items become candidates.
    """

    source: str
    rank: int | None
    most: int

    @property
    def is_made(self) -> bool:
        """Whether the item became a candidate by it."""
        return self.rank is not None and self.rank <= self.most


@dataclass(frozen=True)
class Explanation:
    """See the module.

    Attributes:
        step: how far the item came: was it proposed, was it scored by the whole ranker; empty where the recommender
            has one step only.
        rank: from 1, in the last step that it reached.
        most: how many pass that step; None for the last one.
    """

    proposals: tuple[Proposal, ...] = ()
    terms: Terms | None = None
    step: Step | Literal[""] = ""
    rank: int | None = None
    most: int | None = None

    @property
    def closest(self) -> Proposal | None:
        """The generator that came closest to proposing the item; None where none has an opinion on it."""
        ranked = [(each.rank / each.most, each.rank, each) for each in self.proposals if each.rank is not None]
        return min(ranked, key=lambda found: found[:2])[2] if ranked else None


@runtime_checkable
class Explaining(Protocol):
    """A recommender that explains itself; optional."""

    def explain(self, request: Request, item_id: str) -> Explanation:
        """Of an eligible item, for the one shopper of the request; without terms where it has none to tell."""
        ...
