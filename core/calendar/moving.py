"""Deadlines that follow their person's leave (P5) and the official calendar (P2), and whoever holds them is told.

All others stay where they were opened, whatever becomes of rulebook and calendar (RULE-4).
"""

from __future__ import annotations

from core.calendar.model import company_days
from core.deadlines import DEFERRED, Deadline, Moved
from core.hours import Due, Reckoning, department_worktime, personal_worktime
from core.ids import PersonId
from core.matters import MATTERS
from core.notices import Fact, Notice, ToPerson, kind
from core.ports import UnitOfWork
from core.rulebook import Rulebook
from core.rules.changing import book_of
from core.worktime import WorkTime

MOVED = kind("deadline.moved")  # to whoever holds it: what moved, from when to when, and why


def follow_leave(uow: UnitOfWork, person: PersonId) -> None:
    """A person's leave has changed: their deadlines wait for their return, or come back to where they were (P5)."""
    moved = [_move(uow, one, rules_as_opened(uow, one), Moved.LEAVE) for one in uow.deadlines.reckoned_for(person)]
    _tell(uow, {person: [line for line in moved if line is not None]}, Moved.LEAVE)


def follow_official_calendar(uow: UnitOfWork) -> None:
    """Make-up days of a year became known: what rested on a guess is computed once more, and fixed (P2)."""
    lines: dict[PersonId, list[Fact]] = {}
    for deadline in uow.deadlines.provisional():
        if deadline.reckoning is None or _is_still_open(uow, deadline, deadline.reckoning):
            continue
        line = _move(uow, deadline, uow.rulebook, Moved.OFFICIAL)
        for holder in _holders(uow, deadline) if line is not None else ():
            lines.setdefault(holder, []).append(line)
    _tell(uow, lines, Moved.OFFICIAL)


def _is_still_open(uow: UnitOfWork, deadline: Deadline, reckoning: Reckoning) -> bool:
    return reckoning.is_provisional(uow.rulebook.working_time, deadline.due_at)


def rules_as_opened(uow: UnitOfWork, deadline: Deadline) -> Rulebook:
    """The rules as they were when the deadline was opened, with the company's days as they were known then. The
    nation's plan of a year is no rule of the company's: there is only the one that is known now."""
    days = company_days(change for change in uow.day_changes.all() if change.at <= deadline.opened_at)
    now, edition = uow.rulebook, None
    if deadline.rulebook_version != now.version:
        edition = uow.rules.edition(deadline.rulebook_version)
    if edition is None:
        return now if days == now.company_days else now.with_company_days(days)
    opened = book_of(uow, edition, now)
    hours = opened.worktime.model_copy(update={"official": now.worktime.official})
    return opened.model_copy(update={"worktime": hours}).with_company_days(days)


def worktime_for(uow: UnitOfWork, rulebook: Rulebook, reckoning: Reckoning) -> WorkTime:
    """The hours that a deadline was computed by, with its person's leave as it is known now."""
    if reckoning.person is not None:
        return personal_worktime(uow, rulebook, reckoning.person, reckoning.start)
    if reckoning.department is not None:
        return department_worktime(uow, rulebook, reckoning.department)
    return rulebook.working_time


def _move(uow: UnitOfWork, deadline: Deadline, rulebook: Rulebook, why: Moved) -> Fact:
    """Compute a deadline once more and move it; what to tell of it, or None where it stays."""
    if deadline.reckoning is None:
        return None
    worktime = worktime_for(uow, rulebook, deadline.reckoning)
    at = deadline.reckoning.due_at(worktime)
    if deadline.moved_for is Moved.OUTAGE:
        at = max(at, deadline.due_at)  # what an outage gave is not taken back
    due = Due(at, deadline.reckoning, deadline.reckoning.is_provisional(worktime, at))
    if due.at <= uow.now or (due.at, due.provisional) == (deadline.due_at, deadline.provisional):
        return None
    moved = uow.deadlines.move(deadline, due, why)
    if moved is None or due.at == deadline.due_at:
        return None
    if moved.kind in DEFERRED:
        DEFERRED[moved.kind](uow, moved)
    number = MATTERS[moved.matter].number(uow, moved.number) if moved.matter in MATTERS else ""
    return {
        "kind": moved.kind,
        "number": number,
        "subject": moved.subject,
        "was": deadline.due_at,
        "now": moved.due_at,
    }


def _holders(uow: UnitOfWork, deadline: Deadline) -> list[PersonId]:
    matter = MATTERS.get(deadline.matter)
    if matter is not None:
        return matter.holders(uow, deadline.number)
    person = deadline.reckoning.person if deadline.reckoning else None
    return [] if person is None else [person]


def _tell(uow: UnitOfWork, lines: dict[PersonId, list[Fact]], why: Moved) -> None:
    for person, moved in lines.items():
        if moved:
            facts: dict[str, Fact] = {"why": why, "moved": list(moved)}
            uow.notices.tell(Notice(MOVED, ToPerson(person), facts, "deadlines"))
