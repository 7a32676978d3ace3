"""The variants of a request: of each part a person's edit, else a language model's text, else a template's.

Whoever wrote it, a text that its fact sheet does not support is not published, and its findings are told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ml.copy.columns import Status, Writer
from ml.copy.landed import Landed, VariantKey
from ml.copy.request import PARTS, Request
from ml.copy.slots import widest
from ml.copy.templates.clauses import LEADS, clauses_of, template_id
from ml.copy.templates.compose import compose
from ml.copy.templates.variables import variables
from ml.text.facts import Channel as Part
from ml.text.validation.check import Validator
from ml.text.validation.duplicates import duplicates
from ml.text.validation.names import Catalogue
from ml.text.validation.style import length
from ml.text.validation.verdict import Finding, Verdict

_MOST_REASON: Final = 300
_WRITERS: Final = {Writer.PERSON: "edit", Writer.LANGUAGE_MODEL: "language model's text"}


@dataclass(frozen=True)
class Text:
    """A text that may be published, and where it comes from; see ``copy_variant``."""

    text: str
    writer: Writer
    template_id: str | None = None
    text_id: str | None = None
    model: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Variant:
    """All parts of one arm."""

    request: Request
    arm: int
    texts: Mapping[Part, Text]

    @property
    def key(self) -> VariantKey:
        """What decisions name it by."""
        return self.request.brief_id, self.request.language, self.request.channel, self.arm

    @property
    def hash(self) -> str:
        """Hex digest of its texts."""
        told = "\0".join(f"{part}\0{text.text}" for part, text in self.texts.items())
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Refused:
    """Findings in a text that is not published."""

    request: Request
    arm: int
    part: Part
    writer: Writer
    findings: tuple[Finding, ...]


@dataclass
class Written:
    """What became of requests."""

    variants: list[Variant] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class Desk:
    """Writes the variants of requests, those of one brief and language after another.

    Args:
        catalogue: names of all that the shop sells.
    """

    def __init__(self, landed: Landed, catalogue: Catalogue | None) -> None:
        self._landed, self._catalogue = landed, catalogue
        self._validator: Validator | None = None
        self._facts: dict[str, str] = {}

    def write(self, request: Request) -> Written:
        """The variants of a request, by arm; an arm of which a part has no text, or that says what another says, is
        among the refused."""
        self._prepare(request)
        written = Written()
        for arm in range(1, request.arms + 1):
            texts = {part: self._text(request, arm, part, written.refused) for part in PARTS[request.channel]}
            found = {part: text for part, text in texts.items() if text is not None}
            if len(found) == len(texts):
                written.variants.append(Variant(request, arm, found))
        twins = self._twins(written.variants)
        written.refused += twins
        written.variants = [each for each in written.variants if each.arm not in {twin.arm for twin in twins}]
        return written

    def _twins(self, variants: Sequence[Variant]) -> list[Refused]:
        """Those that say what another says: an undecided one gives way to one that is approved, none to a rejected."""
        status = {each.arm: self._landed.status(each.key, each.hash)[0] for each in variants}
        compared = sorted(
            (each for each in variants if status[each.arm] != Status.REJECTED),
            key=lambda each: (status[each.arm] != Status.APPROVED, each.arm),
        )
        verdicts = duplicates(["\n".join(text.text for text in each.texts.values()) for each in compared])
        return [
            _duplicate(variant, verdict, compared)
            for variant, verdict in zip(compared, verdicts, strict=True)
            if not verdict.passed
        ]

    def _prepare(self, request: Request) -> None:
        """Make ready what the parts of a brief share in a language, once."""
        sheet = next(iter(request.sheets.values()))
        if self._validator is None:
            self._validator = Validator(sheet, self._catalogue)
        before = self._validator
        self._validator = before.of_part(sheet)
        if self._validator.facts is not before.facts or not self._facts:
            self._facts = variables(sheet, request.occasion)

    def _text(self, request: Request, arm: int, part: Part, refused: list[Refused]) -> Text | None:
        """The first text that passes; those that do not are added to ``refused``."""
        sheet = request.sheet_of(part, arm)
        validator = (self._validator or Validator(sheet, self._catalogue)).of_part(sheet)
        reasons: list[str] = []
        for text in self._landed_texts(request, arm, part):
            verdict = verdict_of(validator, text.text)
            if verdict.passed:
                return replace(text, reason="; ".join([*reasons, *([text.reason] if text.reason else [])]))
            reasons.append(f"{_WRITERS[text.writer]} refused: {verdict.reason}"[:_MOST_REASON])
            refused.append(Refused(request, arm, part, text.writer, verdict.findings))
        return self._of_template(request, arm, part, validator, reasons, refused)

    def _landed_texts(self, request: Request, arm: int, part: Part) -> Iterator[Text]:
        edit = self._landed.edit((request.brief_id, request.language, request.channel, arm), part)
        if edit is not None and edit.text is not None:
            yield Text(edit.text, Writer.PERSON, reason=f"edited: {edit.reason}" if edit.reason else "edited")
        for each in self._landed.texts(request.sheet_id, arm, part):
            yield Text(each.text, Writer.LANGUAGE_MODEL, text_id=each.text_id, model=each.model)

    def _of_template(  # noqa: PLR0913, PLR0917
        self,
        request: Request,
        arm: int,
        part: Part,
        validator: Validator,
        reasons: list[str],
        refused: list[Refused],
    ) -> Text | None:
        """The fullest text of the arm's template that passes."""
        lead, sheet = LEADS[arm - 1], validator.sheet
        clauses = clauses_of(request.language, request.channel, request.tone, lead)[part]
        facts = {**self._facts, "link": sheet.links[0]} if sheet.links else self._facts
        findings: tuple[Finding, ...] = ()
        for text in compose(clauses, facts, sheet.limit, request.language):
            verdict = validator.validate(text)
            if verdict.passed:
                name = template_id(request.language, request.channel, request.tone, lead)
                return Text(text, Writer.TEMPLATE, template_id=name, reason="; ".join(reasons))
            findings = findings or verdict.findings
        refused.append(Refused(request, arm, part, Writer.TEMPLATE, findings or (_nothing_fits(),)))
        return None


def verdict_of(validator: Validator, text: str) -> Verdict:
    """The verdict on a text with its slots as wide as any shopper's value."""
    verdict = validator.validate(text)
    wide = widest(text, validator.sheet.language)
    if not verdict.passed or wide == text:
        return verdict
    return Verdict(tuple(length(wide, validator.sheet.limit)))


def _duplicate(variant: Variant, verdict: Verdict, variants: Sequence[Variant]) -> Refused:
    """The finding names the other by its arm, where ``duplicates`` counts the texts that it got."""
    part, text = next(iter(variant.texts.items()))
    (finding,) = verdict.findings
    twin = variants[int(finding.found.rsplit(" ", 1)[-1]) - 1]
    return Refused(
        variant.request,
        variant.arm,
        part,
        text.writer,
        (replace(finding, end=len(text.text), found=f"as variant {twin.arm}"),),
    )


def _nothing_fits() -> Finding:
    return Finding(0, 0, "length", "no form of the template fits")
