"""Makes the DAGs of a capability from its declaration: one that publishes its day, one that trains what it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import dag

from dags.common.alerts import shelf_deadline
from dags.common.defaults import DAG_OPTIONS
from dags.common.tasks import await_upstream, build, compute, gate_features, gate_outputs, land, publish
from dags.common.timetable import DAILY, WEEKLY
from dags.common.training import build_for_training, promote, train
from ml.capabilities import named

if TYPE_CHECKING:
    from airflow.sdk import DAG

_DOC = """# {dag}: one day of {name}, from landing files to published tables

**Daily.** {description}. For day D: **land**, **build** (one `dbt build`, the day's slice), **gate_features**,
**{name}** (a draft), **gate_{name}**, **publish**. Rerun or backfill any day, in any order, alone: what another DAG has
landed and built for the day is used again. A failed gate publishes nothing: readers keep the version they have.
"""


def daily(name: str, doc: str | None = None) -> DAG:
    """The DAG of a capability's day."""
    capability = named(name)
    about = _DOC.format(dag=capability.daily_dag, name=name, description=capability.description)

    @dag(
        dag_id=capability.daily_dag,
        schedule=DAILY,
        deadline=shelf_deadline(),
        tags=["shelduck", "daily", "publishes"],
        doc_md=doc or about,
        **DAG_OPTIONS,
    )
    def day() -> None:
        landed, built = land(), build(name)
        gated = gate_features(name, built)
        ready = await_upstream(name, gated) if capability.upstream else gated
        landed >> built
        publish(name, gate_outputs(name, compute(name, ready)))

    return day()


def weekly(name: str, doc: str) -> DAG:
    """The DAG of a capability's training."""

    @dag(
        dag_id=named(name).weekly_dag,
        schedule=WEEKLY,
        tags=["shelduck", "weekly", "trains"],
        doc_md=doc,
        **DAG_OPTIONS,
    )
    def week() -> None:
        landed, slices = land(), build_for_training(name)
        landed >> slices
        promote(name, train(name, slices))

    return week()
