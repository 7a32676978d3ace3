"""Topics of known groups of vectors, their terms and their ids."""

from __future__ import annotations

import numpy as np

from ml.reviews.numbers import Bytes
from ml.reviews.terms import telling_terms
from ml.reviews.topics import NONE, Topics, learned
from ml.text.masking import KINDS

THEMES = ("battery charger cable", "coffee bitter aroma", "parcel courier doorstep")


def grouped(sizes: tuple[int, ...], seed: int = 1) -> tuple[list[str], Bytes]:
    """So many texts of each theme, each near an axis of its theme."""
    draw = np.random.default_rng(seed)
    texts, rows = [], []
    for theme, size in enumerate(sizes):
        for _ in range(size):
            vector = draw.normal(0, 0.02, 512)
            vector[theme] += 1
            rows.append(np.rint(vector / np.linalg.norm(vector) * 127).astype(np.int8))
            texts.append(f"the {THEMES[theme]} of my aunt")
    return texts, np.stack(rows)


def topics_of(sizes: tuple[int, ...], before: Topics | None = None) -> tuple[Topics, list[str | None]]:
    texts, vectors = grouped(sizes)
    found = learned(texts, ["en"] * len(texts), vectors, 7, before)
    number, _ = found.of(vectors)
    return found, [None if each == NONE else found.topics[each].topic_id for each in number]


def test_groups_of_vectors_are_topics_named_by_what_only_they_say() -> None:
    found, ids = topics_of((60, 40, 30))
    assert [len(set(ids[start:end]) - {None}) for start, end in ((0, 60), (60, 100), (100, 130))] == [1, 1, 1]
    assert len({*ids} - {None}) == 3 and 105 <= sum(each is not None for each in ids) <= 130
    for topic in found.topics:
        (theme,) = {theme for theme in THEMES if topic.terms["en"][0] in theme}
        assert all(word in theme for word in " ".join(topic.terms["en"]).split())


def test_ids_go_on_and_those_that_vanished_are_not_given_again() -> None:
    first, ids = topics_of((60, 40, 30))
    again, same = topics_of((30, 40, 60), before=first)
    assert (same[0], same[40], same[120]) == (ids[0], ids[70], ids[120]) and again.highest == 3
    other = np.roll(grouped((50, 50, 50))[1], 100, axis=1)
    new = learned(["x"] * 150, ["en"] * 150, other, 7, again)
    assert {topic.topic_id for topic in new.topics} == {"t4", "t5", "t6"} and new.highest == 6


def test_what_is_like_no_topic_belongs_to_none() -> None:
    found, _ = topics_of((60, 40, 30))
    far = np.zeros((2, 512), np.int8)
    far[0, 500] = 127
    assert found.of(far)[0].tolist() == [NONE, NONE]


def test_few_reviews_have_no_topic_and_ids_are_kept_for_later() -> None:
    first, _ = topics_of((60, 40, 30))
    few = learned(["a"] * 20, ["en"] * 20, grouped((20,))[1], 7, first)
    assert few.topics == () and few.highest == 3
    assert few.of(grouped((5,))[1])[0].tolist() == [NONE] * 5


def test_a_group_smaller_than_ten_is_no_topic() -> None:
    found, _ = topics_of((60, 60, 6))
    assert all(topic.terms["en"][0] not in THEMES[2] for topic in found.topics)


def test_chinese_terms_are_whole_words_without_function_words() -> None:
    texts = ["这个电池的续航很差", "电池的续航不够", "电池续航可以"] * 3 + [
        "快递员送到门口",
        "快递员态度好",
        "快递员来了",
    ] * 3
    terms = telling_terms(texts, np.repeat([0, 1], 9), 2, "zh")
    assert "电池" in terms[0] and "续航" in terms[0] and terms[1][0] == "快递员"
    assert not any(set("的很这") & set(term) for term in terms[0] + terms[1])


def test_placeholders_of_masked_data_are_no_terms() -> None:
    for kind in KINDS:
        terms = telling_terms([f"kettle [{kind}] handle"] * 5 + ["lamp"] * 5, np.repeat([0, 1], 5), 2, "en")
        assert terms == [["handle", "kettle"], ["lamp"]]


def test_words_that_shoppers_wrote_are_terms_also_where_placeholders_are_called_so() -> None:
    texts = ["phone broke [phone]"] * 5 + ["memory card [email]"] * 5
    terms = telling_terms(texts, np.repeat([0, 1], 5), 2, "en")
    assert {"phone"} <= set(" ".join(terms[0]).split()) and {"card"} <= set(" ".join(terms[1]).split())
