"""Tables of shaded cells whose names are phrases: each is broken over lines, so that a phone shows it too."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ml.charts.kinds import Spec
from ml.charts.look import FIRST, PALETTE, axis, data, finished, narrower_than
from ml.words import Language, Text, said

_BELOW: Final = PALETTE[1]
_LINE: Final = 14
"""Pixels of a line of a name."""
_ROW, _COLUMN = 20, 11
"""Letters of a line of a name, at the side and above."""
_NARROW, _SIDE, _SHORT = 68, 150, 4
"""Pixels that a broken name needs, and those of the names at the side; letters of a name that needs no more than a
number."""
_BREAK: Final = "⏎"
"""Between lines; a line feed in data is shown as its escape."""


@dataclass(frozen=True)
class Shaded:
    """A cell.

    Attributes:
        value: what is written in it.
        strength: how deep its colour is; below 0 it has the other colour.
        note: what is shown when it is pointed at, beyond names and value.
    """

    row: Text
    column: Text
    value: float
    strength: float
    note: Text = ""


def heat(cells: Sequence[Shaded], rows: Text, columns: Text, form: str = "~s", order: Sequence[Text] = ()) -> Spec:
    """Names in the order in which they first come.

    Args:
        order: of the names on both sides, where they are the same.
    """

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        rows_named, columns_named = (order or [getattr(cell, side) for cell in cells] for side in ("row", "column"))
        down = list(dict.fromkeys(_broken(name, language, _ROW) for name in rows_named))
        across = list(dict.fromkeys(_broken(name, language, _COLUMN) for name in columns_named))
        values = [
            {
                "across": _broken(cell.column, language, _COLUMN),
                "down": _broken(cell.row, language, _ROW),
                **{name: said(getattr(cell, name), language) for name in ("row", "column", "note")},
                "value": cell.value,
                "depth": abs(cell.strength),
                "side": "below" if cell.strength < 0 else "above",
            }
            for cell in cells
        ]
        lines = f"split(datum.label, '{_BREAK}')"
        top = axis(columns, language, orient="top", grid=False, **_above(across, lines))
        base = alt.Chart(data(values, language)).encode(
            x=alt.X("across:N", sort=across, **top),
            y=alt.Y("down:N", sort=down, **axis(rows, language, labelLimit=160, grid=False, labelExpr=lines)),
            tooltip=["row:N", "column:N", alt.Tooltip("value:Q", format=form), "note:N"],
        )
        most = max((abs(cell.strength) for cell in cells), default=1.0) or 1.0
        rect = base.mark_rect(stroke="var(--card)", strokeWidth=1).encode(
            opacity=alt.Opacity("depth:Q", legend=None, scale=alt.Scale(domain=[0, most], range=[0.04, 0.55])),
            color=alt.Color("side:N", legend=None, scale=alt.Scale(domain=["above", "below"], range=[FIRST, _BELOW])),
        )
        shown = base.mark_text(fontSize=12 if len(across) < 9 else 10).encode(text=alt.Text("value:Q", format=form))
        tallest = max((name.count(_BREAK) + 1 for name in down), default=1)
        return finished(rect + shown, max(len(down), 2) * max(tallest * _LINE + 8, 26))

    return spec


def _above(names: Sequence[str], lines: str) -> dict[str, Any]:
    """Names above their columns: broken over lines, and where columns are narrow upright."""
    import altair as alt

    is_narrow = narrower_than(_NARROW * len(names) + _SIDE)
    padding = 6 + _LINE * max((name.count(_BREAK) for name in names), default=0)
    if max(map(len, names), default=0) <= _SHORT:
        return {"labelAngle": 0}
    return {
        "labelAngle": alt.ExprRef(f"{is_narrow} ? -90 : 0"),
        "labelAlign": alt.ExprRef(f"{is_narrow} ? 'left' : 'center'"),
        "labelBaseline": alt.ExprRef(f"{is_narrow} ? 'middle' : 'bottom'"),
        "labelPadding": alt.ExprRef(f"{is_narrow} ? 6 : {padding}"),
        "labelExpr": f"{is_narrow} ? join({lines}, ' ') : {lines}",
        "labelLimit": 150,
        "labelOverlap": False,
    }


def _broken(text: Text, language: Language, letters: int) -> str:
    """A name over at most three lines; ideographs are twice as wide and break anywhere."""
    name = said(text, language)
    wide = sum(ord(letter) > 0x2E80 for letter in name) > len(name) / 2
    lines = textwrap.wrap(name, letters // 2 + 1 if wide else letters, max_lines=3, placeholder="…")
    return _BREAK.join(lines) or name
