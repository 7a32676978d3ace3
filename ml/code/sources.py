"""The source files of a checkout as text, so that a hash of them is the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

Sources = Mapping[str, str]
"""Path below the checkout, with ``/``, to the file's text with ``\\n`` at line ends."""

ROOT: Final = Path(__file__).resolve().parents[2]
PYTHON: Final = ("ml", "expectations")
PROJECT: Final = "dbt_project"
_DBT_FOLDERS: Final = ("models", "macros", "seeds", "snapshots", "tests")
_DBT_SUFFIXES: Final = frozenset({".sql", ".py", ".csv", ".yml", ".yaml"})
_ANY_BYTES: Final = "surrogateescape"
"""A file that is not UTF-8 is hashed too."""
_PY: Final = frozenset({".py"})


def read_sources(root: Path = ROOT) -> Sources:
    """The Python packages and the dbt project below ``root``; what dbt and Python write beside them is left out."""
    return read_python(root) | read_project(root / PROJECT)


def read_python(root: Path = ROOT, packages: Iterable[str] = PYTHON) -> dict[str, str]:
    """The modules of the Python packages below ``root``."""
    return _texts(root, (path for package in packages for path in _files(root / package, _PY)))


def read_project(project: Path) -> dict[str, str]:
    """A dbt project's sources; their paths begin with the name of its folder."""
    top = [path for path in _files(project, _DBT_SUFFIXES, deep=False) if path.suffix in {".yml", ".yaml"}]
    below = [path for folder in _DBT_FOLDERS for path in _files(project / folder, _DBT_SUFFIXES)]
    return _texts(project.parent, [*top, *below])


def hash_of(sources: Sources) -> str:
    """The sha256 over names and texts, in hex."""
    digest = hashlib.sha256()
    for path in sorted(sources):
        content = hashlib.sha256(sources[path].encode("utf-8", _ANY_BYTES)).hexdigest()
        digest.update(f"{len(path)}:{path}:{content}\n".encode("utf-8", _ANY_BYTES))
    return digest.hexdigest()


def _files(folder: Path, suffixes: frozenset[str], *, deep: bool = True) -> list[Path]:
    """Hidden files are left out: some systems write binary ones with a source's suffix."""
    found = folder.rglob("*") if deep else folder.glob("*")
    return [path for path in found if path.suffix in suffixes and not path.name.startswith(".") and path.is_file()]


def _texts(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text("utf-8", _ANY_BYTES) for path in paths}
