"""What a superior holds in the register itself: direct reports and departments (ORG-8)."""

from __future__ import annotations

from collections.abc import Sequence

from core.ids import DepartmentId, PersonId
from core.people.holdings import Held, Holding, Moved, number_of
from core.people.moving import tell_new_superior
from core.people.ranks import superior_of
from core.people.register import Change, Person
from core.ports import UnitOfWork


class Reports(Holding):
    """People who name the leaver as their superior get the next one."""

    area = "reports"
    covers = frozenset({"people.superior_id"})
    to_superior = True

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        return [Held(f"person:{one.id}", one.label) for one in uow.people.reports_of(person.id)]

    def unfit(self, uow: UnitOfWork, held: Held, person: Person) -> str:
        """Nobody becomes their own superior, nor that of somebody above them."""
        return "circle" if _stands_below(uow, person, PersonId(held.number)) else ""

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        report = uow.people.get(PersonId(number_of(subject)))
        above = None if _stands_below(uow, receiver, report.id) else receiver
        if not uow.people.pass_report(report.id, leaver.id, above.id if above else None):
            return None
        told = above or next_above_of(uow, report.id)
        label = told.label if told else ""
        uow.people.log(Change(subject, "superior", leaver.label, label, leaver.label, uow.now))
        tell_new_superior(uow, report, told)
        return Moved()


class Departments(Holding):
    """Departments that name the leaver as their manager; with them their groups and alerts."""

    area = "departments"
    covers = frozenset({"departments.manager_id"})
    to_superior = True

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        led = [one for one in uow.people.departments() if one.manager == person.id]
        return [Held(f"department:{one.id}", uow.people.path_of(one.id)) for one in led]

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        department = DepartmentId(number_of(subject))
        if not uow.people.pass_department(department, leaver.id, receiver.id):
            return None
        uow.people.log(Change(subject, "manager", leaver.label, receiver.label, leaver.label, uow.now))
        return Moved()


def _stands_below(uow: UnitOfWork, person: Person, report: PersonId) -> bool:
    """Whether the named superiors of a person lead to the report, or the person is it."""
    at, seen = person, set[PersonId]()
    while at.id not in seen:
        if at.id == report:
            return True
        seen.add(at.id)
        if at.superior is None:
            return False
        at = uow.people.get(at.superior)
    return False


def next_above_of(uow: UnitOfWork, person: PersonId) -> Person | None:
    """The next one above as the register stands now."""
    return superior_of(uow, uow.people.get(person))
