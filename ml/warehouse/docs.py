"""dbt's documentation as one HTML file in the data home."""

from __future__ import annotations

import os
from pathlib import Path

from ml.settings import Settings
from ml.warehouse import dbt
from ml.warehouse.lineage import PROJECT
from ml.warehouse.lock import warehouse_lock


def write_docs(settings: Settings, holder: str = "shelduck") -> Path:
    """Models, columns, tests, exposures and the graph of them; returns ``reports/dbt/index.html``.

    Raises:
        BuildFailed: dbt could not make it, for example because nothing was built yet.
    """
    with warehouse_lock(settings, holder):
        dbt.run(settings, "docs generate", {"batch_size": "day"}, "--static")
    page = (dbt.workplace(settings) / "static_index.html").read_text(encoding="utf-8")
    for folder in (dbt.workplace(settings), PROJECT, settings.home, PROJECT.parent):
        page = page.replace(f"{folder}/", "").replace(str(folder), "")
    target = settings.reports_dir / "dbt" / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}")
    draft.write_text(page, encoding="utf-8")
    return draft.replace(target)
