"""When sites are built by themselves, and where they are linked from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Final

from ml.capability import Capability
from ml.operations.calendar import Calendar
from ml.publish.readers import current_version, manifest, newest_as_of, version_of_day
from ml.registry.client import may_have_models
from ml.settings import Settings

_PATH: Final = "/shelduck/site"


def days_to_build(
    settings: Settings, published: Collection[date], is_at_work: Callable[[Capability, date], bool]
) -> list[date]:
    """Of days that were just published those whose site is due, oldest first.

    Not due: a day that another capability is about to publish, and one whose reports are not kept any more. A run
    without the files that it needs publishes nothing, so it isn't waited for.

    Args:
        is_at_work: whether a run of a capability's day is queued or running.
    """
    newest = max((day for each in settings.capabilities_on if (day := newest_as_of(settings, each))), default=date.min)
    first = newest - timedelta(days=settings.kept_report_days - 1)

    def is_awaited(day: date) -> bool:
        missing = (each for each in settings.capabilities_on if version_of_day(settings, each, day) is None)
        return any(is_at_work(each, day) and not _lacks_files(settings, each, day) for each in missing)

    return sorted(day for day in published if day >= first and not is_awaited(day))


def link_newest(settings: Settings, airflow: str) -> None:
    """Link the site from the MLflow runs of the models that decide now, where Airflow has an address."""
    if not airflow or not may_have_models(settings):
        return
    from ml.registry.links import link_site

    for capability in settings.capabilities_on:
        for model, version in _deciding(settings, capability):
            link_site(settings, model, version, f"{airflow.rstrip('/')}{_PATH}")


def _lacks_files(settings: Settings, capability: Capability, day: date) -> bool:
    return Calendar(settings, capability, with_runs=False).lacks_files(day)


def _deciding(settings: Settings, capability: Capability) -> list[tuple[str, int]]:
    """The model version behind the tables that readers get."""
    if not capability.models or newest_as_of(settings, capability) is None:
        return []
    version = manifest(settings, capability, current_version(settings, capability).id).policy.get("model_version")
    return [(capability.models[0], version)] if isinstance(version, int) else []
