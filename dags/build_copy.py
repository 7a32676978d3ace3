"""# build_copy: one day of copy, from briefs to published variants

**Daily.** For day D this Airflow DAG

1. **land**, **build**, **gate_features** make and check the day's slice, as everywhere; **await_upstream** waits for
   the day's recommendations and audiences;
2. **write** asks a language model for the texts that the briefs lack, and lands what it wrote as rows of `copy_texts`
   that never change. Skipped unless `SHELDUCK_LLM_URL` is set;
3. **build_written** and **gate_written** land, build and check the day again with those rows; skipped where none came;
4. **copy** chooses for each variant a person's edit, else the model's text, else a template's, each only where the
   validator passes it; **gate_copy** checks the draft, **publish** makes it a version.

**A model never fails a day.** A server that is down, slow, refuses, writes something else or has spent the run's budget
leaves its briefs to the templates; the manifest says why (`provenance.language_model`). **The same day twice** gives
the same tables: what was written is landed, and nobody is asked twice. `docs/how-to/language-model.md` tells the rest.
"""

from airflow.sdk import dag

from dags.common.alerts import shelf_deadline
from dags.common.defaults import DAG_OPTIONS
from dags.common.tasks import await_upstream, build, compute, gate_features, gate_outputs, land, publish
from dags.common.timetable import DAILY
from dags.common.writing import build_written, choose_slice, write


@dag(
    schedule=DAILY,
    deadline=shelf_deadline(),
    tags=["shelduck", "daily", "publishes"],
    doc_md=__doc__,
    **DAG_OPTIONS,
)
def build_copy() -> None:
    """From landing files to published variants."""
    landed, built = land(), build("copy")
    ready = await_upstream("copy", gate_features("copy", built))
    again = gate_features("copy", build_written(write(ready)), "gate_written")
    landed >> built
    publish("copy", gate_outputs("copy", compute("copy", choose_slice(ready, again))))


build_copy()
