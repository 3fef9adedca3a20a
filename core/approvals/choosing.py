"""Who decides: from the rulebook's chain to people, past those who are away, and never the requester unawares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.access import MANAGERS, Role
from core.approvals.model import Kind, Step
from core.away import is_absent
from core.ids import PersonId
from core.notices import Facts
from core.people.ranks import chain_above, head_of
from core.people.register import Person

if TYPE_CHECKING:
    from core.ports import UnitOfWork
    from core.rulebook import ApprovalChain

PERSON, ROLE = "person:", "role:"


@dataclass(frozen=True, slots=True)
class Choice:
    """Who has the say, and who uses it."""

    person: PersonId
    acting: PersonId


@dataclass(frozen=True, slots=True)
class Chosen:
    """The deciders of a step; `passes` where the rulebook says that it needs none."""

    choices: tuple[Choice, ...]
    passes: bool = False


# The chain ------------------------------------------------------------------------------------------------


def chain_for(
    uow: UnitOfWork, kind: Kind, requester: Person, amount: int | None, facts: Facts
) -> ApprovalChain | None:
    """The first of the kind's chains that fits the requester, the facts and the amount."""
    chains = uow.rulebook.approvals.chains.get(kind.value, ())
    return next((chain for chain in chains if _fits(uow, chain, requester, amount, facts)), None)


def _fits(uow: UnitOfWork, chain: ApprovalChain, requester: Person, amount: int | None, facts: Facts) -> bool:
    if chain.up_to is not None and (amount or 0) > chain.up_to:
        return False
    if chain.roles and requester.role not in chain.roles:
        return False
    if chain.departments and not _is_in(uow, requester, chain.departments):
        return False
    return all(facts.get(name) == value for name, value in chain.when.items())


def _is_in(uow: UnitOfWork, person: Person, departments: Iterable[str]) -> bool:
    parts = set(uow.people.path_of(person.department).split("/"))
    return not parts.isdisjoint(departments)


def steps_of(uow: UnitOfWork, chain: ApprovalChain) -> tuple[Step, ...]:
    """The chain's steps with every figure filled in."""
    rules = uow.rulebook.approvals
    return tuple(
        Step(
            step.who,
            step.countersign,
            None if step.hours is None else step.hours * 60,
            step.days,
            step.remind_minutes or rules.remind_minutes,
            step.escalates,
            chain.if_empty or rules.if_empty,
            chain.if_requester or rules.if_requester,
            chain.if_absent or rules.if_absent,
        )
        for step in chain.steps
    )


# The people -----------------------------------------------------------------------------------------------


def choose(uow: UnitOfWork, requester: Person, step: Step) -> Chosen:
    """Who decides a step of somebody's request. Nobody twice, whatever roles they hold (P26)."""
    named = [person for who in step.who for person in _named(uow, who, requester)]
    others = [person for person in named if person.id != requester.id]
    if len(others) < len(named):
        if step.if_requester == "skip" and not others:
            return Chosen((), passes=True)
        others += _in_place_of_requester(uow, requester, step)
    choices = [stand_in(uow, person, requester, step) for person in others]
    found = _once_each(choice for choice in choices if choice is not None)
    if found:
        return Chosen(found)
    if step.if_empty == "skip":
        return Chosen((), passes=True)
    return Chosen(_instead(uow, requester, step))


def _once_each(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """One say for each person who would use it: their own before one they have for somebody else."""
    kept: dict[PersonId, Choice] = {}
    for choice in choices:
        if choice.acting not in kept or choice.person == choice.acting:
            kept[choice.acting] = choice
    return tuple(kept.values())


def _named(uow: UnitOfWork, who: str, requester: Person) -> list[Person]:
    """The people an entry of `who` means."""
    above = chain_above(uow, requester)
    if who == "superior":
        return above[:1]
    if who == "department_head":
        head = head_of(uow, requester.department)
        return [head] if head is not None else []
    if who.startswith(PERSON):
        person = uow.people.by_number(who.removeprefix(PERSON))
        return [person] if person is not None else []
    role = Role(who.removeprefix(ROLE))
    if role is Role.ADMIN:
        return uow.people.admins()
    if role not in MANAGERS:
        return uow.people.active(role)
    if requester.role is role:
        return [requester]
    nearest = next((person for person in above if person.role is role), None)
    return [nearest] if nearest is not None else uow.people.active(role)


def _in_place_of_requester(uow: UnitOfWork, requester: Person, step: Step) -> list[Person]:
    if step.if_requester == "allowed":
        return [requester]
    return chain_above(uow, requester)[:1] if step.if_requester == "superior" else []


def stand_in(uow: UnitOfWork, person: Person, requester: Person, step: Step) -> Choice | None:
    """Who uses a person's say now: themselves, their delegate, or the next superior who is there (P32)."""
    for candidate in (person, *chain_above(uow, person)):
        if candidate.id == requester.id and step.if_requester != "allowed":
            continue
        delegate = delegate_of(uow, candidate, requester)
        if delegate is not None and candidate.is_active:
            return Choice(candidate.id, delegate)
        if _waits(uow, candidate, step):
            return Choice(candidate.id, candidate.id)
    return Choice(person.id, person.id) if person.is_active else None


def _waits(uow: UnitOfWork, person: Person, step: Step) -> bool:
    """Whether the request may wait for the person themselves."""
    if not is_there(uow, person):
        return False
    return step.if_absent == "wait" or not is_absent(uow, person.id, uow.now)


def delegate_of(uow: UnitOfWork, person: Person, requester: Person) -> PersonId | None:
    """Who decides for a person just now; never the requester, and nobody who is away themselves. A delegate's own
    delegation is not followed."""
    delegation = uow.approvals.delegation_of(person.id, uow.now)
    if delegation is None or delegation.to == requester.id:
        return None
    delegate = uow.people.get(delegation.to)
    return delegate.id if is_there(uow, delegate) and not is_absent(uow, delegate.id, uow.now) else None


def is_there(uow: UnitOfWork, person: Person) -> bool:
    """Whether somebody still works here and can be written to (P32, P46)."""
    account = uow.people.account_of(person.id)
    return person.is_active and account is not None and account.reachable


def _instead(uow: UnitOfWork, requester: Person, step: Step) -> tuple[Choice, ...]:
    """Who decides where a step names nobody: an administrator or the next superior, as the rulebook says; then
    whoever there is of the two, and the GM."""
    admins, above = uow.people.admins(), chain_above(uow, requester)
    ordered = [*above, *admins] if step.if_empty == "superior" else [*admins, *above]
    for person in [*ordered, *uow.people.active(Role.GM)]:
        if person.id == requester.id and step.if_requester != "allowed":
            continue
        choice = stand_in(uow, person, requester, step)
        if choice is not None:
            return (choice,)
    return ()
