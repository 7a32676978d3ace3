"""The sites behind Airflow's login, for whoever may read the DAG that publishes the shelves."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from ml.html import templates
from ml.pages.site.build import FRONT, newest_site, site_folder, site_root
from ml.pages.site.render import CONTENT_POLICY
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
_HEADERS: Final = {
    "Content-Security-Policy": f"{CONTENT_POLICY.replace(' file:', '')}; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_NONE: Final = "No site has been built yet. It is built after a day is published, and by: shelduck site"

router = APIRouter(
    dependencies=[Depends(requires_access_dag("GET", param_dag_id=RECOMMEND.daily_dag))], include_in_schema=False
)


@router.get("/site")
@router.get("/site/")
def newest(request: Request) -> Response:
    """Leads to the site of the newest day that has one."""
    day = newest_site(Settings())
    if day is None:
        text = templates(Path(__file__).parent.parent).get_template("message.html").render(text=_NONE)
        return HTMLResponse(text, status_code=404)
    return RedirectResponse(
        f"{request.scope.get('root_path', '')}/site/{day}/{FRONT}", headers={"Cache-Control": "no-store"}
    )


@router.get("/site/{day}/{path:path}")
def page(day: str, path: str) -> FileResponse:
    """A file of a day's site; no other file of the data home."""
    found = site_file(Settings(), day, path)
    if found is None:
        raise HTTPException(404, "no such page")
    kept = "private, max-age=600" if path.startswith("assets/") else "no-store"  # assets say nothing about a shop
    return FileResponse(found, headers=_HEADERS | {"Cache-Control": kept}, media_type=_TYPES[found.suffix])


def site_file(settings: Settings, day: str, path: str) -> Path | None:
    """The file ``path`` of the site of ``day``; None where it is none of a kind that sites have, or leads out of it."""
    try:
        root = site_folder(settings, date.fromisoformat(day)).resolve()
        found = (root / (path or FRONT)).resolve()
        inside = root.is_relative_to(site_root(settings).resolve()) and found.is_relative_to(root)
        return found if inside and found.suffix in _TYPES and found.is_file() else None
    except (OSError, ValueError):  # no day, or a name that no file can have
        return None
