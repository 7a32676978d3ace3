"""A map: places without units, coloured by group, with a number where each group lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ml.charts.kinds import Spec
from ml.charts.look import PALETTE, axis, colours, data, finished, narrower_than
from ml.words import Language, Text, said

_HEIGHT: Final = 420
_NARROW: Final = 520
"""Below so many pixels names stand one below the other."""
_SHAPES: Final = ("circle", "triangle-up", "diamond", "square")
"""Groups beyond the colours have the colours again, in another shape."""


@dataclass(frozen=True)
class Place:
    """A point of the map; ``group`` is shown when it is pointed at."""

    x: float
    y: float
    group: Text


@dataclass(frozen=True)
class Middle:
    """Where most of a group lies, and what is written there."""

    x: float
    y: float
    mark: str


def group_map(places: Sequence[Place], middles: Sequence[Middle], groups: Sequence[Text]) -> Spec:
    """The groups in the order given, whether or not any place has them."""

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        names = [said(group, language) for group in groups]
        legend = alt.Legend(labelLimit=300, columns=alt.ExprRef(f"{narrower_than(_NARROW)} ? 1 : 3"))
        scale = alt.Scale(zero=False, nice=False, padding=12)
        bare = axis("", language, labels=False, domain=False, grid=False)
        points = (
            alt.Chart(data(map(vars, places), language))
            .mark_point(filled=True, size=22, opacity=0.55, strokeWidth=0)
            .encode(
                x=alt.X("x:Q", scale=scale, **bare),
                y=alt.Y("y:Q", scale=scale, **bare),
                tooltip=["group:N"],
                color=alt.Color("group:N", scale=_colours(names, language), sort=None, legend=legend),
                shape=alt.Shape("group:N", scale=_shapes(names), sort=None, legend=legend),
            )
        )
        at = alt.Chart(data(map(vars, middles), language)).encode(x="x:Q", y="y:Q")
        plate = at.mark_circle(size=520, opacity=0.92, color="var(--card)", stroke="currentColor", strokeWidth=1)
        return finished(points + plate + at.mark_text(fontSize=13, fontWeight=600).encode(text="mark:N"), _HEIGHT)

    return spec


def _colours(names: Sequence[str], language: Language) -> Any:
    import altair as alt

    if len(names) <= len(PALETTE):
        return colours(names, language)
    return alt.Scale(domain=[*names], range=[PALETTE[place % len(PALETTE)] for place in range(len(names))])


def _shapes(names: Sequence[str]) -> Any:
    import altair as alt

    shapes = [_SHAPES[place // len(PALETTE) % len(_SHAPES)] for place in range(len(names))]
    return alt.Scale(domain=[*names], range=shapes)
