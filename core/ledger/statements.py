"""Statements: what a month came to for a person or a department, in messages and tables (LGR-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.errors import NotFound
from core.ids import DepartmentId, PersonId
from core.ledger.counting import month_start
from core.ledger.entries import Effect, Entry, Record
from core.ledger.lists import must_look_at_others
from core.ledger.reasons import reads_all
from core.notices import Fact, Notice, ToPerson, Urgency, kind
from core.people import Department, Person, Snapshot, is_superior, one_department, one_person
from core.ports import UnitOfWork
from core.rounds import RoundRun, every
from core.rulebook import Rulebook

STATEMENT = kind("ledger.statement")  # to each person: their month
TEAM_STATEMENT = kind("ledger.team_statement")  # to each superior: their people's month

CATCH_UP = timedelta(days=20)
MOST_TOLD = 12
ADDED_UP = (Effect.FINE, Effect.REWARD, Effect.POINTS)
TICK = timedelta(microseconds=1)

# Pure ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in a statement. `change` is how it changes the month's sums: 1 it counts, -1 it was counted in an
    earlier month and was taken back since, 0 neither."""

    entry: Entry
    change: int
    is_back: bool
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's month. What is frozen by an appeal at its end counts in the month in which the verdict upholds it;
    what is taken back later is taken off that month."""

    person: PersonId
    label: str
    department: str
    month: date
    lines: tuple[Line, ...]

    def total(self, effect: Effect) -> int:
        return sum(line.change * line.entry.amount for line in self.lines if line.entry.effect is effect)

    @property
    def cases(self) -> int:
        """How many cases the month has that count."""
        return len({line.entry.case for line in self.lines if line.change > 0})

    @property
    def frozen(self) -> int:
        return len({line.entry.case for line in self.lines if line.is_frozen})

    @property
    def balance(self) -> int:
        """Yuan: rewards less fines."""
        return self.total(Effect.REWARD) - self.total(Effect.FINE)


def month_span(zone: ZoneInfo, month: date) -> tuple[datetime, datetime]:
    """From the first instant of a month to the first of the next, in the company's zone (P8)."""
    first, following = month_start(month), month_start(month, -1)
    return datetime.combine(first, time(), zone), datetime.combine(following, time(), zone)


def lines_of(records: Iterable[Record], start: datetime, end: datetime) -> tuple[Line, ...]:
    """What happened to entries from `start` to just before `end`, as it stands at the end."""
    before, last = start - TICK, end - TICK
    found = []
    for record in records:
        change = int(record.counts(last)) - int(record.counts(before))
        is_new = start <= record.entry.at < end
        if change or is_new:
            frozen = record.stands(last) and record.is_frozen(last)
            found.append(Line(record.entry, change, not record.stands(last), frozen))
    return tuple(found)


def statement_day(rulebook: Rulebook, month: date) -> date:
    """The day of a month on which the statements of the month before are told."""
    first, following = month_start(month), month_start(month, -1)
    return min(first + timedelta(days=rulebook.ledger.statement_day - 1), following - timedelta(days=1))


# Questions -----------------------------------------------------------------------------------------------


def _statements(
    uow: UnitOfWork, month: date, people: Sequence[PersonId] | None, person_of: Callable[[PersonId], Person]
) -> list[Statement]:
    """The statements of those who have anything in the month, by label. Shadow entries are left out."""
    start, end = month_span(uow.rulebook.zone, month)
    end = min(end, uow.now + TICK)
    by_person: dict[PersonId, list[Record]] = {}
    for record in uow.ledger.records(people, start, end):
        if record.entry.in_force:
            by_person.setdefault(record.entry.person, []).append(record)
    found = []
    for person_id, records in by_person.items():
        lines = lines_of(records, start, end)
        if lines:
            person = person_of(person_id)
            found.append(Statement(person.id, person.label, person.department_name, month_start(month), lines))
    return sorted(found, key=lambda one: one.label)


def _of(uow: UnitOfWork, person: Person, month: date) -> Statement:
    found = _statements(uow, month, [person.id], uow.people.get)
    empty = Statement(person.id, person.label, person.department_name, month_start(month), ())
    return found[0] if found else empty


def present_month(uow: UnitOfWork) -> date:
    return month_start(uow.worktime.local_date(uow.now))


def _check_month(uow: UnitOfWork, month: date) -> None:
    if month_start(month) > present_month(uow):
        raise NotFound("month", f"{month:%Y-%m}")


@permits(*STAFF)
def statement(uow: UnitOfWork, actor: Actor, month: date | None = None, person: PersonId | None = None) -> Statement:
    """One's own month, or that of somebody below (or for those who read all statements, anybody). Raises NotFound."""
    month = month or present_month(uow)
    _check_month(uow, month)
    found = uow.people.get(person if person else actor.staff_id)
    if not _may_read(uow, actor, found):
        raise NotFound("person", str(person))
    return _of(uow, found, month)


def _may_read(uow: UnitOfWork, actor: Actor, person: Person) -> bool:
    return person.id == actor.person or is_superior(uow, actor, person) or reads_all(uow, actor)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The statements of several people: a department's, or all that the reader may see."""

    name: str
    month: date
    statements: tuple[Statement, ...]
    department: DepartmentId | None = None


