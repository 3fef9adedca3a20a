"""Who is told what about a lead. Its card tells the whole story by editing itself (LED-4, LED-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.access import Role
from core.deadlines import Deadline, DeadlineKind, on_deferred
from core.groups import Purpose, for_purpose
from core.ids import GroupId, LeadId, PersonId
from core.leads.entities import Lead, LeadEvent, LeadState
from core.leads.intake import mask_phones
from core.names import masked_phone
from core.notices import Fact, Notice, NoticeKind, ToGroup, ToPerson, Urgency, kind
from core.people import Person, superior_of
from core.ports import UnitOfWork

CARD = kind("lead.card")  # to the sales groups: the lead and its story
YOURS = kind("lead.yours")  # to the owner: everything, with the full phone number
GONE = kind("lead.gone")  # in its place, once the lead is not theirs any more
OVERDUE = kind("lead.overdue", duty=True)  # to the groups and the manager: no progress in time
PROGRESS = kind("lead.progress", duty=True)  # to the manager
GIVEN_BACK = kind("lead.given_back", duty=True)  # to the manager
TO_ASSIGN = kind("lead.to_assign", duty=True)  # to the managers: nobody is left to offer it to
UNRECORDED = kind("lead.unrecorded")  # to the owner: nothing entered in time

CONTACT = DeadlineKind("lead.contact")
RECORD = DeadlineKind("lead.record")
CONTACT_CLAUSE = "lead.contact"
RECORD_CLAUSE = "lead.record"


def sales_groups(uow: UnitOfWork, person: Person) -> tuple[GroupId, ...]:
    """The groups a lead of this registrant is offered in: those of their department, else all sales groups."""
    found = for_purpose(uow, Purpose.SALES, person.department) or for_purpose(uow, Purpose.SALES)
    return tuple(group.id for group in found)


def managers_of(uow: UnitOfWork, lead: Lead) -> list[PersonId]:
    """Who decides about a lead without an owner: the managers of the departments it was offered to, else the
    registrant's superior, else the directors, else the GM."""
    departments = {group.department for group in uow.groups.all() if group.id in lead.groups}
    found = [p for p in uow.people.active(Role.MANAGER) if p.department in departments]
    if not found:
        superior = superior_of(uow, uow.people.get(lead.registered_by))
        found = [superior] if superior else uow.people.active(Role.DIRECTOR) or uow.people.active(Role.GM)
    return [person.id for person in found]


def manager_of(uow: UnitOfWork, person: PersonId) -> list[PersonId]:
    superior = superior_of(uow, uow.people.get(person))
    return [superior.id] if superior else []


def card_name(lead: Lead) -> str:
    return f"lead:{lead.id}"


def private_card(lead: Lead) -> str:
    """One card for each time the lead is given to somebody, so that a new owner gets a new message."""
    return f"lead:{lead.id}/{lead.turn}"


def facts_of(lead: Lead, events: Iterable[LeadEvent]) -> dict[str, Fact]:
    """What every view of a lead may show; nothing in it but the customer's need says who the customer is."""
    return {
        "lead": lead.id,
        "state": lead.state,
        "klass": lead.klass,
        "expected": lead.expected,
        "region": lead.region,
        "source": lead.source,
        "urgent": lead.urgent,
        "owner": lead.owner_name,
        "recorded": lead.recorded_at is not None,
        "need": mask_phones(lead.need),
        "phone": masked_phone(lead.phone),
        "history": [_told(event) for event in events],
    }


def _told(event: LeadEvent) -> Fact:
    return {
        "kind": event.kind,
        "who": event.who,
        "at": event.at,
        "text": mask_phones(event.text),
        "result": event.result,
        "until": event.until,
        "day": event.day.isoformat() if event.day else None,
    }


