"""From which day on a promoted version decides."""

from __future__ import annotations

from datetime import date

from ml.recommend.promotion import _newest_decided
from ml.settings import Settings


def test_a_day_that_was_scored_keeps_its_policy_although_it_is_not_published_yet(settings: Settings) -> None:
    assert _newest_decided(settings) is None
    for name in ("2017-12-03-aaaaaaaaaaaa-bbbbbbbbbbbb", "2017-12-04-aaaaaaaaaaaa-bbbbbbbbbbbb", ".tmp-2017-12-09"):
        (settings.drafts_dir / name).mkdir(parents=True)
    assert _newest_decided(settings) == date(2017, 12, 4)
