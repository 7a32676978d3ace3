"""Passports of rows and items drawn from a published version, and what is wrong with them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from ml.fingerprint import file_fingerprint
from ml.operations.attempts import all_attempts
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.passport.passport import Partition, Passport, Reference
from ml.registry.client import connect
from ml.settings import Settings
from ml.words import said

Asked = tuple[str, str, str]
"""Shopper, item, shelf."""
TOLERANCE: Final = 1e-6
"""Of the sum of contributions."""
_DAGS: Final = {"dag_run": RECOMMEND.daily_dag, "training_dag_run": RECOMMEND.weekly_dag}


def published_rows(version: Version, count: int, seed: int) -> list[Asked]:
    """Rows of a version, drawn without regard to anything."""
    rows = pl.read_parquet(version.folder / "recommendation.parquet", columns=["user_id", "item_id", "placement"])
    return list(rows.sample(min(count, len(rows)), seed=seed).iter_rows())


def absent_items(settings: Settings, version: Version, count: int, seed: int) -> list[Asked]:
    """Items that stand on no such shelf: half of them bought by the shopper, half drawn from the catalogue."""
    rows = pl.read_parquet(version.folder / "recommendation.parquet", columns=["user_id", "item_id", "placement"])
    (snapshot,) = settings.slices_dir.glob(f"{version.as_of}-*")
    bought = pl.read_parquet(snapshot / "history.parquet", columns=["user_id", "item_id"]).unique(maintain_order=True)
    items = pl.read_parquet(snapshot / "dim_item.parquet")["item_id"].to_list()
    own, there, dice = list(bought.iter_rows()), set(rows.iter_rows()), random.Random(seed)
    users, shelves = rows["user_id"].unique().sort().to_list(), rows["placement"].unique().sort().to_list()
    found = list[Asked]()
    while len(found) < count:
        user, item = dice.choice(own) if len(found) % 2 else (dice.choice(users), dice.choice(items))
        asked = (user, item, dice.choice(shelves))
        if asked not in there:
            found.append(asked)
    return found


@dataclass
class Faults:
    """Finds what is wrong with passports; what many of them share is looked at once."""

    settings: Settings
    _links: dict[Reference, str] = field(default_factory=dict)
    _partitions: dict[str, str] = field(default_factory=dict)
    largest: float = 0.0
    """The largest difference of a sum of contributions from the log-odds, or the score, that they add up to."""
    explained: int = 0
    """Passports with contributions."""

    @property
    def links(self) -> int:
        """Distinct links and partitions that were followed."""
        return len(self._links) + len(self._partitions)

    def of(self, found: Passport) -> Iterator[str]:
        """In words; nothing for a sound passport."""
        yield from self._sums(found)
        for link in found.chain.references:
            if link not in self._links:
                self._links[link] = self._dangling(link)
            if fault := self._links[link]:
                yield fault
        for partition in found.chain.landing:
            key = f"{partition.path} {len(partition.files)}"
            if key not in self._partitions:
                self._partitions[key] = self._changed(partition)
            if fault := self._partitions[key]:
                yield fault

    def _sums(self, found: Passport) -> Iterator[str]:
        for place in found.places:
            if place.is_same is not True:
                yield f"{place.placement} of {found.user_id}, ranked again, is another shelf"
            terms = place.explanation.terms if place.explanation else None
            if terms is None:
                continue
            self.explained += 1
            difference = abs(sum(term.amount for term in terms.terms) - terms.total)
            self.largest = max(self.largest, difference)
            if difference > TOLERANCE:
                yield f"{place.placement}: contributions miss {terms.total} by {difference}"
            if place.row and place.objective == "purchase" and terms.score != place.row.score:
                yield f"{place.placement}: {terms.score} was published as {place.row.score}"

    def _dangling(self, link: Reference) -> str:
        if not link.value and not said(link.note):
            return f"{link.name}: nothing is told"
        if link.path and not (self.settings.home / link.path).exists():
            return f"{link.name}: {link.path} is not there"
        if link.value and link.name in _DAGS:
            runs = {attempt.run_id for attempt in all_attempts(self.settings, _DAGS[link.name])}
            return "" if link.value in runs else f"{link.name}: Airflow has no run {link.value}"
        if link.value and link.name == "training_run":
            run = connect(self.settings).get_run(link.value)
            page = f"#/experiments/{run.info.experiment_id}/runs/{link.value}"
            return "" if link.page == page else f"{link.name}: {link.page} is not the run's page"
        return ""

    def _changed(self, partition: Partition) -> str:
        """Whether a partition is gone, or not what was loaded."""
        top = self.settings.home if partition.path.startswith("landing/") else self.settings.landing_dir
        folder = Path(top / partition.path)
        if not folder.is_dir():
            return f"{partition.path} is not there"
        if not partition.files:
            return ""
        lines = sorted(f"{file.name} {file_fingerprint(file)}\n" for file in folder.iterdir())
        if hashlib.sha256("".join(lines).encode()).hexdigest() != partition.content_hash:
            return f"{partition.path} is not what was loaded"
        return (
            "" if {Path(path).name for path in partition.files} == {file.name for file in folder.iterdir()} else "files"
        )
