"""Following a lead up: contact, record, giving back, closing, and what happens when time runs out (LED-5)."""

from __future__ import annotations

from datetime import date

from core.access import MANAGERS, Actor, Role, permits
from core.deadlines import Deadline, on_due
from core.errors import AlreadySettled, NotFound, NotUnderstood
from core.ids import LeadId, MessageId, PersonId
from core.leads.entities import (
    OWNED,
    EventKind,
    Lead,
    LeadEvent,
    LeadState,
    NoLongerYours,
    RecordFirst,
    Result,
)
from core.leads.intake import is_record
from core.leads.offering import hand_up, seen
from core.leads.telling import (
    CONTACT,
    CONTACT_CLAUSE,
    GIVEN_BACK,
    OVERDUE,
    PROGRESS,
    RECORD,
    RECORD_CLAUSE,
    UNRECORDED,
    manager_of,
    managers_of,
    show,
    show_gone,
    tell_groups,
    tell_people,
    was_reached,
)
from core.ledger import sanction
from core.notices import Fact, ToPerson
from core.ports import UnitOfWork
from core.rulebook import Sanction

OWNERS = (Role.SALESPERSON, *MANAGERS)
MOST_TEXT = 1000


def _mine(uow: UnitOfWork, actor: Actor, lead_id: LeadId) -> Lead:
    """The actor's own lead. Raises NoLongerYours for one they had, NotFound for any other (P17, P41)."""
    lead = uow.leads.get(lead_id)
    if lead.owner == actor.person and lead.state in OWNED:
        return lead
    if lead.owner == actor.person:
        raise AlreadySettled("lead", lead.state, lead.owner_name, lead.closed_at)
    if any(event.person == actor.person for event in uow.leads.story(lead_id)):
        raise NoLongerYours(lead.id, lead.owner_name)
    raise NotFound("lead", str(lead_id))


def _log(
    uow: UnitOfWork,
    lead: Lead,
    kind: EventKind,
    text: str = "",
    result: Result | None = None,
    day: date | None = None,
) -> None:
    event = LeadEvent(kind, lead.owner, lead.owner_name, uow.now, text[:MOST_TEXT], result, day=day)
    uow.leads.log(lead.id, event)


@permits(*OWNERS)
def own(uow: UnitOfWork, actor: Actor, lead_id: LeadId) -> Lead:
    """The actor's own open lead, before a form about it is opened."""
    return _mine(uow, actor, lead_id)


@permits(*OWNERS)
def contacted(uow: UnitOfWork, actor: Actor, lead_id: LeadId) -> Lead:
    """The owner contacted the customer: the contact clock stops, the record is still to be entered (LED-5).
    Said twice, it is noted once."""
    lead = _mine(uow, actor, lead_id)
    if not uow.leads.contact(lead.id, actor.staff_id, uow.now):
        return lead
    uow.deadlines.cancel(lead.subject, CONTACT)
    _log(uow, lead, EventKind.CONTACTED)
    tell_people(
        uow, PROGRESS, manager_of(uow, actor.staff_id), lead, who=actor.name, at=uow.now, text="", result=None
    )
    after = uow.leads.get(lead.id)
    show(uow, after)
    return after


@permits(*OWNERS)
def report(
    uow: UnitOfWork,
    actor: Actor,
    lead_id: LeadId,
    text: str,
    result: Result | None = None,
    day: date | None = None,
) -> Lead:
    """The owner reports progress. It stops the contact clock, goes to the manager as one line, and is the record
    when it says more than a word, or names a result and says something (LED-5)."""
    text = text.strip()
    if not text and result is None:
        raise NotUnderstood("report", str(lead_id))
    lead = _mine(uow, actor, lead_id)
    uow.leads.contact(lead.id, actor.staff_id, uow.now)
    uow.deadlines.cancel(lead.subject, CONTACT)
    if (is_record(text) or (text and result)) and uow.leads.record(lead.id, actor.staff_id, uow.now):
        uow.deadlines.cancel(lead.subject, RECORD)
    _log(uow, lead, EventKind.REPORTED, text, result, day)
    tell_people(
        uow,
        PROGRESS,
        manager_of(uow, actor.staff_id),
        lead,
        who=actor.name,
        at=uow.now,
        text=text[:MOST_TEXT],
        result=result,
        day=day.isoformat() if day else None,
    )
    after = uow.leads.get(lead.id)
    show(uow, after)
    return after


@permits(*OWNERS)
def give_back(uow: UnitOfWork, actor: Actor, lead_id: LeadId, reason: str) -> Lead:
    """The owner gives the lead back: it is offered again without them, and counted (P28). Needs a reason."""
    lead = _mine(uow, actor, lead_id)
    if not reason.strip():
        raise NotUnderstood("give_back", str(lead_id), f"/giveback {lead_id} …")
    _log(uow, lead, EventKind.GIVEN_BACK, reason.strip())
    show_gone(uow, lead, "given_back")
    tell_people(
        uow, GIVEN_BACK, manager_of(uow, actor.staff_id), lead, who=actor.name, at=uow.now, text=reason.strip()
    )
    return _offer_again(uow, lead)


