"""Approving, rejecting, asking back. Every act re-checks the state and is a conditional write (P17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access import ANYONE, STAFF, Actor, permits
from core.approvals.asking import (
    add_file,
    checked_words,
    finish,
    gone,
    next_step,
    own,
    pause_clock,
    resume_clock,
    wake_clock,
)
from core.approvals.model import Approval, Decider, File, Happening, Note, NotYourDecision, Standing, State, TooLate
from core.approvals.telling import show, tell_answer, tell_question
from core.errors import NotFound
from core.ids import ApprovalId, DeciderId

if TYPE_CHECKING:
    from core.ports import UnitOfWork


@permits(*STAFF)
def to_decide(uow: UnitOfWork, actor: Actor, decider_id: DeciderId) -> Approval:
    """The request somebody wants to decide on; refused where deciding would be.

    Raises NotFound, TooLate, NotYourDecision.
    """
    approval = uow.approvals.of_decider(decider_id)
    decider = approval.decider(decider_id)
    if not approval.concerns(actor.person):
        raise NotFound("approval", "")
    if not approval.is_open:
        raise gone(approval)
    if not decider.is_waiting:
        raise _settled(approval, decider, actor)
    if decider.acting != actor.person:
        raise NotYourDecision(tuple(one.acting_label for one in approval.waiting))
    return approval


def _settled(approval: Approval, decider: Decider, actor: Actor) -> TooLate:
    """Why a say is not waiting any more although the request is."""
    if decider.standing is Standing.MOVED:
        now = next((one.acting_label for one in approval.waiting), "")
        return TooLate("moved", now, decider.settled_at)
    if decider.standing is Standing.SPARED:
        by = next((o for o in approval.deciders if o.step == decider.step and o.standing is Standing.APPROVED), None)
        return TooLate("step", by.acting_label if by else "", decider.settled_at)
    mine = decider.acting == actor.person
    return TooLate("decided" if mine else "step", decider.acting_label, decider.settled_at)


@permits(*STAFF)
def approve(uow: UnitOfWork, actor: Actor, decider_id: DeciderId, words: str = "") -> Approval:
    """Say yes. The step is over when it was the last one needed. Raises NotFound, TooLate, NotYourDecision, and
    what the area raises that carries it out."""
    approval = _decide(uow, actor, decider_id, Standing.APPROVED, checked_words(words, needed=False))
    if approval.steps[approval.step].countersign and approval.waiting:
        wake_clock(uow, approval)
        show(uow, uow.approvals.get(approval.id))
    else:
        next_step(uow, approval)
    return uow.approvals.get(approval.id)


@permits(*STAFF)
def reject(uow: UnitOfWork, actor: Actor, decider_id: DeciderId, reason: str) -> Approval:
    """Say no, with the reason; that ends the request. Raises NotFound, TooLate, NotYourDecision, WordsRefused."""
    approval = _decide(uow, actor, decider_id, Standing.REJECTED, checked_words(reason))
    return finish(uow, approval, State.REJECTED, actor.staff_id)


def _decide(uow: UnitOfWork, actor: Actor, decider_id: DeciderId, how: Standing, words: str) -> Approval:
    approval = to_decide(uow, actor, decider_id)
    if not uow.approvals.decide(decider_id, actor.staff_id, how, words, uow.now):
        raise gone(uow.approvals.get(approval.id))
    whose = approval.decider(decider_id).person
    note = Note(Happening(how.value), actor.staff_id, whose if whose != actor.person else None, text=words)
    uow.approvals.note(approval.id, note, uow.now)
    return uow.approvals.get(approval.id)


# Asking back ----------------------------------------------------------------------------------------------


@permits(*STAFF)
def to_ask_back(uow: UnitOfWork, actor: Actor, decider_id: DeciderId) -> Approval:
    """The request somebody wants to ask something about; refused while their last question is open.

    Raises NotFound, TooLate, NotYourDecision.
    """
    approval = to_decide(uow, actor, decider_id)
    if approval.decider(decider_id).questioned_at is not None:
        raise TooLate("asked")
    return approval


@permits(*STAFF)
def ask_back(uow: UnitOfWork, actor: Actor, decider_id: DeciderId, text: str) -> Approval:
    """Ask the requester something first; the step's time stands still until the answer (P16).

    Raises NotFound, TooLate, NotYourDecision, WordsRefused.
    """
    approval, text = to_ask_back(uow, actor, decider_id), checked_words(text)
    if not uow.approvals.question(decider_id, actor.staff_id, text, uow.now):
        raise TooLate("asked")
    uow.approvals.note(approval.id, Note(Happening.QUESTION, actor.staff_id, text=text), uow.now)
    if approval.due_at is not None:
        pause_clock(uow, approval)
    asked = uow.approvals.get(approval.id)
    tell_question(uow, asked, asked.decider(decider_id))
    show(uow, asked)
    return asked


@permits(*ANYONE)
def to_answer(uow: UnitOfWork, actor: Actor, approval_id: ApprovalId) -> Approval:
    """The request somebody wants to say something to; refused where it is over. Raises NotFound, TooLate."""
    approval = own(uow, actor, approval_id)
    if not approval.is_open:
        raise gone(approval)
    return approval


@permits(*ANYONE)
def answer(uow: UnitOfWork, actor: Actor, approval_id: ApprovalId, text: str, file: File | None = None) -> Approval:
    """Answer what the approvers asked; the time runs again with what was left of it (P16). Without a question the
    words are added to the request. A file is added as evidence. Raises NotFound, TooLate, WordsRefused, TooManyFiles.
    """
    approval = to_answer(uow, actor, approval_id)
    text, asked = checked_words(text, needed=file is None), approval.questions
    if file is not None:
        add_file(uow, approval.id, file)
    if text:
        what = Happening.ANSWER if asked else Happening.NOTE
        uow.approvals.note(approval.id, Note(what, approval.requester, text=text), uow.now)
    for decider in asked:
        uow.approvals.unquestion(decider.id)
    if asked:
        resume_clock(uow, approval)
    answered = uow.approvals.get(approval.id)
    for decider in asked or (answered.waiting if text else []):
        tell_answer(uow, answered, decider, text)
    show(uow, answered)
    return answered
