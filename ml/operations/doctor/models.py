"""The registry: reachable, the champion's files there and loading; the ledger says the same as MLflow."""

from __future__ import annotations

from ml.operations.doctor.finding import FAIL, OK, WARN, Finding, worst
from ml.recommend.models import load
from ml.registry.bundle import read_bundle
from ml.registry.client import connect, may_have_models
from ml.registry.foreign import foreign_versions, named
from ml.registry.ledger import Promotion, champion, recorded
from ml.registry.registration import download_bundle
from ml.registry.versions import CHAMPION, MODEL, ModelVersion, Tag, aliases, complete_versions
from ml.settings import Settings

_REBUILD = "Move mlflow/promotions.jsonl away: the next run rebuilds it from MLflow's tags"


def check_registry(settings: Settings) -> Finding:
    """The champion's bundle is as registered and every model in it loads.

    Raises:
        ModelMissing: its files are gone or others.
        InvalidBundle: its folder is incomplete.
        WarehouseLocked: it has to be downloaded, and somebody holds the registry.
    """
    row = champion(recorded(settings))
    if row is None:
        return Finding(WARN, "no champion: rules serve", "When there is a history: shelduck train --as-of YYYY-MM-DD")
    folder = download_bundle(settings, row.version, row.content_hash, patience=0.0)
    bundle = read_bundle(folder)
    for name in {placement.folder for placement in bundle.placements.values()}:
        load(folder / name)
    recipes = ", ".join(sorted({placement.recipe for placement in bundle.placements.values()}))
    return Finding(OK, f"champion is version {row.version}, trained as of {row.trained_as_of}, and loads: {recipes}")


def check_ledger(settings: Settings) -> Finding:
    """Every row stands in MLflow, every tag in the ledger, and the alias is where both say; what else is registered.

    Raises:
        JournalBroken: the ledger is damaged.
    """
    if not may_have_models(settings):
        return Finding(OK, "no promotion yet")
    rows = recorded(settings)
    known = {version.version: version for version in complete_versions(settings)}
    findings = [*_rows(rows, known), *_untold(rows, known), *_alias(settings, rows)]
    foreign = foreign_versions(settings)
    if mistaken := [each for each in foreign if each.model == MODEL]:
        remedy = f"They are never used, promoted or removed; a model of your own is better named other than {MODEL}"
        findings.append(Finding(WARN, f"registered by hand: {named(mistaken)}", remedy))
    others = named([each for each in foreign if each.model != MODEL])
    fine = f"{len(rows)} promotions, as in MLflow" if rows else "no promotion yet"
    return worst(findings, fine + (f"; not of Shelduck, left alone: {others}" if others else ""))


def _rows(rows: list[Promotion], known: dict[int, ModelVersion]) -> list[Finding]:
    findings = []
    for row in rows:
        found = known.get(row.version)
        if found is None:
            remedy = (
                "Restore mlflow/ and its database from one backup; days of that model cannot be run again until then"
            )
            findings.append(Finding(FAIL, f"version {row.version} is promoted, but MLflow has none", remedy))
        elif found.content_hash != row.content_hash:
            findings.append(Finding(FAIL, f"version {row.version} has other content than was promoted", _REBUILD))
    return findings


def _untold(rows: list[Promotion], known: dict[int, ModelVersion]) -> list[Finding]:
    told = {row.version for row in rows}
    untold = sorted(number for number, version in known.items() if Tag.promotion in version.tags and number not in told)
    if not untold:
        return []
    return [Finding(FAIL, f"versions {untold} are promoted in MLflow, but not in the ledger", _REBUILD)]


def _alias(settings: Settings, rows: list[Promotion]) -> list[Finding]:
    now, alias = champion(rows), aliases(connect(settings)).get(CHAMPION)
    if alias == (now.version if now else None):
        return []
    if now is None:
        remedy = f"No day uses it: the ledger decides. Delete the alias {CHAMPION} in MLflow; a promotion sets it"
        return [Finding(WARN, f"the alias names version {alias}, which was never promoted", remedy)]
    remedy = "The ledger decides; clear the task promote of the last train_recommenders, which puts the alias back"
    return [Finding(WARN, f"the alias names version {alias or 'none'}, not {now.version}", remedy)]
