"""Customers change hands when their owner leaves (ORG-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.complaints.registering import known_account
from core.complaints.telling import can_be_written_to
from core.customers.completing import COMPLETE, REMIND, subject_of, watch
from core.ids import CustomerId, PersonId
from core.names import shown_phone
from core.people import Person
from core.people.holdings import Client, Held, Holding, Line, Moved, number_of
from core.ports import UnitOfWork

MOST_HISTORY = 10


class Customers(Holding):
    """A customer's owner. What is missing in the record is due from the new owner anew (P35)."""

    area = "customers"
    covers = frozenset({"customers.owner_id"})

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        return [
            Held(subject_of(one.id), one.name, uow.deadlines.due_of(subject_of(one.id), COMPLETE), one.region)
            for one in uow.customers.owned_by(person.id)
        ]

    def load(self, uow: UnitOfWork) -> Mapping[PersonId, int]:
        return uow.customers.counts()

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        customer = CustomerId(number_of(subject))
        if not uow.customers.set_owner(customer, leaver.id, receiver.id):
            return None
        running = uow.deadlines.due_of(subject, COMPLETE)
        if running is None or not anew:
            return Moved(running)
        uow.deadlines.cancel(subject, REMIND, COMPLETE)
        watch(uow, uow.customers.get(customer))
        return Moved(uow.deadlines.due_of(subject, COMPLETE), anew=True)

    def clients(self, uow: UnitOfWork, subject: str, leaver: Person) -> Sequence[Client]:
        record = uow.customers.get(CustomerId(number_of(subject)))
        phones = [shown_phone(phone.number) for phone in record.phones]
        known = (known_account(uow, phone) for phone in phones)
        account = next((one for one in known if one is not None and can_be_written_to(uow, one)), None)
        return [Client(record.name, account, phones[0] if phones else "")]

    def history(self, uow: UnitOfWork, subject: str) -> Sequence[Line]:
        visits = uow.visits.at_customer(CustomerId(number_of(subject)), MOST_HISTORY)
        return [Line(visit.at, visit.person_label, visit.said) for visit in reversed(visits)]
