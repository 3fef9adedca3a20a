"""Platform types that are built when first used.

aiogram's types ask pydantic for exactly that (`defer_build`), but importing its `types` package then builds all of
them: three hundred schemas, of which a bot meets a few dozen. Here that loop is passed over, the methods defer as the
types do, and each type's module gets the names its annotations use, so that pydantic can build it alone. What it
saves stands in docs/decisions/0007-types-built-when-used.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_NAME = re.compile(r"[A-Za-z_]\w*")


def install() -> None:
    """Have the types built when used, from their import on; nothing where they are imported already."""
    if "aiogram" not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the two modules whose loading is changed as ever, and gives them another loader."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        execute = _CHANGED.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if execute else None
        if spec is not None and spec.loader is not None and execute is not None:
            spec.loader = _Changed(spec.loader, execute)
        return spec


class _Changed(Loader):
    def __init__(self, inner: Loader, execute: Callable[[Loader, ModuleType], None]) -> None:
        self.inner = inner
        self.execute = execute

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self.execute(self.inner, module)


def _types(loader: Loader, module: ModuleType) -> None:
    with _nothing_built() as names:
        loader.exec_module(module)
    for name in module.__all__:
        _give_names(getattr(module, name), names)


def _methods(loader: Loader, module: ModuleType) -> None:
    loader.exec_module(module)
    module.TelegramMethod.model_config["defer_build"] = True


_CHANGED: dict[str, Callable[[Loader, ModuleType], None]] = {
    "aiogram.types": _types,
    "aiogram.methods.base": _methods,
}


@contextmanager
def _nothing_built() -> Iterator[dict[str, Any]]:
    """Meanwhile a rebuild only leaves the names it would have used."""
    from pydantic import BaseModel  # noqa: PLC0415 commands that talk to no platform do without

    names: dict[str, Any] = {}
    own = BaseModel.__dict__["model_rebuild"]

    def pass_over(_cls: type[BaseModel], /, **how: Any) -> None:
        names.update(how.get("_types_namespace") or {})

    BaseModel.model_rebuild = classmethod(pass_over)  # type: ignore[method-assign, assignment]  # put back below
    try:
        yield names
    finally:
        BaseModel.model_rebuild = own  # type: ignore[method-assign]  # as it was


def _give_names(kind: Any, names: dict[str, Any]) -> None:
    """Put the names that a type's annotations use, its own and inherited, where pydantic looks for them."""
    module = sys.modules[kind.__module__].__dict__
    for base in getattr(kind, "__mro__", ()):
        for annotation in vars(base).get("__annotations__", {}).values():
            for name in _NAME.findall(annotation) if isinstance(annotation, str) else ():
                if name in names:
                    module.setdefault(name, names[name])
