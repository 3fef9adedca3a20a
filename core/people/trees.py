"""Departments from a file: who is below whom, and who manages what (ORG-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.access import Actor
from core.ids import DepartmentId, PersonId
from core.people.comparing import in_circle, paths_of
from core.people.register import Change, Department, Person, RowFault, StaffFileRefused
from core.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One line of a file of departments. `name` is a name or a path, `parent` likewise, "" at the top; `manager` a
    staff number or a name. None: the file has no such column."""

    line: int
    name: str
    parent: str | None = None
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class DepartmentFile:
    rows: tuple[DepartmentRow, ...]
    faults: tuple[RowFault, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a department is to be: `known` where it is there already; `parent` is its line's or a present path."""

    name: str
    known: DepartmentId | None
    parent: str | None
    manager: PersonId | None
    sets_manager: bool
    before: str
    after: str
    manager_before: str
    manager_after: str

    @property
    def moves(self) -> bool:
        return self.known is not None and self.before != self.after

    @property
    def leads_anew(self) -> bool:
        return self.sets_manager and self.manager_before != self.manager_after


@dataclass(frozen=True, slots=True)
class DepartmentPlan:
    """What a file of departments would change; those above come before those below."""

    placed: tuple[Placed, ...]

    @property
    def added(self) -> tuple[Placed, ...]:
        return tuple(one for one in self.placed if one.known is None)

    @property
    def moved(self) -> tuple[Placed, ...]:
        return tuple(one for one in self.placed if one.moves)

    @property
    def led(self) -> tuple[Placed, ...]:
        return tuple(one for one in self.placed if one.leads_anew)

    @property
    def unchanged(self) -> int:
        return sum(one.known is not None and not one.moves and not one.leads_anew for one in self.placed)

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self.placed).encode()).hexdigest()


@dataclass
class _Tree:
    """The file's lines held against the departments there are."""

    rows: Sequence[DepartmentRow]
    departments: Sequence[Department]
    staff: Sequence[Person]

    def __post_init__(self) -> None:
        self.paths = paths_of(self.departments)
        self.by_path = {path: one for one in self.departments for path in (self.paths[one.id],)}
        self.lines = {row.name: row for row in self.rows}

    def known(self, text: str) -> Department | None:
        """A department by its path, or by its name where only one has it."""
        if text in self.by_path:
            return self.by_path[text]
        named = [one for one in self.departments if one.name == text]
        return named[0] if len(named) == 1 else None

    def parent_of(self, row: DepartmentRow) -> str:
        """The name, in the file or among those there are, of what the department is below; "" at the top."""
        if row.parent is not None:
            return row.parent
        known = self.known(row.name)
        if known is None or known.parent is None:
            return row.name.rpartition("/")[0]
        return self.paths[known.parent]

    def path_of(self, text: str, seen: tuple[str, ...] = ()) -> str:
        """The path a department will have."""
        row = self.lines.get(text)
        if row is None or text in seen:
            known = self.known(text)
            return self._moved_path(known) if known else text
        parent = self.parent_of(row)
        name = text.rpartition("/")[2]
        return f"{self.path_of(parent, (*seen, text))}/{name}" if parent else name

    def _moved_path(self, known: Department) -> str:
        if known.parent is None:
            return known.name
        above = next(one for one in self.departments if one.id == known.parent)
        return f"{self.path_of(self._listed(above))}/{known.name}"

    def _listed(self, one: Department) -> str:
        """How the file names a department, else its path."""
        return one.name if one.name in self.lines else self.paths[one.id]

    def people(self, text: str) -> list[Person]:
        numbered = [one for one in self.staff if one.number == text]
        return numbered or [one for one in self.staff if one.name == text]

    def faults(self) -> Iterable[RowFault]:
        seen: dict[str, int] = {}
        for row in self.rows:
            if row.name in seen:
                yield RowFault(row.line, "department", row.name, "taken", (str(seen[row.name]),))
            seen.setdefault(row.name, row.line)
        yield from self._wrong_parents()
        for row in self.rows:
            fitting = self.people(row.manager) if row.manager else []
            if row.manager and len(fitting) != 1:
                reason = "ambiguous_superior" if fitting else "unknown_superior"
                yield RowFault(row.line, "manager", row.manager, reason, tuple(one.number for one in fitting))

    def _wrong_parents(self) -> Iterable[RowFault]:
        above = self._above()
        for row in self.rows:
            parent = self.parent_of(row)
            if parent and parent not in self.lines and self.known(parent) is None:
                yield RowFault(row.line, "parent", parent, "unknown_parent")
            elif in_circle(row.name, above):
                yield RowFault(row.line, "parent", parent, "department_cycle")

    def _above(self) -> Mapping[str, str]:
        """What every department will be below, those that are not in the file as they are."""
        above = {}
        for one in self.departments:
            if one.parent is not None:
                over = next(d for d in self.departments if d.id == one.parent)
                above[self._listed(one)] = self._listed(over)
        for row in self.rows:
            parent = self.parent_of(row)
            known = self.known(parent)
            above[row.name] = parent if parent in self.lines or known is None else self.paths[known.id]
        return above

    def placed(self) -> list[Placed]:
        return sorted((self._placed(row) for row in self.rows), key=lambda one: one.after.count("/"))

    def _placed(self, row: DepartmentRow) -> Placed:
        known = self.known(row.name)
        chosen = self.people(row.manager) if row.manager else []
        manager = chosen[0] if chosen else None
        led_by = next((one for one in self.staff if known is not None and one.id == known.manager), None)
        return Placed(
            row.name.rpartition("/")[2],
            known.id if known else None,
            self.parent_of(row) or None,
            manager.id if manager else None,
            row.manager is not None,
            self.paths[known.id] if known else "",
            self.path_of(row.name),
            led_by.label if led_by else "",
            manager.label if manager else "",
        )


def planned_tree(uow: UnitOfWork, rows: Sequence[DepartmentRow], faults: Sequence[RowFault]) -> DepartmentPlan:
    """What the file would change. Raises StaffFileRefused with every fault."""
    tree = _Tree(rows, uow.people.departments(), uow.people.staff())
    found = [*faults, *tree.faults()]
    if found:
        raise StaffFileRefused(tuple(sorted(found, key=lambda fault: fault.line)))
    return DepartmentPlan(tuple(tree.placed()))


def build(uow: UnitOfWork, actor: Actor, plan: DepartmentPlan) -> DepartmentPlan:
    """Make the departments as planned, those above first."""
    made: dict[str, DepartmentId] = {}
    for one in plan.placed:
        above = one.after.rpartition("/")[0]
        parent = made.get(above) or _at(uow, above)
        department = uow.people.department(one.known) if one.known else uow.people.add_department(one.name, parent)
        manager = one.manager if one.sets_manager else department.manager
        uow.people.put_department(replace(department, parent=parent, manager=manager))
        made[one.after] = department.id
        _log(uow, actor, department.id, one)
    return plan


def _at(uow: UnitOfWork, path: str) -> DepartmentId | None:
    if not path:
        return None
    found = uow.people.find_department(path)
    return found.id if found else None


def _log(uow: UnitOfWork, actor: Actor, department: DepartmentId, one: Placed) -> None:
    subject = f"department:{department}"
    if one.known is None:
        uow.people.log(Change(subject, "added", "", one.after, actor.name, uow.now))
    elif one.moves:
        uow.people.log(Change(subject, "parent", one.before, one.after, actor.name, uow.now))
    if one.leads_anew:
        uow.people.log(Change(subject, "manager", one.manager_before, one.manager_after, actor.name, uow.now))
