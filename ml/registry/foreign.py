"""Model versions that no training of Shelduck registered: they are named where it matters, and left alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ml.registry.client import connect
from ml.registry.versions import Tag, aliases, is_own, search_all
from ml.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient

_NAMED: Final = 5


@dataclass(frozen=True)
class Foreign:
    """A version that was registered by hand or by another program.

    Attributes:
        sources: what it was made from, as MLflow tells it: a run's id, a logged model's id, an address.
    """

    model: str
    version: str
    aliases: tuple[str, ...]
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.model} version {self.version}" + (f" ({', '.join(self.aliases)})" if self.aliases else "")

    def is_made_from(self, names: Sequence[str]) -> bool:
        """Whether it needs the files of a run or a logged model with one of these ids or addresses."""
        return any(name in source for source in self.sources for name in names if name)


def foreign_versions(settings: Settings, models: Collection[str]) -> list[Foreign]:
    """Every version that Shelduck did not register; one that it left unfinished is its own.

    Args:
        models: names of the models that Shelduck trains. Foreign versions of these come first.
    """
    client = connect(settings)
    found = [each for each in search_all(client) if not _is_ours(each, models)]
    named = {model: _aliases(client, model) for model in {each.name for each in found}}
    versions = [
        Foreign(
            model=each.name,
            version=str(each.version),
            aliases=tuple(sorted(named[each.name].get(int(each.version), ()))),
            sources=tuple(filter(None, (each.run_id, getattr(each, "model_id", None), each.source))),
        )
        for each in found
    ]
    return sorted(versions, key=lambda each: (each.model not in models, each.model, int(each.version)))


def named(versions: Sequence[Foreign]) -> str:
    """``shelf version 4 (champion), other version 1 and 3 more``."""
    more = f" and {len(versions) - _NAMED} more" if len(versions) > _NAMED else ""
    return ", ".join(map(str, versions[:_NAMED])) + more


def _is_ours(found: Any, models: Collection[str]) -> bool:
    return found.name in models and (is_own(found.tags) or _is_unfinished(found.tags))


def _is_unfinished(tags: Any) -> bool:
    return Tag.training_key in tags and Tag.complete not in tags


def _aliases(client: MlflowClient, model: str) -> dict[int, list[str]]:
    by_version: dict[int, list[str]] = {}
    for alias, version in aliases(client, model).items():
        by_version.setdefault(version, []).append(alias)
    return by_version
