"""# build_shelves: one day, from landing files to published shelves

**Daily.** For day D (the run's logical date, a day in the shop's time zone) this Airflow DAG

1. **land** loads every landing partition that arrived up to D and is new or changed;
2. **build** runs one `dbt build` as of D and exports the day's slice;
3. **gate_features** checks the slice with Great Expectations;
4. **recommend** scores every shopper with the policy effective on D;
5. **gate_recommend** checks the draft;
6. **publish** makes it a version, and current last.

**Rerun or backfill any day, in any order:** a day is a function of its inputs, so the same tables
come out. A day that is not closed (`landing/_closed/YYYY-MM-DD`) is refused and harms nothing.
A failed gate publishes nothing: readers keep the version they have.

**A backfill:** *Trigger*, *Backfill*, first and last day **both at 00:00 in the shop's time zone** (the clock
at the bottom left chooses the zone of these pages). *Missing Runs* runs days that never ran; *All Runs* runs
stale days again. The tab *Day* of a run shows what became of its day. `docs/backfill.md` walks through it.
"""

from dags.common.factory import daily

daily("recommend", __doc__)