def _offer_again(uow: UnitOfWork, lead: Lead) -> Lead:
    """Open a lead to claims again, or hand it to the managers once that was done often enough."""
    uow.deadlines.cancel(lead.subject)
    offers = sum(1 for event in uow.leads.story(lead.id) if event.kind is EventKind.OFFERED)
    again = bool(lead.groups) and offers <= uow.rulebook.leads.reoffer_limit
    becomes = LeadState.OFFERED if again else LeadState.WAITING
    if lead.owner is None or not uow.leads.release(lead.id, lead.owner, becomes):
        raise AlreadySettled("lead", lead.state)
    after = uow.leads.get(lead.id)
    if again:
        uow.leads.log(lead.id, LeadEvent(EventKind.OFFERED, None, "", uow.now))
        show(uow, after)
    else:
        hand_up(uow, after)
    return after


@permits(Role.SERVICE, *OWNERS)
def close(uow: UnitOfWork, actor: Actor, lead_id: LeadId, becomes: LeadState, reason: str = "") -> Lead:
    """End a lead as won or lost. Its owner enters the progress first (RecordFirst); a manager who oversees it may
    end it at any time."""
    lead = seen(uow, actor, lead_id)
    if not lead.is_open:
        raise AlreadySettled("lead", lead.state, lead.owner_name, lead.closed_at)
    if not actor.has(*MANAGERS):
        lead = _mine(uow, actor, lead_id)
        if lead.recorded_at is None:
            raise RecordFirst(lead.id)
    if not uow.leads.close(lead.id, lead.state, lead.owner, becomes, uow.now):
        raise AlreadySettled("lead", lead.state)
    uow.deadlines.cancel(lead.subject)
    kind = EventKind.WON if becomes is LeadState.WON else EventKind.LOST
    uow.leads.log(lead.id, LeadEvent(kind, actor.person, actor.name, uow.now, reason.strip()[:MOST_TEXT]))
    after = uow.leads.get(lead.id)
    show(uow, after)
    return after


@permits(*OWNERS)
def replied_to(uow: UnitOfWork, actor: Actor, message: MessageId) -> LeadId | None:
    """The lead whose private card the message is; found by the message's id, never by its text (P44)."""
    card = uow.notices.card_at(ToPerson(actor.staff_id), message) or ""
    area, _, rest = card.partition(":")
    return LeadId(int(rest.partition("/")[0])) if area == "lead" else None


# Time runs out ------------------------------------------------------------------------------------------


@on_due(CONTACT)
def contact_missed(uow: UnitOfWork, deadline: Deadline) -> None:
    """No progress in time: told in the group and to the manager, recorded in the ledger, offered again without
    the one who missed it (LED-5). Whom the notice did not reach, or who has left, is not sanctioned (P46)."""
    lead = uow.leads.get(LeadId(deadline.number))
    if lead.state is not LeadState.HELD or lead.owner is None:
        return
    owner = uow.people.get(lead.owner)
    reached = was_reached(uow, lead) and owner.is_staff
    _log(uow, lead, EventKind.OVERDUE if reached else EventKind.UNREACHED)
    if reached:
        _sanction(uow, owner.id, CONTACT_CLAUSE, uow.rulebook.leads.contact_sanction, lead, deadline)
    show_gone(uow, lead, "overdue" if reached else "unreached")
    after = _offer_again(uow, lead)
    told: dict[str, Fact] = {"who": owner.label, "due": deadline.due_at, "reached": reached}
    tell_groups(uow, OVERDUE, after, CONTACT_CLAUSE, **told)
    managers = manager_of(uow, owner.id) or managers_of(uow, lead)
    if after.state is LeadState.WAITING:
        managers = [m for m in managers if m not in managers_of(uow, after)]  # told to assign it, that is enough
    tell_people(uow, OVERDUE, managers, after, CONTACT_CLAUSE, **told)


@on_due(RECORD)
def record_missed(uow: UnitOfWork, deadline: Deadline) -> None:
    """Nothing entered in the record in time: recorded in the ledger, and the owner is reminded (LED-5)."""
    lead = uow.leads.get(LeadId(deadline.number))
    if lead.state is not LeadState.CONTACTED or lead.recorded_at is not None or lead.owner is None:
        return
    _log(uow, lead, EventKind.UNRECORDED)
    owner = uow.people.get(lead.owner)
    if was_reached(uow, lead) and owner.is_staff:
        _sanction(uow, owner.id, RECORD_CLAUSE, uow.rulebook.leads.record_sanction, lead, deadline)
    tell_people(uow, UNRECORDED, [owner.id], lead, RECORD_CLAUSE, due=deadline.due_at)
    show(uow, lead)


def _sanction(uow: UnitOfWork, person: PersonId, clause: str, cost: Sanction, lead: Lead, deadline: Deadline) -> None:
    evidence: dict[str, Fact] = {"lead": lead.id, "since": lead.owner_since, "due": deadline.due_at}
    sanction(uow, person, clause, cost, lead.subject, evidence, f"{deadline.key}|{lead.turn}")
