"""Leave, business trips, and excusing afterwards (CHK-4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.access import MANAGERS, STAFF, Actor, permits
from core.away import Absence, Excuse, NewAbsence, span_of
from core.calendar.moving import follow_leave
from core.checkins import board
from core.checkins.judging import excuses, window_on
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
    """Be on leave or a trip. The superior is told and can cancel it.

    Raises DayIsOver or AbsenceOverlaps.
    """
    today = uow.worktime.local_date(uow.now)
    span = span_of(uow.worktime, uow.rulebook, absence)
    if absence.first < today or span is None or span.end <= uow.now:
        raise DayIsOver(absence.first)
    for known in uow.absences.of(actor.staff_id, absence.first, absence.last):
        taken = span_of(uow.worktime, uow.rulebook, known)
        if taken is not None and span.overlap(taken):
            raise AbsenceOverlaps(known.first, known.last, known.kind)
    added = uow.absences.add(actor.staff_id, absence, uow.now)
    excused = excuses(uow.rulebook, added, today) and uow.checkins.excuse(
        added.person, today, added.kind, added.reason, None, (Standing.WAITING,)
    )
    if excused:
        board.refresh(uow, today, actor.department)
    follow_leave(uow, actor.staff_id)
    person = uow.people.get(actor.staff_id)
    superior = superior_of(uow, person)
    if superior is not None:
        facts = {**_facts(added), "label": person.label}
        uow.notices.tell(Notice(ABSENCE, ToPerson(superior.id), facts, f"absence:{added.id}"))
    return added


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
        facts = {**_facts(absence), "label": person.label, "by": actor.name, "mine": told.id == person.id}
        uow.notices.tell(Notice(ABSENCE_CANCELLED, ToPerson(told.id), facts, f"absence:{absence_id}"))
    return absence


def _expect_again(uow: UnitOfWork, person: Person, today: date) -> None:
    """While the window is not over the person is waited for again; afterwards the excuse stays."""
    state, window = uow.checkins.day(today), window_on(uow.rulebook, today)
    if state is None or state.closed_at is not None or window is None:
        return
    if uow.checkins.set_waiting(person.id, today):
        one = uow.checkins.of(person.id, today)
        if one is not None and window.prompt_at <= uow.now < window.closes_at:
            ask_for_place(uow, window, one, f"checkin.prompt:{uow.now.isoformat()}")
        board.refresh(uow, today, person.department)


def _facts(absence: Absence) -> dict[str, Fact]:
    return {
        "absence": absence.id,
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
    return _excuse(uow, actor, person, day or _excusable_day(uow, person, today), reason)


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
    return _excuse(uow, actor, person, day, reason)


def _excuse(uow: UnitOfWork, actor: Actor, person: Person, day: date, reason: str) -> Checkin:
    before, reason = uow.checkins.of(person.id, day), reason[:LONGEST_REASON]
    if before is not None and before.standing is Standing.EXCUSED:
        raise AlreadyExcused(person.label, day, before.excuse or Excuse.SUPERIOR)
    if not uow.checkins.excuse(person.id, day, Excuse.SUPERIOR, reason, actor.staff_id, EXCUSABLE):
        raise NothingToExcuse(person.label)
    take_back_of(uow, person.id, day, reason, actor.staff_id)
    board.refresh(uow, day, person.department)
    board.chase(uow, day, person.id)
    facts: dict[str, Fact] = {"day": day.isoformat(), "reason": reason, "by": actor.name}
    uow.notices.tell(Notice(EXCUSED, ToPerson(person.id), facts, f"checkin:{day}:{person.id}", MISSED_CLAUSE))
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
