"""The tasks of a shadow run: snapshots, what the policy would have shown, what shoppers then did."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.defaults import WAREHOUSE_POOL
from dags.common.steps import attempt, step, task_settings, tell_slice

if TYPE_CHECKING:
    from airflow.sdk import XComArg

_log = logging.getLogger(__name__)


def _days() -> list[date]:
    """The days that the run's parameters name, oldest first."""
    from airflow.sdk.exceptions import AirflowFailException

    params = get_current_context()["params"]
    first, last = params["as_of"], params["until"] or params["as_of"]
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days
    if days < 0:
        raise AirflowFailException(f"until {last} lies before as_of {first}: swap them")
    return [date.fromisoformat(first) + timedelta(days=number) for number in range(days + 1)]


@task(pool=WAREHOUSE_POOL)
def snapshots() -> list[str]:
    """The snapshots of which the days were made; those that retention removed are built again."""
    from ml.recommend.capability import RECOMMEND
    from ml.recommend.shadow.policies import chosen_policy
    from ml.shadow import snapshot_of_day

    settings, days = task_settings(), _days()
    with step() as work:
        chosen_policy(settings, get_current_context()["params"]["policy"]).require_known_on(days[0])
        found = [snapshot_of_day(settings, RECOMMEND, day, attempt()) for day in days]
        tell_slice(work, *found)
    return [settings.relative(each.folder) for each in found]


def shadow(slices: XComArg) -> XComArg:
    """What the policy would have shown on each day, into the shadow."""

    @task(task_id="shadow")
    def shadow_days(paths: list[str]) -> list[str]:
        from ml.recommend.shadow.days import shadow_day

        settings, context = task_settings(), get_current_context()
        with step() as work:
            work.read(*(settings.home / path for path in paths))
            told = {"dag_run_id": context["run_id"]}
            policy = context["params"]["policy"]
            made = [shadow_day(settings, policy, day, holder=attempt(), provenance=told) for day in _days()]
            work.wrote(*(each.folder for each in made))
        return [settings.relative(each.folder) for each in made]

    return shadow_days(slices)


def replay(versions: XComArg) -> XComArg:
    """What shoppers bought after each day, of what was shown and of what the policy would have; into the task's log."""

    @task(task_id="replay")
    def replay_days(paths: list[str]) -> None:
        from ml.console.replay import sections, title
        from ml.documents import as_markdown
        from ml.recommend.shadow.replay import has_later_day
        from ml.recommend.shadow.replay import replay as compare

        settings, policy = task_settings(), get_current_context()["params"]["policy"]
        if not has_later_day(settings, _days()):
            raise AirflowSkipException("no day after these is published, which would tell what was bought")
        with step() as work:
            work.read(*(settings.home / path for path in paths))
            found = compare(settings, policy, _days(), settings.evaluation_days, holder=attempt())
            work.note(f"{len(found.outcomes)} days compared")
        for line in as_markdown(title(found), sections(found)).splitlines():
            _log.info(line)

    return replay_days(versions)
