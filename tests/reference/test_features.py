"""The reference of a snapshot's tables follows from the YAML beside their dbt models."""

from __future__ import annotations

import re

import yaml

from ml.capabilities import capabilities, snapshot_tables
from ml.reference import features, landing, published
from ml.warehouse.lineage import PROJECT, key_columns


def test_every_table_that_a_capability_reads_is_there_with_all_its_columns() -> None:
    page = features.page()
    published = {name for each in capabilities() for name in each.tables}
    entries = [
        model
        for path in (PROJECT / "models").rglob("*.yml")
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", [])
    ]
    read = [model for model in entries if model["name"] in set(snapshot_tables()) - published]
    assert len(read) > 10
    for model in read:
        section = page.partition(f"\n## {model['name']}\n")[2].partition("\n## ")[0]
        names = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")][2:]
        expected = [column["name"] for column in model["columns"] if column["name"] != "as_of_date"]
        assert [name.strip("*") for name in names] == expected
        assert {name.strip("*") for name in names if name.startswith("**")} == set(key_columns(model["name"]))


def test_a_description_is_understood_without_the_one_above_it() -> None:
    pages = (features.page(), landing.page(), *(published.page(each) for each in capabilities()))
    meanings = [line.rstrip(" |").rpartition(" | ")[2] for page in pages for line in page.splitlines() if "|" in line]
    assert len(meanings) > 400
    assert [text for text in meanings if re.match(r"(Its|Those|These|They|It|The same)\b", text)] == []
    assert [text for text in meanings if re.search(r"\b(those gaps|of them|this gap)\b", text)] == []


def test_columns_that_the_ranker_learns_from_are_marked() -> None:
    lines = features.page().splitlines()
    assert any(line.startswith("| due_ratio |") and " yes " in line for line in lines)
    assert any(line.startswith("| revenue_28d |") and " yes " not in line for line in lines)


def test_every_number_but_an_identifier_has_a_unit() -> None:
    lines = [line.strip("|").split(" | ") for line in features.page().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line] for line in lines]
    numbers = [row for row in cells if row[1].split("(")[0] in ("bigint", "integer", "double", "decimal")]
    assert len(numbers) > 130
    without = {row[0].strip("*") for row in numbers if not row[2]}
    assert without == {"type_id", "category_id", "line_id", "brand_id", "group_id"}
