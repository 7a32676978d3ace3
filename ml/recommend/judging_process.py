"""A process that judges recommenders: asked and answering over a pipe, it ends with the process that started it.

    python -m ml.recommend.judging_process DESCRIPTOR LEVEL

A question is a window, a recommender's name and its parameters; the answer is an evaluation or an exception, and what
was logged from ``LEVEL`` on, for the log of the process that asked.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
from collections.abc import Mapping
from logging.handlers import QueueHandler
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from traceback import format_exception
from typing import Any, TypeAlias

from ml.recommend.evaluation.judge import Evaluation, evaluate
from ml.recommend.evaluation.origins import Window
from ml.recommend.evaluation.split import Split
from ml.recommend.recommenders import recommender

Question: TypeAlias = tuple[Window, str, Mapping[str, Any]]
Answer: TypeAlias = tuple[Evaluation | Exception, list[logging.LogRecord]]


def main(descriptor: int, level: int) -> None:
    """Answer questions, one at a time; the split of an origin is made once for those that follow each other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C reaches both processes; the other one decides what ends
    link, questions, logged = Connection(descriptor), SimpleQueue[Question](), SimpleQueue[logging.LogRecord]()
    logging.getLogger().addHandler(QueueHandler(logged))
    logging.getLogger().setLevel(level)
    Thread(target=_listen, args=(link, questions), daemon=True).start()
    split: Split | None = None
    while True:
        window, name, params = questions.get()
        found: Evaluation | Exception
        try:
            if split is None or split.as_of != window.then.as_of:
                split = None  # one is in memory at a time
                split = window.split().prepared()
            found = evaluate(recommender(name)(**params), split)
        except Exception as failure:
            found = _sendable(failure)
        link.send((found, [logged.get() for _ in range(logged.qsize())]))


def _listen(link: Connection, questions: SimpleQueue[Question]) -> None:
    """Pass on what is asked; when nobody is left to ask, however the other process ended, end whatever is computed."""
    while True:
        try:
            questions.put(link.recv())
        except (EOFError, OSError):
            os._exit(1)


def _sendable(failure: Exception) -> Exception:
    """The exception, with the trace of this process as a note; its text where it cannot be pickled."""
    trace = "".join(format_exception(failure))
    failure.add_note(trace)
    try:
        pickle.loads(pickle.dumps(failure))
    except Exception:
        return RuntimeError(trace)
    return failure


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
