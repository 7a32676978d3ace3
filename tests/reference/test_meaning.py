"""A table or column is explained by its name."""

from __future__ import annotations

import pytest

from ml.capabilities import capabilities
from ml.errors import InvalidTable, ReferenceUnknown
from ml.reference import features
from ml.reference.meaning import meaning, published_table


def test_a_tooltip_has_the_description_and_the_unit() -> None:
    text = meaning("customer_profile", "overdue_ratio")
    assert text == "Days since the last purchase ÷ expected gap; above 1 the purchase is overdue. [expected gaps]"
    assert meaning("recommendation", "item_name") == "Name of the item in the catalogue."
    assert meaning("recommend.policy") == meaning("policy") != meaning("popular_item")


def test_every_published_column_has_one() -> None:
    for each in capabilities():
        for table in each.outputs:
            assert published_table(f"{each.name}.{table.name}") is table
            assert all(meaning(table.name, column.name) for column in table.columns)


def test_a_feature_has_one_too() -> None:
    assert meaning("feat_item", "buyers_7d") == "Shoppers who bought the item in the last 7 days. [shoppers]"
    assert meaning("feat_user").startswith("One row per as-of date and shopper of dim_user. Money and baskets")
    assert all(meaning(name, column) for name in features.names() for column in features.meanings(name))
    with pytest.raises(ReferenceUnknown, match=r"column of feat_item: expected one of as_of_date.*; found buyers_8d"):
        meaning("feat_item", "buyers_8d")


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(ReferenceUnknown, match=r"published table shelf: expected one of .*recommend\.recommendation"):
        meaning("shelf")
    with pytest.raises(ReferenceUnknown, match=r"profile\.policy"):
        meaning("profile.policy")
    with pytest.raises(InvalidTable, match=r"policy: expected one of policy_id.*; found rank"):
        meaning("policy", "rank")
