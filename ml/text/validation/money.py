"""Amounts of money in a text, and what each is: a price, a former one, a saving, a threshold, a price per unit.

The value of a statement is (amount, currencies that its sign may mean); of a unit price also the amount in its base
unit and that unit; of a bundle, first the number of pieces.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from ml.text.validation import units
from ml.text.validation.currencies import ANY, currencies_of
from ml.text.validation.numerals import N
from ml.text.validation.scan import Kind, Scan, Statement

_CODES: Final = "USD|CNY|RMB|EUR|GBP|JPY|CAD|AUD|HKD"
_SIGN: Final = rf"(?:\b(?:US|CA|AU|NZ|HK|CN|C|A|S)[$¥]|[$€£¥]|\b(?:{_CODES})\b|人民币)"
_WORD: Final = (
    rf"(?:(?:US\s+|U\.S\.\s+)?dollars?\b|bucks?\b|euros?\b|pounds?\b(?!\s+of)|quid\b|yuan\b|renminbi\b|kuai\b|yen\b"
    rf"|元人民币|块钱|人民币|美元|美金|欧元|英镑|日元|港币|港元|元|块|圆|(?:{_CODES})\b|[$€£¥](?!\s*{N}))"
)
_TO: Final = r"(?:\s*(?:-|~|to|至|到|and|or|和|或)\s*)"
_PREFIXED: Final = re.compile(
    rf"(?P<sign>{_SIGN})\s*(?P<n>{N})(?:元|块钱?|圆)?(?:{_TO}(?P<m>{N})(?!\s*(?:{_SIGN}|{_WORD}|%|[A-Za-z])))?",
    re.I | re.A,
)
_SUFFIXED: Final = re.compile(
    rf"(?:(?P<m>{N}){_TO})?(?P<n>{N})\s*(?P<word>{_WORD})"
    rf"(?:(?P<sub>{N})(?:角|毛)?(?:(?P<sub2>{N})分)?(?=[^\ue010]|$)|(?:\s+and)?\s+(?P<cents>{N})\s+cents\b)?",
    re.I | re.A,
)
_BARE_SPEND: Final = re.compile(
    rf"满\s*(?P<over>{N})(?=\s*(?:[立直]?减|包邮|免邮|[送赠享返]))(?:\s*[立直]?减\s*(?P<off>{N})(?!\s*(?:{_WORD}|折)))?"
)
_CENTS: Final = re.compile(rf"(?P<n>{N})\s*(?P<word>cents?\b|¢|p\b|pence\b|角|毛钱?|分钱)", re.I | re.A)
_CENT_OF: Final = {"p": "GBP", "pence": "GBP", "角": "CNY", "毛": "CNY", "毛钱": "CNY", "分钱": "CNY"}
_STRAY: Final = re.compile(r"[$€£¥¢]+")

_UNIT: Final = rf"(?P<count>{N})?\s*(?P<unit>[A-Za-z]+|{'|'.join(units.chinese())})"
_PER_AFTER: Final = re.compile(rf"\s*(?:/|per\b|an?\b|each\b|every\b|每|一)\s*{_UNIT}", re.I | re.A)
_PER_BEFORE: Final = re.compile(rf"每\s*{_UNIT}\s*(?:只要|只需|仅需?|低至)?\s*$", re.I | re.A)
_SAVING_AFTER: Final = re.compile(
    r"\s*(?:off|discount|less|cheaper|in savings|savings?|优惠|折扣|立减券|优惠券)", re.I | re.A
)
_SAVING_BEFORE: Final = re.compile(
    r"(?:\bsav(?:e|es|ing|ings of)|\bdiscounts? of|\breduced by|\btake|\bcut"
    r"|立减|直降|直减|立省|节省|节约|优惠|便宜|减免|抵扣|省|减|-)"
    r"\s*(?:you\s*|了|下|up to|最多|高达|可达|a further|another)?\s*$",
    re.I | re.A,
)
_THRESHOLD: Final = re.compile(
    r"(?:\b(?:orders?|spend(?:ing)?|purchases?|baskets?|shop(?:ping)?)\s*(?:of|over|above|from|worth|more than"
    r"|at least|totall?ing)?"
    r"|(?:消费|订单|购物|每|累计|单笔)*满)\s*$",
    re.I | re.A,
)
_WAS: Final = re.compile(
    r"(?:\b(?:was|were|originally|formerly|previously|before|instead of|down from|reduced from|rrp|list price|not|"
    r"(?:regular|normal|usual|original|old|former|full)(?:ly)?(?:\s+price)?|compared? (?:at|to|with))"
    r"|原价|原来|原先|平时|平日|市场价|划线价|之前|日常价|~~)\s*(?::|：|of|at|sold at|售价|是|为|要)?\s*$",
    re.I | re.A,
)


def read_money(scan: Scan) -> None:
    """Take every amount of money from the text."""
    for match in list(_BARE_SPEND.finditer(scan.text)):
        _state_bare(scan, match)
    for match in scan.each(_PREFIXED):
        currencies = currencies_of(match["sign"])
        _state(scan, match, scan.value(match, "n"), currencies)
        if match["m"]:
            _state(scan, match, scan.value(match, "m"), currencies)
    for match in scan.each(_SUFFIXED):
        currencies = currencies_of(match["word"])
        _state(scan, match, _with_parts(scan, match), currencies)
        if match["m"]:
            _state(scan, match, scan.value(match, "m"), currencies)
    for match in scan.each(_CENTS):
        value = scan.value(match, "n")
        per = 10 if match["word"][0] in "角毛" else 100
        currency = _CENT_OF.get(match["word"].lower())
        _state(
            scan,
            match,
            None if value is None else value / per,
            currencies_of("$") if not currency else frozenset({currency}),
        )
    for match in scan.each(_STRAY):
        scan.say(match, "unreadable", None)


def _state_bare(scan: Scan, match: re.Match[str]) -> None:
    """满100减20 says no currency: any is meant."""
    kinds: tuple[tuple[str, Kind], ...] = (("over", "threshold"), ("off", "saving"))
    for group, kind in kinds:
        if match[group]:
            span = match.span(group)
            value = (scan.value(match, group), ANY)
            scan.statements.append(Statement(*span, "unreadable" if value[0] is None else kind, value))
            scan.take(*span)


def _with_parts(scan: Scan, match: re.Match[str]) -> Decimal | None:
    """3块5, 3元5角, three dollars and fifty cents."""
    value = scan.value(match, "n")
    for group, factor in (("sub", Decimal("0.1")), ("sub2", Decimal("0.01")), ("cents", Decimal("0.01"))):
        if match[group]:
            part = scan.value(match, group)
            value = None if value is None or part is None or part >= 1 / factor else value + part * factor
    return value


def _state(scan: Scan, match: re.Match[str], amount: Decimal | None, currencies: frozenset[str]) -> None:
    """Note an amount as what the words around it say that it is."""
    if amount is not None and _state_per_unit(scan, match, amount, currencies):
        return
    kind = kind_of(scan, match)
    hedge = "" if kind == "threshold" else scan.hedge(match.start())  # "orders over" rounds nothing
    scan.say(match, kind, amount, currencies, hedge=hedge)


def kind_of(scan: Scan, match: re.Match[str]) -> Kind:
    """What an amount is by the words around it."""
    before = scan.before(match.start())
    if _THRESHOLD.search(before):
        return "threshold"
    if _SAVING_AFTER.match(scan.after(match.end())) or _SAVING_BEFORE.search(before):
        return "saving"
    return "was" if _WAS.search(before) else "price"


def _state_per_unit(scan: Scan, match: re.Match[str], amount: Decimal, currencies: frozenset[str]) -> bool:
    """Note a price per kilogram or hundred grams; a price per piece is a price."""
    after = _PER_AFTER.match(scan.text, match.end())
    per = after or _PER_BEFORE.search(scan.text[: match.start()])
    if per is None:
        return False
    unit, factor = units.base(per["unit"])
    is_measured = unit in units.PHYSICAL or unit in units.known()
    count = scan.value(per, "count") if per["count"] else Decimal(1)
    if not is_measured or (unit not in units.PHYSICAL and count == 1):
        return False
    scan.say(match, "unit_price", amount, currencies, None if count is None else count * factor, unit)
    scan.take(per.start(), per.end())
    return True
