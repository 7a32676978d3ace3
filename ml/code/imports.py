"""Follows imports from module to module, within functions too, by reading the source text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ml.code.sources import Sources


@dataclass(frozen=True)
class Reached:
    """What some modules import, directly or through others.

    Attributes:
        modules: modules of the sources by dotted name, with the path of each; packages count as modules.
        others: the first part of every other name that is imported: libraries and the standard library.
    """

    modules: dict[str, str]
    others: frozenset[str]


def reached(sources: Sources, names: Iterable[str], *, without: str = "") -> Reached:
    """The modules called ``names``, the packages around them, and everything that these import but ``without``.

    Imports under ``if TYPE_CHECKING`` do not count. A name that is only known at run time
    (``importlib.import_module``) is not followed.
    """
    modules: dict[str, str] = {}
    others: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        found = _modules(sources, name)
        if not found:
            others.add(name.partition(".")[0])
        for module, path in found.items():
            if module not in modules and module != without:
                modules[module] = path
                waiting += imported(sources[path], module if _is_package(path) else module.rpartition(".")[0])
    return Reached(modules, frozenset(others))


def modules_of(sources: Sources, package: str) -> list[str]:
    """The dotted names of a module or package, and of every module below it; none where there is no such module."""
    stem = package.replace(".", "/")
    paths = [path for path in sources if path == f"{stem}.py" or (path.startswith(f"{stem}/") and path.endswith(".py"))]
    return sorted(path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in paths)


@lru_cache(maxsize=1024)
def imported(text: str, package: str = "") -> tuple[str, ...]:
    """The dotted names that a source text imports; ``from a import b`` gives ``a`` and ``a.b``, as b may be a module.

    Of a text that is not Python: none, since nothing can run it.

    Args:
        text: Python source.
        package: the package that the source stands in, from which relative imports count.
    """
    try:
        return tuple(_names(ast.parse(text), package))
    except (SyntaxError, ValueError):  # a file that somebody has just begun must not stop a day that does not use it
        return ()


def _names(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and _is_type_checking(node.test):
            yield from _names(ast.Module(node.orelse, []), package)
        elif not isinstance(node, ast.expr):  # holds no import, and makes up most of a tree
            yield from _names(node, package)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parents = package.split(".")
    return ".".join([*parents[: len(parents) - node.level + 1], *([node.module] if node.module else [])])


def _is_type_checking(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _modules(sources: Sources, name: str) -> dict[str, str]:
    """The module of this name and the packages around it, as far as the sources have them."""
    parts = name.split(".")
    found = {}
    for length in range(1, len(parts) + 1):
        stem = "/".join(parts[:length])
        for path in (f"{stem}/__init__.py", f"{stem}.py"):
            if path in sources:
                found[".".join(parts[:length])] = path
                break
    return found


def _is_package(path: str) -> bool:
    return path.endswith("/__init__.py")
