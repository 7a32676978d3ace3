"""Every recommender, in one list. To add one: a file here and a line below."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from ml.errors import ModelMissing
from ml.recommend.models.als import ALS
from ml.recommend.models.buy_it_again import BuyItAgain
from ml.recommend.models.item_cf import ItemBm25, ItemCosine, ItemTfidf
from ml.recommend.models.popularity import Popularity
from ml.recommend.models.user_cf import UserCosine, UserPearson
from ml.recommend.protocol import Recommender

RECOMMENDERS: Final[tuple[type[Recommender], ...]] = (
    Popularity,
    BuyItAgain,
    ItemCosine,
    ItemTfidf,
    ItemBm25,
    UserCosine,
    UserPearson,
    ALS,
)


def recommender(name: str) -> type[Recommender]:
    """The class of the recommender called ``name``.

    Raises:
        ModelMissing: none is called so.
    """
    for each in RECOMMENDERS:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in RECOMMENDERS)
    raise ModelMissing("recommender", expected=f"one of {known}", found=name, remedy="Name one of them")


def load(folder: Path) -> Recommender:
    """The recommender that was saved in ``folder``, whichever it is."""
    settings = folder / "recommender.json"
    if not settings.is_file():
        remedy = "Save a fitted recommender there, or train: shelduck train"
        raise ModelMissing(folder.name, expected="a saved recommender", found="none", remedy=remedy)
    name: str = json.loads(settings.read_text(encoding="utf-8"))["name"]
    return recommender(name).load(folder)
