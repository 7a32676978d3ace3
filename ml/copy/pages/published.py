"""A published version of ``copy`` as its page reads it: each table once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from ml.copy.capability import COPY, COPY_DECISION, COPY_TEXT
from ml.copy.columns import Copy, Status
from ml.copy.outputs import COPY_BRIEF, COPY_CHECK, COPY_FACT, COPY_RECIPIENT, COPY_VARIANT
from ml.errors import StaleFeatures
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.settings import Settings
from ml.tables import Table
from ml.warehouse.slices import read_slice

Row = dict[str, Any]
_ARMS = (Copy.brief_id, Copy.language, Copy.arm)
_WAITING = "waiting"


@dataclass(frozen=True, eq=False)
class PublishedCopy:
    """A version and where its tables lie."""

    settings: Settings
    version: Version

    def _table(self, of: Table) -> pl.DataFrame:
        return read_table(self.settings, COPY, of.name, self.version.id)

    @cached_property
    def briefs(self) -> pl.DataFrame:
        """``copy_brief`` with the number of variants that wait for a decision, those with most of them first."""
        waiting = self._variants.filter(pl.col(Copy.status) == Status.PROPOSED)
        counted = waiting.select(*_ARMS, Copy.channel).unique().group_by(Copy.brief_id).len(_WAITING)
        briefs = self._table(COPY_BRIEF).join(counted, on=Copy.brief_id, how="left")
        told = briefs.with_columns(pl.col(_WAITING).fill_null(0))
        return told.sort(_WAITING, Copy.brief_id, descending=[True, False])

    def waiting(self, brief: Row) -> int:
        """Variants of a row of ``briefs`` that nobody has decided on."""
        return int(brief[_WAITING])

    @cached_property
    def _variants(self) -> pl.DataFrame:
        return self._table(COPY_VARIANT)

    @cached_property
    def variants(self) -> Mapping[str, list[Row]]:
        """By brief the rows of ``copy_variant``."""
        return by_brief(self._variants)

    @cached_property
    def facts(self) -> Mapping[str, list[Row]]:
        """By brief the rows of ``copy_fact``, as the sheet has them."""
        return by_brief(self._table(COPY_FACT))

    @cached_property
    def checks(self) -> Mapping[str, list[Row]]:
        """By brief the rows of ``copy_check``."""
        return by_brief(self._table(COPY_CHECK))

    @cached_property
    def recipients(self) -> Mapping[tuple[str, str, int], int]:
        """By brief, language and arm how many shoppers get it."""
        counted = self._table(COPY_RECIPIENT).group_by(_ARMS).len()
        return {(brief, language, arm): count for brief, language, arm, count in counted.iter_rows()}

    @cached_property
    def decisions(self) -> Mapping[str, list[Row]] | None:
        """By brief what people decided, the newest first; None where the day's snapshot is not kept."""
        order = [Copy.decided_at, Copy.decision_id]
        found = self._snapshot(COPY_DECISION)
        return None if found is None else by_brief(found.sort(order, descending=True, nulls_last=True))

    @cached_property
    def model_texts(self) -> Mapping[str, list[Row]]:
        """By brief what language models wrote; empty where the day's snapshot is not kept."""
        found = self._snapshot(COPY_TEXT)
        return {} if found is None else by_brief(found.sort(Copy.text_id))

    def _snapshot(self, table: str) -> pl.DataFrame | None:
        told = manifest(self.settings, COPY, self.version.id)
        try:
            return read_slice(self.settings.home / told.slice).table(table)
        except StaleFeatures:
            return None


def by_brief(table: pl.DataFrame) -> dict[str, list[Row]]:
    """The rows of a table by brief, in their order."""
    found: dict[str, list[Row]] = {}
    for row in table.iter_rows(named=True):
        found.setdefault(row[Copy.brief_id], []).append(row)
    return found
