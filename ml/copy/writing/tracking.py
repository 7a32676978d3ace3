"""Logs to MLflow what a run asked of a language model: counts, tokens, cost, seconds, refusals; no text."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from statistics import median
from typing import Final

from ml.code.revision import code_revision
from ml.copy.capability import COPY
from ml.copy.writing.prompt import PROMPT_VERSION
from ml.copy.writing.report import Written
from ml.registry.copy_runs import CopyRun, log_copy_run
from ml.settings import Settings

_P95: Final = 0.95
_log = logging.getLogger(__name__)


def track(settings: Settings, written: Written) -> None:
    """One run in the experiment ``copy``. A server that cannot be reached costs the record, not the day."""
    try:
        log_copy_run(settings, run_of(settings, written))
    except Exception as failed:  # the day does not hang on it
        _log.warning("MLflow has no record of this run: %s", type(failed).__name__)


def run_of(settings: Settings, written: Written) -> CopyRun:
    """What is logged of a run."""
    seconds, purse = written.seconds, written.purse
    latencies = _latencies(seconds) if seconds else {}
    return CopyRun(
        name=f"{COPY.name} {written.as_of}",
        key=hashlib.sha256(json.dumps([COPY.name, written.as_of.isoformat(), *written.files]).encode()).hexdigest(),
        code_revision=code_revision(COPY),
        params={
            "model": written.model,
            "prompt_version": PROMPT_VERSION,
            "as_of_date": written.as_of.isoformat(),
            "budget": settings.llm_budget.model_dump_json(),
        },
        metrics={
            "requests": written.wanted,
            "requests_asked": written.asked,
            "requests_taken_over": written.taken_over,
            "requests_without_all_texts": sum(written.reasons.values()),
            "calls": written.calls,
            "answers": len(seconds),
            "texts_landed": written.landed,
            "texts_refused": sum(written.refused.values()),
            "prompt_tokens": purse.prompt_tokens,
            "completion_tokens": purse.completion_tokens,
            "cost": float(purse.cost),
            **latencies,
            **{f"refused/{rule.replace(' ', '_')}": count for rule, count in written.refused.items()},
        },
        tags={f"reason_{at}": f"{count}: {reason}" for at, (reason, count) in enumerate(written.reasons.items(), 1)},
    )


def _latencies(seconds: Sequence[float]) -> dict[str, float]:
    """Of at least one answer; ``seconds`` ascending."""
    return {
        "latency_median_seconds": median(seconds),
        "latency_p95_seconds": seconds[min(len(seconds) - 1, int(_P95 * len(seconds)))],
    }
