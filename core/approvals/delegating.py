"""Handing one's approvals to a colleague for a while (代理): shown at every decision, one step deep, never to the
requester."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from core.access import STAFF, Actor, permits
from core.approvals.choosing import is_there
from core.approvals.model import BEGINS, CLAUSE, ENDS, DelegateRefused, Delegation
from core.approvals.telling import tell_delegate
from core.approvals.waiting import reassess
from core.deadlines import Deadline, on_due
from core.errors import AlreadySettled, NotFound
from core.ids import DelegationId, PersonId
from core.people.finding import one_person

if TYPE_CHECKING:
    from core.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Delegated:
    """A delegation; how many requests went to the delegate at once, and how many stay."""

    delegation: Delegation
    moved: int
    stays: int


@permits(*STAFF)
def delegate(uow: UnitOfWork, actor: Actor, text: str, first: date, last: date) -> Delegated:
    """Let a colleague decide in one's place on local days, both included; an earlier delegation in these days ends.

    Raises DelegateRefused, NotFound, SeveralFound.
    """
    to, most = one_person(uow, text), uow.rulebook.approvals.delegate_max_days
    if to.id == actor.person:
        raise DelegateRefused("self")
    if not is_there(uow, to):
        raise DelegateRefused("unbound", to.label)
    if last < max(first, uow.worktime.local_date(uow.now)):
        raise DelegateRefused("past")
    if (last - first).days >= most:
        raise DelegateRefused("days", most=most)
    starts_at = max(uow.now, uow.worktime.instant(first, time.min))
    ends_at = uow.worktime.instant(last + timedelta(days=1), time.min)
    _end_overlapping(uow, actor.staff_id, starts_at, ends_at)
    made = uow.approvals.delegate(actor.staff_id, to.id, starts_at, ends_at)
    uow.deadlines.open(ENDS, made.key, ends_at, CLAUSE)
    if starts_at > uow.now:
        uow.deadlines.open(BEGINS, made.key, starts_at, CLAUSE)
        reassess(uow, actor.staff_id)
        tell_delegate(uow, made, 0, "planned")
        return Delegated(made, 0, 0)
    return _take_effect(uow, made)


def _end_overlapping(uow: UnitOfWork, person: PersonId, starts_at: datetime, ends_at: datetime) -> None:
    for earlier in uow.approvals.delegations_of(person, uow.now):
        if earlier.starts_at < ends_at and starts_at < earlier.ends_at:
            _end(uow, earlier)


def _take_effect(uow: UnitOfWork, made: Delegation) -> Delegated:
    """What waits for the person goes to the delegate."""
    reassess(uow, made.person)
    rights = [one for a in uow.approvals.of_right(made.person) for one in a.waiting if one.person == made.person]
    moved = sum(one.acting == made.to for one in rights)
    tell_delegate(uow, made, moved, "begun")
    return Delegated(made, moved, len(rights) - moved)


@on_due(BEGINS)
def begins(uow: UnitOfWork, deadline: Deadline) -> None:
    _take_effect(uow, uow.approvals.delegation(DelegationId(deadline.number)))


@on_due(ENDS)
def ends(uow: UnitOfWork, deadline: Deadline) -> None:
    """It is over: what is undecided comes back."""
    made = uow.approvals.delegation(DelegationId(deadline.number))
    reassess(uow, made.person)
    tell_delegate(uow, made, 0, "ended")


@permits(*STAFF)
def end_delegation(uow: UnitOfWork, actor: Actor, delegation_id: DelegationId) -> Delegation:
    """Take one's delegation back before its time. Raises NotFound, AlreadySettled."""
    made = uow.approvals.delegation(delegation_id)
    if made.person != actor.person:
        raise NotFound("delegation", str(delegation_id))
    if not _end(uow, made):
        raise AlreadySettled("delegation", "ended")
    reassess(uow, made.person)
    return made


def _end(uow: UnitOfWork, made: Delegation) -> bool:
    if not uow.approvals.end_delegation(made.id, uow.now):
        return False
    uow.deadlines.cancel(made.key)
    tell_delegate(uow, made, 0, "ended")
    return True


@permits(*STAFF)
def my_delegations(uow: UnitOfWork, actor: Actor) -> list[Delegation]:
    """Those one has given that are not over."""
    return uow.approvals.delegations_of(actor.staff_id, uow.now)
