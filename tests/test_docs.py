"""What the documents point at is there: files, folders, tests, and the pages that they link to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ml.capabilities import capabilities
from ml.landing.contract import CONTRACT

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PARTS = ("ml", "dags", "dbt_project", "expectations", "tests", "testkit", "bench", "docs", "deploy", "models", "macros")
IN_CODE = re.compile(r"`([A-Za-z_][\w/.-]*/[\w/.-]+?)(?:::\w+)?`")
DOTTED = re.compile(r"`((?:ml|dags|expectations|bench|testkit)(?:\.[A-Za-z_]\w*)+)(?:\(|`)")
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
HYPOTHETICAL = {"ml/recommend/models/mine.py"}


def _is_there(name: str) -> bool:
    """Whether ``ml.a.b.C.d`` names a module or package, or words in the text of one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:end])
        if place.with_suffix(".py").exists() or place.is_dir():
            text = place.with_suffix(".py").read_text(encoding="utf-8") if place.with_suffix(".py").exists() else ""
            return all(re.search(rf"\b{part}\b", text) for part in parts[end:])
    return False


def _heading_ids(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_and_page_that_a_document_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.name == "CHANGELOG.md":
        text = ""  # it tells of files that were
    named = {path for path in IN_CODE.findall(text) if path.split("/")[0] in PARTS and "…" not in path}
    named -= HYPOTHETICAL
    folders = (ROOT, ROOT / "dbt_project", page.parent)
    assert [path for path in sorted(named) if not any((folder / path).exists() for folder in folders)] == []
    assert [name for name in sorted(set(DOTTED.findall(text))) if not _is_there(name)] == []
    links = [(link, anchor) for link, anchor in LINK.findall(text) if "://" not in link]
    assert [link for link, _ in links if not (page.parent / link).exists()] == []
    wrong = [
        link + anchor
        for link, anchor in links
        if anchor and link.endswith(".md") and anchor[1:] not in _heading_ids(page.parent / link)
    ]
    assert wrong == []


def test_the_documents_name_files_at_all() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(IN_CODE.findall(text)) > 60 and len(LINK.findall(text)) > 60


def _tables(text: str) -> list[list[str]]:
    """The first cells of each table's rows, heading included, without marks."""
    blocks = re.findall(r"(?:^\|.*\n?)+", text, re.M)
    return [[line.split("|")[1].strip(" `*") for line in block.splitlines()] for block in blocks]


def _repeats(cells: list[str]) -> bool:
    """Whether rows are the columns of one table that the code declares."""
    declared = [set(table.schema) for each in capabilities() for table in each.outputs]
    declared += [set(table.names) for table in CONTRACT.values()]
    return cells[0] == "column" or any(len(columns & set(cells)) >= 4 for columns in declared)


def test_no_page_lists_the_columns_of_a_table_by_hand() -> None:
    by_hand = [page for page in PAGES if page.parent.name != "reference"]
    repeated = {
        page.name: [cells[1:4] for cells in _tables(page.read_text("utf-8")) if _repeats(cells)] for page in by_hand
    }
    assert {name: cells for name, cells in repeated.items() if cells} == {}, "link to docs/reference instead"
    generated = (ROOT / "docs" / "reference" / "profile.md").read_text("utf-8")
    assert any(map(_repeats, _tables(generated))), "this test would find one"


def test_every_page_is_reached_by_links_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page.suffix == ".md" and page.exists() and page not in reached:
            reached.add(page)
            waiting += [page.parent / link for link, _ in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert len(reached) > 30
    assert [
        page.relative_to(ROOT).as_posix() for page in PAGES if page.name != "CHANGELOG.md" and page not in reached
    ] == []
