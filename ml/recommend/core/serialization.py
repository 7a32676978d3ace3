"""A recommender's state as files: JSON for settings and numbers, npz for arrays, never a pickle."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl
from scipy import sparse

from ml.errors import ModelMissing
from ml.recommend.core.encoding import Vocabulary
from ml.recommend.core.parameters import that_matter

_SETTINGS, _ARRAYS = "recommender.json", "arrays.npz"
_SPARSE_PARTS = ("data", "indices", "indptr", "shape")

State = TypeVar("State")


def write(folder: Path, name: str, params: dict[str, Any], state: Any) -> None:
    """Write ``state``, a dataclass of numbers, texts, arrays, CSR matrices and vocabularies, into ``folder``.

    Of ``params`` those that matter to the result: a model has the same files however many threads it was fitted with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for each in fields(state):
        value = getattr(state, each.name)
        if isinstance(value, Vocabulary):
            pl.DataFrame({"id": value.ids}).write_parquet(folder / f"{each.name}.parquet")
        elif sparse.issparse(value):
            arrays |= {f"{each.name}.{part}": np.asarray(getattr(value, part)) for part in _SPARSE_PARTS}
        elif isinstance(value, np.ndarray):
            arrays[each.name] = value
        else:
            numbers[each.name] = value
    np.savez(folder / _ARRAYS, allow_pickle=False, **arrays)
    document = {"name": name, "params": that_matter(params), "state": numbers}
    (folder / _SETTINGS).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def saved_name(folder: Path) -> str:
    """The name of the recommender that was saved in ``folder``.

    Raises:
        ModelMissing: none was.
    """
    return str(_document(folder)["name"])


def read_settings(folder: Path, name: str) -> dict[str, Any]:
    """The settings with which the recommender ``name`` was saved in ``folder``.

    Raises:
        ModelMissing: nothing, or another recommender, was saved there.
    """
    found = saved_name(folder)
    if found != name:
        raise ModelMissing(folder.name, expected=name, found=found, remedy="Load it with its own class")
    return dict(_document(folder)["params"])


def read_state(folder: Path, kind: type[State]) -> State:
    """The state that ``write`` put into ``folder``."""
    values: dict[str, Any] = dict(_document(folder)["state"])
    with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
        for each in fields(kind):  # type: ignore[arg-type]
            if f"{each.name}.data" in arrays:
                data, indices, indptr, shape = (arrays[f"{each.name}.{part}"] for part in _SPARSE_PARTS)
                values[each.name] = sparse.csr_matrix((data, indices, indptr), shape=tuple(shape))
            elif each.name in arrays:
                values[each.name] = arrays[each.name]
            elif each.name not in values:
                values[each.name] = Vocabulary(pl.read_parquet(folder / f"{each.name}.parquet", glob=False)["id"])
    return kind(**values)


def _document(folder: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "Save a fitted recommender there, or train: shelduck train --as-of YYYY-MM-DD"
        raise ModelMissing(folder.name, expected="a saved recommender", found="none", remedy=remedy) from None
    return document
