"""How the threads of numeric libraries wait."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("asked", "found"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_of_boosters_sleep_while_they_wait_unless_the_environment_says_otherwise(
    asked: str | None, found: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"OMP_DISPLAY_ENV": "true", **({"OMP_WAIT_POLICY": asked} if asked else {})}
    command = [sys.executable, "-c", "import ml, lightgbm"]

    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr

    policies = [line.split("=")[1].strip() for line in told.splitlines() if "OMP_WAIT_POLICY" in line]
    assert policies and set(policies) == {f"'{found}'"}, told
