"""The shop's own aspects, as they are landed."""

from __future__ import annotations

from ml.reviews.columns import OVERALL
from tests.landing.conftest import Shop


def test_an_aspect_is_not_called_as_the_whole_review_is(shop: Shop) -> None:
    lines = ["aspect_id,language,term", f"{OVERALL},en,altogether", f"{OVERALL}_look,en,look", "scent,en,smell"]
    shop.drop("a.csv", "\n".join(lines) + "\n", table="review_aspects")

    shop.land()

    assert shop.accepted("review_aspects") == [f"{OVERALL}_look", "scent"]
    assert [(column, reason) for _, column, _, reason in shop.quarantine()] == [
        ("aspect_id", "aspect_id is overall, which stands for the review as a whole")
    ]
