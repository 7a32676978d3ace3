"""What a made-up shop teaches, learned once."""

from __future__ import annotations

import pytest

from ml.reviews.learned import Training, learn
from ml.reviews.reading import read
from tests.reviews.made_reviews import shop
from tests.slow import takes_long


@pytest.fixture(scope="session")
@takes_long
def learned() -> Training:
    """Everything that the shop's reviews teach, without a model before."""
    return learn(read(shop()), 3.0, 7, None)
