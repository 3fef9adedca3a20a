"""Taking over a staff file: everything of it, or nothing with every fault told (ORG-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.access import Actor, Role, permits
from core.ids import DepartmentId
from core.people.register import (
    Imported,
    Person,
    RowFault,
    StaffFileRefused,
    StaffRow,
)
from core.ports import UnitOfWork

MOST_ROWS = 2000  # of one file: more would keep everybody else's acts waiting


@dataclass(frozen=True, slots=True)
class StaffFile:
    """A staff file as read. `columns` are the fields it has; `ignored` the headings that mean nothing to us.
    Rows with faults are among `rows`, so that all faults can be told at once."""

    rows: tuple[StaffRow, ...]
    columns: frozenset[str]
    faults: tuple[RowFault, ...] = ()
    ignored: tuple[str, ...] = ()


@permits(Role.ADMIN)
def import_staff(
    uow: UnitOfWork,
    actor: Actor,
    rows: Sequence[StaffRow],
    columns: Iterable[str] | None = None,
    faults: Sequence[RowFault] = (),
) -> Imported:
    """Take over a staff file: new numbers are added, known ones changed, nobody is removed (ORG-1).

    `columns` are the fields the file has: what it has no column for stays as it is (None: it has all). Raises
    StaffFileRefused with every fault, `faults` of reading included, and then changes nothing.
    """
    before = {row.number: uow.people.by_number(row.number) for row in rows if row.number}
    superiors, wrong_superiors = _superiors(uow, rows)
    found = [*faults, *_duplicates(rows), *_unknown_levels(uow, rows), *wrong_superiors]
    if found:
        raise StaffFileRefused(tuple(sorted(found, key=lambda fault: fault.line)))
    kept = _Kept(columns)
    departments = _Departments(uow)
    for row in rows:
        _put(uow, kept.over(row, before[row.number]), departments.at(row.department), before[row.number])
    if kept.has("superior"):
        for row in rows:
            _set_superior(uow, row.number, superiors.get(row.number))
    return _outcome(uow, rows, before)


def _put(uow: UnitOfWork, row: StaffRow, department: DepartmentId, known: Person | None) -> None:
    if known is None:
        uow.people.add(row, department)
    else:
        uow.people.change(known.id, row, department)


def _outcome(uow: UnitOfWork, rows: Sequence[StaffRow], before: Mapping[str, Person | None]) -> Imported:
    added, changed = [], 0
    for row in rows:
        now = uow.people.by_number(row.number)
        if now is not None and before[row.number] is None:
            added.append(now)
        elif now != before[row.number]:
            changed += 1
    return Imported(tuple(added), changed, len(rows) - len(added) - changed)


class _Kept:
    """What a file without certain columns leaves as it is."""

    _OPTIONAL = ("level", "regions", "industry", "phone")

    def __init__(self, columns: Iterable[str] | None) -> None:
        self._columns = None if columns is None else frozenset(columns)

    def has(self, field: str) -> bool:
        return self._columns is None or field in self._columns

    def over(self, row: StaffRow, known: Person | None) -> StaffRow:
        if known is None:
            return row
        return replace(row, **{name: getattr(known, name) for name in self._OPTIONAL if not self.has(name)})


def _duplicates(rows: Sequence[StaffRow]) -> Iterable[RowFault]:
    seen: dict[str, int] = {}
    for row in rows:
        if row.number and row.number in seen:
            yield RowFault(row.line, "number", row.number, "duplicate", (str(seen[row.number]),))
        seen.setdefault(row.number, row.line)


def _unknown_levels(uow: UnitOfWork, rows: Sequence[StaffRow]) -> Iterable[RowFault]:
    levels = tuple(uow.rulebook.leads.levels)
    for row in rows:
        if row.level and row.level not in levels:
            yield RowFault(row.line, "level", row.level, "unknown_level", levels)


def _superiors(uow: UnitOfWork, rows: Sequence[StaffRow]) -> tuple[dict[str, str], list[RowFault]]:
    """Each row's superior by number; a file may name them by number or, where only one has it, by name."""
    staff = {person.id: person for person in uow.people.active()}
    names = {person.number: person.name for person in staff.values()} | {row.number: row.name for row in rows}
    above = {p.number: staff[p.superior].number for p in staff.values() if p.superior in staff}
    faults, given = [], {}
    for row in rows:
        above.pop(row.number, None)
        fitting = _fitting(row.superior, names)
        if row.superior and len(fitting) != 1:
            reason = "ambiguous_superior" if fitting else "unknown_superior"
            faults.append(RowFault(row.line, "superior", row.superior, reason, tuple(fitting)))
        elif row.superior:
            given[row.number] = above[row.number] = fitting[0]
    circles = [row for row in rows if row.superior and _in_circle(row.number, above)]
    faults += [RowFault(row.line, "superior", row.superior, "superior_cycle") for row in circles]
    return given, faults


def _fitting(text: str, names: Mapping[str, str]) -> list[str]:
    """The staff numbers that a number or a name may mean."""
    return [text] if text in names else [number for number, name in names.items() if name == text]


def _in_circle(number: str, above: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    at = above.get(number)
    while at is not None and at not in seen:
        if at == number:
            return True
        seen.add(at)
        at = above.get(at)
    return False


class _Departments:
    """Departments by their path from the top; those that are not there yet are made."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._known = {(d.parent, d.name): d.id for d in uow.people.departments()}

    def at(self, path: str) -> DepartmentId:
        parent: DepartmentId | None = None
        for name in (step.strip() for step in path.split("/")):
            if (parent, name) not in self._known:
                self._known[parent, name] = self._uow.people.add_department(name, parent).id
            parent = self._known[parent, name]
        assert parent is not None  # noqa: S101  # splitting gives one step at least
        return parent


def _set_superior(uow: UnitOfWork, number: str, superior_number: str | None) -> None:
    person = uow.people.by_number(number)
    superior = uow.people.by_number(superior_number) if superior_number else None
    if person is not None:
        uow.people.set_superior(person.id, superior.id if superior else None)
