"""Reporting a place, and asking where one stands (CHK-1, CHK-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.access import STAFF, Actor, permits
from core.away import Excuse
from core.checkins import board
from core.checkins.expected import ever_reports, expected, is_expected, window_of
from core.checkins.judging import excuses, flags_of, next_window, standing_at
from core.checkins.misses import enter_late, take_back_of
from core.checkins.values import (
    ABSENT,
    AFTERWARDS,
    MISSED_CLAUSE,
    REPORTED,
    AlreadyExcused,
    Checkin,
    Flag,
    Mine,
    NotExpected,
    Outcome,
    OutsideWindow,
    Position,
    Report,
    Reported,
    Standing,
    Window,
)
from core.errors import NotFound
from core.geo import VERIFIED_SOURCES, Point
from core.ids import MessageId, PersonId
from core.notices import Notice, ToPerson
from core.people import superior_of

if TYPE_CHECKING:
    from core.ports import UnitOfWork


def open_day(uow: UnitOfWork, day: date) -> None:
    """Enter everybody expected into the day's roster; who is on leave or a trip is excused (CHK-4). What is
    there already stays."""
    uow.checkins.open_day(day)
    absent = {one.person: one.kind for one in uow.absences.on(day) if excuses(uow.rulebook, one, day)}
    uow.checkins.expect(day, {person.id: absent.get(person.id) for person in expected(uow, day)})


@permits(*STAFF)
def report(uow: UnitOfWork, actor: Actor, report: Report) -> Reported:
    """Count a reported place, by the instant it was sent at (CHK-3).

    Raises NotExpected, OutsideWindow or AlreadyExcused.
    """
    person, window = actor.staff_id, _window_for(uow, actor, report.sent_at)
    sent_at = min(report.sent_at, uow.now)
    report = replace(report, sent_at=sent_at)
    if uow.checkins.day(window.day) is None:
        open_day(uow, window.day)
    uow.checkins.expect(window.day, {person: None})
    before = _of(uow, person, window.day)
    outcome = _enter(uow, before, window, report)
    after = _of(uow, person, window.day)
    if outcome is not Outcome.ALREADY:
        _spread(uow, before, after, report)
    state = uow.checkins.day(window.day)
    arrived_late = outcome is Outcome.COUNTED and after.standing is Standing.LATE
    if arrived_late and state is not None and state.closed_at is not None and not state.outage:
        enter_late(uow, [after])  # sent in the window, heard after the list
    if outcome is Outcome.AFTERWARDS:
        _tell_superior(uow, after)
    return Reported(after, outcome, window)


def _window_for(uow: UnitOfWork, actor: Actor, sent_at: datetime) -> Window:
    day = uow.worktime.local_date(min(sent_at, uow.now))
    if not ever_reports(uow, actor, day):
        raise NotExpected
    window = window_of(uow, day) if is_expected(uow, actor, day) else None
    if window is None or sent_at < window.opens_at:
        raise OutsideWindow(next_window(uow.rulebook, uow.now))
    return window


def _of(uow: UnitOfWork, person: PersonId, day: date) -> Checkin:
    found = uow.checkins.of(person, day)
    if found is None:
        raise NotFound("checkin", day.isoformat())
    return found


def _enter(uow: UnitOfWork, before: Checkin, window: Window, report: Report) -> Outcome:
    """Write the report into the person's row, as far as it changes anything."""
    flags = _flags(uow, before.person, window.day, report)
    standing = standing_at(window, report.sent_at)
    if before.standing in REPORTED or before.reported_at is not None:
        better = report.source in VERIFIED_SOURCES and not before.is_verified
        if better and uow.checkins.verify(before.person, window.day, report, flags):
            return Outcome.VERIFIED
        return Outcome.ALREADY
    if standing is not None:
        took = uow.checkins.take(before.person, window.day, standing, report, flags)
        return Outcome.COUNTED if took else Outcome.ALREADY
    if before.standing is Standing.EXCUSED:
        raise AlreadyExcused(before.label, before.day, before.excuse or Excuse.SUPERIOR)
    noted = uow.checkins.note_afterwards(before.person, window.day, report, flags)
    return Outcome.AFTERWARDS if noted else Outcome.ALREADY


def _flags(uow: UnitOfWork, person: PersonId, day: date, report: Report) -> tuple[Flag, ...]:
    spot = report.point.spot if report.point and report.source in VERIFIED_SOURCES else None
    taken = spot is not None and uow.checkins.is_taken_spot(day, spot, person)
    before = uow.checkins.last_position(person, report.sent_at) if report.source in VERIFIED_SOURCES else None
    return flags_of(uow.rulebook, report, uow.now, before, taken_spot=taken)


def _spread(uow: UnitOfWork, before: Checkin, after: Checkin, report: Report) -> None:
    """Let everybody concerned see it, and take back what was held against the person meanwhile."""
    if report.point is not None and report.source in VERIFIED_SOURCES:
        uow.checkins.note_position(after.person, report.point, report.sent_at, f"checkin:{after.day}")
    if before.standing in ABSENT and after.standing in REPORTED:
        take_back_of(uow, after.person, after.day, "", None)
        board.chase(uow, after.day, after.person)
    board.refresh(uow, after.day, after.department)


def _tell_superior(uow: UnitOfWork, after: Checkin) -> None:
    superior = superior_of(uow, uow.people.get(after.person))
    if superior is not None:
        facts = {**board.entry(after), "day": after.day.isoformat(), "person": after.person}
        subject = f"checkin:{after.day}:{after.person}"
        uow.notices.tell(Notice(AFTERWARDS, ToPerson(superior.id), facts, subject, MISSED_CLAUSE, key=subject))


@permits(*STAFF)
def move_live(uow: UnitOfWork, actor: Actor, message: MessageId, point: Point) -> bool:
    """A shared live location moved: the day's place and the last position follow (P50). Whether it was one
    that counts."""
    day = uow.checkins.move(actor.staff_id, message, point, uow.now)
    if day is None:
        return False
    uow.checkins.note_position(actor.staff_id, point, uow.now, f"checkin:{day}")
    return True


@permits(*STAFF)
def mine(uow: UnitOfWork, actor: Actor) -> Mine:
    """Where one stands today. Raises NotExpected."""
    today = uow.worktime.local_date(uow.now)
    if not ever_reports(uow, actor, today):
        raise NotExpected
    return Mine(
        window_of(uow, today) if is_expected(uow, actor, today) else None,
        uow.checkins.of(actor.staff_id, today),
        next_window(uow.rulebook, uow.now),
    )


@permits(*STAFF)
def awaits_place(uow: UnitOfWork, actor: Actor) -> bool:
    """Whether the actor is asked for a place right now: the window is open, and nothing was reported yet."""
    window = window_of(uow, uow.worktime.local_date(uow.now))
    if window is None or not window.opens_at <= uow.now <= window.closes_at:
        return False
    if not is_expected(uow, actor, window.day):
        return False
    known = uow.checkins.of(actor.staff_id, window.day)
    return known is None or known.standing is Standing.WAITING


def last_position(uow: UnitOfWork, person: PersonId, at: datetime) -> Position | None:
    """Where the person was last known to be at or before an instant; for other areas."""
    return uow.checkins.last_position(person, at)
