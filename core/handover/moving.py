"""What is accepted changes hands, a slice at a time, each thing by a conditional update of its area (P32, P35)."""

from __future__ import annotations

from datetime import timedelta

from core.deadlines import Deadline, on_due
from core.handover.holdings import HOLDINGS
from core.handover.model import CARRY, CLAUSE, CONTACT, READY, SIGN, Handover, Item, ItemState
from core.handover.telling import keeper_of, show, show_offer, tell
from core.hours import Due, company_hours
from core.ids import HandoverId, PersonId
from core.notices import Notice, ToAccount
from core.people import Person
from core.people.holdings import Client, Moved
from core.ports import UnitOfWork
from core.tasks.giving import order

SLICE = 25  # things moved in one unit of work, so that nobody waits for a long list
LONGEST_LIST = 600  # characters of customers' names in one task


def after_hours(uow: UnitOfWork, hours: int) -> Due:
    """So many of the company's working hours from now."""
    return company_hours(uow).minutes(hours * 60)


def carry(uow: UnitOfWork, handover: Handover) -> None:
    """Move what is accepted; the bell goes on with what is left of a long list."""
    leaver = uow.people.get(handover.person)
    accepted = uow.handovers.accepted(handover.id, SLICE)
    for item in accepted:
        _move(uow, handover, leaver, item)
    for receiver in dict.fromkeys(item.receiver for item in accepted if item.receiver is not None):
        _settled_with(uow, handover, receiver)
    if uow.handovers.accepted(handover.id, 1):
        uow.deadlines.open(CARRY, handover.subject, uow.now + timedelta(microseconds=1))
        return
    ready_to_sign(uow, show(uow, handover))


@on_due(CARRY)
def carry_on(uow: UnitOfWork, deadline: Deadline) -> None:
    """The next slice of a long list."""
    handover = uow.handovers.get(HandoverId(deadline.number))
    if handover.is_open:
        carry(uow, handover)


def _move(uow: UnitOfWork, handover: Handover, leaver: Person, item: Item) -> None:
    holding = HOLDINGS[item.area]
    receiver = None if item.receiver is None else uow.people.get(item.receiver)
    if receiver is None:
        return
    clients = holding.clients(uow, item.subject, leaver)
    anew = item.area in uow.rulebook.handover.restart
    moved = holding.move(uow, item.subject, leaver, receiver, anew=anew)
    becomes = ItemState.MOVED if moved else ItemState.GONE
    uow.handovers.settle(item.id, becomes, uow.now, moved or Moved(item.due_at))
    if moved is None:
        return
    for other in HOLDINGS.values():
        other.follow(uow, item.subject, leaver, receiver)
    for client in clients:
        _tell_client(uow, handover, item, client, receiver)


def _tell_client(uow: UnitOfWork, handover: Handover, item: Item, client: Client, receiver: Person) -> None:
    """A customer learns their new contact once: in the chat, or from the receiver."""
    if client.account is None:
        uow.handovers.add_client(item.id, client.name, client.phone)
        return
    uow.notices.tell(
        Notice(
            CONTACT,
            ToAccount(client.account),
            {"name": receiver.name, "before": uow.people.get(handover.person).name},
            item.subject,
            key=f"{handover.subject}|contact|{client.account}",
        )
    )


def _settled_with(uow: UnitOfWork, handover: Handover, receiver: PersonId) -> None:
    """Once somebody has answered everything they get one task to tell the customers who have no chat."""
    show_offer(uow, handover, receiver)
    waiting = (ItemState.OFFERED, ItemState.ACCEPTED)
    if any(item.state in waiting for item in uow.handovers.items_of(handover.id, receiver)):
        return
    untold = uow.handovers.untold(handover.id, receiver)
    if untold:
        rules = uow.rulebook.handover
        words = rules.tell_text.say(uow.rulebook.company.language)
        text = words.replace("{customers}", _names(untold))
        order(uow, keeper_of(uow, handover).id, receiver, text, after_hours(uow, rules.tell_hours).at)


def _names(clients: list[tuple[str, str]]) -> str:
    shown, left = "", len(clients)
    for name, phone in clients:
        one = f"{name} {phone}".strip()
        if shown and len(shown) + len(one) > LONGEST_LIST:
            break
        shown, left = f"{shown}；{one}" if shown else one, left - 1
    return f"{shown}… (+{left})" if left else shown


def ready_to_sign(uow: UnitOfWork, handover: Handover) -> None:
    """Everything is somebody's: the keeper is asked to sign, once for each time it comes to that."""
    counts = uow.handovers.counts(handover.id)
    if any(one.moved != one.total for one in counts) or uow.deadlines.due_of(handover.subject, SIGN) is not None:
        return
    uow.deadlines.open(SIGN, handover.subject, after_hours(uow, uow.rulebook.handover.sign_hours), CLAUSE)
    tell(uow, READY, keeper_of(uow, handover).id, handover, reminded=False)
