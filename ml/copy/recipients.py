"""Who gets an approved variant: the arm, and what fills the slots of a text for that shopper and no other."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from ml.copy.columns import Copy
from ml.copy.outputs import COPY_RECIPIENT
from ml.copy.sheets.daily import Planned, Requested
from ml.copy.sheets.naming import name_of
from ml.copy.slots import FALL_BACKS, LOYALTY, MOST_CHARACTERS, SLOTS
from ml.copy.variants import Variant
from ml.day import Day
from ml.tables import Col
from ml.text.private_purchases import is_private
from ml.text.validation.style import characters
from ml.warehouse.slices import DIM_ITEM, DIM_USER, HISTORY
from ml.words import LANGUAGES, said

_TELLING: Final = (Col.item_name, Col.item_category, Col.item_category2, Col.item_category3)
_LIFECYCLE: Final = "lifecycle"
_SCHEME, _SEGMENT_ID = "scheme", "segment_id"


def recipients_of(day: Day, requested: Requested, variants: Iterable[Variant]) -> pl.DataFrame:
    """``copy_recipient``: a row per shopper of the audience of each brief that has an approved variant.

    A shopper whose language is known gets that one, or nothing where none of its variants is approved; of whom no
    language is known that texts are written in, the first one approved.

    Args:
        variants: those that are approved.
    """
    approved: dict[str, list[Variant]] = {}
    for variant in variants:
        approved.setdefault(variant.request.brief_id, []).append(variant)
    plans = [each for each in requested.planned if each.brief.brief_id in approved]
    if not plans:
        return COPY_RECIPIENT.empty()
    people = _People(day, requested)
    return pl.concat(people.of(plan, approved[plan.brief.brief_id]) for plan in plans)


def arms_of(variants: Iterable[Variant]) -> dict[str, tuple[int, ...]]:
    """By language the arms that take part: those approved in every channel that has any, else all that are approved."""
    found: dict[str, dict[str, set[int]]] = {}
    for variant in variants:
        channels = found.setdefault(variant.request.language, {})
        channels.setdefault(variant.request.channel, set()).add(variant.arm)
    return {
        language: tuple(sorted(set.intersection(*channels.values()) or set.union(*channels.values())))
        for language, channels in found.items()
    }


def arm_of(seed: int, brief_id: str, user_id: str, arms: Sequence[int]) -> int:
    """The arm of a shopper: the same for a brief on every day on which the same arms take part."""
    digest = hashlib.sha256(f"{seed}\0{brief_id}\0{user_id}".encode()).digest()
    return arms[int.from_bytes(digest[:8]) % len(arms)]


class _People:
    """What is known of the day's shoppers that a text may say to them."""

    def __init__(self, day: Day, requested: Requested) -> None:
        self._seed, self._readers = day.settings.seed, requested.readers
        self._languages = day.table(DIM_USER).select(Col.user_id, Col.language)
        stages = day.scan_published("audiences", "segment_member").filter(pl.col(_SCHEME) == _LIFECYCLE)
        self._stages = stages.select(Col.user_id, pl.col(_SEGMENT_ID).alias(Copy.loyalty)).collect()
        self._bought = _last_purchases(day)
        self._private = day.table(DIM_ITEM).filter(is_private(*_TELLING))[Col.item_id]

    def of(self, plan: Planned, variants: Collection[Variant]) -> pl.DataFrame:
        """The rows of one brief."""
        brief, arms = plan.brief, arms_of(variants)
        known = [language for language in LANGUAGES if language in arms]
        members = (
            self._readers.members(brief)
            .to_frame(Col.user_id)
            .join(self._languages, on=Col.user_id, how="left")
            .with_columns(_spoken(known[0]))
            .filter(pl.col(Col.language).is_in(known))
            .join(self._listed(plan), on=Col.user_id, how="left")
            .join(self._bought, on=Col.user_id, how="left")
            .join(self._stages, on=Col.user_id, how="left")
        )
        chosen = [
            arm_of(self._seed, brief.brief_id, user, arms[language])
            for user, language in members.select(Col.user_id, Col.language).iter_rows()
        ]
        values = members.with_columns(
            pl.lit(brief.brief_id).alias(Copy.brief_id),
            pl.Series(Copy.arm, chosen, dtype=pl.Int32),
            _in_language({language: _names(plan, language) for language in known}, Copy.first_product),
            _in_language(
                {each: {stage: said(words, each) for stage, words in LOYALTY.items()} for each in known}, Copy.loyalty
            ),
        )
        missing = pl.concat_list(
            pl.when(pl.col(slot).is_null()).then(pl.lit([slot])).otherwise(pl.lit([])) for slot in SLOTS
        )
        words = [
            pl.col(slot).fill_null(
                pl.col(Col.language).replace_strict({each: said(FALL_BACKS[slot], each) for each in LANGUAGES})
            )
            for slot in SLOTS
        ]
        return COPY_RECIPIENT.checked(values.with_columns(missing.alias(Copy.fall_backs)).with_columns(words))

    def _listed(self, plan: Planned) -> pl.DataFrame:
        """Of each shopper the product of the brief that stands highest on their list.

        A list repeats what its shopper buys, so what is private about a purchase is private about a place on the list.
        """
        private = set(self._private)
        items = [each.item_id for each in plan.choice.products if each.item_id not in private]
        return (
            self._readers.lists.filter(
                (pl.col(Col.placement) == plan.brief.placement) & pl.col(Col.item_id).is_in(items)
            )
            .sort(Col.user_id, Col.rank)
            .unique(Col.user_id, keep="first", maintain_order=True)
            .select(Col.user_id, pl.col(Col.item_id).alias(Copy.first_product))
        )


