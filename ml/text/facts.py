"""The facts that a marketing text may state: all of them, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from ml.errors import InvalidFactSheet
from ml.words import Language

Channel: TypeAlias = Literal[
    "email_subject", "email_preheader", "email_body", "push", "sms", "ad_headline", "ad_description", "banner"
]
Locale: TypeAlias = Literal["en_US", "en_GB", "zh_CN"]
"""How dates in figures are read: 6/3 is the 3rd of June in ``en_US`` and the 6th of March in ``en_GB``."""


@dataclass(frozen=True)
class Money:
    """An amount in a currency, by its ISO 4217 code."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Quantity:
    """An amount in a unit: ``g``, ``hours``, ``points``; ``%`` with what it is a share of (``% cocoa``)."""

    amount: Decimal
    unit: str


@dataclass(frozen=True)
class UnitPrice:
    """A price for an amount, as 1.20 per 100 g."""

    price: Money
    per: Quantity


@dataclass(frozen=True)
class MultiBuy:
    """``take`` pieces for the price of ``pay``: buy one get one free is (2, 1)."""

    take: int
    pay: int


@dataclass(frozen=True)
class Bundle:
    """``take`` pieces for one price."""

    take: int
    price: Money


@dataclass(frozen=True)
class Spend:
    """What an order of at least ``over`` gets: ``off`` its price, or (None) what a claim of the sheet says."""

    over: Money
    off: Money | None = None


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included; None where it is open."""

    start: date | None
    end: date | None


@dataclass(frozen=True)
class Product:
    """What may be said of one product.

    Attributes:
        names: in each language in which a text may name it.
        price: what it costs now.
        was: what it cost before; only where a text may compare with it.
        percent_off: the discount in percent, as the shop states it.
    """

    names: tuple[str, ...]
    brand: str = ""
    price: Money | None = None
    was: Money | None = None
    percent_off: Decimal | None = None
    unit_price: UnitPrice | None = None
    quantities: tuple[Quantity, ...] = ()
    multi_buy: MultiBuy | None = None
    bundle: Bundle | None = None

    def __post_init__(self) -> None:
        if not self.names or not all(name.strip() for name in self.names):
            raise _refused("a product", "at least one name, none empty", repr(self.names))
        _discount(f"product {self.names[0]}", self.percent_off)
        if self.was is not None and self.price is not None:
            if self.was.currency != self.price.currency:
                raise _refused(f"product {self.names[0]}", "one currency", f"{self.was}, {self.price}")
            if self.was.amount <= self.price.amount:
                raise _refused(f"product {self.names[0]}", "a former price above the price", f"{self.was.amount}")


@dataclass(frozen=True)
class Claim:
    """A claim that may be made in these words, and what proves it."""

    texts: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if not self.source.strip() or not all(text.strip() for text in self.texts):
            raise _refused("a claim", "words and a source", f"{self.texts!r} by {self.source!r}")


@dataclass(frozen=True)
class Slot:
    """A place ``{name}`` in a text that is filled per shopper; ``value`` is what this text's shopper has in it."""

    name: str
    value: str | None = None


@dataclass(frozen=True)
class Limits:
    """How long and how dense a text may be; None where it does not matter.

    Attributes:
        characters: what a reader counts as characters (grapheme clusters).
        width: columns, in which a Chinese character counts twice, as advertisers count.
        segments: parts in which a short message is sent and paid.
        sentence_words, sentence_characters: of the longest sentence, in English words and in Chinese characters.
    """

    characters: int | None = None
    width: int | None = None
    segments: int | None = None
    sentence_words: int = 28
    sentence_characters: int = 90


LIMITS: Final[dict[Channel, Limits]] = {
    "email_subject": Limits(characters=78),
    "email_preheader": Limits(characters=130),
    "email_body": Limits(characters=2500),
    "push": Limits(characters=178),
    "sms": Limits(segments=2),
    "ad_headline": Limits(width=30),
    "ad_description": Limits(width=90),
    "banner": Limits(characters=70),
}


@dataclass(frozen=True)
class FactSheet:
    """Everything that a text may state, for one brief, language and channel.

    Attributes:
        tone: of the brief; the validator does not read it.
        percents_off: discounts in percent on everything that the text is about.
        amounts_off: amounts off, on everything that the text is about.
        sent_on: the day on which it is read, which ``today`` and ``tomorrow`` stand for; None: they may not be used.
        links: complete, with their campaign parameters.
        senders: names of the shop, which a text may always use.
        contacts: the shop's own addresses and telephone numbers.
        others: names of this brief that are no product: an occasion, a loyalty programme.
        banned: words that this shop never uses, beyond those that nobody should.
    """

    language: Language
    channel: Channel
    locale: Locale = "en_US"
    tone: str = "plain"
    products: tuple[Product, ...] = ()
    percents_off: tuple[Decimal, ...] = ()
    amounts_off: tuple[Money, ...] = ()
    multi_buys: tuple[MultiBuy, ...] = ()
    spends: tuple[Spend, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    periods: tuple[Period, ...] = ()
    times: tuple[time, ...] = ()
    codes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    slots: tuple[Slot, ...] = ()
    senders: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    sent_on: date | None = None
    limits: Limits | None = field(default=None)

    def __post_init__(self) -> None:
        for percent in self.percents_off:
            _discount("the brief", percent)
        for link in self.links:
            if not link.startswith(("https://", "http://")):
                raise _refused("a link", "http:// or https://", link)

    @property
    def limit(self) -> Limits:
        """The sheet's own limits, else those of its channel."""
        return self.limits or LIMITS[self.channel]


def _discount(subject: str, percent: Decimal | None) -> None:
    if percent is not None and not 0 < percent <= 100:
        raise _refused(subject, "a discount above 0 and up to 100 percent", f"{percent}")


def _refused(subject: str, expected: str, found: str) -> InvalidFactSheet:
    return InvalidFactSheet(subject, expected=expected, found=found, remedy="Correct the brief or the shop's data")
