"""Items whose names read alike are told apart by what differs, and by nothing else."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ml.recommend.explanations.labels import beside, within

CATALOGUE = pl.DataFrame(
    {
        "item_id": ["1", "2", "3", "4", "5", "6", "7"],
        "item_name": ["TEA", "tea ", "TEA", "TEA", "CAKE", "x" * 70 + "1", "x" * 70 + "2"],
        "item_brand": ["Miller", "Smith", "Smith", None, "Smith", "Miller", "Miller"],
        "item_category": ["drinks", "drinks", "gifts", "", "food", "food", "toys"],
    }
)


def label(item: str, other: str, catalogue: pl.DataFrame = CATALOGUE) -> str:
    return str(beside(pl.DataFrame({"item_id": [item], "because": [other]}), "because", catalogue)[0])


def labels(ids: list[str], catalogue: pl.DataFrame | None = CATALOGUE) -> list[str]:
    return within(pl.DataFrame({"item_id": ids}).join(CATALOGUE, on="item_id", how="left"), catalogue).to_list()


def test_a_name_that_reads_differently_stands_alone() -> None:
    assert label("5", "1") == "TEA"
    assert label("5", "unheard_of") == "unheard_of"
    assert labels(["1", "5"]) == ["TEA", "CAKE"]


def test_the_brand_tells_two_of_the_same_words_apart_whatever_their_case_and_spaces() -> None:
    assert label("1", "2") == "tea  (Smith; this one is Miller)"
    assert labels(["1", "5", "2"]) == ["TEA (Miller)", "CAKE", "tea  (Smith)"]


def test_a_category_does_where_the_brand_is_the_same_and_an_id_where_nothing_else_differs() -> None:
    assert label("3", "2") == "tea  (drinks; this one is gifts)"
    assert label("4", "3") == "TEA (item 3; this one is item 4)"
    assert labels(["2", "3", "4"]) == ["tea  (item 2)", "TEA (item 3)", "TEA (item 4)"]


def test_long_names_that_are_cut_to_the_same_words_are_told_apart() -> None:
    assert label("6", "7") == f"{'x' * 59}… (toys; this one is food)"


def test_an_item_on_two_shelves_is_not_told_apart_from_itself() -> None:
    assert labels(["1", "5", "1"]) == ["TEA", "CAKE", "TEA"]


def test_without_a_catalogue_or_its_columns_the_ids_tell_apart() -> None:
    bare = CATALOGUE.select("item_id", "item_name")
    assert label("1", "3", bare) == "TEA (item 3; this one is item 1)"
    assert labels(["1", "3"], None) == labels(["1", "3"], bare) == ["TEA (item 1)", "TEA (item 3)"]


words = st.sampled_from(["TEA", "tea", "  Tea", "CAKE", "", "T"])


@given(st.lists(st.tuples(words, st.sampled_from([None, "", "A", "a", "B"])), min_size=1, max_size=6))
def test_no_two_items_of_a_shelf_have_the_same_label(drawn: list[tuple[str, str | None]]) -> None:
    names, brands = zip(*drawn, strict=True)
    ids = [f"i{number}" for number in range(len(drawn))]
    shown = pl.DataFrame(
        {"item_id": ids, "item_name": names, "item_brand": brands}, schema_overrides={"item_brand": pl.String}
    )
    found = within(shown.select("item_id", "item_name"), shown)
    assert found.null_count() == 0
    assert found.str.to_lowercase().str.strip_chars().n_unique() == len(ids)
