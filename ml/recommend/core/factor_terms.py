"""Terms of scores that are sums over vectors: products of factors, and one addend per purchase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ml.recommend.core.best import rounded
from ml.recommend.core.encoding import Floats, Ints, Reals, Vocabulary
from ml.recommend.core.explanation import PURCHASE, Term, Terms, Unit
from ml.recommend.core.products import Products


def factor_terms(scorer: object, column: int) -> Terms | None:
    """The product of each factor, of the first shopper and an item; None where the scorer is no product of factors."""
    if not isinstance(scorer, Products) or scorer.silent_users[0] or scorer.silent_items[column]:
        return None
    amounts = scorer.users[0].astype(np.float64) * scorer.items[column].astype(np.float64)
    return added("factors", (Term(f"factor {number + 1}", float(each)) for number, each in enumerate(amounts)))


def purchase_terms(unit: Unit, items: Vocabulary, codes: Ints, amounts: Reals | Floats, values: Floats) -> Terms | None:
    """A term per item that the shopper bought, of those that add something; None where none does."""
    told = np.flatnonzero(amounts != 0)
    names: Sequence[str] = items.names(codes[told]).to_list()
    parts = zip(names, amounts[told].tolist(), values[told].tolist(), strict=True)
    terms = [Term(PURCHASE, amount, value, item) for item, amount, value in parts]
    return added(unit, terms) if terms else None


def added(unit: Unit, terms: Iterable[Term]) -> Terms:
    """The terms with their sum, which is the score."""
    parts = tuple(terms)
    total = float(sum(each.amount for each in parts))
    return Terms(unit, parts, total, float(rounded(np.array([total], dtype=np.float32))[0]))
