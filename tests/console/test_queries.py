"""``shelduck sql``: answers over published tables, in the form that was asked for."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.cli import main
from ml.console import queries
from ml.profile.capability import PROFILE
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.retention import prune_tables
from ml.publish.rollback import rollback
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from testkit.published import one_row, tables

D1, D2 = date(2025, 3, 1), date(2025, 3, 2)
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "sql.md"
Sql = Callable[..., str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home of ``home``: to be copied."""
    settings = Settings(home=tmp_path_factory.mktemp("made") / "home")
    for day in (D1, D2):
        _publish(settings, day)
    record = DraftRecord(capability=PROFILE.name, as_of_date=D2, slice="s", inputs_hash="i", code_revision="c")
    shopper = {CUSTOMER_PROFILE.name: one_row(CUSTOMER_PROFILE, D2, user_id="7", lifecycle_stage="at_risk")}
    draft = write_draft(settings.drafts_of(PROFILE.name) / f"{D2}-x", PROFILE, record, shopper)
    publish(settings, PROFILE, draft, provenance={})
    return settings


@pytest.fixture
def home(made: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two published days of one shopper with 60 items and a profile; the word in every table is the day."""
    settings = Settings(home=shutil.copytree(made.home, tmp_path / "home", symlinks=True))
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    return settings


def _publish(settings: Settings, day: date) -> None:
    record = DraftRecord(capability="recommend", as_of_date=day, slice="s", inputs_hash="i", code_revision="c")
    made = tables(day, str(day), rows=60)
    draft = write_draft(settings.drafts_of("recommend") / f"{day}-x", RECOMMEND, record, made)
    publish(settings, RECOMMEND, draft, provenance={})


@pytest.fixture
def sql(home: Settings, capsys: pytest.CaptureFixture[str]) -> Sql:
    """``sql(query, option…)`` types ``shelduck sql`` and returns what it printed, errors included."""

    def typed(*words: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main(["sql", *words])
        printed = capsys.readouterr()
        return printed.out + printed.err

    return typed


def test_a_query_is_answered_over_the_current_version(home: Settings, sql: Sql) -> None:
    assert json.loads(sql("select policy_id from policy", "--format", "json")) == [{"policy_id": str(D2)}]
    rollback(home, RECOMMEND, D1, who="ann", why="a test")
    assert json.loads(sql("select policy_id from recommend.policy", "--format", "json")) == [{"policy_id": str(D1)}]


def test_one_query_reads_the_tables_of_every_capability(sql: Sql) -> None:
    query = "select r.rank from recommendation r join customer_profile c using (user_id) where rank = 60"
    assert json.loads(sql(query, "--format", "json")) == [{"rank": 60}]
    only_one_has_that_day = sql("from customer_profile", "--as-of", str(D1))
    assert "Table with name customer_profile does not exist" in " ".join(only_one_has_that_day.split())


def test_a_table_that_is_no_longer_kept_is_told_with_the_command_that_makes_it_again(home: Settings, sql: Sql) -> None:
    _publish(home, D2 + timedelta(days=20))
    prune_tables(home, RECOMMEND, now=time.time() + 2 * 86_400)
    told = " ".join(sql("select count(*) from purchase_probability", "--as-of", str(D1)).split())
    assert "removed, because it is kept for 7 days" in told
    assert f"shelduck run --as-of {D1} --capability recommend" in told
    assert "60" in sql("select count(*) from purchase_probability")
    assert "purchase_probability removed, because it is kept for 7 days" in " ".join(sql("--as-of", str(D1)).split())


def test_as_of_answers_over_the_version_of_that_day(sql: Sql) -> None:
    assert str(D1) in sql("select policy_id from policy", "--as-of", str(D1))
    told = sql("from policy", "--as-of", "2025-03-09")
    assert "NotPublished" in told and "shelduck run --as-of 2025-03-09" in " ".join(told.split())


def test_a_table_shows_its_first_rows_and_says_that_there_are_more(sql: Sql) -> None:
    shown = sql("select item_id, rank from recommendation order by rank")
    assert shown.count("item-") == queries.SHOWN_ROWS and "--format csv or json writes all" in shown
    assert "more" not in sql("select item_id from recommendation limit 50")


def test_csv_and_json_write_every_row(sql: Sql) -> None:
    query = "select rank, item_id, evidence_item_ids, as_of_date, null as nothing from recommendation order by rank"
    rows = list(csv.reader(io.StringIO(sql(query, "--format", "csv"))))
    assert rows[0] == ["rank", "item_id", "evidence_item_ids", "as_of_date", "nothing"] and len(rows) == 61
    assert rows[3] == ["3", "item-2", '["item-0", "item-1"]', "2025-03-02", ""]
    objects = json.loads(sql(query, "--format", "json"))
    expected = {"rank": 3, "item_id": "item-2", "evidence_item_ids": ["item-0", "item-1"], "as_of_date": "2025-03-02"}
    assert len(objects) == 60 and objects[2] == {**expected, "nothing": None}
    assert json.loads(sql("select 1 as a where false", "--format", "json")) == []


def test_json_stays_json_whatever_the_values_and_names(sql: Sql) -> None:
    query = "select 'nan'::double as a, [1.5, 'inf'::double] as a, 1.10::decimal(4,2) as b, {'c': interval 1 day} as d"
    told = json.loads(sql(query, "--format", "json"))
    assert told == [{"a": None, "a_2": [1.5, None], "b": "1.10", "d": {"c": "1 day, 0:00:00"}}]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_bytes_are_told_in_hexadecimal(form: str, sql: Sql) -> None:
    told = sql("select '\\x7F\\x81\\x00'::blob as vector", "--format", form)
    assert "7f8100" in told and "\\x" not in told


def test_a_refused_query_names_the_tables_and_no_traceback(sql: Sql) -> None:
    told = " ".join(sql("select * from recommendations").split())
    assert "QueryRefused" in told and 'Did you mean "recommendation"' in told and "Traceback" not in told
    assert "expected table, csv, json; found xml" in " ".join(sql("from policy", "--format", "xml").split())


def test_without_a_query_every_table_is_listed_with_rows_and_columns(sql: Sql) -> None:
    told = sql()
    for table in (*RECOMMEND.outputs, *PROFILE.outputs):
        assert re.search(rf"^{table.name}  \d+ rows: ", told, re.M)
        assert all(column.name in told for column in table.columns)
    assert "recommendation  60 rows" in told and "recommend  2025-03-02-" in told


def test_before_anything_is_published_the_next_command_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in Settings(home=tmp_path / "empty").environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        main(["sql", "select 1"])
    assert "expected a version of a capability; found none. Run: shelduck run" in " ".join(
        capsys.readouterr().err.split()
    )


EXAMPLES = re.findall(r"```sql\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_how_to_answer(sql: Sql, example: str) -> None:
    assert json.loads(sql(example, "--format", "json"))


def test_the_how_to_has_examples() -> None:
    assert len(EXAMPLES) == 2
