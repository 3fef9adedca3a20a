"""Asking for leave, a trip, or an excuse afterwards (CHK-4): by approval where the rulebook has a chain for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core import approvals
from core.access import MANAGERS, STAFF, Actor, permits
from core.approvals import Approval, AskedBefore, File, Kind, State, on_decision
from core.away import Absence, Excuse, NewAbsence, span_of
from core.checkins.absences import (
    LOOK_BACK_DAYS,
    announce,
    check,
    check_apart,
    enter,
    excuse,
    facts_of,
    subject_of,
)
from core.checkins.values import ENTERED, Checkin, DayIsOver, Standing
from core.errors import NotFound
from core.ids import PersonId
from core.notices import Fact, Facts, Notice, ToPerson
from core.people import Person, is_superior, one_person

if TYPE_CHECKING:
    from core.ports import UnitOfWork

KINDS = {Excuse.LEAVE: Kind.LEAVE, Excuse.TRIP: Kind.TRIP}
CHECKIN = "checkin"
MISSES = (Standing.LATE, Standing.MISSED, Standing.UNHEARD)


@permits(*STAFF)
def ask_leave(uow: UnitOfWork, actor: Actor, absence: NewAbsence, files: Iterable[File] = ()) -> Absence | Approval:
    """Ask for leave or a trip; in force at once where the rulebook wants no approval. For a day that is past it asks
    to be excused from its check-in.

    Raises DayIsOver, AbsenceOverlaps, AskedBefore, NoApprover.
    """
    person = uow.people.get(actor.staff_id)
    if absence.first < uow.worktime.local_date(uow.now):
        if absence.first != absence.last:
            raise DayIsOver(absence.first)
        return ask_excuse(uow, actor, absence.first, absence.reason, files)
    kind, days, facts = KINDS[absence.kind], working_days(uow, absence), facts_of(absence)
    if not approvals.is_needed(uow, kind, person.id, days, facts):
        return announce(uow, actor, absence)
    check(uow, person.id, absence)
    _check_not_asked(uow, person.id, absence)
    halves = f"{absence.from_noon:d}{absence.until_noon:d}"
    subject = f"absence:{person.id}:{absence.first}:{absence.last}:{halves}"
    facts = {**facts, "days": days}
    return approvals.ask(uow, kind, person.id, subject, days, absence.reason, facts, files=files)


def working_days(uow: UnitOfWork, absence: NewAbsence) -> int:
    """How many working days it takes; a half one counts as one."""
    span = (absence.last - absence.first).days + 1
    return sum(uow.worktime.is_workday(absence.first + timedelta(days=number)) for number in range(span))


def _check_not_asked(uow: UnitOfWork, person: PersonId, absence: NewAbsence) -> None:
    span = span_of(uow.worktime, uow.rulebook, absence)
    for asked in uow.approvals.asked_by(person):
        if asked.is_open and asked.kind in KINDS.values():
            other = span_of(uow.worktime, uow.rulebook, _absence_of(asked.facts, asked.reason))
            if span is not None and other is not None and span.overlap(other):
                raise AskedBefore(asked.kind, asked.id, asked.asked_at)


def _absence_of(facts: Facts, reason: str) -> NewAbsence:
    return NewAbsence(
        date.fromisoformat(str(facts["first"])),
        date.fromisoformat(str(facts["last"])),
        Excuse(str(facts["kind"])),
        reason,
        bool(facts["from_noon"]),
        bool(facts["until_noon"]),
    )


@on_decision(Kind.LEAVE)
@on_decision(Kind.TRIP)
def leave_decided(uow: UnitOfWork, approval: Approval) -> None:
    """Approved leave is in force, from the day it was asked for on. Raises AbsenceOverlaps."""
    if approval.state is State.APPROVED:
        absence = _absence_of(approval.facts, approval.reason)
        check_apart(uow, approval.requester, absence)
        enter(uow, uow.people.get(approval.requester), absence, approval.asked_at)


@permits(*STAFF)
def my_requests(uow: UnitOfWork, actor: Actor) -> list[Approval]:
    """One's leave and trips that are not decided yet."""
    return [one for one in uow.approvals.asked_by(actor.staff_id) if one.is_open and one.kind in KINDS.values()]


