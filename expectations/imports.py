"""Great Expectations for less: two libraries that only its statistical expectations use are imported when used.

Of a gate of the demo, a process of its own, a third of the CPU went to importing Great Expectations, and half of that
to ``scipy.stats`` and ``altair``, which no suite here needs. Both are offered as modules that import themselves once
one of their names is asked for, so a suite that does need them gets them.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final

_SELDOM_USED: Final = ("scipy.stats", "altair")
_LIBRARY: Final = "great_expectations"


def import_quietly() -> None:
    """Import Great Expectations: offline, without log noise, and no more than it needs."""
    if _LIBRARY in sys.modules:
        return
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger(_LIBRARY).setLevel(logging.WARNING)
    collects = gc.isenabled()
    gc.disable()  # thousands of classes are made and all of them stay: searching them for garbage took a quarter
    try:
        put_off(_SELDOM_USED)
        import_module(_LIBRARY)
    finally:
        if collects:
            gc.enable()
    logging.getLogger(f"{_LIBRARY}.data_context.types.base").setLevel(logging.WARNING)  # sets its own


def put_off(names: tuple[str, ...]) -> None:
    """Let ``import`` of each of the modules give one that imports itself when used; not of one that is there."""
    for name in names:
        parent, _, child = name.rpartition(".")
        if name in sys.modules or find_spec(name) is None:
            continue
        sys.modules[name] = _Later(name)
        if parent:
            setattr(sys.modules[parent], child, sys.modules[name])


class _Later(ModuleType):
    """A module that takes the place of another until one of its names is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks of every module
            raise AttributeError(name)
        parent, _, child = self.__name__.rpartition(".")
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = import_module(self.__name__)
        if parent:
            setattr(sys.modules[parent], child, module)
        self.__dict__.update(vars(module))
        return getattr(module, name)
