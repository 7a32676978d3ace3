"""Why a shopper belongs to an audience, or does not: what ``shelduck why USER --audience NAME`` tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER, SEGMENT, SEGMENT_MEMBER, TAG, TAG_MEMBER
from ml.audiences.pages.words import name_of
from ml.errors import NotPublished, StaleFeatures
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.settings import Settings
from ml.tables import Col, Table
from ml.warehouse.slices import DIM_CONSENT, read_slice
from ml.words import Words


@dataclass(frozen=True)
class HeldTag:
    """A tag that fits, and what shows it."""

    tag_id: str
    name: Words
    evidence: Words


@dataclass(frozen=True)
class InSegment:
    """The segment of a scheme, and the names of the earlier ones; None: not known."""

    scheme: str
    segment_id: str
    name: Words
    before_7d: Words | None
    before_28d: Words | None


@dataclass(frozen=True)
class Arrived:
    """Landing partitions of one table that had arrived by the day."""

    table: str
    first: date
    last: date
    partitions: int
    rows: int


@dataclass(frozen=True)
class Membership:
    """A shopper and an audience on a published day.

    Attributes:
        consent: granted or assumed, as the audience says.
        is_granted: what the shopper said to ``purpose``; None: nothing, or the snapshot is no longer kept.
        withheld: why nobody's membership is published; empty where it is.
        is_member: None where it is withheld.
        reason: the terms that decide, with the shopper's values; None of who was no member within 28 days.
        member_1d, member_7d, member_28d: whether the shopper belonged to it then; None where that is not known.
        origin: what the row was made from: version, policy, snapshot, code, versions that were read.
    """

    version: str
    as_of_date: date
    user_id: str
    audience_id: str
    name: Words
    definition: str
    purpose: str
    consent: str
    is_granted: bool | None
    withheld: str
    is_member: bool | None
    score: float | None
    reason: Words | None
    member_1d: bool | None
    member_7d: bool | None
    member_28d: bool | None
    tags: tuple[HeldTag, ...]
    segments: tuple[InSegment, ...]
    origin: dict[str, str]
    landing: tuple[Arrived, ...]


@dataclass(frozen=True, eq=False)
class _Day:
    settings: Settings
    version: Version
    user_id: str

    def rows(self, table: Table) -> pl.DataFrame:
        """What a table says of the shopper."""
        wanted = pl.col(Col.user_id) == self.user_id
        return read_table(self.settings, AUDIENCES, table.name, self.version.id, wanted)

    def table(self, table: Table) -> pl.DataFrame:
        """A table that says nothing of shoppers."""
        return read_table(self.settings, AUDIENCES, table.name, self.version.id)

    def granted(self, told: Manifest, purpose: str) -> bool | None:
        """What the shopper said to a purpose."""
        try:
            consents = read_slice(self.settings.home / told.slice).table(DIM_CONSENT)
        except StaleFeatures:
            return None
        said = consents.filter(pl.col(Col.user_id) == self.user_id, pl.col(Col.purpose) == purpose)
        return bool(said[Col.is_granted].item()) if len(said) == 1 else None


def membership(settings: Settings, version: Version, user_id: str, audience: str) -> Membership:
    """What is published of a shopper and an audience.

    Args:
        audience: its id, or its name in either language.

    Raises:
        NotPublished: there is no such audience, or nothing is known of such a shopper.
    """
    day, told = _Day(settings, version, user_id), manifest(settings, AUDIENCES, version.id)
    found = _audience(day, audience)
    segments = tuple(_segments(day))
    if not segments:
        raise NotPublished(
            f"shopper {user_id}",
            expected=f"a shopper whom the shop knew on {version.as_of}",
            found="none",
            remedy="Look the shopper up: shelduck sql 'select distinct user_id from segment_member'",
        )
    own = day.rows(AUDIENCE_MEMBER).filter(pl.col(Aud.audience_id) == found[Aud.audience_id])
    row: dict[str, Any] = own.row(0, named=True) if len(own) else {}
    return Membership(
        version.id,
        version.as_of,
        user_id,
        found[Aud.audience_id],
        name_of(found),
        found[Aud.condition],
        found[Col.purpose],
        found[Aud.consent],
        day.granted(told, found[Col.purpose]),
        found[Aud.withheld],
        None if found[Aud.withheld] else bool(row.get(Aud.is_member)),
        row.get(Col.score),
        Words(row[Aud.reason_en], row[Aud.reason_zh]) if row.get(Aud.reason_en) else None,
        row.get(Aud.member_1d),
        row.get(Aud.member_7d),
        row.get(Aud.member_28d),
        tuple(_tags(day)),
        segments,
        _origin(told),
        tuple(_landing(told)),
    )


def _audience(day: _Day, asked: str) -> dict[str, Any]:
    rows = day.table(AUDIENCE)
    for column in (Aud.audience_id, Aud.name_en, Aud.name_zh):
        found = rows.filter(pl.col(column) == asked)
        if len(found) == 1:
            return found.row(0, named=True)
    raise NotPublished(
        f"audience {asked}",
        expected=f"one of {', '.join(rows[Aud.audience_id]) or 'those that are defined'}",
        found="none of these names" if len(rows) else "no audience",
        remedy="See: shelduck audience list",
    )


def _tags(day: _Day) -> Iterator[HeldTag]:
    rows = day.rows(TAG_MEMBER).join(day.table(TAG), on=Aud.tag_id, how="left").sort(Aud.tag_id)
    for row in rows.iter_rows(named=True):
        yield HeldTag(row[Aud.tag_id], name_of(row), Words(row[Aud.evidence_en], row[Aud.evidence_zh]))


def _segments(day: _Day) -> Iterator[InSegment]:
    names = {(row[Aud.scheme], row[Aud.segment_id]): name_of(row) for row in day.table(SEGMENT).iter_rows(named=True)}
    for row in day.rows(SEGMENT_MEMBER).sort(Aud.scheme).iter_rows(named=True):
        scheme, segment = row[Aud.scheme], row[Aud.segment_id]
        before = (names.get((scheme, row[column])) for column in (Aud.segment_7d, Aud.segment_28d))
        yield InSegment(scheme, segment, names.get((scheme, segment), Words(segment, segment)), *before)


def _origin(told: Manifest) -> dict[str, str]:
    upstream = {f"{name} version": version for name, version in told.upstream.items()}
    model = f"{told.policy.get('model_name')} {told.policy.get('model_version') or ''}".strip()
    return {
        "policy": str(told.policy.get("policy_id", "")),
        "model": model if "model_name" in told.policy else "",
        "snapshot": told.slice.rpartition("/")[2],
        "inputs": told.inputs_hash[:16],
        "code": told.code_revision,
        **upstream,
    }


def _landing(told: Manifest) -> Iterator[Arrived]:
    inputs = sorted(told.inputs, key=lambda each: (each.table, each.arrival_date))
    for table in dict.fromkeys(each.table for each in inputs):
        own = [each for each in inputs if each.table == table]
        rows = sum(each.rows for each in own)
        yield Arrived(table, own[0].arrival_date, own[-1].arrival_date, len(own), rows)
