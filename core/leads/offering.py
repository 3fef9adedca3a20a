"""Registering, offering, claiming and assigning leads (LED-1, LED-2, LED-4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.customers import Keys
from core.errors import AlreadySettled, NotFound, NotUnderstood
from core.groups import Group
from core.hours import Due, Hours, hours_of
from core.ids import DepartmentId, LeadId, PersonId
from core.leads.entities import (
    OPEN,
    UNOWNED,
    AlreadyClaimed,
    Draft,
    DuplicateLead,
    EventKind,
    Lead,
    LeadEvent,
    LeadState,
    NewLead,
    NotOffered,
    Unfit,
)
from core.leads.fitness import Candidate, barred, basis_of_assignment, basis_of_claim, field_for, parted
from core.leads.intake import company_key
from core.leads.telling import (
    CONTACT,
    CONTACT_CLAUSE,
    RECORD,
    RECORD_CLAUSE,
    TO_ASSIGN,
    managers_of,
    sales_groups,
    show,
    tell_people,
)
from core.notices import Fact
from core.people import Person, is_superior, one_person
from core.ports import UnitOfWork

REGISTRANTS = (Role.SERVICE, Role.SALESPERSON, *MANAGERS)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What came of giving a lead to somebody. `withheld`: it was their next allocation, and that one was withheld
    by a clause in force; it is used up now (LED-5)."""

    lead: Lead
    label: str
    due: datetime | None = None
    withheld: bool = False


# Pure decisions -----------------------------------------------------------------------------------------


def contact_due(uow: UnitOfWork, hours: Hours, *, urgent: bool) -> Due:
    """When the customer has to be contacted by: the owner's working minutes from now, or by the clock where the lead
    is urgent or the rulebook lets it run out of hours (LED-5, LED-6)."""
    minutes = uow.rulebook.leads.contact_minutes
    if urgent or uow.rulebook.leads.out_of_hours == "at_once":
        return hours.by_clock(minutes)
    return hours.minutes(minutes)


def record_due(uow: UnitOfWork, hours: Hours, contact_by: datetime) -> Due:
    """When progress has to be in the record, never before the contact is due."""
    by = uow.rulebook.leads.record_by
    if isinstance(by, int):
        return hours.minutes(by, contact_by)
    return hours.end_of_day(contact_by)


# Who may see and decide ---------------------------------------------------------------------------------


def oversees(uow: UnitOfWork, actor: Actor, lead: Lead) -> bool:
    """Whether a manager may see and decide about a lead: it is offered in their department's line, or somebody
    of theirs owns or registered it."""
    if actor.has(Role.DIRECTOR, Role.GM):
        return True
    if not actor.has(Role.MANAGER):
        return False
    offered_to = [group for group in uow.groups.all() if group.id in lead.groups]
    if any(_in_line(uow, actor, group) for group in offered_to):
        return True
    people = [uow.people.get(p) for p in (lead.owner, lead.registered_by) if p is not None]
    return any(person.id == actor.person or is_superior(uow, actor, person) for person in people)


def _in_line(uow: UnitOfWork, actor: Actor, group: Group) -> bool:
    if group.department is None or actor.department is None:
        return group.department is None
    return _within(uow, actor.department, group.department) or _within(uow, group.department, actor.department)


def _within(uow: UnitOfWork, inner: DepartmentId, outer: DepartmentId) -> bool:
    at: DepartmentId | None = inner
    while at is not None and at != outer:
        at = uow.people.department(at).parent
    return at is not None


def seen(uow: UnitOfWork, actor: Actor, lead_id: LeadId) -> Lead:
    """The lead, if the actor owns it, registered it or oversees it; else it does not exist for them (P41)."""
    lead = uow.leads.get(lead_id)
    if actor.person in (lead.owner, lead.registered_by) or oversees(uow, actor, lead):
        return lead
    raise NotFound("lead", str(lead_id))


def may_assign(uow: UnitOfWork, actor: Actor, lead: Lead) -> bool:
    """Managers who oversee the lead, and the customer service member who registered it."""
    return oversees(uow, actor, lead) or (actor.has(Role.SERVICE) and lead.registered_by == actor.person)


# Duplicates ---------------------------------------------------------------------------------------------


