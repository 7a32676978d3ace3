"""Briefs as they were landed, in types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

import polars as pl

from ml.copy.columns import Copy
from ml.copy.request import PARTS, Channel
from ml.text.facts import Locale, Money
from ml.words import LANGUAGES, Language

_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True)
class Brief:
    """What is wanted; see the landing table ``copy_briefs``.

    Attributes:
        channels, languages: those that it asks for, all of them where it names none.
        amounts: ``amount_off`` and ``minimum_spend``, in its currency.
        occasions: by language what it is about, as landed.
    """

    brief_id: str
    name: str
    audience_id: str | None
    placement: str
    products: int
    channels: tuple[Channel, ...]
    languages: tuple[Language, ...]
    locale: Locale
    tone: str
    occasions: Mapping[Language, str]
    percent_off: Decimal | None
    amount_off: Money | None
    minimum_spend: Money | None
    take: int | None
    pay: int | None
    currency: str | None
    code: str | None
    start_date: date | None
    end_date: date | None
    send_date: date | None
    link: str | None
    arms: int

    @property
    def has_offer(self) -> bool:
        """Whether something is offered on everything that it is about."""
        return any(each is not None for each in (self.percent_off, self.amount_off, self.take))

    def locale_of(self, language: Language) -> Locale:
        """How dates in figures are read."""
        return "zh_CN" if language == "zh" else self.locale


def briefs_of(table: pl.DataFrame) -> tuple[Brief, ...]:
    """The briefs of ``dim_copy_brief`` that are switched on, by their id."""
    rows = table.filter(pl.col(Copy.is_enabled)).sort(Copy.brief_id)
    return tuple(_brief(row) for row in rows.iter_rows(named=True))


def exact(number: float | None) -> Decimal | None:
    """A DECIMAL(18, 4) that the snapshot holds as a double."""
    if number is None:
        return None
    found = Decimal(repr(number)).quantize(_PLACES)
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()


def money(number: float | None, currency: str | None) -> Money | None:
    """An amount; None without its currency."""
    found = exact(number)
    return None if found is None or currency is None else Money(found, currency)


def _brief(row: dict[str, Any]) -> Brief:
    channels: tuple[Channel, ...] = tuple(PARTS)
    occasions: dict[Language, str] = {"en": row[Copy.occasion] or "", "zh": row[Copy.occasion_zh] or ""}
    locales: tuple[Locale, ...] = get_args(Locale)
    return Brief(
        brief_id=row[Copy.brief_id],
        name=row[Copy.name],
        audience_id=row[Copy.audience_id],
        placement=row[Copy.placement],
        products=row[Copy.products],
        channels=tuple(each for each in channels if row[Copy.channel] in {None, each}),
        languages=tuple(each for each in LANGUAGES if row[Copy.language] in {None, each}),
        locale=next(each for each in locales if each == row[Copy.locale]),
        tone=row[Copy.tone],
        occasions=occasions,
        percent_off=exact(row[Copy.percent_off]),
        amount_off=money(row[Copy.amount_off], row[Copy.currency]),
        minimum_spend=money(row[Copy.minimum_spend], row[Copy.currency]),
        **{
            name: row[name]
            for name in (
                *(Copy.take, Copy.pay, Copy.currency, Copy.code, Copy.start_date, Copy.end_date, Copy.send_date),
                *(Copy.link, Copy.arms),
            )
        },
    )
