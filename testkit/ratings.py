"""A film site that never was: viewers with tastes rate films from 1 to 5; the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST_DAY = date(2025, 4, 1)
REPEATED = 0.03
"""Share of ratings that are of a film that the viewer rated before, with another mind."""


@dataclass(frozen=True)
class Site:
    """How large the site is, and how much tastes differ: 0 makes all viewers alike."""

    viewers: int = 60
    films: int = 50
    days: int = 61
    daily: float = 0.6
    """Ratings of a viewer per day."""
    taste: float = 1.0
    seed: int = 11

    @property
    def calendar(self) -> list[date]:
        """The days, oldest first."""
        return [FIRST_DAY + timedelta(days=number) for number in range(self.days)]

    def ratings(self) -> Iterator[dict[str, Any]]:
        """One event per rating, as the landing contract wants it, in the order of days.

        Viewers join one after the other in the first half of the days. Which film a viewer rates depends on how well
        known it is and on the viewer's taste; the stars depend on the taste and on how good the film is.
        """
        draw = np.random.default_rng(self.seed)
        known, liking = self._tastes(draw)
        joins = np.sort(draw.integers(0, self.days // 2, self.viewers))
        left = np.ones((self.viewers, self.films), dtype=bool)
        for number, day in enumerate(self.calendar):
            times = draw.poisson(self.daily, self.viewers) * (joins <= number)
            for place, viewer in enumerate(np.repeat(np.arange(self.viewers), times)):
                film = self._next(draw, known[viewer], left[viewer])
                left[viewer, film] = False
                stars = int(np.clip(np.round(liking[viewer, film] + 0.4 * draw.standard_normal()), 1, 5))
                yield {
                    "event_id": f"{day}-{place}",
                    "user_id": f"v{viewer:04}",
                    "item_id": f"f{film:04}",
                    "event_type": "rate",
                    "event_ts": (datetime.combine(day, time(18), UTC) + timedelta(seconds=place)).isoformat(),
                    "rating": stars,
                }

    def _tastes(self, draw: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Viewers x films: how likely each film is to be seen next, up to a factor, and how much it is liked."""
        taste, style = draw.standard_normal((self.viewers, 4)), draw.standard_normal((self.films, 4))
        affinity = self.taste * taste @ style.T / 2.0
        fame = 1.0 / np.arange(1, self.films + 1, dtype=np.float64) ** 0.7
        return fame * np.exp(1.2 * affinity), 3.3 + 0.4 * draw.standard_normal(self.films) + 0.8 * affinity

    @staticmethod
    def _next(draw: np.random.Generator, known: NDArray[np.float64], left: NDArray[np.bool_]) -> int:
        again = draw.random() < REPEATED and not left.all()
        weights = known * (~left if again or not left.any() else left)
        return int(draw.choice(len(weights), p=weights / weights.sum()))


def write_movielens(folder: Path, site: Site) -> None:
    """Write the site in the layout of MovieLens 100K: u.data and u.item, separated by tabs and by |."""
    folder.mkdir(parents=True)
    lines = [
        f"{row['user_id']}\t{row['item_id']}\t{row['rating']}\t{datetime.fromisoformat(row['event_ts']).timestamp():.0f}\n"
        for row in site.ratings()
    ]
    (folder / "u.data").write_text("".join(lines))
    flags = ["|".join("1" if genre == film % 18 + 1 else "0" for genre in range(19)) for film in range(site.films)]
    films = [f"f{film:04}|Film {film}|01-Jan-1995|||{flags[film]}\n" for film in range(site.films)]
    (folder / "u.item").write_text("".join(films))


def write_site(landing: Path, site: Site) -> list[date]:
    """Write the site's days as JSON lines, then the marks that close them; returns the days."""
    kinds = ("Drama", "Comedy", "Thriller", "Documentary")
    films = [
        {"item_id": f"f{film:04}", "item_name": f"Film {film}", "item_category": kinds[film % 4]}
        for film in range(site.films)
    ]
    _write(landing, "items", FIRST_DAY, films)
    by_day: dict[date, list[dict[str, Any]]] = {day: [] for day in site.calendar}
    for rating in site.ratings():
        by_day[date.fromisoformat(rating["event_ts"][:10])].append(rating)
    for day, rows in by_day.items():
        if rows:
            _write(landing, "interactions", day, rows)
        mark = landing / "_closed" / day.isoformat()
        mark.parent.mkdir(exist_ok=True)
        mark.touch()
    return site.calendar


def _write(landing: Path, table: str, day: date, rows: list[dict[str, Any]]) -> None:
    folder = landing / table / f"dt={day}"
    folder.mkdir(parents=True)
    (folder / "export.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
