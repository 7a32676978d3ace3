"""Ids of statistical tags: readable where they can be, and never the same for two things."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.audiences.tags.names import tag_ids, tag_name

CATEGORY, SUBCATEGORY, BRAND = "item_category", "item_category2", "item_brand"
FIELDS = (CATEGORY, SUBCATEGORY, BRAND)


def only(field: str, value: str) -> str:
    return tag_ids([(field, value)])[field, value]


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        (SUBCATEGORY, "BAKED BREAD/BUNS/ROLLS", "likes_subcategory_baked_bread_buns_rolls"),
        (CATEGORY, "Meat-Pckgd", "likes_category_meat_pckgd"),
        (BRAND, "Nestlé", "likes_brand_nestle"),
        (BRAND, "Ben & Jerry's", "likes_brand_ben_jerry_s"),
        (BRAND, "7 Up", "likes_brand_7_up"),
    ],
)
def test_a_plain_name_is_its_own_id(field: str, value: str, wanted: str) -> None:
    assert only(field, value) == wanted


@pytest.mark.parametrize("value", ["葡萄酒", "C++", "茶 Tea", "x" * 80, "!", "Ω"])
def test_a_name_that_loses_letters_or_is_long_gets_a_hash(value: str) -> None:
    assert re.fullmatch("likes_brand_([a-z0-9_]{1,40}_)?[0-9a-f]{8}", only(BRAND, value))


def test_of_values_that_would_be_called_the_same_none_has_the_plain_id() -> None:
    ids = tag_ids([(CATEGORY, "Wine"), (CATEGORY, "WINE"), (SUBCATEGORY, "wine")])
    assert ids[SUBCATEGORY, "wine"] == "likes_subcategory_wine"
    first, second = ids[CATEGORY, "Wine"], ids[CATEGORY, "WINE"]
    assert first != second and {first[:20], second[:20]} == {"likes_category_wine_"}


@given(st.sets(st.tuples(st.sampled_from(FIELDS), st.text(min_size=1, max_size=60)), max_size=12))
def test_two_things_never_share_an_id_and_conditions_can_name_each(values: set[tuple[str, str]]) -> None:
    ids = tag_ids(values)
    assert ids.keys() == values and len(set(ids.values())) == len(values)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", each) for each in ids.values())


def test_names_keep_the_catalogues_spelling() -> None:
    assert tag_name(SUBCATEGORY, "BAKING").en == "Likes BAKING"
    assert tag_name(BRAND, "三只松鼠").zh == "喜欢品牌三只松鼠"
