"""``shelduck why``: the passport of an item for a shopper, as tables or as JSON."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

from rich.console import Console

from ml.console.changes import show
from ml.console.queries import StandardOutput
from ml.publish.readers import published_version
from ml.recommend.capability import RECOMMEND
from ml.recommend.passport.make import passport
from ml.recommend.passport.passport import Passport
from ml.recommend.passport.sections import sections
from ml.settings import Settings
from ml.words import Language, Words, said


def passport_of(settings: Settings, user_id: str, item_id: str, as_of: date | None, placement: str) -> Passport:
    """The passport from what readers get now, or from the version of a day.

    Raises:
        NotPublished: the day is not published, or has no such shopper or shelf.
    """
    return passport(settings, published_version(settings, RECOMMEND, as_of), user_id, item_id, placement)


def show_passport(console: Console, found: Passport, language: Language = "en") -> None:
    """Print it as tables."""
    show(console, sections(found), language)


def write_passport(found: Passport, language: Language = "en") -> None:
    """Write it as JSON."""
    StandardOutput().write(as_json(found, language) + "\n")


def as_json(found: Passport, language: Language = "en") -> str:
    """Every field of a passport; texts in one language."""
    return json.dumps(_plain(found, language), ensure_ascii=False, indent=2)


def _plain(value: Any, language: Language) -> Any:
    if isinstance(value, Words):
        return said(value, language)
    if dataclasses.is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name), language) for each in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(name): _plain(inner, language) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, language) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
