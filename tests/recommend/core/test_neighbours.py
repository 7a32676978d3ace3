"""Neighbours of shoppers: among all of a small shop, among a sample of a large one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ml.recommend.core import neighbours
from ml.recommend.core.encoding import Ints, Scores, Vocabulary
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.neighbours import nearest, searched
from ml.recommend.core.request import Request
from ml.recommend.models.tifu_knn import TifuKnn
from ml.recommend.models.up_cf import UpCf
from ml.recommend.models.user_cf import UserCosine, UserPearson
from tests.recommend.conftest import AS_OF

USERS = Vocabulary.of([f"u{number:03}" for number in range(300)])


def test_a_small_shop_is_searched_whole_and_of_a_larger_one_a_sample_that_grows_into_it() -> None:
    samples = [set(searched(USERS, most).tolist()) for most in (20, 100, 299, 300)]
    assert [len(sample) for sample in samples] == [20, 100, 299, 300]
    assert all(smaller < larger for smaller, larger in pairwise(samples))
    assert samples[1] != set(range(100))
    assert np.array_equal(searched(USERS), np.arange(300))


def test_neighbours_are_the_most_similar_of_the_searched_shoppers_never_oneself() -> None:
    table = np.random.default_rng(1).random((300, 300), dtype=np.float32)
    others, rows = searched(USERS, 40), np.array([5, -1, 299, int(searched(USERS, 40)[3])])

    def similarity(asked: Ints) -> Scores:
        return table[np.ix_(asked, others)]

    found = nearest(rows, others, 300, 6, similarity)
    assert found.shape == (4, 300)
    assert found[1].nnz == 0
    for place, row in enumerate(rows):
        if row >= 0:
            allowed = [other for other in others if other != row]
            best = sorted(allowed, key=lambda other, row=row: -table[row, other])[:6]
            assert set(found[place].indices) == set(best)


@pytest.mark.parametrize("kind", [UserCosine, UserPearson, UpCf, TifuKnn])
def test_a_list_of_a_large_shop_follows_from_the_shopper_and_the_sample_alone(
    kind: type, shop: Interactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the shoppers whom nobody searches, those who are left get the same lists."""
    monkeypatch.setattr(neighbours, "_SEARCHED", 15)
    users = shop.encoded.users
    sample = users.ids.gather(searched(users)).to_list()
    asked = next(user for user in users.ids if user not in sample)
    fewer = Interactions(shop.frame.filter(shop.frame["user_id"].is_in([*sample, asked])))
    assert fewer.encoded.items.ids.equals(shop.encoded.items.ids)  # a mean is over what the shop sold
    catalogue = Items.of(shop.encoded.items.ids)
    model = kind(neighbours=5).fit(shop, catalogue, AS_OF)
    lists = [model.recommend(Request([asked], known, catalogue, AS_OF, k=10)).frame for known in (shop, fewer)]
    assert len(lists[0]) == 10
    assert lists[0].equals(lists[1])
    monkeypatch.setattr(neighbours, "_SEARCHED", 5000)
    assert not model.recommend(Request([asked], shop, catalogue, AS_OF, k=10)).frame.equals(lists[0])
