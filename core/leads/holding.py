"""Leads change hands when their owner leaves (ORG-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.access import MANAGERS, Role
from core.complaints.registering import known_account
from core.complaints.telling import can_be_written_to
from core.deadlines import DeadlineKind
from core.hours import company_hours, hours_of
from core.ids import LeadId, PersonId
from core.leads.entities import OWNED, EventKind, Lead, LeadEvent, LeadState
from core.leads.fitness import fits_level
from core.leads.intake import mask_phones
from core.leads.offering import contact_due, record_due
from core.leads.telling import CONTACT, CONTACT_CLAUSE, RECORD, RECORD_CLAUSE, show, show_gone
from core.names import shown_phone
from core.people import Person
from core.people.holdings import Client, Held, Holding, Line, Moved, number_of
from core.ports import UnitOfWork


class Leads(Holding):
    """A lead's owner. Contact and record are due from the new owner anew (P35); its story stays (P38)."""

    area = "leads"
    covers = frozenset({"leads.owner_id"})

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        return [
            Held(lead.subject, f"#{lead.id} {lead.name}", _running(uow, lead), lead.region)
            for lead in uow.leads.open_of(person.id)
        ]

    def unfit(self, uow: UnitOfWork, held: Held, person: Person) -> str:
        return "" if person.role in (Role.SALESPERSON, *MANAGERS) else "role"

    def suits(self, uow: UnitOfWork, held: Held, person: Person) -> bool:
        return fits_level(uow.rulebook, person.level, uow.leads.get(LeadId(held.number)).klass)

    def load(self, uow: UnitOfWork) -> Mapping[PersonId, int]:
        return uow.leads.open_counts()

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        before = uow.leads.get(LeadId(number_of(subject)))
        if before.state not in OWNED:
            return None
        if not uow.leads.hand_over(before.id, leaver.id, receiver.id, receiver.label, uow.now):
            return None
        if anew:
            _restart(uow, uow.leads.get(before.id))
        due = _running(uow, before)
        told = LeadEvent(EventKind.HANDED_OVER, receiver.id, receiver.label, uow.now, leaver.label, until=due)
        uow.leads.log(before.id, told)
        show_gone(uow, before, "handed_over")
        show(uow, uow.leads.get(before.id))
        return Moved(due, anew=anew and due is not None)

    def clients(self, uow: UnitOfWork, subject: str, leaver: Person) -> Sequence[Client]:
        """Whoever was contacted knows the leaver; the others hear from their new contact first."""
        lead = uow.leads.get(LeadId(number_of(subject)))
        if lead.state is not LeadState.CONTACTED:
            return ()
        phone = shown_phone(lead.phone)
        account = known_account(uow, phone)
        reached = account is not None and can_be_written_to(uow, account)
        return [Client(lead.name, account if reached else None, phone)]

    def history(self, uow: UnitOfWork, subject: str) -> Sequence[Line]:
        events = uow.leads.events(LeadId(number_of(subject)))
        return [Line(one.at, one.who, mask_phones(one.text)) for one in events if one.text]


def _limits(lead: Lead) -> tuple[DeadlineKind, ...]:
    return (CONTACT, RECORD) if lead.state is LeadState.HELD else (RECORD,)


def _running(uow: UnitOfWork, lead: Lead) -> datetime | None:
    running = (uow.deadlines.due_of(lead.subject, limit) for limit in _limits(lead))
    return next((due for due in running if due is not None), None)


def _restart(uow: UnitOfWork, lead: Lead) -> None:
    """What was still to be done is due from now on, in the time a new lead has."""
    hours = company_hours(uow) if lead.owner is None else hours_of(uow, lead.owner)
    contact = contact_due(uow, hours, urgent=lead.urgent)
    if uow.deadlines.due_of(lead.subject, CONTACT) is not None:
        uow.deadlines.open(CONTACT, lead.subject, contact, CONTACT_CLAUSE)
    if uow.deadlines.due_of(lead.subject, RECORD) is not None:
        uow.deadlines.open(RECORD, lead.subject, record_due(uow, hours, contact.at), RECORD_CLAUSE)
