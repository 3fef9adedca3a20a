"""When a superior moves to another department: who stays behind gets the next one (ORG-1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from core.ids import DepartmentId, PersonId
from core.notices import Fact, Notice, ToPerson, Urgency
from core.people.ranks import of_department, superior_of
from core.people.register import NEW_SUPERIOR, Change, Person
from core.ports import UnitOfWork


def within(uow: UnitOfWork, inner: DepartmentId, outer: DepartmentId) -> bool:
    """Whether a department is another one, or below it."""
    at: DepartmentId | None = inner
    seen: set[DepartmentId] = set()
    while at is not None and at != outer and at not in seen:
        seen.add(at)
        at = uow.people.department(at).parent
    return at == outer


def left_behind(uow: UnitOfWork, before: Person, after: DepartmentId) -> list[Person]:
    """Reports of the department somebody leaves that their new department does not lead."""
    return [
        report
        for report in uow.people.reports_of(before.id)
        if within(uow, report.department, before.department) and not within(uow, report.department, after)
    ]


def pass_reports(uow: UnitOfWork, by: str, before: Person, after: Person, but: Collection[str] = ()) -> list[Person]:
    """Give those who stay behind the manager of their department, else the mover's own superior. `but` are staff
    numbers that keep whom they have. Who got another one."""
    stays = [one for one in left_behind(uow, before, after.department) if one.number not in but]
    next_up = superior_of(uow, before)
    for report in stays:
        manager = of_department(uow, replace(report, superior=None))
        leads = manager is not None and manager.id != after.id
        named = None if leads or next_up is None or next_up.id == report.id else next_up.id
        uow.people.pass_report(report.id, before.id, named)
        now = superior_of(uow, uow.people.get(report.id))
        told = now.label if now else ""
        uow.people.log(Change(f"person:{report.id}", "superior", before.label, told, by, uow.now))
        tell_new_superior(uow, report, now)
    return stays


def tell_new_superior(uow: UnitOfWork, report: Person, superior: Person | None) -> None:
    """Both learn it: the report, and whoever is above them now."""
    facts: dict[str, Fact] = {"report": report.label, "superior": superior.label if superior else ""}
    for to in (report.id, superior.id if superior else None):
        if to is not None:
            _tell(uow, to, report.id, {**facts, "mine": to == report.id})


def _tell(uow: UnitOfWork, to: PersonId, report: PersonId, facts: dict[str, Fact]) -> None:
    uow.notices.tell(Notice(NEW_SUPERIOR, ToPerson(to), facts, f"person:{report}", urgency=Urgency.ROUTINE))
