"""Every published table of a version, with one word that tells its content from another's."""

from __future__ import annotations

import shutil
from datetime import date

import polars as pl

from ml.fingerprint import file_fingerprint
from ml.publish.readers import versions
from ml.publish.shared_files import store_dir
from ml.publish.store import read_manifest
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import PAGE_SLOT, POLICY, PURCHASE_PROBABILITY, RECOMMENDATION
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.recommend.screens.page import page_slots
from ml.settings import Settings
from ml.tables import Col, Kind, Table


def tables(day: date, word: str, rows: int = 3) -> dict[str, pl.DataFrame]:
    """Every published table, with ``word`` in each."""
    texts = {name: word for name, kind in RECOMMENDATION.schema.items() if kind == pl.String}
    shelf = pl.DataFrame(
        {
            **texts,
            Col.placement: "for_you",
            Col.user_id: "7",
            Col.rank: range(1, rows + 1),
            Col.item_id: [f"item-{rank}" for rank in range(rows)],
            Col.score: [1.0 / (rank + 1) for rank in range(rows)],
            Col.propensity: 1.0,
            Col.rank_before_rules: range(1, rows + 1),
            Col.rules_applied: [[] for _ in range(rows)],
            Col.evidence_item_ids: [[f"item-{other}" for other in range(rank)] for rank in range(rows)],
            Col.as_of_date: day,
        }
    )
    policy = pl.DataFrame([dict.fromkeys(POLICY.schema, word) | {Col.placement: "for_you"}])
    probabilities = pl.DataFrame(
        {
            **{name: word for name, kind in PURCHASE_PROBABILITY.schema.items() if kind == pl.String},
            Col.item_id: [f"item-{number}" for number in range(rows)],
            Col.probability: 0.5,
            Col.horizon_days: 28,
            Col.as_of_date: day,
        }
    )
    empty = {table.name: table.empty() for table in RECOMMEND.outputs}
    slots = page_slots(RECOMMENDATION.checked(shelf), [Layout("home", (LayoutRow("for_you"),))])
    made = {RECOMMENDATION.name: shelf, POLICY.name: policy, PAGE_SLOT.name: slots}
    return empty | made | {PURCHASE_PROBABILITY.name: probabilities}


def one_row(table: Table, day: date, **given: object) -> pl.DataFrame:
    """A row of ``table``: ones, empty lists, ``word`` for texts, and what is given."""
    values = {
        Kind.TEXT: "word",
        Kind.TEXTS: [],
        Kind.COUNT: 1,
        Kind.RANK: 1,
        Kind.NUMBER: 1.0,
        Kind.DAY: day,
        Kind.FLAG: True,
        Kind.BYTES: b"\x01",
    }
    row = {column.name: values[column.kind] for column in table.columns} | given
    return pl.DataFrame([row], schema=table.schema)


def as_sealed_before(settings: Settings) -> None:
    """Let published versions be as releases without shared tables left them: manifests list the databases."""
    for each in versions(settings, RECOMMEND):
        path = each.folder / "manifest.json"
        files = {found.name: file_fingerprint(found) for found in each.folder.iterdir() if found != path}
        manifest = read_manifest(each).sealed(files)
        path.chmod(0o600)
        path.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(store_dir(settings, RECOMMEND))
    (settings.published_of("recommend") / "databases.json").unlink()
