"""Whether a fact that holds for some products only is stated of one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ml.text.validation.names import Mention
from ml.text.validation.scan import Statement

_BOUNDARY: Final = re.compile(r"[.!?](?=\s|$)|[。！？；;\n]")


def is_attributed(
    statement: Statement, owners: frozenset[int], mentions: Sequence[Mention], others: Sequence[Statement], text: str
) -> bool:
    """Whether the products named nearest to a statement include an owner of the fact; so if none is named.

    Nearest are the products named in the same sentence before it and after it, up to the next statement of its kind;
    without any, those of the sentences around.

    Args:
        text: names and numbers replaced.
    """
    start, end = _sentence(text, statement)
    inner = [mention for mention in mentions if start <= mention.start < end]
    chosen = _nearest(statement, inner or mentions, others)
    return not chosen or any(mention.owners & owners for mention in chosen)


def _sentence(text: str, statement: Statement) -> tuple[int, int]:
    before = [match.end() for match in _BOUNDARY.finditer(text, 0, statement.start)]
    after = _BOUNDARY.search(text, statement.end)
    return (before[-1] if before else 0), (after.start() if after else len(text))


def _nearest(statement: Statement, mentions: Sequence[Mention], others: Sequence[Statement]) -> list[Mention]:
    rivals = [other for other in others if other.kind == statement.kind and other is not statement]
    floor = max((other.end for other in rivals if other.end <= statement.start), default=0)
    ceiling = min((other.start for other in rivals if other.start >= statement.end), default=10**9)
    before = [mention for mention in mentions if mention.end <= statement.start]
    after = [mention for mention in mentions if mention.start >= statement.end]
    within = [mention for mention in mentions if mention not in before and mention not in after]
    near_before = [mention for mention in before if mention.start >= floor] or before[-1:]
    near_after = [mention for mention in after if mention.end <= ceiling]
    return [*within, *near_before, *near_after]
