"""Logging a visit in seconds (VIS-3), and the next step that comes of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core import customers
from core.access import STAFF, Actor, permits
from core.customers import Customer
from core.deadlines import Deadline, DeadlineKind, on_due
from core.errors import AlreadySettled, NotFound
from core.geo import Point, metres
from core.groups import Group, Purpose, for_purpose
from core.ids import DepartmentId, VisitId
from core.notices import Fact, Notice, ToGroup, ToPerson, Urgency, kind
from core.ports import UnitOfWork
from core.rulebook import Rulebook
from core.visits.model import (
    FARTHEST_DAYS,
    MOST_SAID,
    DayRefused,
    NewVisit,
    PhotosFull,
    PlanState,
    Report,
    Spot,
    TextRefused,
    Visit,
)
from core.worktime.written import read_day

CLAUSE = "visit.log"
LOGGED = kind("visit.logged")  # to the manager's group, one line
NEXT_STEP = kind("visit.next_step")  # to the person: today is the day of the next step
NEXT = DeadlineKind("visit.next")
MOST_SHOWN = 8
FEW_METRES = 2_000.0  # two readings of one place may be this far apart, however short the time between


def subject_of(visit: VisitId) -> str:
    return f"visit:{visit}"


@permits(*STAFF)
def log(uow: UnitOfWork, actor: Actor, report: Report) -> Visit:
    """Keep a visit; open plans for it up to today are done, earlier next steps at the customer end.

    Raises NotFound for a customer that is not the actor's to see, TextRefused, PhotosFull and DayRefused.
    """
    customer = customers.view(uow, actor, report.customer)
    check(uow, actor, report)
    jumped = _jumped(uow, actor, report.spot)
    visit = uow.visits.add(NewVisit(report, actor.staff_id, _distance(customer, report.spot), jumped, uow.now))
    _settle_earlier(uow, visit)
    uow.customers.touch(customer.id)
    if visit.next_on is not None:
        _open_next(uow, visit, visit.next_on)
    for group in managers_groups(uow, actor.department):
        uow.notices.tell(
            Notice(LOGGED, ToGroup(group.id), facts_of(visit), subject_of(visit.id), urgency=Urgency.ROUTINE)
        )
    return visit


@permits(*STAFF)
def check(uow: UnitOfWork, actor: Actor, report: Report) -> None:
    """What `log` would refuse of a report that is not finished yet."""
    if report.kind not in {one.key for one in uow.rulebook.visits.kinds}:
        raise NotFound("kind", report.kind)
    if not report.said.strip() or len(report.said) > MOST_SAID:
        raise TextRefused(MOST_SAID)
    if len(report.photos) > uow.rulebook.visits.max_photos:
        raise PhotosFull(uow.rulebook.visits.max_photos)
    if report.next_on is not None:
        check_day(report.next_on, uow.worktime.local_date(uow.now))


@permits(*STAFF)
def move_next(uow: UnitOfWork, actor: Actor, visit_id: VisitId, days: int) -> Visit:
    """Put a next step off by days from today; 0 ends it. Raises AlreadySettled where it has ended (P17)."""
    visit = uow.visits.get(visit_id)
    if visit.person != actor.person:
        raise NotFound("visit", str(visit_id))
    day = uow.worktime.local_date(uow.now) + timedelta(days=days) if days else None
    if day is not None:
        check_day(day, uow.worktime.local_date(uow.now))
    if not uow.visits.set_next(visit_id, day):
        raise AlreadySettled("visit", "done")
    uow.deadlines.cancel(subject_of(visit_id), NEXT)
    if day is not None:
        _open_next(uow, visit, day)
    return uow.visits.get(visit_id)


@permits(*STAFF)
def mine(uow: UnitOfWork, actor: Actor) -> list[Visit]:
    """One's own visits, newest first."""
    return uow.visits.last(actor.staff_id, MOST_SHOWN)


@on_due(NEXT)
def next_due(uow: UnitOfWork, deadline: Deadline) -> None:
    """The day of the next step: its person is reminded."""
    visit = uow.visits.get(VisitId(deadline.number))
    if visit.next_open:
        notice = Notice(NEXT_STEP, ToPerson(visit.person), facts_of(visit), deadline.subject, key=deadline.key)
        uow.notices.tell(notice)


# Decisions --------------------------------------------------------------------------------------------------


def read_next(text: str, today: date) -> date:
    """The day somebody typed. Raises DayRefused."""
    day = read_day(text, today)
    if day is None:
        raise DayRefused(text.strip()[:40], "unclear")
    check_day(day, today)
    return day


def check_day(day: date, today: date) -> None:
    """Raise DayRefused for a day that is over, or further ahead than a year (P36)."""
    if day < today:
        raise DayRefused(day.isoformat(), "past")
    if day > today + timedelta(days=FARTHEST_DAYS):
        raise DayRefused(day.isoformat(), "far")


def reminder_at(rulebook: Rulebook, day: date) -> datetime:
    """When a person is reminded on a day: the company's clock, also on rest days."""
    return rulebook.working_time.instant(day, rulebook.visits.reminder_at)


def facts_of(visit: Visit) -> dict[str, Fact]:
    """A visit as notices carry it."""
    return {
        "visit": visit.id,
        "customer": visit.customer,
        "name": visit.customer_name,
        "label": visit.person_label,
        "kind": visit.kind,
        "said": visit.said,
        "at": visit.at,
        "distance_m": visit.distance_m,
        "proof": visit.spot.proof if visit.spot else "",
        "jumped": visit.jumped,
        "next_on": visit.next_on.isoformat() if visit.next_on else "",
    }


def managers_groups(uow: UnitOfWork, department: DepartmentId | None) -> list[Group]:
    """Where managers read: the management group, else the sales floor."""
    return for_purpose(uow, Purpose.MANAGEMENT, department) or for_purpose(uow, Purpose.SALES, department)


def _open_next(uow: UnitOfWork, visit: Visit, day: date) -> None:
    due = reminder_at(uow.rulebook, day)
    if due > uow.now:
        uow.deadlines.open(NEXT, subject_of(visit.id), due, CLAUSE)


def _settle_earlier(uow: UnitOfWork, visit: Visit) -> None:
    for earlier in uow.visits.open_next(visit.person, visit.customer):
        if earlier.id != visit.id:
            uow.visits.set_next(earlier.id, None)
            uow.deadlines.cancel(subject_of(earlier.id), NEXT)
    today = uow.worktime.local_date(visit.at)
    for plan in uow.visits.open_plans(visit.person):
        if plan.customer == visit.customer and plan.day <= today:
            uow.visits.settle_plan(plan.id, PlanState.DONE)
            uow.deadlines.cancel(f"plan:{plan.id}")


def _distance(customer: Customer, spot: Spot | None) -> int | None:
    if spot is None or customer.point is None:
        return None
    return round(metres(customer.point, spot.point))


def _jumped(uow: UnitOfWork, actor: Actor, spot: Spot | None) -> bool:
    before = uow.visits.last_placed(actor.staff_id)
    if spot is None or before is None:
        return False
    return faster_than_travel(before, (spot.point, uow.now), uow.rulebook.checkin.jump_km_per_hour)


def faster_than_travel(before: tuple[Point, datetime], now: tuple[Point, datetime], km_per_hour: int) -> bool:
    """Whether nobody travels that fast between two places (P50)."""
    way = metres(before[0], now[0])
    hours = max((now[1] - before[1]).total_seconds(), 1.0) / 3600
    return way > FEW_METRES and way / 1000 / hours > km_per_hour
