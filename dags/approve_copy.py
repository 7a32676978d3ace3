"""# approve_copy: a person decides on marketing texts

**On an asset**, whenever `copy` is published; or by hand, for one brief (**brief_id**) or a published day (**as_of**).
For each brief with variants that nobody has decided on, and that nobody is asked about already, this Airflow DAG

1. **evidence** gathers the texts, the facts that they state and what was refused before;
2. **ask** waits for a person, under *Required Actions*: approve or reject the chosen variants, edit one part, or later;
3. **decide** checks the answer (an edit against the brief's fact sheet) and lands it in `copy_decisions`;
4. **publish_copy** publishes `copy` of the day again: approved variants have their arms and recipients from then on;
5. **ask_again** starts the next question where the answer was refused; it says why.

Without an answer within seven days everything stays proposed. Nothing is ever sent: Shelduck publishes tables.
"""

from airflow.sdk import AssetAny, Param, dag, task_group

from dags.common.approval import COPY, ask, ask_again, evidence, land_decision
from dags.common.assets import copy_to_decide, published
from dags.common.defaults import DAG_OPTIONS
from dags.common.tasks import publish_again

PARAMS = {
    "brief_id": Param(None, type=["null", "string"], title="Brief", description="Default: every brief"),
    "as_of": Param(None, type=["null", "string"], format="date", title="As of", description="Default: the newest day"),
}


@dag(
    schedule=AssetAny(published(COPY), copy_to_decide()),
    tags=["shelduck", "asks a person"],
    doc_md=__doc__,
    params=PARAMS,
    is_paused_upon_creation=False,  # it asks only where a brief was landed
    **DAG_OPTIONS,
)
def approve_copy() -> None:
    """Each brief: its question, its answer, its publication."""

    @task_group(group_id="brief")
    def brief(folder: str) -> None:
        question, decided = ask(folder), land_decision(folder)
        question >> decided >> ask_again()
        publish_again(COPY, decided)

    brief.expand(folder=evidence())


approve_copy()
