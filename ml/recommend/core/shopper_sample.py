"""Samples of shoppers that depend on their ids alone: a larger sample holds every smaller one, on any machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from ml.recommend.core.encoding import Reals


def places(users: Iterable[str]) -> Reals:
    """A place from 0 to 1 for each shopper, by a hash of the id, evenly spread. A sample takes the lowest places."""
    digests = [int.from_bytes(hashlib.blake2b(user.encode(), digest_size=6).digest(), "big") for user in users]
    return np.array(digests, dtype=np.float64) / 2**48
