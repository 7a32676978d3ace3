"""Finds modules that import each other while they are imported: one of them cannot be imported first, or only by luck.

The source text is read, nothing is imported. Imports within functions do not count, as they run later, nor do those
for type checkers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from graphlib import CycleError, TopologicalSorter

from ml.code.imports import imported, modules_of
from ml.code.sources import Sources


def import_circle(sources: Sources, root: str) -> list[str]:
    """One circle below the package ``root``, its first module again at the end; none where there is no circle."""
    known = set(modules_of(sources, root))
    graph = {name: set(_imported_first(sources, name, known)) for name in known}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        found: list[str] = circle.args[1]
        return found[::-1]  # as it names them, each is imported by the next
    return []


def _imported_first(sources: Sources, name: str, known: Set[str]) -> Iterator[str]:
    """The modules among ``known`` that must have been imported for ``name`` to be: with the packages around them.

    The packages around ``name`` itself are left out: Python has begun them before it.
    """
    stem = name.replace(".", "/")
    is_package = f"{stem}/__init__.py" in sources
    text = sources[f"{stem}/__init__.py" if is_package else f"{stem}.py"]
    package = name if is_package else name.rpartition(".")[0]
    for each in imported(_without_functions(text), package):
        parts = each.split(".")
        for length in range(1, len(parts) + 1):
            module = ".".join(parts[:length])
            if module in known and not f"{name}.".startswith(f"{module}."):
                yield module


class _Emptied(ast.NodeTransformer):
    """Functions, at any depth, lose what they do."""

    def visit_FunctionDef(self, _node: ast.FunctionDef) -> ast.stmt:
        return ast.Pass()

    def visit_AsyncFunctionDef(self, _node: ast.AsyncFunctionDef) -> ast.stmt:
        return ast.Pass()


def _without_functions(text: str) -> str:
    return ast.unparse(_Emptied().visit(ast.parse(text)))
