"""Draws a graph whose nodes stand in columns, as SVG; every text of it is escaped by the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ml.html import templates
from ml.words import Language, Text, said

_WIDTH: Final = 236
_GAP: Final = 92
"""Between columns."""
_HEIGHT: Final = 44
_STEP: Final = 54
_TOP: Final = 44
_LONGEST: Final = 27
"""Letters that a box has room for."""


@dataclass(frozen=True)
class Node:
    """A box; ``href`` is where it leads."""

    id: str
    column: int
    label: Text
    note: Text
    href: str


@dataclass(frozen=True)
class Edge:
    """From a node to one of the next column; ``group`` says of whom, for its colour."""

    start: str
    end: str
    group: str


@dataclass(frozen=True)
class Graph:
    """Columns of nodes, each with a heading."""

    headings: tuple[Text, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class _Box:
    node: Node
    x: int
    y: float
    label: str
    note: str


def drawn(graph: Graph, language: Language) -> str:
    """The graph as SVG, as wide as its place."""
    boxes = {box.node.id: box for box in _boxes(graph, language)}
    groups = list(dict.fromkeys(edge.group for edge in graph.edges if edge.group))
    lines = [
        (_curve(boxes[edge.start], boxes[edge.end]), groups.index(edge.group) + 1 if edge.group else 6)
        for edge in graph.edges
    ]
    width = len(graph.headings) * (_WIDTH + _GAP) - _GAP
    height = _TOP + max(_sizes(graph)) * _STEP
    headings = [(place * (_WIDTH + _GAP), said(text, language)) for place, text in enumerate(graph.headings)]
    return (
        templates(Path(__file__).with_name("templates"))
        .get_template("lineage.svg")
        .render(width=width, height=height, headings=headings, boxes=boxes.values(), lines=lines, w=_WIDTH, h=_HEIGHT)
    )


def _sizes(graph: Graph) -> list[int]:
    return [sum(node.column == column for node in graph.nodes) for column in range(len(graph.headings))]


def _boxes(graph: Graph, language: Language) -> Iterator[_Box]:
    """Each column stands in the middle of the tallest one's height."""
    sizes = _sizes(graph)
    for column, size in enumerate(sizes):
        start = _TOP + (max(sizes) - size) * _STEP / 2
        nodes = [node for node in graph.nodes if node.column == column]
        for place, node in enumerate(nodes):
            yield _Box(
                node,
                column * (_WIDTH + _GAP),
                start + place * _STEP,
                _cut(said(node.label, language)),
                _cut(said(node.note, language)),
            )


def _curve(start: _Box, end: _Box) -> str:
    x, y, to, down = start.x + _WIDTH, start.y + _HEIGHT / 2, end.x, end.y + _HEIGHT / 2
    middle = (x + to) / 2
    return f"M{x} {y:g}C{middle:g} {y:g} {middle:g} {down:g} {to} {down:g}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
