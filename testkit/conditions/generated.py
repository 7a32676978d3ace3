"""Conditions at random with what they mean in plain Python, and shoppers that they are about."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from ml.audiences.conditions.vocabulary import KnownColumn, Vocabulary
from ml.tables import Col, Kind
from ml.words import Words

SPEND, ORDERS, CHURN, CHANNEL, SINCE, LOYAL = "spend", "orders", "churn_probability", "channel", "since", "is_loyal"
FIRST_DAY: Final = date(2025, 3, 1)
CHANNELS: Final = ("web", "store", "app's", "门店 \n", "; drop table x; --")
TAGS: Final = ("wine", "baking's")
CATEGORIES: Final = ("WINE", "BREAD", "TEA 'N' MORE")
_KINDS: Final = {
    SPEND: Kind.NUMBER,
    ORDERS: Kind.COUNT,
    CHURN: Kind.NUMBER,
    CHANNEL: Kind.TEXT,
    SINCE: Kind.DAY,
    LOYAL: Kind.FLAG,
}
VOCABULARY: Final = Vocabulary(
    columns={
        name: KnownColumn(name, kind, Words(name, name), unit="probability, 0 to 1" if name == CHURN else "")
        for name, kind in _KINDS.items()
    },
    tags={tag: Words(tag, tag) for tag in TAGS},
    placements={"for_you": Words("for you", "为你")},
    stages={"at_risk": Words("at risk", "有流失风险")},
    purposes={"email": Words("e-mail", "邮件")},
    values={Col.item_category: CATEGORIES},
)
Row = Mapping[str, Any]
Holds = Callable[[Row], bool]
"""Whether a condition holds of a shopper: a column's value by name, and what calls ask for by the text of the call."""
_OPERATORS: Final[tuple[tuple[str, Callable[[Any, Any], bool]], ...]] = (
    ("=", operator.eq),
    ("!=", operator.ne),
    ("<", operator.lt),
    ("<=", operator.le),
    (">", operator.gt),
    (">=", operator.ge),
)


@dataclass(frozen=True)
class Written:
    """A condition and what it means, each made without the other."""

    text: str
    holds: Holds


def written(chance: random.Random, depth: int = 4) -> Written:
    """A condition at random, that the grammar allows."""
    kind = chance.random()
    if depth and kind < 0.45:
        parts = [written(chance, depth - 1) for _ in range(chance.randint(2, 3))]
        word, decides = chance.choice((("and", all), ("or", any)))
        text = f" {_cased(chance, word)} ".join(f"({part.text})" for part in parts)
        return Written(text, lambda row: decides(part.holds(row) for part in parts))
    if depth and kind < 0.6:
        part = written(chance, depth - 1)
        return Written(f"{_cased(chance, 'not')} ({part.text})", lambda row: not part.holds(row))
    return chance.choice((_number, _number, _text, _day, _flag, _unknown, _call, _measure))(chance)


