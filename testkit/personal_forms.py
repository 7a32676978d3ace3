"""Personal data made up for tests, in the forms in which shoppers write it in English and Chinese."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import phonenumbers
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from ml.text.masking import ADDRESS, BANK_ACCOUNT, BANK_CARD, EMAIL, IDENTITY_NUMBER, PHONE, PLACEHOLDER, URL, masked

_WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_DIGITS: Final = "0123456789"


def _digits(count: int, first: str = _DIGITS) -> st.SearchStrategy[str]:
    return st.builds(str.__add__, st.sampled_from(first), st.text(_DIGITS, min_size=count - 1, max_size=count - 1))


def _grouped(number: str, gap: str, *sizes: int) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return gap.join(part for part in (*parts, number[start:]) if part)


def _wide(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The same also in the full-width forms of Chinese keyboards."""
    return st.one_of(text, text.map(lambda each: each.translate(_WIDE)))


_words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
_hosts = st.builds("{}.{}".format, _words, st.sampled_from(["com", "cn", "co.uk", "com.cn", "org", "io"]))
_locals = st.builds("{}{}{}".format, _words, st.sampled_from(["", ".", "_", "-", "+"]), _words)
EMAILS: Final = st.one_of(
    _wide(st.builds("{}@{}".format, st.one_of(_locals, _digits(8, "123456789")), _hosts)),
    st.builds("{} @ {}".format, _locals, _hosts),
    st.builds("{} (at) {}".format, _locals, _hosts),
    st.builds("{}[at]{} [dot] com".format, _locals, _words),
    st.builds("{} at {} dot com".format, _locals, _words),
    st.builds("{}#qq.com".format, _digits(9, "123456789")),
    st.builds("{}@{}。com".format, _locals, _words),
)
LINKS: Final = st.one_of(
    st.builds("https://{}/{}".format, _hosts, _locals),
    st.builds("http://{}:{}@{}/".format, _words, _words, _hosts),
    st.builds("www.{}/users/{}?ref=1".format, _hosts, _words),
    st.builds("{}.com/u/{}".format, _words, _digits(9)),
    st.builds("{}.{}/{}".format, _words, st.sampled_from(["ly", "be", "shop", "xyz"]), _words),
)


