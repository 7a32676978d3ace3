"""The gates' pages of a day behind Airflow's login, for whoever may read the DAG that made them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import FileResponse

from expectations.report import page_path
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

_FOLDER: Final = "gates"
_HEADERS: Final = {
    # these pages are text and style; nothing in them runs or asks anybody for anything
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

router = APIRouter()


@router.get(
    "/reports/{path:path}", dependencies=[Depends(requires_access_dag("GET", param_dag_id=RECOMMEND.daily_dag))]
)
def report(path: str) -> FileResponse:
    """The page of a day's gates; no other file of the data home."""
    found = report_file(Settings(), path)
    if found is None:
        raise HTTPException(404, "no such report")
    return FileResponse(found, headers=_HEADERS, media_type="text/html")


def report_file(settings: Settings, path: str) -> Path | None:
    """The HTML file ``path`` below the gates' folder; None where it is none, or leads out of it."""
    root = settings.reports_dir.resolve()
    try:
        found = (root / path).resolve()
        inside = found.is_relative_to(root / _FOLDER)
        return found if inside and found.suffix == ".html" and found.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def gates_link(settings: Settings, day: date) -> str | None:
    """Where the gates' page of ``day`` is served, relative to the tab Day; None where there is none."""
    page = page_path(settings, day)
    return page.relative_to(settings.home).as_posix() if page.is_file() else None
