"""What happens while a request waits: reminders, the time that passes, approvers who go away (P16, P32)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from core.approvals.asking import finish, resume_clock, start_clock, wake_clock
from core.approvals.choosing import Choice, choose, is_there, stand_in
from core.approvals.model import (
    ANSWER,
    DUE,
    REMIND,
    Approval,
    Decider,
    Happening,
    Note,
    Standing,
    State,
)
from core.approvals.telling import call, remind, show, tell_question
from core.away import is_absent
from core.deadlines import Deadline, on_deferred, on_due
from core.ids import ApprovalId, PersonId
from core.people.ranks import chain_above
from core.people.register import Person
from core.rounds import RoundRun, every

if TYPE_CHECKING:
    from core.ports import UnitOfWork
    from core.rulebook import Rulebook


def _open(uow: UnitOfWork, deadline: Deadline) -> Approval | None:
    approval = uow.approvals.get(ApprovalId(deadline.number))
    return approval if approval.is_open else None


# Time passes ----------------------------------------------------------------------------------------------


@on_due(REMIND)
def time_is_short(uow: UnitOfWork, deadline: Deadline) -> None:
    """Whoever has not decided is reminded; who has gone away meanwhile is not waited for any longer."""
    approval = _open(uow, deadline)
    if approval is None or approval.due_at is None:
        return
    approval = _staffed(uow, approval)
    for decider in approval.waiting:
        uow.approvals.note(approval.id, Note(Happening.REMINDED, to=decider.acting), uow.now)
        remind(uow, approval, decider, "soon", deadline)


@on_due(DUE)
def time_is_over(uow: UnitOfWork, deadline: Deadline) -> None:
    """Undecided: on to the next superior where the step escalates; where it does not, or nobody is above, the same
    people are reminded, and the time begins anew, so that no request is forgotten."""
    approval = _open(uow, deadline)
    if approval is None:
        return
    for decider in approval.waiting:
        approval = uow.approvals.get(approval.id)
        above = _next_above(uow, approval, decider) if approval.steps[approval.step].escalates else None
        if above is None:
            remind(uow, approval, decider, "overdue", deadline)
        else:
            _move(uow, approval, decider, above, Happening.ESCALATED)
    start_clock(uow, approval)
    show(uow, _staffed(uow, uow.approvals.get(approval.id)))


def _next_above(uow: UnitOfWork, approval: Approval, decider: Decider) -> Choice | None:
    """Who is next above whoever has the say, and there; past the requester and those who had their turn."""
    requester, step = uow.people.get(approval.requester), approval.steps[approval.step]
    waiting = {one.acting for one in approval.waiting if one.id != decider.id}
    done = {who for one in approval.at_step if not one.is_waiting for who in (one.person, one.acting)}
    done |= approval.has_approved | {decider.person, decider.acting}
    for above in chain_above(uow, uow.people.get(decider.person)):
        choice = stand_in(uow, above, requester, step) if above.id != requester.id else None
        if choice is not None and (choice.acting in waiting or not {choice.person, choice.acting} & done):
            return choice
    return None


def _move(uow: UnitOfWork, approval: Approval, decider: Decider, choice: Choice, why: Happening) -> None:
    """The say goes to somebody else; to one who has a say in the step already it adds nothing (P26)."""
    if not uow.approvals.release(decider.id, Standing.MOVED, uow.now):
        return
    has_one = any(one.acting == choice.acting for one in approval.waiting if one.id != decider.id)
    if not has_one:
        uow.approvals.add_decider(approval.id, approval.step, choice.person, choice.acting, uow.now)
    uow.approvals.note(approval.id, Note(why, decider.acting, to=choice.acting), uow.now)
    moved = uow.approvals.get(approval.id)
    wake_clock(uow, moved)
    if not has_one:
        call(uow, moved, moved.waiting[-1])


@on_due(ANSWER)
def no_answer(uow: UnitOfWork, deadline: Deadline) -> None:
    """A question has stood too long: the requester is asked again, and the approver's time runs on without it."""
    approval = _open(uow, deadline)
    if approval is None or not approval.questions:
        return
    for decider in approval.questions:
        tell_question(uow, approval, decider, again=True)
        uow.approvals.unquestion(decider.id)
        uow.approvals.note(approval.id, Note(Happening.UNANSWERED, to=decider.acting), uow.now)
    resume_clock(uow, approval)
    for decider in approval.questions:
        remind(uow, uow.approvals.get(approval.id), decider, "unanswered", deadline)
    show(uow, _staffed(uow, uow.approvals.get(approval.id)))


