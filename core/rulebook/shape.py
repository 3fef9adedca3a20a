"""The shape of the settings: which there are, what each holds, what it counts (RULE-1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel

from core.rulebook.problems import Path
from core.rulebook.sections import SECTIONS, Choice, Sanction, ShiftRule, Words
from core.rulebook.sections.base import Unit

_NARROW = 1_000  # upper bounds above this only keep dates and sums computable
EACH = "*"  # stands in a path for the name or number of an entry
WHOLE: tuple[type[BaseModel], ...] = (Words, Sanction, ShiftRule, Choice)  # read as one value


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, or the same setting of each entry of a list. `unit` is "" where it is no figure of any."""

    path: Path
    type: Any
    unit: str
    options: tuple[str, ...]

    @property
    def key(self) -> str:
        """Dotted, without the names of entries: `leads.classes.min_yuan`."""
        return dotted_kind(self.path)


def dotted_kind(path: Path) -> str:
    """A path without the names and numbers of entries."""
    return ".".join(str(part) for part in path if part != EACH)


@cache
def settings_of(section: str) -> tuple[Setting, ...]:
    """The settings of a section, in its order."""
    return tuple(_settings(SECTIONS[section], (section,), ""))


@cache
def setting_at(path: Path) -> Setting | None:
    """The setting of a place in a rulebook: `("leads", "classes", 0, "min_yuan")`. None where there is none."""
    found: Any = SECTIONS.get(str(path[0]))
    general: Path = path[:1]
    unit = ""
    for part in path[1:]:
        kind, unit = bare(found), ""
        if is_model(kind):
            field = kind.model_fields.get(str(part))
            if field is None:
                return None
            found, unit = field.annotation, _unit(field.metadata)
            general = (*general, part)
        else:
            found = _entry(kind)
            general = (*general, EACH)
        unit = unit or unit_in(found)
    return None if found is None else Setting(general, found, unit, options_in(found))


def _settings(kind: Any, path: Path, unit: str) -> Iterator[Setting]:
    inner = bare(kind)
    if is_model(inner) and inner not in WHOLE:
        for name, field in inner.model_fields.items():
            yield from _settings(field.annotation, (*path, name), _unit(field.metadata) or unit_in(field.annotation))
        return
    yield Setting(path, kind, unit, options_in(kind))
    entry = bare(_entry(inner))
    while entry is not None and not is_model(entry):
        path, entry = (*path, EACH), bare(_entry(entry))
    if entry is not None and entry not in WHOLE:
        for name, field in entry.model_fields.items():
            of_field = _unit(field.metadata) or unit_in(field.annotation)
            yield from _settings(field.annotation, (*path, EACH, name), of_field)


def is_model(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def bare(kind: Any) -> Any:
    """A type without its annotations and without its None."""
    while get_origin(kind) in {Annotated, Union, UnionType}:
        kind = next(one for one in get_args(kind) if one is not type(None))
    return kind


def _entry(kind: Any) -> Any:
    """What a list or a table holds."""
    if get_origin(kind) in {None, Literal}:
        return None
    if not isinstance(get_origin(kind), type):
        return None
    arguments = [one for one in get_args(kind) if one is not Ellipsis]
    return arguments[-1] if arguments else None


def _unit(metadata: list[Any]) -> str:
    return next((one.name for one in metadata if isinstance(one, Unit)), "")


def unit_in(kind: Any) -> str:
    """The unit that a type names, also where it stands beside a None or inside a list."""
    if get_origin(kind) is Annotated:
        found = _unit(list(kind.__metadata__))
        return found or unit_in(get_args(kind)[0])
    if get_origin(kind) in {None, Literal}:
        return ""
    return next(filter(None, (unit_in(one) for one in get_args(kind))), "")


def options_in(kind: Any) -> tuple[str, ...]:
    """The words that may be written here, where only certain ones may."""
    if get_origin(kind) is Literal:
        return tuple(str(one) for one in get_args(kind))
    if get_origin(kind) in {Annotated, Union, UnionType, tuple}:
        return next(filter(None, (options_in(one) for one in get_args(kind) if one is not Ellipsis)), ())
    return ()


def bounds_of(kind: Any) -> str:
    """`1–100`, or "" where a figure has no narrow bounds."""
    if get_origin(kind) is Annotated:
        low, high = (_bound(kind.__metadata__, name) for name in ("ge", "le"))
        return f"{low}–{high}" if high is not None and high <= _NARROW else ""
    if get_origin(kind) in {None, Literal}:
        return ""
    return next(filter(None, (bounds_of(one) for one in get_args(kind))), "")


def _bound(metadata: tuple[Any, ...], name: str) -> int | None:
    for one in metadata:
        for part in (one, *getattr(one, "metadata", ())):
            if getattr(part, name, None) is not None:
                return int(getattr(part, name))
    return None
