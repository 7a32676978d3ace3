"""Builds features as of days and exports each day's slice."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ml.capabilities import compared_tables, snapshot_tables
from ml.capability import Capability
from ml.durable import writing
from ml.settings import Settings
from ml.warehouse import dbt
from ml.warehouse.connection import Connection, connect
from ml.warehouse.earlier import compared_with
from ml.warehouse.export import existing_slice, export_slice, held_tables, prune_slices
from ml.warehouse.left_out import leave_out
from ml.warehouse.lineage import landing_tables
from ml.warehouse.lock import warehouse_lock
from ml.warehouse.pending import Inputs, Pending, inputs_of, mark_built, mark_unbuilt, pending
from ml.warehouse.restrictions import restrictions
from ml.warehouse.slices import Slice
from ml.warehouse.training_snapshots import mark_learned_from, together

log = logging.getLogger(__name__)


def build(
    settings: Settings,
    as_of_dates: Sequence[date],
    holder: str = "shelduck",
    *,
    capability: Capability | None = None,
    to_publish: bool = True,
) -> list[Slice]:
    """The slices as of ``as_of_dates``, in that order; builds what no slice holds yet, a few days with one dbt run.

    A slice holds the tables of every capability that is on, and of the ``capability`` that asks for it. It may lack
    those of others whose models failed: they are built when their own capability asks. Of the earlier days that the
    capability compares a published day with, there are slices afterwards too.

    Everything that had arrived by an as-of date must have been loaded. A slice whose inputs, code and
    settings are unchanged is verified and used again. Slices that are only learned from (``to_publish`` false) are
    built whatever rules and consents were refused; so are those of a capability that does not read them.

    Raises:
        RestrictionRefused: a rule or consent that arrived up to a day was refused, and neither accepted later nor
            waived; nothing was built.
        BuildFailed: nothing was loaded, or a model or test failed; no slice was written then.
        WarehouseBroken: the warehouse file is damaged.
        WarehouseLocked: another writer did not finish in time.
        DiskFull: nothing was left half done; the same call goes on once there is space.
    """
    days = list(dict.fromkeys(_as_date(day) for day in as_of_dates))
    read = snapshot_tables((*settings.capabilities_on, *([capability] if capability else ())))
    wanted = capability.reads if capability else read
    compared = capability.compared if capability else ()
    with writing(f"building as of {days[-1]}"), warehouse_lock(settings, holder):
        with connect(settings) as connection:
            inputs = {day: inputs_of(connection, settings, day) for day in days}
            for day in days if to_publish else ():
                restrictions(connection, day).of(landing_tables(wanted)).require_settled()
            found = {day: existing_slice(settings, inputs[day], wanted) for day in days}
            if capability and to_publish:
                inputs, found = _with_earlier(connection, settings, capability, inputs, found)
            missing = [day for day in inputs if found[day] is None]
            todo = pending(connection, settings) if missing else None
            left_out = leave_out(connection, todo, read) if missing else []
            if todo:
                mark_unbuilt(connection, todo)
        whole = {day for day in missing if held_tables(settings, inputs[day]) - set(compared_tables())}
        purpose = _Wanted(wanted, days, compared, read, whole)
        for part in together([inputs[day] for day in missing], settings.memory_limit):
            made, todo = _build_missing(settings, part, todo, purpose, left_out)
            found |= made
        slices = {day: made for day, made in found.items() if made}
        if not to_publish:
            mark_learned_from(slices.values())
        prune_slices(settings, {slices[day].folder for day in days})
    return [slices[day] for day in days]


def _with_earlier(
    connection: Connection,
    settings: Settings,
    capability: Capability,
    inputs: dict[date, Inputs],
    found: dict[date, Slice | None],
) -> tuple[dict[date, Inputs], dict[date, Slice | None]]:
    """The same and, first, the days that they are compared with, but for those before the shop's first file."""
    days = [day for day in compared_with(inputs, capability.compares) if day not in inputs]
    earlier = {day: each for day in days if (each := inputs_of(connection, settings, day)).partitions}
    return {**earlier, **inputs}, {
        **{day: existing_slice(settings, each, capability.compared) for day, each in earlier.items()},
        **found,
    }


