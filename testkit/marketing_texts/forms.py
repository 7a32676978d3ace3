"""Percentages, prices, dates and times in every form in which people write them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from random import Random
from typing import Final

from ml.text.facts import Money
from ml.words import Language
from testkit.marketing_texts.numbers import chinese, english, figures, full_width, grouped, ordinal

_SIGNS: Final = {"USD": ("$", "US$", "USD ", "＄"), "EUR": ("€", "EUR ", "€ "), "CNY": ("¥", "CNY ", "RMB ", "￥")}
_WORDS: Final = {"USD": (" dollars", " USD", " US dollars"), "EUR": (" euros", " EUR", " €"), "CNY": (" yuan", " RMB")}
_HAN_WORDS: Final = {"USD": ("美元", "美金"), "EUR": ("欧元",), "CNY": ("元", "块", "块钱", "元人民币")}
_ABBREVIATED: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def percent(rng: Random, value: Decimal) -> str:
    """12.5%, 12.5 percent, twelve percent; the same in both languages' figures."""
    plain = figures(value)
    forms = [
        f"{plain}%",
        f"{plain} %",
        f"{plain} percent",
        f"{plain} per cent",
        full_width(f"{plain}%"),
        f"{value:.1f}%",
    ]
    if value == int(value):
        forms += [f"{english(int(value))} percent", f"{english(int(value)).replace('-', ' ')} per cent"]
    else:
        whole, _, decimals = plain.partition(".")
        forms += [f"{plain.replace('.', ',')} %", f"{english(int(whole))} point {english(int(decimals))} percent"]
    return rng.choice(forms)


def percent_in_chinese(rng: Random, value: Decimal) -> str:
    """20%, ２０％, 百分之二十."""
    plain = figures(value)
    forms = [f"{plain}%", full_width(f"{plain}%"), f"百分之{plain}"]
    if value == int(value):
        forms.append(f"百分之{chinese(int(value))}")
    return rng.choice(forms)


def zhe(rng: Random, off: Decimal) -> str:
    """What is paid in tenths: 20 percent off is 8折, 15 percent off 8.5折, 85折, 八五折."""
    paid = 100 - off
    tenths = paid / 10
    forms = [f"{figures(tenths)}折", full_width(f"{figures(tenths)}折")]
    if tenths == int(tenths):
        forms.append(f"{chinese(int(tenths))}折")
    elif paid == int(paid):
        whole, rest = divmod(int(paid), 10)
        forms += [f"{int(paid)}折", f"{chinese(whole)}{chinese(rest)}折", f"{chinese(whole)}点{chinese(rest)}折"]
    return rng.choice(forms) + rng.choice(("", "优惠"))


def money(rng: Random, value: Money) -> str:
    """$1,299.00, 1.299,00 €, nine dollars and sixty cents."""
    amount = grouped(value.amount, rng)
    forms = [rng.choice(_SIGNS[value.currency]) + amount, amount + rng.choice(_WORDS[value.currency])]
    whole, cents = divmod(int(value.amount * 100), 100)
    if value.currency == "USD" and whole < 10_000:
        forms.append(f"{english(whole)} dollars" + (f" and {english(cents)} cents" if cents else ""))
    if value.currency == "USD" and not whole and cents:
        forms += [f"{cents} cents", f"{cents}¢"]
    return rng.choice(forms)


def money_in_chinese(rng: Random, value: Money) -> str:
    """1,299元, ￥１２９９, 九元六角, 9块6, 人民币9.60元."""
    plain = rng.choice((figures(value.amount), f"{value.amount:.2f}", f"{value.amount:,.2f}"))
    forms = [
        plain + rng.choice(_HAN_WORDS[value.currency]),
        full_width(figures(value.amount)) + _HAN_WORDS[value.currency][0],
    ]
    forms.append(rng.choice(_SIGNS[value.currency]).strip() + plain)
    whole, cents = divmod(int(value.amount * 100), 100)
    if value.currency == "CNY":
        forms.append(f"人民币{plain}元")
        if not cents:
            forms.append(f"{chinese(whole)}元")
        elif cents % 10 == 0:
            forms += [
                f"{whole}块{cents // 10}",
                f"{whole}元{cents // 10}角",
                f"{chinese(whole)}元{chinese(cents // 10)}角",
            ]
    return rng.choice(forms)


