"""Personal data in the texts that people wrote is masked before a row is stored: only landing files hold it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ml.text import masking, personal_numbers, personal_places

if TYPE_CHECKING:
    from ml.landing.staging import Stage

_FUNCTION: Final = "masked"
_MODULES: Final = (masking, personal_numbers, personal_places)


@cache
def masking_revision() -> str:
    """Changes with the code that masks, so that texts which were masked otherwise are read again."""
    digest = hashlib.sha256()
    for module in _MODULES:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:12]


def mask_texts(stage: Stage) -> None:
    """Mask the staged values of the columns that the contract says to mask."""
    names = stage.table.masked
    if not names:
        return
    connection = stage.connection
    connection.create_function(_FUNCTION, masking.masked, ["VARCHAR"], "VARCHAR")
    try:
        changed = ", ".join(f'"{name}" = {_FUNCTION}("{name}")' for name in names)
        connection.execute(f"update staged set {changed}")
    finally:
        connection.remove_function(_FUNCTION)
