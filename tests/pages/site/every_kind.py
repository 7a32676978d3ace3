"""Pages of a capability with every kind of block, hostile texts in all of them; and ones that cannot be made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ml.charts.curves import curves
from ml.charts.heat import Shaded, heat
from ml.charts.kinds import (
    Bar,
    Bin,
    Cell,
    Point,
    Spot,
    bars,
    calibration,
    columns_over_time,
    histogram,
    matrix,
    over_time,
    scatter,
)
from ml.charts.maps import Middle, Place, group_map
from ml.documents import Chart, Figure, Link, Mark, Page, Section
from ml.errors import NotFitted
from ml.messages import Form, Label, Preview, PreviewGroup, Quote, Run
from ml.publish.store import Version
from ml.settings import Settings
from ml.words import LANGUAGES, Words
from tests.pages.site.shop import HOSTILE, LONG

NAME = "kinds"
_DAYS = [date(2025, 2, 1) + timedelta(days=number) for number in range(20)]
_AXES = (Words("predicted", "预测"), Words("observed", "实际"))
_BAND = [
    Point(day, 0.2 + place / 100, series, 0.1, 0.4)
    for series in (Words("first", "第一"), HOSTILE)
    for place, day in enumerate(_DAYS)
]
SPECS = {
    "over_time": over_time(_BAND, Words("share", "占比"), ".0%"),
    "columns_over_time": columns_over_time([Point(day, 5.0, name) for name in "ab" for day in _DAYS], "n"),
    "bars": bars([Bar(HOSTILE, 3, "a"), Bar(HOSTILE, 2, "b"), Bar(LONG, 1, "a")], "n"),
    "histogram": histogram([Bin(number, number + 1, number * 3) for number in range(8)], "x", "n"),
    "calibration": calibration([Spot(number / 10, number / 11, "", "", number + 1) for number in range(9)], *_AXES),
    "curves": curves([Spot(x / 4, x / 5, "", name) for name in (HOSTILE, LONG) for x in range(5)], *_AXES),
    "scatter": scatter([Spot(number, number % 3, HOSTILE, str(number % 2)) for number in range(9)], "x", "y"),
    "heat": heat([Shaded(HOSTILE, "short", 4, 1), Shaded(_AXES[0], _AXES[1], -0.5, -0.5, "n")], "from", "to"),
    "group_map": group_map(
        [Place(number, number % 3, str(number % 9)) for number in range(27)],
        [Middle(number, 1.0, str(number)) for number in range(9)],
        [str(number) for number in range(9)],
    ),
    "matrix": matrix([Cell(row, column, 4) for row in ("new", HOSTILE) for column in "ab"], "from", "to"),
}
_RUNS = (Run(f"{HOSTILE}\n"), Run(HOSTILE, "slot", HOSTILE), Run(LONG, "refused", Words("price", "价格")))
_QUOTES = (Quote(HOSTILE, LONG, HOSTILE, (Label(HOSTILE, "watch"),)), Quote("It broke.", "Kettle"))
_FORMS: tuple[tuple[Form, int], ...] = (("email", 3), ("ad", 2), ("push", 1), ("sms", 1), ("banner", 1), ("plain", 1))
_PREVIEWS = tuple(
    Preview(form, language, (_RUNS,) * parts, HOSTILE, HOSTILE, (Label("waits", "watch"), Label("template")), (LONG,))
    for form, parts in _FORMS
    for language in LANGUAGES
)


def pages(settings: Settings, version: Version) -> Iterator[Page]:
    """One page."""
    charts = tuple(Chart(spec, Words(f"A chart: {name}", f"图表：{name}")) for name, spec in SPECS.items())
    columns = (Words("name", "名称"), Words("number", "数字"), "link", "mark")
    rows = (
        (HOSTILE, "1,234", Link(HOSTILE, "data.html#days"), Mark(Words("good", "好"), "good")),
        (LONG, "2", Link(LONG, "javascript:alert(1)"), Mark(HOSTILE, "bad")),
        ("مرحبا بالعالم", "3", Link("run", "airflow:dags/build_shelves"), Mark("seen", "watch")),
    )
    yield Page(
        NAME,
        Words("Every kind", "各种内容"),
        Words("All that a page can hold.", "页面可包含的全部内容。"),
        (
            Section("Table", "Some `code` in it.", columns, rows, frozenset({columns[1]}), name="table"),
            Section(
                Words("Charts", "图表"),
                "",
                ("a", "b"),
                (("1", "2"),),
                figures=(Figure(HOSTILE, LONG, HOSTILE, "#table"), Figure("Short", "7")),
                charts=charts,
                name="charts",
            ),
            Section(Words("Texts", "文字"), quotes=_QUOTES, previews=(PreviewGroup(HOSTILE, _PREVIEWS),), name="texts"),
            Section(Words("Folded", "折叠"), "texts", quotes=_QUOTES, folded=True),
        ),
    )


def broken(settings: Settings, version: Version) -> Iterator[Page]:
    """A page, then none."""
    yield from pages(settings, version)
    raise NotFitted("model <b>", expected="a fitted one", found="none", remedy="Fit it")
