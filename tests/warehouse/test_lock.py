"""One writer at a time, between real processes: killed ones, orphaned ones, ones that left a child behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from ml.errors import WarehouseLocked
from ml.settings import Settings
from ml.warehouse.lock import NestedLock, file_lock, warehouse_lock

pytestmark = pytest.mark.slow

ATTEMPT = "build_shelves.build scheduled__2025-06-01 try 1"
WRITER = """
import os, sys, time
from pathlib import Path
from ml.errors import WarehouseLocked
from ml.settings import Settings
from ml.warehouse.lock import warehouse_lock

settings = Settings(home=Path(sys.argv[1]), lock_timeout=60)
print(os.getpid(), flush=True)
try:
    with warehouse_lock(settings, sys.argv[2]):
        {inside}
        (settings.home / "written").write_text("by " + sys.argv[2])
except WarehouseLocked as refused:
    (settings.home / "refused").write_text(str(refused))
"""
HOLDS = 'print("holds", flush=True); time.sleep(600)'
HOLDS_WITH_CHILD = """child = os.fork()
        if child == 0:
            time.sleep(600)
        print(child, flush=True)
        sys.stdin.read(1)"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"


@contextmanager
def _writer(settings: Settings, inside: str, *, below_a_parent: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A process that takes the lock, does ``inside`` and writes; what it starts ends with the test."""
    arguments = [WRITER.replace("{inside}", inside), str(settings.home), ATTEMPT]
    command = [sys.executable, "-c", *([PARENT] if below_a_parent else []), *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def _comes(path: Path) -> str:
    deadline = time.monotonic() + 60
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"{path.name} never came"
        time.sleep(0.05)
    return path.read_text()


def _short(settings: Settings, seconds: float) -> Settings:
    return settings.model_copy(update={"lock_timeout": seconds})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "var", lock_timeout=60)
    made.home.mkdir()
    return made


def test_a_killed_holder_blocks_nobody(settings: Settings) -> None:
    with _writer(settings, HOLDS) as holder:
        assert _says(holder) and _says(holder) == "holds"
        _end(holder)
        with warehouse_lock(_short(settings, 5), "successor"):
            assert not (settings.home / "written").exists()


def test_an_orphan_that_holds_the_lock_keeps_its_successor_waiting_and_is_named(settings: Settings) -> None:
    with _writer(settings, HOLDS, below_a_parent=True) as parent:
        orphan = _says(parent)
        assert _says(parent) == "holds"
        _end(parent)
        started = time.monotonic()
        successor = warehouse_lock(_short(settings, 1), "build_shelves.build r1 try 2")
        with pytest.raises(WarehouseLocked) as refused, successor:
            raise AssertionError("two writers")
        assert 1 <= time.monotonic() - started < 30
    assert str(refused.value) == (
        "WarehouseLocked: shelduck.lock: expected to be free for build_shelves.build r1 try 2 within 1 s; "
        f"found held by {ATTEMPT} (pid {orphan}). Wait for that task to end, or stop its process"
    )


def test_an_orphan_that_waited_while_its_successor_wrote_never_writes(settings: Settings) -> None:
    with _writer(settings, "pass", below_a_parent=True) as parent:
        with warehouse_lock(settings, "the successor"):
            assert _says(parent)
            time.sleep(0.5)  # until it waits
            _end(parent)
        refusal = _comes(settings.home / "refused")
    assert f"expected the process that started {ATTEMPT} to be there still" in refusal
    assert "Nothing was written" in refusal and not (settings.home / "written").exists()


def test_a_child_of_a_killed_holder_keeps_the_lock_until_it_ends_and_the_error_says_so(settings: Settings) -> None:
    with _writer(settings, HOLDS_WITH_CHILD) as holder:
        child = int((_says(holder), _says(holder))[1])
        _end(holder)
        gone = pytest.raises(WarehouseLocked, match="which is gone; a process that it started holds on")
        with gone, warehouse_lock(_short(settings, 0.3), "successor"):
            raise AssertionError("two writers")
        os.kill(child, signal.SIGKILL)
        with warehouse_lock(settings, "successor"):
            pass


def test_a_child_does_not_keep_a_lock_that_its_holder_left(settings: Settings) -> None:
    with _writer(settings, HOLDS_WITH_CHILD) as holder:
        child = int((_says(holder), _says(holder))[1])
        assert holder.stdin is not None
        holder.stdin.close()
        assert holder.wait(60) == 0 and (settings.home / "written").read_text() == f"by {ATTEMPT}"
        os.kill(child, 0)
        with warehouse_lock(_short(settings, 5), "successor"):
            pass


def test_the_lock_of_a_deleted_file_is_no_lock(settings: Settings) -> None:
    first, second = (warehouse_lock(settings, name) for name in ("first", "second, in a new file"))
    with _writer(settings, "pass") as waiting:
        with _second_file(first, second, settings, waiting):
            time.sleep(0.5)
            assert not (settings.home / "written").exists()
        assert _comes(settings.home / "written")


@contextmanager
def _second_file(
    first: AbstractContextManager[None],
    second: AbstractContextManager[None],
    settings: Settings,
    waiting: subprocess.Popen[str],
) -> Iterator[None]:
    """``waiting`` waits for a file that is deleted and freed, while another one of its name is held."""
    with ExitStack() as outer:
        another = outer.enter_context(ThreadPoolExecutor(1))  # a thread holds one lock at a time
        with first:
            assert _says(waiting)
            time.sleep(0.5)  # until it waits
            settings.warehouse_path.with_suffix(".lock").unlink()
            another.submit(second.__enter__).result()
            outer.callback(lambda: another.submit(second.__exit__, None, None, None).result())
        yield


def test_a_lock_within_a_lock_is_a_programming_error_at_once(settings: Settings) -> None:
    started = time.monotonic()
    with warehouse_lock(settings, "outer"):
        for path in (settings.warehouse_path.with_suffix(".lock"), settings.home / "other.lock"):
            refused = pytest.raises(NestedLock, match=rf"inner asks for {path.name} while it holds shelduck.lock")
            with refused, file_lock(path, "inner", 60):
                raise AssertionError("nested")
    assert time.monotonic() - started < 30
    with file_lock(settings.home / "other.lock", "one after the other", 5):
        pass


def test_threads_wait_for_each_other_and_a_lock_that_was_refused_does_not_count_as_held(settings: Settings) -> None:
    path = settings.home / "other.lock"

    def take(timeout: float) -> str:
        with file_lock(path, "thread", timeout):
            return "taken"

    with ThreadPoolExecutor(1) as pool:
        with file_lock(path, "main", 5):
            with pytest.raises(WarehouseLocked, match="held by main"):
                pool.submit(take, 0.0).result()
            waiting = pool.submit(take, 60.0)
        assert waiting.result() == "taken"
