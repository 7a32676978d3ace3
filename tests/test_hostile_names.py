"""Three hundred names that something would interpret are shown as text in every output that shows names."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from io import StringIO
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from markdown_it import MarkdownIt
from rich.console import RenderableType

from expectations.report import Check, GateReport, page_path, write_reports
from ml.cli import main
from ml.console import showcase
from ml.console.passports import as_json, show_passport
from ml.console.run_lines import progress_display
from ml.errors import NotPublished
from ml.escape import visible
from ml.landing.check import CheckReport, Fault, Place
from ml.landing.report import LandReport
from ml.operations.alerts import Failure, failure_text, last_words
from ml.operations.calendar import STALE, Day, calendar_table
from ml.operations.doctor import findings_table
from ml.operations.doctor.finding import FAIL, Finding
from ml.pages.day import DayPage, render
from ml.recommend import experiment
from ml.recommend.core.explanation import Explanation, Proposal, Term, Terms
from ml.recommend.passport import passport as standing
from ml.recommend.passport.passport import (
    Chain,
    Evidence,
    Partition,
    Passport,
    Purchase,
    Reference,
    Related,
    Row,
    Ruled,
)
from ml.settings import Settings
from ml.terminal import PlainConsole
from tests.hostile import NAMES
from tests.test_escape import Read, hidden

DAY = date(2025, 3, 1)
IDS = [f"{number} {name}" for number, name in enumerate(NAMES)]
AT_ONCE = 10
"""Lines of progress that are shown at once: each that is added draws all of them anew."""
_STYLES = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(PlainConsole):
    """A wide terminal of which one can read what stands on it; it fails when it was told to do more than to colour."""

    def __init__(self) -> None:
        super().__init__(file=StringIO(), width=100_000, force_terminal=True)

    def read(self) -> str:
        plain = _STYLES.sub("", self.file.getvalue())  # type: ignore[attr-defined]
        assert not hidden(plain.replace("\n", ""))
        return plain


def shelf() -> pl.DataFrame:
    count = len(NAMES)
    return pl.DataFrame(
        {
            "placement": "for_you",
            "user_id": "u",
            "rank": range(1, count + 1),
            "item_id": IDS,
            "item_name": NAMES,
            "reason_text": [f"Because you bought {name}: 7 shoppers bought both" for name in NAMES],
            "candidate_source": "als",
            "rules_applied": [[name] for name in IDS],
            "rank_before_rules": 1,
            "propensity": 1.0,
            "as_of_date": DAY,
        }
    )


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showcase, "shelf", lambda *_, **__: shelf())
    monkeypatch.setattr(showcase, "shelves", lambda *_, **__: shelf())
    monkeypatch.setattr(showcase, "published_version", lambda *_: SimpleNamespace(id="v"))
    monkeypatch.setattr(showcase, "catalogue_of", lambda *_: None)


@pytest.mark.usefixtures("published")
def test_a_shelf(settings: Settings) -> None:
    terminal = Terminal()
    showcase.show_shelf(settings, terminal, "[/red] \x1b[2J", None)
    lines = terminal.read().splitlines()
    assert "[/red] \\x1b[2J" in lines[0]
    for number, (line, name) in enumerate(zip(lines[2:], NAMES, strict=True)):
        assert visible(IDS[number]) in line
        assert line.count(visible(name)) >= 3, line


def shelf_of(item: str, name: str) -> standing.Place:
    """Every text of data is the name."""
    row = Row(name, 1, 0.5, name, 2, 0.5, name, f"Because you bought {name}: 7 shoppers bought both", (item,))
    terms = Terms("similarity", (Term("purchase", 1.0, 1.0, item), Term(name, 0.5)), 1.5, 1.5)
    explanation = Explanation((Proposal(name, 1, 2),), terms)
    ruled = (Ruled(name, {"item_value": name}),)
    return standing.Place(name, name, "purchase", "shown", row, rules=ruled, explanation=explanation)


def test_why_items_stand_there() -> None:
    both = list(zip(IDS, NAMES, strict=True))
    evidence = Evidence(
        tuple(Purchase(item, name, DAY, 1) for item, name in both),
        tuple(Related("similar", item, name, 1, 2, 3.0) for item, name in both),
        True,
        tuple(NAMES),
    )
    chain = Chain(
        tuple(Reference("policy", name, name, name, "airflow", name) for name in NAMES),
        tuple(Partition(name, name, DAY, name, 1, True, {name: name}) for name in NAMES),
    )
    shelves = tuple(shelf_of(item, name) for item, name in both)
    found = Passport("v", DAY, NAMES[0], IDS[0], NAMES[0], shelves, evidence, chain, dict(both), tuple(NAMES))
    terminal = Terminal()
    show_passport(terminal, found)
    text = terminal.read()
    for name in NAMES:
        assert f"Because you bought {visible(name)}: 7 shoppers bought both" in text
        assert text.count(visible(name)) >= 20, name
    assert json.loads(as_json(found))["notes"] == NAMES


def tables() -> dict[str, tuple[RenderableType, int]]:
    """By output: what is printed, and how often each name is in it."""
    landed = LandReport(DAY, (), 0, tuple(NAMES))
    faults = tuple(Fault(name, name, name, (Place(name, 1, (1,)),)) for name in NAMES)
    return {
        "check": (CheckReport(landed, faults, tuple(NAMES)), 5),
        "land": (landed, 1),
        "days": (calendar_table([Day(DAY, STALE, name, (name,)) for name in NAMES]), 2),
        "doctor": (findings_table([(name, Finding(FAIL, name, name)) for name in NAMES]), 3),
    }


@pytest.mark.parametrize("output", ["check", "land", "days", "doctor"])
def test_tables_and_notices(output: str) -> None:
    terminal = Terminal()
    renderable, times = tables()[output]
    terminal.print(renderable)
    text = terminal.read()
    for name in set(NAMES):
        assert text.count(visible(name)) >= times, name


@pytest.mark.parametrize("start", range(0, len(NAMES), AT_ONCE))
def test_the_line_that_shows_how_a_run_goes(start: int) -> None:
    names, terminal = NAMES[start : start + AT_ONCE], Terminal()
    with progress_display(terminal) as progress:
        for name in names:
            progress.add_task(name, total=1, completed=1, detail=name)
    text = _STYLES.sub("", terminal.file.getvalue())  # type: ignore[attr-defined]
    for name in names:
        assert text.count(visible(name)) >= 2, name
    moved = re.sub(r"\x1b\[(\?25[lh]|\d*[AGK])|[\r\n]", "", text)
    assert not hidden(moved)


def test_an_error_on_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def failing(name: str) -> Any:
        def app(*_: object) -> None:
            raise NotPublished(name, expected="a shelf", found=name, remedy="Run: shelduck days")

        return app

    for name in NAMES:
        monkeypatch.setattr("ml.cli.app", failing(name))
        with pytest.raises(SystemExit):
            main([])
        told = capsys.readouterr().err
        assert not hidden(told.replace("\n", ""))
        joined = "".join(told.split())
        assert joined.count("".join(visible(name, keep="\n").split())) == 2, told


def test_the_tab_day() -> None:
    fault = {"file": "", "first_row": 1, "records": 1, "reason": "", "remedy": ""}
    arrivals = {
        "tables": [],
        "stopped_by": [{"told": name} for name in NAMES],
        "stopped_by_rows": 1,
        "faults": [{**fault, "file": name, "reason": name, "remedy": name} for name in NAMES],
        "notices": NAMES,
        "waivers": [{"table": name, "key": name, "who": name, "arrival": "", "why": name} for name in NAMES],
    }
    day = Day(DAY, STALE, "v", tuple(NAMES[:8]))
    page = DayPage(
        "build_shelves",
        day,
        (replace(day, version=NAMES[0]),),
        {name: {name: 1} for name in NAMES},
        tuple(NAMES),
        tuple(NAMES),
        arrivals,
    )
    clean = render(
        DayPage(
            "build_shelves",
            day,
            (),
            {},
            (),
            (),
            {**arrivals, **dict.fromkeys(("stopped_by", "faults", "notices", "waivers"), ["x"] * 0)},
        )
    )
    source = render(page)
    read = Read(source)
    assert not hidden(source.replace("\n", ""))
    assert {tag for tag, *_ in read.tags} <= {tag for tag, *_ in Read(clean).tags} | {
        "ul",
        "li",
        "pre",
        "td",
        "code",
        "span",
    }
    text = " ".join(read.text.split())
    for name in NAMES:
        assert text.count(" ".join(visible(name, keep="\n").split())) >= 9, name


def test_the_page_of_the_gates(settings: Settings) -> None:
    check = Check("gate", "", "", "", "", "", False)
    named = ("claim", "expectation", "column", "expected", "observed")
    checks = tuple(replace(check, **dict.fromkeys(named, name)) for name in NAMES)
    write_reports(settings, [GateReport("recommendation", DAY, 1, checks)])
    source = page_path(settings, DAY).read_text()
    read = Read(source)
    assert not hidden(source.replace("\n", ""))
    assert not {tag for tag, *_ in read.tags} & {"script", "img", "b"}
    text = " ".join(read.text.split())
    for name in NAMES:
        assert text.count(" ".join(visible(name, keep="\n").split())) >= 5, name


def test_the_note_on_mlflows_page_of_a_training(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = dict.fromkeys(("quality", "difference", "p", "cold", "coverage", "cpu_seconds"), "1")
    rows = [SimpleNamespace(recommender=name, **figures) for name in NAMES]
    monkeypatch.setattr(experiment, "told", lambda *_: rows)
    note = experiment._note(pl.DataFrame({"setting": ["all", "new"]}), dict(zip(NAMES, NAMES, strict=True)))
    page = Read(MarkdownIt("gfm-like", {"linkify": False}).render(note))
    assert {tag for tag, *_ in page.tags} <= {"p", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    cells = page.text.splitlines()
    for name in NAMES:
        assert cells.count(visible(name).strip()) == 2, name


def test_a_message_and_the_last_words_of_a_log() -> None:
    for name in NAMES:
        error = NotPublished(name, expected="a shelf", found=name, remedy="Run: shelduck days")
        for text in (failure_text(Failure("d", "r", DAY, "t", 1, error), "http://x"), *last_words(error)):
            assert not hidden(text.replace("\n", ""))
        assert " ".join(visible(" ".join(name.split())).split()) in last_words(error)[0]
