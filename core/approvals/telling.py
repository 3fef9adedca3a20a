"""Who is told what of a request: one card a person, whatever they are in it (P26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.approvals.choosing import choose
from core.approvals.model import CLAUSE, Approval, Decider, Delegation, Event, Standing
from core.ids import PersonId
from core.notices import Fact, Notice, NoticeKind, Receiver, ToAccount, ToPerson, Urgency, kind

if TYPE_CHECKING:
    from core.deadlines import Deadline
    from core.ports import UnitOfWork

CARD = kind("approval.card")  # the request and how far it is: to whoever decides, and to the requester
REMINDED = kind("approval.reminded")  # to who decides: time is nearly over, or it came back to them
QUESTION = kind("approval.question")  # to the requester: an approver wants to know something
ANSWERED = kind("approval.answered")  # to the approver: the answer
RESULT = kind("approval.result")  # to the requester: approved or rejected
DELEGATED = kind("approval.delegated")  # to the delegate: somebody's approvals are yours for a while, or no more


def requester_of(approval: Approval) -> Receiver:
    return ToAccount(approval.account) if approval.account is not None else ToPerson(approval.requester)


# Facts ----------------------------------------------------------------------------------------------------


def facts_of(uow: UnitOfWork, approval: Approval) -> dict[str, Fact]:
    """What a card shows of a request, the same for all who see it."""
    return {
        "approval": approval.id,
        "kind": approval.kind,
        "of": approval.sort,
        "label": approval.label,
        "amount": approval.amount,
        "reason": approval.reason,
        "about": dict(approval.facts),
        "files": approval.files,
        "state": approval.state,
        "asked_at": approval.asked_at,
        "due_at": approval.due_at,
        "settled_at": approval.settled_at,
        "settled_by": approval.settled_label,
        "steps": [_step_facts(uow, approval, index) for index in range(len(approval.steps))],
    }


def _step_facts(uow: UnitOfWork, approval: Approval, index: int) -> dict[str, Fact]:
    step = approval.steps[index]
    deciders = [one for one in approval.deciders if one.step == index]
    return {
        "countersign": step.countersign,
        "is_now": approval.is_open and index == approval.step,
        "deciders": [decider_facts(one) for one in deciders],
        "to_come": _to_come(uow, approval, index) if approval.is_open and index > approval.step else [],
    }


def decider_facts(one: Decider) -> Fact:
    return {
        "label": one.label,
        "acting": one.acting_label,
        "delegated": one.is_delegated,
        "standing": one.standing,
        "since": one.since,
        "at": one.settled_at,
        "reason": one.reason,
        "question": one.question if one.questioned_at is not None else "",
    }


def _to_come(uow: UnitOfWork, approval: Approval, index: int) -> list[Fact]:
    """Who would decide a later step if it were reached now."""
    chosen = choose(uow, uow.people.get(approval.requester), approval.steps[index])
    return [uow.people.get(choice.acting).label for choice in chosen.choices]


def event_facts(event: Event) -> dict[str, Fact]:
    return {
        "at": event.at,
        "what": event.what,
        "by": event.by,
        "whose": event.whose,
        "to": event.to,
        "text": event.text,
    }


# Cards ----------------------------------------------------------------------------------------------------


def show(uow: UnitOfWork, approval: Approval) -> None:
    """Bring every card of the request up to date."""
    facts = facts_of(uow, approval)
    requester = requester_of(approval)
    for person, decider in _latest_say(approval).items():
        if ToPerson(person) != requester or decider.is_waiting:
            _card(uow, approval, ToPerson(person), {**facts, "me": _mine(decider)})
    own = approval.waits_for(approval.requester)
    if own is None or approval.account is not None:
        _card(uow, approval, requester, {**facts, "me": None})


def _latest_say(approval: Approval) -> dict[PersonId, Decider]:
    """Everybody who has or had a say, with the one that counts for their card: a waiting one before others."""
    said: dict[PersonId, Decider] = {}
    for one in approval.deciders:
        known = said.get(one.acting)
        if known is None or not known.is_waiting:
            said[one.acting] = one
    return said


def _mine(decider: Decider) -> Fact:
    return {
        "decider": decider.id,
        "standing": decider.standing,
        "for": decider.label if decider.is_delegated else "",
        "asked": decider.questioned_at is not None,
    }


def _card(uow: UnitOfWork, approval: Approval, to: Receiver, facts: dict[str, Fact]) -> None:
    uow.notices.tell(Notice(CARD, to, facts, approval.key, CLAUSE, approval.key, urgency=Urgency.ANSWER))


# Messages that ring ---------------------------------------------------------------------------------------


def call(uow: UnitOfWork, approval: Approval, decider: Decider) -> None:
    """Someone has to decide now. A card that was there before changes silently, so that a message goes with it."""
    to = ToPerson(decider.acting)
    if uow.notices.deliveries(approval.key, CARD, to):
        _tell(uow, REMINDED, approval, to, me=_mine(decider), why="yours")


def remind(uow: UnitOfWork, approval: Approval, decider: Decider, why: str, deadline: Deadline) -> None:
    """`why` is soon, overdue or unanswered."""
    key = f"{deadline.key}|{why}"
    _tell(uow, REMINDED, approval, ToPerson(decider.acting), key, me=_mine(decider), why=why)


def tell_question(uow: UnitOfWork, approval: Approval, decider: Decider, *, again: bool = False) -> None:
    to = requester_of(approval)
    _tell(uow, QUESTION, approval, to, by=decider.acting_label, question=decider.question, again=again)


def tell_answer(uow: UnitOfWork, approval: Approval, decider: Decider, text: str) -> None:
    to = ToPerson(decider.acting)
    _tell(uow, ANSWERED, approval, to, me=_mine(decider), question=decider.question, answer=text)


def tell_result(uow: UnitOfWork, approval: Approval) -> None:
    """The requester learns how it ended; what they did themselves they need not be told."""
    said = next((one.reason for one in approval.deciders if one.standing is Standing.REJECTED), "")
    if approval.settled_by != approval.requester:
        _tell(uow, RESULT, approval, requester_of(approval), f"{approval.key}|result", said=said)


def tell_delegate(uow: UnitOfWork, delegation: Delegation, waiting: int, state: str) -> None:
    """`state` is begun, planned, or ended."""
    facts: dict[str, Fact] = {
        "label": delegation.label,
        "starts_at": delegation.starts_at,
        "ends_at": delegation.ends_at,
        "waiting": waiting,
        "state": state,
    }
    uow.notices.tell(
        Notice(DELEGATED, ToPerson(delegation.to), facts, delegation.key, CLAUSE, key=f"{delegation.key}|{state}")
    )


def _tell(
    uow: UnitOfWork, notice: NoticeKind, approval: Approval, to: Receiver, key: str | None = None, **more: Fact
) -> None:
    facts = {**facts_of(uow, approval), **more}
    uow.notices.tell(Notice(notice, to, facts, approval.key, CLAUSE, key=key))
