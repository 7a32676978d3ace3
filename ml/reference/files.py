"""Every generated file of documentation: what it should hold, and the one function that writes them all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ml.capabilities import capabilities
from ml.code.sources import ROOT
from ml.reference import contracts, dbt_texts, features, landing, published
from ml.reference.names import LANDING, PUBLISHED

FOLDER: Final = ROOT / "docs" / "reference"


def generated() -> dict[Path, str]:
    """The text of each generated file by its path, as it follows from the declarations."""
    pages = {f"{each.name}.md": published.page(each) for each in capabilities()}
    pages |= {"README.md": published.index(), "features.md": features.page(), "landing.md": landing.page()}
    pages |= {f"{name}.odcs.yaml": contracts.contract_text(name) for name in (PUBLISHED, LANDING)}
    texts = {FOLDER / name: text for name, text in pages.items()}
    for each in capabilities():
        texts |= dbt_texts.files(each)
    return texts


def stale() -> dict[Path, str]:
    """The generated files that are missing or hold something else, each with the text that it should hold."""
    return {path: text for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text}


def orphans() -> list[Path]:
    """Files of the folder that nothing generates: of a table or capability that is gone, or written by hand."""
    known = generated()
    return sorted(path for path in FOLDER.iterdir() if path not in known)


def write() -> list[str]:
    """Write what is stale and remove orphans; returns their paths below the checkout.

    Of a new capability the folder of its dbt files is made, too.
    """
    changed, gone = stale(), orphans() if FOLDER.exists() else []
    for path, text in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in gone:
        path.unlink()
    return [path.relative_to(ROOT).as_posix() for path in (*changed, *gone)]