def _spoken(default: str) -> pl.Expr:
    """The language of a shopper's texts: ``en-US`` and ``zh_CN`` are English and Chinese; of others ``default``."""
    spoken = pl.col(Col.language).str.to_lowercase().str.head(2)
    return pl.when(spoken.is_in(LANGUAGES)).then(spoken).otherwise(pl.lit(default)).alias(Col.language)


def _names(plan: Planned, language: str) -> dict[str, str]:
    """By product of a brief its name in a language, where it is short enough for a slot."""
    found = {
        each.item_id: facts.names[0]
        for each in plan.choice.products
        for spoken, facts in each.facts.items()
        if spoken == language
    }
    return {item: name for item, name in found.items() if _fits(name)}


def _in_language(values: Mapping[str, Mapping[str, str]], column: str) -> pl.Expr:
    """``column`` put in the words of the row's language; null where there are none."""
    told = pl.lit(None, dtype=pl.String)
    for language, words in values.items():
        own = (
            pl.col(column).replace_strict(dict(words), default=None, return_dtype=pl.String)
            if words
            else pl.lit(None, dtype=pl.String)
        )
        told = pl.when(pl.col(Col.language) == language).then(own).otherwise(told)
    return told.alias(column)


def _last_purchases(day: Day) -> pl.DataFrame:
    """Of each shopper a product of the last day on which they bought, as texts name it.

    Products that may not be recommended, or whose purchase is nobody's business, are none.
    """
    tellable = pl.col(Col.is_recommendable) & ~is_private(*_TELLING)
    items = day.table(DIM_ITEM).filter(tellable).select(Col.item_id, Col.item_name)
    last = (
        day.scan(HISTORY)
        .filter(pl.col(Col.purchases) > 0)
        .filter(pl.col(Col.event_date) == pl.col(Col.event_date).max().over(Col.user_id))
        .select(Col.user_id, Col.item_id)
        .collect()
        .join(items, on=Col.item_id)
    )
    names = {landed: name for landed in last[Col.item_name].unique() if (name := name_of(landed)) and _fits(name)}
    told = pl.DataFrame({Col.item_name: list(names), Copy.last_purchase: list(names.values())}, schema_overrides=_TEXTS)
    named = last.join(told, on=Col.item_name).sort(Col.user_id, Col.item_id)
    return named.unique(Col.user_id, keep="first", maintain_order=True).select(Col.user_id, Copy.last_purchase)


_TEXTS: Final = {Col.item_name: pl.String, Copy.last_purchase: pl.String}


def _fits(name: str) -> bool:
    return characters(name) <= MOST_CHARACTERS
