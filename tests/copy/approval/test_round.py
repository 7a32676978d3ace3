"""What a person decides on computed texts is what the next computation of the day publishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml.copy.approval import edits
from ml.copy.approval.decisions import Decider, Decision, Verb
from ml.copy.approval.shown import shown_brief
from ml.copy.capability import COPY
from ml.copy.daily import compute
from ml.copy.landing_rows import DECISIONS, landed_rows
from ml.copy.outputs import COPY_RECIPIENT
from ml.copy.sheets.daily import requests_of
from ml.errors import DecisionRefused
from ml.landing.folder import close_day
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.readers import read_table
from ml.publish.versions import publish
from ml.settings import Settings
from testkit.copy_published import decide_seen
from testkit.copy_shop import DAY, copy_day

BRIEF = {
    "brief_id": "spring", "audience_id": "tea", "channel": "email", "language": "en", "percent_off": 20.0, "arms": 2,
}  # fmt: skip
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANN = Decider("ann", AT)


def _published(settings: Settings, number: int) -> Any:
    """The day as it is computed from what is landed."""
    decisions = landed_rows(settings, DECISIONS, DAY)
    day = copy_day(settings.home, dim_copy_brief=[BRIEF], copy_decision=decisions)
    record = DraftRecord(
        capability="copy", as_of_date=DAY, slice="slices/x", inputs_hash=f"{number}", code_revision="c0dec0dec0de"
    )
    draft = write_draft(settings.drafts_of("copy") / f"{DAY}-{number}", COPY, record, compute(day).tables)
    publish(settings, COPY, draft, provenance={})
    return shown_brief(settings, "spring")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings(home=tmp_path / "var", consent="assumed")
    settings.landing_dir.mkdir(parents=True)
    close_day(settings, DAY)
    asked = requests_of(copy_day(settings.home, dim_copy_brief=[BRIEF]))
    monkeypatch.setattr(edits, "requested_of", lambda *_: asked)
    return settings


def test_an_edit_is_published_an_approval_of_it_counts_and_members_get_its_arm(shop: Settings) -> None:
    shown = _published(shop, 1)
    assert [each.status for each in shown.variants] == ["proposed", "proposed"]
    edit = Decision("spring", "en/email/1", Verb.EDIT, part="email_subject", text="20% off, for you")
    with pytest.raises(DecisionRefused, match=r"discount '30%' \(allowed: 20\)"):
        decide_seen(shop, DAY, [Decision("spring", "en/email/1", Verb.EDIT, part="email_subject", text="30% off")], ANN)
    decide_seen(shop, DAY, [edit, Decision("spring", "en/email/2", Verb.REJECT, "dull")], ANN)
    edited = _published(shop, 2)
    first, second = edited.variants
    assert (first.status, first.parts[0].text, first.parts[0].writer) == ("proposed", "20% off, for you", "person")
    assert (second.status, second.decided_by) == ("rejected", "ann") and first.variant_hash != shown.variants[
        0
    ].variant_hash
    assert read_table(shop, COPY, COPY_RECIPIENT.name).is_empty()
    decide_seen(shop, DAY, [Decision("spring", "en/email/1", Verb.APPROVE)], Decider("bob", AT + timedelta(hours=1)))
    approved = _published(shop, 3)
    assert [(each.status, each.decided_by) for each in approved.variants] == [("approved", "bob"), ("rejected", "ann")]
    recipients = read_table(shop, COPY, COPY_RECIPIENT.name)
    assert len(recipients) and recipients["arm"].unique().to_list() == [1]
