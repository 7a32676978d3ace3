"""Pages (``ml.documents``) as HTML, by the templates beside this file. Every value is escaped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from ml.documents import Chart, Drawing, LookUp, Page
from ml.escape import visible
from ml.html import templates
from ml.pages.look_ups.files import description, look_ups_of
from ml.words import LANGUAGES, Language, Text, Words, said

ASSETS: Final = Path(__file__).with_name("assets")
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data:; "
    "base-uri 'none'; form-action 'none'"
)
"""Of every page. ``file:`` for browsers to which a file opened from a folder is no ``'self'``."""
_VEGA: Final = tuple(f"assets/vega/{name}.min.js" for name in ("vega", "vega-lite", "vega-embed"))
_LOOK_UP: Final = ("assets/look-up-records.js", "assets/look-up.js")
_LONGEST: Final = 200
_WEEKDAYS: Final = ("一", "二", "三", "四", "五", "六", "日")
_AIRFLOW: Final = "airflow:"


class _Said:
    """What every page says."""

    skip = Words("Skip to the content", "跳到正文")
    pages = Words("Pages", "页面")
    dark = Words("Dark colours", "深色模式")
    find = Words("Find", "查找")
    needs_script = Words("The search needs JavaScript.", "搜索需要 JavaScript。")
    as_table = Words("As a table", "以表格查看")
    long_figure = 14
    """Letters from which a figure is read as words and not as a number."""
    ad = Words("Sponsored", "广告")


@dataclass(frozen=True)
class Target:
    """Where a link leads; neither is set where it leads nowhere from a page of a folder."""

    href: str = ""
    airflow: str = ""


@dataclass(frozen=True)
class Site:
    """Everything that is written of a day.

    Attributes:
        pages: in the order of the navigation; the first is ``index``.
        footer: from what the site was made.
    """

    day: date
    pages: tuple[Page, ...]
    footer: Text

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(f"{page.name}.html" for page in self.pages)

    def html(self, page: Page, language: Language) -> str:
        """One page in one language."""
        root = "" if language == LANGUAGES[0] else "../"
        text: str = _TEMPLATES.get_template("page.html").render(
            page=page,
            pages=self.pages,
            day=self.day,
            day_in_words=in_words(self.day),
            footer=self.footer,
            language=language,
            root=root,
            other=f"{'../' if root else f'{LANGUAGES[1]}/'}{page.name}.html",
            scripts=_scripts(page),
            say=lambda text: said(text, language),
            address=lambda href: self.target(href, root),
            chart_json=lambda chart: _chart_json(chart, language),
            has_look_ups=bool(look_ups_of(page)),
            has_messages=any(section.quotes or section.previews for section in page.sections),
            look_up_json=lambda look_up: self._look_up(look_up, root),
            drawing_svg=lambda drawing: _drawing(drawing, language),
        )
        return text

    def _look_up(self, look_up: LookUp, root: str) -> Markup:
        told = _shown(description(look_up))
        for part in told["parts"]:
            for fact in part["facts"]:
                fact[2] = asdict(self.target(fact[2], root))
        return _data(told)

    def target(self, href: str, root: str) -> Target:
        """Where ``href`` (``ml.documents.Link``) leads from a page in the folder below which the site is ``root``."""
        if href.startswith(_AIRFLOW):
            return Target(airflow=href.removeprefix(_AIRFLOW).lstrip("/"))
        if href.startswith(("http://", "https://", "#")):
            return Target(href)
        path = href.partition("#")[0]
        if ":" in path or path.startswith("/"):
            return Target()  # another scheme or machine path: shown as text
        if path.endswith(".html") and path not in self._names:
            return Target()  # a page that could not be made, or of a capability that is off
        return Target(href if path in self._names else f"{root}{href}") if href else Target()


def in_words(day: date) -> Words:
    """A day as people say it."""
    return Words(
        f"{day:%A}, {day.day} {day:%B} {day.year}",
        f"{day.year}年{day.month}月{day.day}日 星期{_WEEKDAYS[day.weekday()]}",
    )


def _scripts(page: Page) -> Sequence[str]:
    has_charts = any(section.charts for section in page.sections)
    scripts = (*(_VEGA if has_charts else ()), "assets/site.js")
    return (*scripts, *(_LOOK_UP if look_ups_of(page) else ()))


def _chart_json(chart: Chart, language: Language) -> Markup:
    return _data(_shown(chart.spec(language)))


def _data(value: Any) -> Markup:
    """A JSON value as the content of a script element that is no script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _shown(value: Any) -> Any:
    """``value`` with the hidden characters of its texts visible, and long texts cut."""
    if isinstance(value, str):
        return visible(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…")
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list) else value


def _drawing(drawing: Drawing, language: Language) -> Markup:
    return Markup(drawing.svg(language))


def _environment() -> Any:
    environment = templates(Path(__file__).with_name("templates"))
    mark = (ASSETS / "mark.svg").read_text(encoding="utf-8").strip()
    environment.globals |= {"words": _Said, "policy": CONTENT_POLICY, "longest": _LONGEST, "mark": Markup(mark)}
    return environment


_TEMPLATES: Final = _environment()
