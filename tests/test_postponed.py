"""Imports that wait: a module runs when one of its names is asked for, and is then what the import would have given."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest

from ml.postponed import postponed

RUNS = "import sys\nsys.shelduck_runs = getattr(sys, 'shelduck_runs', 0) + 1\n"


@pytest.fixture
def seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a package that counts in ``sys.shelduck_runs`` how often it ran."""
    folder = tmp_path / "shelduck_seldom"
    folder.mkdir()
    (folder / "__init__.py").write_text(f"{RUNS}__all__ = ['name']\nname = 'found'\nfrom .below import deep\n")
    (folder / "below.py").write_text("deep = 'down'\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder.name
    for name in [each for each in sys.modules if each.startswith(folder.name)]:
        del sys.modules[name]
    if runs():
        del sys.shelduck_runs  # type: ignore[attr-defined]


def runs() -> int:
    return getattr(sys, "shelduck_runs", 0)


def test_a_postponed_module_runs_once_when_a_name_of_it_is_asked_for(seldom: str) -> None:
    with postponed(seldom):
        module = import_module(seldom)
    assert runs() == 0 and module.__spec__ and module.__spec__.loader is module.__loader__
    assert module.name == "found" and module.deep == "down"
    assert runs() == 1 and import_module(seldom) is module and type(module) is type(sys)
    with pytest.raises(AttributeError, match=f"module '{seldom}' has no attribute 'other'"):
        _ = module.other


def test_names_are_imported_from_a_postponed_module_as_ever(seldom: str) -> None:
    given: dict[str, object] = {}
    with postponed(seldom):
        exec(f"from {seldom} import *", given)
    assert given["name"] == "found" and runs() == 1


def test_a_module_below_a_postponed_one_is_imported_without_it_only_meanwhile(seldom: str, tmp_path: Path) -> None:
    (tmp_path / seldom / "late.py").write_text("import sys\nruns_before = sys.shelduck_runs\n")
    with postponed(seldom):
        below = import_module(f"{seldom}.below")
    assert below.deep == "down" and runs() == 0
    assert import_module(f"{seldom}.late").runs_before == 1
    assert sys.modules[seldom].below is below and sys.modules[seldom].name == "found" and runs() == 1


def test_a_package_runs_before_a_postponed_one_below_it(seldom: str, tmp_path: Path) -> None:
    (tmp_path / seldom / "below.py").write_text("import sys\nruns_before = sys.shelduck_runs\ndeep = 'down'\n")
    with postponed(seldom, f"{seldom}.below"):
        below = import_module(f"{seldom}.below")
    assert runs() == 0 and below.deep == "down"
    assert below.runs_before == 1 and runs() == 1


def test_an_import_outside_is_not_postponed(seldom: str) -> None:
    with postponed(seldom):
        pass
    import_module(seldom)
    assert runs() == 1
    with postponed(seldom, absent=[seldom]):
        assert import_module(seldom).name == "found", "it was there already"


def test_a_module_that_fails_says_so_each_time(seldom: str, tmp_path: Path) -> None:
    (tmp_path / seldom / "__init__.py").write_text("raise ValueError('broken')\n")
    with postponed(seldom):
        module = import_module(seldom)
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            _ = module.name


def test_a_second_thread_waits_until_the_module_has_run(seldom: str, tmp_path: Path) -> None:
    (tmp_path / seldom / "__init__.py").write_text(f"{RUNS}import time\ntime.sleep(0.2)\nname = 'found'\n")
    with postponed(seldom):
        module = import_module(seldom)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(module.name)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["found"] * 4 and runs() == 1


def test_what_is_absent_cannot_be_imported(seldom: str) -> None:
    with postponed(absent=[seldom]), pytest.raises(ModuleNotFoundError, match="not offered"):
        import_module(seldom)
    assert import_module(seldom).name == "found"


def test_another_thread_imports_as_ever_meanwhile(seldom: str) -> None:
    with postponed(seldom, absent=["json.tool"]), ThreadPoolExecutor(1) as other:
        sys.modules.pop("json.tool", None)
        assert other.submit(import_module, "json.tool").result().main
        other.submit(import_module, seldom).result()
    assert runs() == 1
