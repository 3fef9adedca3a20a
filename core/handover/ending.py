"""When time is over, and when everybody has signed: the person leaves (ORG-8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from core.access import STAFF, Actor, permits
from core.acts import Act, ActKind, ActState, NewAct, on_acted
from core.deadlines import Deadline, on_due
from core.errors import AlreadySettled, NotFound
from core.handover.holdings import HOLDINGS
from core.handover.model import (
    CLAUSE,
    CONFIRM,
    DEPARTED,
    DONE,
    FALLEN,
    FAREWELL,
    NEARLY_DUE,
    READY,
    REMIND,
    SIGN,
    Handover,
    Item,
    ItemState,
    State,
)
from core.handover.moving import after_hours, carry
from core.handover.opening import RUNNERS, note_status, open_one
from core.handover.proposing import everything_of, listed
from core.handover.telling import item_facts, keeper_of, receivers_of, show, show_offer, tell
from core.ids import HandoverId, PersonId
from core.notices import Fact, Notice, ToAccount, ToGroup, Urgency
from core.people import Person, PersonStatus
from core.people.holdings import number_of
from core.ports import UnitOfWork

MOST_SHOWN = 10


@on_due(NEARLY_DUE)
def remind(uow: UnitOfWork, deadline: Deadline) -> None:
    """Time is nearly over: whoever has not answered, and the keeper, are reminded."""
    handover = uow.handovers.get(HandoverId(deadline.number))
    items = [item for item in uow.handovers.items(handover.id) if item.state.is_open]
    if not handover.is_open or not items:
        return
    waiting = [item for item in items if item.state is ItemState.OFFERED]
    for receiver in receivers_of(waiting):
        count = sum(item.receiver == receiver for item in waiting)
        tell(uow, REMIND, receiver, handover, key=f"{deadline.key}|{receiver}", count=count, mine=True)
    unnamed = len(items) - len(waiting)
    keeper = keeper_of(uow, handover)
    key = f"{deadline.key}|keeper"
    tell(uow, REMIND, keeper.id, handover, key=key, count=len(waiting), unnamed=unnamed, mine=False)


@on_due(CONFIRM)
def time_is_over(uow: UnitOfWork, deadline: Deadline) -> None:
    """What nobody confirmed is the keeper's: nothing stays without somebody responsible."""
    handover = uow.handovers.get(HandoverId(deadline.number))
    if not handover.is_open:
        return
    list_again(uow, handover)
    keeper = keeper_of(uow, handover)
    left = [item for item in uow.handovers.items(handover.id) if item.state.is_open]
    asked = receivers_of(left)
    if not uow.handovers.fall(handover.id, keeper.id, uow.now):
        return
    fallen: list[Fact] = [item_facts(item) for item in left[:MOST_SHOWN]]
    tell(uow, FALLEN, keeper.id, handover, key=deadline.key, items=fallen, count=len(left))
    for receiver in asked:
        if receiver != keeper.id:
            tell(uow, FALLEN, receiver, handover, key=f"{deadline.key}|{receiver}", count=0)
            show_offer(uow, handover, receiver)
    carry(uow, handover)


def list_again(uow: UnitOfWork, handover: Handover) -> int:
    """Things that became the leaver's, or their name's, since the list was made are added; how many."""
    leaver = uow.people.get(handover.person)
    known = {(item.area, item.subject) for item in uow.handovers.items(handover.id) if item.state.is_open}
    found = [new for new in listed(uow, leaver, keeper_of(uow, handover)) if (new.area, new.subject) not in known]
    return uow.handovers.list_items(handover.id, found)


@on_due(SIGN)
def still_unsigned(uow: UnitOfWork, deadline: Deadline) -> None:
    """Everything is somebody's, and the keeper has not signed: they are reminded until they do."""
    handover = uow.handovers.get(HandoverId(deadline.number))
    if not handover.is_open:
        return
    again = after_hours(uow, uow.rulebook.handover.sign_hours)
    uow.deadlines.open(SIGN, handover.subject, again, CLAUSE)
    tell(uow, READY, keeper_of(uow, handover).id, handover, key=deadline.key, reminded=True)


# Signing ------------------------------------------------------------------------------------------------


@permits(*STAFF)
def sign_as_giver(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Handover:
    """The leaver signs that everything was given. Raises NotFound or AlreadySettled."""
    handover = uow.handovers.get(handover_id)
    if handover.person != actor.person:
        raise NotFound("handover", str(handover_id))
    if not uow.handovers.sign_giver(handover.id, uow.now):
        raise AlreadySettled("handover", handover.state, handover.label, handover.giver_signed_at)
    return show(uow, handover)


@permits(*RUNNERS)
def sign(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Handover:
    """The keeper signs, and the person has left: no account, no links, no groups.

    While anything is still theirs it is listed, and the handover stays open.
    """
    handover = open_one(uow, actor, handover_id)
    person = uow.people.get(handover.person)
    if list_again(uow, handover):
        uow.deadlines.cancel(handover.subject, SIGN)
    items = uow.handovers.items(handover.id)
    if any(item.state.is_open for item in items) or everything_of(uow, person):
        return show(uow, handover)
    if not uow.handovers.close(handover.id, State.SIGNED, actor.person, uow.now, seal_of(handover, items)):
        raise AlreadySettled("handover", handover.state)
    uow.deadlines.cancel(handover.subject)
    signed = uow.handovers.get(handover.id)
    _depart(uow, actor, person)
    show(uow, signed)
    for to in dict.fromkeys(one for one in (handover.keeper, handover.opened_by) if one not in (None, actor.person)):
        if to is not None:
            tell(uow, DONE, to, signed)
    return signed


def seal_of(handover: Handover, items: Iterable[Item]) -> str:
    """A digest of who gave what to whom and when, by which the list can be held against what was signed."""
    lines = [f"{handover.id}|{handover.person}|{handover.opened_at.isoformat()}"]
    for item in items:
        if item.state is ItemState.MOVED and item.moved_at is not None:
            moved = item.moved_at.isoformat()
            lines.append(f"{item.area}|{item.subject}|{item.title}|{item.receiver}|{moved}|{item.in_time}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _depart(uow: UnitOfWork, actor: Actor, person: Person) -> None:
    """Whoever has left has no account, no link, no admin's rights, and no place in work groups."""
    for holding in HOLDINGS.values():
        holding.leave(uow, person)
    account = uow.people.account_of(person.id)
    uow.people.void_invites(person.id)
    uow.people.set_admin(person.id, False)
    uow.people.set_status(person.id, PersonStatus.LEAVING, PersonStatus.LEFT)
    note_status(uow, actor, person, PersonStatus.LEAVING, PersonStatus.LEFT)
    if account is None:
        return
    uow.people.unbind(person.id)
    uow.notices.tell(Notice(FAREWELL, ToAccount(account.id), {"label": person.label}))
    for group in uow.groups.all():
        key = f"remove|{person.id}|{group.id}|{uow.now.isoformat()}"
        uow.acts.ask(NewAct(ActKind.REMOVE, group.id, f"person:{person.id}", key, account=account.id))


@on_acted("person")
def out_of_group(uow: UnitOfWork, act: Act) -> None:
    """A group learns that somebody left, where they were in it; where the bot may not, it is asked to do it."""
    if act.state in (ActState.GONE, ActState.FAILED):
        return
    person = uow.people.get(PersonId(number_of(act.subject)))
    facts: dict[str, Fact] = {"label": person.label, "removed": act.state is ActState.DONE}
    uow.notices.tell(Notice(DEPARTED, ToGroup(act.group), facts, act.subject, urgency=Urgency.ROUTINE))
