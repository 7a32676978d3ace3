"""Which recommenders a training can afford: what each needs, beside what the settings allow."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from pydantic import ByteSize

from ml.errors import TooLarge
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.protocol import Recommender
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import HISTORY, Slice

_log = logging.getLogger(__name__)
_MEMORY, _SIZE = "SHELDUCK_TRAINING_MEMORY", "SHELDUCK_MODEL_SIZE_LIMIT"


@dataclass(frozen=True)
class Affordable:
    """The recommenders that fit, in order, with the bytes of memory that each needs; why the others are left out."""

    memory: Mapping[str, int]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Those that fit."""
        return tuple(self.memory)


def affordable(settings: Settings, recommenders: Sequence[Recommender], day: Slice) -> Affordable:
    """Those of ``recommenders`` that fit a shop as large as it is at the end of ``day``; the others with a warning.

    Raises:
        TooLarge: none fits.
    """
    shop = size_of(day)
    needs = {each.name: each.needs(shop) for each in recommenders}
    told = {name: _too_much(settings, each) for name, each in needs.items()}
    left_out = {name: why for name, why in told.items() if why}
    for name, why in left_out.items():
        _log.warning("%s is left out: %s", name, why)
    if told and len(left_out) == len(told):
        raise TooLarge(
            f"every recommender as of {day.as_of}",
            expected=f"one that fits {_MEMORY} and {_SIZE}",
            found="; ".join(f"{name} {why}" for name, why in left_out.items()),
            remedy=f"Raise the limit, or name others in SHELDUCK_RECIPES: {shop.shoppers} shoppers, {shop.items} items",
        )
    return Affordable({name: needs[name].memory for name, why in told.items() if not why}, left_out)


def size_of(day: Slice) -> ShopSize:
    """How large a slice's shop is."""
    pairs = pl.struct(Col.user_id, Col.item_id).n_unique()
    counts = day.scan(HISTORY).select(pl.col(Col.user_id).n_unique(), pl.col(Col.item_id).n_unique(), pairs.alias("n"))
    return ShopSize(*counts.collect().row(0))


def require_size(settings: Settings, folder: Path) -> None:
    """Refuse a finished bundle that is larger than a model may be.

    Raises:
        TooLarge: it is; says which of its parts take how much.
    """
    parts = {
        part.name: sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
        for part in sorted(folder.iterdir())
        if part.is_dir()
    }
    if sum(parts.values()) > settings.model_size_limit:
        raise TooLarge(
            f"model {folder.name}",
            expected=f"at most {_told(settings.model_size_limit)}",
            found=", ".join(f"{name} {_told(size)}" for name, size in parts.items()),
            remedy=f"Raise {_SIZE}, or leave a recommender out of SHELDUCK_RECIPES",
        )


def _too_much(settings: Settings, needs: Needs) -> str:
    """What of its ``needs`` is more than the settings allow; empty when nothing is."""
    if needs.memory > settings.training_memory:
        allowed = _told(settings.training_memory)
        return f"it would take {_told(needs.memory)} of memory; {_MEMORY} allows {allowed}"
    if needs.saved > settings.model_size_limit:
        allowed = _told(settings.model_size_limit)
        return f"its files would take {_told(needs.saved)}; {_SIZE} allows {allowed}"
    return ""


def _told(size: int) -> str:
    return ByteSize(size).human_readable(decimal=True)
