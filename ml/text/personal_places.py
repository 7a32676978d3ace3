"""Patterns of addresses that point to a person: e-mail, links, names in messengers, streets.

They read a text whose full-width forms were made half-width. Where a pattern has a group, the group is the address.
"""

from __future__ import annotations

import re
from typing import Final

_DOT: Final = r"(?:\.|\s?[(\[]\s?dot\s?[)\]]\s?|\sdot\s)"
_LOCAL: Final = r"[a-z0-9][a-z0-9._%+'\-]{0,63}"
_LABEL: Final = r"[a-z0-9\-]{1,63}"
_SIGN: Final = r"(?:@|#|[(\[]\s?at\s?[)\]])"
_HOST: Final = rf"{_LABEL}(?:\.{_LABEL}){{0,5}}{_DOT}[a-z]{{2,24}}(?![a-z])"
EMAILS: Final = (
    re.compile(rf"{_LOCAL}{_SIGN}{_HOST}", re.I | re.A),
    # with spaces; "9.99 @ shop.com" is a price
    re.compile(rf"(?=[0-9._%+'\-]{{0,63}}[a-z]){_LOCAL}\s?{_SIGN}\s?{_HOST}", re.I | re.A),
    re.compile(rf"{_LOCAL}\sat\s{_LABEL}(?:\sdot\s{_LABEL}){{0,5}}\sdot\s[a-z]{{2,24}}\b", re.I | re.A),
    # letters of any script before and after the sign, as RFC 6531 allows
    re.compile(r"[^\W_][\w.+\-]{0,63}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}"),
)

_TOP: Final = "com|cn|net|org|edu|gov|info|biz|io|me|co|uk|us|de|fr|tw|hk|jp|tv|cc"
_PATH: Final = r"a-z0-9\-._~%/?=&#+:@"
LINK: Final = re.compile(
    r"(?:(?:https?|ftp)\s?://|\bwww\.)[^\s<>\"'\u3000-\u303f\u4e00-\u9fff,;!)]+"
    rf"|(?<![a-z0-9@.])(?:{_LABEL}\.){{1,5}}(?:{_TOP})/[{_PATH}]*"
    rf"|(?<![a-z0-9@.])(?:{_LABEL}\.){{0,4}}[a-z][a-z0-9\-]{{1,62}}\.(?-i:[a-z]{{2,24}})/[a-z0-9@][{_PATH}]*",
    re.I | re.A,
)
"""A link as a whole: which part of it names a person cannot be told. "shop.com" alone is the name of a shop. Behind
other top-level domains something must follow the slash, so that fewer sentences without a space look like one."""

ACCOUNT: Final = re.compile(
    r"(?:\bqq|\bq(?=群)|扣扣|\bwechat|\bweixin|\b[vw]x\b|(?<![a-z])v信|微信|薇信|企鹅|\btelegram|\bskype|\binstagram|\bsnapchat)"
    r"(?:\s?(?:号码|号|群|id|account|name|handle|user(?:name)?|is|are|为|是|[:@=\-]))*\s*"
    r"((?=[a-z0-9_.\-]*[a-z0-9])(?=[a-z_.\-]*\d|[a-z]+_)[a-z0-9][a-z0-9_.\-]{4,31})(?![a-z0-9])",
    re.I | re.A,
)
"""Names and numbers by which messengers know a person; a word without a digit or a _ is none."""

