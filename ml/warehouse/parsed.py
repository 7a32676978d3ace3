"""Keeps what dbt made of the project's sources beside the warehouse: parsing takes longer than all of its small models.

dbt's own cache is refused in a copied or moved data home, and by a run with another batch size.
"""

from __future__ import annotations

import hashlib
import logging
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from ml.code.sources import hash_of, read_project
from ml.durable import temporary_beside
from ml.warehouse.lineage import PROJECT

_NAME: Final = "parsed"
_DECIDING: Final = ("dbt-core", "dbt-duckdb", "dbt-adapters")

log = logging.getLogger(__name__)


def parsed_path(place: Path, batch_size: str) -> Path:
    """Where in ``place`` the project lies as this dbt parses it: another source, dbt or place of it, another file."""
    made_by = [f"{name} {version(name)}" for name in _DECIDING]
    key = "\n".join([hash_of(read_project(PROJECT) | _descriptions()), str(PROJECT), *made_by])
    return place / f"{_NAME}-{hashlib.sha256(key.encode()).hexdigest()[:16]}-{batch_size}.msgpack"


def _descriptions() -> dict[str, str]:
    return {path.relative_to(PROJECT).as_posix(): path.read_text("utf-8") for path in PROJECT.glob("models/**/*.md")}


def read_parsed(path: Path) -> Any:
    """The manifest that was kept there; None where there is none or it cannot be read."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    try:
        manifest = Manifest.from_msgpack(path.read_bytes(), decoder=extended_mashumuro_decoder)
        manifest.build_parent_and_child_maps()
        manifest.build_group_map()
        manifest.build_flat_graph()
    except FileNotFoundError:
        return None
    except Exception as unreadable:  # a cache: whatever its bytes are, the project is parsed again
        log.info("%s is not used: %s", path.name, type(unreadable).__name__)
        return None
    return manifest


def keep_parsed(path: Path, manifest: Any) -> None:
    """Keep the manifest there; those of other sources go."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    alike = path.name.rpartition("-")[0]
    for old in path.parent.glob(f"{_NAME}-*.msgpack"):
        if not old.name.startswith(alike):
            old.unlink(missing_ok=True)
    temporary = temporary_beside(path)
    temporary.write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))
    temporary.replace(path)
