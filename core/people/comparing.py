"""A staff file held against the register: its faults, and what taking it over would change (ORG-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.ids import DepartmentId, PersonId
from core.people.register import Department, Person, RowFault, StaffRow
from core.ports import UnitOfWork
from core.rulebook.problems import near

FIELDS = ("name", "department", "role", "level", "superior", "regions", "industry", "phone")


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of one field of a record; roles are told by their keys."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What one line of the file comes to. `superior` is a staff number, None for nobody by name."""

    row: StaffRow
    known: Person | None
    superior: str | None
    differences: tuple[Difference, ...]

    @property
    def is_back(self) -> bool:
        """Somebody who had left is on the list again."""
        return self.known is not None and not self.known.is_staff

    @property
    def changes(self) -> bool:
        return self.known is not None and (bool(self.differences) or self.is_back)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What taking a file over would change. `departments` are the paths it would make."""

    rows: tuple[RowPlan, ...]
    departments: tuple[str, ...]
    superiors_given: bool

    @property
    def added(self) -> tuple[RowPlan, ...]:
        return tuple(plan for plan in self.rows if plan.known is None)

    @property
    def changed(self) -> tuple[RowPlan, ...]:
        return tuple(plan for plan in self.rows if plan.changes)

    @property
    def unchanged(self) -> int:
        return len(self.rows) - len(self.added) - len(self.changed)

    @property
    def digest(self) -> str:
        """The same for what changes the same."""
        told = [(plan.row.number, plan.known is None, plan.is_back, plan.differences) for plan in self.rows]
        return hashlib.sha256(repr((told, self.departments)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Register:
    """The register, read at once."""

    by_number: Mapping[str, Person]
    numbers: Mapping[PersonId, str]
    departments: Mapping[str, Department]
    paths: Mapping[DepartmentId, str]

    @classmethod
    def read(cls, uow: UnitOfWork) -> Register:
        people, departments = uow.people.everybody(), uow.people.departments()
        paths = paths_of(departments)
        return cls(
            {person.number: person for person in people},
            {person.id: person.number for person in people},
            {paths[one.id]: one for one in departments},
            paths,
        )

    def superior_number(self, person: Person) -> str:
        return self.numbers.get(person.superior, "") if person.superior is not None else ""


def paths_of(departments: Sequence[Department]) -> dict[DepartmentId, str]:
    """Every department's path from the top: 销售部/华南组."""
    known, paths = {one.id: one for one in departments}, dict[DepartmentId, str]()

    def path(department: Department) -> str:
        if department.id not in paths:
            above = known.get(department.parent) if department.parent is not None else None
            paths[department.id] = f"{path(above)}/{department.name}" if above else department.name
        return paths[department.id]

    for one in departments:
        path(one)
    return paths


@dataclass
class Comparison:
    """One file and the register."""

    register: Register
    rows: Sequence[StaffRow]
    columns: frozenset[str] | None
    levels: tuple[str, ...]
    _superiors: dict[str, str] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether the register has no departments to speak of yet: all that the file names are new."""
        return len(self.register.departments) <= 1

    def has(self, name: str) -> bool:
        return self.columns is None or name in self.columns

    def faults(self) -> list[RowFault]:
        """All that the file alone does not tell; departments that are not there are told by `unknown_departments`."""
        return [*self._duplicates(), *self._unknown_levels(), *self._wrong_superiors()]

    def unknown_departments(self) -> list[RowFault]:
        known = self.register.departments
        return [
            RowFault(row.line, "department", row.department, "unknown_department", _nearest(row.department, known))
            for row in self.rows
            if row.department and row.department not in known
        ]

    def plan(self) -> ImportPlan:
        self._wrong_superiors()
        plans = tuple(self._plan(row) for row in self.rows)
        return ImportPlan(plans, tuple(self._new_departments()), self.has("superior"))

    def _new_departments(self) -> Iterable[str]:
        known = set(self.register.departments)
        for row in self.rows:
            steps = row.department.split("/")
            for depth in range(1, len(steps) + 1):
                path = "/".join(steps[:depth])
                if path not in known:
                    known.add(path)
                    yield path

    def _duplicates(self) -> Iterable[RowFault]:
        seen: dict[str, int] = {}
        for row in self.rows:
            if row.number and row.number in seen:
                yield RowFault(row.line, "number", row.number, "duplicate", (str(seen[row.number]),))
            seen.setdefault(row.number, row.line)

    def _unknown_levels(self) -> Iterable[RowFault]:
        for row in self.rows:
            if row.level and row.level not in self.levels:
                yield RowFault(row.line, "level", row.level, "unknown_level", self.levels)

    def _wrong_superiors(self) -> list[RowFault]:
        """Each row's superior by number; a file may name them by number or, where only one has it, by name."""
        staff = {number: one for number, one in self.register.by_number.items() if one.is_staff}
        names = {number: one.name for number, one in staff.items()} | {row.number: row.name for row in self.rows}
        above = {number: self.register.superior_number(one) for number, one in staff.items()}
        by_name: dict[str, list[str]] = {}
        for number, name in names.items():
            by_name.setdefault(name, []).append(number)
        faults = []
        for row in self.rows:
            if self.has("superior"):
                above.pop(row.number, None)
            fitting = [row.superior] if row.superior in names else by_name.get(row.superior, [])
            if row.superior and len(fitting) != 1:
                reason = "ambiguous_superior" if fitting else "unknown_superior"
                faults.append(RowFault(row.line, "superior", row.superior, reason, tuple(fitting)))
            elif row.superior:
                self._superiors[row.number] = above[row.number] = fitting[0]
        circles = [row for row in self.rows if row.superior and in_circle(row.number, above)]
        return faults + [RowFault(row.line, "superior", row.superior, "superior_cycle") for row in circles]

    def _plan(self, row: StaffRow) -> RowPlan:
        known = self.register.by_number.get(row.number)
        if known is None:
            return RowPlan(row, None, self._superiors.get(row.number), ())
        row = replace(row, **{name: getattr(known, name) for name in OPTIONAL if not self.has(name)})
        superior = self._superiors.get(row.number) if self.has("superior") else self.register.superior_number(known)
        after = _texts(row, superior or "")
        before = record_texts(self.register, known)
        told = tuple(Difference(name, before[name], after[name]) for name in FIELDS if before[name] != after[name])
        return RowPlan(row, known, superior or None, told)


OPTIONAL = ("level", "regions", "industry", "phone")


def record_texts(register: Register, person: Person) -> dict[str, str]:
    """A record's fields as a file would have them."""
    path = register.paths[person.department]
    row = StaffRow(
        0,
        person.number,
        person.name,
        path,
        person.role,
        person.level,
        "",
        person.regions,
        person.industry,
        person.phone,
    )
    return _texts(row, register.superior_number(person))


def _texts(row: StaffRow, superior: str) -> dict[str, str]:
    return {
        "name": row.name,
        "department": row.department,
        "role": row.role.value,
        "level": row.level,
        "superior": superior,
        "regions": "、".join(row.regions),
        "industry": row.industry,
        "phone": row.phone,
    }


def in_circle(number: str, above: Mapping[str, str]) -> bool:
    """Whether the way up leads back to where it began."""
    seen: set[str] = set()
    at = above.get(number, "")
    while at and at not in seen:
        if at == number:
            return True
        seen.add(at)
        at = above.get(at, "")
    return False


def _nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    found = near(name, known)
    return (found,) if found else ()
