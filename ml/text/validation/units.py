"""Units of measure in English and Chinese, each as an amount of one base unit."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Final

from ml.text.facts import Quantity
from ml.text.validation.word_lists import listed

_SAME: Final = {
    "g": "gram grams gramme grammes gr 克",
    "ml": "millilitre millilitres milliliter milliliters 毫升",
    "cm": "centimetre centimetres centimeter centimeters 厘米 公分",
    "inch": "inches 英寸",
    "oz": "ounce ounces 盎司",
    "lb": "lbs pound pounds 磅",
    "minute": "minutes min mins 分钟",
    "month": "months 个月 月",
    "kcal": "calorie calories cal kcals 千卡 大卡 卡路里",
    "degree": "degrees °c ℃ 度",
    "piece": "pieces pc pcs item items 件 个 只 款 样 枚 种 product products",
    "bottle": "bottles 瓶",
    "pack": "packs packet packets pk 包",
    "bag": "bags 袋",
    "box": "boxes 盒 箱",
    "can": "cans tin tins 罐 听",
    "slice": "slices 片",
    "capsule": "capsules tablet tablets 粒 颗",
    "cup": "cups 杯",
    "serving": "servings 份",
    "person": "people persons customers customer shoppers shopper members 人 位 名 位顾客 名顾客 位会员 名会员 位客户",
    "point": "points pts 积分 点积分 分积分",
    "times": "x 倍 time 次",
    "star": "stars 星 颗星",
    "store": "stores shops 家 家门店 家店",
    "floor": "floors 楼 层",
    "year_of_age": "岁",
}
_MULTIPLES: Final[dict[str, tuple[str, int | str, str]]] = {
    "kg": ("g", 1000, "kilo kilos kilogram kilograms 公斤 千克"),
    "mg": ("g", "0.001", "milligram milligrams 毫克"),
    "斤": ("g", 500, "市斤"),
    "两": ("g", 50, ""),
    "l": ("ml", 1000, "litre litres liter liters 升 公升"),
    "cl": ("ml", 10, "centilitre centilitres"),
    "m": ("cm", 100, "metre metres meter meters 米"),
    "mm": ("cm", "0.1", "millimetre millimetres millimeter millimeters 毫米"),
    "hour": ("minute", 60, "hours hr hrs 小时 个小时 钟头"),
    "day": ("minute", 1440, "days 天"),
    "week": ("minute", 10080, "weeks 周 星期 个星期"),
    "year": ("month", 12, "years yr yrs 年"),
    "dozen": ("piece", 12, "打"),
}


@cache
def known() -> dict[str, tuple[str, Decimal]]:
    """Every spelling, in lower case, with its base unit and how many of that it is."""
    units = {unit: (unit, Decimal(1)) for unit in _SAME}
    units |= {each: (unit, Decimal(1)) for unit, spellings in _SAME.items() for each in spellings.split()}
    for unit, (base, factor, spellings) in _MULTIPLES.items():
        units |= {each: (base, Decimal(factor)) for each in (unit, *spellings.split())}
    return units


@cache
def chinese() -> tuple[str, ...]:
    """The Chinese spellings, longest first."""
    return tuple(sorted((each for each in known() if each > "\u4e00"), key=len, reverse=True))


PHYSICAL: Final = frozenset({"g", "ml", "cm", "minute", "month", "oz", "lb", "inch", "kcal", "degree", "point"})
"""Base units in which even ``one`` states an amount."""
COUNTED: Final = frozenset(
    listed("piece bottle pack bag box can slice capsule cup serving pick favourite favorite deal offer find idea")
)
"""Base units and words in which products are counted."""


def base(word: str) -> tuple[str, Decimal]:
    """The base unit of a word and its factor; an unknown word is a unit of its own, without its plural s."""
    word = word.lower()
    found = known().get(word)
    if found:
        return found
    return (word[:-1] if len(word) > 3 and word.endswith("s") else word), Decimal(1)


@cache
def in_base(quantity: Quantity) -> tuple[Decimal, str]:
    """A quantity in its base unit."""
    unit, factor = base(quantity.unit.strip())
    return quantity.amount * factor, unit