def rows(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Shoppers at random; a quarter of the values is unknown, some numbers are none."""

    def known(value: Any) -> Any:
        return None if chance.random() < 0.25 else value

    return [
        {
            Col.user_id: f"s{number}",
            SPEND: known(chance.choice((0.0, 1.0, 2.5, -3.0, 1e6, float("nan")))),
            ORDERS: known(chance.randint(-2, 4)),
            CHURN: known(chance.choice((0.0, 0.2, 0.4, 0.8, 1.0))),
            CHANNEL: known(chance.choice(CHANNELS)),
            SINCE: known(FIRST_DAY + timedelta(days=chance.randint(0, 5))),
            LOYAL: known(chance.random() < 0.5),
        }
        for number in range(count)
    ]


def _number(chance: random.Random) -> Written:
    column = chance.choice((SPEND, ORDERS, CHURN))
    value = chance.choice((-3, 0, 1, 2, 2.5, 0.4, 0.8))
    text = (
        f"{value * 100:g} %" if column == CHURN and chance.random() < 0.5 else chance.choice((f"{value}", f"{value:e}"))
    )
    return _compared(chance, column, value, text, _real)


def _text(chance: random.Random) -> Written:
    values = chance.sample(CHANNELS, 2)
    quoted = [_quoted(value) for value in values]
    if chance.random() < 0.5:
        is_not = chance.random() < 0.5
        text = f"{CHANNEL} {'NOT ' if is_not else ''}in ({', '.join(quoted)})"
        return Written(text, lambda row: row[CHANNEL] is not None and (row[CHANNEL] in values) != is_not)
    is_not = chance.random() < 0.5
    text = f"{CHANNEL} {'!=' if is_not else '='} {quoted[0]}"
    return Written(text, lambda row: row[CHANNEL] is not None and (row[CHANNEL] == values[0]) != is_not)


def _day(chance: random.Random) -> Written:
    day = FIRST_DAY + timedelta(days=chance.randint(0, 5))
    return _compared(chance, SINCE, day, f"'{day}'", lambda value: value)


def _compared(chance: random.Random, column: str, value: Any, text: str, real: Callable[[Any], Any]) -> Written:
    """A comparison with ``value``, or a range around it."""
    if chance.random() < 0.3:
        is_not = chance.random() < 0.5
        between = f"{column} {'not ' if is_not else ''}{_cased(chance, 'between')} {text} and {text}"
        return Written(between, lambda row: real(row[column]) is not None and (row[column] == value) != is_not)
    sign, holds = chance.choice(_OPERATORS)
    space = chance.choice(("", " ", "\n"))
    return Written(
        f"{column}{space}{sign}{space}{text}", lambda row: real(row[column]) is not None and holds(row[column], value)
    )


def _flag(chance: random.Random) -> Written:
    text, wanted = chance.choice(
        ((LOYAL, True), (f"{LOYAL} = TRUE", True), (f"{LOYAL} = false", False), (f"{LOYAL} != true", False))
    )
    return Written(text, lambda row: row[LOYAL] is wanted)


def _unknown(chance: random.Random) -> Written:
    column = chance.choice(tuple(_KINDS))
    is_not = chance.random() < 0.5
    text = f"{column} {_cased(chance, 'is')} {'not ' if is_not else ''}null"
    return Written(text, lambda row: (_real(row[column]) is None) != is_not)


def _call(chance: random.Random) -> Written:
    name, subject = chance.choice((("tag", TAGS[0]), ("tag", TAGS[1]), ("stage", "at_risk"), ("consent", "email")))
    if chance.random() < 0.3:
        category, top = chance.choice(CATEGORIES), chance.randint(1, 3)
        text = f"{_cased(chance, 'on_shelf')}('for_you', category = {_quoted(category)}, top {top})"
        return Written(text, lambda row: any(it == category and place <= top for it, place in row["shelf"]))
    return Written(f"{_cased(chance, name)}({_quoted(subject)})", lambda row: (name, subject) in row["held"])


def _measure(chance: random.Random) -> Written:
    category, days = chance.choice(CATEGORIES), chance.randint(1, 6)
    if chance.random() < 0.5:
        least, last = chance.randint(0, 2), FIRST_DAY + timedelta(days=5)
        text = f"bought(days = {days}, category = {_quoted(category)}) > {least}"
        after = last - timedelta(days=days)
        return Written(
            text, lambda row: len({day for it, day in row["bought"] if it == category and day > after}) > least
        )
    least_likely = chance.choice((0.05, 0.3, 0.6))

    def likely(row: Row) -> bool:
        misses = 1.0
        for it, probability in row["likely"]:
            misses *= 1 - probability if it == category else 1
        return 1 - misses >= least_likely

    return Written(f"likely_to_buy(category = {_quoted(category)}) >= {least_likely}", likely)


def _real(value: Any) -> Any:
    """``value``; None for what is no number."""
    return value if value == value else None  # noqa: PLR0124


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cased(chance: random.Random, word: str) -> str:
    return "".join(letter.upper() if chance.random() < 0.3 else letter for letter in word)
