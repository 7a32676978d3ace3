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
from ml.copy.approval.shown import ShownBrief, shown_brief, shown_briefs
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
        name = visible(brief.brief_id)
        console.print(f"Decide: shelduck copy approve {name}, or with reject or edit", style="bold", highlight=False)


@dataclass(frozen=True)
class Wanted:
    """What a person wants of a brief's variants; none named: of all that are undecided."""

    verb: Verb
    brief_id: str
    variants: Sequence[str]
    reason: str


def decide_on(settings: Settings, console: Console, wanted: Wanted, as_of: date | None = None) -> None:
    """Approve or reject variants, and say what publishes it.

    Raises:
        NotPublished: the day is not published.
        DecisionRefused: there is nothing such to decide on, or a rejection has no reason.
    """
    brief = shown_brief(settings, wanted.brief_id, as_of or newest_as_of(settings, COPY))
    names = list(dict.fromkeys(wanted.variants)) or [each.name for each in brief.undecided]
    if not names:
        raise DecisionRefused(
            f"brief {brief.brief_id}",
            expected="a variant that nobody has decided on",
            found="none",
            remedy="Name those to decide on again, such as en/email/1",
        )
    decisions = [Decision(brief.brief_id, name, wanted.verb, wanted.reason) for name in names]
    _land(settings, console, brief, decisions)


def edit_part(
    settings: Settings, console: Console, brief_id: str, change: tuple[str, str], as_of: date | None = None
) -> None:
    """Replace a part, named as ``en/email/1/email_subject``, by a text.

    Raises:
        NotPublished: the day is not published.
        DecisionRefused: there is no such part, or the facts do not support the text.
    """
    brief = shown_brief(settings, brief_id, as_of or newest_as_of(settings, COPY))
    variant, _, part = change[0].rpartition("/")
    _land(settings, console, brief, [Decision(brief_id, variant, Verb.EDIT, part=part, text=change[1])])


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
