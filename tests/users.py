"""Other users of the machine, for tests that run as root: commands as a user without an account, or of a group."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

ALICE, BOB, SHOP = 34567, 34568, 34569
"""Two users and a group that this system does not know."""


@cache
def interpreter() -> str:
    """A Python of this version that other users may run; root's own may lie where nobody else gets through."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a command as another user")
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, shutil.which(name, path="/usr/local/bin:/usr/bin")):
        with suppress(PermissionError, TypeError):  # TypeError: there is no such program
            command = [found, "-c", ""]
            subprocess.run(command, check=True, user=ALICE, group=ALICE, extra_groups=[], cwd="/")  # type: ignore[list-item]
            return str(found)
    pytest.skip(f"no {name} that other users may run")


def shelduck_as(
    user: int, home: Path, *words: str, groups: Sequence[int] = (), umask: int = 0o022, **environment: str
) -> subprocess.CompletedProcess[str]:
    """``shelduck`` as a user who has neither an account nor HOME."""
    packages = [str(Path(__file__).parents[1]), *(path for path in sys.path if path.endswith("site-packages"))]
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(packages), "SHELDUCK_HOME": str(home)}
    return subprocess.run(
        [interpreter(), "-c", "from ml.cli import main; main()", *words],
        env={**known, "SHELDUCK_ENV_FILE": os.devnull, **environment},
        user=user,
        group=user,
        extra_groups=list(groups),
        umask=umask,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
