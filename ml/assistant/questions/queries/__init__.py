"""The questions that are answered: each query with its words, its parameters, its SQL and what its rows are."""

from __future__ import annotations

from typing import Final

from ml.assistant.questions.queries.audiences import AUDIENCES
from ml.assistant.questions.queries.habits import HABITS
from ml.assistant.questions.queries.items import ITEMS
from ml.assistant.questions.queries.predictions import PREDICTIONS
from ml.assistant.questions.queries.shelves import SHELVES
from ml.assistant.questions.queries.shoppers import SHOPPERS
from ml.assistant.questions.terms import Query

QUERIES: Final[tuple[Query, ...]] = (*SHOPPERS, *HABITS, *PREDICTIONS, *ITEMS, *SHELVES, *AUDIENCES)
"""All of them; no two have a name in common."""
