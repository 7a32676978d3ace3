"""Who is a member on D and was before: those whom a definition fits, less those without consent and small groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.membership.chosen import SCORED, Chosen
from ml.audiences.membership.consent import Consents
from ml.audiences.shoppers import TODAY
from ml.tables import Col

_ROWS = {Aud.audience_id: pl.String, Aud.days_before: pl.Int32, Col.purpose: pl.String, **SCORED}


@dataclass(frozen=True, eq=False)
class Judged:
    """Members of the audiences that are published, on D and before.

    Attributes:
        rows: ``audience_id``, ``days_before`` (0: on D), ``user_id``, ``score``; all have consented, as of D.
        withheld: by audience, why its members are not published; empty where they are.
        known: audience and days before D whose members are known, and enough to be told; (audience, 0) where published.
        without_consent: by audience, shoppers whom it fits on D and who have not consented; None: too few to be told.
    """

    rows: pl.DataFrame
    withheld: Mapping[str, str]
    known: frozenset[tuple[str, int]]
    without_consent: Mapping[str, int | None]

    def members(self, days: int = TODAY) -> pl.DataFrame:
        """Rows of one day."""
        return self.rows.filter(pl.col(Aud.days_before) == days).drop(Aud.days_before)


def judged(chosen: Sequence[Chosen], consents: Consents, minimum: int, days: Iterable[int]) -> Judged:
    """Apply consent, then the minimum size, to whom each definition fits.

    A day on which an audience had fewer than ``minimum`` members counts as not known: who joined since then and who
    left would tell how few they were, and who. Of an audience that is withheld on D nothing is known at all.
    """
    fits = {(each.definition.audience_id, before): each.fits(before) for each in chosen for before in days}
    purposes = {each.definition.audience_id: each.definition.purpose for each in chosen}
    rows = [
        _labelled(found, name, before, purposes[name]) for (name, before), found in fits.items() if found is not None
    ]
    all_rows = pl.concat(rows) if rows else pl.DataFrame(schema=_ROWS)
    consented = consents.given(all_rows)
    before, after = _sizes(all_rows), _sizes(consented)
    withheld = {each.definition.audience_id: _reason(each, before, after, minimum) for each in chosen}
    known = frozenset(key for key in fits if not withheld[key[0]] and after.get(key, 0) >= minimum)
    keys = pl.DataFrame(
        sorted(known), schema={name: _ROWS[name] for name in (Aud.audience_id, Aud.days_before)}, orient="row"
    )
    kept = consented.join(keys, on=keys.columns, how="semi").drop(Col.purpose)
    missing = {name: before.get((name, TODAY), 0) - after.get((name, TODAY), 0) for name in purposes}
    told = {name: None if withheld[name] else _told(count, minimum) for name, count in missing.items()}
    return Judged(kept, withheld, known, told)


def _labelled(found: pl.DataFrame, name: str, before: int, purpose: str) -> pl.DataFrame:
    labels = {Aud.audience_id: name, Aud.days_before: before, Col.purpose: purpose}
    return found.select(*(pl.lit(value, _ROWS[label]).alias(label) for label, value in labels.items()), *SCORED)


def _sizes(rows: pl.DataFrame) -> dict[tuple[str, int], int]:
    counted = rows.group_by(Aud.audience_id, Aud.days_before).len()
    return {(name, before): size for name, before, size in counted.iter_rows()}


def _reason(
    each: Chosen, before: Mapping[tuple[str, int], int], after: Mapping[tuple[str, int], int], minimum: int
) -> str:
    key = (each.definition.audience_id, TODAY)
    if each.withheld or after.get(key, 0) >= minimum:
        return each.withheld
    if before.get(key, 0) >= minimum:
        return f"fewer than {minimum} of those whom it fits have given consent to {each.definition.purpose}"
    return f"it has fewer than {minimum} members"


def _told(count: int, minimum: int) -> int | None:
    """A number of shoppers that may be told: none at all, or enough of them."""
    return count if count == 0 or count >= minimum else None
