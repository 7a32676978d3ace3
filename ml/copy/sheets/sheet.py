"""The fact sheet of a brief in a language, those of a channel's parts, and the id of what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from ml.copy.request import PARTS, Channel, Request
from ml.copy.sheets.briefs import Brief
from ml.copy.sheets.links import tracked
from ml.copy.sheets.products import Choice
from ml.copy.sheets.terms import BANNED, CONTACT, OTHER_NAME, SENDER, Terms
from ml.copy.slots import SLOTS
from ml.text.facts import Channel as Part
from ml.text.facts import FactSheet, MultiBuy, Period, Slot, Spend
from ml.text.validation.plain_names import is_plain
from ml.words import Language

SLOTTED: Final[tuple[Channel, ...]] = ("email", "push", "sms")
"""Channels that reach one shopper; what everybody sees has no slots."""
LINKED: Final[tuple[Part, ...]] = ("email_body", "sms")
"""Parts that show a link; of other channels the whole text leads to it."""


def sheet_of(brief: Brief, language: Language, choice: Choice, terms: Terms) -> FactSheet:
    """All that the texts of a brief may state in a language; links and slots are the parts' (``request_of``)."""
    items = [each.item_id for each in choice.products]
    has_minimum = brief.minimum_spend is not None
    occasion = occasion_of(brief, language)
    return FactSheet(
        language,
        "email_body",
        locale=brief.locale_of(language),
        tone=brief.tone,
        products=tuple(each.facts[language] for each in choice.products),
        percents_off=(brief.percent_off,) if brief.percent_off is not None else (),
        amounts_off=(brief.amount_off,) if brief.amount_off is not None and not has_minimum else (),
        multi_buys=(MultiBuy(brief.take, brief.pay),) if brief.take and brief.pay else (),
        spends=(Spend(brief.minimum_spend, brief.amount_off),) if brief.minimum_spend is not None else (),
        periods=(Period(brief.start_date, brief.end_date),) if brief.start_date or brief.end_date else (),
        codes=(brief.code,) if brief.code else (),
        claims=terms.claims(brief.brief_id, language, items),
        senders=terms.texts(SENDER, brief.brief_id, language),
        contacts=terms.texts(CONTACT, brief.brief_id, language),
        others=(*((occasion,) if occasion else ()), *terms.texts(OTHER_NAME, brief.brief_id, language)),
        banned=terms.texts(BANNED, brief.brief_id, language),
        sent_on=brief.send_date,
    )


def occasion_of(brief: Brief, language: Language) -> str:
    """What a brief is about, in a language; empty where nothing was said, or it states an offer or more."""
    occasion = brief.occasions[language].strip()
    return occasion if occasion and is_plain(occasion) else ""


def links_of(brief: Brief, channel: Channel) -> tuple[str, ...]:
    """The link of each arm."""
    if brief.link is None:
        return ()
    return tuple(tracked(brief.link, brief.brief_id, channel, arm) for arm in range(1, brief.arms + 1))


def request_of(brief: Brief, sheet: FactSheet, channel: Channel, said: str) -> Request:
    """What is asked of whoever writes a channel.

    Args:
        said: ``canonical`` of the sheet, which the channels of a brief share.
    """
    links = links_of(brief, channel)
    slots = tuple(Slot(name) for name in SLOTS) if channel in SLOTTED else ()
    sheets: dict[Part, FactSheet] = {
        part: replace(sheet, channel=part, links=links if part in LINKED else (), slots=slots)
        for part in PARTS[channel]
    }
    told = "\n".join((said, channel, sheet.language, canonical(links), canonical(slots)))
    sheet_id = hashlib.sha256(told.encode()).hexdigest()[:16]
    occasion = occasion_of(brief, sheet.language)
    return Request(brief.brief_id, sheet.language, channel, brief.tone, brief.arms, sheets, sheet_id, occasion)


def canonical(value: Any) -> str:
    """What facts say in one line; a field without a value is left out, so that a new kind of fact renames no sheet."""
    if is_dataclass(value) and not isinstance(value, type):
        held: Mapping[str, Any] = {each.name: getattr(value, each.name) for each in fields(value)}
        told = (f"{name}={canonical(each)}" for name, each in held.items() if each not in (None, (), ""))
        return f"{type(value).__name__}({','.join(told)})"
    if isinstance(value, tuple):
        return f"[{','.join(map(canonical, value))}]"
    return repr(value) if isinstance(value, str) else str(value)
