"""Makes Great Expectations' pages readable offline: they take style, scripts and even their index from networks."""

from __future__ import annotations

import html
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Final

_REMOTE: Final = re.compile(
    r"<link[^>]+https?://[^>]*>"
    r"|<script[^>]+src=[\"']https?://[^>]*>\s*</script>"
    r"|<img[^>]+https?://[^>]*>"
    r"|<footer.*?</footer>",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT: Final = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
"""They call a library from a network; ``docs.css`` does what they did."""
_STYLE: Final = f"<style>{(Path(__file__).parent / 'docs.css').read_text(encoding='utf-8')}</style>"
_VERDICT: Final = re.compile(r"Status:</span>.*?(Succeeded|Failed)", re.DOTALL)
_DECORATION: Final = ("static/fonts", "static/images")


def make_readable_offline(site: Path, as_of: date) -> None:
    """Rewrite the built site of a day so that no page asks a network for anything.

    The index, which scripts would fill, becomes a table of the suites with their results.
    """
    for decoration in _DECORATION:
        shutil.rmtree(site / decoration, ignore_errors=True)
    for page in site.rglob("*.html"):
        text, place = page.read_text(encoding="utf-8"), page.relative_to(site)
        if place.parts[0] == "validations":  # Great Expectations knows names of files and tables, not of frames
            text = text.replace("Data asset: None", f"Data asset: {html.escape(place.parts[1])} as of {as_of}")
        page.write_text(readable_offline(text), encoding="utf-8")
    (site / "index.html").write_text(_index(site, as_of), encoding="utf-8")


def readable_offline(page: str) -> str:
    """``page`` without remote styles, scripts, pictures and advertising, and with a style of its own."""
    return _SCRIPT.sub("", _REMOTE.sub("", page)).replace("</head>", f"{_STYLE}</head>", 1)


def _index(site: Path, as_of: date) -> str:
    rows = "".join(_row(site, page.relative_to(site)) for page in sorted((site / "validations").rglob("*.html")))
    title = f"Data Docs: {html.escape(site.name)} of {as_of}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{_STYLE}</head>'
        f"<body><h1>{title}</h1><p>One suite per table; what each checks, and what it found on this day. The same "
        f'on one page, in words: <a href="../../../gates/{as_of}.html">gates of {as_of}</a>.</p>'
        f"<table><thead><tr><th>Table</th><th>Result</th><th>Suite</th></tr></thead>{rows}</table></body></html>\n"
    )


def _row(site: Path, page: Path) -> str:
    name = html.escape(page.parts[1])
    found = _VERDICT.search((site / page).read_text(encoding="utf-8"))
    verdict = "succeeded" if found and found[1] == "Succeeded" else "failed"
    colour = "text-success" if verdict == "succeeded" else "text-danger"
    return (
        f'<tr><td>{name}</td><td><a class="{colour}" href="{html.escape(page.as_posix())}">{verdict}</a></td>'
        f'<td><a href="expectations/{name}.html">expectations</a></td></tr>'
    )
