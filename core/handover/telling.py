"""Who is told what of a handover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.handover.holdings import HOLDINGS
from core.handover.model import CARD, CLAUSE, OFFER, Counts, Handover, Item, ItemState
from core.ids import PersonId
from core.notices import Fact, Notice, NoticeKind, ToPerson, Urgency
from core.people import Person, superior_of
from core.ports import UnitOfWork

MOST_SHOWN = 10  # lines of one message


def keeper_of(uow: UnitOfWork, handover: Handover) -> Person:
    """Who runs the handover now: whoever was named, or the next one above once they are gone themselves."""
    keeper = uow.people.get(handover.keeper)
    if keeper.is_active:
        return keeper
    above = superior_of(uow, uow.people.get(handover.person))
    if above is None:
        above = next((one for one in uow.people.admins() if one.id != handover.person), keeper)
    uow.handovers.set_keeper(handover.id, above.id)
    return above


def facts_of(handover: Handover, counts: Iterable[Counts]) -> dict[str, Fact]:
    """What every view of a handover may show."""
    return {
        "handover": handover.id,
        "label": handover.label,
        "keeper": handover.keeper_label,
        "opened_by": handover.opened_label,
        "reason": handover.reason,
        "state": handover.state,
        "opened_at": handover.opened_at,
        "due_at": handover.due_at,
        "giver_signed_at": handover.giver_signed_at,
        "closed_at": handover.closed_at,
        "closed_by": handover.closed_label,
        "seal": handover.seal,
        "areas": [_area_facts(one) for one in in_order(counts)],
    }


def in_order(counts: Iterable[Counts]) -> list[Counts]:
    """The areas in the order in which handovers list them."""
    order = list(HOLDINGS)
    return sorted(counts, key=lambda one: order.index(one.area) if one.area in order else len(order))


def _area_facts(one: Counts) -> Fact:
    return {
        "area": one.area,
        "total": one.total,
        "open": one.open,
        "offered": one.offered,
        "refused": one.refused,
        "moved": one.moved,
    }


def item_facts(item: Item) -> dict[str, Fact]:
    return {
        "item": item.id,
        "area": item.area,
        "title": item.title,
        "region": item.region,
        "due_at": item.due_at,
        "anew": item.anew,
        "receiver": item.receiver_label,
        "why": item.why,
        "state": item.state,
        "answer": item.answer,
        "moved_at": item.moved_at,
        "in_time": item.in_time,
    }


def tell(
    uow: UnitOfWork,
    notice: NoticeKind,
    to: PersonId,
    handover: Handover,
    *,
    card: str | None = None,
    key: str | None = None,
    urgency: Urgency = Urgency.ALERT,
    **more: Fact,
) -> None:
    facts = {**facts_of(handover, uow.handovers.counts(handover.id)), **more}
    uow.notices.tell(Notice(notice, ToPerson(to), facts, handover.subject, CLAUSE, card, key, urgency))


def show(uow: UnitOfWork, before: Handover) -> Handover:
    """Bring the keeper's card up to date; the handover as it is now."""
    handover = uow.handovers.get(before.id)
    keeper = keeper_of(uow, handover)
    tell(uow, CARD, keeper.id, handover, card=handover.subject, urgency=Urgency.ANSWER)
    return handover


def show_offer(uow: UnitOfWork, handover: Handover, receiver: PersonId) -> None:
    """Bring a receiver's card up to date: what they are asked to take, and what is theirs by now."""
    items = uow.handovers.items_of(handover.id, receiver)
    waiting = [item for item in items if item.state is ItemState.OFFERED]
    shown: list[Fact] = [item_facts(item) for item in (waiting or items)[:MOST_SHOWN]]
    tell(
        uow,
        OFFER,
        receiver,
        handover,
        card=offer_card(handover, receiver),
        urgency=Urgency.ANSWER,
        items=shown,
        waiting=len(waiting),
        more=max(0, len(waiting or items) - MOST_SHOWN),
        taken=sum(item.state is not ItemState.OFFERED for item in items),
    )


def offer_card(handover: Handover, receiver: PersonId) -> str:
    return f"{handover.subject}/{receiver}"


def receivers_of(items: Sequence[Item]) -> list[PersonId]:
    """Everybody who was asked or has something by now."""
    asked = (ItemState.OFFERED, ItemState.ACCEPTED, ItemState.MOVED)
    return list(dict.fromkeys(i.receiver for i in items if i.receiver is not None and i.state in asked))