@dataclass(frozen=True)
class _Wanted:
    """What a build is for: ``tables`` of ``days``; of any other day, which these are compared with, ``compared``.

    The slices hold ``read``, what all capabilities that are on read, so that the next one finds it; those of the other
    days what any of them compares, and all of it if they are of ``whole``, days whose slices held more before.
    """

    tables: Collection[str]
    days: Collection[date]
    compared: Collection[str]
    read: Collection[str]
    whole: Collection[date]

    def needs_all(self, missing: Collection[Inputs]) -> bool:
        """Whether the slice of one of these days holds more than what is compared."""
        return any(inputs.as_of in (*self.days, *self.whole) for inputs in missing)

    def needed(self, missing: Collection[Inputs]) -> Collection[str]:
        """The tables without which these days cannot be used."""
        return self.tables if any(inputs.as_of in self.days for inputs in missing) else self.compared

    def of(self, day: date, unusable: Collection[str]) -> list[str]:
        """The tables of a day's slice, without those that cannot be used."""
        usable = (name for name in self.read if name not in unusable)
        return [name for name in usable if day in (*self.days, *self.whole) or name in compared_tables()]


def _build_missing(
    settings: Settings, missing: list[Inputs], todo: Pending | None, wanted: _Wanted, left_out: list[str]
) -> tuple[dict[date, Slice], Pending | None]:
    """The slices of these days, and what is to be aggregated still: all of ``todo`` where a model failed."""
    days = [inputs.as_of for inputs in missing]
    log.info("building as of %s; aggregating %s", ", ".join(map(str, days)), todo or "nothing new")
    options = _options(todo, left_out)
    if not wanted.needs_all(missing) and todo is None:
        options += ["--select", *(f"+{name}" for name in sorted(compared_tables()))]
    unusable = _run(settings, variables(settings, days, todo), options, wanted.needed(missing))
    with connect(settings) as connection:
        if todo and not unusable:
            mark_built(connection, settings)
            todo = None
        made = {
            inputs.as_of: export_slice(settings, connection, inputs, wanted.of(inputs.as_of, unusable))
            for inputs in missing
        }
        return made, todo


def _run(
    settings: Settings, variables: dict[str, Any], options: Sequence[str], wanted: Collection[str]
) -> frozenset[str]:
    """The models that cannot be used, none of which is ``wanted``.

    Raises:
        BuildFailed: a wanted model or what it is made of failed, or dbt did not run.
    """
    try:
        dbt.run(settings, "build", variables, *options)
    except dbt.NodesFailed as failed:
        if failed.models & set(wanted):
            raise
        log.warning("tables of other capabilities are missing: %s", failed)
        return failed.models
    return frozenset()


def variables(settings: Settings, days: Sequence[date], todo: Pending | None) -> dict[str, Any]:
    """What the dbt project is told, as plain JSON values."""
    return {
        "as_of_dates": [day.isoformat() for day in days],
        "changed_from": (todo.start if todo else max(days) + timedelta(days=1)).isoformat(),
        "batch_size": todo.batch_size if todo else "day",
        "timezone": settings.timezone,
        "purchase_events": list(settings.purchase_events),
        "kept_as_of_dates": settings.kept_as_of_dates,
        "history_days": settings.history_days,
        "liked_from": settings.liked_from,
    }


def _options(todo: Pending | None, left_out: Sequence[str]) -> list[str]:
    # unit tests prove the project, not a day's data: tests/warehouse runs them
    # cautious: a test that also reads a model that runs is not left out
    options = ["--exclude-resource-type", "unit_test", "--no-write-json", "--indirect-selection", "cautious"]
    left_out = [*left_out, *(["path:models/intermediate/arrivals"] if todo is None else [])]
    options += ["--exclude", *left_out] if left_out else []
    if todo is None:
        return options
    options += ["--event-time-start", str(todo.start), "--event-time-end", str(todo.end)]
    return [*options, "--full-refresh"] if todo.everything else options


def _as_date(day: date) -> date:
    """A plain date: it is pasted into SQL.

    Raises:
        TypeError: it is something else, such as text or a moment.
    """
    if type(day) is not date:
        raise TypeError(f"as_of_dates: expected datetime.date, found {type(day).__name__}")
    return day