@permits(*REGISTRANTS)
def duplicate_of(uow: UnitOfWork, actor: Actor, name: str, phone: str) -> DuplicateLead | None:
    """The open lead that a new one would repeat, or the customer it comes from, if there is one (LED-6). Who
    registered it is said to managers and to themselves alone (P40)."""
    key = company_key(name, uow.rulebook.customers.legal_suffixes)
    lead, field = uow.leads.open_with_phone(phone), "phone"
    if lead is None and key:
        lead, field = uow.leads.open_with_company(key), "company"
    if lead is not None:
        by = lead.registered_name if _knows(actor, lead.registered_by) else ""
        return DuplicateLead(field, lead.id, lead.registered_at, by)
    holder = uow.customers.holder(Keys(name=key, phones=(phone,)))
    if holder is None:
        return None
    record = holder.record
    return DuplicateLead(
        "customer", None, record.created_at, record.owner_label if _knows(actor, record.owner) else ""
    )


def _knows(actor: Actor, person: PersonId) -> bool:
    return actor.has(*MANAGERS) or person == actor.person


# Acts ---------------------------------------------------------------------------------------------------


@permits(*REGISTRANTS)
def register(
    uow: UnitOfWork,
    actor: Actor,
    draft: Draft,
    assign_to: PersonId | None = None,
    *,
    sure: bool = False,
) -> Allocation:
    """Register a lead, and offer it to the sales groups or give it to somebody at once (LED-1).

    Raises DuplicateLead; `sure` lets through all but a second open lead of one phone number. A salesperson may give
    the lead to nobody but themselves.
    """
    if draft.missing:
        raise NotUnderstood(draft.missing[0], "")
    duplicate = duplicate_of(uow, actor, draft.name, draft.phone)
    if duplicate is not None and not (sure and duplicate.field != "phone"):
        raise duplicate
    lead = _add(uow, actor, draft)
    _log(uow, lead, EventKind.REGISTERED, actor.person, actor.name)
    if assign_to is not None:
        given = _give(uow, actor, lead, _assignee(uow, lead, assign_to, actor))
        if not given.withheld:
            return given
        _offer(uow, given.lead)
        return Allocation(uow.leads.get(lead.id), given.label, withheld=True)
    _offer(uow, lead)
    return Allocation(uow.leads.get(lead.id), "")


def _add(uow: UnitOfWork, actor: Actor, draft: Draft) -> Lead:
    groups = sales_groups(uow, uow.people.get(actor.staff_id))
    lead = uow.leads.add(
        NewLead(
            draft,
            company_key(draft.name, uow.rulebook.customers.legal_suffixes),
            uow.rulebook.lead_class(draft.expected or 0),
            actor.staff_id,
            actor.name,
            uow.now,
            LeadState.OFFERED if groups else LeadState.WAITING,
            groups,
        )
    )
    if lead is None:
        raise DuplicateLead("phone", None, uow.now, "")
    return lead


def _offer(uow: UnitOfWork, lead: Lead) -> None:
    """Open a lead to claims, or hand it to the managers where no sales group would see it."""
    if lead.state is LeadState.WAITING:
        hand_up(uow, lead)
        return
    _log(uow, lead, EventKind.OFFERED)
    show(uow, lead)


def hand_up(uow: UnitOfWork, lead: Lead) -> None:
    """Have the managers assign a lead."""
    _log(uow, lead, EventKind.HANDED_UP)
    tell_people(uow, TO_ASSIGN, managers_of(uow, lead), lead)
    show(uow, lead)


def _log(
    uow: UnitOfWork,
    lead: Lead,
    kind: EventKind,
    person: PersonId | None = None,
    who: str = "",
) -> None:
    uow.leads.log(lead.id, LeadEvent(kind, person, who, uow.now))


@permits(*STAFF)
def claim(uow: UnitOfWork, actor: Actor, lead_id: LeadId) -> Allocation:
    """Take an offered lead (抢单, LED-4): the first eligible press gets it, everybody else learns why not.

    What most presses of a rush come to, that somebody else was first, costs one read.
    Raises AlreadyClaimed, NotOffered, AlreadySettled, Unfit; NotFound in a chat that does not show the lead (P41).
    """
    lead = uow.leads.get(lead_id)
    if actor.group is None or actor.group not in lead.groups:
        raise NotFound("lead", str(lead_id))
    _refuse_unless_free(lead, actor.staff_id, (LeadState.OFFERED,))
    person = uow.people.get(actor.staff_id)
    bar = barred(uow, lead, person, parted(uow, lead))
    if bar is not None:
        raise Unfit(lead.id, bar.reason, person.label, True, lead.klass, person.level, bar.until)
    if uow.ledger.use_withheld(person.id, lead.subject, uow.now):
        return Allocation(lead, person.label, withheld=True)
    return _take(uow, lead, person, EventKind.CLAIMED, (LeadState.OFFERED,), basis_of_claim(person, lead))


