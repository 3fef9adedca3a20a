"""Planning visits (VIS-2): the superior reads and comments, the person is reminded, a visit settles the plan."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from core import customers
from core.access import STAFF, Actor, Role, permits
from core.deadlines import Deadline, DeadlineKind, on_due
from core.errors import AlreadySettled, NotFound
from core.ids import CustomerId, MessageId, PersonId, PlanId
from core.ledger import breach
from core.notices import Fact, Notice, NoticeKind, ToPerson, Urgency, kind
from core.people import Person, is_superior, superior_of
from core.ports import UnitOfWork
from core.visits.logging import check_day, reminder_at
from core.visits.model import (
    MOST_COMMENT,
    MOST_PURPOSE,
    DayRefused,
    Plan,
    PlanState,
    TextRefused,
    Visit,
    WhichCustomer,
)
from core.worktime.written import read_day

CLAUSE = "visit.plan"
PLANNED = kind("visit.planned")  # to the superior: a plan to read and comment
REMARKED = kind("visit.remarked")  # to the person: what the superior said
TODAY = kind("visit.today")  # to the person, in the morning of the day
NOT_DONE = kind("visit.not_done")  # to the person, once, when the day is over
PLAN_DAY = DeadlineKind("visit.plan_day")
PLAN_END = DeadlineKind("visit.plan_end")


def subject_of(plan: PlanId) -> str:
    return f"plan:{plan}"


@permits(*STAFF)
def plan_line(uow: UnitOfWork, actor: Actor, text: str) -> Plan:
    """Plan what one line says: `9月18日 华强 谈年度合同`. Raises DayRefused and WhichCustomer too."""
    words = text.replace("，", " ").split()
    today = uow.worktime.local_date(uow.now)
    days = [word for word in words if read_day(word, today)]
    if not days:
        raise DayRefused(text.strip()[:40], "unclear")
    words.remove(days[0])
    day = read_day(days[0], today)
    if day is None or not words:
        raise WhichCustomer("", ())
    return plan(uow, actor, one_of_mine(uow, actor, words[0]), day, " ".join(words[1:]))


@permits(*STAFF)
def one_of_mine(uow: UnitOfWork, actor: Actor, text: str) -> CustomerId:
    """The only customer of the actor's that fits a text. Raises WhichCustomer."""
    hits = [hit for hit in customers.search(uow, actor, text).own if hit.customer is not None]
    if len(hits) != 1 or hits[0].customer is None:
        raise WhichCustomer(text[:40], tuple(hit.name for hit in hits))
    return hits[0].customer


@permits(*STAFF)
def plan(uow: UnitOfWork, actor: Actor, customer_id: CustomerId, day: date, purpose: str) -> Plan:
    """Plan a visit; it is sent to whom plans go. Raises NotFound, DayRefused, TextRefused."""
    customer = customers.view(uow, actor, customer_id)
    check_day(day, uow.worktime.local_date(uow.now))
    purpose = " ".join(purpose.split())
    if len(purpose) > MOST_PURPOSE:
        raise TextRefused(MOST_PURPOSE)
    made = uow.visits.add_plan(customer.id, actor.staff_id, day, purpose, uow.now)
    watch_plan(uow, made)
    return made


def watch_plan(uow: UnitOfWork, made: Plan) -> None:
    """Remind of a new plan on its day, and show it to whom plans go."""
    morning = reminder_at(uow.rulebook, made.day)
    if morning > uow.now:
        uow.deadlines.open(PLAN_DAY, subject_of(made.id), morning, CLAUSE)
    uow.deadlines.open(PLAN_END, subject_of(made.id), _end_of(uow, made.day), CLAUSE)
    show_plan(uow, made)


@permits(*STAFF)
def drop(uow: UnitOfWork, actor: Actor, plan_id: PlanId) -> Plan:
    """Give a plan up. Raises AlreadySettled where it is done or dropped (P17)."""
    found = uow.visits.plan(plan_id)
    if found.person != actor.person:
        raise NotFound("plan", str(plan_id))
    if not uow.visits.settle_plan(plan_id, PlanState.DROPPED):
        raise AlreadySettled("plan", found.state)
    uow.deadlines.cancel(subject_of(plan_id))
    return uow.visits.plan(plan_id)


