"""Every recommender, in one list. To add one: a file in ``models`` and a line below."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ml.errors import ModelMissing
from ml.recommend.core.protocol import Recommender
from ml.recommend.core.serialization import saved_name
from ml.recommend.models.als import ALS
from ml.recommend.models.biased_svd import BiasedSVD
from ml.recommend.models.bpr import BPR
from ml.recommend.models.buy_it_again import BuyItAgain
from ml.recommend.models.buy_it_when_due import BuyItWhenDue
from ml.recommend.models.cold_text import ColdText
from ml.recommend.models.content import Content
from ml.recommend.models.ease import EASE
from ml.recommend.models.item_cf import ItemBm25, ItemCosine, ItemTfidf
from ml.recommend.models.popularity import Popularity
from ml.recommend.models.pure_svd import PureSVD
from ml.recommend.models.sasrec import SASRec
from ml.recommend.models.segments import SegmentPopularity
from ml.recommend.models.tifu_knn import TifuKnn
from ml.recommend.models.trending import Trending
from ml.recommend.models.up_cf import UpCf
from ml.recommend.models.user_cf import UserCosine, UserPearson
from ml.recommend.two_stage.recommender import TwoStage

RECOMMENDERS: Final[tuple[type[Recommender], ...]] = (
    Popularity,
    Trending,
    BuyItAgain,
    BuyItWhenDue,
    ItemCosine,
    ItemTfidf,
    ItemBm25,
    UserCosine,
    UserPearson,
    ALS,
    BPR,
    PureSVD,
    BiasedSVD,
    EASE,
    TifuKnn,
    UpCf,
    SegmentPopularity,
    Content,
    ColdText,
    SASRec,
    TwoStage,
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
    """The recommender that was saved in ``folder``, whichever it is.

    Raises:
        ModelMissing: none was.
    """
    return recommender(saved_name(folder)).load(folder)
