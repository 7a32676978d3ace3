"""What a file must say to become a registered model: models from code, so that nothing is pickled."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from ml.errors import ModelMissing, ShelduckError
from ml.fingerprint import folder_fingerprint
from ml.registry.ledger import promoted_contents
from ml.registry.model import Field, Interface, RegisteredModel
from ml.settings import Settings

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec

ARTIFACT: Final = "bundle"
_TYPES: Final[dict[type, str]] = {str: "string", int: "long", float: "double"}
"""Of parameters, by the type of the default value."""


class Predictor(Protocol):
    """A loaded bundle that can answer."""

    def answer(self, question: pd.DataFrame, params: Mapping[str, Any]) -> pl.DataFrame:
        """Rows with at least the columns of the interface's answer.

        Args:
            question: columns as the interface tells; an optional one may be missing.
            params: a value for every parameter of the interface.

        Raises:
            ShelduckError: the question has no answer; the caller is told why.
        """
        ...


def serve(model: RegisteredModel, load: Callable[[Path], Predictor]) -> None:
    """Make the calling file the model: MLflow runs the file, then ``load`` gets the bundle's folder.

    Call it once, at the end of the file that ``model`` names as ``serving``. A known error is answered with status 400
    and its text.
    """
    from mlflow import MlflowException
    from mlflow.models import set_model
    from mlflow.pyfunc import PythonModel

    with warnings.catch_warnings(record=True):  # MLflow asks for type hints, which the signature makes needless

        class Model(PythonModel):  # type: ignore[misc]
            """The bundle as MLflow loads it."""

            def load_context(self, context: Any) -> None:
                bundle = Path(context.artifacts[ARTIFACT])
                _refuse_planted(model.name, bundle)
                self.predictor = load(bundle)

            def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
                try:
                    answer = self.predictor.answer(model_input, {**model.interface.params, **(params or {})})
                except ShelduckError as refused:
                    raise MlflowException.invalid_parameter_value(str(refused)) from None
                frame = answer.select(*model.interface.answer).to_pandas().astype(object)
                return frame.where(frame.notna(), None)  # JSON knows null, not NaN

        set_model(Model())


def _refuse_planted(model: str, bundle: Path) -> None:
    """Where the data home has a promotion ledger, only what it names is served, whatever version was asked for.

    Raises:
        ModelMissing: the ledger knows no such content.
    """
    promoted = promoted_contents(Settings(), model)
    if promoted and folder_fingerprint(bundle) not in promoted:
        raise ModelMissing(
            f"model {model}",
            expected="a bundle whose content the promotion ledger names",
            found="another one",
            remedy="To serve the champion, run: shelduck serve",
        )


def signature(interface: Interface) -> ModelSignature:
    """An interface as MLflow checks it."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    params = [ParamSpec(name, _TYPES[type(default)], default) for name, default in interface.params.items()]
    return ModelSignature(
        inputs=Schema([_column(name, asked) for name, asked in interface.question.items()]),
        outputs=Schema([ColSpec(kind, name) for name, kind in interface.answer.items()]),
        params=ParamSchema(params) if params else None,
    )


def _column(name: str, asked: Field) -> ColSpec:
    from mlflow.types import ColSpec
    from mlflow.types.schema import Array, DataType

    kind = DataType[asked.type]
    return ColSpec(Array(kind) if asked.is_list else kind, name, required=asked.is_required)
