"""Charts: valid specifications in each language, the same each time, with colours that all can tell apart."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import altair as alt
import pytest

from ml.charts.look import PALETTE
from ml.pages.site.render import ASSETS
from ml.words import LANGUAGES
from tests.pages.site.every_kind import SPECS

Colour = tuple[float, float, float]
_LOOK = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
_DEUTERAN = ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969))
"""Machado, Oliveira and Fernandes 2009: linear RGB as eyes without green cones see it."""


@pytest.mark.parametrize("name", SPECS)
def test_a_specification_is_valid_the_same_each_time_and_names_no_address(name: str) -> None:
    for language in LANGUAGES:
        spec = SPECS[name](language)
        alt.Chart.from_dict(spec)
        text = json.dumps(spec)
        assert text == json.dumps(SPECS[name](language)) and "://" not in text


def test_texts_are_in_the_readers_language() -> None:
    english, chinese = (json.dumps(SPECS["calibration"](language), ensure_ascii=False) for language in LANGUAGES)
    assert "predicted" in english and "预测" not in english
    assert "预测" in chinese and "predicted" not in chinese


def test_days_are_midnights_of_no_zone() -> None:
    values = json.dumps(SPECS["over_time"]("en"))
    assert "2025-02-01T00:00:00" in values and "00:00:00Z" not in values


@pytest.mark.parametrize("theme", [1, 2], ids=["light", "dark"])
def test_series_stand_out_from_the_card_and_from_each_other_to_colour_blind_eyes_too(theme: int) -> None:
    colours = {found[0]: _linear(found[theme]) for found in _LOOK.findall((ASSETS / "site.css").read_text())}
    series = [colours[name.removeprefix("var(--").rstrip(")")] for name in PALETTE]
    assert len(series) == 6
    assert min(_contrast(each, colours["card"]) for each in series) >= 3
    assert min(_contrast(colours[name], colours["card"]) for name in ("ink", "soft", "accent", "good", "bad")) >= 4.5
    for seen in (series, [_seen(each) for each in series]):
        closest = min((_distance(a, b), number) for number, (a, b) in enumerate(combinations(seen[:5], 2)))
        assert closest[0] > 11, f"pair {closest[1]} differs by {closest[0]:.1f} only"


def _linear(text: str) -> Colour:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _each(
        (red, green, blue), lambda value: value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    )


def _each(colour: Colour, change: Any) -> Colour:
    red, green, blue = colour
    return change(red), change(green), change(blue)


def _luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def _contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _seen(colour: Colour) -> Colour:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in _DEUTERAN)
    return _each((red, green, blue), lambda value: min(max(value, 0.0), 1.0))


def _distance(one: Colour, other: Colour) -> float:
    """CIE 1976, in L*a*b*."""
    return sum((a - b) ** 2 for a, b in zip(_lab(one), _lab(other), strict=True)) ** 0.5


def _lab(colour: Colour) -> Colour:
    red, green, blue = colour
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    x, y, z = _each(
        (x, _luminance(colour), z), lambda value: value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
