"""# plan_campaign: from a goal to texts that wait for approval

**By hand**, with parameters: *Trigger*, then the goal, the day and the limits. Each step keeps its evidence in
`reports/copy/campaigns` of the data home and prints it in its task's log:

1. **audience**: the published audience whose members are worth most to the goal, beside the others and why not them;
2. **products**: those on the lists of most members;
3. **brief**: landed in `copy_briefs` and `copy_brief_items` of the day; the same plan again lands nothing;
4. **build_brief**, **write** (skipped unless `SHELDUCK_LLM_URL` is set), **build_texts** and **copy**: the texts, in
   several arms, every fact checked;
5. **estimate**: reach, cost, purchases and responses with intervals; what is assumed is said to be;
6. **propose** and **publish_copy**: the texts are published as proposed, and **approve_copy** asks a person, who reads
   the whole plan below them.

Every choice can be made by a person instead: name the audience, the products, the tone or the offer. **most_steps**
stops after a step; **most_recipients** and **budget** refuse what is larger or dearer, before anything is landed.
Nothing is ever sent: Shelduck publishes tables.
"""

from airflow.sdk import dag
from airflow.sdk.bases.operator import chain

from dags.common.approval import COPY
from dags.common.campaign import (
    PARAMS,
    build_brief,
    choose_audience,
    choose_products,
    estimate,
    propose,
    write_and_check,
    write_brief,
)
from dags.common.defaults import DAG_OPTIONS
from dags.common.tasks import publish_again
from dags.common.writing import write


@dag(
    schedule=None,
    tags=["shelduck", "by hand", "asks a person"],
    doc_md=__doc__,
    params=PARAMS,
    **{**DAG_OPTIONS, "max_active_runs": 1},
)
def plan_campaign() -> None:
    """One campaign, to its proposal."""
    built, texts, proposal = build_brief(), build_brief("build_texts"), propose()
    publish_again(COPY, proposal)
    chain(choose_audience(), choose_products(), write_brief(), built, texts)
    chain(write(built), texts)
    chain(write_and_check(texts), estimate(), proposal)


plan_campaign()
