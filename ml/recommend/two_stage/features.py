"""The columns a ranker sees of its candidates; all follow from one day's statistics, so none knows what came later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Floats
from ml.recommend.two_stage.affinities import NEVER, picked
from ml.recommend.two_stage.candidates import Candidates
from ml.recommend.two_stage.shop_statistics import BRAND, CATEGORY, ITEM, LATELY, LINE, TYPE

_PAIR: Final = ("days", "first", "last", "last2", "last3", "worth_14", "worth_30", "worth_90")
_GROUP: Final = ("days", "first", "last", "worth_14", "worth_30", "worth_90")
_LEVELS: Final = (TYPE, CATEGORY, LINE, BRAND)
_SHOPPER: Final = ("days", "first", "last", "worth_30", "worth_90")
_ABSENT: Final = {"first": NEVER, "last": NEVER, "last2": NEVER, "last3": NEVER}
Columns = dict[str, NDArray[Any]]


def features(candidates: Candidates) -> dict[str, Floats]:
    """By name: one value per candidate, float32, NaN where there is none."""
    facts = candidates.shoppers.statistics.item_facts
    columns: Columns = {"taste": candidates.taste, "taste_place": candidates.place}
    for level in (ITEM, *_LEVELS):
        columns |= _met(candidates, level)
    columns |= _shopping(candidates)
    columns |= {f"item_{name}": values[candidates.item] for name, values in facts.items()}
    return {name: values.astype(np.float32) for name, values in (columns | _ratios(columns)).items()}


def _met(candidates: Candidates, level: str) -> Columns:
    """What the shopper's affinities of the item, or of its group, say."""
    shoppers = candidates.shoppers
    affinities = shoppers.affinities[level]
    where = affinities.positions(candidates.shopper, shoppers.statistics.groups[level][candidates.item])
    names = _PAIR if level == ITEM else _GROUP
    columns: Columns = {
        f"{level}_own_{name}": picked(affinities.columns[name], where, _ABSENT.get(name, 0.0)) for name in names
    }
    if level in (ITEM, TYPE):
        interval = picked(affinities.interval, where, np.nan)
        columns[f"{level}_own_interval"] = interval
        columns[f"{level}_own_due"] = columns[f"{level}_own_last"] / np.maximum(interval, 1.0)
    return columns


def _shopping(candidates: Candidates) -> Columns:
    """How often and how widely a shopper buys, and how much that is new to them."""
    shoppers, count = candidates.shoppers, len(candidates.shoppers.codes)
    pairs = shoppers.pairs
    figures: Columns = {name: shoppers.overall.columns[name] for name in _SHOPPER}
    figures["items"] = np.bincount(pairs.shopper, minlength=count)
    figures["lines"] = np.bincount(pairs.shopper, pairs.columns["days"], count)
    figures["new_28"] = np.bincount(pairs.shopper[pairs.columns["first"] < LATELY], minlength=count)
    return {f"shopper_{name}": values[candidates.shopper] for name, values in figures.items()}


def _ratios(columns: Mapping[str, NDArray[Any]]) -> Columns:
    """Trees cut along one column at a time; these are the quotients that they would need many cuts for."""
    return {
        "item_own_share_30": _over(columns["item_own_worth_30"], columns["shopper_worth_30"]),
        "item_own_share_90": _over(columns["item_own_worth_90"], columns["shopper_worth_90"]),
        "item_own_rate": columns["item_own_days"] / (columns["item_own_first"] + 1.0),
        "item_own_of_type": _over(columns["item_own_worth_90"], columns["type_own_worth_90"]),
        "item_of_type": _over(columns["item_days_28"], columns["item_type_days_28"]),
        "item_trend_7": (4.0 * columns["item_days_7"] + 1.0) / (columns["item_days_28"] + 1.0),
        "item_trend_28": (2.0 * columns["item_days_28"] + 1.0) / (columns["item_days_56"] + 1.0),
        "item_trend_112": (4.0 * columns["item_days_28"] + 1.0) / (columns["item_days_112"] + 1.0),
    }


def _over(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(part / np.maximum(whole, 1e-6))
