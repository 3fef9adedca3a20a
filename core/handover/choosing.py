"""Naming receivers: for one thing, or for all of an area; then asking them (ORG-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.access import Actor, permits
from core.errors import AlreadySettled
from core.handover.holdings import HOLDINGS
from core.handover.model import (
    CHOOSABLE,
    CannotReceive,
    Choice,
    Handover,
    Item,
    ItemState,
)
from core.handover.moving import carry
from core.handover.opening import RUNNERS, open_one, run_by
from core.handover.proposing import Colleagues, Proposal
from core.handover.telling import keeper_of, show, show_offer
from core.ids import HandoverId, HandoverItemId, PersonId
from core.people import Person, one_person
from core.people.holdings import Held, Line
from core.ports import UnitOfWork

MOST_CANDIDATES = 6


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing with what happened before, and who could have it."""

    handover: Handover
    item: Item
    history: Sequence[Line]
    candidates: Sequence[Proposal]


@permits(*RUNNERS)
def detail(uow: UnitOfWork, actor: Actor, item_id: HandoverItemId) -> Detail:
    """One thing of a handover the actor runs. Raises NotFound (P41)."""
    item = uow.handovers.item(item_id)
    handover = run_by(uow, actor, item.handover)
    history = HOLDINGS[item.area].history(uow, item.subject)
    return Detail(handover, item, history, _candidates(uow, handover, item)[:MOST_CANDIDATES])


@permits(*RUNNERS)
def candidates(uow: UnitOfWork, actor: Actor, handover_id: HandoverId, area: str) -> tuple[Handover, list[Proposal]]:
    """Who could have all that is open of an area: whoever could have the first of it."""
    handover = open_one(uow, actor, handover_id)
    items = [item for item in uow.handovers.items(handover.id, area) if item.state in CHOOSABLE]
    return handover, _candidates(uow, handover, items[0])[:MOST_CANDIDATES] if items else []


def _candidates(uow: UnitOfWork, handover: Handover, item: Item) -> list[Proposal]:
    leaver = uow.people.get(handover.person)
    colleagues = Colleagues(uow, leaver, keeper_of(uow, handover))
    return colleagues.for_thing(HOLDINGS[item.area], _held(item))


def _held(item: Item) -> Held:
    return Held(item.subject, item.title, item.due_at, item.region)


@permits(*RUNNERS)
def choose(uow: UnitOfWork, actor: Actor, item_id: HandoverItemId, receiver: PersonId) -> Item:
    """Name the receiver of one thing. Raises CannotReceive, AlreadySettled, NotFound."""
    item = uow.handovers.item(item_id)
    handover = open_one(uow, actor, item.handover)
    person = uow.people.get(receiver)
    _require_able(uow, handover, item, person)
    asked_before = item.receiver if item.state is ItemState.OFFERED else None
    if not uow.handovers.choose(item.id, Choice(person.id)):
        raise AlreadySettled("handover_item", item.state, item.receiver_label, item.moved_at)
    if asked_before is not None:
        show_offer(uow, handover, asked_before)
    show(uow, handover)
    return uow.handovers.item(item.id)


@permits(*RUNNERS)
def choose_by_name(uow: UnitOfWork, actor: Actor, item_id: HandoverItemId, text: str) -> Item:
    """The same for a typed name or staff number."""
    return choose(uow, actor, item_id, one_person(uow, text).id)


@permits(*RUNNERS)
def choose_all(
    uow: UnitOfWork, actor: Actor, handover_id: HandoverId, area: str, receiver: PersonId
) -> tuple[Handover, int]:
    """Name one receiver for all that is open of an area; what they can't have is left as it is. How many."""
    handover = open_one(uow, actor, handover_id)
    person = uow.people.get(receiver)
    items = [item for item in uow.handovers.items(handover.id, area) if item.state in CHOOSABLE]
    named = sum(_choose_if_able(uow, handover, item, person) for item in items)
    for asked in {item.receiver for item in items if item.state is ItemState.OFFERED and item.receiver is not None}:
        show_offer(uow, handover, asked)
    if items and not named:
        _require_able(uow, handover, items[0], person)
    return show(uow, handover), named


@permits(*RUNNERS)
def choose_all_by_name(
    uow: UnitOfWork, actor: Actor, handover_id: HandoverId, area: str, text: str
) -> tuple[Handover, int]:
    """The same for a typed name or staff number."""
    return choose_all(uow, actor, handover_id, area, one_person(uow, text).id)


def _choose_if_able(uow: UnitOfWork, handover: Handover, item: Item, person: Person) -> bool:
    try:
        _require_able(uow, handover, item, person)
    except CannotReceive:
        return False
    return uow.handovers.choose(item.id, Choice(person.id))


def _require_able(uow: UnitOfWork, handover: Handover, item: Item, person: Person) -> None:
    if person.id == handover.person:
        raise CannotReceive(person.label, "leaver")
    if not person.is_active:
        raise CannotReceive(person.label, "leaving")
    if uow.people.account_of(person.id) is None:
        raise CannotReceive(person.label, "unbound")
    reason = HOLDINGS[item.area].unfit(uow, _held(item), person)
    if reason:
        raise CannotReceive(person.label, reason)


@permits(*RUNNERS)
def send(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Handover:
    """Ask all receivers that are named. What whoever runs it gives to themselves is theirs at once."""
    handover = open_one(uow, actor, handover_id)
    asked = uow.handovers.offer(handover.id, uow.now)
    if actor.person in asked:
        own = uow.handovers.items_of(handover.id, actor.staff_id)
        uow.handovers.answer([i.id for i in own], actor.staff_id, ItemState.ACCEPTED, "", uow.now)
    for receiver in asked:
        if receiver != actor.person:
            show_offer(uow, handover, receiver)
    carry(uow, handover)
    return uow.handovers.get(handover.id)