@permits(Role.FINANCE, Role.ADMIN, *MANAGERS)
def sheet(uow: UnitOfWork, actor: Actor, month: date | None = None, department: DepartmentId | None = None) -> Sheet:
    """The month of everybody below the actor (of everybody, for those who read all), in one department and those
    below it if one is meant. People who left are in it. Raises NotFound."""
    month = month or present_month(uow)
    _check_month(uow, month)
    ranks = Snapshot(uow)
    everybody = reads_all(uow, actor)
    below = ranks.below(actor.staff_id)
    top = _one_department(uow, department) if department is not None else None
    wanted = _departments_under(uow, top.id) if top else None
    seen = [
        person.id
        for person in ranks.people.values()
        if (everybody or person.id in below) and (wanted is None or person.department in wanted)
    ]
    if top and not seen:
        raise NotFound("department", top.name)
    found = _statements(uow, month, seen, lambda one: ranks.people[one])
    return Sheet(top.name if top else "", month_start(month), tuple(found), top.id if top else None)


def _one_department(uow: UnitOfWork, department: DepartmentId) -> Department:
    """Raises NotFound for a number that no department has."""
    found = next((one for one in uow.people.departments() if one.id == department), None)
    if found is None:
        raise NotFound("department", str(department))
    return found


def _departments_under(uow: UnitOfWork, top: DepartmentId) -> set[DepartmentId]:
    parents = {one.id: one.parent for one in uow.people.departments()}
    found = {top}
    while True:
        more = {one for one, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


@permits(*STAFF)
def look_up(uow: UnitOfWork, actor: Actor, text: str, month: date | None) -> Statement | Sheet:
    """What a name means: a person, else a department. Raises NotFound, SeveralFound."""
    must_look_at_others(uow, actor, text)
    if not uow.people.find(text) and uow.people.find_department(text) is not None:
        return sheet(uow, actor, month, one_department(uow, text).id)
    person = one_person(uow, text)
    if not _may_read(uow, actor, person):
        raise NotFound("person", text)
    return statement(uow, actor, month, person.id)


# The round -----------------------------------------------------------------------------------------------


def _plan(rulebook: Rulebook, day: date) -> datetime | None:
    if statement_day(rulebook, day) != day:
        return None
    return rulebook.working_time.instant(day, rulebook.ledger.statement_at)


@every("ledger.statement", _plan, catch_up=CATCH_UP)
def tell_statements(uow: UnitOfWork, run: RoundRun) -> None:
    """Last month's statement to everybody who has anything in it, and to their superiors in one message each."""
    month = month_start(run.day, 1)
    ranks = Snapshot(uow)
    found = _statements(uow, month, None, lambda one: ranks.people[one])
    teams: dict[PersonId, list[Statement]] = {}
    for one in found:
        _tell_person(uow, one, run)
        above = ranks.above(one.person)
        if above is not None:
            teams.setdefault(above.id, []).append(one)
    for boss, statements in teams.items():
        _tell_superior(uow, boss, month, statements, run)


def statement_facts(found: Statement) -> dict[str, Fact]:
    return {
        "person": found.person,
        "label": found.label,
        "month": found.month.isoformat(),
        "cases": found.cases,
        "frozen": found.frozen,
        "totals": [[effect, found.total(effect)] for effect in ADDED_UP if found.total(effect)],
        "lines": [_line_facts(line) for line in found.lines[:MOST_TOLD]],
        "more": max(0, len(found.lines) - MOST_TOLD),
    }


def _line_facts(line: Line) -> Fact:
    entry = line.entry
    return {
        "case": entry.case,
        "at": entry.at,
        "effect": entry.effect,
        "amount": entry.amount,
        "clause": entry.clause,
        "change": line.change,
        "back": line.is_back,
        "frozen": line.is_frozen,
    }


def _tell_person(uow: UnitOfWork, found: Statement, run: RoundRun) -> None:
    key = f"statement|{found.month}|{found.person}"
    facts = {**statement_facts(found), "late": run.missed, "mine": True}
    uow.notices.tell(Notice(STATEMENT, ToPerson(found.person), facts, "statement", key=key, urgency=Urgency.ROUTINE))


def _tell_superior(uow: UnitOfWork, boss: PersonId, month: date, found: list[Statement], run: RoundRun) -> None:
    key = f"team_statement|{month}|{boss}"
    facts = {**sheet_facts(Sheet("", month, tuple(found))), "late": run.missed}
    uow.notices.tell(Notice(TEAM_STATEMENT, ToPerson(boss), facts, "statement", key=key, urgency=Urgency.ROUTINE))


def sheet_facts(found: Sheet) -> dict[str, Fact]:
    """The sums of several people."""
    statements = found.statements
    return {
        "name": found.name,
        "department": found.department,
        "month": found.month.isoformat(),
        "people": [
            {
                "label": one.label,
                "cases": one.cases,
                "frozen": one.frozen,
                "totals": [[effect, one.total(effect)] for effect in ADDED_UP if one.total(effect)],
            }
            for one in statements[:MOST_TOLD]
        ],
        "more": max(0, len(statements) - MOST_TOLD),
        "count": len(statements),
        "totals": [[effect, total] for effect in ADDED_UP if (total := sum(one.total(effect) for one in statements))],
    }
