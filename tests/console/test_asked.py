"""``shelduck ask``: what is printed, and the page that lists the questions."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ml.assistant.capability import ASSISTANT
from ml.assistant.daily import compute
from ml.assistant.questions.answered import Answer
from ml.assistant.questions.queries import QUERIES
from ml.cli import main
from ml.console.asked import show_answer
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.settings import Settings
from testkit.asked_shop import DAY, publish_asked_shop
from testkit.assistant_shop import assistant_day

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "ask.md"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("printed") / "var")
    publish_asked_shop(settings)
    return settings


def typed(
    shop: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[object, str]:
    """The exit code of ``shelduck ask`` and what it printed, errors included."""
    for name, value in shop.environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(["ask", *words])
    printed = capsys.readouterr()
    return ended.value.code, printed.out + printed.err


def test_an_answer_is_what_its_rows_are_the_table_and_the_sql(
    shop: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = typed(shop, monkeypatch, capsys, "How many newcomers are there?")
    assert not code and f"Shoppers with a profile. ({DAY})" in told and "12" in told
    assert "select count(*) as shoppers from customer_profile where lifecycle_stage = 'new'" in told


def test_json_holds_every_row_of_the_day_that_was_asked_for(
    shop: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("和Red Wine相似的商品有哪些？", "--as-of", str(DAY), "--format", "json")
    code, told = typed(shop, monkeypatch, capsys, *words)
    document = json.loads(told)
    assert not code and document["as_of"] == str(DAY) and document["values"]["item"] == "5003"
    assert [row["rank"] for row in document["rows"]] == [1, 2, 3] and document["rows"][0]["item_name"] == "White Wine"


def test_a_declined_question_says_why_and_what_can_be_asked_and_ends_with_1(
    shop: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = typed(shop, monkeypatch, capsys, "How many shoppers in Berlin are at risk?")
    assert code == 1 and "Berlin" in told and "How many shoppers are at risk?" in told
    code, told = typed(shop, monkeypatch, capsys, "What was the weather?", "--format", "json")
    assert code == 1 and json.loads(told)["declined"]["why"] == "unknown"
    code, told = typed(shop, monkeypatch, capsys, "How many shoppers?", "--format", "xml")
    assert code == 2 and "expected table, json; found xml" in " ".join(told.split())


def test_a_customers_question_is_answered_in_the_words_of_a_document_with_where_they_stand(
    shop: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = compute(assistant_day()).tables
    record = DraftRecord(capability="assistant", as_of_date=DAY, slice="slices/x", inputs_hash="1", code_revision="0")
    publish(shop, ASSISTANT, write_draft(shop.drafts_of("assistant") / "x", ASSISTANT, record, made), provenance={})

    code, told = typed(shop, monkeypatch, capsys, "Do I have to keep the receipt?", "--customer")
    assert not code and told.startswith("Keep the receipt.\n")
    assert f"Returns, shop_documents returns en, https://shop.example/r ({DAY}" in told
    code, told = typed(shop, monkeypatch, capsys, "可以退货吗？", "--customer", "--format", "json")
    assert not code and json.loads(told)["text"] == "30 天内可以退货。"
    code, told = typed(shop, monkeypatch, capsys, "How many shoppers are at risk?", "--customer")
    assert code == 1 and told == "The shop's documents and catalogue do not answer this.\n"
    code, told = typed(shop, monkeypatch, capsys, "Is it free?", "--customer", "--as-of", "2020-01-01")
    assert code == 1 and "2020-01-01" in told


def test_the_page_lists_every_question() -> None:
    page = PAGE.read_text(encoding="utf-8")
    lines = [f"| `{query.name}` | {query.asked.en} | {query.asked.zh} |" for query in QUERIES]
    assert [line for line in lines if line not in page] == []
    listed = page.split("## The questions")[1]
    assert listed.count("\n| `") == len(lines), "and no question that is not there"


def test_names_in_an_answer_are_no_markup_and_its_sql_keeps_its_lines() -> None:
    screen = Console(file=StringIO(), width=200)
    sql = "select 'TOYS [/kids]' as category\nfrom customer_profile"
    show_answer(screen, Answer("?", "en", query="q", means="SNACKS [bulk]", sql=sql, columns=("n",), rows=((1,),)))
    told = screen.file.getvalue()
    assert sql in told and "SNACKS [bulk]" in told
