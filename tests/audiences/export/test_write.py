"""A file is seen only when it is whole and logged; the log says who, what and which bytes, and nothing of a person."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.audiences.export import write
from ml.audiences.export.audit import OWN_FILES, exports
from ml.audiences.export.export import Request, export_audience
from ml.errors import DiskFull, ExportRefused
from ml.fingerprint import file_fingerprint
from ml.owners import operator
from ml.settings import Settings
from tests.audiences.export.conftest import MEMBERS, WINE, Publish

BRAZE = Request(WINE, "braze")
_KILLED = """
import os, sys
from pathlib import Path
from ml.audiences.export.export import Request, export_audience
from ml.settings import Settings
Path.replace = lambda *_: os._exit(9)
export_audience(Settings(home=Path(sys.argv[1])), Request("wine_lovers", "braze"))
"""


def _visible(settings: Settings) -> set[str]:
    return {path.name for path in settings.exports_dir.iterdir() if not path.name.startswith(".")} - {*OWN_FILES}


def test_the_log_says_who_exported_what_and_which_bytes(
    settings: Settings, yesterday: date, publish_day: Publish
) -> None:
    version = publish_day(yesterday)
    export_audience(settings, BRAZE)
    export_audience(settings, Request(WINE, "csv"))
    first, second = exports(settings)
    file = settings.home / first["file"]
    told = {"who": operator(), "audience": WINE, "version": version, "as_of_date": str(yesterday), "layout": "braze"}
    told |= {"purpose": "email_marketing", "consent": "granted", "members": len(MEMBERS), "rows": len(MEMBERS)}
    told |= {"sha256": file_fingerprint(file), "with_contacts": False, "was_stale": False}
    assert told.items() <= first.items() and set(first) - set(told) == {"at", "file"}
    assert second["layout"] == "csv" and not any(member in str([first, second]) for member in MEMBERS)


def test_files_are_their_owners_alone_whatever_the_mask(settings: Settings, day: date) -> None:
    before = os.umask(0)
    try:
        made = export_audience(settings, BRAZE)
    finally:
        os.umask(before)
    assert stat.S_IMODE((settings.home / made.entry.file).stat().st_mode) == 0o600


def test_the_same_export_again_is_the_same_file_and_another_line(settings: Settings, day: date) -> None:
    once, again = (export_audience(settings, BRAZE).entry for _ in range(2))
    assert once == again and len(exports(settings)) == 2 and len(_visible(settings)) == 1


def test_a_file_that_could_not_be_logged_is_never_seen(
    settings: Settings, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(write, "record", full)
    with pytest.raises(DiskFull):
        export_audience(settings, BRAZE)
    assert _visible(settings) == set() and not list(settings.exports_dir.glob(".tmp-*"))


def test_a_kill_before_the_rename_leaves_a_line_and_no_file_and_the_next_export_tidies_up(
    settings: Settings, day: date
) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(settings.home)], check=False, timeout=120)
    assert killed.returncode == 9
    left = list(settings.exports_dir.glob(".tmp-*"))
    assert len(left) == 1 and stat.S_IMODE(left[0].stat().st_mode) == 0o600
    assert _visible(settings) == set() and len(exports(settings)) == 1
    export_audience(settings, BRAZE)
    assert not list(settings.exports_dir.glob(".tmp-*")) and len(_visible(settings)) == 1


@pytest.mark.parametrize("out", ["no/\0/x.csv", "file/x.csv", f"{'x' * 300}.csv"])
def test_a_place_that_cannot_be_is_refused_without_its_path(
    settings: Settings, day: date, tmp_path: Path, out: str
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportRefused, match="Give another --out") as refused:
        export_audience(settings, Request(WINE, "braze", out=tmp_path / out))
    assert str(tmp_path) not in str(refused.value) and exports(settings) == []


def test_an_export_reads_back_as_it_was_published(settings: Settings, day: date) -> None:
    made = export_audience(settings, BRAZE)
    assert pl.read_csv(settings.home / made.entry.file, infer_schema=False).to_series().to_list() == [*MEMBERS]
