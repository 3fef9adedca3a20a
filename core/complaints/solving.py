"""The way of a case through its steps, and who is responsible for it (CMP-3, CMP-5, CMP-9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.access import STAFF, Actor, permits
from core.complaints import figures
from core.complaints.model import (
    ANSWERED,
    AUDIT,
    CLOSE,
    FIRST_REPLY,
    HANDLE,
    OWN,
    SOLUTION,
    STEP,
    Complaint,
    Content,
    Direction,
    Message,
    NoteNeeded,
    Overview,
    Step,
    Trace,
    Verdict,
)
from core.complaints.registering import CUSTOMERS
from core.complaints.talking import answered, for_act, watch
from core.complaints.telling import (
    READERS,
    facts_of,
    heads,
    in_charge,
    is_reachable,
    overview,
    own_case,
    owner_of,
    seen_by,
    show,
    tell,
    tell_customer,
)
from core.errors import AlreadySettled, NotFound, NotUnderstood
from core.hours import company_hours
from core.ids import ComplaintId, PersonId
from core.notices import Facts, ToPerson
from core.people import IsLeaving
from core.ports import UnitOfWork

WHY = "why"  # a closed case is explained
ACTS = ("reply", "phoned", "refused", "promise")
WRITTEN = (Step.TOLD, Step.PLAN)  # steps that are nothing without words


@permits(*STAFF)
def take_over(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, expected: PersonId | None) -> Complaint:
    """Become responsible, if `expected` still is. The one before and the customer are told (CMP-3).

    Raises AlreadySettled where somebody was quicker or the case is closed.
    """
    complaint = seen_by(uow, actor, complaint_id)
    if not uow.people.get(actor.staff_id).is_active:
        raise IsLeaving(actor.name, mine=True)
    before = owner_of(uow, complaint)
    taken = complaint.owner == expected and actor.person != complaint.owner
    if not taken or not uow.complaints.hand_over(complaint.id, expected, actor.staff_id):
        trail = uow.complaints.trail(complaint.id)
        by = before.label if before and complaint.is_open else trail[-1].by
        raise AlreadySettled("complaint", complaint.step, by, trail[-1].at)
    uow.complaints.add_step(complaint.id, Trace(complaint.round, "taken", actor.name, "", uow.now))
    complaint = show(uow, complaint.id)
    if before is not None:
        tell(uow, complaint, OWN, ToPerson(before.id), card=complaint.subject, mine=False)
    tell_customer(uow, complaint, STEP, what="taken", note="")
    return complaint


@permits(*STAFF)
def advance(
    uow: UnitOfWork,
    actor: Actor,
    complaint_id: ComplaintId,
    to: Step,
    note: str = "",
    verdict: Verdict | None = None,
) -> Complaint:
    """Take the next step, with who, when and a note; the customer is told (CMP-5).

    A verdict belongs to `VERIFIED`. Raises AlreadySettled for any but the next step, NoteNeeded where words are
    due: an unfounded complaint is explained, a plan and a result are told.
    """
    complaint = in_charge(uow, actor, complaint_id)
    _must_be_next(uow, complaint, to)
    needed = to in WRITTEN or verdict is Verdict.INVALID
    if (to is Step.VERIFIED) != (verdict is not None) or (needed and not note.strip()):
        raise NoteNeeded(complaint.number)
    moved = _move(uow, complaint, _after(uow, complaint, to, verdict), actor, note)
    _tell_step(uow, moved, note, actor)
    if to is Step.CLOSED:
        _end(uow, moved)
    return moved


def _after(uow: UnitOfWork, complaint: Complaint, to: Step, verdict: Verdict | None) -> Complaint:
    done = to in (Step.TOLD, Step.CLOSED) or verdict is Verdict.INVALID
    return replace(
        complaint,
        step=to,
        verdict=verdict or complaint.verdict,
        accepted=None if to is Step.TOLD else complaint.accepted,
        handled_at=complaint.handled_at or (uow.now if done else None),
        closed_at=uow.now if to is Step.CLOSED else None,
    )


def _move(uow: UnitOfWork, before: Complaint, after: Complaint, actor: Actor, note: str) -> Complaint:
    if not uow.complaints.move(before, after):
        raise AlreadySettled("complaint", before.step)
    done = after.verdict if after.step is Step.VERIFIED and before.step is not after.step else after.step
    uow.complaints.add_step(before.id, Trace(before.round, done or after.step, actor.name, note, uow.now))
    if after.handled_at is not None:
        uow.deadlines.cancel(before.subject, HANDLE)
    return show(uow, before.id)


def _tell_step(uow: UnitOfWork, complaint: Complaint, note: str, actor: Actor) -> None:
    """Plans and inner notes are for the company; the explanation and the result are for the customer."""
    if complaint.step is Step.TOLD:
        way = Direction.OUT if is_reachable(uow, complaint) else Direction.PHONE
        uow.complaints.add_message(Message(complaint.id, way, Content(note), uow.now, actor.name))
        answered(uow, complaint)
        complaint = show(uow, complaint.id)
        tell_customer(uow, complaint, SOLUTION, said=note, by=actor.name)
        return
    explained = complaint.step is Step.VERIFIED and complaint.verdict is Verdict.INVALID
    what = complaint.verdict if complaint.step is Step.VERIFIED else complaint.step
    tell_customer(uow, complaint, STEP, what=what, note=note if explained else "")


def _end(uow: UnitOfWork, complaint: Complaint) -> None:
    uow.deadlines.cancel(complaint.subject, FIRST_REPLY, HANDLE, CLOSE)
    if complaint.closed_at is None or complaint.closed_at <= complaint.close_due:
        return
    told = [complaint.owner] if complaint.owner is not None else []
    for person in [*told, *heads(uow, complaint)]:
        mine = person == complaint.owner
        tell(uow, complaint, AUDIT, ToPerson(person), clause="complaint.close", mine=mine)


@permits(*STAFF)
def for_named_act(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, act: str) -> Complaint:
    """The case, if the actor may do now what a button names: a verdict, a step, or one of `ACTS`.

    Raises as the act itself does, before anybody writes a note for it.
    """
    if act == WHY:
        return in_charge(uow, actor, complaint_id)
    complaint = for_act(uow, actor, complaint_id)
    if act in list(Verdict):
        _must_be_next(uow, complaint, Step.VERIFIED)
    elif act in list(Step):
        _must_be_next(uow, complaint, Step(act))
    elif act not in ACTS:
        raise NotFound("act", act)
    return complaint


def _must_be_next(uow: UnitOfWork, complaint: Complaint, to: Step) -> None:
    if to is not figures.next_step(uow.rulebook, complaint):
        last = uow.complaints.trail(complaint.id)[-1]
        raise AlreadySettled("complaint", complaint.step, last.by, last.at)


@permits(*STAFF)
def explain_late(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, why: str) -> Complaint:
    """The answer to an audit slip: why it was closed late (CMP-7)."""
    complaint = in_charge(uow, actor, complaint_id)
    if not why.strip():
        raise NoteNeeded(complaint.number)
    if any(trace.step == "explained" for trace in uow.complaints.trail(complaint.id)):
        raise AlreadySettled("complaint", "explained")
    uow.complaints.add_step(complaint.id, Trace(complaint.round, "explained", actor.name, why, uow.now))
    return complaint


@permits(*CUSTOMERS)
def judge(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, round_: int, accepted: bool) -> Complaint:
    """The customer accepts the solution, or does not: then a new round begins at the plan (CMP-9).

    Raises AlreadySettled where it was answered, a new round has begun, or the case is closed.
    """
    complaint = own_case(uow, actor, complaint_id)
    return _judged(uow, actor, complaint, round_, accepted, "")


@permits(*STAFF)
def refuse(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, note: str) -> Complaint:
    """The customer said by telephone that they don't accept the solution (CMP-9)."""
    complaint = for_act(uow, actor, complaint_id)
    return _judged(uow, actor, complaint, complaint.round, False, note)