_HAN: Final = r"[\u4e00-\u9fff]"
_NAME: Final = r"(?:(?![在住到是址寄送于从往我你您他她它们的了这那哪条号])[\u4e00-\u9fff])"
"""A character of a name: none of those that usually stand before an address, such as 住在."""
_NUMERAL: Final = r"(?:[0-9]{1,5}|[一二三四五六七八九十百零〇两]{1,5})"
_INSIDE: Final = (
    rf"(?:[\s,、\-]*(?:{_NUMERAL}|[A-Za-z]|[甲乙丙丁东西南北中前后]{{1,2}})(?:[\-之]\d+)?"
    r"\s*(?:号楼|号院|栋|幢|座|单元|门|层|楼|室|号|房))"
)
_PLACE: Final = rf"(?:{_NAME}|(?<=[省市区县镇乡])[\s,])"
_ROOM: Final = rf"(?:{_INSIDE}|[\s,\-]*[A-Z]?\d{{2,5}}(?![\d元块.%年月日天]))"
STREETS_OF_CHINA: Final = (
    # the street and the house; then block, unit, floor and flat
    re.compile(
        rf"{_PLACE}{{1,20}}(?!弄一弄)(?:大街|大道|路|街|巷|弄|胡同|里|道)(?:[东西南北]段|[东西南北])?\s*第?"
        rf"{_NUMERAL}(?:[\-之]\d+)?\s*(?:号|弄|巷){_ROOM}*"
    ),
    # a housing estate or a village, with block and flat; the floor of an office tower or a mall is nobody's home
    re.compile(
        rf"{_PLACE}{{1,20}}(?!(?:大厦|广场)\s*{_NUMERAL}\s*[楼层](?!{_ROOM}))"
        rf"(?:小区|花园|公寓|大厦|新村|家园|苑|村|组|宿舍|校区|广场)\s*{_INSIDE}{_ROOM}*"
    ),
    re.compile(rf"{_NUMERAL}\s*(?:号楼|栋|幢|座)\s*{_NUMERAL}\s*(?:单元|门)(?:\s*{_NUMERAL}\s*(?:室|号|房|楼)?)*"),
)

_PLAIN_SUFFIX: Final = "street|avenue|ave|road|rd|boulevard|blvd|parkway|pkwy|highway|hwy|crescent"
_OTHER_SUFFIX: Final = (
    "St|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|Circle|Cir|Close|Mews|Row|Trail|Walk|Grove|Gardens"
    "|Hill|Park|Loop|Alley"
)
_NO_STREET: Final = (
    r"(?!(?:minutes?|mins?|hours?|miles?|km|feet|ft|yards?|metres?|meters?|blocks?|years?|days?|weeks?|months?|times?|stars?"
    r"|the|a|an|of|on|in|at|for|from|my|this|that|to|and|or|is|was|are|down|off|per|by|with|more|people|percent|lanes?|ways?)\b)"
)
_NO_DRIVE: Final = (
    "(?!(?:GB|TB|MB|USB|SSD|HDD|DVD|CD|Hard|Flash|Thumb|Pen|Disk|State|Backup|Wheel|Speed|Inch|Watt|Volt|Piece|Pack|Player)"
    r"\b)"
)
"""Drives and sets that are sold: "64 GB USB Drive", "4 Wheel Drive", "2 Player Court"."""
_UNIT: Final = r"(?:,?\s*(?:apt|apartment|suite|ste|unit|flat|floor|room|#)\.?\s*#?\s?\w{1,6})?"
_STATES: Final = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_TOWN: Final = (
    rf"(?:,?\s+[A-Z][a-z]+(?:\s[A-Z][a-z]+){{0,2}})?(?:,?\s*(?:{_STATES})\s+\d{{5}}(?:-\d{{4}})?"
    r"|,?\s*[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})?"
)
_NUMBER: Final = r"(?<![\d.,$£€#])\d{1,5}[A-Za-z]?(?:-\d{1,4})?,?\s+(?:(?:[NSEW]|North|South|East|West)\.?\s+)?"
STREETS: Final = (
    re.compile(
        rf"{_NUMBER}(?:{_NO_STREET}[a-z0-9][\w'.\-]*\s+){{1,3}}(?:{_PLAIN_SUFFIX})\b\.?(?i:{_UNIT})(?-i:{_TOWN})",
        re.I | re.A,
    ),
    re.compile(
        rf"{_NUMBER}(?:{_NO_DRIVE}[A-Z0-9][\w'.\-]*\s+){{1,4}}(?:{_OTHER_SUFFIX})\b\.?(?i:{_UNIT}){_TOWN}", re.A
    ),
    re.compile(r"\bp\.?\s?o\.?\s?box\s+\d+", re.I | re.A),
    re.compile(rf"\b[A-Z][a-z]+(?:\s[A-Z][a-z]+){{0,2}},?\s+(?:{_STATES})\s+\d{{5}}(?:-\d{{4}})?\b", re.A),
    re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b", re.A),
)
