"""Published days of ``copy``: a brief with an e-mail and a push in two arms, and the sheet that they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

import polars as pl

from ml.copy.approval.decisions import Decider, Decision, Landed, decide
from ml.copy.approval.shown import shown_briefs
from ml.copy.capability import COPY
from ml.copy.outputs import COPY_BRIEF, COPY_CHECK, COPY_FACT, COPY_VARIANT
from ml.copy.request import PARTS, Channel, Request
from ml.landing.folder import close_day
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.settings import Settings
from ml.text.facts import FactSheet, Money, Product
from testkit.published import one_row

DAY: Final = date(2026, 3, 1)
BRIEF: Final = "spring_wine"
_CHANNELS: Final[tuple[Channel, ...]] = ("email", "push")
TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "email_subject": ("Spring wine: Alpine Red for $9.60", "Alpine Red, now $9.60"),
    "email_preheader": ("Two bottles for the weekend", "For slow evenings"),
    "email_body": ("Hello,\nAlpine Red costs $9.60.\nSee you soon", "Alpine Red for $9.60 waits for you."),
    "push": ("Alpine Red for $9.60", "Tonight: Alpine Red"),
}
"""By part, the texts of arm 1 and arm 2."""


def sheet(part: Any) -> FactSheet:
    """The facts of the brief's parts."""
    return FactSheet("en", part, products=(Product(("Alpine Red",), price=Money(Decimal("9.60"), "USD")),))


def requests() -> tuple[Request, ...]:
    """What the brief asks for."""
    return tuple(
        Request(BRIEF, "en", channel, "plain", 2, {part: sheet(part) for part in PARTS[channel]}, "sheet")
        for channel in _CHANNELS
    )


def publish_copy(settings: Settings, day: date = DAY, **changed: Mapping[str, Any]) -> None:
    """Publish a day; ``changed`` gives columns of variants by their names, such as ``en_email_1``."""
    settings.landing_dir.mkdir(parents=True, exist_ok=True)
    close_day(settings, day)
    record = DraftRecord(
        capability=COPY.name,
        as_of_date=day,
        slice=f"slices/{day}-shop",
        inputs_hash=f"{changed}",
        code_revision="c0dec0dec0de",
    )
    draft = write_draft(settings.drafts_of(COPY.name) / f"{day}-{len(changed)}", COPY, record, tables(day, changed))
    publish(settings, COPY, draft, provenance={})


def decide_seen(settings: Settings, day: date, decisions: Sequence[Decision], decider: Decider) -> Landed:
    """``decide`` by somebody who has read the published texts, where a decision does not say which they read."""
    briefs = {each.brief_id: each for each in shown_briefs(settings, day)}
    names = {(brief_id, each.name): each.variant_hash for brief_id, brief in briefs.items() for each in brief.variants}
    seen = [
        each if each.variant_hash else replace(each, variant_hash=names.get((each.brief_id, each.variant)))
        for each in decisions
    ]
    return decide(settings, day, seen, decider)


def tables(day: date, changed: Mapping[str, Mapping[str, Any]]) -> dict[str, pl.DataFrame]:
    """All published tables."""
    brief = one_row(
        COPY_BRIEF, day, brief_id=BRIEF, name="Spring wine", audience_id="wine_lovers", tone="warm", recipients=40,
        withheld="", variants=4, approved=0, occasion=None, occasion_zh=None, placement=None, item_ids=["wine-1"],
    )  # fmt: skip
    facts = [
        one_row(COPY_FACT, day, brief_id=BRIEF, language="en", fact=place, kind=kind, value=value, source=source,
                item_id="wine-1")
        for place, (kind, value, source) in enumerate(
            (("product", "Alpine Red", "dim_item.item_name"), ("price", "$9.60", "dim_item.price")), 1
        )
    ]  # fmt: skip
    check = one_row(
        COPY_CHECK, day, brief_id=BRIEF, language="en", channel="push", arm=2, part="push", check=1,
        writer="language_model", rule="price", found="$1 | now", allowed="$9.60",
    )  # fmt: skip
    made = {
        COPY_BRIEF: brief, COPY_FACT: pl.concat(facts), COPY_CHECK: check, COPY_VARIANT: _variants(day, changed),
    }  # fmt: skip
    empty = {table.name: table.empty() for table in COPY.outputs}
    return empty | {table.name: table.checked(frame) for table, frame in made.items()}


def _variants(day: date, changed: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    rows = []
    for channel in _CHANNELS:
        for arm in (1, 2):
            own = dict(changed.get(f"en_{channel}_{arm}", {}))
            texts = {part: own.pop(part, TEXTS[part][arm - 1]) for part in PARTS[channel]}
            row = {"status": "proposed", "decided_by": None, "writer": "template", "reason": "", "model": None} | own
            digest = sha256("".join(texts.values()).encode()).hexdigest()[:16]
            rows += [
                one_row(COPY_VARIANT, day, brief_id=BRIEF, language="en", channel=channel, arm=arm, part=part,
                        text=text, characters=len(text), variant_hash=digest, **row)
                for part, text in texts.items()
            ]  # fmt: skip
    return pl.concat(rows)
