"""What a capability declares about itself; everything that is the same for all of them follows from it.

Importing this module, or a declaration, loads no library and none of the capability's own code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ml.tables import Table


@dataclass(frozen=True)
class Training:
    """How a capability learns. Each function is named as ``package.module:function``.

    Attributes:
        days: ``(settings, as_of) -> as-of dates``, oldest first, whose snapshots a training as of that day reads.
        fit: ``(settings, snapshot folders, provenance) -> version`` of the model that it registered as candidate.
        promote: ``(settings, version, who, approval) -> version`` that decides from then on; ``approval``
            (``ml.registry.candidates``) is None where no person was asked.
        review: ``(settings, version, champion or None) -> ml.registry.review.Findings``: what speaks for and against
            a candidate, beyond who trained it from what; empty where there is nothing more to say.
    """

    days: str
    fit: str
    promote: str
    review: str = ""


@dataclass(frozen=True)
class Capability:
    """A folder that turns a day's feature snapshot into published tables.

    Attributes:
        name: of ``ml/<name>``, ``expectations/suites/<name>``, ``published/<name>`` and, unless ``dag`` says
            otherwise, of the DAG ``build_<name>``.
        description: one line for people who choose among capabilities.
        outputs: the published tables.
        reads: the dbt models of the snapshot that it reads, its gates included.
        compute: ``package.module:function``, a pure function ``ml.day.Day -> ml.day.Result``.
        compares: days before D on which ``compute`` sees the shop as well (``ml.day.Day.before``), ascending.
        compared: those of ``reads`` that it sees there.
        needs: landing tables without which there is nothing to compute; a shop that lands none of one is told so.
        upstream: capabilities whose published tables of the same day it reads.
        upstream_if_landed: likewise, where the shop lands what they need and they are switched on.
        training: how it learns; None where it does not.
        models: names of the models that it registers, each with aliases and a promotion ledger of its own.
        settings: names of the settings that decide what it publishes.
        changes: ``package.module:function`` of ``(settings, version, version) -> sections`` (``ml.documents``): what a
            person reads of a change beyond rows added, removed and changed.
        pages: ``package.module:function`` of ``(settings, version) -> pages`` (``ml.documents``) of the site of the
            version's day; loaded only where a site is built.
        shopper: ``package.module:function`` of ``(settings, version) -> ml.documents.ShopperParts``: what the page
            Shopper shows of each shopper.
        provenance: ``package.module:function`` of ``(settings, day) -> mapping``: what the manifest tells beside who
            ran it and when; no row depends on it.
        published: ``package.module:function`` of ``(settings, version id)``, called after a publication.
        dag, training_dag, reviewing_dag: where they are not ``build_<name>``, ``train_<name>`` and ``review_<name>``.
    """

    name: str
    description: str
    outputs: tuple[Table, ...]
    reads: tuple[str, ...]
    compute: str
    compares: tuple[int, ...] = ()
    compared: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    upstream_if_landed: tuple[str, ...] = ()
    training: Training | None = None
    models: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    changes: str = ""
    pages: str = ""
    shopper: str = ""
    provenance: str = ""
    published: str = ""
    dag: str = ""
    training_dag: str = ""
    reviewing_dag: str = ""

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The published tables by name."""
        return {table.name: table for table in self.outputs}

    @property
    def package(self) -> str:
        """Its Python package."""
        return f"ml.{self.name}"

    @property
    def daily_dag(self) -> str:
        """The id of the DAG that computes and publishes its day."""
        return self.dag or f"build_{self.name}"

    @property
    def weekly_dag(self) -> str:
        """The id of the DAG that trains its models."""
        return self.training_dag or f"train_{self.name}"

    @property
    def review_dag(self) -> str:
        """The id of the DAG in which a person decides on a candidate."""
        return self.reviewing_dag or f"review_{self.name}"

    def training_command(self, day: date) -> str:
        """What trains it as of the last Saturday up to ``day``: a training's week runs from Sunday to Sunday."""
        saturday = day - timedelta(days=(day.isoweekday() + 1) % 7)
        return f"shelduck train --as-of {saturday} --capability {self.name}"

    @property
    def model(self) -> str:
        """The model whose versions its training registers as candidates."""
        return self.models[0]
