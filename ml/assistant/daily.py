"""A day's documents about customers and products, and the passages that answer questions."""

from __future__ import annotations

import polars as pl

from ml.assistant.capability import DIM_SHOP_DOCUMENT
from ml.assistant.columns import Ask
from ml.assistant.context.customers import about_customers, with_customer
from ml.assistant.context.names import plain_items
from ml.assistant.context.products import about_products, named_items
from ml.assistant.context.statements import documents
from ml.assistant.outputs import ASSISTANT_CONTEXT, ASSISTANT_PASSAGE
from ml.assistant.passages import passages_of
from ml.day import Day, Result
from ml.tables import Col

CUSTOMER, PRODUCT = "customer", "product"


def compute(day: Day) -> Result:
    """Say of each customer who agreed, and of each product, what published tables say.

    Raises:
        StaleFeatures: a snapshot is incomplete.
    """
    known = named_items(day)
    items = plain_items(known)
    customers = with_customer(documents(CUSTOMER, about_customers(day, items)))
    products = documents(PRODUCT, about_products(day, items))
    nobody = pl.lit(None, pl.String).alias(Col.user_id)
    context = pl.concat([customers, products.with_columns(nobody)], how="diagonal")
    passages = passages_of(day.table(DIM_SHOP_DOCUMENT), products, items)
    return Result(
        {
            ASSISTANT_CONTEXT.name: ASSISTANT_CONTEXT.checked(context),
            ASSISTANT_PASSAGE.name: ASSISTANT_PASSAGE.checked(passages),
        },
        counts={
            "customers": customers[Ask.subject_id].n_unique(),
            "products": products[Ask.subject_id].n_unique(),
            "names_left_out": len(known) - len(items),
            "passages": len(passages),
            "consent": day.settings.consent,
        },
    )
