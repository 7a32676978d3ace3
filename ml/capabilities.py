"""The one list of capabilities, and how the functions that they name are found.

A new capability is its folders and a line here. The list decides no row of any capability, so it counts in no code
revision (``ml.code.revision``).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ml.errors import CapabilityUnknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml.capability import Capability

INSTALLED: Final = (
    "ml.recommend.capability:RECOMMEND",
    "ml.profile.capability:PROFILE",
    "ml.predictions.capability:PREDICTIONS",
    "ml.audiences.capability:AUDIENCES",
    "ml.reviews.capability:REVIEWS",
    "ml.copy.capability:COPY",
    "ml.assistant.capability:ASSISTANT",
)
"""Where each capability declares itself, in the order in which a day is computed: upstream first."""


def resolve(place: str) -> Any:
    """What ``package.module:name`` names; imports the module."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


@cache
def capabilities() -> tuple[Capability, ...]:
    """Every installed capability, upstream first."""
    return tuple(resolve(place) for place in INSTALLED)


def names() -> tuple[str, ...]:
    """The names of the installed capabilities."""
    return tuple(capability.name for capability in capabilities())


def named(name: str) -> Capability:
    """The capability of that name.

    Raises:
        CapabilityUnknown: none is called so.
    """
    found = next((capability for capability in capabilities() if capability.name == name), None)
    if found is None:
        raise CapabilityUnknown(
            f"capability {name}", expected=f"one of {', '.join(names())}", found=name, remedy="Check the spelling"
        )
    return found


def of_dag(dag_id: str) -> Capability | None:
    """The capability whose day a run of this DAG computes; None for DAGs that publish nothing."""
    return next((capability for capability in capabilities() if capability.daily_dag == dag_id), None)


def learning() -> tuple[Capability, ...]:
    """The capabilities that register models, upstream first."""
    return tuple(capability for capability in capabilities() if capability.training)


def snapshot_tables(readers: Iterable[Capability] | None = None) -> tuple[str, ...]:
    """The dbt models that a snapshot for ``readers`` holds: those that any of them reads, by default any installed."""
    return tuple(dict.fromkeys(table for each in readers or capabilities() for table in each.reads))


def models() -> tuple[str, ...]:
    """The names of the registered models of every capability."""
    return tuple(name for capability in capabilities() for name in capability.models)


def compared_days() -> tuple[int, ...]:
    """Days before D whose snapshots some installed capability compares D with, ascending."""
    return tuple(sorted({days for capability in capabilities() for days in capability.compares}))


def compared_tables() -> tuple[str, ...]:
    """The dbt models that some installed capability reads as of those days."""
    return tuple(dict.fromkeys(table for capability in capabilities() for table in capability.compared))
