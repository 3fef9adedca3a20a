"""Approvals change hands when somebody leaves (ORG-8)."""

from __future__ import annotations

from collections.abc import Sequence

from core.approvals.model import Approval
from core.approvals.waiting import reassess, withdraw_all
from core.ids import ApprovalId, PersonId
from core.people import Person
from core.people.holdings import Held, Holding, Line, Moved, number_of
from core.ports import UnitOfWork


class Approvals(Holding):
    """What waits for somebody's decision. Nobody waits for a leaver: it goes up at once, by the rules of the chain.
    What they asked for themselves ends with them."""

    area = "approvals"
    covers = frozenset({"approval_deciders.person_id", "approval_deciders.acting_id", "approvals.requester_id"})
    to_superior = True

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        return [_held(approval) for approval in _waiting_for(uow, person)]

    def step_back(self, uow: UnitOfWork, leaver: Person) -> Sequence[tuple[Held, PersonId]]:
        before = _waiting_for(uow, leaver)
        reassess(uow, leaver.id)
        now = [(_held(one), _decider(uow.approvals.get(one.id), leaver)) for one in before]
        return [(held, decider) for held, decider in now if decider is not None]

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        """The rules of the chain decide who gets it, now as at the beginning."""
        reassess(uow, leaver.id)
        approval = uow.approvals.get(ApprovalId(number_of(subject)))
        return None if _decider(approval, leaver) is None else Moved(approval.due_at, anew=True)

    def leave(self, uow: UnitOfWork, leaver: Person) -> None:
        withdraw_all(uow, leaver.id)

    def history(self, uow: UnitOfWork, subject: str) -> Sequence[Line]:
        events = uow.approvals.events(ApprovalId(number_of(subject)))
        return [Line(one.at, one.by, one.text) for one in events if one.text]


def _waiting_for(uow: UnitOfWork, person: Person) -> list[Approval]:
    """Open requests in which the person's say is waited for, whoever uses it."""
    rights = uow.approvals.of_right(person.id)
    return [a for a in rights if any(person.id in (one.person, one.acting) for one in a.waiting)]


def _held(approval: Approval) -> Held:
    return Held(approval.key, f"{approval.label} {approval.reason[:60]}".strip(), approval.due_at)


def _decider(approval: Approval, leaver: Person) -> PersonId | None:
    """Who decides now, if it is somebody else."""
    others = (one.acting for one in approval.waiting if leaver.id not in (one.person, one.acting))
    return next(others, None)
