"""What a person reads in a terminal, in a pull request or on a page, said once: sections of text, tables and charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ml.escape import for_markdown
from ml.messages import PreviewGroup, Quote, Tone
from ml.words import Language, Text, said


@dataclass(frozen=True)
class Link:
    """A cell that leads to where it comes from.

    Attributes:
        href: a page of the day's site (``data.html#quarantine``), another file of it, a web address, or a page of the
            Airflow that serves the site (``airflow:dags/build_shelves``), which is text where files are opened.
    """

    text: Text
    href: str


@dataclass(frozen=True)
class Mark:
    """A cell that says how something stands, in one or two words and a colour."""

    text: Text
    tone: Tone


Cell: TypeAlias = Text | Link | Mark


@dataclass(frozen=True)
class Figure:
    """One number that a page shows large.

    Attributes:
        value: as it is read: rounded, with its unit.
        note: what it is compared with, or how sure it is.
        href: see ``Link``.
    """

    label: Text
    value: Text
    note: Text = ""
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart; the table of its section holds the same numbers for readers who do not see it.

    Attributes:
        spec: the Vega-Lite specification in a language, its data included.
        description: what the chart shows, for screen readers.
    """

    spec: Callable[[Language], Mapping[str, Any]]
    description: Text


@dataclass(frozen=True)
class Field:
    """A column of the tables that a look-up shows.

    Attributes:
        key: of its cells in a part of a record's JSON; a cell is a text, a number, null or a list; by language.
        to: the look-up that the cells lead to: they are its ids, or numbers of ``Names``, or lists of either. Another
            page's is ``shelves.html#shopper``, of ids.
        words: what is shown instead of some values.
        command: a command line with ``{id}`` for the record's id and ``{key}`` for cells of the row, instead of a cell.
        is_detail: shown below the row, on request.
        is_bar: whether numbers are also drawn, as long as they are large among those of their table.
        unit: follows each number.
    """

    key: Text
    label: Text
    is_numeric: bool = False
    to: str = ""
    words: Mapping[str, Text] = field(default_factory=dict)
    command: str = ""
    is_detail: bool = False
    is_bar: bool = False
    unit: Text = ""


@dataclass(frozen=True)
class Part:
    """A table that a look-up shows of each record.

    Attributes:
        key: of its table in a record's JSON.
        facts: what holds for every row of every record, such as where they come from: a label and a cell each.
        more: a link below the table: its text, and the look-up of another page that it leads to with the record's id.
    """

    key: str
    heading: Text
    fields: tuple[Field, ...]
    text: Text = ""
    facts: tuple[tuple[Text, Cell], ...] = ()
    more: tuple[Text, str] = ("", "")


@dataclass(frozen=True, eq=False)
class Names:
    """Ids and names of things that records mention by number: their place here, the most mentioned first."""

    ids: Sequence[str]
    texts: Sequence[str]


@dataclass(frozen=True, eq=False)
class LookUp:
    """A search field, and what is shown of the record that it finds.

    Records lie in files of their own, a few dozen to a file, so that a page is as large for many as for few. Each is a
    JSON object: by part, by field, the cells of the part's table; null for a part without rows. ``name`` in it is the
    number of its own name, or an object of its name in each language.

    Attributes:
        name: in addresses: ``#shopper=1029`` shows the record 1029 of the look-up ``shopper``.
        label: of the field.
        title: of a record, with ``{id}`` and ``{name}``.
        hint: below it, with ``{number}`` for how many records there are.
        missing: what is said where there is no such record.
        parts: in the order in which they are shown.
        ids: of all records, in the order in which they are offered.
        records: ids and JSON of the records of some ids, in any order.
        names: of what the records mention; look-ups of one page share them.
        by_name: whether records are also found by the words of their names.
        together: records of a file, at most on average.
    """

    name: str
    label: Text
    title: Text
    hint: Text
    missing: Text
    parts: tuple[Part, ...]
    ids: Sequence[str]
    records: Callable[[Sequence[str]], Iterable[tuple[str, str]]]
    names: Names
    by_name: bool = False
    together: int = 64


@dataclass(frozen=True, eq=False)
class ShopperParts:
    """What a capability shows of each shopper on the page Shopper.

    Attributes:
        parts: their keys are the capability's own: no other has them.
        ids: of the shoppers.
        records: as of a ``LookUp``; not every shopper has one.
    """

    parts: tuple[Part, ...]
    ids: Sequence[str]
    records: Callable[[Sequence[str]], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Drawing:
    """A picture that the code draws itself; the table of its section says the same.

    Attributes:
        svg: its markup in a language, in which every value of data is escaped.
        description: what it shows, for screen readers.
    """

    svg: Callable[[Language], str]
    description: Text


@dataclass(frozen=True)
class Section:
    """A heading, what it says, and a table.

    Attributes:
        heading, text: words of the code, never of data: they are not escaped in Markdown; on a page, where all is
            escaped, a heading may be a name. ``code`` of the text stands between backticks.
        rows: cells, as wide as ``columns``; whoever renders them escapes those that are no numbers.
        numeric: the columns whose cells are numbers, which stand to the right.
        figures, charts, drawings, quotes, previews: what a page shows above the table, and nothing else does.
        name: of the place in the page that links lead to.
        folded: whether a page shows the table only when asked to.
        look_ups: search fields that a page shows below the text.
    """

    heading: Text
    text: Text = ""
    columns: tuple[Text, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    numeric: frozenset[Text] = frozenset()
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    name: str = ""
    folded: bool = False
    drawings: tuple[Drawing, ...] = ()
    look_ups: tuple[LookUp, ...] = ()
    quotes: tuple[Quote, ...] = ()
    previews: tuple[PreviewGroup, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page of a day's site.

    Attributes:
        name: of its file, and of the address that links name: ``shelves`` is ``shelves.html``.
        title: in the navigation and above the page.
        lead: one sentence on what it answers.
    """

    name: str
    title: Text
    lead: Text
    sections: tuple[Section, ...]


def shown(cell: Cell, language: Language = "en") -> str:
    """The text of a cell."""
    return said(cell.text if isinstance(cell, Link | Mark) else cell, language)


def as_markdown(title: str, sections: Sequence[Section], language: Language = "en") -> str:
    """The sections beneath a title."""
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {said(section.heading, language)}", ""]
        lines += [said(section.text, language), ""] if section.text else []
        lines += [*_table(section, language), ""] if section.rows else []
    return "\n".join(lines)


def _table(section: Section, language: Language) -> Iterator[str]:
    numeric = [name in section.numeric for name in section.columns]
    yield _line([said(name, language) for name in section.columns])
    yield "|" + "|".join("---:" if right else "---" for right in numeric) + "|"
    for row in section.rows:
        cells = [shown(cell, language) for cell in row]
        yield _line([cell if right else for_markdown(cell) for cell, right in zip(cells, numeric, strict=True)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
