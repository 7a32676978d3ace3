"""How the two stages came to what they say of one item for one shopper; the same steps as for everybody's lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from ml.recommend.core.best import Top, rounded
from ml.recommend.core.encoding import Ints
from ml.recommend.core.explanation import BASE, LOG_ODDS, Explanation, Proposal, Term, Terms
from ml.recommend.core.request import Request
from ml.recommend.two_stage.candidates import SOURCES, Candidates, Look
from ml.recommend.two_stage.features import features
from ml.recommend.two_stage.ranker import Ranker
from ml.recommend.two_stage.scoring import OWN, Scoring, kept_of, objective_of, shares_of

_FIRST: Final = slice(0, 1)


def explained(scoring: Scoring, request: Request, item_id: str) -> Explanation:
    """Of an eligible item, for the one shopper of the request."""
    asked = request if request.among is not None else replace(request, only_seen=False)
    vocabulary = scoring.generators.day.vocabulary
    look = scoring.generators.look(_FIRST, most=max(len(vocabulary), 1))
    if not len(look.position):
        return Explanation(step="newcomer")
    code = int(vocabulary.codes([item_id])[0])
    proposals = tuple(_proposals(scoring, asked, look, code))
    found = scoring.candidates(asked, _FIRST, look)
    places = np.flatnonzero(found.item == code)
    if not len(places):
        return Explanation(proposals, step="not_proposed")
    at, ranker = int(places[0]), scoring.rankers.get(objective_of(asked))
    kept, likely = scoring.likely(asked, found)
    terms = _terms(ranker, found, at) if ranker else None
    if ranker and at not in kept:
        first = rounded(ranker.first_look(features(found, ranker.columns).values))
        rank = _rank(Top(found.shopper, found.item, first), at)
        return Explanation(proposals, terms, "pruned", rank, kept_of(asked))
    ranked = Top(found.shopper[kept], found.item[kept], rounded(likely))
    place = int(np.flatnonzero(kept == at)[0])
    if not (request.only_seen and request.among is None):
        return Explanation(proposals, terms, "ranked", _rank(ranked, place))
    own = found.source[kept] == OWN  # a shelf of own items reads what the shelf of anything has scored
    if not own[place]:
        return Explanation(proposals, terms, "not_proposed")
    return Explanation(proposals, terms, "ranked", _rank(ranked.where(own), int(own[:place].sum())))


def _proposals(scoring: Scoring, request: Request, look: Look, code: int) -> Iterator[Proposal]:
    """What each generator that gives candidates thinks of the item."""
    generators = scoring.generators
    shares = generators.shares(shares_of(request))
    if shares.own:
        mine = generators.own(look.shoppers, max(len(generators.day.vocabulary), 1))
        yield Proposal(SOURCES[OWN], _place(mine.item, mine.rank, code), shares.own)
    for source, most in shares.unbought.items():
        if most:
            proposed = look.unbought[source]
            yield Proposal(SOURCES[source], _place(proposed.item, proposed.rank, code), most)


def _place(items: Ints, ranks: Ints, code: int) -> int | None:
    found = np.flatnonzero(items == code)
    return int(ranks[found[0]]) + 1 if len(found) else None


def _rank(cells: Top, at: int) -> int:
    """From 1, of one cell among those of its row; ties go to the lower column."""
    order = np.lexsort((cells.column, -cells.score))
    return int(np.flatnonzero(order == at)[0]) + 1


def _terms(ranker: Ranker, found: Candidates, at: int) -> Terms:
    table = features(found.where(np.array([at])), ranker.columns).values
    amounts, rest = ranker.contributions(table[0])
    values = dict(zip(ranker.columns, table[0].tolist(), strict=True))
    terms = [Term(name, amount, _known(values[name])) for name, amount in amounts.items() if amount]
    total, score = float(ranker.log_odds(table)[0]), float(rounded(ranker.probability(table))[0])
    return Terms(LOG_ODDS, (Term(BASE, rest), *terms), total, score, ranker.slope, ranker.intercept)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
