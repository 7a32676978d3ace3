"""The registered model of the recommenders: what it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ml.errors import InvalidRequest
from ml.recommend.model import MODEL
from ml.registry.model import Field, Interface, RegisteredModel
from ml.tables import Col

if TYPE_CHECKING:
    import pandas as pd

PLACEMENT: Final = "placement"
K: Final = "k"
_ITEMS: Final = "items"
Asked: TypeAlias = Mapping[str, Sequence[str] | None]
"""Shoppers in the order asked; each with the caller's items to rank, or None for the shelf."""

SHELF: Final = RegisteredModel(
    name=MODEL,
    about=(
        "What each placement of the shop uses, as one bundle: a version per training. `candidate` is the newest one,"
        " `champion` the one that decides; which day it decides from is told by the promotion ledger, not by the alias."
    ),
    serving=Path(__file__).with_name("serving.py"),
    interface=Interface(
        question={Col.user_id: Field("string"), _ITEMS: Field("string", is_list=True, is_required=False)},
        answer={
            Col.user_id: "string",
            Col.rank: "integer",
            Col.item_id: "string",
            Col.score: "double",
            Col.source: "string",
            Col.as_of_date: "string",
            Col.version: "string",
            Col.policy_id: "string",
        },
        example={Col.user_id: ["1"]},
        params={PLACEMENT: "for_you", K: 10},
    ),
)


def read_question(question: pd.DataFrame) -> Asked:
    """Whom to answer, and with which items of the caller's.

    Raises:
        InvalidRequest: a shopper is named twice.
    """
    users = [str(user) for user in question[Col.user_id]]
    if len(set(users)) != len(users):
        found = f"{len(users) - len(set(users))} repeated"
        raise InvalidRequest("request", expected="every user_id once", found=found, remedy="Ask twice for two lists")
    lists = question[_ITEMS] if _ITEMS in question.columns else [None] * len(users)
    return {user: _ids(given) for user, given in zip(users, lists, strict=True)}


def _ids(given: Any) -> list[str] | None:
    """The caller's list without repetitions; a missing cell (None, or pandas' NaN) is no list."""
    return None if given is None or isinstance(given, float) else list(dict.fromkeys(map(str, given)))
