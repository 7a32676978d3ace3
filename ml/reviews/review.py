"""What speaks for and against a candidate of ``reviews``: its training's own evaluation, as guard-rails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ml.documents import Section
from ml.errors import ModelMissing
from ml.escape import for_markdown
from ml.registry.comparison import logged_table
from ml.registry.registration import download_bundle
from ml.registry.review import Findings, Guard
from ml.registry.tracking import run_tags
from ml.registry.versions import version_info
from ml.reviews.bundle import read_bundle
from ml.reviews.evidence import EVIDENCE, LANGUAGE, RECIPE, RECIPES, TOPICS, reasons
from ml.reviews.judging import ACCURACY
from ml.reviews.model import MODEL
from ml.settings import Settings

CALIBRATION: Final = 0.05
_TOLERATED: Final = 0.02
_ROUNDING: Final = 1e-6
_SHOWN: Final = ("accuracy", "macro_f1", "auc", "log_loss", "calibration_error", "coverage", "accuracy_where_clear")


def findings(settings: Settings, version: int, champion: int | None) -> Findings:
    """See the module.

    Args:
        champion: the version whose place it would take; None where ratings decide until then.

    Raises:
        ModelMissing: there is no such version, or somebody removed the evidence from its run.
    """
    info = version_info(settings, MODEL, version)
    tags = run_tags(settings, info.run_id)
    if EVIDENCE not in tags:
        raise ModelMissing(
            f"the run of model {MODEL} version {version}",
            expected="tags with the training's evidence",
            found=f"no {EVIDENCE}",
            remedy="Somebody changed its tags: run shelduck train --capability reviews with another SHELDUCK_SEED",
        )
    before = read_bundle(download_bundle(settings, MODEL, champion)).recipes if champion is not None else {}
    now = {language: recipe for language, (recipe, _) in json.loads(tags[EVIDENCE]).items() if recipe}
    rows = logged_table(settings, info.run_id, f"{RECIPES}.json")
    guards = tuple(guard for row in rows if row["serves"] for guard in _guards(row, rows, before))
    changed = [language for language, recipe in now.items() if before.get(language) != recipe]
    headline = f"{', '.join(changed)} would be classified by another recipe" if champion and changed else ""
    facts = tuple(for_markdown(why) for why in reasons(tags[EVIDENCE]))
    return Findings(headline, (*guards, *_lost(before, now)), facts, _sections(settings, info.run_id, rows))


def _guards(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], before: Mapping[str, str]) -> list[Guard]:
    language = row[LANGUAGE]
    old = next((each for each in rows if (each[LANGUAGE], each[RECIPE]) == (language, before.get(language))), None)
    clear, error = float(row["accuracy_where_clear"]), float(row["calibration_error"])
    return [
        _loss_guard(row, old),
        Guard(
            f"accuracy of clear texts of {language}",
            "–",
            f"{clear:.3f}",
            f"{float(row['coverage']):.0%} of texts are clear",
            f"at least {ACCURACY - _TOLERATED:.2f}",
            clear >= ACCURACY - _TOLERATED,
        ),
        Guard(
            f"calibration error of {language}",
            "–",
            f"{error:.4f}",
            "–",
            f"up to {CALIBRATION}",
            error <= CALIBRATION,
        ),
    ]


def _loss_guard(row: Mapping[str, Any], old: Mapping[str, Any] | None) -> Guard:
    """Against the recipe that serves, learned again from what is known now."""
    name, loss = f"log loss of {row[LANGUAGE]}", float(row["log_loss"])
    if old is None:
        return Guard(name, "–", f"{loss:.4f}", "–", "", None)
    was = float(old["log_loss"])
    limit = "not above that of the recipe that serves"
    return Guard(name, f"{was:.4f}", f"{loss:.4f}", f"{loss - was:+.4f}", limit, loss <= was + _ROUNDING)


def _lost(before: Mapping[str, str], now: Mapping[str, str]) -> list[Guard]:
    """A language that a model reads now and none would read any more."""
    gone = sorted(set(before) - set(now))
    return [Guard("languages that no model reads any more", "", ", ".join(gone) or "none", "", "none", not gone)]


def _sections(settings: Settings, run_id: str, rows: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    recipes = tuple((row[LANGUAGE], row[RECIPE], *(f"{row[name]:.4g}" for name in _SHOWN)) for row in rows)
    topics = tuple(
        tuple(str(value) for value in row.values()) for row in logged_table(settings, run_id, f"{TOPICS}.json")
    )
    return (
        Section("Every recipe", "", (LANGUAGE, RECIPE, *_SHOWN), recipes, frozenset(_SHOWN)),
        Section(
            "Topics", "", ("topic", "reviews", "terms in English", "terms in Chinese"), topics, frozenset({"reviews"})
        ),
    )
