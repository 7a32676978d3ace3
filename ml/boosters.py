"""Boosters that score: LightGBM without the libraries that only its other interfaces need, which take a second to load.

LightGBM looks for scikit-learn, pandas and pyarrow when it is imported and works without; tables here are NumPy's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import lightgbm

_UNUSED: Final = ("sklearn", "pandas", "pyarrow")


def loaded_booster(text: str) -> lightgbm.Booster:
    """The booster that was written as ``text``."""
    with _absent(_UNUSED if "lightgbm" not in sys.modules else ()):
        import lightgbm
    return lightgbm.Booster(model_str=text)


@contextmanager
def _absent(names: Sequence[str]) -> Iterator[None]:
    """Lets libraries that nothing has loaded yet seem not to be installed."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None stands for no such module
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
