"""The shoppers of a published day as conditions see them: what may be named, their columns, answers to calls.

Everything is read lazily, so that a question about a quarter of a million shoppers costs the columns it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Consent, Scheme
from ml.audiences.conditions.evidence import TableEvidence
from ml.audiences.conditions.vocabulary import ITEM_FIELDS, KnownColumn, Vocabulary, columns_of
from ml.audiences.outputs import SEGMENT, SEGMENT_MEMBER, TAG, TAG_MEMBER
from ml.audiences.shoppers import known_columns
from ml.capability import Capability
from ml.errors import NotPublished, StaleFeatures
from ml.predictions.capability import PREDICTIONS
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.profile.capability import PROFILE
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.publish.readers import manifest_of, published_version, scan_of, version_of_day
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col, Table
from ml.warehouse.slices import DIM_CONSENT, DIM_ITEM, HISTORY, Slice, read_slice
from ml.words import Words


@dataclass(frozen=True, eq=False)
class ShoppersOfDay:
    """What is published of a day, of each capability the version that was published last.

    Attributes:
        profiles: the version of ``profile``, whose day it is.
    """

    settings: Settings
    profiles: Version

    @classmethod
    def published(cls, settings: Settings, as_of: date | None = None) -> ShoppersOfDay:
        """Those of a day; of the one that readers get now, where none is given.

        Raises:
            NotPublished: the profiles of the day are not published.
        """
        return cls(settings, published_version(settings, PROFILE, as_of))

    @property
    def as_of(self) -> date:
        """The day D."""
        return self.profiles.as_of

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What a condition may name."""
        by_scheme = {scheme: self._segments(scheme) for scheme in Scheme}
        return Vocabulary(
            columns=self._columns,
            tags=self._named(TAG, Aud.tag_id, pl.col(Aud.withheld) == ""),
            segments=by_scheme[Scheme.BEHAVIOUR],
            rfm_classes=by_scheme[Scheme.RFM],
            stages=by_scheme[Scheme.LIFECYCLE],
            placements={each.name: Words(each.name, each.name) for each in self.settings.placements_on},
            purposes=None if self.is_consent_assumed else _Purposes(self),
            values=_Values(self),
            remedy=f"Run: shelduck run --as-of {self.as_of} --capability {AUDIENCES.name}",
        )

    @property
    def is_consent_assumed(self) -> bool:
        """Whether the shop lands no consents, and its settings say that all are given."""
        return self.settings.consent == Consent.ASSUMED.value

    def evidence(self) -> TableEvidence:
        """What answers the calls of conditions."""
        snapshot = self.snapshot
        return TableEvidence(
            as_of=self.as_of,
            tags=self.optional(AUDIENCES, TAG_MEMBER),
            segments=self.optional(AUDIENCES, SEGMENT_MEMBER),
            consents=snapshot.scan(DIM_CONSENT) if snapshot else None,
            is_consent_assumed=self.is_consent_assumed,
            shelves=self.optional(RECOMMEND, RECOMMENDATION),
            probabilities=self.optional(RECOMMEND, PURCHASE_PROBABILITY),
            history=snapshot.scan(HISTORY) if snapshot else None,
            items=snapshot.scan(DIM_ITEM) if snapshot else None,
        )

    def shoppers(self, columns: Iterable[str]) -> pl.DataFrame:
        """``user_id`` and ``columns`` of every shopper, sorted by ``user_id``; predictions of buyers only.

        Raises:
            NotPublished: the predictions that are asked for are not published for the day.
        """
        wanted = dict.fromkeys(columns)
        of_profile = [name for name in wanted if name in CUSTOMER_PROFILE.schema]
        predicted = [name for name in wanted if name not in CUSTOMER_PROFILE.schema]
        rows = scan_of(PROFILE, self.profiles, CUSTOMER_PROFILE.name).select(Col.user_id, *of_profile)
        if predicted:
            known = self.scan(PREDICTIONS, CUSTOMER_PREDICTION).select(Col.user_id, *predicted)
            rows = rows.join(known, on=Col.user_id, how="left", maintain_order="left")
        return rows.collect()

    def scan(self, capability: Capability, table: Table) -> pl.LazyFrame:
        """A table of the day.

        Raises:
            NotPublished: it is not published for the day, or no longer kept.
        """
        return scan_of(capability, published_version(self.settings, capability, self.as_of), table.name)

    def optional(self, capability: Capability, table: Table) -> pl.LazyFrame | None:
        """The same; None where there is none."""
        found = version_of_day(self.settings, capability, self.as_of)
        try:
            return scan_of(capability, found, table.name) if found else None
        except NotPublished:
            return None

    @cached_property
    def snapshot(self) -> Slice | None:
        """The snapshot that the profiles were computed from; None where retention removed it."""
        try:
            found = read_slice(self.settings.home / manifest_of(self.profiles).slice)
            found.scan(DIM_ITEM)
        except StaleFeatures:
            return None
        return found

    @cached_property
    def _columns(self) -> Mapping[str, KnownColumn]:
        return columns_of(known_columns().values())

    def _segments(self, scheme: Scheme) -> dict[str, Words]:
        return self._named(SEGMENT, Aud.segment_id, pl.col(Aud.scheme) == scheme)

    def _named(self, table: Table, key: str, *where: pl.Expr) -> dict[str, Words]:
        """By id, the names of what a table of ``audiences`` lists."""
        rows = self.optional(AUDIENCES, table)
        if rows is None:
            return {}
        found = rows.filter(*where).select(key, Aud.name_en, Aud.name_zh).collect()
        return {name: Words(english, chinese) for name, english, chinese in found.iter_rows()}


@dataclass(frozen=True, eq=False)
class _Values(Mapping[str, "frozenset[str]"]):
    """By text column of shoppers or of the catalogue, the values that occur; read where they are asked for."""

    day: ShoppersOfDay

    def __getitem__(self, name: str) -> frozenset[str]:
        if name in CUSTOMER_PROFILE.schema:
            values = self.day.shoppers([name])[name]
        elif name in ITEM_FIELDS.values() and self.day.snapshot:
            values = self.day.snapshot.scan(DIM_ITEM).select(name).unique().collect()[name]
        else:
            raise KeyError(name)
        return frozenset(values.drop_nulls().unique())

    def __iter__(self) -> Iterator[str]:
        return iter((*CUSTOMER_PROFILE.schema, *ITEM_FIELDS.values()))

    def __len__(self) -> int:
        return len(tuple(iter(self)))


class _Purposes(Mapping[str, Words]):
    """The purposes for which any consent was landed; read where they are asked for."""

    def __init__(self, day: ShoppersOfDay) -> None:
        self._day = day

    @cached_property
    def _known(self) -> dict[str, Words]:
        if self._day.snapshot is None:
            return {}
        found = self._day.snapshot.scan(DIM_CONSENT).select(Col.purpose).unique().sort(Col.purpose).collect()
        return {purpose: Words(purpose, purpose) for purpose in found[Col.purpose]}

    def __getitem__(self, purpose: str) -> Words:
        return self._known[purpose]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
