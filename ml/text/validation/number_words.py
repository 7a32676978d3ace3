"""Number words in English and Chinese: their patterns and their values."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from ml.text.validation.word_lists import listed

MOST_FIGURES: Final = 24
"""A longer number is none that a text may state; exact arithmetic ends at 28 figures."""
_ONES: Final = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS: Final = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_SMALL: Final = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_LARGE: Final = {"hundred": 100, "dozen": 12, "thousand": 1000, "million": 10**6, "billion": 10**9}
_IRREGULAR: Final = frozenset(("one", "two", "three", "five", "eight", "nine", "twelve"))
_ORDINALS: Final = {
    "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "second": 2,
    **{f"{word}th": value for word, value in _SMALL.items() if word not in _IRREGULAR},
    **{f"{word[:-1]}ieth": value for word, value in _SMALL.items() if word in _TENS},
    "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_AFTER_TENS: Final = "first"
_PARTS: Final = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10,
}  # fmt: skip
_OTHERS: Final = {"twice": 2, "double": 2, "triple": 3, "treble": 3, "quadruple": 4, "thrice": 3, "half-dozen": 6}

_WORD: Final = "|".join(sorted([*_SMALL, *_LARGE, *_ORDINALS], key=len, reverse=True))
ENGLISH_NUMERAL: Final = re.compile(
    rf"\b(?:(?:an?\s+(?=(?:hundred|dozen|thousand|million|billion)\b))?(?:{_WORD})"
    rf"(?:(?:[\s-]+|\s+and\s+|\s+point\s+)(?:{_WORD}|{_AFTER_TENS})\b)*|{'|'.join(_OTHERS)}|"
    rf"(?:dozens|hundreds|thousands|millions|billions))\b",
    re.I | re.A,
)
_COUNT: Final = "one|two|three|four|five|seven|nine"
ENGLISH_FRACTION: Final = re.compile(
    rf"\b(?:(?:(an?|{_COUNT})[\s-]+)?(half|halves)|(an?|{_COUNT})[\s-]+(third|quarter|fourth|fifth|sixth|eighth"
    rf"|tenth)s?"
    rf"|quarter(?=[\s-]+(?:off|price)))\b",
    re.I | re.A,
)
ENGLISH_IDIOMS: Final = re.compile(
    r"\b(?:one\s+of|no\s+one|any\s*one|every\s*one|some\s*one|each\s+one|this\s+one|that\s+one|the\s+one|loved\s+ones?"
    r"|one\s+another|one[\s-]+stop|one\s+by\s+one|(?:number|no\.)\s+one|second\s+to\s+none|every\s+second"
    r"|split\s+second"
    r"|second[\s-]+hand|second\s+nature|high[\s-]+five|half\s*(?:and|&)\s*half|half[\s-]?time|halfway|better\s+half"
    r"|(?:my|our|your)\s+two\s+cents|on\s+second\s+thoughts?|square\s+one|cloud\s+nine|in\s+seconds|one\s+(?:place"
    r"|go|day|bite|sip|more)"
    r"|at\s+sixes\s+and\s+sevens|third[\s-]+party|ten\s+out\s+of\s+ten\s+hugs)\b",
    re.I | re.A,
)
"""Phrases that hold a number word and state no number."""

_DIGITS: Final = {**dict(zip("零〇一二两三四五六七八九", [0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9], strict=True))} | dict(
    zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)
)
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS: Final = {"万": 10**4, "亿": 10**8}
_TWENTIES: Final = {"廿": 20, "卅": 30}
_RUN: Final = "".join([*_DIGITS, *_UNITS, *_MYRIADS, *_TWENTIES])
CHINESE_NUMERAL: Final = re.compile(
    rf"(?:[{_RUN.replace('百', '')}]|百(?!分之))+(?:点[{''.join(_DIGITS)}]+)?"
    r"|半(?=[价数]|[斤天年日折]|小时|个月|公斤|打|块|元)|(?<=一)半"
)
CHINESE_IDIOMS: Final = re.compile(
    rf"(?<![{_RUN}\d第])(?:"
    r"一[起样些直定般致切律向再旦同贯流体口新手路站心生番时刻早晚家共如味应]|一下子?|一会儿?|(?<![午上晨晚早])一点(?![半整钟\d零一二三四五])[儿点]?|[万统唯专单均逐之]一(?![百千万分月号日元块折])"
    r"|十分(?![之钟])|十足|千万(?=[别不要])|千层|万[能千象家物全圣]|百(?:货|搭|合|科|姓|香|味|变|叶|事可乐)|三(?:明治|文鱼|餐|角形|思)|四(?:季|溢|川|周|海|处|射|喜)"
    r"|五(?:花肉|香|谷|彩|官|颜)|六神|七(?:夕|喜|彩)|八(?:宝|珍|方)|(?<![元块])八角|九(?:阳|州)|二(?:手|维码|胡)|两全|亿万|接二连三|三三两两|五湖四海"
    r"|一心一意|一模一样|独一无二|一年(?:四季|一度)|说一不二|一举两得|两[侧旁者]|半[夜路途]|点点滴滴|千家万户|四面八方|丢三落四|九牛一毛"
    r"|(?<=最后)一天)"
)
"""Words that hold a numeral and state no number."""


def english_value(words: str) -> tuple[Decimal | None, bool]:
    """The value of English number words and whether they are ordinal; None where they are no one number."""
    lowered = words.lower()
    if lowered.count(" ") > MOST_FIGURES:
        return None, False
    if lowered in _OTHERS:
        return Decimal(_OTHERS[lowered]), False
    whole, _, decimals = lowered.partition(" point ")
    value, ordinal = _english_whole(re.split(r"[\s-]+", whole))
    if value is None or not decimals:
        return (None if value is None else Decimal(value)), ordinal
    digits = [_SMALL.get(word, 10) for word in decimals.split()]
    return (Decimal(f"{value}.{''.join(map(str, digits))}") if max(digits) < 10 else None), False


def _english_whole(words: list[str]) -> tuple[int | None, bool]:
    total, group, last, ordinal = 0, 0, 10**12, False
    for word in words:
        if word in {"and", "a", "an"}:
            continue
        ordinal = word in _ORDINALS or word == _AFTER_TENS
        small = _SMALL.get(word, _ORDINALS.get(word, 1 if word == _AFTER_TENS else None))
        if small is not None and small < 100:
            fits = group % 100 == 0 if small >= 10 else (group % 10 == 0 and group % 100 not in {10})
            if not fits or (last < 100 and not (last >= 20 and small < 10)):
                return None, ordinal
            group, last = group + small, small
        elif (large := _LARGE.get(word, small)) is None:
            return None, ordinal
        elif large in {12, 100}:
            group, last = max(group, 1) * large, large
        else:
            total, group, last = total + max(group, 1) * large, 0, large
    return total + group, ordinal


def english_fraction(match: re.Match[str]) -> Decimal:
    """The value of ``half``, ``two thirds``, ``a quarter``."""
    count = (match.group(1) or match.group(3) or "a").lower()
    part = (match.group(2) or match.group(4) or "quarter").lower()
    return Decimal(_SMALL.get(count, 1)) / Decimal(_PARTS[part])


def chinese_value(words: str) -> Decimal | None:
    """The value of Chinese numerals: 一百二十, 二〇二六 (digit by digit), 八点五, 半; None where they are no number."""
    if words == "半":
        return Decimal("0.5")
    if len(words) > MOST_FIGURES:
        return None
    whole, _, decimals = words.partition("点")
    value = _chinese_whole(whole)
    if value is None or not decimals:
        return None if value is None else Decimal(value)
    return Decimal(f"{value}.{''.join(str(_DIGITS[digit]) for digit in decimals)}")


def _chinese_whole(words: str) -> int | None:
    if all(word in _DIGITS for word in words):
        return int("".join(str(_DIGITS[word]) for word in words))
    total, group, digit, last_unit = 0, 0, -1, 0
    for word in words:
        if word in _DIGITS:
            if digit > 0:
                return None
            digit = _DIGITS[word]
            last_unit = 0 if digit == 0 else last_unit
        elif word in _TWENTIES:
            group += _TWENTIES[word]
        elif word in _UNITS:
            group, digit, last_unit = group + (digit if digit > 0 else 1) * _UNITS[word], -1, _UNITS[word]
        else:
            whole = group + max(digit, 0)
            if not whole and not total:
                return None  # 万 alone is a word
            total, group, digit = (total + whole) * _MYRIADS[word], 0, -1
            last_unit = _MYRIADS[word]
    if digit > 0 and last_unit >= 100 and not group % 10 and words[-1] in _DIGITS:
        digit *= last_unit // 10  # 一百二 is 120
    return total + group + max(digit, 0)
