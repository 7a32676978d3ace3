"""A published version of ``audiences`` as its pages read it: each table once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Consent, Scheme
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER, SEGMENT, SEGMENT_FEATURE, SEGMENT_MEMBER
from ml.audiences.pages.words import name_of
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.settings import Settings
from ml.tables import Table
from ml.words import Words


@dataclass(frozen=True, eq=False)
class PublishedAudiences:
    """A version and where its tables lie."""

    settings: Settings
    version: Version

    def table(self, of: Table) -> pl.DataFrame:
        """A table that is asked for once, sorted by its key."""
        return read_table(self.settings, AUDIENCES, of.name, self.version.id)

    @cached_property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return manifest(self.settings, AUDIENCES, self.version.id)

    @cached_property
    def audiences(self) -> pl.DataFrame:
        """``audience``, the largest first and those that are withheld last."""
        return self.table(AUDIENCE).sort(Aud.size, Aud.audience_id, descending=[True, False], nulls_last=True)

    @cached_property
    def published(self) -> pl.DataFrame:
        """Those whose members are published."""
        return self.audiences.filter(pl.col(Aud.withheld) == "")

    @cached_property
    def members(self) -> pl.DataFrame:
        """``audience_member``."""
        return self.table(AUDIENCE_MEMBER)

    @cached_property
    def segments(self) -> pl.DataFrame:
        """``segment``."""
        return self.table(SEGMENT)

    @cached_property
    def features(self) -> pl.DataFrame:
        """``segment_feature``."""
        return self.table(SEGMENT_FEATURE)

    @cached_property
    def segment_members(self) -> pl.DataFrame:
        """``segment_member``."""
        return self.table(SEGMENT_MEMBER)

    def of_scheme(self, scheme: str) -> pl.DataFrame:
        """The segments of a scheme, the largest first."""
        theirs = self.segments.filter(pl.col(Aud.scheme) == scheme)
        return theirs.sort(Aud.size, Aud.segment_id, descending=[True, False])

    def names(self, scheme: str) -> Mapping[str, Words]:
        """By id what the segments of a scheme are called, the largest first; those on the map have its numbers."""
        rows = [*self.of_scheme(scheme).iter_rows(named=True)]
        called = {row[Aud.segment_id]: name_of(row) for row in rows}
        if scheme != Scheme.BEHAVIOUR:
            return called
        return {
            segment: Words(f"{place} · {name.en}", f"{place} · {name.zh}")
            for place, (segment, name) in enumerate(called.items(), 1)
        }

    @property
    def is_consent_assumed(self) -> bool:
        """Whether members never said that they agree."""
        return Consent.ASSUMED in self.audiences[Aud.consent].to_list()
