"""The reference of the landing contract: the tables that a shop lands, and the forms of values in them."""

from __future__ import annotations

from ml.landing.contract import SUFFIXES, contract_markdown
from ml.landing.forms import forms_markdown
from ml.reference import markdown
from ml.reference.markdown import codes


def page() -> str:
    """The contract and the forms of values, as ``shelduck contract`` prints them."""
    return markdown.page(
        [
            markdown.head("Landing contract", "ml/landing"),
            f"Files lie at `<landing>/<table>/dt=YYYY-MM-DD/<any name>` and end in {codes(SUFFIXES)}. Required columns "
            "are bold. How files are read, and what becomes of a row that breaks the contract: "
            "[landing.md](../landing.md).",
            "## Tables",
            contract_markdown(),
            "## Values",
            "What a value of each type may look like, and what helps where it does not.",
            forms_markdown(),
        ]
    )
