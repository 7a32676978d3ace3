"""Which columns of the feature tables a ranker learns from: the dbt project says so, with the columns themselves.

A column whose ``config`` has ``meta: {ranker: true, zh: …}`` in ``models/features/<table>.yml`` is learned from by the
next training and read when a day is scored; its description, and ``zh`` in Chinese, say what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from ml.warehouse.lineage import PROJECT
from ml.words import Words

FEATURES: Final = PROJECT / "models" / "features"
_RANKER: Final = "ranker"
_CHINESE: Final = "zh"


@cache
def ranker_columns(folder: Path = FEATURES) -> dict[str, list[str]]:
    """By feature table its columns for rankers, in the order of the YAML files; tables without any are left out."""
    declared = {
        model["name"]: list(_declared(model)) for path in sorted(folder.glob("*.yml")) for model in _models(path)
    }
    return {name: columns for name, columns in declared.items() if columns}


@cache
def column_words(folder: Path = FEATURES) -> dict[tuple[str, str], Words]:
    """By feature table and column what a column for rankers is, without the full stop."""
    return {
        (model["name"], column["name"]): Words(
            " ".join(column["description"].split()).rstrip("."), column["config"]["meta"].get(_CHINESE, "")
        )
        for path in sorted(folder.glob("*.yml"))
        for model in _models(path)
        for column in model.get("columns", [])
        if column.get("config", {}).get("meta", {}).get(_RANKER)
    }


def _declared(model: dict[str, Any]) -> Iterator[str]:
    for column in model.get("columns", []):
        if column.get("config", {}).get("meta", {}).get(_RANKER):
            yield column["name"]


def _models(path: Path) -> list[dict[str, Any]]:
    import yaml

    parsed = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    models: list[dict[str, Any]] = parsed.get("models", [])
    return models
