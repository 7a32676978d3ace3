"""What a served model needs: the modules that its file imports, directly or through others, and their packages."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from importlib.metadata import version as installed
from pathlib import Path
from typing import Final

from ml.code.imports import imported, reached
from ml.code.sources import ROOT, read_python

_OWN: Final = "ml"
_NAME: Final = re.compile(r"^[\w.-]+")
_UNSEEN: Final = ("pandas", "pyarrow")  # polars imports them when a frame is handed to MLflow


@dataclass(frozen=True)
class Needed:
    """The modules of this project that a file imports, by name, with their paths below the checkout, and the names of
    others that it or they import."""

    modules: dict[str, str]
    others: frozenset[str]


def needed(file: Path) -> Needed:
    """Follow the imports of ``file``, those within functions too; imports for type checkers do not count."""
    found = reached(read_python(packages=[_OWN]), imported(file.read_text(encoding="utf-8")))
    return Needed(found.modules, found.others - sys.stdlib_module_names | set(_UNSEEN))


def requirements(found: Needed) -> list[str]:
    """The installed version of every package that is imported, as pip reads it.

    An optional one (an extra's) counts when this process has imported it, as one has that fitted a model with it.
    """
    by_import, optional = packages_distributions(), _optional()
    names = {
        package
        for module in found.others
        for package in by_import.get(module, ())
        if package not in optional or module in sys.modules
    }
    return sorted(f"{name}=={installed(name).partition('+')[0]}" for name in names)  # no index has local versions


def copy_code(found: Needed, into: Path) -> Path:
    """The package ``ml`` with the modules of ``found`` alone, below ``into``: what is stored beside the model."""
    for path in found.modules.values():
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, into / path)
    return into / _OWN


@cache
def _optional() -> frozenset[str]:
    """The packages that only an extra of this project asks for."""
    try:
        asked = requires("shelduck") or []
    except PackageNotFoundError:  # run from its folder
        return frozenset()
    extra = {_NAME.findall(each)[0] for each in asked if "extra ==" in each}
    return frozenset(extra - {_NAME.findall(each)[0] for each in asked if "extra ==" not in each})
