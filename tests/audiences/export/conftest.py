"""A published day of three audiences: one to export, one that is withheld, one with a hostile id and hostile words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path

import polars as pl
import pytest

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.settings import Settings
from ml.tables import Col
from testkit.published import one_row

WINE, SMALL, HOSTILE = "wine_lovers", "too_small", "=cmd|' /C calc'!A0"
MEMBERS = ("s1", "s2", "s3", "s4")
LEFT = "s5"
WITHHELD = "7 members, below the minimum of 20"

Publish = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "a home")


@pytest.fixture
def yesterday(settings: Settings) -> date:
    return datetime.now(settings.zone).date() - timedelta(days=1)


@pytest.fixture
def publish_day(settings: Settings) -> Publish:
    """``publish_day(day, members=…, reason=…)`` publishes the audiences of a day; returns the version's id."""
    return partial(_publish_audiences, settings)


def _publish_audiences(
    settings: Settings, day: date, members: tuple[str, ...] = MEMBERS, reason: str = "buys wine"
) -> str:
    audiences = pl.concat(
        one_row(AUDIENCE, day, **{Aud.audience_id: name, Aud.name_en: words, Aud.withheld: withheld, **CONSENT})
        for name, words, withheld in ((WINE, "Wine lovers", ""), (SMALL, "Few", WITHHELD), (HOSTILE, "Odd", ""))
    )
    rows = [(name, each, True) for name in (WINE, HOSTILE) for each in members] + [(WINE, LEFT, False)]
    people = pl.concat(
        one_row(
            AUDIENCE_MEMBER,
            day,
            **{Aud.audience_id: name, Col.user_id: user, Aud.is_member: belongs, Aud.reason_en: reason},
        )
        for name, user, belongs in rows
    )
    return _published(settings, day, {AUDIENCE.name: audiences, AUDIENCE_MEMBER.name: people})


CONSENT: Mapping[str, object] = {Col.purpose: "email_marketing", Aud.consent: "granted", Aud.without_consent: 17}


def _published(settings: Settings, day: date, made: Mapping[str, pl.DataFrame]) -> str:
    record = DraftRecord(
        capability=AUDIENCES.name, as_of_date=day, slice=f"slices/{day}-x", inputs_hash="x", code_revision="c0de"
    )
    tables = {table.name: made.get(table.name, table.empty()) for table in AUDIENCES.outputs}
    draft = write_draft(settings.drafts_of(AUDIENCES.name) / f"{day}-x", AUDIENCES, record, tables)
    return publish(settings, AUDIENCES, draft, provenance={}).version_id


@pytest.fixture(scope="session")
def home_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[date], Path]:
    """``home_with(day)`` is a data home with that day, made once: to be copied."""

    @cache
    def made(day: date) -> Path:
        settings = Settings(home=tmp_path_factory.mktemp("published") / "a home")
        _publish_audiences(settings, day)
        return settings.home

    return made


@pytest.fixture
def day(settings: Settings, home_with: Callable[[date], Path], yesterday: date) -> date:
    """Yesterday, published."""
    shutil.copytree(home_with(yesterday), settings.home, symlinks=True, dirs_exist_ok=True)
    return yesterday


@pytest.fixture
def contacts(tmp_path: Path) -> Callable[..., Path]:
    """``contacts("user_id,email", "s1,a@b.de")`` writes a contact file."""

    def write(*lines: str) -> Path:
        file = tmp_path / "contacts of people.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return write
