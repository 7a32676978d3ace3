"""What a served model needs: the modules that its file imports, directly or through others, and their packages."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_OWN: Final = "ml"
_NAME: Final = re.compile(r"^[\w.-]+")
_UNSEEN: Final = ("pandas", "pyarrow")  # polars imports them when a frame is handed to MLflow


@dataclass
class Needed:
    """The modules of this project that a file imports, by name, and the names of others that it or they import."""

    modules: dict[str, Path] = field(default_factory=dict)
    others: set[str] = field(default_factory=lambda: set(_UNSEEN))


def needed(file: Path) -> Needed:
    """Follow the imports of ``file``, those within functions too; imports for type checkers do not count."""
    found, waiting = Needed(), [file]
    while waiting:
        for name in _imported(ast.parse(waiting.pop().read_text(encoding="utf-8"))):
            if name.partition(".")[0] != _OWN:
                found.others.add(name.partition(".")[0])
                continue
            for module, path in _modules(name):
                if module not in found.modules:
                    found.modules[module] = path
                    waiting.append(path)
    found.others -= sys.stdlib_module_names
    return found


def requirements(found: Needed) -> list[str]:
    """The installed version of every package that is imported, as pip reads it.

    An optional one (an extra's) counts when this process has imported it, as one has that fitted a model with it.
    """
    by_import, optional = packages_distributions(), _optional()
    names = {
        package
        for imported in found.others
        for package in by_import.get(imported, ())
        if package not in optional or imported in sys.modules
    }
    return sorted(f"{name}=={installed(name).partition('+')[0]}" for name in names)  # no index has local versions


def copy_code(found: Needed, into: Path) -> Path:
    """The package ``ml`` with the modules of ``found`` alone, below ``into``: what is stored beside the model."""
    for path in found.modules.values():
        target = into / _OWN / path.relative_to(_root())
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return into / _OWN


def _imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names; ``from a import b`` gives ``a`` and ``a.b``, since ``b`` may be a module."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from _imported(node)


def _modules(name: str) -> Iterator[tuple[str, Path]]:
    """The module of this name and the packages above it, where they exist."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        stem = _root().joinpath(*parts[1:length])
        for path in (stem / "__init__.py", stem.with_suffix(".py")):
            if path.is_file():
                yield ".".join(parts[:length]), path


@cache
def _root() -> Path:
    spec = find_spec(_OWN)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


@cache
def _optional() -> frozenset[str]:
    """The packages that only an extra of this project asks for."""
    try:
        asked = requires("shelduck") or []
    except PackageNotFoundError:  # run from its folder
        return frozenset()
    extra = {_NAME.findall(each)[0] for each in asked if "extra ==" in each}
    return frozenset(extra - {_NAME.findall(each)[0] for each in asked if "extra ==" not in each})
