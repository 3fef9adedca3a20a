"""Taking over a staff file: everything of it, or nothing with every fault told (ORG-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.access import Actor, Role, permits
from core.ids import DepartmentId, PersonId
from core.people.comparing import Comparison, ImportPlan, Register, RowPlan
from core.people.moving import pass_reports
from core.people.register import Change, Imported, Person, PersonStatus, RowFault, StaffFileRefused, StaffRow
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


def compared(
    uow: UnitOfWork, rows: Sequence[StaffRow], columns: Iterable[str] | None, faults: Sequence[RowFault] = ()
) -> Comparison:
    """The file held against the register. Raises StaffFileRefused with every fault but departments that are not
    there yet, those of reading (`faults`) included."""
    kept = None if columns is None else frozenset(columns)
    comparison = Comparison(Register.read(uow), rows, kept, tuple(uow.rulebook.leads.levels))
    found = [*faults, *comparison.faults()]
    if found:
        unknown = comparison.unknown_departments()
        raise StaffFileRefused(tuple(sorted([*found, *unknown], key=lambda fault: fault.line)))
    return comparison


@permits(Role.ADMIN)
def import_staff(
    uow: UnitOfWork,
    actor: Actor,
    rows: Sequence[StaffRow],
    columns: Iterable[str] | None = None,
    faults: Sequence[RowFault] = (),
) -> Imported:
    """Take over a staff file: new numbers are added, known ones changed, nobody is removed (ORG-1).

    `columns` are the fields the file has: what it has no column for stays as it is (None: it has all). Departments
    that are not there are made. Raises StaffFileRefused with every fault, and then changes nothing.
    """
    return carry_out(uow, actor, compared(uow, rows, columns, faults).plan())


def carry_out(uow: UnitOfWork, actor: Actor, plan: ImportPlan) -> Imported:
    """Change what the plan says, in one unit of work."""
    departments = _Departments(uow)
    written = {one.row.number: _write(uow, actor, one, departments) for one in plan.rows}
    if plan.superiors_given:
        for one in plan.rows:
            _set_superior(uow, one, written)
    _leave_reports(uow, actor, plan)
    added = tuple(uow.people.get(written[one.row.number]) for one in plan.added)
    return Imported(added, len(plan.changed), plan.unchanged)


def _write(uow: UnitOfWork, actor: Actor, plan: RowPlan, departments: _Departments) -> PersonId:
    if plan.known is None:
        added = uow.people.add(plan.row, departments.at(plan.row.department)).id
        uow.people.log(Change(f"person:{added}", "added", "", plan.row.name, actor.name, uow.now))
        return added
    if plan.changes:
        uow.people.change(plan.known.id, plan.row, departments.at(plan.row.department))
        subject = f"person:{plan.known.id}"
        if plan.is_back:
            uow.people.set_status(plan.known.id, PersonStatus.LEFT, PersonStatus.ACTIVE)
            uow.people.log(Change(subject, "status", "left", "active", actor.name, uow.now))
        for one in plan.differences:
            uow.people.log(Change(subject, one.field, one.before, one.after, actor.name, uow.now))
    return plan.known.id


def _set_superior(uow: UnitOfWork, plan: RowPlan, written: dict[str, PersonId]) -> None:
    if plan.known is not None and not any(one.field == "superior" for one in plan.differences):
        return
    superior = None
    if plan.superior is not None:
        known = written.get(plan.superior) or _id_of(uow.people.by_number(plan.superior))
        superior = known
    uow.people.set_superior(written[plan.row.number], superior)


def _id_of(person: Person | None) -> PersonId | None:
    return person.id if person else None


def _leave_reports(uow: UnitOfWork, actor: Actor, plan: ImportPlan) -> None:
    """Who moved to another department leaves their reports to the next superior, unless the file names one."""
    named = {one.row.number for one in plan.rows} if plan.superiors_given else set[str]()
    for one in plan.rows:
        if one.known is not None and any(change.field == "department" for change in one.differences):
            pass_reports(uow, actor.name, one.known, uow.people.get(one.known.id), but=named)


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