def show(uow: UnitOfWork, lead: Lead) -> None:
    """Bring the cards of a lead up to date: the one in the groups, and its owner's."""
    facts = facts_of(lead, _with_present_limit(uow, lead))
    bound = {group.id for group in uow.groups.all()}
    for group in lead.groups:
        if group in bound:
            uow.notices.tell(
                Notice(
                    CARD,
                    ToGroup(group),
                    facts,
                    subject=lead.subject,
                    clause=CONTACT_CLAUSE if lead.state is LeadState.HELD else None,
                    card=card_name(lead),
                    at_once=lead.urgent,
                )
            )
    if lead.owner is not None:
        _show_owner(uow, lead, facts)


def _with_present_limit(uow: UnitOfWork, lead: Lead) -> list[LeadEvent]:
    """The lead's story, in which the present owner's limit is the one that counts, also after an outage (P21)."""
    events, due = list(uow.leads.story(lead.id)), uow.deadlines.due_of(lead.subject, CONTACT)
    given = [at for at, event in enumerate(events) if event.until is not None]
    if due is not None and given:
        events[given[-1]] = replace(events[given[-1]], until=due)
    return events


@on_deferred(CONTACT)
@on_deferred(RECORD)
def limit_moved(uow: UnitOfWork, deadline: Deadline) -> None:
    """A limit was moved: the cards show the new one (P5, P21)."""
    show(uow, uow.leads.get(LeadId(deadline.number)))


def _show_owner(uow: UnitOfWork, lead: Lead, facts: dict[str, Fact]) -> None:
    if lead.owner is None:
        return
    record_due = uow.deadlines.due_of(lead.subject, RECORD)
    uow.notices.tell(
        Notice(
            YOURS,
            ToPerson(lead.owner),
            {
                **facts,
                "name": lead.name,
                "full_phone": lead.phone,
                "full_need": lead.need,
                "contact_due": uow.deadlines.due_of(lead.subject, CONTACT),
                "record_due": record_due,
            },
            subject=lead.subject,
            clause=CONTACT_CLAUSE if lead.state is LeadState.HELD else RECORD_CLAUSE if record_due else None,
            card=private_card(lead),
            urgency=Urgency.ANSWER,
        )
    )


def show_gone(uow: UnitOfWork, before: Lead, reason: str) -> None:
    """Take the customer's number off the former owner's screen. `reason`: overdue, given_back, unreached."""
    if before.owner is not None:
        uow.notices.tell(
            Notice(
                GONE,
                ToPerson(before.owner),
                {"lead": before.id, "klass": before.klass, "reason": reason},
                subject=before.subject,
                card=private_card(before),
            )
        )


def _tell(uow: UnitOfWork, lead: Lead, notice: Notice) -> None:
    """Tell something of a lead; of an urgent one also in quiet hours (P19)."""
    uow.notices.tell(replace(notice, at_once=lead.urgent))


def tell_people(
    uow: UnitOfWork, notice: NoticeKind, to: Iterable[PersonId], lead: Lead, clause: str | None = None, **facts: Fact
) -> None:
    """Tell managers something about a lead, each once."""
    story = facts_of(lead, ())
    for person in dict.fromkeys(to):
        uow.notices.tell(
            Notice(notice, ToPerson(person), {**story, **facts}, lead.subject, clause, at_once=lead.urgent)
        )


def tell_groups(uow: UnitOfWork, notice: NoticeKind, lead: Lead, clause: str | None = None, **facts: Fact) -> None:
    bound = {group.id for group in uow.groups.all()}
    story = facts_of(lead, ())
    for group in lead.groups:
        if group in bound:
            uow.notices.tell(
                Notice(notice, ToGroup(group), {**story, **facts}, lead.subject, clause, at_once=lead.urgent)
            )


def was_reached(uow: UnitOfWork, lead: Lead) -> bool:
    """Whether the owner got the customer's number in the present turn (P46)."""
    if lead.owner is None or lead.owner_since is None:
        return False
    since: datetime = lead.owner_since
    return any(
        delivery.sent_at is not None and delivery.sent_at >= since and delivery.message is not None
        for delivery in uow.notices.deliveries(lead.subject, YOURS, ToPerson(lead.owner))
    )