def day(rng: Random, value: date) -> str:
    """June 3, 3rd of June 2026, 2026-06-03, 6/3/2026, Wednesday, June 3."""
    month, short = value.strftime("%B"), _ABBREVIATED[value.month - 1]
    number = rng.choice((str(value.day), ordinal(value.day)))
    forms = [f"{month} {number}", f"{short} {number}", f"{number} {month}", f"the {ordinal(value.day)} of {month}"]
    forms += [f"{month} {number}, {value.year}", value.isoformat(), f"{value.month}/{value.day}", f"{value:%d.%m.%Y}"]
    forms += [
        f"{value.month}/{value.day}/{value.year}",
        f"{value:%A}, {month} {number}",
        f"{month} {number} ({value:%A})",
    ]
    return rng.choice(forms)


def days(rng: Random, start: date, end: date) -> str:
    """from June 3 to June 9, June 3-9, 3-9 June."""
    forms = [
        f"from {start:%B} {start.day} to {end:%B} {ordinal(end.day)}",
        f"{start:%B} {start.day} – {end:%B} {end.day}",
    ]
    forms += [f"from {start.isoformat()} until {end.isoformat()}", f"{start:%b} {start.day} through {end:%b} {end.day}"]
    if start.month == end.month:
        forms += [f"{start:%B} {start.day}-{end.day}", f"{start.day}–{end.day} {start:%B}"]
    return rng.choice(forms)


def day_in_chinese(rng: Random, value: date) -> str:
    """6月3日, 六月三号, 2026年6月3日, 6月3日（周三）."""
    weekday = "一二三四五六日"[value.weekday()]
    plain = f"{value.month}月{value.day}{rng.choice('日号')}"
    forms = [plain, full_width(plain), f"{chinese(value.month)}月{chinese(value.day)}日", f"{value.year}年{plain}"]
    forms += [f"{plain}（周{weekday}）", f"{plain}星期{weekday}", value.isoformat(), f"{value:%Y.%m.%d}"]
    forms.append(
        f"{''.join('零一二三四五六七八九'[int(digit)] for digit in str(value.year)).replace('零', '〇')}年{plain}"
    )
    return rng.choice(forms)


def days_in_chinese(rng: Random, start: date, end: date) -> str:
    """6月3日至9日, 6.3-6.9, 六月三日到六月九日."""
    forms = [
        f"{start.month}月{start.day}日至{end.month}月{end.day}日",
        f"{start.month}.{start.day}-{end.month}.{end.day}",
    ]
    forms.append(f"{chinese(start.month)}月{chinese(start.day)}日到{chinese(end.month)}月{chinese(end.day)}日")
    if start.month == end.month:
        forms += [f"{start.month}月{start.day}日至{end.day}日", f"{start.month}月{start.day}-{end.day}日"]
    return rng.choice(forms)


def clock(rng: Random, value: time, language: Language) -> str:
    """8 pm, 8:30 p.m., 20:30, 晚上8点半."""
    hour = value.hour % 12 or 12
    if language == "en":
        half = "pm" if value.hour >= 12 else "am"
        short = f"{hour} {half}" if not value.minute else f"{hour}:{value.minute:02} {half}"
        return rng.choice((short, f"{value:%H:%M}", short.replace(" ", ""), f"{hour}:{value.minute:02} {half[0]}.m."))
    rest = "半" if value.minute else ""
    part = "晚上" if value.hour >= 18 else "下午" if value.hour > 12 else ""
    figure = value.hour % 12 if part else value.hour
    return rng.choice((f"{part}{figure}点{rest}", f"{value:%H:%M}", f"{part}{chinese(figure)}点{rest}"))
