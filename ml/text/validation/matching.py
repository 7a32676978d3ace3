"""Whether a statement of a text is among the facts of its sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ml.text.facts import FactSheet, Money, Product
from ml.text.validation import calendar_facts, units
from ml.text.validation.quantities import ORDINAL, PIECES
from ml.text.validation.scan import Hedge, Kind, Statement
from ml.text.validation.verdict import Rule

RULES: Final[dict[Kind, Rule]] = {
    **dict.fromkeys(("price", "was", "saving", "reward", "threshold", "unit_price"), "price"),
    **dict.fromkeys(("percent", "share"), "discount"),
    **dict.fromkeys(("multi_buy", "bundle"), "offer"),
    **dict.fromkeys(("date", "month", "weekday", "relative", "period", "time"), "date"),
    "quantity": "quantity",
    "count": "quantity",
    "unreadable": "number",
}
_SHOWN: Final = 6


@dataclass(frozen=True)
class Fact:
    """Something that a text may state.

    Attributes:
        value: (amount, currency) of money; else as in a statement of that kind.
        owner: the number of the product in the sheet that it holds for; None: it holds for all.
    """

    kind: Kind
    value: tuple[Any, ...]
    owner: int | None = None

    def __str__(self) -> str:
        return " ".join(str(each) for each in self.value)


def facts_of(sheet: FactSheet) -> dict[Kind, list[Fact]]:
    """All facts of a sheet but dates, by kind."""
    facts = [*_of_brief(sheet)]
    for number, product in enumerate(sheet.products):
        facts += [Fact(kind, value, number) for kind, value in _of_product(product)]
    found: dict[Kind, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.kind, []).append(fact)
    return found


def _of_brief(sheet: FactSheet) -> Iterator[Fact]:
    yield from (Fact("percent", (percent,)) for percent in sheet.percents_off)
    yield from (Fact("saving", _money(amount)) for amount in sheet.amounts_off)
    yield from (Fact("multi_buy", (offer.take, offer.pay)) for offer in sheet.multi_buys)
    for spend in sheet.spends:
        yield Fact("threshold", _money(spend.over))
        if spend.off:
            yield Fact("reward", _money(spend.off))
    yield from (Fact("quantity", units.in_base(quantity)) for quantity in sheet.quantities)


def _of_product(product: Product) -> Iterator[tuple[Kind, tuple[Any, ...]]]:
    if product.price:
        yield "price", _money(product.price)
    if product.was:
        yield "was", _money(product.was)
        if product.price:
            yield "saving", (product.was.amount - product.price.amount, product.was.currency)
    if product.percent_off is not None:
        yield "percent", (product.percent_off,)
    if product.unit_price:
        yield "unit_price", (*_money(product.unit_price.price), *units.in_base(product.unit_price.per))
    if product.multi_buy:
        yield "multi_buy", (product.multi_buy.take, product.multi_buy.pay)
    if product.bundle:
        yield "bundle", (product.bundle.take, *_money(product.bundle.price))
    yield from (("quantity", units.in_base(quantity)) for quantity in product.quantities)


def _money(money: Money) -> tuple[Decimal, str]:
    return money.amount, money.currency


def supporting(
    statement: Statement, facts: dict[Kind, list[Fact]], sheet: FactSheet, *, has_threshold: bool
) -> list[Fact] | None:
    """The facts that support a statement; none where it needs none; None where nothing supports it.

    Args:
        has_threshold: whether the text says from what amount on there is a reward, without which it is no saving.
    """
    if statement.kind == "unreadable":
        return None
    if RULES[statement.kind] == "date":
        return [] if calendar_facts.supports(statement, sheet) else None
    kind: Kind = "quantity" if statement.kind == "share" else statement.kind
    among = [*facts.get(kind, ()), *(facts.get("reward", ()) if kind == "saving" and has_threshold else ())]
    found = [fact for fact in among if _equal(statement, fact)]
    return found or ([] if statement.kind == "quantity" and _needs_none(statement, sheet) else None)


def allowed(statement: Statement, facts: dict[Kind, list[Fact]], sheet: FactSheet) -> tuple[str, ...]:
    """What the sheet would support in place of a statement."""
    if RULES[statement.kind] == "date":
        return calendar_facts.known(sheet)[:_SHOWN]
    kind: Kind = "quantity" if statement.kind == "share" else statement.kind
    return tuple(dict.fromkeys(map(str, facts.get(kind, ()))))[:_SHOWN]


def _equal(statement: Statement, fact: Fact) -> bool:
    given: tuple[Any, ...] = statement.value
    value = fact.value
    match statement.kind:
        case "price" | "was" | "saving" | "threshold":
            return value[1] in given[1] and _near(given[0], value[0], statement.hedge)
        case "unit_price":
            return bool(value[1] in given[1] and value[3] == given[3] and given[0] * value[2] == value[0] * given[2])
        case "percent" | "share":
            return _equal_percent(statement, value)
        case "multi_buy":
            return bool(given == value)
        case "bundle":
            return bool(given[:2] == value[:2] and value[2] in given[2])
    return _counts(given, value, statement.hedge)


def _equal_percent(statement: Statement, value: tuple[Any, ...]) -> bool:
    """Percent off, also as a fraction that is no whole percent; or the percent that something has of its label."""
    given: tuple[Any, ...] = statement.value
    near = _near(given[0], value[0], statement.hedge)
    if statement.kind == "percent":
        return near or bool(given[1] and abs(given[0] - value[0]) < Decimal("0.5"))
    label = value[1].removeprefix("%").strip().lower()
    return near and value[1].startswith("%") and given[1].startswith(label)


def _near(given: Decimal, fact: Decimal, hedge: Hedge) -> bool:
    """Whether a number is the fact, or a rounding of it that its words announce."""
    if not hedge:
        return given == fact
    step = Decimal(1).scaleb(_last_digit(given))
    if hedge in {"over", "at least"}:
        return given < fact < given + step or (hedge == "at least" and given == fact)
    return given - step < fact < given if hedge == "under" else abs(given - fact) <= step / 2


def _last_digit(given: Decimal) -> int:
    """The exponent of the last digit that is not 0: 1 for 20, 0 for 25, -1 for 2.5."""
    exponent = given.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _counts(given: tuple[Any, ...], value: tuple[Any, ...], hedge: Hedge) -> bool:
    number, candidates, _ = given
    for unit, factor in candidates:
        if unit == PIECES:
            if value[0] == number:
                return True
        elif unit == value[1] and _near(number * factor, value[0], hedge):
            return True
    return False


def _needs_none(statement: Statement, sheet: FactSheet) -> bool:
    """A word for one that counts no measure, the number of the sheet's products, a year of the sheet."""
    number, candidates, is_word_for_one = statement.value
    names = {unit for unit, _ in candidates}  # type: ignore[attr-defined]
    if is_word_for_one and not names & (units.PHYSICAL | {ORDINAL}):
        return True
    if names & units.COUNTED and number == len(sheet.products) > 1:
        return True
    return not names & units.known().keys() - {"month"} and number in calendar_facts.years(sheet)
