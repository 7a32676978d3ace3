"""Which errors a task is tried again after: those that may pass, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException

from dags.common import steps
from ml import errors
from ml.errors import ShelduckError
from ml.operations.causes import ServerSilent

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ShelduckError) and kind is not ShelduckError
]
PASSING = {"WarehouseLocked", "DiskFull", "StaleFeatures", "ModelMissing", "NotPublished"}


@pytest.fixture(autouse=True)
def _context(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(steps, "get_current_context", lambda: {"ti": SimpleNamespace(task_id="train")})
    yield


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_that_no_retry_mends_is_final_and_keeps_its_text(kind: type[ShelduckError]) -> None:
    error = kind("a thing", expected="one", found="none", remedy="Do it")
    with pytest.raises((AirflowFailException, kind)) as raised, steps.step():
        raise error
    assert isinstance(raised.value, AirflowFailException) == (kind.__name__ not in PASSING)
    assert str(raised.value) == f"{kind.__name__}: a thing: expected one; found none. Do it"


def test_nothing_to_learn_an_unclosed_day_and_a_failed_gate_are_final_and_a_held_lock_is_not() -> None:
    final = {kind.__name__ for kind in KINDS if not kind.is_passing}
    assert {"NothingToLearn", "DayNotClosed", "GateFailed", "PromotionRefused", "InvalidBundle"} <= final
    assert {kind.__name__ for kind in KINDS} - final == PASSING


def test_an_error_of_another_kind_is_tried_again_with_its_cause_where_that_is_known() -> None:
    with pytest.raises(ServerSilent), steps.step():
        raise ConnectionError("MLflow is not there yet")
    with pytest.raises(ZeroDivisionError), steps.step():
        raise ZeroDivisionError
