"""One running Airflow for all tests of this folder: its start and end cost more than what they look at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from ml.operations.environment import ADMIN, admin_password, passwords_file
from testkit.airflow_api import Api, running_airflow
from tests.e2e.conftest import Shop, shop_settings

VIEWER = "viewer"
VIEWERS_PASSWORD = "may look"


@pytest.fixture(scope="package")
def scheduled(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A copy of the shop where no day is built or published and a person decides on promotions; Airflow runs over it.

    It has the slices that the training read. Who may log in: the administrator, and ``VIEWER``, who may only look.
    """
    home = tmp_path_factory.mktemp("scheduled") / "data home"
    days = shutil.ignore_patterns(*(f"{day}-*" for day in shop.days))
    for part in ("landing", "mlflow", "slices"):
        shutil.copytree(shop.settings.home / part, home / part, ignore=days if part == "slices" else None)
    settings = shop_settings(home).model_copy(update={"promotion": "approve"})
    passwords_file(settings).write_text(json.dumps({ADMIN: admin_password(settings), VIEWER: VIEWERS_PASSWORD}))
    variables = {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin,{VIEWER}:viewer",
        "AIRFLOW__SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL": "2",
    }
    with running_airflow(settings, **variables) as api:
        yield api
