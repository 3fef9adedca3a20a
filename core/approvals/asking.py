"""Asking for approval, and the way of a request from step to step to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from core.access import ANYONE, Actor, permits
from core.approvals.choosing import Chosen, chain_for, choose, steps_of
from core.approvals.model import (
    ANSWER,
    CLAUSE,
    DUE,
    MOST_WORDS,
    REMIND,
    Approval,
    AskedBefore,
    File,
    Happening,
    Kind,
    NewApproval,
    NoApprover,
    NoChain,
    Note,
    Standing,
    State,
    TooLate,
    TooManyFiles,
    WordsRefused,
)
from core.approvals.telling import call, show, tell_result
from core.errors import NotFound
from core.hours import Due, company_hours
from core.ids import AccountId, ApprovalId, PersonId
from core.notices import Facts

if TYPE_CHECKING:
    from core.ports import UnitOfWork

Decision: TypeAlias = "Callable[[UnitOfWork, Approval], None]"
DECISIONS: dict[tuple[Kind, str], Decision] = {}


def on_decision(kind: Kind, of: str = "") -> Callable[[Decision], Decision]:
    """Declare what follows when a request of this kind ends: approved, rejected or withdrawn, as its state says.
    `of` narrows it to subjects of one sort, "task" for "task:7". It runs in the unit of work of the last decision;
    where it refuses, the decision is not taken."""

    def declare(decision: Decision) -> Decision:
        if (kind, of) in DECISIONS:
            raise ValueError(f"two decisions for {kind} {of}")
        DECISIONS[kind, of] = decision
        return decision

    return declare


def has_chain(
    uow: UnitOfWork, kind: Kind, requester: PersonId, amount: int | None = None, facts: Facts | None = None
) -> bool:
    """Whether the rulebook wants an approval for this; if not, the area decides in its own way."""
    return chain_for(uow, kind, uow.people.get(requester), amount, facts or {}) is not None


def is_needed(
    uow: UnitOfWork, kind: Kind, requester: PersonId, amount: int | None = None, facts: Facts | None = None
) -> bool:
    """Whether there is a chain, and in it a step that somebody has to decide."""
    person = uow.people.get(requester)
    chain = chain_for(uow, kind, person, amount, facts or {})
    return chain is not None and any(not choose(uow, person, step).passes for step in steps_of(uow, chain))


def ask(
    uow: UnitOfWork,
    kind: Kind,
    requester: PersonId,
    subject: str,
    amount: int | None = None,
    reason: str = "",
    facts: Facts | None = None,
    *,
    files: Iterable[File] = (),
    account: AccountId | None = None,
) -> Approval:
    """Ask for an approval of `subject`. Everybody concerned is told; what follows is `on_decision` of the kind, at
    once where the rulebook's steps need nobody.

    `amount` is yuan, or days of leave. `facts` are what the kind's view words, and what `when` of a chain looks at.
    Raises NoChain, NoApprover, AskedBefore, WordsRefused, TooManyFiles.
    """
    person, facts = uow.people.get(requester), facts or {}
    chain = chain_for(uow, kind, person, amount, facts)
    if chain is None:
        raise NoChain(kind)
    reason = checked_words(reason, needed=False)
    new = NewApproval(kind, requester, subject, amount, reason, facts, steps_of(uow, chain), account)
    approval = uow.approvals.add(new, uow.now)
    if approval is None:
        raise _asked_before(uow, kind, subject)
    uow.approvals.note(approval.id, Note(Happening.ASKED, requester, text=reason), uow.now)
    for file in files:
        add_file(uow, approval.id, file)
    _go_on(uow, uow.approvals.get(approval.id), 0)
    asked = uow.approvals.get(approval.id)
    if asked.is_open and not asked.waiting:
        raise NoApprover(kind)
    return asked


def _asked_before(uow: UnitOfWork, kind: Kind, subject: str) -> AskedBefore | NotFound:
    known = uow.approvals.open_on(kind, subject)
    return AskedBefore(kind, known.id, known.asked_at) if known else NotFound("approval", subject)


def checked_words(text: str, *, needed: bool = True) -> str:
    """What somebody wrote, trimmed. Raises WordsRefused."""
    text = text.strip()
    if (needed and not text) or len(text) > MOST_WORDS:
        raise WordsRefused(MOST_WORDS, missing=not text)
    return text


# From step to step ----------------------------------------------------------------------------------------


def next_step(uow: UnitOfWork, approval: Approval) -> None:
    """The step is approved: on to the next one, or to the end."""
    for one in approval.at_step:
        if one.is_waiting:
            uow.approvals.release(one.id, Standing.SPARED, uow.now)
    _go_on(uow, uow.approvals.get(approval.id), approval.step + 1)


def _go_on(uow: UnitOfWork, approval: Approval, first: int) -> None:
    """To the first step from `first` on that needs somebody, past those that need nobody."""
    requester = uow.people.get(approval.requester)
    for index in range(first, len(approval.steps)):
        chosen = choose(uow, requester, approval.steps[index])
        if chosen.passes:
            uow.approvals.note(approval.id, Note(Happening.SKIPPED, text=str(index + 1)), uow.now)
        elif _is_settled_already(approval, index, chosen):
            uow.approvals.note(approval.id, Note(Happening.ONCE, text=str(index + 1)), uow.now)
        else:
            _enter(uow, approval, index, chosen)
            return
    last = [one.acting for one in approval.deciders if one.standing is Standing.APPROVED]
    finish(uow, approval, State.APPROVED, last[-1] if last else None)


def _is_settled_already(approval: Approval, index: int, chosen: Chosen) -> bool:
    """Whether those who decide the step have approved before: the same approver is asked once."""
    said = [bool({c.person, c.acting} & approval.has_approved) for c in chosen.choices]
    return bool(said) and (all(said) if approval.steps[index].countersign else any(said))


def _enter(uow: UnitOfWork, approval: Approval, index: int, chosen: Chosen) -> None:
    uow.approvals.enter(approval.id, approval.step, index)
    for choice in chosen.choices:
        if not {choice.person, choice.acting} & approval.has_approved:
            uow.approvals.add_decider(approval.id, index, choice.person, choice.acting, uow.now)
    start_clock(uow, uow.approvals.get(approval.id))
    entered = uow.approvals.get(approval.id)
    for decider in entered.waiting:
        call(uow, entered, decider)
    show(uow, entered)


def finish(uow: UnitOfWork, approval: Approval, state: State, by: PersonId | None) -> Approval:
    """The request is over. Raises TooLate where it was before."""
    _end(uow, approval, state, by)
    over = uow.approvals.get(approval.id)
    decision = DECISIONS.get((over.kind, over.sort)) or DECISIONS.get((over.kind, ""))
    if decision is not None:
        decision(uow, over)
    _tell_end(uow, over)
    return over


def overtake(uow: UnitOfWork, approval: Approval, state: State, by: PersonId) -> None:
    """What was asked for has been settled by another way, and the area has carried that out: the request ends."""
    uow.approvals.note(approval.id, Note(Happening(state.value), by), uow.now)
    _end(uow, approval, state, by)
    _tell_end(uow, uow.approvals.get(approval.id))


def _end(uow: UnitOfWork, approval: Approval, state: State, by: PersonId | None) -> None:
    if not uow.approvals.settle(approval.id, state, by, uow.now):
        raise gone(uow.approvals.get(approval.id))
    for one in approval.waiting:
        uow.approvals.release(one.id, Standing.SPARED, uow.now)
    uow.deadlines.cancel(approval.key)


def _tell_end(uow: UnitOfWork, over: Approval) -> None:
    show(uow, over)
    if over.state is not State.WITHDRAWN:
        tell_result(uow, over)


def gone(approval: Approval) -> TooLate:
    """The words for a press after the end."""
    return TooLate(approval.state.value, approval.settled_label, approval.settled_at)


# The clock ------------------------------------------------------------------------------------------------


def start_clock(uow: UnitOfWork, approval: Approval) -> None:
    """The step's time begins, with the figures of the day the request was made (RULE-4)."""
    step, hours = approval.steps[approval.step], company_hours(uow)
    run_until(uow, approval, hours.minutes(step.minutes or 0) if step.days is None else hours.days(step.days))


