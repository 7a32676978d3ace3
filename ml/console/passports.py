"""``shelduck why``: the passport of an item for a shopper, of a prediction or of a membership, as tables or JSON."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any, TypeAlias

from rich.console import Console

from ml.audiences.capability import AUDIENCES
from ml.audiences.pages import why, why_sections
from ml.console.changes import show
from ml.console.queries import StandardOutput
from ml.documents import Section
from ml.predictions.capability import PREDICTIONS
from ml.predictions.passport import make as of_prediction
from ml.predictions.passport import sections as of_prediction_sections
from ml.predictions.passport.passport import Passport as PredictionPassport
from ml.publish.readers import published_version
from ml.recommend.capability import RECOMMEND
from ml.recommend.passport.make import passport
from ml.recommend.passport.passport import Passport
from ml.recommend.passport.sections import sections
from ml.settings import Settings
from ml.words import Language, Words, said

Told: TypeAlias = Passport | PredictionPassport | why.Membership


def membership_of(settings: Settings, user_id: str, audience: str, as_of: date | None) -> why.Membership:
    """What is published of a shopper and an audience, now or of a day.

    Raises:
        NotPublished: the day is not published, or has no such shopper or audience.
    """
    return why.membership(settings, published_version(settings, AUDIENCES, as_of), user_id, audience)


def passport_of(
    settings: Settings, user_id: str, what: str, as_of: date | None, placement: str
) -> Passport | PredictionPassport:
    """The passport from what readers get now, or from the version of a day.

    Args:
        what: an item's id, or a predicted column; the latter is an item's id where a placement is given.

    Raises:
        NotPublished: the day is not published, or has no such shopper or shelf.
    """
    if what in of_prediction.COLUMNS and not placement:
        return of_prediction.passport(settings, published_version(settings, PREDICTIONS, as_of), user_id, what)
    return passport(settings, published_version(settings, RECOMMEND, as_of), user_id, what, placement)


def show_passport(console: Console, found: Told, language: Language = "en") -> None:
    """Print it as tables."""
    show(console, _sections(found), language)


def write_passport(found: Told, language: Language = "en") -> None:
    """Write it as JSON."""
    StandardOutput().write(as_json(found, language) + "\n")


def as_json(found: Told, language: Language = "en") -> str:
    """Every field of a passport; texts in one language."""
    return json.dumps(_plain(found, language), ensure_ascii=False, indent=2)


def _sections(found: Told) -> list[Section]:
    if isinstance(found, why.Membership):
        return why_sections.sections(found)
    return sections(found) if isinstance(found, Passport) else of_prediction_sections.sections(found)


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
