"""Values with their intervals, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml.charts.kinds import Spec, coloured
from ml.charts.look import axis, data, finished, rows_high
from ml.words import Language, Text, said


@dataclass(frozen=True)
class Span:
    """A value and the interval around it.

    Attributes:
        group: what gives it its colour.
    """

    name: Text
    value: float
    low: float
    high: float
    group: Text = ""


def intervals(spans: Sequence[Span], title: Text, form: str = "~s") -> Spec:
    """A point and a line per row, in the order given, the first on top; the scale begins where the values do."""

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        names = list(dict.fromkeys(said(span.name, language) for span in spans))
        groups = list(dict.fromkeys(span.group for span in spans))
        ends = axis(title, language, format=form, tickCount=5)
        base = alt.Chart(data(map(vars, spans), language)).encode(
            y=alt.Y("name:N", sort=names, **axis("", language)), **coloured("group", groups, language)
        )
        line = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", scale=alt.Scale(zero=False), **ends), x2="high:Q")
        tip = ["name:N", *(alt.Tooltip(f"{each}:Q", format=".4f") for each in ("value", "low", "high"))]
        point = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("value:Q"), tooltip=tip)
        return finished(line + point, rows_high(len(names)))

    return spec
