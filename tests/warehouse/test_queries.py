"""SQL over published files: reads them, refuses everything else in words, and can reach no other file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from ml.errors import NotPublished, QueryRefused
from ml.settings import Settings
from ml.warehouse.connection import Connection
from ml.warehouse.queries import ask, database_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two schemas; ``policy`` stands in both, ``item`` in one."""
    folder = tmp_path / "50% {x} [1]* of 'é'"
    folder.mkdir()
    pl.DataFrame({"item_id": ["a", "b", "c"], "score": [1.0, 2.0, 3.0], "of": [["x"], [], None]}).write_parquet(
        folder / "item.parquet"
    )
    for name in ("one", "two"):
        pl.DataFrame({"policy_id": [name]}).write_parquet(folder / f"policy-{name}.parquet")
    (folder / "secret.csv").write_text("password\nhunter2\n")
    return folder


@pytest.fixture
def database(folder: Path) -> Iterator[Connection]:
    files = {("one", "item"): folder / "item.parquet"}
    files |= {(name, "policy"): folder / f"policy-{name}.parquet" for name in ("one", "two")}
    with database_of(Settings(home=folder / "home"), files) as database:
        yield database


def _rows(database: Connection, query: str) -> list[tuple[object, ...]]:
    return list(ask(database, query).rows)


def test_a_query_reads_every_table_by_its_name_and_its_schema(database: Connection) -> None:
    assert _rows(database, "select item_id, of from item where score > 1 order by 1") == [("b", []), ("c", None)]
    joined = "select i.item_id, t.policy_id from one.item i, two.policy t where i.score = (select max(score) from item)"
    assert _rows(database, joined) == [("c", "two")]
    assert ask(database, "select item_id as name, score from item").columns == ("name", "score")


def test_a_name_that_two_schemas_have_needs_its_schema(database: Connection) -> None:
    assert _rows(database, "select * from one.policy union all select * from two.policy") == [("one",), ("two",)]
    with pytest.raises(QueryRefused, match="Table with name policy does not exist"):
        ask(database, "select * from policy")


@pytest.mark.parametrize(
    "query",
    [
        *("describe item", "show tables", "summarize item", "explain select 1", "values (1)", "from item"),
        *("with a as (select 1) select * from a;", "pivot item on item_id using sum(score)"),
    ],
)
def test_whatever_reads_is_answered(database: Connection, query: str) -> None:
    assert _rows(database, query)


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('{secret}')",
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from glob('{folder}/*')",
        "select * from read_parquet('{folder}/item.parquet')",
        "from query('copy one.item to ''{folder}/stolen.csv''')",
        "copy item to '{folder}/stolen.csv'",
        "copy (select 1) to '{folder}/item.parquet'",
        "explain analyze copy item to '{folder}/stolen.csv'",
        "attach '{folder}/stolen.duckdb'",
        "export database '{folder}/stolen'",
        "install httpfs",
        "load '{secret}'",
        "set enable_external_access = true",
        "reset enable_external_access",
        "pragma enable_profiling='json'",
        "call pragma_version()",
        "create table mine as select 1",
        "drop view item",
        "insert into item values ('d', 4, [])",
        "with new as (insert into item values ('d', 4, []) returning *) select * from new",
        "prepare mine as select 1",
        "select * from folder",  # a Python variable of this test
        "select getenv('HOME')",
    ],
)
def test_no_query_reads_another_file_or_writes_one(database: Connection, folder: Path, query: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(QueryRefused) as refused:
        _rows(database, query.replace("{secret}", str(folder / "secret.csv")).replace("{folder}", str(folder)))
    assert "hunter2" not in str(refused.value)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert len(_rows(database, "from item")) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "found none"),
        ("-- nothing", "found none"),
        ("select 1; select 2", "found several"),
        ("selec * from item", 'found Parser Error: syntax error at or near "selec"'),
        ("select * from itm", 'Table with name itm does not exist! Did you mean "item"'),
        ("select scor from item", 'Referenced column "scor" not found'),
        ("select 'x'::int", "found Conversion Error"),
        ("copy item to 'x'", "found a statement COPY"),
    ],
)
def test_a_refusal_is_one_line_that_names_the_tables_and_what_to_run(
    database: Connection, query: str, found: str
) -> None:
    with pytest.raises(QueryRefused) as refused:
        _rows(database, query)
    text = str(refused.value)
    assert text.startswith("QueryRefused: query: expected one SELECT over item; ") and found in text
    assert text.endswith(". Tables and columns: shelduck sql") and "\n" not in text


def test_what_needs_more_memory_is_refused_and_spills_nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    small = Settings(home=folder / "home", memory_limit="64MB", threads=1)
    with (
        database_of(small, {("one", "item"): folder / "item.parquet"}) as database,
        pytest.raises(QueryRefused, match=r"more memory.*SHELDUCK_MEMORY_LIMIT"),
    ):
        _rows(database, "select md5(i::varchar) a, md5((i + 1)::varchar) from range(3000000) t (i) order by 1")
    assert not list(folder.rglob("*tmp*"))


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "2025-03-01-x").mkdir()
    broken = folder / "2025-03-01-x" / "item.parquet"
    broken.write_bytes(b"PAR1")
    with (
        pytest.raises(NotPublished, match=r"item of version 2025-03-01-x.*shelduck run --as-of 2025-03-01"),
        database_of(Settings(home=folder / "home"), {("one", "item"): broken}),
    ):
        pass
