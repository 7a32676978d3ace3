"""Sources are read as text that is the same on every machine."""

from __future__ import annotations

from pathlib import Path

from ml.code.sources import hash_of, read_project, read_sources

FILES = {
    "ml/a.py": b"x = 1\n",
    "expectations/b.py": b"y = 1\n",
    "dbt_project/dbt_project.yml": b"name: shop\n",
    "dbt_project/models/c.sql": b"select 1\n",
    "dbt_project/seeds/d.csv": b"value\n1\n",
}
BESIDE = {
    "README.md": b"read",
    "dags/e.py": b"z = 1",
    "ml/__pycache__/a.cpython-311.pyc": b"\xff",
    "ml/._a.py": b"\xff\xfe",
    "dbt_project/target/compiled/c.sql": b"select 2",
    "dbt_project/logs/dbt.log": b"done",
    "dbt_project/.user.yml": b"id: 1",
}


def _written(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def test_the_sources_are_the_packages_and_the_project_without_what_tools_write_beside_them(tmp_path: Path) -> None:
    sources = read_sources(_written(tmp_path, FILES | BESIDE))
    assert sources == {name: content.decode() for name, content in FILES.items()}
    project = {name: text for name, text in sources.items() if name.startswith("dbt_project/")}
    assert read_project(tmp_path / "dbt_project") == project and len(project) == 3


def test_neither_the_place_nor_the_line_ends_of_a_checkout_change_its_hash(tmp_path: Path) -> None:
    unix = _written(tmp_path / "one", FILES)
    windows = _written(tmp_path / "two" / "deep", {name: text.replace(b"\n", b"\r\n") for name, text in FILES.items()})
    assert hash_of(read_sources(unix)) == hash_of(read_sources(windows))


def test_a_file_that_is_not_utf_8_is_hashed_too(tmp_path: Path) -> None:
    plain, latin, other = (
        hash_of(read_sources(_written(tmp_path / name, {**FILES, "ml/b.py": text})))
        for name, text in (("plain", b"# e"), ("latin", b"# \xe8"), ("other", b"# \xe9"))
    )
    assert len({plain, latin, other}) == 3


def test_a_changed_a_new_and_a_renamed_file_change_the_hash() -> None:
    base = {"a.py": "x", "b.py": "y"}
    others = [{"a.py": "X", "b.py": "y"}, {**base, "c.py": ""}, {"a.py": "x", "c.py": "y"}, {"a.py": "y", "b.py": "x"}]
    hashes = {hash_of(each) for each in others}
    assert len(hashes) == len(others) and hash_of(base) not in hashes
    assert hash_of(dict(reversed(base.items()))) == hash_of(base)
