"""Every module can be imported first: none waits for another that waits for it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ml.code.imports import modules_of
from ml.code.sources import read_python
from testkit.import_circles import import_circle

PACKAGES = {"ml/__init__.py": "", "ml/a/__init__.py": "", "ml/b/__init__.py": ""}


@pytest.mark.parametrize("package", ["ml", "expectations"])
def test_no_modules_import_each_other_while_they_are_imported(package: str) -> None:
    sources = read_python()
    assert len(modules_of(sources, package)) > 10
    assert import_circle(sources, package) == []


@pytest.mark.parametrize(
    "text",
    [
        "from ml.a.list import ALL",
        "from ml.a import list",
        "import ml.a.list",
        "from ..a.list import ALL",
        "class C:\n    import ml.a.list",
        "try:\n    import ml.a.list\nexcept ImportError:\n    pass",
        "if True:\n    import ml.a.list",
    ],
)
def test_modules_that_import_each_other_are_named_in_the_order_of_their_imports(text: str) -> None:
    sources = {**PACKAGES, "ml/a/list.py": "from ml.b.one import One", "ml/b/one.py": "import ml.b.two"}
    found = import_circle({**sources, "ml/b/two.py": text}, "ml")
    expected = {("ml.a.list", "ml.b.one"), ("ml.b.one", "ml.b.two"), ("ml.b.two", "ml.a.list")}
    assert set(pairwise(found)) == expected


def test_a_package_that_imports_what_imports_one_of_its_modules_is_a_circle() -> None:
    sources = {**PACKAGES, "ml/a/__init__.py": "from ml.b.one import One", "ml/a/two.py": ""}
    assert set(import_circle({**sources, "ml/b/one.py": "from ml.a.two import Two"}, "ml")) == {"ml.a", "ml.b.one"}


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import ml.a.list",
        "class C:\n    async def f(self):\n        from ml.a.list import ALL",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import ml.a.list",
    ],
)
def test_an_import_that_runs_later_or_never_closes_no_circle(text: str) -> None:
    sources = {**PACKAGES, "ml/a/list.py": "from ml.b.one import One", "ml/b/one.py": text}
    assert import_circle(sources, "ml") == []


def test_a_package_may_import_its_own_modules() -> None:
    sources = {**PACKAGES, "ml/a/__init__.py": "from ml.a.one import One", "ml/a/one.py": "from ml.a.two import Two"}
    assert import_circle({**sources, "ml/a/two.py": ""}, "ml") == []
