"""Texts that fit: what is left out first, what is said shorter, and what a template may do."""

from __future__ import annotations

from itertools import product

import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from ml.copy.landed import Landed
from ml.copy.request import PARTS
from ml.copy.slots import MOST_CHARACTERS, SLOTS, filled, widest
from ml.copy.templates.clauses import ENVIRONMENT, LEADS, clauses_of
from ml.copy.templates.clauses import _parsed as parsed
from ml.copy.templates.compose import compose
from ml.copy.templates.voices import VOICES
from ml.landing.copy_tables import MOST_ARMS, TONES
from ml.text.facts import LIMITS, Limits
from ml.text.validation.style import length
from ml.words import LANGUAGES
from testkit.copy_shop import rows

TEXT = """
0 {{ offer }} until {{ day }}. || {{ offer }}. || News.
2 Use {{ code }}.
1 <call>

1 {{ bye }}
"""
ANY = Limits()
FACTS = {"offer": "20% off", "day": "June 9", "code": "SPRING"}


def _texts(facts: dict[str, str], limits: Limits = ANY, text: str = TEXT) -> list[str]:
    return list(compose(parsed(text, {"call": "Come in."}), facts, limits, "en"))


def test_optional_clauses_go_in_the_stated_order_then_the_rest_is_said_shorter() -> None:
    assert _texts(FACTS) == [
        "20% off until June 9. Use SPRING. Come in.",
        "20% off until June 9. Come in.",
        "20% off until June 9.",
        "20% off.",
        "News.",
    ]


def test_a_clause_without_its_facts_is_left_out_or_said_otherwise() -> None:
    assert _texts({"bye": "Bye"})[0] == "News. Come in.\n\nBye"
    assert _texts({"offer": "20% off"})[0] == "20% off. Come in."


def test_only_what_fits_is_given_and_nothing_where_nothing_does() -> None:
    assert _texts(FACTS, Limits(characters=31))[0] == "20% off until June 9. Come in."
    assert _texts(FACTS, Limits(characters=8)) == ["20% off.", "News."]
    assert _texts(FACTS, Limits(characters=4)) == []


def test_a_text_is_measured_with_the_longest_words_that_a_slot_can_hold() -> None:
    text = "0 For you: {loyalty}. || News."
    assert _texts({}, Limits(characters=len("For you: .") + MOST_CHARACTERS), text)[0] == "For you: {loyalty}."
    assert _texts({}, Limits(characters=len("For you: .") + MOST_CHARACTERS - 1), text) == ["News."]


def test_an_empty_way_leaves_a_clause_out_after_others_were_said_shorter() -> None:
    text = "0 A long word. || Word.\n0 {{ link }} ||"
    assert _texts({"link": "https://x.example"}, text=text) == [
        "A long word. https://x.example",
        "Word. https://x.example",
        "Word.",
    ]


@pytest.mark.parametrize(
    "source", ["{{ offer.__class__ }}", "{{ offer['x'] }}", "{{ offer.upper() }}", "{{ offer() }}"]
)
def test_a_template_inserts_facts_and_does_nothing_else(source: str) -> None:
    with pytest.raises(SecurityError):
        ENVIRONMENT.from_string(source).render(FACTS)
    with pytest.raises(UndefinedError):
        ENVIRONMENT.from_string("{{ range }}").render(FACTS)


def test_facts_are_no_templates() -> None:
    assert _texts({**FACTS, "offer": "{{ code }}"})[0].startswith("{{ code }} until")


def test_every_language_channel_tone_and_arm_has_a_template_and_arms_lead_with_something_else() -> None:
    assert len(LEADS) == MOST_ARMS and set(VOICES) == set(LANGUAGES)
    seen = set()
    for language, channel, tone in product(LANGUAGES, PARTS, TONES):
        for lead in LEADS:
            parts = clauses_of(language, channel, tone, lead)
            assert tuple(parts) == PARTS[channel]
            assert all(any(clause.order == 0 for clause in clauses) for clauses in parts.values())
            seen.add(
                (language, channel, tone, str([clause.ways[0].needs for each in parts.values() for clause in each]))
            )
    assert len(seen) >= len(LANGUAGES) * len(PARTS) * len(TONES) * (len(LEADS) - 1)


def test_a_text_without_any_fact_still_fits_every_part() -> None:
    for language, channel, tone, lead in product(LANGUAGES, PARTS, TONES, LEADS):
        for part, clauses in clauses_of(language, channel, tone, lead).items():
            texts = list(compose(clauses, {"first": "Tea", "names": "Tea", "lines": "• Tea"}, LIMITS[part], language))
            assert texts and not list(length(widest(texts[0], language), LIMITS[part])), (language, part, tone, lead)


def test_slots_are_filled_with_what_is_there() -> None:
    assert filled("{loyalty}, {first_product}", {"loyalty": "a regular"}) == "a regular, {first_product}"
    assert all(slot not in widest(f"{{{slot}}}", "zh") for slot in SLOTS)


def test_the_latest_word_on_a_variant_counts_and_only_on_the_texts_that_it_saw() -> None:
    key = {"brief_id": "b", "language": "en", "channel": "sms", "arm": 1, "decision_id": "1"}
    said = [
        {**key, "decision": "approve", "variant_hash": "h", "who": "ann", "decided_at": "2026-03-01T09:00:00Z"},
        {**key, "decision": "reject", "variant_hash": "h", "who": "bob", "decided_at": "2026-03-01T09:00:00.5Z"},
        {**key, "decision": "approve", "variant_hash": "other", "who": "eve", "decided_at": "2026-03-02T09:00:00Z"},
    ]
    landed = Landed(rows("copy_text", []), rows("copy_decision", said))
    assert landed.status(("b", "en", "sms", 1), "h") == ("rejected", "bob")
    assert landed.status(("b", "en", "sms", 1), "new") == ("proposed", None)
    assert landed.status(("b", "en", "sms", 2), "h") == ("proposed", None)
