"""What a training of reviews leaves in MLflow: tables, figures, and the tags that a promotion reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ml.escape import for_markdown
from ml.registry.tracking import TrainingRun
from ml.reviews.columns import Sentiment
from ml.reviews.judging import Judged
from ml.reviews.learned import Learned, Training
from ml.reviews.measures import of_class, tenths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EVIDENCE: Final = "evidence"
"""Tag of a training's run: by language what classifies it and why, as JSON."""
RECIPES, CLASSES, MONTHS, RELIABILITY, TOPICS = "recipes", "classes", "months", "reliability", "topics"
"""Tables that a training logs, without the ending of their files."""
LANGUAGE, RECIPE = "language", "recipe"
Row = dict[str, Any]


def log_training(run: TrainingRun, found: Training) -> None:
    """Add everything to a run."""
    judged = [each for each in found.languages if each.judged is not None]
    recipes = [row for each in judged for row in recipe_rows(each)]
    classes = [row for each in judged for row in class_rows(each)]
    run.log_result(metrics=dict(_metrics(recipes, classes)), tags={EVIDENCE: json.dumps(why_of(found))})
    tables = {
        RECIPES: recipes,
        CLASSES: classes,
        MONTHS: [row for each in judged for row in month_rows(each)],
        RELIABILITY: [row for each in judged for row in reliability_rows(each)],
        TOPICS: [
            {
                "topic_id": topic.topic_id,
                "reviews": size,
                **{name: ", ".join(each) for name, each in topic.terms.items()},
            }
            for topic, size in zip(found.topics.topics, found.sizes, strict=True)
        ],
    }
    run.log_pages(tables, {"reliability": _chart(tables[RELIABILITY])} if judged else {}, _note(found))


def why_of(found: Training) -> dict[str, tuple[str, str]]:
    """By language the recipe that serves, and why."""
    return {each.examples.language: (each.choice.recipe, each.choice.why) for each in found.languages}


def recipe_rows(learned: Learned) -> list[Row]:
    """A row per recipe of a language, the simplest first."""
    judged = _judged(learned)
    return [
        {
            LANGUAGE: learned.examples.language,
            RECIPE: name,
            "serves": name == learned.choice.recipe,
            "texts": len(judged.positive),
            **judged.figures(name),
        }
        for name in judged.scores
    ]


def class_rows(learned: Learned) -> list[Row]:
    """Precision, recall and F1 of each class, of the recipe that serves."""
    judged = _judged(learned)
    found = judged.probabilities[learned.choice.recipe] > 0.5
    sides = {Sentiment.POSITIVE: (found, judged.positive), Sentiment.NEGATIVE: (~found, ~judged.positive)}
    return [
        {LANGUAGE: learned.examples.language, "class": sentiment.value, **of_class(*side)._asdict()}
        for sentiment, side in sides.items()
    ]


def month_rows(learned: Learned) -> list[Row]:
    """Accuracy and coverage by the month in which texts were written, of the recipe that serves."""
    judged, months = _judged(learned), np.asarray(learned.examples.months)
    right = (judged.probabilities[learned.choice.recipe] > 0.5) == judged.positive
    clear = judged.is_clear(learned.choice.recipe)
    return [
        {
            LANGUAGE: learned.examples.language,
            "month": str(month),
            "texts": int((months == month).sum()),
            "accuracy": float(right[months == month].mean()),
            "coverage": float(clear[months == month].mean()),
        }
        for month in np.unique(months)
    ]


def reliability_rows(learned: Learned) -> list[Row]:
    """A row per tenth of the texts by probability: what was promised, and what ratings say."""
    judged = _judged(learned)
    promised = judged.probabilities[learned.choice.recipe]
    return [
        {
            LANGUAGE: learned.examples.language,
            "promised": float(promised[part].mean()),
            "positive": float(judged.positive[part].mean()),
            "texts": len(part),
        }
        for part in tenths(promised)
    ]


def _metrics(recipes: list[Row], classes: list[Row]) -> Iterator[tuple[str, float]]:
    for row in recipes:
        for name, value in row.items():
            if isinstance(value, float):
                yield f"{row[LANGUAGE]}/{row[RECIPE]}/{name}", value
    for row in classes:
        for name in ("precision", "recall", "f1"):
            yield f"{row[LANGUAGE]}/{row['class']}/{name}", float(row[name])


def _chart(rows: list[Row]) -> Figure:
    """Promised against observed, a line per language."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0, 4.2), layout="constrained")
    axes = figure.add_subplot(1, 1, 1)
    for language in dict.fromkeys(row[LANGUAGE] for row in rows):
        some = [row for row in rows if row[LANGUAGE] == language]
        axes.plot([row["promised"] for row in some], [row["positive"] for row in some], marker="o", label=language)
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey")
    axes.set(title="promised and observed, tenths of texts", xlabel="probability", ylabel="share that is positive")
    axes.legend()
    return figure


def _note(found: Training) -> str:
    lines = ["| language | classified by | why |", "|---|---|---|"]
    for language, (recipe, why) in why_of(found).items():
        told = for_markdown(why.partition(": ")[2])
        lines.append(f"| {language} | {for_markdown(recipe or 'ratings')} | {told} |")
    how = "Every recipe was judged in 5 folds; texts of one person, or that begin alike, share a fold."
    return "\n".join([*lines, "", f"{len(found.topics.topics)} topics. {how}"])


def _judged(learned: Learned) -> Judged:
    assert learned.judged is not None, "only what was judged has figures"
    return learned.judged


def reasons(evidence: str) -> list[str]:
    """Why each language has its recipe, of the tag ``EVIDENCE``."""
    told: Mapping[str, tuple[str, str]] = json.loads(evidence)
    return [why for _, why in told.values()]
