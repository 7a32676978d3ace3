"""The variants of a brief as their readers see them: a group per channel, languages side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ml.copy.columns import Copy, Status
from ml.copy.pages.published import PublishedCopy, Row
from ml.copy.pages.texts import RefusedText, shown_runs
from ml.copy.pages.words import (
    CHANNELS,
    LANGUAGES_NAMED,
    PARTS_NAMED,
    WRITERS,
    called,
    rule,
    status,
    variant,
)
from ml.copy.request import PARTS
from ml.messages import Label, Preview, PreviewGroup
from ml.words import LANGUAGES, Text, Words, said

_SENDER: Final = "sender"
Key = tuple[str, int, str]
"""Channel, arm and language."""


def previews(day: PublishedCopy, brief_id: str) -> tuple[PreviewGroup, ...]:
    """A group per channel that has variants."""
    variants: dict[Key, list[Row]] = {}
    for row in day.variants.get(brief_id, []):
        variants.setdefault((row[Copy.channel], row[Copy.arm], row[Copy.language]), []).append(row)
    senders = _senders(day, brief_id)
    groups = (
        (channel, [_preview(day, variants[key], senders) for key in sorted(variants) if key[0] == channel])
        for channel in PARTS
    )
    return tuple(PreviewGroup(CHANNELS[channel], tuple(found)) for channel, found in groups if found)


def _preview(day: PublishedCopy, rows: Sequence[Row], senders: Mapping[str, str]) -> Preview:
    first = rows[0]
    texts = {row[Copy.part]: row for row in rows}
    in_order = [texts[part] for part in PARTS[first[Copy.channel]]]
    language = first[Copy.language]
    return Preview(
        form=first[Copy.channel],
        language=language,
        parts=tuple(shown_runs(row[Copy.text], language) for row in in_order),
        heading=_heading(first),
        sender=senders.get(language, ""),
        labels=(status(first[Copy.status]), *_writers(rows)),
        notes=tuple(_notes(day, in_order)),
    )


def _senders(day: PublishedCopy, brief_id: str) -> dict[str, str]:
    """By language the first name of the shop."""
    facts = [row for row in day.facts.get(brief_id, []) if row[Copy.kind] == _SENDER]
    return {row[Copy.language]: row[Copy.value] for row in reversed(facts)}


def _heading(row: Row) -> Words:
    arm, language = variant(row[Copy.arm]), called(LANGUAGES_NAMED, row[Copy.language])
    return Words(f"{arm.en}, {said(language)}", f"{arm.zh}，{said(language, 'zh')}")


def _writers(rows: Sequence[Row]) -> Iterator[Label]:
    for writer in dict.fromkeys(row[Copy.writer] for row in rows):
        yield Label(called(WRITERS, writer))


def _notes(day: PublishedCopy, rows: Sequence[Row]) -> Iterator[Text]:
    first = rows[0]
    who = first[Copy.decided_by]
    if who:
        yield Words(f"decided by {who}", f"审批人：{who}")
    shoppers = day.recipients.get((first[Copy.brief_id], first[Copy.language], first[Copy.arm]), 0)
    if first[Copy.status] == Status.APPROVED and shoppers:
        yield Words(f"{shoppers:,} shoppers get this variant", f"{shoppers:,} 位顾客收到此版本")
    yield _lengths(rows)
    for by in dict.fromkeys(row[Copy.template_id] or row[Copy.model] for row in rows):
        if by:
            yield Words(f"by {by}", f"来自 {by}")
    for row in rows:
        if row[Copy.reason]:
            part = called(PARTS_NAMED, row[Copy.part])
            yield Words(f"{said(part)}: {row[Copy.reason]}", f"{said(part, 'zh')}：{row[Copy.reason]}")


def _lengths(rows: Sequence[Row]) -> Words:
    if len(rows) == 1:
        count = rows[0][Copy.characters]
        return Words(f"{count:,} characters", f"{count:,} 字")
    told = [(called(PARTS_NAMED, row[Copy.part]), f"{row[Copy.characters]:,}") for row in rows]
    en, zh = (
        joint.join(f"{said(part, language)} {count}" for part, count in told)
        for joint, language in ((", ", LANGUAGES[0]), ("、", LANGUAGES[1]))
    )
    return Words(f"characters: {en}", f"字数：{zh}")


def refused_preview(refused: RefusedText) -> Preview:
    """A text that is not published, its findings marked and told below it."""
    row = refused.row
    heading, part = _heading(row), called(PARTS_NAMED, row[Copy.part])
    return Preview(
        form="plain",
        language=row[Copy.language],
        parts=(refused.runs,),
        heading=Words(f"{heading.en}: {said(part)}", f"{heading.zh}：{said(part, 'zh')}"),
        labels=(Label(Words("refused", "未通过"), "bad"), Label(called(WRITERS, row[Copy.writer]))),
        notes=tuple(finding(each) for each in refused.findings),
    )


def finding(row: Row) -> Words:
    """What a check says of the words that it objects to."""
    name, words, allowed = rule(row[Copy.rule]), row[Copy.found], row[Copy.allowed]
    told_en = f"; the facts allow: {allowed}" if allowed else "; no fact supports it"
    told_zh = f"；事实允许：{allowed}" if allowed else "；没有事实支持"
    return Words(f"{name.en}: “{words}”{told_en}", f"{name.zh}：“{words}”{told_zh}")
