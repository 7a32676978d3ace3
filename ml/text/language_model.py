"""Asks a language model through the interface that OpenAI-compatible servers share: ``POST /v1/chat/completions``.

Knows no table and no prompt. Nothing of what is sent, of what a server says in an error, or of the key is logged.
"""

from __future__ import annotations

import logging
import math
import time
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import httpx
from pydantic import BaseModel, Field, ValidationError

Message: TypeAlias = Mapping[str, str]
"""``{"role": "system" | "user", "content": …}``."""
MOST_BYTES: Final = 1_000_000
"""Of an answer; a longer one is cut off unread."""
_LEAST_SECONDS: Final = 0.01
_PATH: Final = "/chat/completions"
_SCHEMA, _OBJECT, _TEXT = "json_schema", "json_object", "text"
_DIALECTS: Final = (
    (_SCHEMA, "max_tokens"),
    (_SCHEMA, "max_completion_tokens"),  # what newer hosted models call it
    (_OBJECT, "max_tokens"),
    (_TEXT, "max_tokens"),
)
"""Ways to ask for JSON, the strictest first: servers differ in what they take and answer 400 to what they do not."""
_NOT_TAKEN: Final = (400, 415, 422, 501)
_PASSING: Final = (408, 409, 425, 429, *range(500, 600))
_HINTS: Final = {
    401: "check SHELDUCK_LLM_API_KEY",
    403: "check SHELDUCK_LLM_API_KEY",
    404: "check SHELDUCK_LLM_URL and SHELDUCK_LLM_MODEL",
}

for _noisy in ("httpx", "httpcore"):  # they log addresses, which may hold a login, and headers, which hold the key
    logging.getLogger(_noisy).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Server:
    """Where a model answers.

    Attributes:
        address: with or without ``/v1``.
        key: sent as a bearer token; empty: none is.
        timeout: seconds for one answer, from the question to its last byte.
    """

    address: str = field(repr=False)
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 60.0


@dataclass(frozen=True)
class Answer:
    """What a model wrote, how many tokens it was paid for (None where the server does not say) and how long it took."""

    content: str
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float


class NoAnswer(Exception):
    """Why there is no answer, in words without anything that the server or the question said.

    Attributes:
        is_passing: whether asking again may help.
        is_final: whether no other question will be answered either: the key, the address or the model is wrong.
        wait: seconds that the server asks to wait.
        may_cost: whether the server may have worked on it all the same.
    """

    def __init__(
        self, reason: str, *, is_passing: bool = False, is_final: bool = False, wait: float = 0, may_cost: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.is_passing, self.is_final = reason, is_passing, is_final
        self.wait, self.may_cost = wait, may_cost


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0, le=10**8)
    completion_tokens: int = Field(default=0, ge=0, le=10**8)


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class LanguageModel:
    """A connection to a server. Remembers which way to ask for JSON the server takes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: httpx.Client | None = None
        self._address, self._dialect = _completions(server.address), 0

    def __enter__(self) -> LanguageModel:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def ask(
        self, messages: Sequence[Message], schema: Mapping[str, Any], most_tokens: int, longest: float = math.inf
    ) -> Answer:
        """The answer to ``messages``, as JSON text of ``schema`` where the server sees to that.

        Args:
            longest: seconds that it may take, in whichever ways the server is asked, where they are fewer than its own.

        Raises:
            NoAnswer: whatever the reason.
        """
        at, deadline = self._dialect, time.monotonic() + longest
        while True:
            try:
                return self._ask(self._question(_DIALECTS[at], messages, schema, most_tokens), deadline)
            except _NotTaken as refused:
                at += 1
                if at == len(_DIALECTS):
                    raise NoAnswer(f"refused with status {refused.status}") from None
                self._dialect = max(self._dialect, at)

    def _question(
        self, dialect: tuple[str, str], messages: Sequence[Message], schema: Mapping[str, Any], most_tokens: int
    ) -> Mapping[str, Any]:
        form, limit = dialect
        question: dict[str, Any] = {
            "model": self._server.model,
            "messages": [dict(each) for each in messages],
            limit: most_tokens,
        }
        if form == _SCHEMA:
            described = {"name": "answer", "strict": True, "schema": dict(schema)}
            question["response_format"] = {"type": _SCHEMA, _SCHEMA: described}
        elif form == _OBJECT:
            question["response_format"] = {"type": _OBJECT}
        return question

    def _ask(self, question: Mapping[str, Any], deadline: float) -> Answer:
        started = time.monotonic()
        body = self._post(question, max(min(self._server.timeout, deadline - started), _LEAST_SECONDS))
        return _read(body, time.monotonic() - started)

    def _connected(self) -> httpx.Client:
        if self._client is None:
            key, address = self._server.key, self._server.address
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            # a proxy of the environment is for the internet: what is asked over http stays on this machine or network
            is_internet = address.startswith("https:")
            try:
                self._client = httpx.Client(timeout=self._server.timeout, headers=headers, trust_env=is_internet)
            except Exception as wrong:  # certificates or proxies of the environment; no day fails for them
                raise NoAnswer(f"no connection can be made ({type(wrong).__name__})", is_final=True) from None
        return self._client

    def _post(self, question: Mapping[str, Any], seconds: float) -> bytes:
        """The body of a good answer; a server that drips is cut off as well as a silent one."""
        after = f"{seconds:g} s" if seconds == self._server.timeout else "the time that was left"
        late = NoAnswer(f"time-out after {after}", is_passing=True, may_cost=True)
        body, deadline = bytearray(), time.monotonic() + seconds
        try:
            with self._connected().stream("POST", self._address, json=question, timeout=seconds) as response:
                _refuse(response)
                for part in response.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise NoAnswer(f"an answer of more than {MOST_BYTES:,} bytes", may_cost=True)
                    if time.monotonic() > deadline:
                        raise late
        except (httpx.ConnectTimeout, httpx.ConnectError, httpx.UnsupportedProtocol):
            raise NoAnswer("no connection to the server", is_passing=True) from None
        except httpx.TimeoutException:
            raise late from None
        except (httpx.InvalidURL, UnicodeError):
            raise NoAnswer("SHELDUCK_LLM_URL is no address that can be asked", is_final=True) from None
        except httpx.HTTPError as broken:
            raise NoAnswer(f"the connection broke ({type(broken).__name__})", is_passing=True, may_cost=True) from None
        return bytes(body)


class _NotTaken(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _completions(address: str) -> str:
    parts = urllib.parse.urlsplit(address)
    path = parts.path.rstrip("/") or "/v1"
    return parts._replace(path=path if path.endswith(_PATH) else path + _PATH).geturl()


def _refuse(response: httpx.Response) -> None:
    """Ends what has another status than 200; the server's own words are not read."""
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status in _NOT_TAKEN:
        raise _NotTaken(status)
    hint = f": {_HINTS[status]}" if status in _HINTS else ""
    is_passing = status in _PASSING
    wait = response.headers.get("retry-after", "")
    raise NoAnswer(
        f"refused with status {status}{hint}",
        is_passing=is_passing,
        is_final=not is_passing,
        wait=float(wait) if wait.isascii() and wait.isdigit() else 0,
    )


def _read(body: bytes, seconds: float) -> Answer:
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError:
        raise NoAnswer("an answer that is no chat completion", is_passing=True, may_cost=True) from None
    choice, usage = completion.choices[0], completion.usage
    if not choice.message.content:
        raise NoAnswer("the model declined to write", may_cost=True)
    prompt, written = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
    return Answer(choice.message.content, prompt, written, seconds)
