"""What a file must say to become the registered model: models from code, so that nothing is pickled."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import polars as pl

from ml.errors import InvalidRequest, ModelMissing, ShelduckError
from ml.fingerprint import folder_fingerprint
from ml.registry.ledger import promoted_contents
from ml.registry.versions import MODEL
from ml.settings import Settings
from ml.tables import Col

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature

ARTIFACT: Final = "bundle"
_ITEMS: Final = "items"
_PLACEMENT, _DEFAULT_PLACEMENT = "placement", "for_you"
_K, _DEFAULT_K = "k", 10
_ANSWER: Final = {
    Col.user_id: "string",
    Col.rank: "integer",
    Col.item_id: "string",
    Col.score: "double",
    Col.source: "string",
    Col.as_of_date: "string",
    Col.version: "string",
    Col.policy_id: "string",
}

Asked: TypeAlias = Mapping[str, Sequence[str] | None]
"""Shoppers in the order asked; each with the caller's items to rank, or None for the shelf."""


class Shelves(Protocol):
    """A loaded bundle that can answer."""

    def rank(self, asked: Asked, placement: str, k: int) -> pl.DataFrame:
        """Rows of user_id, rank, item_id, score, source, as_of_date, version and policy_id, in the order asked.

        Raises:
            InvalidRequest: no such placement, or a k below 1.
        """
        ...


def serve(load: Callable[[Path], Shelves]) -> None:
    """Make the calling file the model: MLflow runs the file, then ``load`` gets the bundle's folder.

    Call it once, at the end of the file that ``register_bundle`` is given as ``serving``. A known error is answered
    with status 400 and its text.
    """
    from mlflow import MlflowException
    from mlflow.models import set_model
    from mlflow.pyfunc import PythonModel

    with warnings.catch_warnings(record=True):  # MLflow asks for type hints, which the signature makes needless

        class Model(PythonModel):  # type: ignore[misc]
            """The bundle as MLflow loads it."""

            def load_context(self, context: Any) -> None:
                bundle = Path(context.artifacts[ARTIFACT])
                _refuse_planted(bundle)
                self.shelves = load(bundle)

            def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
                terms = {_PLACEMENT: _DEFAULT_PLACEMENT, _K: _DEFAULT_K, **(params or {})}
                try:
                    answer = self.shelves.rank(_asked(model_input), terms[_PLACEMENT], int(terms[_K]))
                except ShelduckError as refused:
                    raise MlflowException.invalid_parameter_value(str(refused)) from None
                frame = answer.select(*_ANSWER).to_pandas().astype(object)
                return frame.where(frame.notna(), None)  # JSON knows null, not NaN

        set_model(Model())


def _refuse_planted(bundle: Path) -> None:
    """Where the data home has a promotion ledger, only what it names is served, whatever version was asked for.

    Raises:
        ModelMissing: the ledger knows no such content.
    """
    promoted = promoted_contents(Settings())
    if promoted and folder_fingerprint(bundle) not in promoted:
        raise ModelMissing(
            f"model {MODEL}",
            expected="a bundle whose content the promotion ledger names",
            found="another one",
            remedy="To serve the champion, run: shelduck serve",
        )


def signature() -> ModelSignature:
    """user_id and, when a list of the caller's is to be ranked, items in; ranked items and where they come from out."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema
    from mlflow.types.schema import Array, DataType

    return ModelSignature(
        inputs=Schema([ColSpec("string", Col.user_id), ColSpec(Array(DataType.string), _ITEMS, required=False)]),
        outputs=Schema([ColSpec(kind, name) for name, kind in _ANSWER.items()]),
        params=ParamSchema([ParamSpec(_PLACEMENT, "string", _DEFAULT_PLACEMENT), ParamSpec(_K, "long", _DEFAULT_K)]),
    )


def _asked(question: pd.DataFrame) -> Asked:
    users = [str(user) for user in question[Col.user_id]]
    if len(set(users)) != len(users):
        found = f"{len(users) - len(set(users))} repeated"
        raise InvalidRequest("request", expected="every user_id once", found=found, remedy="Ask twice for two lists")
    lists = question[_ITEMS] if _ITEMS in question.columns else [None] * len(users)
    return {user: _ids(given) for user, given in zip(users, lists, strict=True)}


def _ids(given: Any) -> list[str] | None:
    """The caller's list without repetitions; a missing cell (None, or pandas' NaN) is no list."""
    return None if given is None or isinstance(given, float) else list(dict.fromkeys(map(str, given)))
