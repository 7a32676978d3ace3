"""A process that leaves its memory to the operating system ends as any other does."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

_SCRIPT = """
    import atexit, pathlib, sys, tempfile, threading, time
    from ml.operations.large_heaps import leave

    class Told:
        def __del__(self):
            pathlib.Path("freed").touch()

    kept = Told()
    kept.itself = kept
    folder = tempfile.TemporaryDirectory(dir=".")
    atexit.register(lambda: pathlib.Path("handled").write_text(str(pathlib.Path("thread").exists())))
    thread = threading.Thread(target=lambda: (time.sleep(0.2), pathlib.Path("thread").touch()))
    thread.start()
    sys.stdout.write("said at last")
    leave({status})
"""


@pytest.mark.parametrize("status", [0, 3])
def test_threads_end_handlers_run_output_and_status_arrive_and_nothing_is_freed(tmp_path: Path, status: int) -> None:
    script = textwrap.dedent(_SCRIPT).format(status=status)
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (status, "said at last", "")
    assert {path.name for path in tmp_path.iterdir()} == {"handled", "thread"}, "no temporary folder, nothing freed"
    assert (tmp_path / "handled").read_text() == "True", "handlers run after the threads"
