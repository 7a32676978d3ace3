"""The smallest registered model: it answers with the word in its bundle, so that tests see which one was loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from ml.registry.model import Field, Interface, RegisteredModel
from ml.registry.pyfunc import serve

if TYPE_CHECKING:
    import pandas as pd

INDEX: Final = "echo.json"
ECHO: Final = RegisteredModel(
    name="echo",
    about="Answers every user with the same word.",
    serving=Path(__file__),
    interface=Interface(
        question={"user_id": Field("string")},
        answer={"user_id": "string", "word": "string"},
        example={"user_id": ["1"]},
        params={"times": 1},
    ),
)


def word_in(folder: Path) -> str:
    """What the bundle in this folder answers."""
    return str(json.loads((folder / INDEX).read_text(encoding="utf-8")))


class Echo:
    def __init__(self, folder: Path) -> None:
        self._word = word_in(folder)

    def answer(self, question: pd.DataFrame, params: Mapping[str, Any]) -> pl.DataFrame:
        word = self._word * params["times"]
        return pl.DataFrame({"user_id": [str(user) for user in question["user_id"]]}).with_columns(word=pl.lit(word))


serve(ECHO, Echo)
