"""A day's reviews: labels, topics and opinions, by the policy effective on it."""

from __future__ import annotations

import logging

from pydantic import JsonValue

from ml.day import Day, Result
from ml.reviews.aspects import taxonomy
from ml.reviews.columns import DIM_REVIEW_ASPECT
from ml.reviews.labels import Labeller, decided_counts
from ml.reviews.opinions import opinions
from ml.reviews.outputs import ITEM_OPINION, REVIEW_LABEL, REVIEW_TOPIC
from ml.reviews.policy import effective, told
from ml.reviews.reading import reviews_of
from ml.reviews.topic_weeks import topic_weeks
from ml.reviews.topics import Topics
from ml.warehouse.slices import DIM_ITEM

_log = logging.getLogger(__name__)


def compute(day: Day) -> Result:
    """Read every review of the history; without a trained model ratings decide, and there are no topics.

    Raises:
        StaleFeatures: the snapshot is incomplete.
        ModelMissing: the registry does not hold the version that was promoted.
        EncoderMissing: the model needs the extra ``text``, which is not installed.
    """
    policy = effective(day)
    about = told(policy, day.capability.training_command(day.as_of))
    if policy.bundle is None:
        _log.warning("reviews as of %s: %s", day.as_of, about["untrained"])
    reviews, bundle = reviews_of(day), policy.bundle
    labelled = Labeller(bundle, taxonomy(day.table(DIM_REVIEW_ASPECT)), day.settings.liked_from).labelled(reviews)
    topics = Topics() if bundle is None else bundle.topics
    tables = {
        REVIEW_LABEL.name: labelled.labels,
        REVIEW_TOPIC.name: topic_weeks(reviews, labelled, topics, day.as_of),
        ITEM_OPINION.name: opinions(reviews, labelled, day.table(DIM_ITEM)),
    }
    counts: dict[str, JsonValue] = {
        "reviews": len(reviews),
        "topics": len(topics.topics),
        "decided_by": dict(decided_counts(labelled.labels)),
    }
    return Result(tables, key=policy.policy_id, policy=about, counts=counts)
