"""Why a condition holds of a shopper: the terms that decide, with the shopper's values, in English or Chinese.

One string expression for all shoppers. Of ``and`` every term is told, of ``or`` those that hold; of the opposite
those that do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl

from ml.audiences.conditions.expressions import expression, value_of
from ml.audiences.conditions.names import column_words
from ml.audiences.conditions.terms import (
    All,
    Any,
    Between,
    Call,
    Compared,
    Field,
    Function,
    Holds,
    Leaf,
    Not,
    OneOf,
    Sort,
    Term,
    Unknown,
    Value,
)
from ml.audiences.conditions.vocabulary import Vocabulary
from ml.words import Language, Words, said

_OPERATORS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "=": Words("equal to {}", "等于 {}"),
        "!=": Words("other than {}", "不等于 {}"),
        "<": Words("below {}", "低于 {}"),
        "<=": Words("at most {}", "不高于 {}"),
        ">": Words("above {}", "高于 {}"),
        ">=": Words("at least {}", "不低于 {}"),
    }
)
_BETWEEN: Final = Words("between {} and {}", "介于 {} 和 {} 之间")
_NOT_BETWEEN: Final = Words("not between {} and {}", "不在 {} 和 {} 之间")
_ONE_OF: Final = Words("one of {}", "属于 {}")
_NONE_OF: Final = Words("none of {}", "不属于 {}")
_UNKNOWN: Final = Words("unknown", "未知")
_TERMS: Final = Words("; ", "；")
_VALUES: Final = Words(", ", "、")
_BRACKETS: Final = Words(" ({})", "（{}）")
_CONDITION: Final = Words("not {}", "并非{}")
_FLAGS: Final = {True: Words("yes", "是"), False: Words("no", "否")}
_HELD: Final[Mapping[Function, tuple[Words, Words]]] = MappingProxyType(
    {
        Function.TAG: (Words("tag {}", "标签“{}”"), Words("no tag {}", "无标签“{}”")),
        Function.SEGMENT: (Words("in segment {}", "属于细分“{}”"), Words("not in segment {}", "不属于细分“{}”")),
        Function.RFM: (Words("RFM class {}", "RFM 类别“{}”"), Words("not RFM class {}", "非 RFM 类别“{}”")),
        Function.STAGE: (Words("stage {}", "阶段“{}”"), Words("not stage {}", "非阶段“{}”")),
        Function.CONSENT: (Words("consent to {}", "已同意“{}”"), Words("no consent to {}", "未同意“{}”")),
        Function.ON_SHELF: (
            Words("{} on their shelf {}", "{1}陈列中有{0}"),
            Words("no {} on their shelf {}", "{1}陈列中无{0}"),
        ),
    }
)
_ITEM: Final = Words("item", "商品")
_MOST_VALUES: Final = 5


def reason(term: Term, vocabulary: Vocabulary, language: Language = "en") -> pl.Expr:
    """Why ``term`` holds of a row of a prepared frame, or why it does not."""
    held, failed = (_told(term, vocabulary, language, holds) for holds in (True, False))
    return pl.when(expression(term)).then(held).otherwise(failed)


def _told(term: Term, vocabulary: Vocabulary, language: Language, holds: bool) -> pl.Expr:
    """What decides that a term holds, or that it does not; of no use for rows where it is the other way round."""
    if isinstance(term, Not):
        return _told(term.term, vocabulary, language, not holds)
    if isinstance(term, (All, Any)):
        told = [_told(each, vocabulary, language, holds) for each in term.terms]
        if isinstance(term, Any) is holds:  # some of them decide, not all
            decides = (expression(each) if holds else ~expression(each) for each in term.terms)
            told = [pl.when(which).then(text) for which, text in zip(decides, told, strict=True)]
        return pl.concat_str(told, separator=said(_TERMS, language), ignore_nulls=True)
    return _leaf(term, vocabulary, language, holds)


def _leaf(leaf: Leaf, vocabulary: Vocabulary, language: Language, holds: bool) -> pl.Expr:
    if isinstance(leaf, Holds):
        return pl.lit(_called(leaf.call, vocabulary, language, holds))
    name, value = _name(leaf.field, vocabulary, language), _shown(leaf.field, language)
    if isinstance(leaf, Unknown):
        return pl.concat_str(pl.lit(f"{name} "), value)
    asked = _asked(leaf, language)
    if not holds:
        asked = said(_CONDITION, language).format(asked)
    return pl.concat_str(pl.lit(f"{name} "), value, pl.lit(said(_BRACKETS, language).format(asked)))


def _asked(leaf: Compared | Between | OneOf, language: Language) -> str:
    """What a leaf asks of the value, in words."""
    if isinstance(leaf, Compared):
        return said(_OPERATORS[leaf.operator], language).format(_literal(leaf.value, language))
    if isinstance(leaf, Between):
        words = said(_NOT_BETWEEN if leaf.is_negated else _BETWEEN, language)
        return words.format(_literal(leaf.low, language), _literal(leaf.high, language))
    shown = [_literal(value, language) for value in leaf.values[:_MOST_VALUES]]
    more = ["…"] if len(leaf.values) > _MOST_VALUES else []
    return said(_NONE_OF if leaf.is_negated else _ONE_OF, language).format(said(_VALUES, language).join(shown + more))


def _literal(value: Value, language: Language) -> str:
    if isinstance(value, bool):
        return said(_FLAGS[value], language)
    return str(value)


def _shown(field: Field, language: Language) -> pl.Expr:
    """The value of a field as a text, never null."""
    value = value_of(field)
    if field.sort is Sort.NUMBER:
        rounded = pl.when(value.abs() >= 1).then(value.round(2)).otherwise(value.round_sig_figs(3))
        text = rounded.cast(pl.String).str.strip_suffix(".0")
    elif field.sort is Sort.FLAG:
        flags = {flag: said(words, language) for flag, words in _FLAGS.items()}
        text = pl.when(value).then(pl.lit(flags[True])).when(~value).then(pl.lit(flags[False]))
    else:
        text = value.cast(pl.String)
    return text.fill_null(said(_UNKNOWN, language))


def _name(field: Field, vocabulary: Vocabulary, language: Language) -> str:
    if isinstance(field.source, Call):
        return _measured(field.source, language)
    known = vocabulary.columns.get(field.source)
    return said(known.words if known else column_words(field.source), language)


def _measured(call: Call, language: Language) -> str:
    """The name of a call whose answer is a number."""
    items = _items(call, language)
    if call.function is Function.LIKELY_TO_BUY:
        return said(Words(f"probability to buy {items}", f"购买{items}的概率"), language)
    if call.number is None:
        return said(Words(f"days on which they bought {items}", f"购买{items}的天数"), language)
    english = f"days on which they bought {items} in {call.number} days"
    return said(Words(english, f"近 {call.number} 天购买{items}的天数"), language)


def _called(call: Call, vocabulary: Vocabulary, language: Language, holds: bool) -> str:
    """A call that is true, or false."""
    words = said(_HELD[call.function][0 if holds else 1], language)
    subject = said(vocabulary.words_of(call.function, call.subject), language)
    return (
        words.format(_items(call, language), subject) if call.function is Function.ON_SHELF else words.format(subject)
    )


def _items(call: Call, language: Language) -> str:
    """Which items a call is about."""
    return " ".join(value for _, value in call.items) or said(_ITEM, language)
