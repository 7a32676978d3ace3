"""Whatever a text holds, it is one visible line of text for each destination, and two texts stay two."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.progress import Progress, TextColumn
from rich.table import Table
from rich.text import Text

from ml.errors import ShelduckError
from ml.escape import for_chat, for_markdown, visible
from ml.html import templates
from ml.terminal import PlainConsole
from tests.hostile import NAMES

texts = st.one_of(
    st.sampled_from(NAMES), st.text(), st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Cs", "P", "S"]))
)
_JOINERS = "\u200c\u200d"
_PAGE = templates(Path(__file__).parent).from_string('<p title="{{ text }}">{{ text }}</p>')
_STYLES = re.compile(r"\x1b\[[0-9;]*m")


def hidden(text: str) -> list[str]:
    """What a reader of ``text`` cannot see, or what moves the text beside it."""
    return [
        letter
        for letter in text
        if letter in "\u2028\u2029\ufeff"
        or (unicodedata.bidirectional(letter) in _BIDI)
        or unicodedata.category(letter) in ("Cc", "Cs")
    ]


_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


class Read(HTMLParser):
    """What a browser makes of a page: its text, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags = "", []
        self.feed(page)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *attrs))


def printed(renderable: object, **options: bool) -> str:
    out = StringIO()
    PlainConsole(file=out, width=20_000, **options).print(renderable, soft_wrap=True)
    return out.getvalue()


def test_there_are_three_hundred_different_names() -> None:
    assert len(set(NAMES)) == len(NAMES) == 300
    assert sum(bool(hidden(name)) for name in NAMES) > 100


@given(texts)
def test_nothing_hidden_is_left_and_nothing_visible_is_changed(text: str) -> None:
    shown = visible(text)
    assert not hidden(shown)
    assert shown.splitlines() == [shown] or not shown
    assert visible(shown) == shown
    if not hidden(text) and not any(unicodedata.category(letter) == "Cf" for letter in text):
        assert shown == text or any(letter in "\u115f\u1160\u3164\uffa0" for letter in text)


@pytest.mark.parametrize("name", ["Müller", "چای‌سبز", "日本茶", "👩‍🌾 Ökö", "שוקולד", "5 ½ × 3"])
def test_names_of_all_scripts_stay(name: str) -> None:
    assert visible(name) == name
    assert _PAGE.render(text=name) == f'<p title="{name}">{name}</p>'


@given(texts)
def test_a_browser_reads_the_text_and_no_tag(text: str) -> None:
    read = Read(_PAGE.render(text=text))
    assert read.text == visible(text, "\n")
    assert read.tags == [("p", ("title", visible(text, "\n")))]


@given(texts)
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    shown = visible(text)
    for source, before in ((f"x {for_markdown(text)} y", 0), (f"| h |\n|---|\n| x {for_markdown(text)} y |", 1)):
        page = Read(MarkdownIt("gfm-like", {"linkify": False}).render(source))
        assert {tag for tag, *_ in page.tags} <= {"p", "table", "thead", "tbody", "tr", "th", "td"}, source
        squeezed = " ".join(page.text.split())
        assert squeezed == " ".join(f"{'h ' * before}x {shown} y".split())


@given(texts)
def test_a_terminal_prints_the_text_and_obeys_none_of_it(text: str) -> None:
    table = Table(title="t", box=None)
    table.add_column("c", no_wrap=True)
    table.add_row(visible(text))
    column = Progress(
        TextColumn("{task.description}", markup=False), console=PlainConsole(file=StringIO(), width=20_000)
    )
    column.add_task(text)
    for renderable in (visible(text), Text(visible(text), style="red"), table, column.make_tasks_table(column.tasks)):
        plain = printed(renderable)
        assert not hidden(plain.replace("\n", ""))
        coloured = _STYLES.sub("", printed(renderable, force_terminal=True))
        assert not hidden(coloured.replace("\n", ""))
    assert visible(text) in printed(visible(text))


@given(texts)
def test_a_text_that_nobody_escaped_does_no_harm_either(text: str) -> None:
    for renderable in (text, Text(text)):
        out = _STYLES.sub("", printed(renderable, force_terminal=True))
        assert not hidden(re.sub(r"[\n\t]", "", out))


@given(texts, texts)
def test_an_error_is_told_without_what_its_texts_would_do(subject: str, found: str) -> None:
    told = str(ShelduckError(subject, expected="one", found=found, remedy="Run: shelduck days"))
    assert not hidden(told.replace("\n", ""))
    assert told.endswith("Run: shelduck days")


@given(texts)
def test_a_chat_calls_nobody(text: str) -> None:
    shown = for_chat(text)
    assert "<" not in shown
    assert html.unescape(shown) == html.unescape(html.escape(visible(text, "\n"), quote=False))
