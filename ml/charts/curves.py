"""Lines of one measure over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ml.charts.kinds import Spec, Spot, coloured
from ml.charts.look import HEIGHT, axis, data, finished
from ml.words import Language, Text

_FEW: Final = 3


def curves(spots: Sequence[Spot], x: Text, y: Text, form: str = "~p", reference: Sequence[Spot] = ()) -> Spec:
    """A line per group, in the order of ``x``.

    Args:
        reference: ends of a dashed line to compare with.
    """

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        groups = list(dict.fromkeys(spot.group for spot in spots))
        colour = coloured("group", groups, language)
        if len(groups) > 1:
            colour["color"].legend = alt.Legend(columns=1 if len(groups) <= _FEW else 2)  # a phone is narrow
        line = (
            alt.Chart(data(map(vars, spots), language))
            .mark_line(strokeWidth=2)
            .encode(
                x=alt.X("x:Q", **axis(x, language, format="~p", tickCount=5)),
                y=alt.Y("y:Q", **axis(y, language, format=form, tickCount=5)),
                tooltip=["group:N", alt.Tooltip("x:Q", format="~p"), alt.Tooltip("y:Q", format=form)],
                **colour,
            )
        )
        if not reference:
            return finished(line, HEIGHT)
        dashed = alt.Chart(data(map(vars, reference), language)).mark_line(
            color="currentColor", opacity=0.5, strokeDash=[4, 4], strokeWidth=1
        )
        return finished(dashed.encode(x="x:Q", y="y:Q") + line, HEIGHT)

    return spec
