"""Swapping a duty: the other one has to agree, then the superiors learn of it."""

from __future__ import annotations

from datetime import date

from core.access import STAFF, Actor, permits
from core.duty.model import SWAP, SWAPPED, Duty, NoRestDay, NotOnDuty, OnDutyAlready, Swap, SwapState
from core.duty.roster import LOOK_AHEAD_DAYS, is_on_duty, rosters
from core.errors import AlreadySettled, NotFound
from core.ids import PersonId, SwapId
from core.notices import Fact, Notice, ToPerson
from core.people import may_take, superior_of
from core.ports import UnitOfWork
from core.worktime.values import DAY


@permits(*STAFF)
def duties_of(uow: UnitOfWork, actor: Actor, person: PersonId) -> list[Duty]:
    """Somebody's duties from today on."""
    today = uow.worktime.local_date(uow.now)
    found = rosters(uow, today, today + DAY * LOOK_AHEAD_DAYS)
    return [one for duties in found.values() for one in duties if one.person == person]


@permits(*STAFF)
def ask_swap(uow: UnitOfWork, actor: Actor, day: date, taker: PersonId, back: date | None = None) -> Swap:
    """Ask a colleague to take one's duty, perhaps for one of theirs. Raises NotOnDuty, OnDutyAlready, NoRestDay or
    NotFound."""
    other = uow.people.get(taker)
    if other.id == actor.person or not other.is_active:
        raise NotFound("person", other.label)
    _check(uow, day, (actor.staff_id, actor.name), (other.id, other.label))
    if back is not None:
        _check(uow, back, (other.id, other.label), (actor.staff_id, actor.name))
    swap = uow.rosters.ask(day, actor.staff_id, other.id, back, uow.now)
    _show(uow, swap)
    return swap


def _check(uow: UnitOfWork, day: date, giver: tuple[PersonId, str], taker: tuple[PersonId, str]) -> None:
    if day < uow.worktime.local_date(uow.now):
        raise NoRestDay(day)
    if not is_on_duty(uow, giver[0], day):
        raise NotOnDuty(giver[1], day)
    if is_on_duty(uow, taker[0], day):
        raise OnDutyAlready(taker[1], day)


@permits(*STAFF)
def accept(uow: UnitOfWork, actor: Actor, swap_id: SwapId) -> Swap:
    """Take the duty. Raises AlreadySettled, and NotOnDuty or OnDutyAlready where the roster has changed since."""
    swap = _asked_of(uow, swap_id, actor.staff_id)
    may_take(uow.people.get(swap.taker))
    giver, taker = (swap.giver, swap.giver_label), (swap.taker, swap.taker_label)
    _check(uow, swap.day, giver, taker)
    if swap.back is not None:
        _check(uow, swap.back, taker, giver)
    done = _settle(uow, swap, SwapState.ACCEPTED)
    exchange(uow, swap.day, swap.giver, swap.taker)
    if swap.back is not None:
        exchange(uow, swap.back, swap.taker, swap.giver)
    _tell_superiors(uow, done)
    return done


def exchange(uow: UnitOfWork, day: date, before: PersonId, after: PersonId) -> None:
    """Put one in another's place; a day of the rulebook's roster becomes one of the chat's by it."""
    if day not in uow.rosters.filled(day, day):
        uow.rosters.fill(day, [one.person for one in rosters(uow, day, day)[day]], None, uow.now)
    if not uow.rosters.replace(day, before, after):
        raise NotOnDuty(uow.people.get(before).label, day)


@permits(*STAFF)
def decline(uow: UnitOfWork, actor: Actor, swap_id: SwapId) -> Swap:
    """Leave it where it is. Raises AlreadySettled."""
    return _settle(uow, _asked_of(uow, swap_id, actor.staff_id), SwapState.DECLINED)


@permits(*STAFF)
def withdraw_swap(uow: UnitOfWork, actor: Actor, swap_id: SwapId) -> Swap:
    """Whoever asked needs it no more. Raises AlreadySettled."""
    swap = uow.rosters.swap(swap_id)
    if swap.giver != actor.person:
        raise NotFound("swap", str(swap_id))
    return _settle(uow, swap, SwapState.WITHDRAWN)


def _asked_of(uow: UnitOfWork, swap_id: SwapId, person: PersonId) -> Swap:
    swap = uow.rosters.swap(swap_id)
    if swap.taker != person:
        raise NotFound("swap", str(swap_id))
    if swap.state is not SwapState.ASKED:
        raise AlreadySettled("swap", swap.state)
    return swap


def _settle(uow: UnitOfWork, swap: Swap, state: SwapState) -> Swap:
    if not uow.rosters.settle(swap.id, state, uow.now):
        raise AlreadySettled("swap", uow.rosters.swap(swap.id).state)
    done = uow.rosters.swap(swap.id)
    _show(uow, done)
    return done


def _facts(swap: Swap, **more: Fact) -> dict[str, Fact]:
    return {
        "swap": swap.id,
        "day": swap.day.isoformat(),
        "back": swap.back.isoformat() if swap.back else None,
        "giver": swap.giver_label,
        "taker": swap.taker_label,
        "state": swap.state,
        **more,
    }


def _show(uow: UnitOfWork, swap: Swap) -> None:
    """The card of both, as it stands."""
    for person, mine in ((swap.taker, False), (swap.giver, True)):
        facts = _facts(swap, mine=mine)
        uow.notices.tell(Notice(SWAP, ToPerson(person), facts, swap.subject, card=swap.subject))


def _tell_superiors(uow: UnitOfWork, swap: Swap) -> None:
    above = [superior_of(uow, uow.people.get(person)) for person in (swap.giver, swap.taker)]
    for superior in {one.id for one in above if one is not None} - {swap.giver, swap.taker}:
        uow.notices.tell(Notice(SWAPPED, ToPerson(superior), _facts(swap), swap.subject))
