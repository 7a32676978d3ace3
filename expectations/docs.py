"""Makes Great Expectations' pages readable offline: they take style, scripts and even their index from networks."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Final

_REMOTE: Final = re.compile(
    r"<link[^>]+https?://[^>]*>"
    r"|<script[^>]+src=[\"']https?://[^>]*>\s*</script>"
    r"|<img[^>]+https?://[^>]*>"
    r"|<footer.*?</footer>",
    re.IGNORECASE | re.DOTALL,
)
_STYLE: Final = """<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; }
</style>"""
_DECORATION: Final = ("static/fonts", "static/images")


def make_readable_offline(site: Path) -> None:
    """Rewrite a built site so that no page asks a network for anything.

    The index, which scripts would fill, becomes a plain list of the site's pages.
    """
    for decoration in _DECORATION:
        shutil.rmtree(site / decoration, ignore_errors=True)
    for page in site.rglob("*.html"):
        page.write_text(readable_offline(page.read_text(encoding="utf-8")), encoding="utf-8")
    (site / "index.html").write_text(_index(site), encoding="utf-8")


def readable_offline(page: str) -> str:
    """``page`` without remote styles, scripts, pictures and advertising, and with a style of its own."""
    return _REMOTE.sub("", page).replace("</head>", f"{_STYLE}</head>", 1)


def _index(site: Path) -> str:
    lists = "".join(
        f"<h2>{title}</h2><ul>{_links(site, folder)}</ul>"
        for title, folder in (("Validation results", "validations"), ("Suites", "expectations"))
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Data Docs</title>{_STYLE}</head>'
        f"<body><h1>Data Docs: {html.escape(site.name)}</h1>{lists}"
        "</body></html>\n"
    )


def _links(site: Path, folder: str) -> str:
    pages = (path.relative_to(site) for path in sorted((site / folder).rglob("*.html")))
    return "".join(
        f'<li><a href="{html.escape(page.as_posix())}">{html.escape(page.parts[1].removesuffix(".html"))}</a></li>'
        for page in pages
    )
