"""The registered models: reachable, their champions' files there and loading; each ledger says the same as MLflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from ml.capabilities import models as declared
from ml.errors import InvalidBundle, JournalBroken, ModelMissing
from ml.operations.doctor.finding import FAIL, OK, WARN, Finding, worst
from ml.recommend.bundle import loaded_recipes
from ml.recommend.model import MODEL
from ml.registry.bundle import require_plain_data
from ml.registry.client import connect, may_have_models
from ml.registry.foreign import foreign_versions, named
from ml.registry.ledger import Promotion, champion, recorded
from ml.registry.ledger_file import ledger_path
from ml.registry.registration import download_bundle
from ml.registry.versions import CHAMPION, ModelVersion, Tag, aliases, complete_versions
from ml.settings import Settings

_LOADING: Final[Mapping[str, Callable[[Path], str]]] = {MODEL: loaded_recipes}
"""By model: loads everything in a bundle and names what it loaded. Without an entry only the files are examined."""


def check_registry(settings: Settings, models: Sequence[str] | None = None) -> Finding:
    """Every champion's bundle is as registered and loads.

    Args:
        models: the names of those to examine; by default those of capabilities that are on.

    Raises:
        WarehouseLocked: one has to be downloaded, and somebody holds the registry.
    """
    if models is None:
        models = [model for each in settings.capabilities_on for model in each.models]
    findings = [finding for model in models for finding in _examined(_champion, settings, model)]
    told = "; ".join(each.found for each in findings)
    found = worst(findings, told or "no capability registers a model")
    return replace(found, found=told) if found.status == WARN else found


def check_ledger(settings: Settings, models: Sequence[str] | None = None) -> Finding:
    """Every row stands in MLflow, every tag in its ledger, and the alias is where both say; what else is registered.

    Args:
        models: the names of those to examine; by default those that capabilities declare, on or off.
    """
    if not may_have_models(settings):
        return Finding(OK, "no promotion yet")
    models = declared() if models is None else models
    findings = [finding for model in models for finding in _examined(_ledger, settings, model)]
    foreign = foreign_versions(settings, models)
    if mistaken := [each for each in foreign if each.model in models]:
        remedy = (
            f"They are never used, promoted or removed; give a model of your own another name than {', '.join(models)}"
        )
        findings.append(Finding(WARN, f"registered by hand: {named(mistaken)}", remedy))
    others = named([each for each in foreign if each.model not in models])
    fine = "; ".join(each.found for each in findings if each.status == OK) or "no promotion yet"
    return worst(findings, fine + (f"; not of Shelduck, left alone: {others}" if others else ""))


def _examined(examine: Callable[[Settings, str], list[Finding]], settings: Settings, model: str) -> list[Finding]:
    """What is found of one model; damage of one does not hide what is found of the others."""
    try:
        return examine(settings, model)
    except (ModelMissing, InvalidBundle, JournalBroken) as broken:
        return [Finding(FAIL, f"{broken.subject}: {broken.found}", broken.remedy)]


def _champion(settings: Settings, model: str) -> list[Finding]:
    row = champion(recorded(settings, model))
    if row is None:
        remedy = "When there is a history: shelduck train --as-of YYYY-MM-DD"
        return [Finding(WARN, f"no champion of {model} yet", remedy)]
    folder = download_bundle(settings, model, row.version, row.content_hash, patience=0.0)
    require_plain_data(folder)
    told = f"champion of {model} is version {row.version}, trained as of {row.trained_as_of}"
    if model in _LOADING:
        told += f", and loads: {_LOADING[model](folder)}"
    return [Finding(OK, told)]


def _ledger(settings: Settings, model: str) -> list[Finding]:
    rows = recorded(settings, model)
    known = {version.version: version for version in complete_versions(settings, model)}
    path = ledger_path(settings, model).relative_to(settings.home)
    rebuild = f"Move {path} away: the next run rebuilds it from MLflow's tags"
    faults = [*_rows(model, rows, known, rebuild), *_untold(model, rows, known, rebuild)]
    faults += _alias(settings, model, rows)
    fine = [Finding(OK, f"{len(rows)} promotions of {model}, as in MLflow")] if rows else []
    return faults or fine


def _rows(model: str, rows: list[Promotion], known: dict[int, ModelVersion], rebuild: str) -> list[Finding]:
    findings = []
    for row in rows:
        found = known.get(row.version)
        if found is None:
            remedy = (
                "Restore mlflow/ and its database from one backup; days of that model cannot be run again until then"
            )
            findings.append(Finding(FAIL, f"{model} version {row.version} is promoted, but MLflow has none", remedy))
        elif found.content_hash != row.content_hash:
            findings.append(
                Finding(FAIL, f"{model} version {row.version} has other content than was promoted", rebuild)
            )
    return findings


def _untold(model: str, rows: list[Promotion], known: dict[int, ModelVersion], rebuild: str) -> list[Finding]:
    told = {row.version for row in rows}
    untold = sorted(number for number, version in known.items() if Tag.promotion in version.tags and number not in told)
    if not untold:
        return []
    return [Finding(FAIL, f"{model} versions {untold} are promoted in MLflow, but not in the ledger", rebuild)]


def _alias(settings: Settings, model: str, rows: list[Promotion]) -> list[Finding]:
    now, alias = champion(rows), aliases(connect(settings), model).get(CHAMPION)
    if alias == (now.version if now else None):
        return []
    if now is None:
        remedy = f"No day uses it: the ledger decides. Delete the alias {CHAMPION} in MLflow; a promotion sets it"
        return [Finding(WARN, f"the alias names {model} version {alias}, which was never promoted", remedy)]
    remedy = "The ledger decides; clear the task promote of the model's last training run, which puts the alias back"
    return [Finding(WARN, f"the alias names {model} version {alias or 'none'}, not {now.version}", remedy)]
