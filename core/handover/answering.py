"""Receivers say yes or no (ORG-8)."""

from __future__ import annotations

from collections.abc import Sequence

from core.access import STAFF, Actor, permits
from core.errors import AlreadySettled, NotFound
from core.handover.holdings import HOLDINGS
from core.handover.model import REFUSED, Handover, Item, ItemState, ReasonNeeded
from core.handover.moving import carry
from core.handover.telling import item_facts, keeper_of, show, show_offer, tell
from core.ids import HandoverId, HandoverItemId
from core.notices import Fact
from core.people.holdings import Line
from core.ports import UnitOfWork

MOST_WORDS = 300
MOST_SHOWN = 10


@permits(*STAFF)
def offered(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> tuple[Handover, list[Item]]:
    """What the actor was asked to take, or has taken. Raises NotFound where nothing was (P41)."""
    handover = uow.handovers.get(handover_id)
    items = uow.handovers.items_of(handover_id, actor.staff_id)
    if not items:
        raise NotFound("handover", str(handover_id))
    return handover, items


@permits(*STAFF)
def offered_item(uow: UnitOfWork, actor: Actor, item_id: HandoverItemId) -> tuple[Handover, Item, Sequence[Line]]:
    """One of these with what happened before, so that its receiver knows what they take (P38)."""
    item = uow.handovers.item(item_id)
    if item.receiver != actor.staff_id or item.state in (ItemState.LISTED, ItemState.REFUSED, ItemState.GONE):
        raise NotFound("handover", str(item.handover))
    return uow.handovers.get(item.handover), item, HOLDINGS[item.area].history(uow, item.subject)


@permits(*STAFF)
def accept(uow: UnitOfWork, actor: Actor, item_id: HandoverItemId) -> Handover:
    """Take one thing over: it is the actor's at once. Raises NotFound or AlreadySettled."""
    handover, item, _ = offered_item(uow, actor, item_id)
    return _accept(uow, actor, handover, [item])


@permits(*STAFF)
def accept_all(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Handover:
    """Take over everything one was asked to. Raises NotFound or AlreadySettled."""
    handover, items = offered(uow, actor, handover_id)
    return _accept(uow, actor, handover, [item for item in items if item.state is ItemState.OFFERED])


def _accept(uow: UnitOfWork, actor: Actor, handover: Handover, items: Sequence[Item]) -> Handover:
    ids = [item.id for item in items]
    if not uow.handovers.answer(ids, actor.staff_id, ItemState.ACCEPTED, "", uow.now):
        raise _over(handover)
    carry(uow, handover)
    return uow.handovers.get(handover.id)


def _over(handover: Handover) -> AlreadySettled:
    return AlreadySettled("handover", handover.state, handover.closed_label, handover.closed_at)


@permits(*STAFF)
def refusable(uow: UnitOfWork, actor: Actor, handover_id: HandoverId, item: HandoverItemId | None) -> list[Item]:
    """What a refusal would be about, before its reason is asked for. Raises NotFound or AlreadySettled."""
    handover, items = offered(uow, actor, handover_id)
    found = [one for one in items if one.state is ItemState.OFFERED and item in (None, one.id)]
    if not found:
        raise _over(handover)
    return found


@permits(*STAFF)
def refuse(
    uow: UnitOfWork, actor: Actor, handover_id: HandoverId, item: HandoverItemId | None, reason: str
) -> Handover:
    """Not take one thing, or anything: it goes back to whoever runs the handover, with the reason."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > MOST_WORDS:
        raise ReasonNeeded(MOST_WORDS)
    items = refusable(uow, actor, handover_id, item)
    handover = uow.handovers.get(handover_id)
    uow.handovers.answer([i.id for i in items], actor.staff_id, ItemState.REFUSED, reason, uow.now)
    shown: list[Fact] = [item_facts(one) for one in items[:MOST_SHOWN]]
    keeper = keeper_of(uow, handover)
    tell(uow, REFUSED, keeper.id, handover, by=actor.name, said=reason, items=shown, count=len(items))
    show_offer(uow, handover, actor.staff_id)
    return show(uow, handover)
