"""What a file must say to become the registered model: models from code, so that nothing is pickled."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import polars as pl

from ml.tables import Col

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature

ARTIFACT: Final = "bundle"
_PLACEMENT, _DEFAULT_PLACEMENT = "placement", "for_you"
_K, _DEFAULT_K = "k", 10


class Shelves(Protocol):
    """A loaded bundle that can answer."""

    def rank(self, users: Sequence[str], placement: str, k: int) -> pl.DataFrame:
        """Rows of user_id, rank, item_id, score for distinct users, in the order asked."""
        ...


def serve(load: Callable[[Path], Shelves]) -> None:
    """Make the calling file the model: MLflow runs the file, then ``load`` gets the bundle's folder.

    Call it once, at the end of the file that ``register_bundle`` is given as ``serving``.
    """
    from mlflow.models import set_model
    from mlflow.pyfunc import PythonModel

    with warnings.catch_warnings(record=True):  # MLflow asks for type hints, which the signature makes needless

        class Model(PythonModel):  # type: ignore[misc]
            """The bundle as MLflow loads it."""

            def load_context(self, context: Any) -> None:
                self.shelves = load(Path(context.artifacts[ARTIFACT]))

            def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
                asked = {_PLACEMENT: _DEFAULT_PLACEMENT, _K: _DEFAULT_K, **(params or {})}
                users = list(dict.fromkeys(model_input[Col.user_id].astype(str)))
                return self.shelves.rank(users, asked[_PLACEMENT], int(asked[_K])).to_pandas()

        set_model(Model())


def signature() -> ModelSignature:
    """One column user_id in, ranked items out; ``placement`` and ``k`` are parameters."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    outputs = [("string", Col.user_id), ("integer", Col.rank), ("string", Col.item_id), ("double", Col.score)]
    return ModelSignature(
        inputs=Schema([ColSpec("string", Col.user_id)]),
        outputs=Schema([ColSpec(kind, name) for kind, name in outputs]),
        params=ParamSchema([ParamSpec(_PLACEMENT, "string", _DEFAULT_PLACEMENT), ParamSpec(_K, "long", _DEFAULT_K)]),
    )
