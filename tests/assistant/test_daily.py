"""A day of the assistant: whom and what documents are about, what they say, and what they never say."""

from __future__ import annotations

from typing import Any, Literal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ml.assistant.context import statements
from ml.assistant.daily import compute
from testkit.assistant_shop import DAY, HOSTILE, SECRET, assistant_day


def written(day: Any, subject: str, language: str = "en") -> dict[str, str]:
    """By id the text of each document about that subject."""
    context = compute(day).tables["assistant_context"]
    rows = context.filter((pl.col("subject") == subject) & (pl.col("language") == language))
    return dict(rows.select("subject_id", "text").iter_rows())


@pytest.mark.parametrize(
    ("consent", "told"),
    [("landed", {"ann"}), ("assumed", {"ann", "cem"})],
)
def test_documents_are_about_customers_who_agreed(consent: Literal["landed", "assumed"], told: set[str]) -> None:
    """Ann agreed to it, Bob refused, Cem agreed to something else, who bought nothing and has a stage now."""
    stages = {"days_since_last_purchase": 3, "purchase_days_365d": 1}
    profile = (
        assistant_day()
        .frames["customer_profile"]
        .with_columns(
            pl.when(pl.col("user_id") == "cem").then(pl.lit(value)).otherwise(name).alias(name)
            for name, value in stages.items()
        )
    )
    day = assistant_day(consent, customer_profile=profile)
    assert set(written(day, "customer")) == set(written(day, "customer", "zh")) == told
    context = compute(day).tables["assistant_context"]
    customers = context.filter(pl.col("subject") == "customer")
    assert (customers["user_id"] == customers["subject_id"]).all()
    assert context.filter(pl.col("subject") == "product")["user_id"].null_count() == len(context) - len(customers)


def test_where_nobody_agreed_there_are_documents_about_products_alone() -> None:
    nobody = assistant_day().frames["dim_consent"].clear()
    context = compute(assistant_day(dim_consent=nobody)).tables["assistant_context"]
    assert set(context["subject"]) == {"product"} and len(context) == 10


def test_a_customers_document_says_what_is_published_of_them_with_the_source_of_each_statement() -> None:
    context = compute(assistant_day()).tables["assistant_context"]
    rows = {row["language"]: row for row in context.filter(pl.col("subject") == "customer").iter_rows(named=True)}
    assert rows["en"]["text"].splitlines() == [
        "Stage: Active. [1]",
        f"Last purchase on {DAY.replace(month=2, day=27)}; days with a purchase in the last 365: 4. [2]",
        "Spends most on: Drinks. [3]",
        'On their list: "Plum Jam". [4]',
        'To buy again: "Green Tea". [5]',
    ]
    assert rows["zh"]["text"].splitlines()[2:] == [
        "消费最多的类别：Drinks。 [3]",
        '推荐给该顾客："Plum Jam"。 [4]',
        '可再次购买："Green Tea"。 [5]',
    ]
    assert rows["en"]["citations"] == [
        "audiences.segment_member lifecycle ann",
        *["profile.customer_profile ann"] * 2,
        "recommend.recommendation for_you ann",
        "recommend.recommendation buy_again ann",
    ]
    assert rows["en"]["characters"] == len(rows["en"]["text"])


def test_a_products_document_says_what_it_is_costs_goes_with_and_how_it_is_reviewed() -> None:
    told = written(assistant_day(), "product")
    assert told["tea"].splitlines() == [
        '"Green Tea", Leaf: Drinks > Tea. [1]',
        "Price: 3.50 USD. [2]",
        'Similar: "Plum Jam". [3]',
        'Bought together with it: "Rye Bread". [4]',
        "5 of 6 reviews that take a side praise it. [5]",
    ]
    assert "6 条有倾向的评价中 5 条好评。" in written(assistant_day(), "product", "zh")["tea"]