def _judged(uow: UnitOfWork, actor: Actor, complaint: Complaint, round_: int, accepted: bool, note: str) -> Complaint:
    waiting = complaint.step in (Step.TOLD, Step.REVISIT) and complaint.accepted is None
    if not waiting or round_ != complaint.round:
        raise AlreadySettled("complaint", complaint.step)
    after = replace(complaint, accepted=accepted) if accepted else _next_round(uow, complaint)
    if not uow.complaints.move(complaint, after):
        raise AlreadySettled("complaint", complaint.step)
    said = "accepted" if accepted else "refused"
    uow.complaints.add_step(complaint.id, Trace(complaint.round, said, actor.name, note, uow.now))
    moved = show(uow, complaint.id)
    if not accepted:
        watch(uow, moved)
    if moved.owner is not None and moved.owner != actor.person:
        tell(uow, moved, ANSWERED, ToPerson(moved.owner), yes=accepted)
    return moved


def _next_round(uow: UnitOfWork, complaint: Complaint) -> Complaint:
    """The next round, with the time of its kind anew."""
    kinds = {kind.key: kind for kind in uow.rulebook.complaints.kinds}
    kind = kinds.get(complaint.kind)
    rules = uow.rulebook.complaints
    due = figures.handle_due(rules, kind, company_hours(uow), uow.now).at if kind else complaint.handle_due
    back = figures.step_before_plan(uow.rulebook, complaint)
    return replace(
        complaint,
        step=back,
        round=complaint.round + 1,
        accepted=None,
        handled_at=None,
        handle_due=due,
        close_due=max(complaint.close_due, due),
    )


@permits(*CUSTOMERS)
def add_product(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, product: Mapping[str, str]) -> Complaint:
    """Order, batch, quantity … as far as the customer knows them (CMP-5). Raises NotUnderstood for other fields."""
    complaint = own_case(uow, actor, complaint_id)
    for key in product:
        if key not in uow.rulebook.complaints.product_fields:
            raise NotUnderstood("product", key)
    given = {key: value.strip() for key, value in product.items() if value.strip()}
    uow.complaints.set_product(complaint.id, {**complaint.product, **given})
    return show(uow, complaint.id)


# Questions ----------------------------------------------------------------------------------------------


@permits(*CUSTOMERS)
def status(uow: UnitOfWork, actor: Actor) -> list[Overview]:
    """The customer's own cases, open ones first, newest first."""
    cases = sorted(uow.complaints.of_account(actor.account), key=lambda case: not case.is_open)
    return [overview(uow, case) for case in cases]


@permits(*STAFF)
def cases(uow: UnitOfWork, actor: Actor) -> list[Overview]:
    """The open cases the actor may see: one's own, or all of them by role."""
    found = uow.complaints.open_cases()
    if not actor.has(*READERS):
        found = [case for case in found if actor.person in (case.owner, case.registered_by)]
    return [overview(uow, case) for case in found]


@permits(*STAFF)
def numbered(uow: UnitOfWork, actor: Actor, number: str) -> Complaint:
    """The case with this number, if the actor may see it. Raises NotFound."""
    complaint = uow.complaints.by_number(number.strip().lstrip("#"))
    if complaint is None:
        raise NotFound("complaint", number)
    return seen_by(uow, actor, complaint.id)


@permits(*CUSTOMERS)
def receipt(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId) -> Facts:
    """What the receipt of an own case says."""
    return facts_of(uow, own_case(uow, actor, complaint_id))
