"""# build_site: the pages of a day, after it was published

**After a publication**, of any capability. Writes the static site of the published day into `reports/site/<day>` of the
data home; this Airflow shows the newest one under *Shelduck* in its navigation. It reads what is published and changes
none of it: when it fails, readers have their tables all the same.

While another capability's run of the same day is still at work, the run is skipped: that publication starts the next.
Trigger it by hand with **as_of** for any published day, without for the newest. `shelduck site` does the same.
"""

from airflow.sdk import AssetAny, Param, dag

from dags.common.assets import published
from dags.common.defaults import DAG_OPTIONS
from dags.common.site import build
from ml.capabilities import names

AS_OF = Param(None, type=["null", "string"], format="date", title="As of", description="Default: the newest day")


@dag(
    schedule=AssetAny(*(published(name) for name in names())),
    tags=["shelduck", "pages"],
    doc_md=__doc__,
    params={"as_of": AS_OF},
    is_paused_upon_creation=False,
    **{**DAG_OPTIONS, "max_active_runs": 1},
)
def build_site() -> None:
    """One day: its pages."""
    build()


build_site()
