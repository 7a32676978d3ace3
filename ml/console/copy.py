"""What ``shelduck copy`` prints, and the decisions that it takes; they are those of the Airflow DAG's tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from ml.copy.approval.decisions import Decider, Decision, Verb, decide
from ml.copy.approval.evidence import whole_of
from ml.copy.approval.questions import notes_of, plan_of
from ml.copy.approval.shown import SHOWN_DIGITS, ShownBrief, Variant, shown_brief, shown_briefs
from ml.copy.capability import COPY
from ml.copy.columns import Copy, Status
from ml.errors import DecisionRefused
from ml.escape import visible
from ml.owners import operator
from ml.publish.readers import newest_as_of
from ml.settings import Settings

_EVERYBODY = "everybody"
_NUMBERS = ("variants", "approved", "to decide")


def show_briefs(settings: Settings, console: Console, as_of: date | None = None) -> None:
    """A line per brief.

    Raises:
        NotPublished: the day is not published.
    """
    briefs = shown_briefs(settings, as_of or newest_as_of(settings, COPY))
    if not briefs:
        console.print("no brief is switched on; see: shelduck contract landing")
        return
    console.print(f"briefs as of {briefs[0].as_of}", style="bold", highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("brief", "audience", *_NUMBERS, "withheld"):
        table.add_column(heading, justify="right" if heading in _NUMBERS else "left")
    for brief in briefs:
        table.add_row(*_cells(brief))
    console.print(table, highlight=False)


def _cells(brief: ShownBrief) -> Sequence[str]:
    approved = sum(each.status == Status.APPROVED for each in brief.variants)
    counts = (len(brief.variants), approved, len(brief.undecided))
    words = (brief.brief_id, brief.about[Copy.audience_id] or _EVERYBODY, *map(str, counts), brief.about[Copy.withheld])
    return [visible(each or "").replace("[", "\\[") for each in words]


def show_brief(settings: Settings, console: Console, brief_id: str, as_of: date | None = None) -> None:
    """A brief's variants with the evidence.

    Raises:
        NotPublished: the day is not published.
        DecisionRefused: it has no such brief.
    """
    brief = shown_brief(settings, brief_id, as_of or newest_as_of(settings, COPY))
    notes, plan = list(notes_of(settings, brief_id)), plan_of(settings, brief_id)
    console.print(Markdown(whole_of(brief, notes, plan)))
    if brief.undecided:
        name, seen = visible(brief.brief_id), brief.undecided[0].seen
        console.print(
            f"Decide: shelduck copy approve {name} {seen}, or with reject or edit", style="bold", highlight=False
        )


@dataclass(frozen=True)
class Wanted:
    """What a person wants of a brief's variants, each named with the texts that they saw: ``en/email/1@0a1b2c``."""

    verb: Verb
    brief_id: str
    variants: Sequence[str]
    reason: str


def decide_on(settings: Settings, console: Console, wanted: Wanted, as_of: date | None = None) -> None:
    """Approve or reject variants, and say what publishes it.

    Raises:
        NotPublished: the day is not published.
        DecisionRefused: there is nothing such to decide on, its texts are others by now or were not named, or a
            rejection has no reason.
    """
    brief = shown_brief(settings, wanted.brief_id, as_of or newest_as_of(settings, COPY))
    if not wanted.variants:
        raise _unseen(brief, "variants", "none")
    decisions = [
        Decision(brief.brief_id, variant.name, wanted.verb, wanted.reason, variant.variant_hash)
        for variant in (_seen(brief, each) for each in dict.fromkeys(wanted.variants))
    ]
    _land(settings, console, brief, decisions)


def edit_part(
    settings: Settings, console: Console, brief_id: str, change: tuple[str, str], as_of: date | None = None
) -> None:
    """Replace a part, named as ``en/email/1@0a1b2c/email_subject``, by a text.

    Raises:
        NotPublished: the day is not published.
        DecisionRefused: there is no such part, its texts are others by now, or the facts do not support the new one.
    """
    brief = shown_brief(settings, brief_id, as_of or newest_as_of(settings, COPY))
    named, _, part = change[0].rpartition("/")
    variant = _seen(brief, named)
    decision = Decision(brief_id, variant.name, Verb.EDIT, variant_hash=variant.variant_hash, part=part, text=change[1])
    _land(settings, console, brief, [decision])


def _seen(brief: ShownBrief, named: str) -> Variant:
    """The variant of a name with the hash that ``show`` prints: nobody decides on texts that they have not seen."""
    name, _, digits = named.partition("@")
    variant = brief.variant(name)
    if len(digits) < SHOWN_DIGITS or not variant.variant_hash.startswith(digits):
        raise _unseen(brief, f"variant {name}", digits or "no hash")
    return variant


def _unseen(brief: ShownBrief, what: str, found: str) -> DecisionRefused:
    return DecisionRefused(
        f"{what} of {brief.brief_id}",
        expected="the name and the hash of the texts that you read, such as en/email/1@0a1b2c",
        found=found,
        remedy=f"Read them: shelduck copy show {brief.brief_id} --as-of {brief.as_of}",
    )


def _land(settings: Settings, console: Console, brief: ShownBrief, decisions: Sequence[Decision]) -> None:
    landed = decide(settings, brief.as_of, decisions, Decider(operator(), datetime.now(UTC)))
    if landed.file is None:
        told = "landed before: nothing is new"
    else:
        count = f"{landed.decisions} decision{'' if landed.decisions == 1 else 's'}"
        told = f"{count} landed: {landed.file.relative_to(settings.landing_dir)}"
    console.print(
        f"{told}. Run: shelduck run --as-of {brief.as_of} --capability copy",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
