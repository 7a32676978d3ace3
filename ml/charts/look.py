"""How all charts look: one configuration, one palette, sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ml.words import Language, Text, said

if TYPE_CHECKING:
    import altair as alt

PALETTE: Final = tuple(f"var(--series-{number})" for number in range(1, 7))
"""Six colours that the site's style defines for light and dark; told apart with colour-blind eyes too."""
FIRST: Final = PALETTE[0]
HEIGHT: Final = 240
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
"""Named, because Vega measures texts with it; where a text is too long for its place, it is cut with an ellipsis."""
_ROW: Final = 26
_SOFT: Final = {"labelColor": "currentColor", "titleColor": "currentColor", "labelFontSize": 12, "titleFontSize": 12}
_CONFIG: Final = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        **_SOFT,
        "titleFontWeight": 500,
        "domainColor": "currentColor",
        "domainOpacity": 0.35,
        "gridColor": "currentColor",
        "gridOpacity": 0.12,
        "ticks": False,
        "labelPadding": 6,
        "titlePadding": 10,
        "labelLimit": 200,
    },
    "legend": {
        **_SOFT,
        "title": None,
        "orient": "top",
        "symbolType": "circle",
        "symbolOpacity": 1,
        "labelLimit": 220,
        "padding": 0,
    },
    "header": {**_SOFT, "labelFontWeight": 600},
    "text": {"color": "currentColor"},
    "rule": {"color": "currentColor"},
    "range": {"category": list(PALETTE)},
}


def finished(chart: Any, height: int | None = HEIGHT) -> dict[str, Any]:
    """The specification of a chart as wide as its place, without what names a network address."""
    if height is not None:
        chart = chart.properties(height=height)
    spec: dict[str, Any] = chart.properties(width="container").configure(**_CONFIG).to_dict()
    spec.pop("$schema", None)
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec


def narrower_than(pixels: int) -> str:
    """A Vega expression: whether the chart's place is narrower. It is the same before and after the chart is laid out;
    ``width``, which is not, only has it asked again when the place changes."""
    return f"width * 0 + containerSize()[0] < {pixels}"


def rows_high(count: int) -> int:
    """The height of a chart with a bar, or a line of cells, per row."""
    return max(count, 2) * _ROW


def data(rows: Iterable[Mapping[str, Any]], language: Language) -> alt.InlineData:
    """Rows in a language; a day stands as its local midnight, so that no reader's zone moves it."""
    import altair as alt

    return alt.InlineData(values=[{name: _plain(value, language) for name, value in row.items()} for row in rows])


def axis(title: Text, language: Language, **more: Any) -> dict[str, Any]:
    """What an encoding says of its axis."""
    import altair as alt

    return {"title": said(title, language) or None, "axis": alt.Axis(**more)}


def day_format(language: Language) -> str:
    """Of days on an axis, as d3 writes them."""
    return "%-m月%-d日" if language == "zh" else "%-d %b"


def colours(names: Iterable[Text], language: Language) -> alt.Scale:
    """A colour for each name, in this order whatever the data's; those beyond the palette share the last."""
    import altair as alt

    domain = [said(name, language) for name in names]
    return alt.Scale(domain=domain, range=[PALETTE[min(place, len(PALETTE) - 1)] for place in range(len(domain))])


def _plain(value: Any, language: Language) -> Any:
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"
    return value if value is None or isinstance(value, (int, float, bool)) else said(value, language)
