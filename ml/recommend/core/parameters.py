"""A recommender's parameters: their ranges, declared next to its class, and values other than its defaults.

A recommender's fields are its parameters. ``space`` says which are worth searching and where::

    space: ClassVar[Space] = {"penalty": Between(30.0, 3000.0, log=True), "kind": OneOf("cosine", "bm25")}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ml.errors import WrongParameter

if TYPE_CHECKING:
    from ml.recommend.core.protocol import Recommender

Value: TypeAlias = str | int | float | bool
SEED: Final = "seed"
THREADS: Final = "threads"
"""Changes how fast a recommender learns, not what: no part of a saved model, nor of a training's key."""


@dataclass(frozen=True)
class Between:
    """Numbers from ``low`` to ``high``, both included; whole ones where the default is whole. ``log`` for scales."""

    low: float
    high: float
    log: bool = False

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True, init=False)
class OneOf:
    """One of some values."""

    values: tuple[Value, ...]

    def __init__(self, *values: Value) -> None:
        object.__setattr__(self, "values", values)

    def __contains__(self, value: object) -> bool:
        return value in self.values


Range: TypeAlias = Between | OneOf
Space: TypeAlias = Mapping[str, Range]


def configured(
    kind: type[Recommender],
    parameters: Mapping[str, object] | None = None,
    everywhere: Mapping[str, Value] | None = None,
) -> Recommender:
    """A recommender with ``parameters`` in place of its defaults.

    ``everywhere`` holds what all recommenders are told; each takes what it has, unless ``parameters`` says otherwise.

    Raises:
        WrongParameter: it has no such parameter, or a value is of another type than the default's.
    """
    defaults = kind().params
    given = {name: value for name, value in (everywhere or {}).items() if name in defaults}
    for name, value in (parameters or {}).items():
        if name not in defaults:
            raise _wrong(kind.name, f"one of {', '.join(defaults) or 'no parameters'}", name)
        given[name] = _fitting(kind.name, name, defaults[name], value)
    return kind(**given)


def that_matter(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Only the parameters on which the result depends."""
    return {name: value for name, value in parameters.items() if name != THREADS}


def _fitting(recommender: str, name: str, default: Value, value: object) -> Value:
    wanted = type(default)
    if isinstance(value, int) and not isinstance(value, bool) and wanted is float:
        return float(value)
    if type(value) is not wanted:
        raise _wrong(recommender, f"{name} as {wanted.__name__}, such as {default!r}", repr(value))
    return value  # type: ignore[return-value]


def _wrong(recommender: str, expected: str, found: str) -> WrongParameter:
    return WrongParameter(
        f"parameters of {recommender}", expected=expected, found=found, remedy="Mend SHELDUCK_PARAMETERS"
    )
