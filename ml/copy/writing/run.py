"""Asks for one request after the other, until all are answered or it is no use to go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ml.copy.request import Request
from ml.copy.writing.asking import Outcome, ask
from ml.copy.writing.budget import Purse
from ml.text.language_model import LanguageModel

MOST_IN_VAIN: Final = 3
"""Requests in a row of which nothing came, each after every attempt; then no other is asked for."""
LONGEST_RUN: Final = 40 * 60.0
"""Seconds; a task may take an hour. What is left is written when the day, or the next one, is run again."""


@dataclass(frozen=True)
class Means:
    """What a run asks with.

    Attributes:
        sleep, clock: for tests; seconds.
    """

    model: LanguageModel
    purse: Purse
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def asked(requests: Sequence[Request], means: Means) -> Iterator[Outcome]:
    """The outcome of each request, in their order; those that were not asked for say why.

    One at a time: a server of one's own answers one question at a time, and which are asked before a budget is spent
    must not depend on which answer came first.
    """
    why, in_vain, ends = "", 0, means.clock() + LONGEST_RUN
    for request in requests:
        if not why and means.clock() >= ends:
            why = f"not asked: the run had taken {LONGEST_RUN / 60:g} minutes"
        if why:
            yield Outcome(request, reason=why)
            continue
        outcome = ask(means.model, means.purse, request, means.sleep, lambda: ends - means.clock())
        yield outcome
        in_vain = 0 if outcome.texts else in_vain + 1
        if outcome.is_final:
            why = outcome.reason if not outcome.calls else f"not asked: {outcome.reason}"
        elif in_vain == MOST_IN_VAIN:
            why = f"not asked: {outcome.reason}, {MOST_IN_VAIN} times in a row"
