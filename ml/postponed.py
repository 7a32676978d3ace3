"""Imports that wait: what a library imports at its start, and our use of it never touches, is imported when touched.

A module that waits is the module itself, only not yet run: whoever asks it for one of its names, or imports a module
below it, today or in a later release of the library, has it run first. So a wrong guess costs time only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock, get_ident
from types import ModuleType
from typing import Any, Final, cast

_PATH: Final = "__path__"
_ASKED: Final = ("__all__", _PATH)


@contextmanager
def postponed(*names: str, absent: Sequence[str] = ()) -> Iterator[None]:
    """Within it, an import of one of the modules gives one that runs when a name of it is asked for.

    As long as it lasts, modules below one that waits are imported without it. Modules that are there already are as
    ever, and so is everything for other threads.

    Args:
        absent: what cannot be imported at all, for libraries that do without what is not installed.
    """
    finder = _Finder(names, absent)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for module in (sys.modules.get(name) for name in names):
            if isinstance(module, _Later):
                vars(module).pop(_PATH, None)  # so that whoever imports a module below has to ask for it


class _Finder(MetaPathFinder):
    def __init__(self, names: Sequence[str], absent: Sequence[str]) -> None:
        self.names, self.absent, self.thread = names, absent, get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if get_ident() != self.thread:
            return None
        if fullname in self.absent:
            raise ModuleNotFoundError(f"No module named {fullname!r}: it is not offered here", name=fullname)
        spec = PathFinder.find_spec(fullname, path, target) if fullname in self.names else None
        if spec and spec.loader:
            spec.loader = _Waiting(spec.loader)
        return spec


class _Waiting(Loader):
    """Makes the module, and leaves it to the module to run itself."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = cast("ModuleSpec", module.__spec__)
        module.__loader__ = spec.loader = self._loader
        spec.loader_state = _Run(self._loader)
        module.__class__ = _Later


class _Later(ModuleType):
    """A module that waits."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in _ASKED:
            raise AttributeError(name)  # the import system asks every module for some, before it is used
        self.__spec__.loader_state.finish(self)  # type: ignore[union-attr]
        return ModuleType.__getattribute__(self, name)


class _Run:
    """The run that a module waits for. While one thread is at it, others wait; the module itself may ask for names."""

    def __init__(self, loader: Loader) -> None:
        self._loader, self._lock, self._begun = loader, RLock(), False

    def finish(self, module: ModuleType) -> None:
        getattr(sys.modules.get(module.__name__.rpartition(".")[0]), _PATH, None)  # a package runs before what is below
        with self._lock:
            if self._begun:
                return
            self._begun = True
            if (spec := module.__spec__) and spec.submodule_search_locations is not None:
                module.__path__ = spec.submodule_search_locations
            try:
                self._loader.exec_module(module)
            except BaseException:
                self._begun = False
                raise
            module.__class__ = ModuleType
