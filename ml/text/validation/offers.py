"""Discounts in percent and offers by the piece.

The value of ``percent`` is (percent off, whether it is rounded from a fraction); of ``share`` (percent, the words
after it); of ``multi_buy`` (pieces, pieces paid); of ``bundle`` (pieces, amount, currencies).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from ml.text.validation.currencies import currencies_of
from ml.text.validation.numerals import FRACTION, N
from ml.text.validation.scan import Scan

_PIECE: Final = r"[件个只瓶包盒袋份罐支款杯箱片条]"
_BUY_GET: Final = re.compile(
    rf"\bbuy\s+(?P<buy>{N}|an?\b)[^.!?\n]{{0,40}}?\bget\s+(?P<free>{N}|another|an?\b)[^.!?\n\ue000]{{0,40}}?\bfree\b"
    rf"|买(?P<buy_zh>{N}){_PIECE}?\s*[送赠]\s*(?P<free_zh>{N}){_PIECE}?",
    re.I | re.A,
)
_FOR: Final = re.compile(
    rf"(?P<take>{N})[\s-]*for[\s-]*(?:the\s+price\s+of\s+)?(?P<pay>{N})(?!\s*(?:dollar|euro|pound|yuan|cents))",
    re.I | re.A,
)
_BOGO: Final = re.compile(rf"\bbogof?\b|\bsecond\s+(?:one\s+)?(?:is\s+)?free\b|第{N}{_PIECE}(?:免费|0元)", re.I | re.A)
_BUNDLE: Final = re.compile(
    rf"(?P<take>{N})\s*(?:packs?|bottles?|bags?|cans?|items?"
    rf"|of them)?\s*for\s+(?P<sign>(?:[A-Z]{{1,2}})?[$€£¥])\s*(?P<n>{N})"
    rf"|(?:任[选意]|共)?\s*(?P<take_zh>{N}){_PIECE}\s*(?:只要|只需|仅需?|共|打包|组合价"
    rf"|一共)?\s*(?:(?P<sign_zh>[$€£¥])\s*(?P<m_zh>{N})|(?P<n_zh>{N})\s*(?P<word>元|块钱?|美元|美金|欧元))",
    re.I | re.A,
)
_BUNDLE_GROUPS: Final = (("take", "take_zh"), ("n", "n_zh", "m_zh"))
_PERCENT: Final = re.compile(
    rf"(?:(?P<m>{N})\s*%?\s*(?:-|~|to|至|到)\s*)?(?P<n>{N})\s*\+?\s*(?P<sign>%|percent(?:age points?)?\b|per\s+cent\b"
    rf"|pct\b|个百分点|成(?![员为本功分]))"
    rf"|百分之\s*(?P<zh>{N})",
    re.I | re.A,
)
_ZHE: Final = re.compile(rf"(?:(?P<m>{N})\s*(?:-|~|至|到)\s*)?(?P<n>{N})\s*折")
_DUI_ZHE: Final = re.compile(r"对折")
_FRACTION_OFF: Final = re.compile(
    rf"(?P<n>{FRACTION}\ue001*)[\s-]*(?:off\b|price[ds]?\b|the\s+(?:usual\s+|regular\s+|original\s+"
    rf"|normal\s+)?price|价)",
    re.I | re.A,
)
_FRACTION_SAVED: Final = re.compile(rf"\bsav(?:e|ing)\s+(?P<n>{FRACTION}\ue001*)", re.I | re.A)
_OFF_AFTER: Final = re.compile(
    r"\s*(?:discounts?|off|less|savings?|reduction|cheaper|lower|down|price\s+cut|coupon|voucher|的?优惠|的?折扣|off\b)",
    re.I | re.A,
)
_OFF_BEFORE: Final = re.compile(
    r"(?:\bsav(?:e|es|ing|ings of)|\bdiscounts?(?: of)?|\b(?:reduced|cut|lowered|slashed|marked down|discounted"
    r"|dropped) by|\btake|\bless|\boff"
    r"|立减|直降|降价|降|优惠|节省|立省|省|便宜|减免|减|折扣|-)"
    r"\s*(?:you\s*|了|掉|幅度|up to|最多|高达|可达|a further|an extra|another|about|over"
    r"|around|nearly|约|近|超过)?\s*$",
    re.I | re.A,
)
_PAY_BEFORE: Final = re.compile(r"(?:\bpay(?:ing)?(?:\s+(?:only|just))?|原价的?|只付|只需付|仅付)\s*$", re.I | re.A)
_PAY_AFTER: Final = re.compile(r"\s*of\s+the\s+(?:usual|regular|original|normal|full|list)?\s*price", re.I | re.A)
_NO_NOUN: Final = re.compile(
    r"\s*+(?:$|[^A-Za-z\u4e00-\u9fff]|(?:on|for|until|till|this|today|at|with|from|when|and|or|only|now|if|in"
    r"|through|to|by|during|as|while)\b)",
    re.I | re.A,
)
_NOUN: Final = re.compile(r"\s*([A-Za-z]+(?:[\s-][A-Za-z]+)?|[\u4e00-\u9fff]{1,4})")
_STRAY: Final = re.compile(r"%+|‰|\bper\s?cent\b")


def read_offers(scan: Scan) -> None:
    """Take offers by the piece, then discounts."""
    for match in scan.each(_BUY_GET):
        buy, free = (_count(scan, match, *names) for names in (("buy", "buy_zh"), ("free", "free_zh")))
        scan.say(match, "multi_buy", None if buy is None or free is None else buy + free, buy)
    for match in scan.each(_BUNDLE):
        currencies = currencies_of(match["sign"] or match["sign_zh"] or match["word"])
        take, amount = (next(each for each in names if match[each]) for names in _BUNDLE_GROUPS)
        scan.say(match, "bundle", scan.value(match, take), scan.value(match, amount), currencies)
    for match in scan.each(_FOR):
        scan.say(match, "multi_buy", scan.value(match, "take"), scan.value(match, "pay"))
    for match in scan.each(_BOGO):
        scan.say(match, "multi_buy", Decimal(2), Decimal(1))
    _read_discounts(scan)


def _count(scan: Scan, match: re.Match[str], *groups: str) -> Decimal | None:
    """The number of a group; ``a`` and ``another`` are one."""
    group = next(each for each in groups if match[each])
    return scan.value(match, group) if match.start(group) in scan.numerals else Decimal(1)


def _read_discounts(scan: Scan) -> None:
    for match in scan.each(_ZHE):
        for group in ("n", "m"):
            if match[group]:
                scan.say(match, "percent", off_of_zhe(scan.value(match, group)), False)
    for match in scan.each(_DUI_ZHE):
        scan.say(match, "percent", Decimal(50), False)
    for match in scan.each(_FRACTION_OFF):
        is_off = match.group().lower().endswith("off")
        value = scan.value(match, "n")
        scan.say(match, "percent", None if value is None else 100 * (value if is_off else 1 - value), True)
    for match in scan.each(_FRACTION_SAVED):
        value = scan.value(match, "n")
        scan.say(match, "percent", None if value is None else 100 * value, True)
    for match in scan.each(_PERCENT):
        _state_percent(scan, match)
    for match in scan.each(_STRAY):
        scan.say(match, "unreadable", None)


def off_of_zhe(given: Decimal | None) -> Decimal | None:
    """8折 is 20 percent off, 85折 15 percent; None for what no shop says."""
    if given is None or not 0 < given < 100 or given == 10:
        return None
    return 100 - (given * 10 if given < 10 else given)


def _state_percent(scan: Scan, match: re.Match[str]) -> None:
    """A percentage: off, of the price, or of something else that is named after it."""
    before, after = scan.before(match.start()), scan.after(match.end())
    hedge = scan.hedge(match.start())
    tenths = 10 if (match["sign"] or "").startswith("成") else 1
    for group in ("n", "m", "zh"):
        if not match[group]:
            continue
        value = scan.value(match, group)
        value = None if value is None else value * tenths
        if _PAY_BEFORE.search(before) or _PAY_AFTER.match(after):
            scan.say(match, "percent", None if value is None else 100 - value, False, hedge=hedge)
        elif _OFF_AFTER.match(after) or _OFF_BEFORE.search(before) or _NO_NOUN.match(after):
            scan.say(match, "percent", value, False, hedge=hedge)
        else:
            noun = _NOUN.match(after)
            scan.say(match, "share", value, noun.group(1).lower() if noun else "", hedge=hedge)
