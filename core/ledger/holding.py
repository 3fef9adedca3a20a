"""Appeals that wait for somebody's verdict change hands when they leave (ORG-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.ids import AppealId, PersonId
from core.ledger.appealing import Appeal
from core.ledger.judging import decider_for, hand_to
from core.people import Person
from core.people.holdings import Held, Holding, Moved, number_of
from core.ports import UnitOfWork


class Appeals(Holding):
    """An appeal waits for nobody who leaves: the next one who may decide gets it at once, with the full time."""

    area = "appeals"
    covers = frozenset({"appeals.decider_id"})
    to_superior = True

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        return [_held(uow, appeal) for appeal in uow.appeals.to_decide(person.id)]

    def step_back(self, uow: UnitOfWork, leaver: Person) -> Sequence[tuple[Held, PersonId]]:
        appeals = [(appeal, _held(uow, appeal)) for appeal in uow.appeals.to_decide(leaver.id)]
        passed = [(held, _pass(uow, appeal, leaver)) for appeal, held in appeals]
        return [(held, decider) for held, decider in passed if decider is not None]

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        """The rules of appeals decide who gets it, now as at the beginning; the receiver where they name nobody."""
        appeal = uow.appeals.get(AppealId(number_of(subject)))
        if appeal.decider != leaver.id:
            return None
        if _pass(uow, appeal, leaver) is None:
            hand_to(uow, replace(appeal, passed=(*appeal.passed, leaver.id)), receiver.id)
        return Moved(anew=True)


def _held(uow: UnitOfWork, appeal: Appeal) -> Held:
    return Held(appeal.subject, uow.people.get(appeal.person).label)


def _pass(uow: UnitOfWork, appeal: Appeal, leaver: Person) -> PersonId | None:
    tried = replace(appeal, passed=(*appeal.passed, leaver.id))
    following = decider_for(uow, uow.ledger.case(appeal.case), tried)
    if following is not None:
        hand_to(uow, tried, following)
    return following
