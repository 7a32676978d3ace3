"""The registry: reachable, the champion's files there and loading; the ledger says the same as MLflow."""

from __future__ import annotations

from ml.orchestration.doctor.finding import FAIL, OK, WARN, Finding, worst
from ml.recommend.models import load
from ml.registry.bundle import read_bundle
from ml.registry.ledger import champion, promotions
from ml.registry.registration import download_bundle
from ml.registry.versions import CHAMPION, Tag, by_alias, complete_versions
from ml.settings import Settings

_REBUILD = "Move mlflow/promotions.jsonl away: the next run rebuilds it from MLflow's tags"


def check_registry(settings: Settings) -> Finding:
    """The champion's bundle is as registered and every model in it loads.

    Raises:
        ModelMissing: its files are gone or others.
        InvalidBundle: its folder is incomplete.
    """
    row = champion(settings)
    if row is None:
        return Finding(WARN, "no champion: rules serve", "When there is a history: shelduck train --as-of YYYY-MM-DD")
    folder = download_bundle(settings, row.version, row.content_hash)
    bundle = read_bundle(folder)
    for name in {placement.folder for placement in bundle.placements.values()}:
        load(folder / name)
    recipes = ", ".join(sorted({placement.recipe for placement in bundle.placements.values()}))
    return Finding(OK, f"champion is version {row.version}, trained as of {row.trained_as_of}, and loads: {recipes}")


def check_ledger(settings: Settings) -> Finding:
    """Every row stands in MLflow, every tag in the ledger, and the alias is where both say.

    Raises:
        JournalBroken: the ledger is damaged.
    """
    rows = promotions(settings)
    if not rows:
        return Finding(OK, "no promotion yet")
    known = {version.version: version for version in complete_versions(settings)}
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
    told = {row.version for row in rows}
    if untold := sorted(
        number for number, version in known.items() if Tag.promotion in version.tags and number not in told
    ):
        findings.append(Finding(FAIL, f"versions {untold} are promoted in MLflow, but not in the ledger", _REBUILD))
    now, alias = champion(settings), by_alias(settings, CHAMPION)
    if now and (alias is None or alias.version != now.version):
        remedy = "The ledger decides; clear the task promote of the last train_recommenders, which puts the alias back"
        findings.append(
            Finding(WARN, f"the alias names version {alias.version if alias else 'none'}, not {now.version}", remedy)
        )
    return worst(findings, f"{len(rows)} promotions, as in MLflow")
