"""Length, readability, names, variants, repair: what a text must be whatever it states."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import InvalidFactSheet
from ml.text.facts import Claim, FactSheet, Limits, Money, Product, Slot
from ml.text.validation.check import validate
from ml.text.validation.duplicates import duplicates
from ml.text.validation.names import Catalogue
from ml.text.validation.repair import repaired
from ml.text.validation.style import characters, segments

SHEET = FactSheet("en", "email_body", products=(Product(("Twin Peaks Tea",), "Nordlicht", percent_off=Decimal(20)),))


def _rules(text: str, sheet: FactSheet = SHEET, catalogue: Catalogue | None = None) -> list[str]:
    return [finding.rule for finding in validate(text, sheet, catalogue).findings]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("茶" * 70, 1),
        ("茶" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
    ],
)
def test_a_short_message_is_counted_in_the_parts_that_are_paid(text: str, parts: int) -> None:
    assert segments(text) == parts


def test_a_family_and_a_flag_are_one_character_each_and_a_chinese_one_is_two_columns_wide() -> None:
    assert characters("👨‍👩‍👧🇨🇳é") == 3
    ad = replace(SHEET, language="zh", channel="ad_headline")
    assert _rules("春天到了，来喝茶香四溢的红茶吧", ad) == []
    assert _rules("春天到了，来喝茶香四溢的红茶吧啊", ad) == ["length"]
    assert "length" in _rules(" ") and "length" in _rules("A cup of tea.", replace(SHEET, limits=Limits(characters=12)))


PIECES = st.sampled_from(
    (
        *"0189.,:/-%$€¥£ \n",
        *"一十百万亿半点折元月日周第至",
        *"{}[]<>&#;@'",
        *("\u200b", "\ue000", "\ue010", "１", "½", "⑳"),
        *("one ", "hundred ", "half ", " off", "June ", "2026", "am", "buy ", "get ", "free", "for ", "k", "th"),
        "Twin Peaks Tea",
    )
)


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_gets_a_verdict_with_places_within_it(text: str) -> None:
    for sheet in (SHEET, replace(SHEET, language="zh", locale="zh_CN")):
        for finding in validate(text, sheet).findings:
            assert 0 <= finding.start <= finding.end <= len(text)


def test_a_number_or_a_text_of_thousands_of_characters_is_refused_in_no_time() -> None:
    for text in ("9" * 2000, "一" * 4999, "one hundred " * 200, "a" * 1000, "{" * 500):
        assert not validate(text, SHEET).passed
    assert [finding.rule for finding in validate("A cup of tea. " * 400, SHEET).findings] == ["length"]


def test_a_text_that_shouts_repeats_or_never_ends_is_hard_to_read() -> None:
    for text in ("COME AND TRY IT", "Really?! Yes!!", "Have a a cup of of tea.", "so it is " * 10):
        assert "readability" in _rules(text), text
    assert _rules("Have a cup of Twin Peaks Tea. It is a treat!") == []


def test_names_of_the_catalogue_are_found_and_common_words_are_not_names() -> None:
    catalogue = Catalogue(["Bread", "Ice Cream", "Golden Ridge Coffee Beans", "金脊咖啡豆", "茶"], ["Fernwick"])
    assert _rules("Fresh bread and ice cream for you, with Twin Peaks Tea.", SHEET, catalogue) == []
    assert "product" in _rules("Take golden ridge coffee beans home.", SHEET, catalogue)
    assert "product" in _rules("Some Ice Cream for you.", SHEET, catalogue)
    assert "brand" in _rules("News from Fernwick for you.", SHEET, catalogue)
    assert "product" in _rules("一杯茶，一份金脊咖啡豆。", replace(SHEET, language="zh"), catalogue)


def test_a_name_of_the_sheet_is_whole() -> None:
    sheet = replace(SHEET, products=(Product(("Omega 3",)),))
    assert _rules("Try Omega 3 and smile.", sheet) == []
    assert _rules("Try Omega 3.5 and smile.", sheet) and _rules("Try Omega 30 and smile.", sheet)


def test_a_slot_is_open_or_filled_and_a_filled_text_greets_its_own_shopper() -> None:
    template = replace(SHEET, slots=(Slot("first_name"),))
    filled = replace(SHEET, slots=(Slot("first_name", "Anna"),))
    assert _rules("Hi {first_name}, good day.", template) == [] == _rules("Hi Anna, good day.", filled)
    assert "slot" in _rules("Hi {first_name}, good day.", filled)
    assert "personal data" in _rules("Hi Maria, good day.", filled)


@pytest.mark.parametrize(
    "data", ["wechat: lily_wang", "GB82 WEST 1234 5698 7654 32", "4111.1111.1111.1111", "ann (at) shop [dot] com"]
)
def test_personal_data_that_is_masked_in_reviews_is_refused(data: str) -> None:
    assert "personal data" in _rules(f"Write to {data} today.")


def test_the_shop_bans_words_of_its_own_and_a_claim_needs_its_exact_words() -> None:
    sheet = replace(SHEET, banned=("bargain",), claims=(Claim(("cheapest tea in Oxford",), "survey"),))
    assert _rules("What a bargain.", sheet) == ["banned"] and _rules("What a bargain.") == []
    assert _rules("It is the cheapest tea in Oxford.", sheet) == []
    assert "claim" in _rules("It is the cheapest tea in England.", sheet)


def test_a_variant_that_says_the_same_is_a_duplicate_whatever_its_case_and_signs() -> None:
    texts = (
        "Save 20% on Twin Peaks Tea.",
        "Time for a cup of tea?",
        "SAVE ２０％ on Twin Peaks Tea!",
        "茶香四溢，好喝。",
        "茶香四溢好喝",
    )
    assert [verdict.reason for verdict in duplicates(texts)] == [
        "",
        "",
        "duplicate at 0: 'as variant 1'",
        "",
        "duplicate at 0: 'as variant 4'",
    ]


def test_a_text_that_fails_is_replaced_by_the_first_fallback_that_passes_or_dropped_with_its_reason() -> None:
    read = []

    def fallbacks() -> object:
        for text in ("Save 30% on Twin Peaks Tea.", "Save 20% on Twin Peaks Tea.", "Tea."):
            read.append(text)
            yield text

    replacement = repaired("Save 25% on Twin Peaks Tea.", SHEET, fallbacks())  # type: ignore[arg-type]
    assert replacement.text == "Save 20% on Twin Peaks Tea." == read[-1] and "25%" in replacement.reason
    dropped = repaired("Save 25%.", SHEET, ["Save 30%."])
    assert dropped.is_dropped and dropped.reason.startswith("dropped: discount at 5") and not dropped.verdict.passed
    kept = repaired("Save 20%.", SHEET)
    assert kept.text == "Save 20%." and not kept.reason


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Product(()), "at least one name"),
        (lambda: Product(("Tea",), percent_off=Decimal(120)), "up to 100 percent"),
        (lambda: Product(("Tea",), price=Money(Decimal(5), "USD"), was=Money(Decimal(4), "USD")), "former price above"),
        (lambda: Product(("Tea",), price=Money(Decimal(5), "USD"), was=Money(Decimal(9), "EUR")), "one currency"),
        (lambda: Claim(("cheapest",), " "), "a source"),
        (lambda: FactSheet("en", "sms", links=("javascript:alert(1)",)), "https://"),
    ],
)
def test_facts_that_contradict_each_other_or_lack_a_source_are_refused(make: object, told: str) -> None:
    with pytest.raises(InvalidFactSheet, match=told):
        make()  # type: ignore[operator]
