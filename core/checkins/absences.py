"""Leave, business trips, and excusing afterwards (CHK-4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from core import approvals
from core.access import MANAGERS, STAFF, Actor, permits
from core.approvals import Kind, State
from core.away import Absence, Excuse, NewAbsence, span_of
from core.calendar.moving import follow_leave
from core.checkins import board
from core.checkins.expected import window_of
from core.checkins.judging import excuses
from core.checkins.misses import take_back_of
from core.checkins.rounds import ask_for_place
from core.checkins.values import (
    ABSENCE,
    ABSENCE_CANCELLED,
    ABSENT,
    EXCUSED,
    MISSED_CLAUSE,
    AbsenceOverlaps,
    AlreadyExcused,
    Checkin,
    DayIsOver,
    NothingToExcuse,
    Standing,
)
from core.errors import AlreadySettled, NotFound
from core.ids import AbsenceId, PersonId
from core.notices import Fact, Notice, ToPerson
from core.people import Person, is_superior, one_person, superior_of

if TYPE_CHECKING:
    from core.ports import UnitOfWork

EXCUSABLE = (Standing.WAITING, Standing.LATE, Standing.MISSED, Standing.UNHEARD)
LOOK_BACK_DAYS = 31
LONGEST_REASON = 200


@permits(*STAFF)
def announce(uow: UnitOfWork, actor: Actor, absence: NewAbsence) -> Absence:
    """Be on leave or a trip, where that needs no approval. The superior is told and can cancel it.

    Raises DayIsOver or AbsenceOverlaps.
    """
    person = uow.people.get(actor.staff_id)
    check(uow, person.id, absence)
    added = enter(uow, person, absence)
    superior = superior_of(uow, person)
    if superior is not None:
        facts = {**facts_of(added), "absence": added.id, "label": person.label}
        uow.notices.tell(Notice(ABSENCE, ToPerson(superior.id), facts, f"absence:{added.id}"))
    return added


def check(uow: UnitOfWork, person: PersonId, absence: NewAbsence) -> None:
    """Raises DayIsOver, or AbsenceOverlaps where there is leave or a trip already."""
    span = span_of(uow.worktime, uow.rulebook, absence)
    if absence.first < uow.worktime.local_date(uow.now) or span is None or span.end <= uow.now:
        raise DayIsOver(absence.first)
    check_apart(uow, person, absence)


def check_apart(uow: UnitOfWork, person: PersonId, absence: NewAbsence) -> None:
    """Raises AbsenceOverlaps."""
    span = span_of(uow.worktime, uow.rulebook, absence)
    for known in uow.absences.of(person, absence.first, absence.last):
        taken = span_of(uow.worktime, uow.rulebook, known)
        if span is not None and taken is not None and span.overlap(taken):
            raise AbsenceOverlaps(known.first, known.last, known.kind)


def enter(uow: UnitOfWork, person: Person, absence: NewAbsence, asked_at: datetime | None = None) -> Absence:
    """Put leave or a trip in force. Whoever asked for it before the round's end is excused from that day's, also
    when it was approved after it."""
    added = uow.absences.add(person.id, absence, uow.now)
    today = uow.worktime.local_date(uow.now)
    day = min(today, uow.worktime.local_date(asked_at or uow.now))
    while day <= today:
        if excuses(uow.rulebook, added, day):
            _excuse_by(uow, person, added, day, asked_at or uow.now)
        day += timedelta(days=1)
    follow_leave(uow, person.id)
    approvals.reassess(uow, person.id)
    return added


def _excuse_by(uow: UnitOfWork, person: Person, absence: Absence, day: date, asked_at: datetime) -> None:
    window = window_of(uow, day)
    in_time = window is not None and asked_at < window.closes_at
    of = EXCUSABLE if in_time else (Standing.WAITING,)
    if uow.checkins.excuse(person.id, day, absence.kind, absence.reason, None, of):
        take_back_of(uow, person.id, day, absence.reason, None)
        board.refresh(uow, day, person.department)
        board.chase(uow, day, person.id)


@permits(*STAFF)
def cancel(uow: UnitOfWork, actor: Actor, absence_id: AbsenceId) -> Absence:
    """Take leave or a trip back: open to the person and those above. Raises NotFound or AlreadySettled."""
    absence = uow.absences.get(absence_id)
    person = uow.people.get(absence.person)
    if actor.person != person.id and not is_superior(uow, actor, person):
        raise NotFound("absence", str(absence_id))
    today = uow.worktime.local_date(uow.now)
    if absence.last < today:
        raise AlreadySettled("absence", "over")
    if not uow.absences.cancel(absence_id, actor.staff_id, uow.now):
        raise AlreadySettled("absence", "cancelled")
    follow_leave(uow, person.id)
    if excuses(uow.rulebook, absence, today):
        _expect_again(uow, person, today)
    told = person if actor.person != person.id else superior_of(uow, person)
    if told is not None:
        facts = {**facts_of(absence), "label": person.label, "by": actor.name, "mine": told.id == person.id}
        uow.notices.tell(Notice(ABSENCE_CANCELLED, ToPerson(told.id), facts, f"absence:{absence_id}"))
    return absence


def _expect_again(uow: UnitOfWork, person: Person, today: date) -> None:
    """While the window is not over the person is waited for again; afterwards the excuse stays."""
    state, window = uow.checkins.day(today), window_of(uow, today)
    if state is None or state.closed_at is not None or window is None:
        return
    if uow.checkins.set_waiting(person.id, today):
        one = uow.checkins.of(person.id, today)
        if one is not None and window.prompt_at <= uow.now < window.closes_at:
            ask_for_place(uow, window, one, f"checkin.prompt:{uow.now.isoformat()}")
        board.refresh(uow, today, person.department)


def facts_of(absence: Absence | NewAbsence) -> dict[str, Fact]:
    return {
        "first": absence.first.isoformat(),
        "last": absence.last.isoformat(),
        "kind": absence.kind.value,
        "reason": absence.reason,
        "from_noon": absence.from_noon,
        "until_noon": absence.until_noon,
    }


@permits(*STAFF)
def my_absences(uow: UnitOfWork, actor: Actor) -> list[Absence]:
    """One's own leave and trips from today on."""
    today = uow.worktime.local_date(uow.now)
    return uow.absences.of(actor.staff_id, today, today + timedelta(days=400))


