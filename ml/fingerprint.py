"""Hashes of files: what a folder holds, and which code decides what is published."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_CODE = ("ml", "expectations", "dbt_project/models", "dbt_project/macros", "dbt_project/seeds", "dbt_project/tests")
_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv"}


def file_fingerprint(path: Path) -> str:
    """The sha256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_fingerprint(folder: Path) -> str:
    """The sha256 over the names and bytes of all files below ``folder``, in hex."""
    return _fingerprint(folder, (path for path in folder.rglob("*") if path.is_file()))


@cache
def code_revision(root: Path = _ROOT) -> str:
    """Twelve hex digits over the sources that decide what a day holds; the same with and without git."""
    sources = (path for part in _CODE for path in (root / part).rglob("*") if path.suffix in _SUFFIXES)
    return _fingerprint(root, sources)[:12]


@cache
def git_commit(root: Path = _ROOT) -> str | None:
    """The commit that is checked out, for provenance; None outside a repository or without git."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def _fingerprint(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(root).as_posix(), path) for path in files):
        digest.update(f"{len(name)}:{name}:{file_fingerprint(path)}\n".encode())
    return digest.hexdigest()
