"""The assistant over HTTP: what it answers, and what it says of what it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from starlette.testclient import TestClient

from ml.assistant.capability import ASSISTANT
from ml.assistant.endpoint.app import application
from ml.assistant.outputs import ASSISTANT_CONTEXT, ASSISTANT_PASSAGE
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.settings import Settings

AS_OF, BEFORE = date(2024, 5, 1), date(2024, 4, 30)
_DOCUMENT = {
    "subject": "customer",
    "subject_id": "ann",
    "language": "en",
    "user_id": "ann",
    "text": "Stage: Active. [1]",
    "characters": 18,
    "citations": ["audiences.segment_member lifecycle ann"],
}
_PASSAGE = {
    "passage_id": "p1",
    "kind": "document",
    "language": "en",
    "title": "Returns",
    "text": "You can return unopened goods within 30 days.",
    "item_id": None,
    "source": "shop_documents returns en",
    "link": "https://shop.example/returns",
}


def _publish(settings: Settings, record: DraftRecord, tables: dict[str, pl.DataFrame]) -> None:
    checked = {table.name: table.checked(tables[table.name]) for table in (ASSISTANT_CONTEXT, ASSISTANT_PASSAGE)}
    draft = write_draft(settings.drafts_of("assistant") / record.inputs_hash, ASSISTANT, record, checked)
    publish(settings, ASSISTANT, draft, provenance={})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application over a home with one published day of the assistant alone."""
    settings = Settings(home=Path(tmp_path_factory.mktemp("assistant")) / "var")
    record = DraftRecord(capability="assistant", as_of_date=AS_OF, slice="slices/x", inputs_hash="1", code_revision="0")
    tables = {
        ASSISTANT_CONTEXT.name: pl.DataFrame([_DOCUMENT]),
        ASSISTANT_PASSAGE.name: pl.DataFrame([_PASSAGE]),
    }
    _publish(settings, record, tables)
    gone = pl.DataFrame([_DOCUMENT, _DOCUMENT | {"subject_id": "ben", "user_id": "ben"}])
    before = record.model_copy(update={"as_of_date": BEFORE, "inputs_hash": "0"})
    _publish(settings, before, tables | {ASSISTANT_CONTEXT.name: gone})
    with TestClient(application(settings)) as opened:
        yield opened


def test_a_customers_question_is_answered_with_source_link_and_version(client: TestClient) -> None:
    told = client.post("/ask", json={"question": "How long can I return unopened goods?"}).json()
    assert told["text"] == _PASSAGE["text"] and told["source"] == _PASSAGE["source"]
    assert told["link"] == _PASSAGE["link"] and told["version"].startswith(AS_OF.isoformat())


def test_a_question_without_an_answer_is_declined_in_its_language(client: TestClient) -> None:
    english, chinese = (client.post("/ask", json={"question": asked}).json() for asked in ("Who are you?", "天气？"))
    assert not english["text"] and english["declined"].startswith("The shop") and "商店" in chinese["declined"]


def test_a_document_is_found_by_subject_and_one_that_is_not_there_says_so(client: TestClient) -> None:
    assert client.get("/context/customer/ann").json() == _DOCUMENT
    for path in ("/context/customer/bob", "/context/customer/ann?language=zh", "/context/shop/ann"):
        refused = client.get(path)
        assert refused.status_code == 404 and refused.json()["error"], path
    assert client.get("/context/customer/ann?as_of=2020-01-01").status_code == 404


def test_passages_are_those_that_share_a_word(client: TestClient) -> None:
    assert [each["passage_id"] for each in client.get("/passages?q=return").json()["passages"]] == ["p1"]
    assert client.get("/passages?q=bicycle").json()["passages"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        (json.dumps({"question": ""}), 400),
        (json.dumps({"question": "x", "audience": "king"}), 400),
        (json.dumps({"question": "x", "as_of": "soon"}), 400),
        (json.dumps({"question": "x", "sql": "drop"}), 400),
        (json.dumps({"question": "x", "as_of": "2020-01-01"}), 404),
        (json.dumps({"question": "x" * 9000}), 413),
    ],
)
def test_a_request_that_is_not_understood_says_what_is_wrong(client: TestClient, body: str, status: int) -> None:
    refused = client.post("/ask", content=body)
    assert refused.status_code == status and refused.json()["error"]


def test_passages_of_no_question_are_refused(client: TestClient) -> None:
    for query in ("", "?q=", "?q=x&most=0", "?q=x&most=many", "?q=x&as_of=soon"):
        assert client.get(f"/passages{query}").status_code == 400, query


def test_who_withdrew_consent_is_told_of_no_earlier_day_either(client: TestClient) -> None:
    assert client.get(f"/context/customer/ann?as_of={BEFORE}").status_code == 200
    assert client.get(f"/context/customer/ben?as_of={BEFORE}").status_code == 404