# Excusing afterwards -------------------------------------------------------------------------------------


@permits(*MANAGERS)
def excuse_by_name(uow: UnitOfWork, actor: Actor, name: str, day: date | None, reason: str) -> Checkin:
    """Excuse a person's day: by default today, or else the latest miss of a month.

    Raises NotFound, SeveralFound, NothingToExcuse or AlreadyExcused.
    """
    today = uow.worktime.local_date(uow.now)
    person = one_person(uow, name)
    if not is_superior(uow, actor, person):
        raise NotFound("person", name)
    return _excuse_directly(uow, actor, person, day or _excusable_day(uow, person, today), reason)


def _excusable_day(uow: UnitOfWork, person: Person, today: date) -> date:
    now = uow.checkins.of(person.id, today)
    if now is not None and now.standing in EXCUSABLE:
        return today
    missed = uow.checkins.misses([person.id], today - timedelta(days=LOOK_BACK_DAYS), today)
    return missed[person.id][-1] if missed else today


@permits(*MANAGERS)
def excuse_on(uow: UnitOfWork, actor: Actor, person_id: PersonId, day: date, reason: str) -> Checkin:
    """Excuse a person of one's own. Raises NotFound, NothingToExcuse or AlreadyExcused."""
    person = uow.people.get(person_id)
    if not is_superior(uow, actor, person):
        raise NotFound("person", str(person_id))
    return _excuse_directly(uow, actor, person, day, reason)


def _excuse_directly(uow: UnitOfWork, actor: Actor, person: Person, day: date, reason: str) -> Checkin:
    """Excuse without being asked, or before it was decided in the usual way."""
    excused = excuse(uow, person, day, reason, actor.staff_id)
    asked = uow.approvals.open_on(Kind.EXCUSE, subject_of(person.id, day))
    if asked is not None:
        approvals.overtake(uow, asked, State.APPROVED, actor.staff_id)
        return excused
    facts: dict[str, Fact] = {"day": day.isoformat(), "reason": excused.reason, "by": actor.name}
    uow.notices.tell(Notice(EXCUSED, ToPerson(person.id), facts, subject_of(person.id, day), MISSED_CLAUSE))
    return excused


def subject_of(person: PersonId, day: date) -> str:
    return f"checkin:{day}:{person}"


def excuse(uow: UnitOfWork, person: Person, day: date, reason: str, by: PersonId | None) -> Checkin:
    """A superior's word that a miss does not count. Raises AlreadyExcused, NothingToExcuse."""
    before, reason = uow.checkins.of(person.id, day), reason[:LONGEST_REASON]
    if before is not None and before.standing is Standing.EXCUSED:
        raise AlreadyExcused(person.label, day, before.excuse or Excuse.SUPERIOR)
    if not uow.checkins.excuse(person.id, day, Excuse.SUPERIOR, reason, by, EXCUSABLE):
        raise NothingToExcuse(person.label)
    take_back_of(uow, person.id, day, reason, by)
    board.refresh(uow, day, person.department)
    board.chase(uow, day, person.id)
    after = uow.checkins.of(person.id, day)
    if after is None:
        raise NotFound("checkin", day.isoformat())
    return after


@permits(*MANAGERS)
def to_settle(uow: UnitOfWork, actor: Actor, day: date) -> list[Checkin]:
    """The missing of a day whom the actor may excuse."""
    chain, everywhere = board.Chain(uow), [department.id for department in uow.people.departments()]
    missing = uow.checkins.listed(day, ABSENT, everywhere, board.MOST_LISTED)
    return [one for one in missing if chain.is_above(actor.staff_id, one.person)]


@permits(*MANAGERS)
def one_to_settle(uow: UnitOfWork, actor: Actor, person_id: PersonId, day: date) -> Checkin:
    """One of them. Raises NotFound."""
    found = uow.checkins.of(person_id, day)
    if found is None or not is_superior(uow, actor, uow.people.get(person_id)):
        raise NotFound("checkin", day.isoformat())
    return found
