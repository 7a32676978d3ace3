"""Who may read and write a data home: modes under every umask, groups, users without an account, strange paths."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from ml.access import wider
from ml.errors import HomeRefused
from ml.home import enter
from ml.landing.folder import close_day
from ml.owners import explained, operator
from ml.settings import Settings
from testkit.shop import write_shop
from tests.users import ALICE, BOB, SHOP, shelduck_as

pytestmark = pytest.mark.slow


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder where every user may make homes; pytest's own are for their owner only."""
    with tempfile.TemporaryDirectory(prefix="shelduck-users-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def _modes(home: Path) -> dict[str, str]:
    """Path to mode of everything in a home, links and landing files excepted."""
    paths = [home, *(path for path in home.rglob("*") if not path.is_symlink())]
    kept = [path for path in paths if not path.match("*/landing/*/dt=*") and path.suffix != ".csv"]
    return {path.relative_to(home.parent).as_posix(): f"{stat.S_IMODE(path.stat().st_mode):04o}" for path in kept}


def _shelduck(home: Path, umask: int, *words: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-c", "from ml.cli import main; main()", *words],
        env={**os.environ, "SHELDUCK_HOME": str(home)},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_home_is_its_owner_s_alone_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    home = tmp_path / "var"
    _shelduck(home, umask, "init")
    day = write_shop(home / "landing", days=1)[0]
    mine = home / "landing" / "interactions" / f"dt={day}"
    before = {path: path.stat().st_mode for path in mine.iterdir()}
    _shelduck(home, umask, "land", "--as-of", str(day))
    _shelduck(home, umask, "close", "2025-03-02")
    modes = _modes(home)
    assert {"var/warehouse/shelduck.duckdb", "var/warehouse/shelduck.lock", "var/shelduck.toml"} <= modes.keys()
    made = {path: mode for path, mode in modes.items() if not path.startswith("var/landing")}
    assert set(made.values()) == {"0700", "0600"}, made
    assert before and {path: path.stat().st_mode for path in before} == before, "the shop's files are left alone"


@pytest.mark.slow
def test_two_users_of_a_group_share_a_home(place: Path) -> None:
    home, group = place / "shared" / "var", {"groups": [SHOP]}
    made = shelduck_as(ALICE, home, "init", SHELDUCK_GROUP=str(SHOP), **group)  # type: ignore[arg-type]
    assert made.returncode == 0, made.stderr
    for number, (user, umask) in enumerate([(ALICE, 0o077), (BOB, 0o022), (ALICE, 0o002), (BOB, 0o077)], start=1):
        closed = shelduck_as(user, home, "close", f"2025-03-0{number}", groups=[SHOP], umask=umask)
        landed = shelduck_as(user, home, "land", "--as-of", f"2025-03-0{number}", groups=[SHOP], umask=umask)
        assert (closed.returncode, landed.returncode) == (0, 0), closed.stderr + landed.stderr
    modes = _modes(home)
    assert "var/warehouse/shelduck.lock" in modes and set(modes.values()) == {"2770", "0660"}, modes
    assert {path.stat().st_gid for path in (home, *home.rglob("*"))} == {SHOP}
    stranger = shelduck_as(BOB, home, "land", "--as-of", "2025-03-04")
    assert stranger.returncode == 1 and "Traceback" not in stranger.stderr
    assert "HomeRefused" in stranger.stderr or "SettingsBroken" in stranger.stderr


@pytest.mark.slow
def test_a_user_without_account_or_home_folder_lands_rolls_back_and_is_named_by_number(place: Path) -> None:
    home = place / "var"
    for words in (["close", "2025-03-01"], ["land", "--as-of", "2025-03-01"]):
        assert shelduck_as(ALICE, home, *words).returncode == 0
    answer = shelduck_as(ALICE, home, "rollback", "2025-03-01", "--why", "a test")
    assert answer.returncode == 1 and "NotPublished" in answer.stderr and "Traceback" not in answer.stderr
    released = shelduck_as(ALICE, home, "release", "--why", "a test").stdout
    assert released == "readers of recommend get nothing: no day is published\n"
    lock = next((home / "published").rglob("*.lock"))
    assert f"uid-{ALICE}" in lock.read_text()


@pytest.mark.parametrize("words", [["land", "--as-of", "2025-03-01"], ["close", "2025-03-01"], ["days"], ["init"]])
def test_another_user_s_home_is_refused_with_its_owner_and_what_to_do(words: list[str], place: Path) -> None:
    home = place / "var"
    assert shelduck_as(ALICE, home, "init").returncode == 0
    answer = shelduck_as(BOB, home, *words)
    told = " ".join(answer.stderr.split())
    assert answer.returncode == 1 and "Traceback" not in told
    assert f"owner uid-{ALICE}" in told and f"Run it as uid-{ALICE}" in told and str(place) not in told


@pytest.mark.slow
def test_the_doctor_tells_of_another_user_s_home(place: Path) -> None:
    home = place / "var"
    assert shelduck_as(ALICE, home, "init").returncode == 0
    answer = shelduck_as(BOB, home, "doctor")
    assert answer.returncode == 1 and "Traceback" not in answer.stderr + answer.stdout
    assert f"uid-{ALICE}" in answer.stdout + answer.stderr


@pytest.mark.slow
def test_a_group_is_refused_at_once_where_it_cannot_be_had(place: Path) -> None:
    none = shelduck_as(ALICE, place / "var", "init", SHELDUCK_GROUP="no-such-group")
    assert none.returncode == 1 and "expected a group of this system" in " ".join(none.stderr.split())
    other = shelduck_as(ALICE, place / "var", "init", SHELDUCK_GROUP=str(SHOP))
    assert other.returncode == 1 and f"a group that uid-{ALICE} is in" in " ".join(other.stderr.split())
    assert not (place / "var").exists()


def test_a_home_that_is_not_shared_with_the_group_asked_for_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)
    with pytest.raises(HomeRefused, match=r"to be shared with .*chgrp .* && .*chmod g\+s"):
        enter(Settings(home=tmp_path / "var", group=str(os.getgid())))
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) & 0o2070 != 0o2070


