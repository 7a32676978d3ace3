"""Nobody without consent and no small group is published, whatever the conditions, on whatever day, however often.

The sample is part of every test run; ``make test-faults`` does the same with 100,000 shoppers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest

from ml.audiences.membership.daily import audiences_of
from ml.settings import Settings
from testkit.audience_chance import CATEGORIES, TAGS, chance_shop
from testkit.audience_days import audiences

MINIMUM = 20
PURPOSES = ("marketing", "email", "sms", "unheard_of")
_NUMBERS = ("revenue_365d", "churn_probability", "discount_share_365d", "overdue_ratio", "purchase_probability_28d")


def some_condition(rng: random.Random, depth: int = 0) -> str:
    """A condition by chance, of at most three levels."""
    if depth < 3 and rng.random() < 0.5:
        one, other = some_condition(rng, depth + 1), some_condition(rng, depth + 1)
        return rng.choice([f"({one} and {other})", f"({one} or {other})", f"not ({one})"])
    return rng.choice(
        [
            f"{rng.choice(_NUMBERS)} {rng.choice('<>')} {rng.random() ** 3:.4f}",
            f"{rng.choice(_NUMBERS)} between .5 and {0.5 + rng.random() / 9:.4f}",
            f"{rng.choice(_NUMBERS)} is null",
            f"tag('{rng.choice(TAGS)}')",
            f"rfm('rfm_{rng.randrange(3)}')",
            f"top_category_1 = '{rng.choice(CATEGORIES)}'",
            f"likely_to_buy(category = '{rng.choice(CATEGORIES)}') > {rng.random():.4f}",
            f"consent('{rng.choice(PURPOSES[:3])}')",
        ]
    )


def some_definitions(rng: random.Random, count: int) -> pl.DataFrame:
    """Audiences of every kind by chance, from nobody to everybody, each for some purpose."""
    rows: list[dict[str, object]] = []
    for number in range(count):
        row = {
            "audience_id": f"a{number:02}",
            "purpose": rng.choice(PURPOSES),
            "top_share": rng.choice([0.002, 0.01, 0.2]),
        }
        if number % 4 == 1:
            row |= {"kind": "affinity", "item_field": "item_category", "item_value": rng.choice(CATEGORIES)}
        if number % 4 == 2:
            row |= {"kind": "look_alike"}
        if number % 4 in (0, 3) or rng.random() < 0.5:
            row |= {"condition": some_condition(rng)}
        rows.append(row)
    return audiences(*rows)


def violations(tables: Mapping[str, pl.DataFrame], consents: pl.DataFrame, *, is_assumed: bool) -> Iterator[str]:
    """What published rows tell that they must not; read from them alone."""
    audience, members = tables["audience"], tables["audience_member"]
    purposes = dict(audience.select("audience_id", "purpose").iter_rows())
    said = {(user, purpose): granted for user, purpose, granted in consents.iter_rows()}
    for name, user in members.select("audience_id", "user_id").iter_rows():
        if not said.get((user, purposes[name]), is_assumed):
            yield f"{user} in {name} without consent"
    for flag in ("is_member", "member_1d", "member_7d", "member_28d"):
        counted = members.group_by("audience_id").agg(pl.col(flag).sum(), known=pl.col(flag).is_not_null().any())
        few = counted.filter("known", pl.col(flag) < MINIMUM)
        yield from (f"{name} tells {count} by {flag}" for name, count, _ in few.iter_rows())
    yield from _small_figures(tables)


def _small_figures(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    audience, traits = tables["audience"], tables["audience_trait"]
    sizes = dict(audience.select("audience_id", "size").iter_rows())
    for name, size, missing in audience.select("audience_id", "size", "without_consent").iter_rows():
        yield from (
            f"{name} tells {count}" for count in (size, missing or None) if count is not None and count < MINIMUM
        )
    for name in {*tables["audience_member"]["audience_id"], *traits["audience_id"]}:
        if sizes[name] is None:
            yield f"{name} is withheld, and its members or traits are told"
    for name, share in traits.select("audience_id", "share_in").iter_rows():
        if round(share * (sizes[name] or 0)) < MINIMUM:
            yield f"a trait of {share} of {name}"
    shared = tables["audience_overlap"].filter(pl.col("shoppers") < MINIMUM)
    yield from (f"{name} shares few" for name in shared["audience_id"])


def check(home: Path, *, shoppers: int, definitions: int, days: int) -> None:
    """Days of chance, each backfilled once more: no violation, and the same tables."""
    withheld, published = 0, 0
    for day in range(days):
        is_assumed = day % 2 == 1
        settings = Settings(home=home, minimum_audience=MINIMUM, consent="assumed" if is_assumed else "landed")
        defined = some_definitions(random.Random(day), definitions)
        shop, tags, segments = chance_shop(settings, shoppers, day, defined)
        tables = audiences_of(shop, tags, segments)
        assert list(violations(tables, shop.day.table("dim_consent"), is_assumed=is_assumed)) == []
        again = audiences_of(*chance_shop(settings, shoppers, day, defined))
        assert all(again[name].equals(table) for name, table in tables.items())
        withheld += int((tables["audience"]["withheld"] != "").sum())
        published += int((tables["audience"]["withheld"] == "").sum())
    assert withheld > days and published > days  # both happen, so that both were looked at


def test_no_row_tells_of_a_shopper_without_consent_or_of_a_small_group(tmp_path: Path) -> None:
    check(tmp_path, shoppers=2_000, definitions=12, days=2)


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_row_of_a_hundred_thousand_shoppers_does_either(tmp_path: Path) -> None:
    check(tmp_path, shoppers=100_000, definitions=40, days=4)


def test_the_violations_are_found() -> None:
    members = pl.DataFrame({"audience_id": "a", "user_id": [f"u{n}" for n in range(19)]}).with_columns(
        is_member=True, member_1d=None, member_7d=None, member_28d=None
    )
    tables = {
        "audience": pl.DataFrame({"audience_id": ["a"], "size": [19], "purpose": ["email"], "without_consent": [1]}),
        "audience_member": members,
        "audience_trait": pl.DataFrame({"audience_id": ["a"], "share_in": [0.5]}),
        "audience_overlap": pl.DataFrame({"audience_id": ["a"], "shoppers": [3]}),
    }
    consents = pl.DataFrame({"user_id": ["u0"], "purpose": ["email"], "is_granted": [False]})
    assert len(list(violations(tables, consents, is_assumed=False))) == 19 + 5
    assert len(list(violations(tables, consents, is_assumed=True))) == 1 + 5
