"""The tasks of a campaign's plan: each takes one step, keeps its evidence in the data home and tells it in its log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.approval import COPY
from dags.common.defaults import WAREHOUSE_POOL
from dags.common.steps import step, task_settings
from dags.common.tasks import draft_of, snapshot_of

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from ml.copy.campaigns.asked import Asked
    from ml.settings import Settings

_log = logging.getLogger(__name__)


def _param(kind: str, title: str, description: str, **more: Any) -> Param:
    return Param(more.pop("default", None), type=["null", kind], title=title, description=description, **more)


PARAMS = {
    "goal": Param("win_back", type="string", enum=["win_back", "grow", "clear", "welcome"], title="Goal"),
    "as_of": Param(None, type="string", format="date", title="As of", description="a published day"),
    "audience_id": _param("string", "Audience", "yours instead of the plan's"),
    "item_ids": Param([], type="array", items={"type": "string"}, title="Products", description="clear needs them"),
    "products": Param(3, type="integer", minimum=1, maximum=20, title="How many products the plan chooses"),
    "most_recipients": _param("integer", "Most recipients", "larger audiences are not chosen", minimum=1),
    "budget": _param("number", "Budget", "dearer plans are refused", minimum=0),
    "cost_per_message": Param(0, type="number", minimum=0, title="Cost per message"),
    "currency": _param("string", "Currency", "of budget and cost, such as USD"),
    "channel": _param("string", "Channel", "none: all", enum=["email", "push", "sms", "ad", "banner", None]),
    "language": _param("string", "Language", "none: all", enum=["en", "zh", None]),
    "tone": Param("plain", type="string", enum=["plain", "warm", "lively", "formal"], title="Tone"),
    "occasion": _param("string", "Occasion", "such as Spring wine week"),
    "occasion_zh": _param("string", "Occasion in Chinese", "of Chinese texts"),
    "percent_off": _param("number", "Percent off", "discount on the products", maximum=100),
    "code": _param("string", "Code", "what the shopper enters to get it"),
    "start_date": _param("string", "First day of the offer", "", format="date"),
    "end_date": _param("string", "Last day of the offer", "", format="date"),
    "send_date": _param("string", "Day on which it is read", "", format="date"),
    "link": _param("string", "Link", "page that the texts lead to"),
    "arms": Param(3, type="integer", minimum=1, maximum=5, title="Arms", description="variants to compare"),
    "most_steps": Param(6, type="integer", minimum=1, maximum=6, title="Most steps", description="stops after so many"),
}  # fmt: skip


def choose_audience() -> XComArg:
    """Whom the campaign is for: the published audience whose members are worth most to the goal."""
    return _step("audience", "choose_audience")


def choose_products() -> XComArg:
    """What it is about: products on the lists of most members."""
    return _step("products", "choose_products")


def write_brief() -> XComArg:
    """The brief, landed on the plan's day."""
    return _step("brief", "write_brief")


def build_brief(name: str = "build_brief") -> XComArg:
    """Land and build the day again, with what was landed since: the brief, then a language model's texts."""

    @task(task_id=name, pool=WAREHOUSE_POOL, trigger_rule="none_failed_min_one_success")
    def build() -> str:
        asked = _asked("copy")
        with step() as work:
            return snapshot_of(COPY, asked.as_of, work)

    return build()


def write_and_check(slice_path: XComArg) -> XComArg:
    """The texts, every one validated and gated; a draft that nobody reads."""

    @task(task_id="copy")
    def draft(path: str) -> str:
        from ml.copy.campaigns.steps import check_copy

        settings, asked = task_settings(), _asked("copy")
        with step() as work:
            made = draft_of(COPY, path, work)
            return _told(settings, check_copy(settings, asked, settings.home / made))

    return draft(slice_path)


def estimate() -> XComArg:
    """Reach and cost, with intervals and what is assumed; stops a plan that breaks a limit."""
    return _step("estimate", "estimate")


def propose() -> XComArg:
    """The whole plan beside the question that **approve_copy** asks; the day to publish."""

    @task(task_id="propose")
    def proposal() -> str:
        from ml.copy.campaigns.steps import propose as keep

        settings, asked = task_settings(), _asked("proposal")
        with step():
            _told(settings, keep(settings, asked))
        return asked.as_of.isoformat()

    return proposal()


def _step(name: str, function: str) -> XComArg:
    """A task that takes one step of ``ml.copy.campaigns.steps``; returns the record's path."""

    @task(task_id=name)
    def take() -> str:
        from ml.copy.campaigns import steps

        settings = task_settings()
        with step():
            asked = _asked(name)
            taken: Callable[[Settings, Asked], Path] = getattr(steps, function)
            return _told(settings, taken(settings, asked))

    return take()


def _asked(name: str) -> Asked:
    """The run's parameters; skips a step that a person does not want yet."""
    from ml.copy.campaigns.asked import asked_of
    from ml.copy.campaigns.records import not_yet

    with step():
        asked = asked_of(get_current_context()["params"])
    if why := not_yet(asked, name):
        raise AirflowSkipException(why)
    return asked


def _told(settings: Settings, file: Path) -> str:
    from ml.copy.campaigns.records import read_record

    for line in read_record(file).text.splitlines():
        _log.info(line)
    return settings.relative(file)
