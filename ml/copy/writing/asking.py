"""Asks for one channel of a brief, all variants in one question, with retries; whatever happens is a result."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml.copy.request import Request
from ml.copy.writing.budget import Purse
from ml.copy.writing.prompt import messages, most_tokens, prompt_tokens, schema
from ml.text.facts import Channel as Part
from ml.text.json_answers import json_object
from ml.text.language_model import LanguageModel, NoAnswer
from ml.text.validation.check import MOST_CHARACTERS

Texts: TypeAlias = Mapping[tuple[int, Part], str]
"""By arm, from 1, and part."""
MOST_ATTEMPTS: Final = 3
LONGEST_WAIT: Final = 30.0
"""Seconds between two attempts, whatever a server asks for."""
BROKEN: Final = "an answer that is not the JSON that was asked for"
NO_TIME: Final = "not asked: the run's time was over"
MISSING: Final = "the model left out texts"


class _Variants(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    variants: list[dict[str, object]] = Field(min_length=1)


@dataclass
class Outcome:
    """What came of one question.

    Attributes:
        reason: why there is not every text; empty where there is.
        is_final: whether no other question will be answered either.
        calls: how often the server was asked.
        seconds: of each answer, how long it took.
    """

    request: Request
    texts: Texts = field(default_factory=dict)
    reason: str = ""
    is_final: bool = False
    calls: int = 0
    seconds: list[float] = field(default_factory=list)


def ask(
    model: LanguageModel,
    purse: Purse,
    request: Request,
    sleep: Callable[[float], None],
    left: Callable[[], float] = lambda: math.inf,
) -> Outcome:
    """What the model writes for ``request``; raises nothing that a server may cause.

    Args:
        sleep: waits so many seconds before the next attempt.
        left: seconds that the run has left; no attempt or wait takes longer.
    """
    outcome = Outcome(request)
    for attempt in range(MOST_ATTEMPTS):
        if (seconds := left()) <= 0:
            outcome.reason = outcome.reason or NO_TIME
            break
        try:
            outcome.texts = _texts(model, purse, outcome, seconds)
        except NoAnswer as failed:
            outcome.reason, outcome.is_final = failed.reason, failed.is_final
            if not failed.is_passing:
                break
            if attempt + 1 < MOST_ATTEMPTS:
                sleep(min(max(failed.wait, 2.0**attempt), LONGEST_WAIT, max(left(), 0)))
            continue
        wanted = request.arms * len(request.sheets)
        outcome.reason = "" if len(outcome.texts) == wanted else MISSING
        break
    return outcome


def _texts(model: LanguageModel, purse: Purse, outcome: Outcome, seconds: float) -> Texts:
    """One attempt; what it cost is counted, at its most where the server does not say."""
    request = outcome.request
    asked, written = messages(request), most_tokens(request)
    sent = prompt_tokens(asked)
    if not purse.fits(sent, written):
        raise NoAnswer(purse.spent, is_final=True)
    outcome.calls += 1
    try:
        answer = model.ask(asked, schema(request), written, seconds)
    except NoAnswer as failed:
        if failed.may_cost:
            purse.spend(sent, written)
        raise
    known = answer.prompt_tokens is not None and answer.completion_tokens is not None
    purse.spend(*((answer.prompt_tokens or 0, answer.completion_tokens or 0) if known else (sent, written)))
    outcome.seconds.append(answer.seconds)
    return texts_of(answer.content, request)


def texts_of(content: str, request: Request) -> Texts:
    """The texts in an answer: those of the request's arms and parts that are texts at all.

    Raises:
        NoAnswer: there is no such JSON, or no such text in it.
    """
    try:
        found = _Variants.model_validate(json_object(content)).variants[: request.arms]
    except ValidationError:
        found = []
    texts = {
        (arm, part): text.strip()
        for arm, variant in enumerate(found, start=1)
        for part in request.sheets
        if isinstance(text := variant.get(part), str) and _is_text(text)
    }
    if not texts:
        raise NoAnswer(BROKEN, is_passing=True)
    return texts


def _is_text(text: str) -> bool:
    """Whether it can be kept as a row; what it says is for the validator."""
    is_unicode = not any("\ud800" <= character <= "\udfff" for character in text)
    return bool(text.strip()) and len(text) <= MOST_CHARACTERS and "\0" not in text and is_unicode
