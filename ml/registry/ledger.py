"""The promotion ledger of a registered model: which of its versions decides from which day on.

It is append-only and lies outside MLflow and the warehouse. A day's model is a function of it, and the
alias ``champion`` is set from it, so promotions in any order, repeated or racing, end the same. Each row
also stands as a tag on its version, from which a lost ledger is rebuilt. Ledgers of other models are
neither read nor written.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.durable import append_line
from ml.errors import PromotionRefused, WarehouseLocked
from ml.registry.candidates import Answer, refuse_closed
from ml.registry.client import connect, registry_lock
from ml.registry.ledger_file import (
    has_single_file,
    is_lost,
    ledger_path,
    move_single_file,
    read_ledger,
    replace_ledger,
)
from ml.registry.versions import CHAMPION, ModelVersion, Tag, complete_versions, version_info
from ml.settings import Settings

_log = logging.getLogger(__name__)
ANYONE: Final = "anyone"
JUDGED_AGAINST: Final = "judged_against"
"""Tag of a training's run: the version of the champion that its candidates were compared with, as JSON."""
Knowledge = Literal["then", "now"]


class Promotion(BaseModel):
    """A row of the ledger. ``at`` and ``evidence`` are provenance; nothing is decided by them."""

    model_config = ConfigDict(frozen=True)
    row: int
    version: int
    trained_as_of: date
    effective_from: date
    content_hash: str
    who: str
    why: str
    at: str
    evidence: str = ""


@dataclass(frozen=True)
class Decision:
    """Who promotes, why, and what they knew.

    Attributes:
        newest_published: the newest published as-of date; days up to it keep the policy they had.
        judged_against: the champion before the candidate with which it was compared, None for none; the
            promotion is refused when another one is by now. ``ANYONE`` does not ask.
        approval: of the person who decided; None where nobody was asked.
    """

    who: str
    why: str
    newest_published: date | None
    judged_against: int | Literal["anyone"] | None = ANYONE
    approval: Answer | None = None


def promote(settings: Settings, model: str, version: int, decision: Decision) -> Promotion:
    """Let ``version`` of the model decide from the later of its as-of date and the day after the newest published one.

    A version that was promoted before keeps its row; only the alias is settled again. A lost MLflow counts its versions
    from 1 again, so a row is about a version of its number *and* content.

    Raises:
        ModelMissing: there is no such finished version.
        PromotionRefused: the champion is not the one it was judged against; somebody rejected the version; or a
            person approved it although a newer one was registered after it.
    """
    client = connect(settings)
    with registry_lock(settings, f"promote {model} version {version} by {decision.who}"):
        rows = _restored(settings, model)
        info = version_info(settings, model, version)
        done = next((row for row in rows if (row.version, row.content_hash) == (version, info.content_hash)), None)
        if done is None:
            refuse_closed(complete_versions(settings, model), info, decision.approval)
            done = _row(info, len(rows), decision)
            _refuse_outrun(model, rows, done, decision.judged_against)
            client.set_model_version_tag(model, str(version), Tag.promotion, done.model_dump_json())
            append_line(ledger_path(settings, model), done.model_dump(mode="json"))
            rows.append(done)
        there = {(found.version, found.content_hash) for found in complete_versions(settings, model)}
        champion = _latest_trained(row for row in rows if (row.version, row.content_hash) in there)
        assert champion is not None
        client.set_registered_model_alias(model, CHAMPION, str(champion.version))
        return done


def policy_effective(settings: Settings, model: str, day: date, knowledge: Knowledge | None = None) -> Promotion | None:
    """The promotion that decides on ``day``: of those effective by then, the latest trained, then the later row.

    With the knowledge ``now`` every promotion counts, whenever it became effective. ``None`` (the result)
    means that no version is effective: the capability does without a model. ``knowledge`` defaults to the settings'.

    Raises:
        JournalBroken: the ledger is damaged; see ``rebuild_ledger``.
    """
    rows = promotions(settings, model)
    return policy_of(rows, day) if (knowledge or settings.knowledge) == "then" else champion(rows)


