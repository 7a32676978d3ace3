"""# shadow_run: what another policy would have shown

**By hand**, with parameters: *Trigger*, then the policy and the days. For each day from **as_of** to **until**

1. **snapshots** takes the snapshot that the published day was made of, or builds it again where it was removed;
2. **shadow** scores every shopper with the policy and writes a version into `shadow/recommend`, apart from all that
   readers see;
3. **replay** compares it with what shoppers bought after each day, beside what was shown; its log has the tables. It is
   skipped where no later day is published.

Days before the policy was trained are refused: it would know the future. Running it again ends in the same.
`tidy_storage` removes what nobody used for `SHELDUCK_KEPT_SHADOW_DAYS`. `docs/how-to/compare-policies.md` reads the
tables with you.
"""

from airflow.sdk import Param, dag

from dags.common.defaults import DAG_OPTIONS
from dags.common.shadow import replay, shadow, snapshots

_POLICY = "candidate, champion, the number of a model's version, or 0 for the rules without a model"
PARAMS = {
    "policy": Param(
        "candidate", type="string", pattern="^(candidate|champion|0|[1-9][0-9]{0,8})$", description=_POLICY
    ),
    "as_of": Param(None, type="string", format="date", title="First day", description="A published day"),
    "until": Param(
        None, type=["null", "string"], format="date", title="Last day", description="The first if not given"
    ),
}


@dag(
    schedule=None,
    tags=["shelduck", "by hand", "shadow"],
    doc_md=__doc__,
    params=PARAMS,
    **{**DAG_OPTIONS, "max_active_runs": 1},
)
def shadow_run() -> None:
    """One policy, some days."""
    replay(shadow(snapshots()))


shadow_run()
