"""# tidy_storage: what is no longer needed goes

**Weekly, Sunday at noon** by the shop's clock, after the week's training. Trigger it by hand whenever space is short;
with **dry_run** it only lists, in the tasks' logs, what it would remove.

1. **tidy_warehouse** removes slices beyond their number and copies the warehouse file into a smaller one when a fifth
   of it is free (it waits for runs that write, and they wait for it);
2. **tidy_published** removes published versions, drafts and exports of audiences past their age, never what readers
   have or a pin names;
3. **tidy_models** removes MLflow trainings past their age whose model no kept day, no alias and no reader needs;
4. **tidy_reports** removes gates' pages and results, and sites, of old days, and old questions about marketing texts;
5. **tidy_airflow** removes old task logs, and old runs with `airflow db clean`.

How long things stay is in the settings `SHELDUCK_KEPT_…`. A removed day can be made again, with the same content, as
long as its landing files are there: backfill it. What was removed stands in `published/publications.jsonl`.
"""

from airflow.sdk import Param, chain, dag

from dags.common.defaults import DAG_OPTIONS, WAREHOUSE_POOL
from dags.common.tasks import tidy
from dags.common.timetable import SUNDAY_NOON

DRY_RUN = Param(False, type="boolean", title="Dry run", description="Only list what would be removed")


@dag(
    schedule=SUNDAY_NOON,
    tags=["shelduck", "weekly", "tidies"],
    doc_md=__doc__,
    params={"dry_run": DRY_RUN},
    **{**DAG_OPTIONS, "max_active_runs": 1},
)
def tidy_storage() -> None:
    """One week: warehouse, versions, models, reports, Airflow."""
    chain(
        tidy("tidy_warehouse", pool=WAREHOUSE_POOL),
        tidy("tidy_published"),
        tidy("tidy_models"),
        tidy("tidy_reports"),
        tidy("tidy_airflow"),
    )


tidy_storage()