def policy_of(rows: Iterable[Promotion], day: date) -> Promotion | None:
    """Of these promotions the one that was effective on ``day``, with the knowledge of then."""
    return _latest_trained(row for row in rows if row.effective_from <= day)


def champion(rows: Iterable[Promotion]) -> Promotion | None:
    """The promotion that the alias ``champion`` stands for."""
    return _latest_trained(rows)


def champion_before(rows: Iterable[Promotion], day: date) -> Promotion | None:
    """The champion that a model trained as of ``day`` follows: so a backfilled training has its own time's rival."""
    return _latest_trained(row for row in rows if row.trained_as_of < day)


def promotions(settings: Settings, model: str) -> list[Promotion]:
    """Every promotion, oldest first. A lost ledger is written again, unless somebody holds the registry just now;
    the file of an earlier version is moved likewise.

    Not for the holder of the registry lock: see ``recorded``.
    """
    if is_lost(settings, model) or has_single_file(settings, model):
        with suppress(WarehouseLocked), registry_lock(settings, f"restore the ledger of {model}", patience=0.0):
            return _restored(settings, model)
    return recorded(settings, model)


def recorded(settings: Settings, model: str) -> list[Promotion]:
    """Every promotion, oldest first, of a lost ledger as MLflow's tags tell it; takes no lock and writes nothing."""
    if is_lost(settings, model):
        return _tagged(settings, model)
    return [Promotion.model_validate(line) for line in read_ledger(settings, model)]


def promoted_contents(settings: Settings, model: str) -> set[str]:
    """The content hashes that the ledger on the disk names; empty without one. MLflow is not asked."""
    return {Promotion.model_validate(line).content_hash for line in read_ledger(settings, model)}


def rebuild_ledger(settings: Settings, model: str) -> list[Promotion]:
    """Write a model's ledger anew from the tags in MLflow, as after its loss or damage."""
    with registry_lock(settings, f"rebuild the ledger of {model}"):
        return _written(settings, model)


def _restored(settings: Settings, model: str) -> list[Promotion]:
    """The promotions; writes a lost ledger and moves an old one. The caller holds the registry lock."""
    move_single_file(settings, model)
    return _written(settings, model) if is_lost(settings, model) else recorded(settings, model)


def _written(settings: Settings, model: str) -> list[Promotion]:
    rows = _tagged(settings, model)
    replace_ledger(settings, model, "".join(row.model_dump_json() + "\n" for row in rows))
    return rows


def _tagged(settings: Settings, model: str) -> list[Promotion]:
    """What the versions' tags in MLflow tell; one that somebody wrote by hand is no promotion."""
    rows = []
    for found in complete_versions(settings, model):
        try:
            rows.append(Promotion.model_validate_json(found.tags.get(Tag.promotion, "null")))
        except ValidationError:
            if Tag.promotion in found.tags:
                _log.warning("tag %s of %s version %d is no promotion: left out", Tag.promotion, model, found.version)
    return sorted(rows, key=lambda row: (row.row, row.version))


def _row(info: ModelVersion, row: int, decision: Decision) -> Promotion:
    newest = decision.newest_published
    first_free = newest + timedelta(days=1) if newest else info.trained_as_of
    return Promotion(
        row=row,
        version=info.version,
        trained_as_of=info.trained_as_of,
        effective_from=max(info.trained_as_of, first_free),
        content_hash=info.content_hash,
        who=decision.who,
        why=decision.why,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        evidence=decision.approval.evidence if decision.approval else "",
    )


def _refuse_outrun(model: str, rows: list[Promotion], asked: Promotion, judged_against: int | str | None) -> None:
    before = champion_before(rows, asked.trained_as_of)
    found = before.version if before else None
    if judged_against not in (ANYONE, found):
        raise PromotionRefused(
            f"model {model} version {asked.version}",
            expected=f"the champion it was judged against, version {judged_against}",
            found=f"version {found}",
            remedy="Judge it against that one: shelduck train --as-of " + str(asked.trained_as_of),
        )


def _latest_trained(rows: Iterable[Promotion]) -> Promotion | None:
    return max(rows, key=lambda row: (row.trained_as_of, row.row), default=None)
