"""What ``shelduck train`` prints when it is over: leaderboard, winners, what decides from when, and where to look."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from rich.console import Console

from ml.capabilities import models
from ml.capability import Capability
from ml.console.experiments import leaderboard_table
from ml.recommend.evaluation.settings import SETTING, SETTINGS
from ml.recommend.model import MODEL
from ml.recommend.promotion import evidence
from ml.registry.comparison import leaderboard_of
from ml.registry.decisions import waiting
from ml.registry.foreign import foreign_versions, named
from ml.registry.ledger import Promotion, champion, promotions
from ml.registry.presentation import training_page
from ml.registry.tracking import run_tags
from ml.registry.versions import ModelVersion, version_info
from ml.settings import Settings


def show_training(settings: Settings, console: Console, version: int) -> None:
    """The leaderboard and the decision of the training that registered ``version``, now or when it was first done."""
    info = version_info(settings, MODEL, version)
    rows = leaderboard_of(settings, info.run_id)
    if rows:
        table = pl.DataFrame(rows, infer_schema_length=None)
        for setting in (each for each in SETTINGS if each in table[SETTING]):
            console.print(leaderboard_table(table, setting))
    _print(console, f"\nVersion {version} of {MODEL}, trained as of {info.trained_as_of}")
    for selection in evidence(run_tags(settings, info.run_id), version):
        _print(console, f"  {selection.why}")
    for line in _decision(settings, info):
        _print(console, line)
    if foreign := foreign_versions(settings, models()):
        _print(console, f"Left alone, not registered by Shelduck: {named(foreign)}")
    _print(console, _where(settings, info))


def show_promotions(settings: Settings, console: Console, learner: Capability, versions: Sequence[int]) -> None:
    """Of the versions that a training of any capability ended with: from which day they decide, and why."""
    for model in learner.models:
        for row in promotions(settings, model):
            if row.version in versions:
                _print(console, f"\nVersion {row.version} of {model}, trained as of {row.trained_as_of}")
                for reason in row.why.split("; "):
                    _print(console, f"  {reason}")
                _print(console, f"It decides from {row.effective_from} on, promoted by {row.who}")


def _decision(settings: Settings, info: ModelVersion) -> list[str]:
    rows = promotions(settings, MODEL)
    mine = [row for row in rows if (row.version, row.content_hash) == (info.version, info.content_hash)]
    now = champion(rows)
    if not mine or now is None:
        return ["It was not promoted: it decides on no day", *_waits(settings, info)]
    told = [f"It decides from {mine[-1].effective_from} on, promoted by {mine[-1].who}"]
    if mine[-1].effective_from > info.trained_as_of:
        told.append("  days up to then are published, and keep the policy they had")
    return [*told, _next(now, mine[-1])]


def _waits(settings: Settings, info: ModelVersion) -> list[str]:
    found = waiting(settings, info.model) if settings.promotion_of(info.model) == "approve" else None
    return [f"It waits for a person: shelduck review {info.model}"] if found and found.version == info.version else []


def _next(now: Promotion, mine: Promotion) -> str:
    if now.version != mine.version:
        return f"Champion stays version {now.version}, which was trained later, as of {now.trained_as_of}"
    return f"It is the champion. A day that uses it: shelduck run --as-of {mine.effective_from}"


def _where(settings: Settings, info: ModelVersion) -> str:
    is_server = settings.tracking_uri.startswith("http")
    return f"Everything about it: {training_page(settings, info.run_id)}{'' if is_server else ', after: shelduck up'}"


def _print(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