@permits(*STAFF)
def read_plan(uow: UnitOfWork, actor: Actor, plan_id: PlanId) -> Plan:
    """A plan of one's own or of somebody below. Raises NotFound (P41)."""
    found = uow.visits.plan(plan_id)
    if found.person != actor.person and not is_superior(uow, actor, uow.people.get(found.person)):
        raise NotFound("plan", str(plan_id))
    return found


@permits(*STAFF)
def remark(uow: UnitOfWork, actor: Actor, plan_id: PlanId, text: str = "") -> Plan:
    """Say something to a plan of somebody below; nothing is a nod. Raises NotFound, TextRefused."""
    found = read_plan(uow, actor, plan_id)
    if found.person == actor.person:
        raise NotFound("plan", str(plan_id))
    text = text.strip()
    if len(text) > MOST_COMMENT:
        raise TextRefused(MOST_COMMENT)
    uow.visits.remark(plan_id, actor.staff_id, text, uow.now)
    _tell(uow, REMARKED, found, found.person, by=actor.name, text=text)
    show_plan(uow, found)
    return found


@permits(*STAFF)
def plan_replied_to(uow: UnitOfWork, actor: Actor, message: MessageId) -> PlanId | None:
    """The plan that a message in the actor's chat shows, found by its id alone (P44)."""
    card = uow.notices.card_at(ToPerson(actor.staff_id), message) or ""
    number = card.removeprefix("plan:")
    return PlanId(int(number)) if card.startswith("plan:") and number.isdigit() else None


@permits(*STAFF)
def coming(uow: UnitOfWork, actor: Actor) -> tuple[list[Plan], list[Visit]]:
    """One's open plans, and the next steps of visits, soonest first."""
    return uow.visits.open_plans(actor.staff_id), uow.visits.coming(actor.staff_id)


@on_due(PLAN_DAY)
def day_begins(uow: UnitOfWork, deadline: Deadline) -> None:
    """The morning of a planned visit."""
    found = uow.visits.plan(PlanId(deadline.number))
    if found.state is PlanState.OPEN:
        _tell(uow, TODAY, found, found.person, key=deadline.key)


@on_due(PLAN_END)
def day_ends(uow: UnitOfWork, deadline: Deadline) -> None:
    """The day is over without a visit: its person is reminded, once."""
    found = uow.visits.plan(PlanId(deadline.number))
    if found.state is PlanState.OPEN:
        _tell(uow, NOT_DONE, found, found.person, key=deadline.key)
        evidence: dict[str, Fact] = {"days": [found.day.isoformat()], "text": found.customer_name}
        breach(uow, found.person, CLAUSE, deadline.subject, evidence, deadline.key)


def reader_of(uow: UnitOfWork, person: Person) -> Person | None:
    """To whom a person's plans go: the next one above, or the nearest above with the role the rulebook names."""
    wanted = uow.rulebook.visits.plan_report_to
    first = superior_of(uow, person)
    if wanted == "superior":
        return first
    at, seen = first, {person.id}
    while at is not None and at.id not in seen:
        if at.role is Role(wanted):
            return at
        seen.add(at.id)
        at = superior_of(uow, at)
    return first


def _end_of(uow: UnitOfWork, day: date) -> datetime:
    """Closing time of a working day; for a rest day the next opening, since nobody is disturbed at night (P19)."""
    shifts = uow.worktime.shifts_on(day)
    if shifts and shifts[-1].end > uow.now:
        return shifts[-1].end
    return uow.worktime.next_opening(uow.worktime.instant(day + timedelta(days=1), time.min))


def show_plan(uow: UnitOfWork, found: Plan) -> None:
    """The plan's card at whom plans go to, with every remark by now."""
    reader = reader_of(uow, uow.people.get(found.person))
    if reader is not None:
        _tell(uow, PLANNED, found, reader.id, card=subject_of(found.id))


def _tell(
    uow: UnitOfWork,
    notice: NoticeKind,
    found: Plan,
    to: PersonId,
    *,
    card: str | None = None,
    key: str | None = None,
    **more: Fact,
) -> None:
    remarks: list[Fact] = [{"by": one.by, "text": one.text} for one in uow.visits.remarks(found.id)]
    facts: dict[str, Fact] = {
        "plan": found.id,
        "customer": found.customer,
        "name": found.customer_name,
        "label": found.person_label,
        "day": found.day.isoformat(),
        "purpose": found.purpose,
        "remarks": remarks,
        **more,
    }
    uow.notices.tell(
        Notice(notice, ToPerson(to), facts, subject_of(found.id), CLAUSE, card, key, urgency=Urgency.ROUTINE)
    )
