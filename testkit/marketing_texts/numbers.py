"""Numbers as English and Chinese people write them."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Final

_BELOW_20: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HAN: Final = "零一二三四五六七八九"
_FULL_WIDTH: Final = str.maketrans("0123456789%$.,", "０１２３４５６７８９％＄．，")


def english(number: int) -> str:
    """``number`` below a million in words."""
    if number < 20:
        return _BELOW_20[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_BELOW_20[ones]}" if ones else "")
    size, word = (100, "hundred") if number < 1000 else (1000, "thousand")
    head, rest = divmod(number, size)
    joint = " and " if size == 100 or rest < 100 else " "
    return f"{english(head)} {word}" + (f"{joint}{english(rest)}" if rest else "")


def chinese(number: int) -> str:
    """``number`` below ten thousand in Chinese numerals."""
    if number < 10:
        return _HAN[number]
    words, is_gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            words += ("零" if is_gap and words else "") + _HAN[digit] + unit
            is_gap = False
        elif words:
            is_gap = True
    return words.removeprefix("一") if number < 20 else words


def figures(number: Decimal) -> str:
    """Without zeros that say nothing: 12.50 is 12.5, 20.00 is 20."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def full_width(text: str) -> str:
    """Figures and signs as Chinese input methods write them."""
    return text.translate(_FULL_WIDTH)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def grouped(number: Decimal, rng: Random) -> str:
    """An amount of money in one of the forms of several countries."""
    plain = f"{number:.2f}"
    forms = [plain, f"{number:,.2f}"]
    if number == int(number):
        forms += [str(int(number)), f"{int(number):,}"]
    if number >= 1000:
        swapped = f"{number:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
        forms += [swapped, f"{number:,.2f}".replace(",", "\u00a0"), f"{number:,.2f}".replace(",", "'")]
    else:
        forms.append(plain.replace(".", ","))
    return rng.choice(forms)
