"""Which language a text is in, on texts of the tests' own; docs/reviews.md has the figures on public reviews."""

from __future__ import annotations

import pytest

from ml.text.language import CHINESE, ENGLISH, LANGUAGES, OTHER, language_of


@pytest.mark.parametrize(
    "text",
    [
        "The kettle boils fast, and the lid closes well.",
        "works great",
        "wow!",
        "Enjoy !",
        "LOUD AND USELESS, RETURNED IT",
        "My daughter calls it 小熊 and sleeps with it every single night",
        "Crème brûlée at home: the torch works",
    ],
)
def test_english_is_known_also_in_a_word_or_two(text: str) -> None:
    assert language_of(text) == ENGLISH


@pytest.mark.parametrize(
    "text",
    [
        "水壶烧得很快，盖子也好用。",
        "很好",
        "check in 很快",
        "手机 iPhone 4S 不好用",
        "房間有味,裝修太殘",
        "新鲜の水果，下次再买",
    ],
)
def test_chinese_is_known_by_its_script_in_both_forms(text: str) -> None:
    assert language_of(text) == CHINESE


@pytest.mark.parametrize(
    "text",
    [
        "Der Wasserkocher ist leider schon nach zwei Wochen kaputt gegangen.",
        "La bouilloire est très rapide, je la recommande à tous.",
        "El hervidor llegó roto y nadie responde a mis correos.",
        "Il bollitore è rumoroso ma scalda bene l'acqua.",
        "De waterkoker is mooi, maar het deksel sluit niet goed.",
        "Чайник быстро греет воду, всем советую",
        "お湯がすぐに沸くのでとても気に入っています",
        "물이 빨리 끓어서 아주 마음에 들어요",
        "الغلاية ممتازة وسريعة",
        "10/10 !!! :-)",
        "",
    ],
)
def test_what_is_neither_is_another_language(text: str) -> None:
    assert language_of(text) == OTHER


def test_a_text_has_the_same_language_whatever_was_asked_before() -> None:
    texts = ["its quiet.", "Sehr gut, gerne wieder", "很好", "its quiet."]

    first = [language_of(text) for text in texts]

    assert first == [language_of(text) for text in texts]
    assert first[0] == first[-1] and set(first) <= set(LANGUAGES)