def run_until(uow: UnitOfWork, approval: Approval, due: Due) -> None:
    """The step is to be decided by then; the reminder comes before."""
    remind_at = uow.worktime.subtract_minutes(due.at, approval.steps[approval.step].remind_minutes)
    uow.approvals.set_clock(approval.id, due.at, None)
    uow.deadlines.cancel(approval.key, ANSWER)
    uow.deadlines.open(DUE, approval.key, due, CLAUSE)
    if remind_at > uow.now:
        uow.deadlines.open(REMIND, approval.key, remind_at, CLAUSE)
    else:
        uow.deadlines.cancel(approval.key, REMIND)


def pause_clock(uow: UnitOfWork, approval: Approval) -> None:
    """A question is open: the step's time stands still (P16)."""
    left = uow.worktime.between(uow.now, approval.due_at) if approval.due_at else timedelta(0)
    uow.approvals.set_clock(approval.id, None, left)
    uow.deadlines.cancel(approval.key, DUE, REMIND)
    limit = company_hours(uow).minutes(uow.rulebook.approvals.answer_hours * 60)
    uow.deadlines.open(ANSWER, approval.key, limit, CLAUSE)


def resume_clock(uow: UnitOfWork, approval: Approval) -> None:
    """The answer is there: what was left of the time, in whole minutes, runs again (P16)."""
    minutes = -(-(approval.left or timedelta(0)) // timedelta(minutes=1))
    run_until(uow, approval, company_hours(uow).minutes(max(1, minutes)))


def wake_clock(uow: UnitOfWork, approval: Approval) -> None:
    """Where nobody waits for an answer any more the time runs: whoever asked has decided, or is not asked now."""
    if approval.is_open and approval.due_at is None and not approval.questions:
        resume_clock(uow, approval)


# What the requester can do --------------------------------------------------------------------------------


@permits(*ANYONE)
def withdraw(uow: UnitOfWork, actor: Actor, approval_id: ApprovalId) -> Approval:
    """Take one's request back. Raises NotFound, TooLate."""
    approval = own(uow, actor, approval_id)
    if not approval.is_open:
        raise gone(approval)
    uow.approvals.note(approval.id, Note(Happening.WITHDRAWN, approval.requester), uow.now)
    return finish(uow, approval, State.WITHDRAWN, approval.requester)


def is_own(actor: Actor, approval: Approval) -> bool:
    """Whether somebody asked for it, as a person or from the account that did."""
    return approval.account == actor.account or (actor.person is not None and actor.person == approval.requester)


def own(uow: UnitOfWork, actor: Actor, approval_id: ApprovalId) -> Approval:
    """A request of the actor's own, as a person or from the account that asked. Raises NotFound (P41)."""
    approval = uow.approvals.get(approval_id)
    if not is_own(actor, approval):
        raise NotFound("approval", str(approval_id))
    return approval


def add_file(uow: UnitOfWork, approval: ApprovalId, file: File) -> None:
    most = uow.rulebook.approvals.max_files
    if len(uow.approvals.files(approval)) >= most:
        raise TooManyFiles(most)
    uow.approvals.attach(approval, file, uow.now)
    uow.approvals.note(approval, Note(Happening.ATTACHED), uow.now)