@on_deferred(DUE)
def deferred(uow: UnitOfWork, deadline: Deadline) -> None:
    """An outage moved the step's end: the cards say so (P21)."""
    approval = _open(uow, deadline)
    if approval is not None:
        uow.approvals.set_clock(approval.id, deadline.due_at, None)
        show(uow, uow.approvals.get(approval.id))


# People go away and come back -----------------------------------------------------------------------------


def reassess(uow: UnitOfWork, person: PersonId) -> None:
    """Somebody goes away, leaves, comes back or names a delegate: what waits for them moves on, or comes back.

    For every area that changes one of these.
    """
    for approval in uow.approvals.of_right(person):
        staffed = _staffed(uow, approval)
        if staffed != approval:
            show(uow, staffed)


def withdraw_all(uow: UnitOfWork, person: PersonId) -> int:
    """Somebody leaves the company: their own requests end. How many there were."""
    asked = [approval for approval in uow.approvals.asked_by(person) if approval.is_open]
    for approval in asked:
        uow.approvals.note(approval.id, Note(Happening.WITHDRAWN), uow.now)
        finish(uow, approval, State.WITHDRAWN, None)
    return len(asked)


def _staffed(uow: UnitOfWork, approval: Approval) -> Approval:
    """The request with nobody waited for who is away, and somebody in every open step."""
    requester, step = uow.people.get(approval.requester), approval.steps[approval.step]
    if not approval.waiting:
        _find_somebody(uow, approval, requester)
    for decider in approval.waiting:
        choice = stand_in(uow, uow.people.get(decider.person), requester, step)
        if _restaff(uow, approval, decider, choice):
            approval = uow.approvals.get(approval.id)
    return uow.approvals.get(approval.id)


def _restaff(uow: UnitOfWork, approval: Approval, decider: Decider, choice: Choice | None) -> bool:
    """Whether the say had to go to somebody else. With a delegate its time runs on; a superior gets it anew."""
    if choice is None or choice == Choice(decider.person, decider.acting):
        return False
    if choice.person != decider.person:
        _move(uow, approval, decider, choice, Happening.ABSENT)
        start_clock(uow, approval)
    else:
        back = choice.acting == decider.person
        _move(uow, approval, decider, choice, Happening.RETURNED if back else Happening.DELEGATED)
    return True


def _find_somebody(uow: UnitOfWork, approval: Approval, requester: Person) -> None:
    """A step that had nobody looks again."""
    chosen = choose(uow, requester, approval.steps[approval.step])
    for choice in chosen.choices:
        uow.approvals.add_decider(approval.id, approval.step, choice.person, choice.acting, uow.now)
    found = uow.approvals.get(approval.id)
    for decider in found.waiting:
        call(uow, found, decider)


def _opening(rulebook: Rulebook, day: date) -> datetime | None:
    shifts = rulebook.working_time.shifts_on(day)
    return shifts[0].start if shifts else None


@every("approvals.morning", _opening, catch_up=timedelta(hours=12))
def look_over(uow: UnitOfWork, run: RoundRun) -> None:
    """Each working day begins with nobody waited for who is away since (P32)."""
    for approval in uow.approvals.open():
        if any(_is_gone(uow, decider) for decider in approval.waiting) or not approval.waiting:
            staffed = _staffed(uow, approval)
            if staffed != approval:
                show(uow, staffed)


def _is_gone(uow: UnitOfWork, decider: Decider) -> bool:
    return not is_there(uow, uow.people.get(decider.acting)) or is_absent(uow, decider.acting, uow.now)
