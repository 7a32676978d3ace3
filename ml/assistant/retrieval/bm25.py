"""BM25 over passages (Robertson and Zaragoza 2009, The Probabilistic Relevance Framework)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ml.assistant.retrieval.terms import terms

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

K1, B = 1.2, 0.75
_DECIMALS: Final = 6
"""Scores are compared after rounding, so that their order rests on no last bit."""


@dataclass(frozen=True, eq=False)
class Bm25:
    """Weights of terms in texts.

    Attributes:
        row_of: row of ``weights`` by term.
        weights: (terms, texts); what a term of a question adds to the score of a text.
    """

    row_of: dict[str, int]
    weights: csr_array

    @classmethod
    def of(cls, texts: Sequence[str]) -> Bm25:
        """The weights of texts, in their order."""
        from scipy.sparse import csr_array

        row_of: dict[str, int] = {}
        lengths: NDArray[np.float64] = np.zeros(len(texts))
        rows, columns, counts = list[int](), list[int](), list[float]()
        for place, text in enumerate(texts):
            counted = Counter(terms(text))
            lengths[place] = counted.total()
            for term, times in counted.items():
                rows.append(row_of.setdefault(term, len(row_of)))
                columns.append(place)
                counts.append(float(times))
        row, at, count = np.array(rows, np.int64), np.array(columns, np.int64), np.array(counts)
        found = np.bincount(row, minlength=len(row_of)) if rows else np.zeros(0)
        rarity = np.log1p((len(texts) - found + 0.5) / (found + 0.5))
        share = 1 - B + B * lengths / max(lengths.mean() if len(texts) else 0.0, 1.0)
        values = rarity[row] * count * (K1 + 1) / (count + K1 * share[at]) if rows else count
        return cls(row_of, csr_array((values, (row, at)), shape=(len(row_of), len(texts))))

    def scores(self, question: str) -> NDArray[np.float64]:
        """The score of every text; 0 where no term of the question is in it."""
        rows = [self.row_of[term] for term in terms(question) if term in self.row_of]
        total = self.weights[rows].sum(axis=0) if rows else np.zeros(self.weights.shape[1])
        return np.asarray(np.round(total, _DECIMALS))
