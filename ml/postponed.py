"""Imports that wait: what a library imports at its start, and our use of it never touches, is imported when touched.

A module that waits is the module itself, only not yet run: whoever asks it for one of its names, today or in a later
release of the library, gets what the import would have given, so a wrong guess costs time only. Not every package can
wait: one whose modules, imported first, import the package in turn and that module again, fails (``requests`` does).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock, get_ident
from types import ModuleType
from typing import Any, cast


@contextmanager
def postponed(*names: str, absent: Sequence[str] = ()) -> Iterator[None]:
    """Within it, an import of one of the modules gives one that runs when a name of it is asked for.

    Modules below one that waits are imported as ever, as are modules that are there already, or for another thread.

    Args:
        absent: what cannot be imported at all, for libraries that do without what is not installed.
    """
    finder = _Finder(names, absent)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


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
        if name.startswith("__") and name != "__all__":  # what the import system asks of every module
            raise AttributeError(name)
        self.__spec__.loader_state.finish(self)  # type: ignore[union-attr]
        return ModuleType.__getattribute__(self, name)


class _Run:
    """The run that a module waits for. While one thread is at it, others wait; the module itself may ask for names."""

    def __init__(self, loader: Loader) -> None:
        self._loader, self._lock, self._begun = loader, RLock(), False

    def finish(self, module: ModuleType) -> None:
        with self._lock:
            if self._begun:
                return
            self._begun = True
            try:
                self._loader.exec_module(module)
            except BaseException:
                self._begun = False
                raise
            module.__class__ = ModuleType
