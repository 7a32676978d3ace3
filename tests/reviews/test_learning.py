"""What is learned from reviews, and how it is judged."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ml.errors import InvalidBundle
from ml.reviews.bundle import INDEX, read_bundle, write_bundle
from ml.reviews.classifier import COMBINED, NGRAMS, RECIPES, inputs
from ml.reviews.evidence import class_rows, month_rows, reasons, recipe_rows, reliability_rows, why_of
from ml.reviews.examples import examples, groups_of
from ml.reviews.judging import choose, folds_of, judge, least_clear, platt
from ml.reviews.learned import Training, learn
from ml.reviews.measures import auc, bootstrap, macro_f1, of_class
from ml.reviews.ngrams import analyzer, marked_words, words
from ml.reviews.reading import read
from tests.reviews.made_reviews import AS_OF, frame, review, shop


def test_both_languages_are_learned_and_judged_on_texts_that_were_not_learned_from(learned: Training) -> None:
    assert [each.examples.language for each in learned.languages] == ["en", "zh"]
    for each in learned.languages:
        assert each.judged is not None and list(each.judged.scores) == [recipe.name for recipe in RECIPES]
        assert each.judged.figures(each.choice.recipe)["accuracy"] > 0.95
        folds = [set(each.judged.fold[each.judged.groups == group]) for group in set(each.judged.groups)]
        assert all(len(fold) == 1 for fold in folds) and set(each.judged.fold) == set(range(5))


def test_what_was_judged_is_shown_per_recipe_class_month_and_tenth(learned: Training) -> None:
    for each in learned.languages:
        assert [row["recipe"] for row in recipe_rows(each) if row["serves"]] == [each.choice.recipe]
        classes = class_rows(each)
        assert [row["class"] for row in classes] == ["positive", "negative"]
        assert sum(row["support"] for row in classes) == len(each.examples.texts)
        assert all(row["f1"] > 0.9 and row["precision"] > 0.9 and row["recall"] > 0.9 for row in classes)
        months = month_rows(each)
        assert [row["month"] for row in months] == ["2026-01-01", "2026-02-01", "2026-03-01"]
        assert sum(row["texts"] for row in months) == len(each.examples.texts)
        assert sum(row["texts"] for row in reliability_rows(each)) == len(each.examples.texts)
    assert all(reason.partition(": ")[0] in {"en", "zh"} for reason in reasons(json.dumps(why_of(learned))))


def test_a_bundle_reads_back_as_it_was_written_byte_for_byte(learned: Training, tmp_path: Path) -> None:
    bundle = learned.bundle(AS_OF)
    for name in ("one", "two"):
        write_bundle(tmp_path / name, bundle)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["arrays.npz", INDEX]
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in files)
    back = read_bundle(tmp_path / "one")
    assert back.trained_as_of == AS_OF and back.recipes == bundle.recipes
    texts = ["the coffee tastes great", "the helmet broke at once"]
    vectors = np.zeros((2, 512), np.int8)
    for language, classifier in bundle.classifiers.items():
        same = back.classifiers[language]
        assert (same.probabilities(texts, vectors) == classifier.probabilities(texts, vectors)).all()
    assert [topic.terms for topic in back.topics.topics] == [topic.terms for topic in bundle.topics.topics]


@pytest.mark.parametrize("broken", ["index", "arrays", "weights", "pickle"])
def test_a_bundle_that_was_damaged_is_refused(learned: Training, tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "bundle"
    write_bundle(folder, learned.bundle(AS_OF))
    if broken == "index":
        (folder / INDEX).write_text("{}")
    elif broken == "arrays":
        (folder / "arrays.npz").write_bytes(b"nothing")
    elif broken == "weights":
        told = (folder / INDEX).read_text()
        terms = learned.bundle(AS_OF).classifiers["en"].terms
        (folder / INDEX).write_text(told.replace(f'"{terms[0]}",\n', "", 1))
    else:
        (folder / "model.pkl").write_bytes(b"")
    with pytest.raises(InvalidBundle, match="shelduck train"):
        read_bundle(folder)


def test_learning_again_gives_the_same_bytes(learned: Training, tmp_path: Path) -> None:
    again = learn(read(shop()), 3.0, 7, None)
    for name, each in (("first", learned), ("again", again)):
        write_bundle(tmp_path / name, each.bundle(AS_OF))
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_a_language_of_too_few_texts_has_no_classifier_and_says_so() -> None:
    reviews = read(shop(60))
    found = learn(reviews, 3.0, 7, None)
    assert found.bundle(AS_OF).classifiers == {}
    assert all("ratings go on" in each.choice.why for each in found.languages)


def test_without_sentence_vectors_ngrams_are_learned_and_ids_of_topics_are_kept(
    learned: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.reviews.learned.is_installed", lambda: False)
    found = learn(read(shop()), 3.0, 7, learned.bundle(AS_OF)).bundle(AS_OF)
    assert set(found.recipes.values()) == {NGRAMS.name} and not found.needs_vectors
    assert found.topics.topics == () and found.topics.highest == learned.topics.highest > 0


def test_texts_of_one_person_and_copies_of_one_text_share_a_group() -> None:
    rows = [
        review("a", "The lid of this kettle came off on day one", user_id="ann"),
        review("b", "Splendid", user_id="ann"),
        review("c", "Splendid!", user_id="bob"),
        review("d", "The lid of this kettle came off - again", user_id="cid"),
        review("e", "Something else", user_id=None),
        review("f", "Another thing", user_id=None),
    ]
    groups = groups_of(read(frame(rows)))
    assert len(set(groups[:4])) == 1 and len(set(groups)) == 3


def test_spam_duplicates_the_middle_rating_and_ratings_without_a_text_are_not_learned_from() -> None:
    rows = [
        review("a", "The kettle is a joy to use", rating=5.0),
        review("b", "The kettle is a joy to use", rating=5.0, duplicate_of="a"),
        review("c", "Click here for a free gift card", rating=5.0),
        review("d", "The kettle is so so", rating=3.0),
        review("e", None, rating=1.0),
        review("f", "The kettle leaks all the time", rating=2.0),
        review("g", "The kettle leaks a lot", rating=None),
    ]
    english, chinese = examples(read(frame(rows)), 3.0, 7)
    assert english.texts == ["The kettle is a joy to use", "The kettle leaks all the time"]
    assert english.positive.tolist() == [True, False] and not chinese.texts


@pytest.mark.parametrize(("same_of", "is_enough"), [(5.0, False), (1.0, False), (None, True)])
def test_each_class_needs_texts_of_different_origin(same_of: float | None, is_enough: bool) -> None:
    """The texts that a shop puts in for shoppers who write none are alike, and often all on one side."""
    rows = [
        review(
            f"{rating} {number}", "此用户没有填写评价。" if rating == same_of else f"第{number}次用就坏", rating=rating
        )
        for rating in (5.0, 1.0)
        for number in range(50)
    ]
    (chinese,) = (each for each in examples(read(frame(rows)), 3.0, 7) if each.texts)
    assert len(chinese.texts) == 100 and chinese.is_enough == is_enough


def test_words_after_a_negation_are_marked_up_to_three_or_to_a_mark() -> None:
    assert marked_words("It does not work at all today") == ["it", "does", "not", "!work", "!at", "!all", "today"]
    assert marked_words("I don't! Great") == ["i", "don't", "!", "great"]
    assert words("It’s 5 stars!") == ["it's", "5", "stars", "!"]


def test_chinese_is_cut_into_characters_and_english_into_words() -> None:
    assert analyzer("zh", marks_negation=False)("很 好") == ["很", "好", "很好"]
    assert analyzer("en", marks_negation=False)("Very good") == ["very", "good", "very good"]


def test_scores_do_not_depend_on_what_else_is_asked(learned: Training) -> None:
    classifier = learned.bundle(AS_OF).classifiers["en"]
    texts, vectors = learned.languages[0].examples.texts, np.zeros((130, 512), np.int8)
    together = classifier.scores(texts, vectors[: len(texts)])
    assert (classifier.scores(texts[3:4], vectors[:1]) == together[3:4]).all()
    assert classifier.scores([""], vectors[:1]).tolist() == [classifier.bias / 2**24]


def test_the_simplest_recipe_serves_until_another_is_significantly_better() -> None:
    """Ratings that no text explains: nothing can be better than anything."""
    draw = np.random.default_rng(1)
    texts = [" ".join(draw.choice(["red", "blue", "green", "kettle", "lid"], 6)) for _ in range(200)]
    positive = draw.random(200) < 0.5
    known = inputs("en", texts, draw.integers(-9, 9, (200, 512)).astype(np.int8), positive)
    judged = judge(known, np.arange(200), 7)
    assert choose(judged, "en", None, 7).recipe == NGRAMS.name
    kept = choose(judged, "en", COMBINED.name, 7)
    assert kept.recipe in {COMBINED.name, NGRAMS.name}
    assert "as before" in kept.why or "smaller" in kept.why


def test_the_threshold_is_the_lowest_from_which_nine_in_ten_are_right() -> None:
    probabilities = np.repeat([0.55, 0.7, 0.9], 100)
    positive = np.concatenate([np.arange(100) < 50, np.arange(100) < 85, np.arange(100) < 98])
    assert least_clear(probabilities, positive) == 0.575
    assert least_clear(probabilities, ~positive) == 0.975


def test_calibration_finds_the_slope_and_never_turns_scores_round() -> None:
    draw = np.random.default_rng(2)
    scores = draw.normal(size=20_000)
    positive = draw.random(20_000) < 1 / (1 + np.exp(-(2 * scores + 0.5)))
    slope, intercept = platt(scores, positive)
    assert slope == pytest.approx(2.0, abs=0.1) and intercept == pytest.approx(0.5, abs=0.1)
    assert platt(-scores, positive)[0] == 0.0


def test_measures_against_counts_by_hand() -> None:
    found, positive = np.array([True, True, True, False]), np.array([True, False, True, True])
    assert of_class(found, positive) == (2 / 3, 2 / 3, 2 / 3, 3)
    assert of_class(~found, ~positive) == (0.0, 0.0, 0.0, 1)
    assert macro_f1(found, positive) == pytest.approx(1 / 3)
    assert auc(np.array([0.9, 0.1, 0.5, 0.5]), np.array([True, False, True, False])) == pytest.approx(0.875)


def test_the_paired_interval_counts_groups_not_rows() -> None:
    draw = np.random.default_rng(3)
    worse = np.repeat(draw.normal(0.1, 1.0, 50), 40)
    zeros = np.zeros(2000)
    by_group = bootstrap(worse, zeros, np.repeat(np.arange(50), 40), 1)
    by_row = bootstrap(worse, zeros, np.arange(2000), 1)
    assert by_group.mean == by_row.mean
    assert by_group.high - by_group.low > 4 * (by_row.high - by_row.low)


def test_folds_spread_the_classes() -> None:
    positive = np.arange(500) % 5 == 0
    fold = folds_of(positive, np.arange(500) // 2, 7)
    assert [int(positive[fold == number].sum()) for number in range(5)] == [20] * 5


def test_months_are_those_in_which_texts_were_written() -> None:
    rows = [review("a", "The kettle is a joy", rating=5.0, created_date=date(2026, 2, 27))]
    assert examples(read(frame(rows)), 3.0, 7)[0].months == ["2026-02-01"]


def test_a_model_keeps_no_ngram_that_one_text_alone_has(learned: Training) -> None:
    for each in learned.languages:
        classifier = learned.bundle(AS_OF).classifiers[each.examples.language]
        cut = analyzer(classifier.language, marks_negation=classifier.recipe.marks_negation)
        texts = Counter(gram for text in each.examples.texts for gram in set(cut(text)))
        assert classifier.terms and min(texts[term] for term in classifier.terms) >= 2
        assert min(texts.values()) == 1
