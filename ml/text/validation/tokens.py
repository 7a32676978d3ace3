"""Links, slots, codes, markup and whom a text greets, each against what its sheet allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ml.text.facts import FactSheet
from ml.text.validation import units
from ml.text.validation.names import LINK, MASKS, SLOT
from ml.text.validation.numerals import fill
from ml.text.validation.verdict import Rule
from ml.text.validation.word_lists import listed

Place = tuple[int, int, Rule]
_DOMAINS: Final = (
    "com|cn|net|org|io|co|shop|store|xyz|ru|info|biz|top|app|ly|me|us|uk|de|fr|eu|site"
    "|online|club|gg|tv|link|live|page|pro|win|vip|icu|cc"
)
_LINK: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}:)//(?:(?![<>()\[\]\"'`])[!-~])+|(?:javascript|data|mailto|tel"
    r"|vbscript):(?:(?![)>\]])[!-~])+"
    rf"|\bwww\.(?:(?![<>()])[!-~])+|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:{_DOMAINS})\b(?:[/?#](?:(?![<>()])[!-~])*)?",
    re.I | re.A,
)
_ACCOUNT: Final = re.compile(
    r"(?<![\w.+-])@\w{3,}|微信|公众号|(?<![A-Za-z])(?:vx|qq|wechat|whatsapp|telegram)(?![A-Za-z])", re.I
)
_TRAILING: Final = ".,;:!?'\"*_~"
_OWN_SLOT: Final = re.compile(r"(?<![{$])\{([a-z][a-z0-9_]*)\}(?!\})")
_OPEN_SLOT: Final = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$?\{[^{}\n]*\}|[{}]|\[[A-Z][A-Z _]+\]|%%\w+%%|(?<=\s)%[sd]\b|\bX{2,}\b|\blorem ipsum\b"
    r"|\bTODO\b|\bTBD\b"
    r"|\bundefined\b|\bNaN\b|\bnull\b",
    re.A,
)
_MARKUP: Final = re.compile(r"<[/!]?[A-Za-z][^<>]{0,200}>|<!--|-->|!\[[^\]]*\]\(|</|\\[nrtux]\w*")
_CODE: Final = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{2,}(?![A-Za-z0-9])")
_NAMED_CODE: Final = re.compile(
    r"(?:\b(?:promo |coupon |voucher |discount )?code|优惠码|折扣码|口令|兑换码)"
    r"\s*(?:is|[:：是为])?\s*[\"“'「]?([A-Z][A-Z0-9-]{2,})",
    re.A,
)
_WITH_CURRENCY: Final = re.compile(r"(?:USD|CNY|RMB|EUR|GBP|JPY|CAD|AUD|HKD)\d+")
_WITH_UNIT: Final = re.compile(r"\d+([A-Za-z]+)")
_SUFFIXES: Final = frozenset(listed("k st nd rd th am pm x c p s usd cny rmb eur gbp m"))
_GREETING: Final = re.compile(
    r"\b(?:Hi|Hello|Hey|Dear|Welcome back|Good (?:morning|evening|afternoon)|Thanks|Thank you"
    r"|Congratulations)[, ]+([A-Z][A-Za-z'-]+)"
    r"|亲爱的\s*([\u4e00-\u9fffA-Za-z]{1,8}?)(?=[，,:：！!\s]|$)|(?:^|[\n，。！])([\u4e00-\u9fffA-Za-z]{1,4}?)(?:先生|女士|小姐|您好"
    r"|你好)",
    re.A,
)
_ANYONE: Final = frozenset(
    listed(
        "there friend friends all everyone neighbour neighbor customer customers shopper shoppers member members"
        " you team again "
        "顾客 朋友 朋友们 会员 您 你 家人 家人们 用户 客户 顾客朋友 会员朋友 亲 各位 大家"
    )
)


def links(text: str, sheet: FactSheet) -> tuple[str, list[Place]]:
    """``text`` without its links, and those that the sheet does not have."""
    wrong: list[Place] = []
    wrong += [(*match.span(), "link") for match in _ACCOUNT.finditer(text)]
    for match in list(_LINK.finditer(text)):
        end = match.start() + len(match.group().rstrip(_TRAILING))
        if text[match.start() : end] not in sheet.links:
            wrong.append((match.start(), end, "link"))
        text = fill(text, match.start(), end, LINK)
    return text, wrong


def slots(text: str, sheet: FactSheet) -> tuple[str, list[Place]]:
    """``text`` without the slots that are still to be filled, and those that never will be."""
    open_slots = {slot.name for slot in sheet.slots if slot.value is None}
    wrong: list[Place] = []
    for match in list(_OWN_SLOT.finditer(text)):
        if match.group(1) in open_slots:
            text = fill(text, match.start(), match.end(), SLOT)
    for match in list(_OPEN_SLOT.finditer(text)):
        wrong.append((match.start(), match.end(), "slot"))
        text = fill(text, match.start(), match.end(), SLOT)
    return text, wrong


def markup(text: str) -> Iterator[Place]:
    """Tags, comments, images and escapes: a text is plain, with links of its sheet."""
    yield from ((match.start(), match.end(), "markup") for match in _MARKUP.finditer(text))


def codes(text: str) -> Iterator[Place]:
    """Words of letters and figures, and words that are called a code; the sheet's codes are masked before."""
    for match in _NAMED_CODE.finditer(text):
        yield match.start(1), match.end(1), "code"
    for match in _CODE.finditer(text):
        if _WITH_CURRENCY.fullmatch(match.group()):
            continue
        unit = _WITH_UNIT.fullmatch(match.group())
        if unit is None or (unit.group(1).lower() not in units.known() and unit.group(1).lower() not in _SUFFIXES):
            yield match.start(), match.end(), "code"


def greeted(text: str) -> Iterator[Place]:
    """Names after a greeting; the name of the text's own shopper is masked before."""
    for match in _GREETING.finditer(text):
        group = next(number for number in (1, 2, 3) if match[number])
        name = match[group]
        if name.lower() not in _ANYONE and not any(mask in name for mask in MASKS):
            yield match.start(group), match.end(group), "personal data"