def test_a_wide_home_is_told_and_not_changed(tmp_path: Path) -> None:
    home = tmp_path / "var"
    home.mkdir()
    home.chmod(0o755)
    enter(Settings(home=home))
    assert wider(Settings(home=home)) == "0755"
    home.chmod(0o700)
    assert wider(Settings(home=home)) is None


@pytest.mark.skipif(shutil.which("setfacl") is None, reason="setfacl (acl) is missing")
def test_a_reader_whom_an_access_list_names_is_not_told_as_everybody(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    enter(settings)
    if subprocess.run(["setfacl", "-m", f"u:{ALICE}:x", settings.home], check=False).returncode:
        pytest.skip("this file system has no access lists")
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o710 and wider(settings) is None
    settings.home.chmod(0o711)
    assert wider(settings) == "0711"


def test_a_closed_mark_in_the_shop_s_own_folder_has_that_folder_s_rights(tmp_path: Path) -> None:
    landing = tmp_path / "drop"
    landing.mkdir()
    landing.chmod(0o775)
    mark = close_day(Settings(home=tmp_path / "var", landing=landing), write_shop(tmp_path / "else", days=1)[0])
    assert stat.S_IMODE(mark.parent.stat().st_mode) == 0o775


@pytest.mark.parametrize("name", ["q?x", "h#x", "d$HOME", "b\\x", "p%41", "line\nend", "bell\a"])
@pytest.mark.parametrize("folder", ["home", "landing"])
def test_a_path_that_a_tool_would_misread_is_refused_at_once(name: str, folder: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="expected a path without"):
        Settings(**{"home": tmp_path, folder: tmp_path / name / "var"})  # type: ignore[arg-type]


def test_an_operator_always_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: ALICE)
    assert operator() == f"uid-{ALICE}"


def test_a_refusal_of_the_system_names_the_file_and_its_owner_without_the_path(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    enter(settings)
    refused = explained(settings.home, PermissionError(13, "Permission denied", str(settings.home / "shelduck.toml")))
    assert "shelduck.toml in the data home: expected to be usable by" in str(refused)
    assert str(tmp_path) not in str(refused)
