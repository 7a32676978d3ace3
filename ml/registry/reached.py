"""A registry that does not answer, as an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ml.errors import ModelMissing


@contextmanager
def reached() -> Iterator[None]:
    """What reads the registry, and can do without.

    Raises:
        ModelMissing: MLflow cannot be reached or refused.
    """
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, OSError) as unreachable:
        raise ModelMissing(
            "MLflow",
            expected="an answer",
            found=type(unreachable).__name__,
            remedy="See whether it runs: shelduck doctor",
        ) from unreachable
