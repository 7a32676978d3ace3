"""The doctor on a home's users and its memory."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ml.home import enter
from ml.operations.doctor.access import check_access, check_memory
from ml.operations.doctor.finding import FAIL, OK, WARN
from ml.settings import Settings
from tests.users import ALICE


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "var", timezone="Asia/Tokyo")
    enter(made)
    return made


def test_a_private_home_is_fine_and_a_wide_one_is_told_with_the_command(home: Settings) -> None:
    assert check_access(home).status == OK
    home.home.chmod(0o755)
    finding = check_access(home)
    assert finding.status == WARN and "0755" in finding.found
    assert finding.remedy.startswith("In the folder that holds it: find var ") and str(home.home) not in finding.remedy
    command = finding.remedy.partition(": ")[2]
    os.spawnlp(os.P_WAIT, "sh", "sh", "-c", f"cd '{home.home.parent}' && {command}")
    assert stat.S_IMODE(home.home.stat().st_mode) == 0o700 and check_access(home).status == OK


def test_a_file_of_a_shared_home_that_locks_the_group_out_is_told_and_the_command_mends_it(tmp_path: Path) -> None:
    shared = Settings(home=tmp_path / "var", group=str(os.getgid()))
    enter(shared)
    assert check_access(shared).status == OK
    (shared.home / "warehouse").mkdir(mode=0o700)
    lock = shared.home / "warehouse" / "shelduck.lock"
    lock.touch(mode=0o600)
    finding = check_access(shared)
    assert finding.status == WARN and "the group cannot use warehouse and 1 more" in finding.found
    command = finding.remedy.partition(": ")[2]
    os.spawnlp(os.P_WAIT, "sh", "sh", "-c", f"cd '{tmp_path}' && {command}")
    assert stat.S_IMODE(lock.stat().st_mode) == 0o660 and check_access(shared).status == OK


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_is_told_that_a_home_is_another_user_s(home: Settings) -> None:
    os.chown(home.home, ALICE, ALICE)
    finding = check_access(home)
    assert finding.status == WARN and f"uid-{ALICE}" in finding.found and finding.remedy == f"Run it as uid-{ALICE}"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_what_this_user_cannot_use_fails(home: Settings) -> None:
    (home.home / "drafts").mkdir(mode=0o500)
    assert check_access(home).status == FAIL


def test_what_the_home_remembers_is_shown_and_a_home_without_memory_is_told(home: Settings, tmp_path: Path) -> None:
    assert check_memory(home).status == OK and "timezone Asia/Tokyo" in check_memory(home).found
    (tmp_path / "old").mkdir()
    finding = check_memory(Settings(home=tmp_path / "old"))
    assert finding.status == WARN and "shelduck init" in finding.remedy
