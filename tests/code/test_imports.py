"""Imports are followed from the text: within functions, through packages, past what only a type checker reads."""

from __future__ import annotations

import pytest

from ml.code.imports import modules_of, reached

PACKAGES = {"ml/__init__.py": "", "ml/a/__init__.py": "", "ml/b/__init__.py": ""}


@pytest.mark.parametrize(
    "text",
    [
        "import ml.b.deep",
        "import ml.b.deep as other",
        "from ml.b import deep",
        "from ml.b.deep import name",
        "from ..b import deep",
        "from ..b.deep import name",
        "def f():\n    from ml.b import deep",
        "class C:\n    async def f(self):\n        with x:\n            import ml.b.deep",
        "try:\n    import ml.b.deep\nexcept ImportError:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    import ml.b.deep",
        "if not TYPE_CHECKING:\n    import ml.b.deep",
    ],
)
def test_every_form_of_an_import_is_followed_and_so_are_the_packages_around_it(text: str) -> None:
    sources = {**PACKAGES, "ml/a/start.py": text, "ml/b/deep.py": "import ml.last", "ml/last.py": "import numpy.linalg"}
    found = reached(sources, ["ml.a.start"])
    assert set(found.modules) == {"ml", "ml.a", "ml.a.start", "ml.b", "ml.b.deep", "ml.last"}
    assert found.modules["ml.b"] == "ml/b/__init__.py" and found.modules["ml.b.deep"] == "ml/b/deep.py"
    assert "numpy" in found.others and "ml" not in found.others


@pytest.mark.parametrize("guard", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_an_import_for_type_checkers_is_not_followed(guard: str) -> None:
    sources = {**PACKAGES, "ml/a/start.py": f"if {guard}:\n    import ml.b.deep, torch", "ml/b/deep.py": ""}
    found = reached(sources, ["ml.a.start"])
    assert set(found.modules) == {"ml", "ml.a", "ml.a.start"} and not found.others


def test_a_package_counts_with_what_it_imports_itself() -> None:
    sources = {**PACKAGES, "ml/a/__init__.py": "from . import inner\nfrom .inner import x", "ml/a/inner.py": ""}
    assert set(reached(sources, ["ml.a"]).modules) == {"ml", "ml.a", "ml.a.inner"}


@pytest.mark.parametrize("text", ["def half(", "x = '\0'", "x = '\udcff'"])
def test_a_file_that_is_not_python_counts_and_imports_nothing(text: str) -> None:
    sources = {**PACKAGES, "ml/a/half.py": f"import numpy\n{text}"}
    found = reached(sources, ["ml.a.half"])
    assert "ml.a.half" in found.modules and not found.others


def test_modules_that_import_each_other_are_each_found_once() -> None:
    sources = {**PACKAGES, "ml/a/one.py": "import ml.b.two", "ml/b/two.py": "def f():\n    import ml.a.one"}
    assert set(reached(sources, ["ml.b.two"]).modules) == {"ml", "ml.a", "ml.b", "ml.a.one", "ml.b.two"}


def test_the_modules_of_a_package_are_those_below_it_and_of_no_package_whose_name_begins_alike() -> None:
    sources = {
        **PACKAGES,
        "ml/a/one.py": "",
        "ml/a/c/__init__.py": "",
        "ml/a/c/two.py": "",
        "ml/ab.py": "",
        "ml/a/x.sql": "",
    }
    assert modules_of(sources, "ml.a") == ["ml.a", "ml.a.c", "ml.a.c.two", "ml.a.one"]
    assert modules_of(sources, "ml.ab") == ["ml.ab"]
    assert modules_of(sources, "ml.none") == []
