"""The assistant as a web application: questions, passages and documents of the published day, as JSON.

What is refused says why: 400 what is not understood, 404 what is not there, 413 what is too long. Whoever serves this
puts a login before it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ml.assistant.capability import ASSISTANT
from ml.assistant.columns import Ask
from ml.assistant.outputs import ASSISTANT_CONTEXT
from ml.assistant.questions.answering import answer as answer_marketer
from ml.assistant.retrieval.answering import MOST_CHARACTERS
from ml.assistant.retrieval.answering import answer as answer_customer
from ml.assistant.retrieval.index import language_asked, published_index
from ml.errors import NotPublished, ShelduckError
from ml.publish.readers import published_version, read_table
from ml.settings import Settings

CUSTOMER, MARKETER = "customer", "marketer"
_MOST_BYTES: Final = 4096
_MOST_PASSAGES: Final = 20
_SUBJECTS: Final = ("customer", "product")
Answering = Callable[[Settings, Request], Awaitable[JSONResponse]]


class Asked(BaseModel):
    """The body of ``POST /ask``.

    Attributes:
        audience: customer: from documents and catalogue; marketer: from all published tables.
        as_of: a published day; None: what readers get now.
    """

    model_config = ConfigDict(extra="forbid")
    question: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    audience: str = Field(default=CUSTOMER, pattern=f"^({CUSTOMER}|{MARKETER})$")
    as_of: date | None = None


PATHS: Final = ("/ask", "/passages", "/context/")


def application(settings: Settings) -> Starlette:
    """``POST /ask``, ``GET /passages`` and ``GET /context/{subject}/{subject_id}``."""
    return Starlette(
        routes=[
            Route("/ask", partial(_guarded, _ask, settings), methods=["POST"]),
            Route("/passages", partial(_guarded, _passages, settings)),
            Route("/context/{subject}/{subject_id}", partial(_guarded, _context, settings)),
        ]
    )


async def _guarded(answering: Answering, settings: Settings, request: Request) -> JSONResponse:
    """What was asked for, or what is wrong with it."""
    try:
        return await answering(settings, request)
    except ValidationError as wrong:
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors())
        return _refused(400, told)
    except NotPublished as missing:
        return _refused(404, str(missing))
    except (ShelduckError, ValueError) as wrong:
        return _refused(400, str(wrong))


async def _ask(settings: Settings, request: Request) -> JSONResponse:
    body = await _body(request)
    if body is None:
        return _refused(413, f"a question of at most {_MOST_BYTES} bytes")
    asked = Asked.model_validate_json(body)
    if asked.audience == MARKETER:
        found = await run_in_threadpool(answer_marketer, settings, asked.question, asked.as_of)
        return JSONResponse(found.document())
    cited = await run_in_threadpool(answer_customer, settings, asked.question, asked.as_of)
    return JSONResponse(asdict(cited))


async def _passages(settings: Settings, request: Request) -> JSONResponse:
    question = request.query_params.get("q", "")[:MOST_CHARACTERS]
    most = min(int(request.query_params.get("most", "5")), _MOST_PASSAGES)
    if not question.strip() or most < 1:
        return _refused(400, "q: a question; most: how many passages, from 1")
    found, version = await run_in_threadpool(_found, settings, question, most, _day(request))
    return JSONResponse({"version": version, "passages": found})


def _found(settings: Settings, question: str, most: int, as_of: date | None) -> tuple[list[dict[str, Any]], str]:
    index, version = published_index(settings, language_asked(question), as_of)
    return index.found(question, most).to_dicts(), version


async def _context(settings: Settings, request: Request) -> JSONResponse:
    subject, subject_id = request.path_params["subject"], request.path_params["subject_id"]
    if subject not in _SUBJECTS:
        return _refused(404, f"a document about one of {', '.join(_SUBJECTS)}")
    language = request.query_params.get("language", "en")
    row = await run_in_threadpool(_document, settings, (subject, subject_id, language), _day(request))
    if row is None:
        return _refused(404, f"no document about that {subject} in {language}: unknown, or they did not agree")
    return JSONResponse(row)


def _document(settings: Settings, key: tuple[str, str, str], as_of: date | None) -> dict[str, Any] | None:
    """The document of a day; of a customer only while they agree, which the current version tells."""
    row = _row(settings, key, as_of)
    is_withdrawn = as_of and key[0] == CUSTOMER and _row(settings, key, None) is None
    return None if is_withdrawn else row


def _row(settings: Settings, key: tuple[str, str, str], as_of: date | None) -> dict[str, Any] | None:
    version = published_version(settings, ASSISTANT, as_of)
    columns = (Ask.subject, Ask.subject_id, Ask.language)
    is_asked = pl.all_horizontal(pl.col(name) == value for name, value in zip(columns, key, strict=True))
    rows = read_table(settings, ASSISTANT, ASSISTANT_CONTEXT.name, version.id, where=is_asked)
    return rows.row(0, named=True) if len(rows) else None


def _day(request: Request) -> date | None:
    given = request.query_params.get("as_of")
    return date.fromisoformat(given) if given else None


async def _body(request: Request) -> bytes | None:
    """The body; None where it is too long, of which no more is read."""
    read = b""
    async for part in request.stream():
        read += part
        if len(read) > _MOST_BYTES:
            return None
    return read


def _refused(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status)
