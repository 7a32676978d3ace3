"""What a person reads before they decide on variants: texts, the facts in them, what was checked; Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ml.copy.approval.shown import Fact, Part, Refused, ShownBrief, Variant
from ml.copy.columns import Copy, Status, Writer
from ml.escape import for_markdown

_WRITERS: Final = {
    Writer.TEMPLATE.value: "template",
    Writer.LANGUAGE_MODEL.value: "language model",
    Writer.PERSON.value: "a person",
}
_LINK: Final = "link"
_MOST_REFUSED: Final = 8


def subject_of(brief: ShownBrief) -> str:
    """The question, one line of plain text."""
    count = len(brief.undecided)
    name = brief.about[Copy.name] or brief.brief_id
    return f"{name}: {count} variant{'' if count == 1 else 's'} to decide on, as of {brief.as_of}"


def body_of(brief: ShownBrief, notes: Sequence[str] = (), plan: str = "") -> str:
    """The text beneath the question: what is asked, each undecided variant, every fact, the plan.

    Args:
        notes: Markdown paragraphs that come first, such as what was wrong with an edit.
        plan: Markdown that comes last: how the campaign was planned.
    """
    parts = [*notes, _wanted(brief), _how(), *_shown(brief, brief.undecided), plan]
    return "\n\n".join(part for part in parts if part) + "\n"


def whole_of(brief: ShownBrief, notes: Sequence[str] = (), plan: str = "") -> str:
    """Every variant of a brief, decided ones too, each with the hash of its texts; Markdown."""
    counts = ", ".join(f"{sum(each.status == one for each in brief.variants)} {one.value}" for one in Status)
    withheld = brief.about[Copy.withheld]
    told = f"Nothing was written: {for_markdown(withheld)}" if withheld else f"Variants: {counts}."
    parts = [*notes, _wanted(brief), told, *_shown(brief, brief.variants, with_hash=True), plan]
    return "\n\n".join(part for part in parts if part) + "\n"


def _shown(brief: ShownBrief, variants: Sequence[Variant], *, with_hash: bool = False) -> Iterator[str]:
    for variant in variants:
        name = variant.seen if with_hash else variant.name
        yield from _variant(name, variant, [fact for fact in brief.facts if fact.language == variant.language])
    yield from _facts(brief, list(dict.fromkeys(each.language for each in variants)))


def document_of(brief: ShownBrief, notes: Sequence[str] = (), plan: str = "") -> str:
    """All of it, Markdown."""
    return f"# {for_markdown(subject_of(brief))}\n\n{body_of(brief, notes, plan)}"


def _wanted(brief: ShownBrief) -> str:
    about = brief.about
    audience = f"audience `{about[Copy.audience_id]}`" if about[Copy.audience_id] else "everybody who may be written to"
    people = about[Copy.recipients]
    size = f", {people:,} shoppers" if people is not None else ""
    occasion = f"; occasion: {for_markdown(about[Copy.occasion])}" if about[Copy.occasion] else ""
    offer = _period(about)
    return f"Brief `{brief.brief_id}` for {audience}{size}; tone: {about[Copy.tone]}{occasion}{offer}."


def _period(about: dict[str, object]) -> str:
    first, last = about[Copy.start_date], about[Copy.end_date]
    if first is None and last is None:
        return ""
    return f"; offer {f'from {first}' if first else ''}{' ' if first and last else ''}{f'until {last}' if last else ''}"


def _how() -> str:
    return (
        "Every number, price, date, name and link below was found in the fact sheet. **Approve** lets the chosen "
        "variants go out as arms of an experiment (none chosen: all below), **Reject** needs a reason, **Edit** "
        "replaces one part, which is checked at once and asked about again. Nothing is sent by this. Without an answer "
        "everything stays proposed."
    )


def _variant(name: str, variant: Variant, facts: Sequence[Fact]) -> Iterator[str]:
    who = f" by {for_markdown(variant.decided_by)}" if variant.decided_by else ""
    yield f"### {name}" + ("" if variant.is_undecided else f" · {variant.status}{who}")
    yield _writers(variant.parts)
    rows = ["| part | text | facts in it |", "|---|---|---|"]
    for part in variant.parts:
        rows += _rows(part, facts)
    yield "\n".join(rows)
    if variant.refused:
        yield _told_refused(variant.refused)


def _rows(part: Part, facts: Sequence[Fact]) -> Iterator[str]:
    """A row per paragraph: a cell of Markdown holds one line."""
    paragraphs = [each.strip() for each in part.text.split("\n") if each.strip()] or [""]
    for number, paragraph in enumerate(paragraphs):
        name = f"{part.part}, {part.characters} characters" if number == 0 else ""
        stated = "; ".join(dict.fromkeys(_short(fact) for fact in stated_in(paragraph, facts)))
        yield f"| {name} | {for_markdown(paragraph)} | {stated} |"


def _short(fact: Fact) -> str:
    """A fact beside the text that states it; a link is long, and stands there."""
    return "the link" if fact.kind == _LINK else for_markdown(fact.value)


def _writers(parts: Sequence[Part]) -> str:
    """Who wrote the parts, once where it is the same for all."""
    told = [_writer(part) for part in parts]
    if len(set(told)) == 1:
        return f"Written by: {told[0]}."
    return f"Written by: {'; '.join(f'{part.part} by {who}' for part, who in zip(parts, told, strict=True))}."


def _writer(part: Part) -> str:
    who = _WRITERS.get(part.writer, part.writer)
    model = f" {for_markdown(part.model)}" if part.model else ""
    return f"{who}{model}{f': {for_markdown(part.reason)}' if part.reason else ''}"


def stated_in(text: str, facts: Sequence[Fact]) -> list[Fact]:
    """The facts whose words stand in ``text``, each value once, in the order of the sheet."""
    folded = text.casefold()
    found: dict[str, Fact] = {}
    for fact in facts:
        if fact.value.casefold() in folded:
            found.setdefault(fact.value, fact)
    return list(found.values())


def _told_refused(refused: Sequence[Refused]) -> str:
    lines = [
        f"- {each.part} by {_WRITERS.get(each.writer, each.writer)}: {each.rule} “{for_markdown(each.found)}”"
        + (f", allowed: {for_markdown(each.allowed)}" if each.allowed else "")
        for each in refused[:_MOST_REFUSED]
    ]
    more = len(refused) - _MOST_REFUSED
    return "\n".join(
        ["Texts that were refused before these:", "", *lines, *([f"- and {more} more"] if more > 0 else [])]
    )


def _facts(brief: ShownBrief, languages: Sequence[str]) -> Iterator[str]:
    for language in languages:
        yield f"### All facts that texts in {language} may state"
        rows = ["| fact | kind | comes from |", "|---|---|---|"]
        rows += [
            f"| {for_markdown(fact.value)} | {for_markdown(fact.kind)} | {for_markdown(fact.source)} |"
            for fact in brief.facts
            if fact.language == language
        ]
        yield "\n".join(rows)
