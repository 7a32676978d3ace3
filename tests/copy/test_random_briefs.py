"""Texts of briefs drawn at random: whatever is asked for, nothing untrue, unreadable or of somebody else is published.

The texts are judged here from the published rows alone: numbers, names and links against ``copy_fact``, lengths and
slots by what a shopper reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import polars as pl
import pytest

from ml.copy.daily import compute
from ml.text.facts import LIMITS
from ml.text.validation.style import length
from testkit.copy_briefs import brief_rows
from testkit.copy_shop import ATTACKS, copy_day, item_names

SAMPLE, WHOLE, AT_ONCE = 250, 20_000, 1_000
APPROVED_BRIEFS = 15
SLOTS = ("first_product", "last_purchase", "loyalty")
KEY = ("brief_id", "language", "channel", "arm")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LINK = re.compile(r"https?://\S+")

Tables = Mapping[str, pl.DataFrame]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return _published(tmp_path_factory.mktemp("copy"), SAMPLE, seed=1)


def _published(home: Path, count: int, seed: int) -> Tables:
    """A day's tables, with every variant of some briefs approved."""
    briefs, items = brief_rows(Random(seed), count)
    wanted = {"dim_copy_brief": briefs, "dim_copy_brief_item": items}
    first = [brief["brief_id"] for brief in briefs][: APPROVED_BRIEFS * count // SAMPLE]
    chosen = {
        "dim_copy_brief": [brief for brief in briefs if brief["brief_id"] in first],
        "dim_copy_brief_item": [item for item in items if item["brief_id"] in first],
    }
    shown = compute(copy_day(home, **chosen)).tables["copy_variant"].unique(KEY)
    decisions = [
        {
            **{name: row[name] for name in (*KEY, "variant_hash")},
            "decision_id": f"d{at}",
            "decision": "approve",
            "who": "ann",
            "decided_at": "2026-03-01T09:00:00Z",
        }
        for at, row in enumerate(shown.iter_rows(named=True))
    ]
    return compute(copy_day(home, copy_decision=decisions, **wanted)).tables


def test_nothing_is_too_long_empty_or_untrue(tables: Tables) -> None:
    assert tables["copy_variant"]["brief_id"].n_unique() > SAMPLE / 2
    assert tables["copy_variant"]["template_id"].n_unique() > 150
    assert list(_faults(tables)) == []


def test_whoever_gets_a_text_reads_of_their_own_purchases_and_of_no_one_elses(tables: Tables) -> None:
    rows = tables["copy_recipient"]
    assert len(rows) > 200 and rows.select(pl.col("fall_backs").list.len().min() == 0).item()
    assert list(_personal_faults(tables)) == []


def test_templates_are_refused_only_where_two_arms_would_say_the_same(tables: Tables) -> None:
    assert set(tables["copy_check"]["rule"]) == {"duplicate"}
    assert len(tables["copy_check"]) < len(tables["copy_variant"]) / 50


def test_a_brief_without_a_text_says_why_and_what_to_do(tables: Tables) -> None:
    briefs = tables["copy_brief"]
    assert len(briefs) == SAMPLE
    silent = briefs.filter(pl.col("variants") == 0)
    assert len(silent) > 20 and (silent["withheld"].str.len_chars() > 30).all()
    assert briefs.filter(pl.col("variants") > 0)["withheld"].unique().to_list() == [""]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Hello {name}", "braces"),
        ("Save 98% now", "a number that is no fact"),
        ("Look: https://elsewhere.example/", "a link of no brief"),
        ("Our tip: Northern Light Vodka", "a product that is no fact"),
        (ATTACKS[0], "an attack"),
        ("Our tip: , and more", "an empty place"),
        ("word " * 999, "too long"),
    ],
)
def test_this_file_finds_what_it_looks_for(text: str, fault: str) -> None:
    sold = {name.lower() for name in item_names()}
    assert fault in _fault(text, "email_body", ["Alpine Coffee", "20% off"], sold)
    assert _fault("Alpine Coffee: 20% off, {loyalty}", "email_body", ["Alpine Coffee", "20% off"], sold) == ""


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(WHOLE // AT_ONCE))
def test_the_same_of_20_000_briefs(tmp_path: Path, seed: int) -> None:
    made = _published(tmp_path, AT_ONCE, seed=100 + seed)
    assert [*_faults(made), *_personal_faults(made)] == []
    assert made["copy_variant"]["brief_id"].n_unique() > AT_ONCE / 2


def _faults(tables: Tables) -> Iterator[tuple[str, str, str]]:
    """What is wrong with published texts: brief, text, fault."""
    facts = _facts(tables)
    sold = {name.lower() for name in item_names()}
    for row in tables["copy_variant"].iter_rows(named=True):
        told, text = facts[row["brief_id"], row["language"]], row["text"]
        fault = _fault(text, row["part"], told, sold)
        if fault:
            yield row["brief_id"], text, fault


def _fault(text: str, part: str, told: list[str], sold: set[str]) -> str:
    bare = text
    for slot in SLOTS:
        bare = bare.replace(f"{{{slot}}}", "x")
    numbers = {number for value in told for number in _NUMBER.findall(value)}
    named = [value.lower() for value in told]
    foreign = [name for name in sold if name in text.lower() and not any(name in value for value in named)]
    faults = {
        "too long": list(length(text, LIMITS[part])),  # type: ignore[index]
        "braces": re.findall("[{}]", bare),
        "a link of no brief": set(_LINK.findall(text)) - set(told),
        "a number that is no fact": set(_NUMBER.findall(bare)) - numbers,
        "a product that is no fact": foreign,
        "an attack": [each for each in ATTACKS if each in text],
        "an empty place": re.findall(r"  |\(\)|（）|: ?,|：，|: ?\.|：。|undefined|None", bare),
    }
    return ", ".join(f"{name}: {found}" for name, found in faults.items() if found)


def _facts(tables: Tables) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for brief, language, value in tables["copy_fact"].select("brief_id", "language", "value").iter_rows():
        found.setdefault((brief, language), []).append(value)
    return found


def _personal_faults(tables: Tables) -> Iterator[tuple[str, str, str]]:
    """What is wrong with texts as shoppers read them."""
    facts, bought = _facts(tables), _bought()
    variants = tables["copy_variant"].filter(pl.col("status") == "approved")
    texts = {key[:3]: rows for key, rows in variants.group_by("brief_id", "language", "arm")}
    for row in tables["copy_recipient"].iter_rows(named=True):
        brief, user = row["brief_id"], row["user_id"]
        if "first_product" not in row["fall_backs"] and row["first_product"] not in facts[brief, row["language"]]:
            yield brief, user, f"not of the brief: {row['first_product']}"
        if "last_purchase" not in row["fall_backs"] and row["last_purchase"].lower() not in bought[user]:
            yield brief, user, f"not bought by them: {row['last_purchase']}"
        for text, part in texts[brief, row["language"], row["arm"]].select("text", "part").iter_rows():
            filled = text
            for slot in SLOTS:
                filled = filled.replace(f"{{{slot}}}", row[slot])
            if re.search("[{}]", filled) or list(length(filled, LIMITS[part])):
                yield brief, user, filled


def _bought() -> dict[str, str]:
    """By shopper the names of what they bought, in small letters; sizes of loud names stand in brackets in texts."""
    day = copy_day(Path("nowhere"))
    rows = day.table("history").join(day.table("dim_item"), on="item_id")
    names = rows.group_by("user_id").agg(pl.col("item_name").str.to_lowercase().str.join("|"))
    return {user: re.sub(r", (1 \w+)", r" (\1)", told) for user, told in names.iter_rows()}
