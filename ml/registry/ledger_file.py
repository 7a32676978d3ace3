"""The file of a model's promotion ledger: ``mlflow/promotions/<model>.jsonl``.

Homes of earlier versions have a single file, ``mlflow/promotions.jsonl``, for their single model. It is read where it
lies and moved by the next process that holds the registry lock. Both files exist when an earlier version ran again
after the move: then their rows count together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from ml.durable import read_lines, sync, write_text
from ml.registry.client import may_have_models
from ml.settings import Settings

MODEL_OF_SINGLE_FILE: Final = "shelf"
"""Part of the old format: the rows of the single file do not name their model."""


def ledger_path(settings: Settings, model: str) -> Path:
    """Where the ledger of a model is written."""
    return settings.registry_dir / "promotions" / f"{model}.jsonl"


def read_ledger(settings: Settings, model: str) -> list[dict[str, Any]]:
    """The rows of a model's ledger, oldest first; empty without one. Needs no lock, also while the file is moved.

    Raises:
        JournalBroken: a file is damaged.
    """
    before = read_lines(_single_file(settings)) if model == MODEL_OF_SINGLE_FILE else []  # first: it moves to the other
    rows = read_lines(ledger_path(settings, model))
    known = {_identity(row) for row in rows}
    missing = [row for row in before if _identity(row) not in known]
    return sorted([*rows, *missing], key=lambda row: int(row["row"])) if missing else rows


def is_lost(settings: Settings, model: str) -> bool:
    """No ledger, although there may be models: a home that never trained has none either."""
    exists = has_single_file(settings, model) or ledger_path(settings, model).exists()
    return not exists and may_have_models(settings)


def has_single_file(settings: Settings, model: str) -> bool:
    """Whether rows of this model still lie in the file of an earlier version."""
    return model == MODEL_OF_SINGLE_FILE and _single_file(settings).exists()


def move_single_file(settings: Settings, model: str) -> None:
    """Move the rows of an earlier version's file to the model's own. The caller holds the registry lock."""
    if not has_single_file(settings, model):
        return
    old, new = _single_file(settings), ledger_path(settings, model)
    if new.exists():
        write_text(new, "".join(json.dumps(row, sort_keys=True) + "\n" for row in read_ledger(settings, model)))
        old.unlink()
    else:
        new.parent.mkdir(exist_ok=True)
        old.replace(new)
        sync(new.parent)
    sync(old.parent)


def replace_ledger(settings: Settings, model: str, lines: str) -> None:
    """Write a ledger anew, whatever was in its files. The caller holds the registry lock."""
    write_text(ledger_path(settings, model), lines)
    if has_single_file(settings, model):
        _single_file(settings).unlink()
        sync(settings.registry_dir)


def _single_file(settings: Settings) -> Path:
    return settings.registry_dir / "promotions.jsonl"


def _identity(row: dict[str, Any]) -> tuple[Any, Any]:
    return row["version"], row["content_hash"]
