"""The tasks between the gates of a day and its copy: ask a language model, land what it wrote, build the day again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.defaults import WAREHOUSE_POOL
from dags.common.steps import attempt, last_day, step, task_settings, tell_slice
from ml.capabilities import named

if TYPE_CHECKING:
    from airflow.sdk import XComArg

_NAME = "copy"


def write(slice_path: XComArg) -> XComArg:
    """Ask for the texts that the day's briefs lack; skipped without a language model. Returns how many were landed."""

    @task(task_id="write")
    def write_texts(path: str) -> int:
        from ml.copy.writing.daily import write as write_day

        settings = task_settings()
        with step() as work:
            work.read(settings.home / path)
            written = write_day(settings, settings.home / path)
            if written is not None:
                work.wrote(rows=written.landed)
                work.note(written.told())
        if written is None:
            raise AirflowSkipException("SHELDUCK_LLM_URL is not set: templates write all of it")
        return written.landed

    return write_texts(slice_path)


def build_written(written: XComArg) -> XComArg:
    """Land and build the day again, with the texts; skipped where none was written."""

    @task(task_id="build_written", pool=WAREHOUSE_POOL)
    def build_again(landed: int, data_interval_end: datetime | None) -> str:
        from ml.landing.load import land
        from ml.warehouse.build import build

        if not landed:
            raise AirflowSkipException("nothing was written: the day stays as it was built")
        settings, as_of = task_settings(), last_day(data_interval_end)
        with step() as work:
            land(settings, as_of, holder=attempt())
            (day,) = build(settings, [as_of], holder=attempt(), capability=named(_NAME))
            tell_slice(work, day)
        return settings.relative(day.folder)

    return build_again(written)


def choose_slice(before: XComArg, after: XComArg) -> XComArg:
    """The slice that copy is computed from: the one with the texts where there is one."""

    @task(task_id="choose_slice", trigger_rule="none_failed_min_one_success")
    def choose(path: str, path_with_texts: str | None) -> str:
        return path_with_texts or path

    return choose(before, after)
