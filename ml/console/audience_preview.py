"""``shelduck audience preview``: how many a condition holds for, what they have in common, ten of them and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from ml.audiences.columns import Aud, Consent
from ml.audiences.conditions.condition import Condition
from ml.audiences.conditions.parsing import parse
from ml.audiences.membership.consent import Consents
from ml.audiences.membership.traits import TRAIT_COLUMNS, Everybody, traits
from ml.console.queries import StandardOutput
from ml.console.shoppers_of_day import ShoppersOfDay
from ml.errors import NotPublished
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT
from ml.words import Language

EXAMPLES: Final = 10
_REASON: Final = "reason"


@dataclass(frozen=True, eq=False)
class Preview:
    """What an audience of a condition would be.

    Attributes:
        condition: in its one form.
        notes: what is right but probably not meant.
        shoppers: everybody of the day.
        without_consent: those who fit, but have not consented to ``purpose``; None: too few to be told.
        size: those who fit and have consented; None where it is withheld.
        withheld: why size, traits and examples are not told; empty where they are.
        traits: ``rank``, ``trait``, ``share_in``, ``share_all``, ``lift``, ``lift_low``, in the shop's language.
        examples: ``user_id``, ``reason`` of up to ten, spread over all members.
    """

    as_of: date
    condition: str
    notes: tuple[str, ...]
    purpose: str
    consent: Consent
    shoppers: int
    without_consent: int | None
    size: int | None
    withheld: str
    traits: pl.DataFrame
    examples: pl.DataFrame

    @property
    def share(self) -> float | None:
        """Of all shoppers."""
        return None if self.size is None else self.size / self.shoppers


def preview(settings: Settings, text: str, purpose: str, as_of: date | None = None) -> Preview:
    """What an audience of the condition ``text`` would be on a published day, by default the current one.

    Raises:
        ConditionRefused: the text is no condition.
        NotPublished: the day, or a table that the condition asks for, is not published.
    """
    day = ShoppersOfDay.published(settings, as_of)
    condition = parse(text, day.vocabulary)
    columns = [*condition.columns, *TRAIT_COLUMNS]
    evidence = day.evidence()
    shoppers = day.shoppers(columns)
    fitting = condition.members(shoppers, evidence)
    members = _consenting(day, fitting, purpose)
    minimum = settings.minimum_audience
    withheld = _withheld(len(fitting), len(members), purpose, minimum)
    missing = len(fitting) - len(members)
    told = members.clear() if withheld else members
    asked = {*condition.columns, *(call.subject for call in condition.calls)}
    everybody = Everybody(shoppers, day.vocabulary, evidence.tags, evidence.segments, minimum)
    found = traits(told[Col.user_id], everybody, asked)
    return Preview(
        day.as_of,
        condition.text,
        condition.notes,
        purpose,
        Consent.ASSUMED if day.is_consent_assumed else Consent.GRANTED,
        len(shoppers),
        None if withheld or 0 < missing < minimum else missing,
        None if withheld else len(members),
        withheld,
        found.rename({Aud.trait_zh if settings.language == "zh" else Aud.trait_en: "trait"}),
        _examples(told, condition, settings.language),
    )


def show_preview(console: Console, found: Preview) -> None:
    """Print it as text and tables."""
    for line in _told(found):
        console.print(line, highlight=False, soft_wrap=True)
    if found.withheld:
        return
    if not found.traits.is_empty():
        console.print("\nmore frequent than among everybody", style="bold", highlight=False)
        console.print(_trait_table(found.traits), highlight=False)
    console.print("\nsome of them, and why", style="bold", highlight=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for user_id, reason in found.examples.iter_rows():
        table.add_row(user_id, reason)
    console.print(table, highlight=False)


def write_preview(found: Preview) -> None:
    """Write it as one JSON object."""
    told = {
        "as_of_date": found.as_of.isoformat(),
        Aud.condition: found.condition,
        "notes": list(found.notes),
        Aud.shoppers: found.shoppers,
        Aud.size: found.size,
        Aud.share: found.share,
        Aud.withheld: found.withheld,
        Col.purpose: found.purpose,
        Aud.consent: found.consent,
        Aud.without_consent: found.without_consent,
        "traits": found.traits.select("trait", Aud.share_in, Aud.share_all, Col.lift, Aud.lift_low).to_dicts(),
        "examples": found.examples.to_dicts(),
    }
    StandardOutput().write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")


def _consenting(day: ShoppersOfDay, fitting: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Those who have given the consent, or have not refused one that is assumed, sorted by ``user_id``."""
    if day.snapshot is None:
        raise NotPublished(
            f"consents as of {day.as_of}",
            expected="the snapshot of the day",
            found="none: it is no longer kept",
            remedy=f"Run: shelduck run --as-of {day.as_of} --capability profile",
        )
    words = day.snapshot.scan(DIM_CONSENT).filter(pl.col(Col.purpose) == purpose)
    consents = Consents.of(day.settings, words.select(Col.user_id, Col.purpose, Col.is_granted).collect())
    return consents.given(fitting.with_columns(pl.lit(purpose).alias(Col.purpose))).sort(Col.user_id)


def _withheld(fitting: int, members: int, purpose: str, minimum: int) -> str:
    """Why an audience of so many would publish no member; empty where it would publish them."""
    if members >= minimum:
        return ""
    if fitting >= minimum:
        return f"fewer than {minimum} of those who fit have given consent to {purpose}"
    return f"fewer than {minimum} shoppers fit"


def _examples(members: pl.DataFrame, condition: Condition, language: Language) -> pl.DataFrame:
    """Members at even steps, with the reason of each."""
    count = min(len(members), EXAMPLES)
    chosen = members[[place * len(members) // count for place in range(count)]]
    return chosen.select(Col.user_id, condition.reason(language).alias(_REASON))


def _told(found: Preview) -> Iterator[str]:
    yield f"as of {found.as_of}: {found.condition}"
    yield from (f"note: {note}" for note in found.notes)
    if found.withheld:
        yield f"withheld: {found.withheld} (SHELDUCK_MINIMUM_AUDIENCE)"
    else:
        yield f"{found.size:,} of {found.shoppers:,} shoppers ({found.share:.1%})"
    if found.consent is Consent.ASSUMED:
        given = "assumed of all who have not refused it, because this shop lands none (SHELDUCK_CONSENT=assumed)"
    else:
        given = "granted by all of them"
    count = "few" if found.without_consent is None else f"{found.without_consent:,}"
    yield f"consent for {found.purpose}: {given}" + ("" if found.withheld else f"; {count} others fit without it")


def _trait_table(rows: pl.DataFrame) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("trait", "of them", "of everybody", "times", "at least"):
        table.add_column(heading, justify="left" if heading == "trait" else "right")
    columns = ("trait", Aud.share_in, Aud.share_all, Col.lift, Aud.lift_low)
    for trait, among, everywhere, lift, low in rows.select(columns).iter_rows():
        table.add_row(trait, f"{among:.1%}", f"{everywhere:.1%}", f"{lift:.2f}", f"{low:.2f}")
    return table
