"""Every setting of a rulebook with its value: where it comes from, and which clauses rest on it (RULE-1, RULE-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from core.rulebook.book import Clause, Origin, Rulebook
from core.rulebook.problems import Path
from core.rulebook.sections import SECTIONS, sanction_key
from core.rulebook.shape import EACH, WHOLE, Setting, setting_at


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting and its value. `key` names entries of a list by their key or name: `leads.classes.A.min_yuan`."""

    key: str
    setting: Setting
    value: Any
    origin: Origin
    clauses: tuple[Clause, ...]
    within: tuple[str, ...] = ()  # the names of the entries it stands in: A of `leads.classes.A.min_yuan`

    @property
    def is_left_out(self) -> bool:
        """Whether nobody has written it: what an entry of a list need not have."""
        nothing = self.value is None or self.value is False or self.value in ((), {}, "")
        return nothing and EACH in self.setting.path


class Explained:
    """A rulebook, ready to be read setting by setting."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def section(self, section: str) -> Iterator[Entry]:
        """The settings of a section, in its order."""
        for path, names, value in _walk(getattr(self.book, section), (section,), (section,)):
            setting = setting_at(path)
            if setting is not None:
                key = ".".join(names)
                within = tuple(name for name, part in zip(names, setting.path, strict=True) if part == EACH)
                yield Entry(key, setting, value, self.book.origin_of(path, key), self.clauses_of(key), within)

    def whole(self) -> Iterator[Entry]:
        """The settings of all sections but the clauses."""
        for section in SECTIONS:
            if section != "clauses":
                yield from self.section(section)

    def clauses_of(self, key: str) -> tuple[Clause, ...]:
        """The clauses whose text names a setting, or a part of it, or whose sanction it is."""
        return tuple(clause for name, clause in self._named if name == key or name.startswith(f"{key}."))

    @cached_property
    def _named(self) -> tuple[tuple[str, Clause], ...]:
        found: dict[tuple[str, str], Clause] = {}
        for clause in self.book.clauses.values():
            of_sanction = sanction_key(clause.id)
            for name in (*clause.named, *((of_sanction,) if of_sanction else ())):
                found.setdefault((name.removesuffix(_part_of(name)), clause.id), clause)
        return tuple((name, clause) for (name, _), clause in found.items())


def _part_of(name: str) -> str:
    """The last step of a name that leads into a sanction: `.fine_yuan` of `leads.contact_sanction.fine_yuan`."""
    head, _, last = name.rpartition(".")
    return f".{last}" if head.endswith("sanction") else ""


def _walk(value: Any, path: Path, names: tuple[str, ...]) -> Iterator[tuple[Path, tuple[str, ...], Any]]:
    if isinstance(value, BaseModel) and not isinstance(value, WHOLE):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), (*path, name), (*names, name))
    elif isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _walk(one, (*path, key), (*names, str(key)))
    elif isinstance(value, tuple) and value and not isinstance(value[0], WHOLE) and _name(value[0]):
        for index, one in enumerate(value):
            yield from _walk(one, (*path, index), (*names, _name(one)))
    else:
        yield path, names, value


def _name(one: Any) -> str:
    """What an entry of a list goes by; "" where it has no name, so that the list is read as a whole."""
    return str(getattr(one, "key", "") or getattr(one, "name", "")) if isinstance(one, BaseModel) else ""
