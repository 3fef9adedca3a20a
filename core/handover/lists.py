"""Handovers to look at: those under way and over, what is in one, the signed list (ORG-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.access import STAFF, Actor, Role, permits
from core.errors import NotFound
from core.handover.ending import seal_of
from core.handover.model import Counts, Handover, Item, State
from core.handover.opening import RUNNERS, may_run, run_by
from core.handover.telling import in_order
from core.ids import HandoverId
from core.ports import UnitOfWork

MOST_LISTED = 10
LOOKED_AT = 60  # of the newest, to find those that are the actor's to see


@dataclass(frozen=True, slots=True)
class Overview:
    handover: Handover
    counts: Sequence[Counts]


@dataclass(frozen=True, slots=True)
class Result:
    """The list of a handover: who gave, who received, what, when. `sound`: it is what was signed."""

    handover: Handover
    items: Sequence[Item]
    sound: bool


@permits(*RUNNERS)
def recent(uow: UnitOfWork, actor: Actor) -> list[Handover]:
    """Open ones first, then the newest, as far as they are the actor's to run."""
    found = [one for one in uow.handovers.latest(LOOKED_AT) if _is_theirs(uow, actor, one)]
    return found[:MOST_LISTED]


def _is_theirs(uow: UnitOfWork, actor: Actor, handover: Handover) -> bool:
    if actor.person in (handover.keeper, handover.opened_by):
        return True
    return may_run(uow, actor, uow.people.get(handover.person))


@permits(*RUNNERS)
def overview(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Overview:
    """How far a handover is. Raises NotFound (P41)."""
    handover = run_by(uow, actor, handover_id)
    return Overview(handover, in_order(uow.handovers.counts(handover.id)))


@permits(*RUNNERS)
def of_area(uow: UnitOfWork, actor: Actor, handover_id: HandoverId, area: str) -> tuple[Handover, list[Item]]:
    """The things of one area, listed one by one. Raises NotFound (P41)."""
    return run_by(uow, actor, handover_id), uow.handovers.items(handover_id, area)


@permits(*STAFF)
def result(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Result:
    """The whole list: for whoever runs it and for the leaver; a receiver sees what concerns them. Raises NotFound."""
    handover = uow.handovers.get(handover_id)
    items = uow.handovers.items(handover_id)
    if not _sees_all(uow, actor, handover):
        items = [item for item in items if item.receiver == actor.staff_id and item.moved_at is not None]
        if not items:
            raise NotFound("handover", str(handover_id))
        return Result(handover, items, sound=True)
    sound = handover.state is not State.SIGNED or handover.seal == seal_of(handover, items)
    return Result(handover, items, sound)


def _sees_all(uow: UnitOfWork, actor: Actor, handover: Handover) -> bool:
    if actor.person == handover.person or Role.SYSTEM in actor.roles:
        return True
    return _is_theirs(uow, actor, handover)
