"""The steps of a plan as the DAG's tasks take them: read what was chosen before, choose, keep the evidence."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from ml.copy.approval.questions import plan_file
from ml.copy.campaigns.asked import Asked, Step
from ml.copy.campaigns.audiences import chosen_audience
from ml.copy.campaigns.brief import land_brief
from ml.copy.campaigns.estimate import estimated
from ml.copy.campaigns.products import chosen_products
from ml.copy.campaigns.published import published_of
from ml.copy.campaigns.records import Record, keep_record, plan_text, read_record, records_of, refused
from ml.copy.campaigns.tables import table_of
from ml.copy.columns import Copy
from ml.copy.outputs import COPY_BRIEF, COPY_CHECK, COPY_VARIANT
from ml.durable import write_text
from ml.settings import Settings


def choose_audience(settings: Settings, asked: Asked) -> Path:
    """The audience; returns the record's file, as every step does.

    Raises:
        NotPublished: what it is chosen from is not published for the day.
        PlanRefused: no audience is within the limits.
    """
    return keep_record(settings, asked, chosen_audience(published_of(settings, asked.as_of), asked))


def choose_products(settings: Settings, asked: Asked) -> Path:
    """The products, for the audience that was chosen.

    Raises:
        PlanRefused: there is none.
    """
    read, audience = published_of(settings, asked.as_of), chosen(settings, asked, Step.AUDIENCE)["audience_id"]
    return keep_record(settings, asked, chosen_products(read, asked, audience))


def write_brief(settings: Settings, asked: Asked) -> Path:
    """The brief, landed."""
    audience, products = (chosen(settings, asked, step) for step in (Step.AUDIENCE, Step.PRODUCTS))
    record, _ = land_brief(settings, asked, audience["audience_id"], products["item_ids"])
    return keep_record(settings, asked, record)


def check_copy(settings: Settings, asked: Asked, draft: Path) -> Path:
    """What was written for the brief in a draft, and what of it was refused.

    Raises:
        PlanRefused: nothing was written; the message says why.
    """
    brief_id = chosen(settings, asked, Step.BRIEF)["brief_id"]
    tables = {
        table.name: pl.read_parquet(draft / f"{table.name}.parquet").filter(pl.col(Copy.brief_id) == brief_id)
        for table in (COPY_BRIEF, COPY_VARIANT, COPY_CHECK)
    }
    variants, briefs = tables[COPY_VARIANT.name], tables[COPY_BRIEF.name]
    if variants.is_empty():
        why = briefs[Copy.withheld].to_list() or ["the brief was not found"]
        raise refused(asked, "texts for the brief", f"none: {why[0]}", "Change the products, the audience or the offer")
    return keep_record(settings, asked, _written(variants, tables[COPY_CHECK.name]))


def estimate(settings: Settings, asked: Asked) -> Path:
    """Reach and cost.

    Raises:
        PlanRefused: a limit is broken.
    """
    read, audience = published_of(settings, asked.as_of), chosen(settings, asked, Step.AUDIENCE)["audience_id"]
    variants = chosen(settings, asked, Step.COPY)["variants"]
    return keep_record(settings, asked, estimated(read, asked, audience, variants))


def propose(settings: Settings, asked: Asked) -> Path:
    """The whole plan, where the question about its brief shows it."""
    brief_id = chosen(settings, asked, Step.BRIEF)["brief_id"]
    told = f"Brief {brief_id} waits for a person; nothing is sent. Decide in Airflow, or: shelduck copy show {brief_id}"
    file = keep_record(settings, asked, Record(step=Step.PROPOSAL, summary=told, chosen={"brief_id": brief_id}))
    before = [each for each in records_of(settings, asked.plan_id) if each.step is not Step.PROPOSAL]
    write_text(plan_file(settings, brief_id), plan_text(asked, before))
    return file


def chosen(settings: Settings, asked: Asked, step: Step) -> dict[str, Any]:
    """What an earlier step of the plan chose."""
    found = next((each for each in records_of(settings, asked.plan_id) if each.step is step), None)
    if found is None:
        raise refused(asked, f"the step {step.value} before", "no record of it", "Trigger plan_campaign again")
    return found.chosen


def summary_of(file: Path) -> str:
    """A step in one line, for the log."""
    return read_record(file).summary


def _written(variants: pl.DataFrame, checks: pl.DataFrame) -> Record:
    arms = variants.unique([Copy.language, Copy.channel, Copy.arm], maintain_order=True)
    counts = Counter(arms.select(Copy.language, Copy.channel, Copy.writer).iter_rows())
    rows = [(language, channel, writer, str(count)) for (language, channel, writer), count in sorted(counts.items())]
    rules = Counter(checks.select(Copy.writer, Copy.rule).iter_rows())
    found = "; ".join(f"{count} × {rule} by {writer}" for (writer, rule), count in sorted(rules.items()))
    refusals = f"Refused before: {found}." if found else "Nothing that was written was refused."
    return Record(
        step=Step.COPY,
        summary=f"{arms.height} variants, every fact of which stands in the fact sheet.",
        markdown=f"{table_of(('language', 'channel', 'written by', 'variants'), rows, ('variants',))}\n\n{refusals}",
        chosen={"variants": arms.height},
    )
