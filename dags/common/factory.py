"""Makes the DAGs of a capability from its declaration: of its day, of its training, of the review of a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import Param, dag

from dags.common.alerts import shelf_deadline
from dags.common.assets import candidate
from dags.common.defaults import DAG_OPTIONS
from dags.common.review import ask, collect, note_rejection, promote_approved, review_filters
from dags.common.tasks import await_upstream, build, compute, gate_features, gate_outputs, land, publish
from dags.common.timetable import DAILY, WEEKLY
from dags.common.training import build_for_training, promote, propose, train
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
        ready = await_upstream(name, gated) if capability.upstream or capability.upstream_if_landed else gated
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
        version = train(name, slices)
        promote(name, version)
        propose(name, version)

    return week()


_REVIEW_DOC = """# {dag}: a person decides on a candidate of {model}

Runs when a training proposes a version of `{model}`, which it does where `SHELDUCK_PROMOTION` says `approve`; or by
hand, for the newest one or the one that `version` names. This Airflow DAG

1. **evidence** compares the candidate with the champion: guard-rails, and what would change;
2. **approval** waits for a person, under *Required Actions*; without an answer everything stays as it is;
3. **promote** moves the alias `champion` and writes the promotion ledger: who, when, on which evidence;
4. **note_rejection** writes down who does not want it, and why.

Of two people the first decides. A version cannot be approved once a newer one is there.
"""


def review(name: str, doc: str | None = None) -> DAG:
    """The DAG of the review of a candidate."""
    capability = named(name)

    @dag(
        dag_id=capability.review_dag,
        schedule=[candidate(name)],
        is_paused_upon_creation=False,  # it runs only where a person asked to be asked
        tags=["shelduck", "asks a person"],
        doc_md=doc or _REVIEW_DOC.format(dag=capability.review_dag, model=capability.model),
        params={"version": Param(None, type=["integer", "null"], title="Version", description="none: the newest")},
        user_defined_filters=review_filters(),
        **DAG_OPTIONS,
    )
    def decision() -> None:
        asked = collect(name)
        answer = ask()
        asked >> answer >> promote_approved(name) >> note_rejection(name)

    return decision()
