"""Knowing the rules: everyone confirms having read a new or changed clause, and who has not is listed (ORG-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.errors import AlreadySettled, NotFound
from core.ids import PersonId, ReadingId
from core.notices import Fact, Notice, ToPerson, Urgency, kind
from core.people import Person, Snapshot
from core.ports import UnitOfWork
from core.rounds import RoundRun, every
from core.rulebook import Clause, Rulebook
from core.rules import ClauseChange, Differences, Edition, on_edition

TO_READ = kind("reading.to_read")  # to everyone concerned: the clauses to be read, one after the other
UNREAD = kind("reading.unread")  # to the manager: who has not read what
CLAUSE = "group.reading"
CATCH_UP = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause that is to be read as it is since `since`. A later change of the clause takes its place."""

    id: ReadingId
    clause: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A reading with those it concerns: who has confirmed, and when, and who has not."""

    reading: Reading
    read: Mapping[PersonId, datetime]
    missing: tuple[Person, ...]


class Readings(Protocol):
    def open(self, clauses: Sequence[str], since: datetime) -> list[Reading]:
        """Clauses are to be read as they are now; an earlier reading of the same clause ends."""

    def end(self, clauses: Sequence[str]) -> None: ...
    def current(self) -> list[Reading]:
        """In the order in which they were opened."""

    def confirm(self, reading: ReadingId, person: PersonId, at: datetime) -> bool:
        """False where they had before."""

    def confirmed(self, reading: ReadingId) -> dict[PersonId, datetime]: ...
    def confirmed_by(self, person: PersonId) -> set[ReadingId]: ...


# Whom it concerns ---------------------------------------------------------------------------------------


def concerns(rulebook: Rulebook, clause: str, person: Person) -> bool:
    roles = rulebook.reading.concerned.get(clause.partition(".")[0])
    return roles is None or not person.roles.isdisjoint(Role(role) for role in roles)


def unread_of(uow: UnitOfWork, person: Person, clauses: Mapping[str, Clause] | None = None) -> list[Reading]:
    """What somebody has still to read, the oldest first. Who was not there when a clause changed reads it too."""
    done = uow.readings.confirmed_by(person.id)
    known = uow.rulebook.clauses if clauses is None else clauses
    return [
        reading
        for reading in uow.readings.current()
        if reading.id not in done and reading.clause in known and concerns(uow.rulebook, reading.clause, person)
    ]


# A clause changes ---------------------------------------------------------------------------------------


@on_edition
def changed(uow: UnitOfWork, edition: Edition, found: Differences) -> None:
    """New and changed clauses are to be read from now on; those that are gone are not."""
    gone = {one.id for one in found.clauses if one.new is None}
    uow.readings.end(sorted(gone))
    to_read = [one.id for one in found.clauses if _is_to_be_read(one)]
    new = {one.id: one.new.clause for one in found.clauses if one.new is not None}
    if not to_read or not uow.rulebook.reading.ask:
        return
    uow.readings.open(to_read, uow.now)
    clauses = {name: one for name, one in {**uow.rulebook.clauses, **new}.items() if name not in gone}
    for person in uow.people.active():
        if any(concerns(uow.rulebook, clause, person) for clause in to_read):
            _tell(uow, person, unread_of(uow, person, clauses), clauses, str(edition.id))


def _is_to_be_read(change: ClauseChange) -> bool:
    """Whether it says something else, costs something else, or has come into force; not where it only went back into
    shadow."""
    if change.new is None:
        return False
    return change.old is None or change.comes_into_force or change.new.clause.in_force == change.old.clause.in_force


def _tell(
    uow: UnitOfWork,
    person: Person,
    unread: Sequence[Reading],
    clauses: Mapping[str, Clause],
    occasion: str,
    *,
    again: bool = False,
) -> None:
    """One card a change and one a reminder, which shows the next clause to be read: as it is written now, for while a
    change is recorded the former rulebook is still the one in use."""
    first = unread[0]
    clause = clauses[first.clause]
    facts: dict[str, Fact] = {
        "left": len(unread),
        "again": again,
        "reading": first.id,
        "article": clause.article,
        "title": {"zh": clause.title.zh, "en": clause.title.en},
        "says": {"zh": clause.says.zh, "en": clause.says.en},
        "in_force": clause.in_force,
    }
    uow.notices.tell(
        Notice(
            TO_READ,
            ToPerson(person.id),
            facts,
            subject=f"reading:{person.id}",
            clause=CLAUSE,
            card=f"reading:{person.id}:{occasion}",
            urgency=Urgency.ROUTINE,
        )
    )


@permits(*STAFF)
def confirm(uow: UnitOfWork, actor: Actor, reading_id: ReadingId) -> tuple[Reading, Clause] | None:
    """Confirm having read a clause; the next one to read with its text, or None where that was the last.

    Raises NotFound for a clause that was changed again since, AlreadySettled for a second press.
    """
    person = uow.people.get(actor.staff_id)
    known = {reading.id: reading for reading in uow.readings.current()}
    if reading_id not in known or not concerns(uow.rulebook, known[reading_id].clause, person):
        raise NotFound("reading", str(reading_id))
    if not uow.readings.confirm(reading_id, person.id, uow.now):
        raise AlreadySettled("reading", "read")
    return next_unread(uow, actor)


@permits(*STAFF)
def next_unread(uow: UnitOfWork, actor: Actor) -> tuple[Reading, Clause] | None:
    """What the actor has to read next, with its text."""
    unread = unread_of(uow, uow.people.get(actor.staff_id))
    return (unread[0], uow.rulebook.clause(unread[0].clause)) if unread else None


# Who has not --------------------------------------------------------------------------------------------


@permits(Role.ADMIN, *MANAGERS)
def overview(uow: UnitOfWork, actor: Actor) -> list[Standing]:
    """Every clause that is to be read, with who below the actor has not; for administrators and
    the GM with everybody."""
    ranks = Snapshot(uow)
    below = ranks.below(actor.staff_id)
    people = [person for person in uow.people.active() if actor.has(Role.ADMIN, Role.GM) or person.id in below]
    return [_standing(uow, reading, people) for reading in uow.readings.current() if _exists(uow, reading)]


def _exists(uow: UnitOfWork, reading: Reading) -> bool:
    return reading.clause in uow.rulebook.clauses


def _standing(uow: UnitOfWork, reading: Reading, people: Sequence[Person]) -> Standing:
    read = uow.readings.confirmed(reading.id)
    mine = [person for person in people if concerns(uow.rulebook, reading.clause, person)]
    done = {person.id: read[person.id] for person in mine if person.id in read}
    return Standing(reading, done, tuple(person for person in mine if person.id not in read))


def _when(rulebook: Rulebook, day: date) -> datetime | None:
    worktime = rulebook.working_time
    return worktime.instant(day, rulebook.reading.remind_at) if worktime.is_workday(day) else None


@every("reading.reminders", _when, CATCH_UP)
def remind(uow: UnitOfWork, run: RoundRun) -> None:
    """Those who have not read are reminded, and after a while their managers get one list."""
    if not uow.readings.current():
        return
    rules, ranks = uow.rulebook.reading, Snapshot(uow)
    late: dict[PersonId, list[Fact]] = {}
    for person in uow.people.active():
        unread = unread_of(uow, person)
        waiting = [_days_since(uow, reading, run.day) for reading in unread]
        if not waiting or max(waiting) < rules.remind_after_days:
            continue
        _tell(uow, person, unread, uow.rulebook.clauses, run.day.isoformat(), again=True)
        overdue = sum(days >= rules.report_after_days for days in waiting)
        superior = ranks.above(person.id) if overdue else None
        if superior is not None:
            late.setdefault(superior.id, []).append({"label": person.label, "clauses": overdue})
    for manager, people in late.items():
        key = f"unread|{run.day}"
        uow.notices.tell(
            Notice(UNREAD, ToPerson(manager), {"people": people}, clause=CLAUSE, key=key, urgency=Urgency.ROUTINE)
        )


def _days_since(uow: UnitOfWork, reading: Reading, day: date) -> int:
    """Working days between the day it was to be read and this one."""
    first = uow.worktime.local_date(reading.since)
    return sum(uow.worktime.is_workday(first + timedelta(days=n)) for n in range(1, (day - first).days + 1))
