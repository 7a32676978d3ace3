"""The registered model as MLflow loads it: code beside data, nothing pickled.

It answers with the lists that were published, from the data home that ``SHELDUCK_HOME`` names: whoever asks gets what
the tables hold, rules included. What no table holds, it ranks itself: a caller's own list of items, and the shelves of
shoppers who came after the day. Every row says which it was. Without a published day it knows what was known when it
was trained.

MLflow runs this file on its own (models from code), so it ends by saying what it serves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from ml.errors import InvalidRequest, NotPublished, StaleFeatures
from ml.placements import SHOP, Placement
from ml.publish.readers import current_version, manifest
from ml.recommend.bundle import Bundle, read_bundle
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.history import due_pairs, history_of, read_history
from ml.recommend.interface import PLACEMENT, SHELF, Asked, K, read_question
from ml.recommend.published import shelves
from ml.recommend.recommenders import load
from ml.registry.pyfunc import serve
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, read_slice

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED: Final = "published"
RANKED: Final = "model"
"""Values of the column ``source``."""
_ASKED: Final = "asked"


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What the model may know when it ranks: a day's history and catalogue; ``version`` when that day is published."""

    as_of: date
    history: Interactions
    catalogue: pl.DataFrame
    due: pl.DataFrame
    version: str | None = None


class BundleShelves:
    """Shelves of a bundle; the pointer ``current`` is resolved once per request."""

    def __init__(self, folder: Path) -> None:
        bundle, data = read_bundle(folder), folder / "serving"
        self._settings = Settings()
        self._recipes = {placement: used.recipe for placement, used in bundle.placements.items()}
        self._models = {used.recipe: load(folder / used.folder) for used in bundle.placements.values()}
        self._placements = _placements(bundle)
        self._origin = f"trained as of {bundle.trained_as_of}"
        known, items = (
            read_history(data, bundle.trained_as_of, bundle.liked_from),
            pl.read_parquet(data / "dim_item.parquet", glob=False),
        )
        nothing_due = known.disliked.clear()
        self._own = self._latest = Knowledge(bundle.trained_as_of, known, items, nothing_due)

    def answer(self, question: pd.DataFrame, params: Mapping[str, Any]) -> pl.DataFrame:
        """See ``ml.registry.pyfunc.Predictor``; the interface is that of ``SHELF``."""
        return self.rank(read_question(question), str(params[PLACEMENT]), int(params[K]))

    def rank(self, asked: Asked, placement: str, k: int) -> pl.DataFrame:
        """Rows of user_id, rank, item_id, score, source, as_of_date, version and policy_id, in the order asked.

        Raises:
            InvalidRequest: no such placement, or a k below 1.
        """
        terms = self._terms(placement, k)
        known = self._knowledge()
        open_users = [user for user, items in asked.items() if items is None]
        found = self._published(known, open_users)
        at_home = set(found[Col.user_id])
        strangers = [user for user in open_users if user not in at_home]
        answers = [found.filter(pl.col(Col.placement) == placement), self._shelves(known, strangers, terms, k)]
        answers += [self._reranked(known, user, items, terms) for user, items in asked.items() if items is not None]
        order = pl.DataFrame({Col.user_id: list(asked)}, schema={Col.user_id: pl.String}).with_row_index(_ASKED)
        rows = pl.concat(answers, how="diagonal_relaxed").filter(pl.col(Col.rank) <= k)
        return rows.join(order, on=Col.user_id).sort(_ASKED, Col.rank)

    def _knowledge(self) -> Knowledge:
        """The published day's, read again when the pointer has moved."""
        try:
            version = current_version(self._settings, RECOMMEND)
        except NotPublished:
            return self._own
        if self._latest.version != version.id:
            self._latest = self._knowledge_of(version.id, version.as_of)
        return self._latest

    def _knowledge_of(self, version: str, as_of: date) -> Knowledge:
        try:
            day = read_slice(self._settings.home / manifest(self._settings, RECOMMEND, version).slice)
            return Knowledge(as_of, history_of(day), day.table(DIM_ITEM), due_pairs(day), version)
        except StaleFeatures:  # its slice was removed since: the lists are there, the knowledge is the training's
            return replace(self._own, version=version)

    def _published(self, known: Knowledge, users: list[str]) -> pl.DataFrame:
        """All shelves of those who have any, as they were published."""
        if known.version is None:
            return _no_rows()
        return shelves(self._settings, users, known.version).with_columns(
            pl.lit(PUBLISHED).alias(Col.source), pl.lit(known.version).alias(Col.version), _as_text(Col.as_of_date)
        )

    def _shelves(self, known: Knowledge, users: list[str], terms: Placement, k: int) -> pl.DataFrame:
        """What the model ranks for shoppers without a published shelf."""
        if not users:
            return _no_rows()
        eligible = Items(known.catalogue.filter(pl.col(Col.is_recommendable)))
        request = Request(users, known.history, eligible, known.as_of, k).on(terms, known.due)
        return self._said(known, self._models[self._recipes[terms.name]].recommend(request).frame)

    def _reranked(self, known: Knowledge, user: str, items: Sequence[str], terms: Placement) -> pl.DataFrame:
        """All of the caller's items; those that the model has no opinion on come last, in the caller's order."""
        given = pl.DataFrame({Col.item_id: items}, schema={Col.item_id: pl.String}).with_row_index(_ASKED)
        offered = known.catalogue.join(given, on=Col.item_id, how="semi")
        if offered.is_empty():
            ranked = _no_rows()
        else:
            request = Request([user], known.history, Items(offered), known.as_of, len(offered))
            ranked = self._models[self._recipes[terms.name]].recommend(request).frame
        both = given.join(ranked.select(Col.item_id, Col.rank, Col.score), on=Col.item_id, how="left")
        ordered = both.sort(Col.rank, _ASKED, nulls_last=True).drop(_ASKED)
        rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias(Col.rank)
        return self._said(known, ordered.with_columns(rank, pl.lit(user).alias(Col.user_id)))

    def _terms(self, placement: str, k: int) -> Placement:
        if k < 1:
            raise InvalidRequest("parameter k", expected="at least 1", found=str(k), remedy="Ask for more")
        if placement not in self._placements:
            expected = f"one of {', '.join(self._placements)}"
            raise InvalidRequest("parameter placement", expected=expected, found=placement, remedy="Check the spelling")
        return self._placements[placement]

    def _said(self, known: Knowledge, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(
            pl.lit(RANKED).alias(Col.source),
            pl.lit(known.as_of).cast(pl.String).alias(Col.as_of_date),
            pl.lit(self._origin).alias(Col.version),
        )


def _placements(bundle: Bundle) -> dict[str, Placement]:
    """The bundle's placements; of earlier versions, what may stand on each follows from its name."""
    by_name = {placement.name: placement.eligible for placement in SHOP}
    return {
        name: Placement(name=name, eligible=used.eligible or by_name[name]) for name, used in bundle.placements.items()
    }


def _as_text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _no_rows() -> pl.DataFrame:
    texts = (Col.user_id, Col.item_id, Col.placement, Col.source, Col.version, Col.policy_id, Col.as_of_date)
    return pl.DataFrame(schema={name: pl.String() for name in texts} | {Col.rank: pl.Int32(), Col.score: pl.Float64()})


serve(SHELF, BundleShelves)