def test_of_a_product_without_price_relation_or_enough_reviews_only_what_is_known_is_said() -> None:
    assert written(assistant_day(), "product")["jam"] == '"Plum Jam": Spreads. [1]'


def test_where_the_shop_has_no_reviews_documents_lack_that_statement_alone() -> None:
    without, with_them = (written(assistant_day(with_reviews=each), "product") for each in (False, True))
    assert without["tea"].splitlines() == with_them["tea"].splitlines()[:-1] and "reviews" not in str(without)


def test_what_is_no_name_is_said_nowhere_and_counted() -> None:
    """A name, a brand, and categories of the catalogue and of the profile that instruct a model."""
    given = compute(assistant_day("assumed", dim_consent=assistant_day().frames["dim_consent"].clear()))
    everything = str([table.rows() for table in given.tables.values()])
    assert HOSTILE not in everything and given.counts["names_left_out"] == 1
    told = written(assistant_day(), "product")
    assert (
        set(told) == {"tea", "jam", "jam2", "rye", "test"} and told["rye"].splitlines()[0] == '"Rye Bread": Bakery. [1]'
    )


def test_documents_tell_neither_private_purchases_nor_what_is_not_theirs_to_tell() -> None:
    """Pharmacy is among Ann's categories, a pregnancy test on her list; her store and value segment are not told."""
    everyone = assistant_day("assumed", dim_consent=assistant_day().frames["dim_consent"].clear())
    for language in ("en", "zh"):
        told = written(everyone, "customer", language)
        assert {"ann", "bob"} <= set(told)
        assert not [word for word in ("Pharmacy", "Pregnancy", SECRET) if word in str(told)]
    assert "Pregnancy Test" in written(everyone, "product")["test"]


def test_a_document_that_would_be_too_long_ends_after_a_whole_statement() -> None:
    lines = pl.DataFrame({"id": ["a"] * 3 + ["b"], "said": ["x" * 700, "y" * 600, "short", "short"]})
    said = statements.statements(
        lines.with_row_index("at"), 0, subject="id", words=(pl.col("said"), pl.col("said")), citation=pl.col("at")
    ).with_columns(order=pl.col("citation").cast(pl.Int32), citation=pl.format("row {}", "citation"))
    made = statements.documents("product", said).filter(pl.col("language") == "en")
    assert dict(made.select("subject_id", "text").iter_rows()) == {"a": "x" * 700 + " [1]", "b": "short [1]"}
    assert dict(made.select("subject_id", "citations").iter_rows()) == {"a": ["row 0"], "b": ["row 3"]}


def test_passages_are_paragraphs_of_documents_that_are_switched_on_and_products() -> None:
    passages = compute(assistant_day()).tables["assistant_passage"]
    documents = passages.filter(pl.col("kind") == "document").select("text", "language", "title", "source", "link")
    assert sorted(documents.rows()) == [
        ("30 天内可以退货。", "zh", "退货", "shop_documents returns zh", None),
        ("Bring it back.", "en", "Returns", "shop_documents returns en", "https://shop.example/r"),
        ("Keep the receipt.", "en", "Returns", "shop_documents returns en", "https://shop.example/r"),
    ]
    products = passages.filter((pl.col("kind") == "product") & (pl.col("language") == "en"))
    assert (
        set(products["item_id"]) == {"tea", "jam", "jam2", "rye", "test"}
        and not products["text"].str.contains("[", literal=True).any()
    )
    assert passages["passage_id"].is_unique().all()


def test_the_same_day_comes_out_the_same_whatever_the_order_of_its_rows() -> None:
    day = assistant_day()
    turned = assistant_day(**{name: frame.reverse() for name, frame in day.frames.items()})
    for name, table in compute(day).tables.items():
        for again in (assistant_day(), turned):
            order = "passage_id" if name == "assistant_passage" else ["subject", "subject_id", "language"]
            assert_frame_equal(table.sort(order), compute(again).tables[name].sort(order))