# Afterwards ----------------------------------------------------------------------------------------------


@permits(*STAFF)
def excusable(uow: UnitOfWork, actor: Actor, day: date) -> Checkin:
    """One's missed or late check-in that can be asked to be excused. Raises DayIsOver."""
    found = uow.checkins.of(actor.staff_id, day)
    is_recent = day >= uow.worktime.local_date(uow.now) - timedelta(days=LOOK_BACK_DAYS)
    asks = approvals.has_chain(uow, Kind.EXCUSE, actor.staff_id, facts={"day": day.isoformat()})
    if found is None or not (is_recent and asks and found.standing in MISSES):
        raise DayIsOver(day)
    return found


@permits(*STAFF)
def ask_excuse(uow: UnitOfWork, actor: Actor, day: date, reason: str, files: Iterable[File] = ()) -> Approval:
    """Ask that a missed or late check-in does not count (CHK-4). Raises DayIsOver, AskedBefore, WordsRefused."""
    found = excusable(uow, actor, day)
    facts: dict[str, Fact] = {"day": day.isoformat(), "late": found.standing is Standing.LATE}
    subject = subject_of(found.person, day)
    return approvals.ask(uow, Kind.EXCUSE, found.person, subject, None, reason, facts, files=files)


@on_decision(Kind.EXCUSE, CHECKIN)
def excuse_decided(uow: UnitOfWork, approval: Approval) -> None:
    """An excused day counts as excused, and what rested on the miss is taken back."""
    if approval.state is State.APPROVED:
        person, day = uow.people.get(approval.requester), date.fromisoformat(str(approval.facts["day"]))
        excuse(uow, person, day, approval.reason, approval.settled_by)


# Managers -------------------------------------------------------------------------------------------------


@permits(*MANAGERS)
def enter_for(uow: UnitOfWork, actor: Actor, name: str, absence: NewAbsence) -> tuple[Person, Absence]:
    """Enter leave or a trip of somebody below, without an approval; a request of theirs for the same days is settled
    by it. They are told. Raises NotFound, SeveralFound, DayIsOver, AbsenceOverlaps."""
    person = _below(uow, actor, name)
    check(uow, person.id, absence)
    added = enter(uow, person, absence)
    if not _settle_asked(uow, actor, person.id, absence):
        facts = {**facts_of(added), "by": actor.name}
        uow.notices.tell(Notice(ENTERED, ToPerson(person.id), facts, f"absence:{added.id}"))
    return person, added


def _below(uow: UnitOfWork, actor: Actor, name: str) -> Person:
    person = one_person(uow, name)
    if not is_superior(uow, actor, person):
        raise NotFound("person", name)
    return person


def _settle_asked(uow: UnitOfWork, actor: Actor, person: PersonId, absence: NewAbsence) -> bool:
    """End the open requests for these days as approved; whether there were any, and so the person was told."""
    found = False
    for asked in uow.approvals.asked_by(person):
        if asked.is_open and asked.kind in KINDS.values():
            wanted = _absence_of(asked.facts, "")
            if absence.first <= wanted.first and wanted.last <= absence.last:
                approvals.overtake(uow, asked, State.APPROVED, actor.staff_id)
                found = True
    return found


@permits(*MANAGERS)
def absences_of(uow: UnitOfWork, actor: Actor, name: str) -> tuple[Person, list[Absence]]:
    """Leave and trips of somebody below, from today on. Raises NotFound, SeveralFound."""
    person, today = _below(uow, actor, name), uow.worktime.local_date(uow.now)
    return person, uow.absences.of(person.id, today, today + timedelta(days=400))
