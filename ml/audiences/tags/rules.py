"""Tags that a condition decides. One whose condition is refused is withheld with the error; the day goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.audiences.columns import Aud, TagKind
from ml.audiences.conditions.condition import Condition
from ml.audiences.conditions.parsing import parse
from ml.audiences.conditions.vocabulary import Vocabulary
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.tags.columns import DESCRIBED
from ml.audiences.tags.percentiles import measured_by
from ml.audiences.tags.shipped import Definition
from ml.errors import ConditionRefused
from ml.tables import Col
from ml.words import Language, Words, said

_LINES: Final = Words("; {} purchase lines in 365 days", "；近 365 天购买 {} 行")
_VALUE: Final = Words("; {} {}", "；{} {}")
_CALLS: Final = "a tag's condition asks for columns alone: tags, segments, shelves and purchases are not known to it"


@dataclass(frozen=True)
class Rule:
    """A tag with its condition.

    Attributes:
        condition: None where it was refused.
        refused: why; empty where it was not.
    """

    definition: Definition
    condition: Condition | None
    refused: str = ""

    @property
    def text(self) -> str:
        """The condition in its one form; as it was landed where it was refused."""
        return self.condition.text if self.condition else self.definition.condition


def rules(definitions: Iterable[Definition], words: Vocabulary) -> tuple[Rule, ...]:
    """Each tag with its condition, checked."""
    return tuple(_rule(each, words) for each in definitions)


def described(checked: Iterable[Rule]) -> pl.DataFrame:
    """What ``tag`` says of each, whoever has it."""
    rows = [
        {
            Aud.tag_id: rule.definition.tag_id,
            Aud.name_en: rule.definition.name.en,
            Aud.name_zh: rule.definition.name.zh,
            Aud.kind: TagKind.RULE.value,
            Aud.condition: rule.text,
            Aud.minimum_support: rule.definition.minimum_support,
            Aud.withheld: rule.refused,
        }
        for rule in checked
    ]
    return pl.DataFrame(rows, schema={name: TAG.schema[name] for name in DESCRIBED})


def columns_of(checked: Iterable[Rule]) -> set[str]:
    """The columns that the conditions read."""
    return {name for rule in checked if rule.condition for name in rule.condition.columns}


def fitting(checked: Iterable[Rule], people: pl.DataFrame) -> pl.DataFrame:
    """``tag_id`` and ``user_id`` of the shoppers whom tags fit."""
    found = [
        people.lazy().filter(_fits(rule)).select(pl.lit(rule.definition.tag_id).alias(Aud.tag_id), Col.user_id)
        for rule in checked
        if rule.condition
    ]
    return _together(found, (Aud.tag_id, Col.user_id))


def evidence(checked: Iterable[Rule], people: pl.DataFrame, words: Vocabulary) -> pl.DataFrame:
    """A row per tag and shopper whom it fits: ``tag_id``, ``user_id``, evidence in two languages, ``support``."""
    found = [
        people.lazy()
        .filter(_fits(rule))
        .select(
            pl.lit(rule.definition.tag_id).alias(Aud.tag_id),
            Col.user_id,
            _told(rule, words, "en").alias(Aud.evidence_en),
            _told(rule, words, "zh").alias(Aud.evidence_zh),
            (pl.col(Col.purchases_365d) if rule.definition.minimum_support else pl.lit(None)).alias(Col.support),
        )
        for rule in checked
        if rule.condition
    ]
    return _together(found, (Aud.tag_id, Col.user_id, Aud.evidence_en, Aud.evidence_zh, Col.support))


def _rule(definition: Definition, words: Vocabulary) -> Rule:
    try:
        condition = parse(definition.condition, words)
    except ConditionRefused as refusal:
        return Rule(definition, None, str(refusal))
    return Rule(definition, None, _CALLS) if condition.calls else Rule(definition, condition)


def _fits(rule: Rule) -> pl.Expr:
    assert rule.condition is not None
    return rule.condition.expression() & (pl.col(Col.purchases_365d) >= rule.definition.minimum_support)


def _told(rule: Rule, words: Vocabulary, language: Language) -> pl.Expr:
    """The terms that decide; the values behind percentiles; the purchase lines where the tag asks for some."""
    assert rule.condition is not None
    parts = [rule.condition.reason(language)]
    for name in filter(None, map(measured_by, rule.condition.columns)):
        start, end = said(_VALUE, language).format(said(words.columns[name].words, language), "{}").split("{}")
        parts += [pl.lit(start), pl.col(name).cast(pl.Float64).round(2).cast(pl.String), pl.lit(end)]
    if rule.definition.minimum_support:
        start, end = said(_LINES, language).split("{}")
        parts += [pl.lit(start), pl.col(Col.purchases_365d).cast(pl.String), pl.lit(end)]
    return pl.concat_str(parts, ignore_nulls=True)


def _together(found: list[pl.LazyFrame], columns: tuple[str, ...]) -> pl.DataFrame:
    empty = pl.DataFrame(schema={name: TAG_MEMBER.schema[name] for name in columns})
    return pl.concat([empty, *pl.collect_all(found)], how="vertical_relaxed")
