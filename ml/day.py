"""What a capability computes from, and what it gives: ``compute(Day) -> Result``; and the draft that becomes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from ml.capabilities import named, resolve
from ml.capability import Capability
from ml.code.revision import code_revision
from ml.durable import writing
from ml.errors import NotPublished, Undeclared
from ml.publish import pointer
from ml.publish.damaged import damage_named
from ml.publish.draft import DraftRecord, Input, Rows, write_draft
from ml.publish.readers import read_table, scan_of
from ml.publish.store import Version
from ml.settings import Settings
from ml.warehouse.earlier import earlier_slices
from ml.warehouse.lineage import deciding_tables
from ml.warehouse.slices import Slice, read_slice

if TYPE_CHECKING:
    import polars as pl

    from ml.registry.versions import ModelVersion


@dataclass(frozen=True, eq=False)
class Day:
    """A day as one capability sees it: the tables that it declared, and the settings.

    Attributes:
        snapshot: the day's exported feature tables.
        earlier: by number of days before D, the snapshot of that day; none of days before the shop's first file.
        upstream: by capability, the version that is published for the day.
        decided_by: by model, the version that decides instead of the one effective on the day; None: no version.
    """

    settings: Settings
    capability: Capability
    snapshot: Slice
    earlier: Mapping[int, Slice] = field(default_factory=dict)
    upstream: Mapping[str, Version] = field(default_factory=dict)
    decided_by: Mapping[str, ModelVersion | None] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        """The day D."""
        return self.snapshot.as_of

    @property
    def record(self) -> Mapping[str, Any]:
        """What the snapshot's record says of settings and inputs."""
        return self.snapshot.record

    def table(self, name: str) -> pl.DataFrame:
        """A table of the snapshot, in its stored order.

        Raises:
            Undeclared: the capability does not declare that it reads it.
            StaleFeatures: the snapshot lacks it.
        """
        self._require(name, self.capability.reads)
        return self.snapshot.table(name)

    def scan(self, name: str) -> pl.LazyFrame:
        """The same table, read lazily: a caller that needs few columns pays for those."""
        self._require(name, self.capability.reads)
        return self.snapshot.scan(name)

    def features(self, entity: str, columns: Sequence[str], users: Sequence[str] | None = None) -> pl.LazyFrame:
        """The key and ``columns`` of a feature table; see ``ml.warehouse.slices.Slice.features``."""
        self._require(f"feat_{entity}", self.capability.reads)
        return self.snapshot.features(entity, columns, users)

    def before(self, days: int) -> Day | None:
        """The shop as it was known ``days`` before D; None where it had landed nothing yet.

        What was published then is not there: comparisons are made with D's definitions and models.
        """
        if days not in self.earlier:
            return None
        seen = replace(self.capability, reads=self.capability.compared, upstream=(), upstream_if_landed=())
        return replace(self, capability=seen, snapshot=self.earlier[days], earlier={}, upstream={})

    def has_upstream(self, capability: str) -> bool:
        """Whether an upstream capability publishes: one of ``upstream_if_landed`` may not."""
        return capability in self.upstream

    def published(self, capability: str, table: str) -> pl.DataFrame:
        """A table that another capability published for the day.

        Raises:
            Undeclared: that capability is not declared as upstream, or it is one that ``has_upstream`` denies.
        """
        self._require_upstream(capability)
        return read_table(self.settings, named(capability), table, self.upstream[capability].id)

    def scan_published(self, capability: str, table: str) -> pl.LazyFrame:
        """The same table, read lazily: a caller that needs few rows or columns pays for those."""
        self._require_upstream(capability)
        return scan_of(named(capability), self.upstream[capability], table)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The landing partitions behind the tables that the capability reads."""
        landed = deciding_tables(self.capability.reads)
        return tuple(Input(**each) for each in self.snapshot.record["inputs"] if each["table"] in landed)

    @cached_property
    def inputs_hash(self) -> str:
        """The SHA-256, in hex, of everything that ``compute`` sees but code and settings.

        Partitions count beside the tables made of them: so what a manifest says of its inputs stays true. What
        other capabilities read does not count.
        """
        content = {
            "as_of_date": self.as_of.isoformat(),
            "inputs": [each.model_dump(mode="json") for each in self.inputs],
            "tables": self.snapshot.content_of(self.capability.reads),
            "upstream": {name: version.id for name, version in sorted(self.upstream.items())},
        }
        if self.capability.compares:
            compared = self.capability.compared
            content["earlier"] = {str(days): each.content_of(compared) for days, each in sorted(self.earlier.items())}
        return _digest(content)

    def draft_folder(self, key: str) -> Path:
        """Where the draft of this day lies that ``key`` tells from others of it; parts of it may lie beside."""
        return self.settings.drafts_of(self.capability.name) / f"{self.as_of}-{self.inputs_hash[:12]}-{key}"

    def _require_upstream(self, name: str) -> None:
        self._require(
            name, (*self.capability.upstream, *(set(self.capability.upstream_if_landed) & set(self.upstream)))
        )

    def _require(self, name: str, declared: tuple[str, ...]) -> None:
        if name not in declared:
            raise Undeclared(
                f"capability {self.capability.name}",
                expected=f"one of those that it declares: {', '.join(declared) or 'none'}",
                found=name,
                remedy=f"Declare it in {self.capability.package}.capability",
            )


@dataclass(frozen=True, eq=False)
class Result:
    """What a capability computed.

    Attributes:
        tables: the published tables by name.
        in_blocks: those that are too large to be held whole, as blocks of rows in the order of their key.
        key: tells drafts of one day from each other, such as the policy's id; empty: the code's revision.
        policy: for the manifest, what decided beside code and settings: model, recipes, rules.
        counts: for the manifest and the gates, what a reader wants to know of the tables.
        finished: called once the draft is written, to remove the parts that it was made of.
    """

    tables: Mapping[str, pl.DataFrame]
    in_blocks: Mapping[str, Iterable[pl.DataFrame]] = field(default_factory=dict)
    key: str = ""
    policy: dict[str, JsonValue] = field(default_factory=dict)
    counts: dict[str, JsonValue] = field(default_factory=dict)
    finished: Callable[[], None] = lambda: None


def day_of(settings: Settings, capability: Capability, slice_folder: Path) -> Day:
    """The day of a snapshot as ``capability`` sees it.

    Raises:
        StaleFeatures: the folder holds no complete snapshot, or one of an earlier day that it is compared with is gone.
        NotPublished: an upstream capability has not published the day.
    """
    snapshot = read_slice(slice_folder)
    others = [name for name in capability.upstream_if_landed if _publishes(settings, named(name), snapshot)]
    upstream = {name: _published(settings, named(name), snapshot.as_of) for name in (*capability.upstream, *others)}
    earlier = earlier_slices(snapshot, capability.compares)
    return Day(settings, capability, snapshot, earlier, upstream)


def switched_off(settings: Settings, capability: Capability) -> str:
    """That the settings leave a capability out, in words; empty where they do not."""
    if capability.name in [each.name for each in settings.capabilities_on]:
        return ""
    return f"{capability.name} is switched off (SHELDUCK_CAPABILITIES): nothing is published"


def lacking(capability: Capability, snapshot: Slice) -> str:
    """Which landing tables a capability needs and the shop does not land, in words; empty where there are all."""
    landed = {each["table"] for each in snapshot.record["inputs"]}
    if missing := [table for table in capability.needs if table not in landed]:
        return f"{capability.name} needs the landing tables {', '.join(missing)}, of which nothing has arrived yet"
    return ""


def _publishes(settings: Settings, capability: Capability, snapshot: Slice) -> bool:
    return not switched_off(settings, capability) and not lacking(capability, snapshot)


def compute_day(
    settings: Settings,
    capability: Capability,
    slice_folder: Path,
    decided_by: Mapping[str, ModelVersion | None] | None = None,
) -> Path:
    """Compute a day's tables and write them as a draft, which nobody reads before it is published.

    Args:
        decided_by: see ``Day``.

    Returns:
        The draft's folder.

    Raises:
        StaleFeatures: the snapshot is incomplete or of other inputs than its record says, or a table cannot be read.
        NotPublished: an upstream capability has not published the day, or a table of what it published cannot be read.
        InvalidTable: a computed table breaks its declaration.
        DiskFull: no draft was written.
    """
    with writing(f"computing {capability.name} of a day"):
        day = replace(day_of(settings, capability, slice_folder), decided_by=decided_by or {})
        with damage_named([day.snapshot, *day.earlier.values()], day.upstream.values()):
            return _computed(day)


def _computed(day: Day) -> Path:
    capability, revision = day.capability, code_revision(day.capability)
    result: Result = resolve(capability.compute)(day)
    record = DraftRecord(
        capability=capability.name,
        as_of_date=day.as_of,
        slice=day.settings.relative(day.snapshot.folder),
        inputs_hash=day.inputs_hash,
        code_revision=revision,
        inputs=day.inputs,
        upstream={name: version.id for name, version in day.upstream.items()},
        policy=result.policy,
        counts=result.counts,
        landed=_landed(day),
    )
    tables: dict[str, Rows] = {**result.tables, **result.in_blocks}
    draft = write_draft(day.draft_folder(result.key or revision), capability, record, tables)
    result.finished()
    return draft


def _landed(day: Day) -> dict[str, Any]:
    """What of the day's arrivals was refused, noticed and waived, of the landing tables that count for it."""
    tables, told = deciding_tables(day.capability.reads), day.snapshot.record.get("landed", {})
    if not told:
        return {}
    return {
        "refused": {table: rows for table, rows in told["refused"].items() if table in tables},
        "notices": [notice for notice in told["notices"] if notice.partition(":")[0] in tables],
        "waivers": [waiver for waiver in told["waivers"] if waiver["table"] in tables],
    }


def _published(settings: Settings, capability: Capability, day: date) -> Version:
    found = pointer.of_day(settings, capability, day)
    if found is None:
        raise NotPublished(
            f"{capability.name} of {day}",
            expected="to be published before what reads it",
            found="no version",
            remedy=f"Run: shelduck run --as-of {day} --capability {capability.name}",
        )
    return found


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
