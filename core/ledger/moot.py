"""Appeals whose entries were taken back otherwise: there is nothing left to decide (LGR-2)."""

from __future__ import annotations

from core.ledger.appealing import CLAUSE, ENDED, UNDECIDED, Appeal, AppealState, Ending
from core.ledger.entries import Case
from core.notices import Fact, Notice, ToPerson
from core.ports import UnitOfWork


def end_appeals(uow: UnitOfWork, case: Case, reason: str) -> None:
    """End the open appeal of a case of which nothing stands any more."""
    if uow.ledger.case(case.id).standing(uow.now):
        return
    for appeal in uow.appeals.of_case(case.id):
        if appeal.is_open and uow.appeals.end(appeal.id, UNDECIDED, Ending(AppealState.MOOT, uow.now, None, reason)):
            uow.deadlines.cancel(appeal.subject)
            tell_ended(uow, uow.appeals.get(appeal.id))


def tell_ended(uow: UnitOfWork, appeal: Appeal) -> None:
    """The card of who was to decide tells that the appeal is over without a verdict; so does a message to the person,
    unless they ended it themselves."""
    facts: dict[str, Fact] = {
        "appeal": appeal.id,
        "entry": appeal.case,
        "label": uow.people.get(appeal.person).label,
        "state": appeal.state,
        "reason": appeal.reason,
        "instance": appeal.instance,
    }
    if appeal.state is not AppealState.WITHDRAWN:
        uow.notices.tell(Notice(ENDED, ToPerson(appeal.person), facts, appeal.subject, CLAUSE))
    if appeal.decider is not None:
        uow.notices.tell(Notice(ENDED, ToPerson(appeal.decider), facts, appeal.subject, CLAUSE, appeal.card))
