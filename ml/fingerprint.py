"""Hashes of files and folders, and the commit that is checked out."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def file_fingerprint(path: Path) -> str:
    """The sha256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_fingerprint(folder: Path) -> str:
    """The sha256 over the names and bytes of all files below ``folder``, in hex."""
    digest = hashlib.sha256()
    for name, path in sorted(
        (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
    ):
        digest.update(f"{len(name)}:{name}:{file_fingerprint(path)}\n".encode())
    return digest.hexdigest()


@cache
def git_commit(root: Path = _ROOT) -> str | None:
    """The commit that is checked out, for provenance; None outside a repository or without git."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
