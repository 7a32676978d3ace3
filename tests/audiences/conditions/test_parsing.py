"""What is wrong with a condition is told with its place, with what would be right there, and with the nearest name."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from ml.audiences.conditions import grammar
from ml.audiences.conditions.parsing import MAX_DEPTH, MAX_TERMS, parse
from ml.audiences.conditions.terms import Function
from ml.errors import ConditionRefused
from testkit.conditions.generated import VOCABULARY

_WRITTEN_OUT = f"orders in ({','.join(f'{number}e12' for number in range(300))})"


def _refusal(text: str) -> ConditionRefused:
    with pytest.raises(ConditionRefused) as refused:
        parse(text, VOCABULARY)
    return refused.value


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("spend >", len("spend >"), "expected a number, a text in single quotes or true or false; found the end"),
        ("spend > wine", len("spend > "), "A text stands in single quotes"),
        ('channel = "web"', len("channel = "), "A text stands in single quotes"),
        ("channel = 'web", len("channel = "), "expected a closing quote"),
        ("spend > 1 && orders > 1", len("spend > 1 "), "Write and"),
        ("(spend > 1", len("(spend > 1"), "expected )"),
        ("spend > 1 and and is_loyal", len("spend > 1 and "), "found and"),
        ("churn_probabilty > .4", 0, "Did you mean churn_probability?"),
        ("spend > 1 and Orders > 2", len("spend > 1 and "), "Did you mean orders?"),
        ("tag('wne')", len("tag("), "Did you mean wine?"),
        ("tag('likes_wine_most')", len("tag("), "Did you mean wine?"),
        ("coupon_orders > 0", 0, "Did you mean orders?"),
        ("churn_in_the_next_days > .4", 0, "Did you mean churn_probability?"),
        ("stage('lapsed')", len("stage("), "a life-cycle stage: at_risk"),
        ("segment('s1')", len("segment("), "there is none; found 's1'"),
        ("bougt() > 1", 0, "Did you mean bought?"),
        ("tag > 1", 0, "tag is a function: write tag(…)"),
        ("tag('wine') = true", 0, "it is true or false by itself"),
        ("bought()", 0, "a comparison, such as bought(…) > 0"),
        ("spend", 0, "a comparison, such as spend = …"),
        ("channel > 'web'", len("channel "), "channel holds texts, which have no order"),
        ("is_loyal >= true", len("is_loyal "), "is_loyal holds flags"),
        ("channel between 'a' and 'b'", len("channel between "), "texts have no order"),
        ("channel = 3", len("channel = "), "expected a text in single quotes; found 3"),
        ("orders = '3'", len("orders = "), "expected a number; found '3'"),
        ("orders > 40 %", len("orders > "), "Only shares and probabilities"),
        ("orders > 1e999", len("orders > "), "a number below 1e308"),
        ("since > '2025-02-30'", len("since > "), "such as '2017-12-01'"),
        ("since > '20250201'", len("since > "), "such as '2017-12-01'"),
        ("spend between 2 and 1", len("spend between "), "the lower value first"),
        ("on_shelf('for_you', top 0)", len("on_shelf('for_you', "), "top from 1 to 100"),
        ("bought(days = 2.5) > 1", len("bought("), "days from 1 to 365"),
        ("bought(days = 2, days = 3) > 1", len("bought(days = 2, "), "arguments as in bought("),
        ("on_shelf('for_you', catgory = 'WINE')", len("on_shelf('for_you', "), "Did you mean category?"),
        ("likely_to_buy() > .1", 0, "which items, such as"),
        ("on_shelf()", 0, "on_shelf('for_you'"),
        ("x" * (grammar.MAX_LENGTH + 1), grammar.MAX_LENGTH, "at most 4,000 characters"),
        (_WRITTEN_OUT, len(_WRITTEN_OUT), "at most 4,000 characters with numbers written out"),
        ("channel = '\ud800'", len("channel = '"), "characters of Unicode"),
        (" or ".join(["is_loyal"] * (MAX_TERMS + 1)), len("is_loyal or ") * MAX_TERMS, f"at most {MAX_TERMS} terms"),
        ("not " * (MAX_DEPTH + 1) + "is_loyal", len("not ") * (MAX_DEPTH + 1), "within each other"),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_would_be_right(text: str, at: int, told: str) -> None:
    refusal = _refusal(text)
    assert refusal.position == at and told in str(refusal)
    assert f"at character {at + 1}:" in str(refusal)


def test_the_caret_stands_below_the_fault_also_after_wide_letters_and_in_long_texts() -> None:
    pointed = _refusal("is_loyal and\nchannel = '门店' and spnd > 1").pointed
    assert pointed == f"  channel = '门店' and spnd > 1\n{' ' * 23}^"
    line, caret = _refusal("is_loyal or " * 100 + "spnd > 1").pointed.split("\n")
    assert len(line) < 130 and line[caret.index("^") :] == "spnd > 1"


def test_a_protected_attribute_is_reported_but_no_condition() -> None:
    refusal = _refusal("spend > 1 and not (income > 3)")
    assert refusal.position == len("spend > 1 and not (") and "protected attribute: it is reported" in str(refusal)
    both = replace(VOCABULARY, protected={"spend"})
    with pytest.raises(ConditionRefused, match="spend is a protected attribute"):
        parse("spend > 1", both)


def test_what_is_right_but_holds_for_nobody_is_noted() -> None:
    assert parse("likely_to_buy(category = 'WINEE') > 40", VOCABULARY).notes == (
        "nothing has category = 'WINEE'. Did you mean WINE?",
        "likely_to_buy lies between 0 and 1; found 40: 40 % is 0.4",
    )
    assert parse("likely_to_buy(category = 'WINE') > 40 %", VOCABULARY).notes == ()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("is_loyal", "is_loyal = true"),
        ("churn_probability>=12.3%", "churn_probability >= 0.123"),
        ("spend  between -1e3 AND .50", "spend between -1000 and 0.5"),
        ("spend = -0.0 or spend = 1.0", "spend = 0 or spend = 1"),
        ("((is_loyal) AND (spend > 1 AND (spend > 2)))", "is_loyal = true and spend > 1 and spend > 2"),
        ("(is_loyal or spend > 1) and not (spend > 2)", "(is_loyal = true or spend > 1) and not spend > 2"),
        ("not (not (spend > 2 and spend > 3))", "not not (spend > 2 and spend > 3)"),
        ("channel NOT IN ('it''s', 'a', 'a')", "channel not in ('it''s', 'a')"),
        ("since is  Not NULL", "since is not null"),
        ("ON_SHELF('for_you', TOP 5, Category='WINE')", "on_shelf('for_you', category = 'WINE', top 5)"),
        ("bought(days=9e1) != 2", "bought(days = 90) != 2"),
    ],
)
def test_a_condition_has_one_form(text: str, canonical: str) -> None:
    condition = parse(text, VOCABULARY)
    assert condition.text == canonical and parse(canonical, VOCABULARY) == condition


def test_a_condition_says_what_it_reads() -> None:
    condition = parse(
        "spend > 1 and (tag('wine') or not tag('baking''s')) and spend < 9 and consent('email')", VOCABULARY
    )
    assert condition.columns == ("spend",) and len(condition.calls) == 3
    assert condition.subjects(Function.TAG) == ("wine", "baking's")
    assert condition.subjects(Function.CONSENT) == ("email",) and condition.subjects(Function.RFM) == ()


def test_any_purpose_may_be_asked_for_where_consent_is_assumed_and_only_known_ones_where_not() -> None:
    assert parse("consent('x')", replace(VOCABULARY, purposes=None)).subjects(Function.CONSENT) == ("x",)
    assert "Did you mean email?" in str(_refusal("consent('emial')"))


def test_a_day_is_a_day() -> None:
    leaf = parse("since >= '2025-03-01'", VOCABULARY).term
    assert leaf.value == date(2025, 3, 1)  # type: ignore[union-attr]


def test_conditions_need_no_sql() -> None:
    """No module that a condition passes through loads a database."""
    code = (
        "import sys; from ml.audiences.conditions import evidence, parsing, reasons;"
        "print(sorted({'duckdb', 'sqlalchemy', 'dbt'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
