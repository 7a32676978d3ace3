"""HTML by Jinja2: every value is escaped, and every page extends ``base.html``, which asks no network for anything."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ml.escape import visible


def templates(folder: Path) -> Environment:
    """The templates in ``folder``, and ``base.html``; a hidden character of a value becomes its visible escape."""
    return Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent]),
        autoescape=True,
        finalize=lambda value: visible(value, "\n") if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
