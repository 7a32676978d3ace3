"""Sentences that no fact sheet supports, whatever it says."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from ml.text.facts import FactSheet
from testkit.marketing_texts.planted_words import BANNED, CLAIMS, DISGUISED, FOREIGN, HIDDEN, PERSONAL
from testkit.marketing_texts.sheets import OTHER_BRANDS, OTHERS


def _in(sheet: FactSheet, english: str, chinese: str) -> str:
    return english if sheet.language == "en" else chinese


def _claim(kind: str) -> Callable[[FactSheet, Random], str]:
    def planted(sheet: FactSheet, rng: Random) -> str:
        words = rng.choice(CLAIMS[kind][0 if sheet.language == "en" else 1])
        return _in(
            sheet,
            f"{rng.choice(('Enjoy', 'Discover', 'It is', 'Say hello to'))} {words}.",
            f"{rng.choice(('', '为您带来', '体验'))}{words}。",
        )

    return planted


def _other_product(sheet: FactSheet, rng: Random) -> str:
    english, chinese = rng.choice(OTHERS)
    return _in(sheet, f"{rng.choice(('Have you tried', 'Or take'))} {english} yet.", f"再来一份{chinese}吧。")


def _other_brand(sheet: FactSheet, rng: Random) -> str:
    if sheet.language == "en":
        return f"Now with news from {rng.choice([brand for brand in OTHER_BRANDS if brand.isascii()])} too."
    return f"还有{rng.choice(('皇家农庄', 'Fernwick'))}的新品。"


def _invented(sheet: FactSheet, rng: Random) -> str:
    name = rng.choice(("Zorbo", "Kaffino", "Bluemount Reserve", "Tastify"))
    return _in(
        sheet, f"We think that you will love {name} as well.", f"推荐《{rng.choice(('金山茶', '快乐果'))}》给您。"
    )


def _altered(sheet: FactSheet, rng: Random) -> str:
    name = sheet.products[rng.randrange(3)].names[0]
    return f"We also have {name} {rng.choice(('Gold', 'Deluxe', 'Max', '2000', 'Ultra'))} for you."


def _personal(sheet: FactSheet, rng: Random) -> str:
    return _in(sheet, "Write to {}.", "联系{}。").format(rng.choice(PERSONAL))


def _somebody(sheet: FactSheet, rng: Random) -> str:
    return _in(
        sheet,
        f"Hi {rng.choice(('Anna', 'Mr', 'Bob', 'Priya'))}, good to see you.",
        f"亲爱的{rng.choice(('小明', '王芳', 'Anna'))}，好久不见。",
    )


def _slot(_: FactSheet, rng: Random) -> str:
    return rng.choice(
        (
            "Hi {last_name}.",
            "Hi {{ first_name }}.",
            "For [FIRST NAME].",
            "Worth ${price}.",
            "See %%link%%.",
            "Costs XX.",
            "{% if x %}.",
        )
    )


def _banned(sheet: FactSheet, rng: Random) -> str:
    return rng.choice(BANNED[0 if sheet.language == "en" else 1])


def _language(sheet: FactSheet, rng: Random) -> str:
    if sheet.language == "en":
        return rng.choice(FOREIGN)
    return (
        "This is the news that you have been waiting for, and we are happy to share all of it with you here and now. "
        * 2
    )


def _hidden(sheet: FactSheet, rng: Random) -> str:
    mark = rng.choice(HIDDEN)
    return _in(sheet, f"Treat yourself to some{mark}thing new.", f"一起享受春{mark}天的味道。")


def _disguised(sheet: FactSheet, rng: Random) -> str:
    return _in(sheet, "Take {} off.", "立减{}。").format(rng.choice(DISGUISED))


def _homoglyph(_: FactSheet, rng: Random) -> str:
    return rng.choice(("Thе chеаpest рrice.", "Frеe gifts.", "Νew in store.", "Clinicаlly proven."))


def _markup(_: FactSheet, rng: Random) -> str:
    return rng.choice(
        ("<b>New</b> in store.", "<script>alert()</script>.", "Hello<br/>there.", "<!-- note -->.", "![look](x).")
    )


def _too_long(sheet: FactSheet, _: Random) -> str:
    return _in(sheet, "Treat yourself to something new this season. ", "一起享受春天的味道。") * 300


def _sentence(sheet: FactSheet, _: Random) -> str:
    return _in(sheet, "it is good and so is that " * 8 + ".", "我们为您精心挑选了一些新品，" * 9 + "。")


def _year(sheet: FactSheet, rng: Random) -> str:
    day = sheet.periods[0].end
    assert day
    wrong = day.year + rng.choice((1, 2, -1))
    return _in(sheet, f"Valid until {day:%B} {day.day}, {wrong}.", f"有效期至{wrong}年{day.month}月{day.day}日。")


def _weekday(sheet: FactSheet, rng: Random) -> str:
    day = sheet.periods[0].end
    assert day
    other = (day.weekday() + rng.randrange(1, 7)) % 7
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[other]
    return _in(
        sheet,
        f"Valid until {name}, {day:%B} {day.day}.",
        f"有效期至{day.month}月{day.day}日（周{'一二三四五六日'[other]}）。",
    )


def _number(sheet: FactSheet, rng: Random) -> str:
    return _in(
        sheet,
        rng.choice(
            (
                "Loved by 2 million people.",
                "Two in three agree.",
                "Our 47th year.",
                "Ready in forty-seven minutes.",
                "Twice the taste.",
                "Since 1887.",
            )
        ),
        rng.choice(
            (
                "已有两百万人购买。",
                "三分之二的人喜欢。",
                "四十七周年庆。",
                "只需四十七分钟。",
                "双倍美味，2倍快乐。",
                "始于1887年。",
            )
        ),
    )


PLANTED: Final[dict[str, Callable[[FactSheet, Random], str]]] = {
    **{kind: _claim(kind) for kind in CLAIMS},
    "another product of the shop": _other_product,
    "another brand of the shop": _other_brand,
    "an invented name": _invented,
    "an altered name": _altered,
    "personal data": _personal,
    "another shopper's name": _somebody,
    "a slot that nobody fills": _slot,
    "a banned word": _banned,
    "another language": _language,
    "a hidden character": _hidden,
    "a disguised discount": _disguised,
    "letters that look alike": _homoglyph,
    "markup": _markup,
    "too many characters": _too_long,
    "a sentence too long": _sentence,
    "a wrong year": _year,
    "a wrong weekday": _weekday,
    "a number of nothing": _number,
}
