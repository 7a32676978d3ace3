"""A sample of shoppers follows from their ids."""

from __future__ import annotations

import numpy as np

from ml.recommend.core.shopper_sample import places


def test_a_shopper_keeps_the_place_whoever_else_there_is() -> None:
    alone = places(["u7"])
    assert places(["u1", "u7", "ü"])[1] == alone[0] == places(["u7"])[0]
    assert round(float(alone[0]), 6) == 0.908852


def test_places_are_spread_evenly_however_ids_are_numbered() -> None:
    found = places(f"u{number}" for number in range(20_000))
    counts, _ = np.histogram(found, bins=20, range=(0, 1))
    assert counts.sum() == len(set(found)) == 20_000
    assert counts.min() > 850 and counts.max() < 1150