def _with_check_digit(number: str) -> str:
    """A card's number by Luhn's rule, one digit longer."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return number + str(-sum(each // 10 + each % 10 for each in doubled) % 10)


def _iban(country: str, account: str) -> str:
    rest = int("".join(str(int(letter, 36)) for letter in f"{account}{country}00")) % 97
    return f"{country}{98 - rest:02}{account}"


def _identity(region: str, birthday: str, serial: str) -> str:
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(f"{region}{birthday}{serial}"))
    return f"{region}{birthday}{serial}{'10X98765432'[weighed % 11]}"


_gaps = st.sampled_from(["", " ", "-"])
_cards = st.one_of(
    st.builds(str.__add__, st.sampled_from(["4", "51", "55", "62"]), _digits(13)).map(lambda each: each[:15]),
    st.builds(str.__add__, st.sampled_from(["34", "37"]), _digits(12)),
    st.builds(str.__add__, st.just("62"), _digits(16)),
).map(_with_check_digit)
CARDS: Final = _wide(
    st.builds(lambda number, gap: _grouped(number, gap, 4, 4, 4, 4), _cards, st.sampled_from(["", " ", "-", "."]))
)
BESIDE_CARDS: Final = (
    "{} 12/25 cvv 123",
    "{} 10/26",
    "{} 123",
    "5 {}",
    "on 2 {}",
    "{} {}",
    "ordered 2 {} 1225 3",
    "2.{}.7",
)
"""Frames in which other numbers stand beside a card."""
_ibans = st.one_of(
    st.builds(_iban, st.just("DE"), _digits(18)),
    st.builds(_iban, st.just("FR"), _digits(23)),
    st.builds(_iban, st.just("GB"), st.builds("NWBK{}".format, _digits(14))),
    st.builds(_iban, st.just("NO"), _digits(11)),
)
IBANS: Final = st.one_of(
    st.builds(lambda number, gap: _grouped(number, gap, *[4] * 8), _ibans, _gaps), _ibans.map(str.lower)
)
_birthdays = st.dates(min_value=date(1930, 1, 1), max_value=date(2020, 12, 31))
IDENTITIES: Final = _wide(
    st.one_of(
        st.builds(_identity, _digits(6, "123456"), _birthdays.map("{:%Y%m%d}".format), _digits(3)),
        st.builds("{}{:%y%m%d}{}".format, _digits(6, "123456"), _birthdays, _digits(3)),
    )
)

_mobiles = st.builds("1{}{}".format, st.sampled_from("3456789"), _digits(9))
_examples = [
    number
    for region in phonenumbers.SUPPORTED_REGIONS
    for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    if (number := phonenumbers.example_number_for_type(region, kind))
]
_formats = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL)
_national = [
    phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    for region in ("CN", "US", "CA", "GB")
    for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    if (number := phonenumbers.example_number_for_type(region, kind))
]
PHONES: Final = st.one_of(
    _wide(st.builds(lambda number, gap: _grouped(number, gap, 3, 4, 4), _mobiles, _gaps)),
    st.builds("{}{}".format, st.sampled_from(["+86", "+86 ", "0086", "86-", "(+86)"]), _mobiles),
    st.builds("{}-{}".format, st.sampled_from(["010", "021", "0755", "0571"]), _digits(8, "2345678")),
    st.builds("({}){}".format, st.sampled_from(["010", "0755"]), _digits(8, "2345678")),
    st.builds("010-{}转{}".format, _digits(8, "2345678"), _digits(3)),
    _mobiles.map(lambda each: each.translate(str.maketrans(_DIGITS, "零一二三四五六七八九"))),
    st.builds("({}) {}-{}".format, _digits(3, "23456789"), _digits(3, "23456789"), _digits(4)),
    st.builds("{}.{}.{}".format, _digits(3, "23456789"), _digits(3, "23456789"), _digits(4)),
    st.builds("1-{}-{}-{}".format, _digits(3, "23456789"), _digits(3, "23456789"), _digits(4)),
    st.builds("07{} {}".format, _digits(3), _digits(6)),
    st.builds("020 {} {}".format, _digits(4, "378"), _digits(4)),
    st.builds(phonenumbers.format_number, st.sampled_from(_examples), st.sampled_from(_formats)),
    st.sampled_from(_national),
)
_accounts = st.one_of(
    st.builds(
        "{}{}".format,
        st.sampled_from(["QQ:", "qq ", "QQ号：", "加QQ", "微信号: wx", "WeChat: ab_", "扣扣", "Q群 ", "wx: a"]),
        _digits(9, "1234"),
    ),
    st.builds("telegram @{}_{}".format, _words, _words),
    st.builds("{}{}_{}".format, st.sampled_from(["我的微信是", "wechat: ", "skype: "]), _words, _words),
)

NEAR_A_WORD: Final = st.one_of(
    _accounts,
    st.builds("电话{}{}".format, st.sampled_from(["", ":", "："]), _digits(8, "2345678")),
    st.builds("call me on {}".format, _digits(10, "23456789")),
    st.builds("座机 {}-{}".format, _digits(4, "2345678"), _digits(4)),
    st.builds("phone: {}-{}".format, _digits(3, "23456789"), _digits(4)),
)
_streets = st.builds(
    "{} {}{}".format,
    st.integers(1, 9999),
    st.sampled_from(["", "N. ", "West "]),
    st.builds(
        "{} {}".format,
        st.sampled_from(["Maple", "Queen Anne", "5th", "St. John's", "Martin Luther King"]),
        st.sampled_from(["Street", "St", "Avenue", "Ave.", "Road", "Blvd", "Lane", "Dr", "Court", "Way", "Terrace"]),
    ),
)
_lots = st.sampled_from(["", ", Apt 4B", " Suite 200", ", Flat 3", " #12"])
_towns = st.sampled_from(["", ", Springfield, IL 62704", ", Austin TX 78701-1234", ", London SW1A 1AA"])
_plain = st.builds(
    "{} {} {}".format,
    st.integers(1, 9999),
    st.sampled_from(["oak", "high", "old mill"]),
    st.sampled_from(["street", "road", "avenue"]),
)
ENGLISH_ADDRESSES: Final = st.one_of(
    st.builds("{}{}{}".format, _streets, _lots, _towns), _plain, st.builds("P.O. Box {}".format, st.integers(1, 99999))
)
_regions = st.sampled_from(["", "北京市海淀区", "广东省深圳市南山区", "浙江省杭州市", "上海浦东新区"])
_roads = st.sampled_from(["中关村大街", "南京东路", "解放路", "人民大道", "建设一街", "莲花巷"])
_inside = st.sampled_from(["", "3栋2单元501室", "甲单元", "12号楼1203室", "5楼", "A座808"])
CHINESE_ADDRESSES: Final = _wide(
    st.one_of(
        st.builds("{}{}{}号{}".format, _regions, _roads, st.integers(1, 2999), _inside),
        st.builds("{}阳光花园{}栋{}室".format, _regions, st.integers(1, 99), st.integers(101, 2999)),
        st.builds("{}{}{}弄".format, _regions, _roads, st.sampled_from(["十二", "三", "一百零五"])),
        st.sampled_from(["住在幸福小区二单元五楼", "阳光花园甲单元三楼", "莲花家园东门"]),
        st.builds("{}号楼{}单元{}".format, st.integers(1, 30), st.integers(1, 6), st.integers(101, 2999)),
    )
)
FORMS: Final = {
    EMAIL: EMAILS,
    URL: LINKS,
    BANK_CARD: CARDS,
    BANK_ACCOUNT: IBANS,
    IDENTITY_NUMBER: IDENTITIES,
    PHONE: PHONES,
    ADDRESS: st.one_of(ENGLISH_ADDRESSES, CHINESE_ADDRESSES),
}
"""By kind its made-up data; ``NEAR_A_WORD`` are telephone numbers and accounts that the word before them tells."""
_PARTS: Final = re.compile(r"\d+|[A-Za-z]{2,}|[\u4e00-\u9fff]{2,}")


def left_of(data: str, frame: str) -> list[str]:
    """The parts of ``data`` that are still there when it was masked in ``frame``, whose every ``{}`` it replaces."""
    framed = frame.replace("{}", data)
    text = masked(framed)
    rest = PLACEHOLDER.sub("", text)
    parts = [part for part in _PARTS.findall(data) if part in rest and part not in frame]
    return parts if text != framed else [data]
