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
        code = getattr(unreachable, "error_code", "")  # MLflow's word for what is wrong; texts hold addresses
        raise ModelMissing(
            "MLflow",
            expected="an answer",
            found=f"{type(unreachable).__name__} {code}".strip(),
            remedy="See whether it runs: shelduck doctor",
        ) from unreachable