@permits(Role.SERVICE, *MANAGERS)
def assign(uow: UnitOfWork, actor: Actor, lead_id: LeadId, person_id: PersonId) -> Allocation:
    """Give a lead without owner to a salesperson; their time runs from now (LED-5). The manager may go beyond
    levels. Raises AlreadyClaimed when a claim was faster."""
    lead = uow.leads.get(lead_id)
    if not may_assign(uow, actor, lead):
        raise NotFound("lead", str(lead_id))
    return _give(uow, actor, lead, _assignee(uow, lead, person_id, actor))


@permits(Role.SERVICE, *MANAGERS)
def assign_by_name(uow: UnitOfWork, actor: Actor, lead_id: LeadId, text: str) -> Allocation:
    """The same for a typed name or staff number."""
    return assign(uow, actor, lead_id, one_person(uow, text).id)


def _assignee(uow: UnitOfWork, lead: Lead, person_id: PersonId, actor: Actor) -> Person:
    """Whoever is named, if they can take a lead at all. A salesperson names only themselves, within their level."""
    own = person_id == actor.person
    if not own and not actor.has(Role.SERVICE, *MANAGERS):
        raise NotFound("person", str(person_id))
    person = uow.people.get(person_id)
    if not person.is_staff:
        raise NotFound("person", person.label)
    bar = barred(uow, lead, person, frozenset(), collected=own)
    if bar is not None and (bar.reason != "level" or not actor.has(Role.SERVICE, *MANAGERS)):
        raise Unfit(lead.id, bar.reason, person.label, own, lead.klass, person.level, bar.until)
    return person


def _give(uow: UnitOfWork, actor: Actor, lead: Lead, person: Person) -> Allocation:
    _refuse_unless_free(lead, actor.staff_id, UNOWNED)
    own = person.id == actor.person  # what one collected oneself is no allocation
    if not own and uow.ledger.use_withheld(person.id, lead.subject, uow.now):
        return Allocation(lead, person.label, withheld=True)
    basis = basis_of_assignment(uow, lead, person, actor.staff_id, actor.name)
    return _take(uow, lead, person, EventKind.ASSIGNED, UNOWNED, basis)


def _refuse_unless_free(lead: Lead, asking: PersonId, states: Collection[LeadState]) -> None:
    if lead.owner is not None and lead.state in OPEN:
        raise AlreadyClaimed(lead.id, lead.owner_name, lead.owner_since or lead.registered_at, lead.owner == asking)
    if not lead.is_open:
        raise AlreadySettled("lead", lead.state, lead.owner_name, lead.closed_at)
    if lead.state not in states:
        raise NotOffered(lead.id)


def _take(
    uow: UnitOfWork,
    lead: Lead,
    person: Person,
    how: EventKind,
    states: Collection[LeadState],
    basis: Mapping[str, Fact],
) -> Allocation:
    if not uow.leads.take(lead.id, person.id, person.label, uow.now, states):
        _refuse_unless_free(uow.leads.get(lead.id), person.id, states)
        raise NotOffered(lead.id)
    hours = hours_of(uow, person.id)
    due = contact_due(uow, hours, urgent=lead.urgent)
    uow.deadlines.open(CONTACT, lead.subject, due, CONTACT_CLAUSE)
    uow.deadlines.open(RECORD, lead.subject, record_due(uow, hours, due.at), RECORD_CLAUSE)
    event = LeadEvent(how, person.id, person.label, uow.now, until=due.at, basis=basis)
    uow.leads.log(lead.id, event)
    taken = uow.leads.get(lead.id)
    show(uow, taken)
    return Allocation(taken, person.label, due.at)


@permits(Role.SERVICE, *MANAGERS)
def candidates(uow: UnitOfWork, actor: Actor, lead_id: LeadId) -> tuple[Lead, list[Candidate]]:
    """Whom a lead can be assigned to: those whose level fits first, then by how few open leads they have."""
    lead = uow.leads.get(lead_id)
    if not may_assign(uow, actor, lead):
        raise NotFound("lead", str(lead_id))
    _refuse_unless_free(lead, actor.staff_id, UNOWNED)
    return lead, list(field_for(uow, lead.klass, parted(uow, lead)).candidates)


@permits(Role.SERVICE, *MANAGERS)
def candidates_for(uow: UnitOfWork, actor: Actor, expected: int) -> list[Candidate]:
    """The same for a lead that is still being entered."""
    return list(field_for(uow, uow.rulebook.lead_class(expected), frozenset()).candidates)


@permits(*REGISTRANTS)
def regions(uow: UnitOfWork, actor: Actor) -> list[str]:
    """The regions salespeople serve, to pick from."""
    return sorted({region for person in uow.people.active(Role.SALESPERSON) for region in person.regions})
