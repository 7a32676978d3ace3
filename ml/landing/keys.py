"""Keys of rows as SQL: whether two rows have the same one, and how a refused row's key is named."""

from __future__ import annotations

from ml.landing.schema import LandingTable
from ml.tables import Col


def same_key(table: LandingTable, left: str, right: str) -> str:
    """SQL: two rows have one key; an absent part of a key equals an absent one."""
    required = set(table.required)
    return " and ".join(
        f'{left}."{name}" = {right}."{name}"'
        if name in required
        else f'{left}."{name}" is not distinct from {right}."{name}"'
        for name in table.key
    )


def key_text(table: LandingTable, source: str) -> str:
    """SQL: the key of a row of ``source`` as text; null where the table restricts nothing or a part is unreadable.

    Where a shopper is part of the key it is a digest: refusals are shown to people and must not name anybody.
    """
    if not table.restricts:
        return "null::varchar"
    parts = [f'{source}."{name}"::varchar' for name in table.key]
    if Col.user_id in table.key:
        text = f"'key-' || left(sha256(concat_ws(chr(31), {', '.join(parts)})), 16)"
    else:
        text = " || ' + ' || ".join(parts)
    return f"case when {' and '.join(f'{part} is not null' for part in parts)} then {text} end"
