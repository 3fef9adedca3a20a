"""Complaints change hands when their owner leaves (ORG-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.complaints.model import OWN, Trace
from core.complaints.telling import can_be_written_to, show, tell
from core.customers import Keys
from core.ids import ComplaintId, PersonId
from core.names import phone_key
from core.notices import ToPerson
from core.people import Person
from core.people.holdings import Client, Held, Holding, Line, Moved, number_of
from core.ports import UnitOfWork

HANDED_OVER = "handed_over"  # the step of a case's trail


class Complaints(Holding):
    """A case's owner. Its limits were promised to the customer, so they are kept, whoever is responsible."""

    area = "complaints"
    covers = frozenset({"complaints.owner"})

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        own = [case for case in uow.complaints.open_cases() if case.owner == person.id]
        return [Held(case.subject, f"{case.number} {case.customer}", case.target[1]) for case in own]

    def load(self, uow: UnitOfWork) -> Mapping[PersonId, int]:
        return uow.complaints.load()

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        case = uow.complaints.get(ComplaintId(number_of(subject)))
        if not uow.complaints.hand_over(case.id, leaver.id, receiver.id):
            return None
        uow.complaints.add_step(case.id, Trace(case.round, HANDED_OVER, receiver.label, leaver.label, uow.now))
        moved = show(uow, case.id)
        tell(uow, moved, OWN, ToPerson(leaver.id), card=case.subject, mine=False)
        return Moved(moved.target[1])

    def clients(self, uow: UnitOfWork, subject: str, leaver: Person) -> Sequence[Client]:
        """A customer of the archive hears of the record's owner, so that there is one contact, and one message."""
        case = uow.complaints.get(ComplaintId(number_of(subject)))
        key = phone_key(case.phone)
        if key and uow.customers.holder(Keys(phones=(key,))) is not None:
            return ()
        reached = case.account is not None and can_be_written_to(uow, case.account)
        return [Client(case.customer, case.account if reached else None, case.phone)]

    def history(self, uow: UnitOfWork, subject: str) -> Sequence[Line]:
        case = ComplaintId(number_of(subject))
        said = [Line(one.at, one.by, one.content.text) for one in uow.complaints.messages(case) if one.content.text]
        noted = [Line(one.at, one.by, one.note) for one in uow.complaints.trail(case) if one.note]
        return sorted([*said, *noted], key=lambda line: line.at)
