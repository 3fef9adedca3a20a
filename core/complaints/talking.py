"""Replies to the customer, and whether they arrived (P25, P46)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from core.access import STAFF, Actor, permits
from core.complaints.figures import handle_due, parts
from core.complaints.model import (
    BOUNCED,
    CLOSE,
    DELIVERY,
    FIRST_REPLY,
    HANDLE,
    PROMISED,
    REPLY,
    SHOWN,
    SOLUTION,
    Complaint,
    Content,
    CustomerUnreachable,
    Direction,
    Message,
    NoteNeeded,
    Trace,
)
from core.complaints.telling import in_charge, is_reachable, seen_by, show, tell, tell_customer
from core.deadlines import Deadline, Moved, on_deferred, on_due
from core.errors import AlreadySettled, NotUnderstood
from core.hours import Due, company_hours
from core.ids import ComplaintId, MessageId
from core.notices import Delivery, NoticeState, ToAccount, ToPerson, Urgency
from core.ports import UnitOfWork

WAIT = timedelta(minutes=1)  # after which it is looked whether a reply arrived
ANSWERS = (REPLY, PROMISED, SOLUTION)
DAY_ENDS = time(23, 59)  # of a promised day without working time


@permits(*STAFF)
def of_message(uow: UnitOfWork, actor: Actor, message: MessageId) -> ComplaintId | None:
    """The case that a message in the actor's private chat is about, found by the message's id alone (P44)."""
    to = ToPerson(actor.staff_id)
    subject = uow.notices.subject_at(to, message) or uow.notices.card_at(to, message) or ""
    name, _, number = subject.partition(":")
    return ComplaintId(int(number)) if name == "complaint" and number.isdigit() else None


@permits(*STAFF)
def open_case(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId) -> None:
    """Show a case in the private chat; a reply to that message answers the customer."""
    complaint = seen_by(uow, actor, complaint_id)
    mine = actor.person == complaint.owner
    tell(uow, complaint, SHOWN, ToPerson(actor.staff_id), Urgency.ANSWER, mine=mine)


@permits(*STAFF)
def for_act(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId) -> Complaint:
    """The case, if the actor may act on it and it is open. Raises NotFound, NotYours or AlreadySettled."""
    complaint = in_charge(uow, actor, complaint_id)
    return _still_open(uow, complaint)


def _still_open(uow: UnitOfWork, complaint: Complaint) -> Complaint:
    if not complaint.is_open:
        last = uow.complaints.trail(complaint.id)[-1]
        raise AlreadySettled("complaint", complaint.step, last.by, last.at)
    return complaint


@permits(*STAFF)
def reply(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, content: Content) -> Complaint:
    """Write to the customer. What they can receive counts as the first reply. Raises CustomerUnreachable."""
    complaint = for_act(uow, actor, complaint_id)
    if content.is_empty:
        raise NoteNeeded(complaint.number)
    must_reach(uow, complaint)
    uow.complaints.add_message(Message(complaint.id, Direction.OUT, content, uow.now, actor.name))
    for number, piece in enumerate(parts(content.text)):
        media, file = (content.media, content.file) if number == 0 else ("", "")
        tell_customer(uow, complaint, REPLY, said=piece, by=actor.name, media=media, file=file)
    answered(uow, complaint)
    return show(uow, complaint.id)


@permits(*STAFF)
def phoned(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, note: str) -> Complaint:
    """The customer was answered by telephone; what was said is kept."""
    complaint = for_act(uow, actor, complaint_id)
    if not note.strip():
        raise NoteNeeded(complaint.number)
    uow.complaints.add_message(Message(complaint.id, Direction.PHONE, Content(note), uow.now, actor.name))
    uow.complaints.add_step(complaint.id, Trace(complaint.round, "phoned", actor.name, note, uow.now))
    answered(uow, complaint)
    return show(uow, complaint.id)


@permits(*STAFF)
def promise(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId, day: date, reason: str) -> Complaint:
    """Explain why it takes longer and promise a day. It is told to the customer and takes the place of the target
    (CMP-6). Raises NotUnderstood for a day that is over, NoteNeeded without a reason."""
    complaint = for_act(uow, actor, complaint_id)
    if not reason.strip():
        raise NoteNeeded(complaint.number)
    until = end_of(uow, day)
    if until <= uow.now:
        raise NotUnderstood("promise", f"{day:%Y-%m-%d}")
    must_reach(uow, complaint)
    uow.complaints.set_due(complaint.id, until, max(complaint.close_due, until))
    uow.complaints.add_step(complaint.id, Trace(complaint.round, "promised", actor.name, reason, uow.now))
    uow.complaints.add_message(Message(complaint.id, Direction.OUT, Content(reason), uow.now, actor.name))
    complaint = uow.complaints.get(complaint.id)
    tell_customer(uow, complaint, PROMISED, said=reason, by=actor.name, until=until, clause="complaint.first_reply")
    answered(uow, complaint)
    watch(uow, complaint)
    return show(uow, complaint.id)


def end_of(uow: UnitOfWork, day: date) -> datetime:
    """The last instant of a promised day that the customer may wait for: its closing."""
    shifts = uow.worktime.shifts_on(day)
    return shifts[-1].end if shifts else uow.worktime.instant(day, DAY_ENDS)


def must_reach(uow: UnitOfWork, complaint: Complaint) -> None:
    if not is_reachable(uow, complaint):
        raise CustomerUnreachable(complaint.number, complaint.phone)


def answered(uow: UnitOfWork, complaint: Complaint) -> None:
    """The customer was answered: from now on the next target counts (P23). It is looked again whether it arrived."""
    if complaint.first_reply_at is None:
        uow.complaints.note_first_reply(complaint.id, uow.now)
        uow.deadlines.cancel(complaint.subject, FIRST_REPLY)
        watch(uow, uow.complaints.get(complaint.id))
    uow.deadlines.open(DELIVERY, complaint.subject, uow.now + WAIT)


def watch(uow: UnitOfWork, complaint: Complaint) -> None:
    """Open the targets that count after a first reply."""
    if complaint.first_reply_at is None:
        return
    if complaint.handled_at is None:
        uow.deadlines.open(HANDLE, complaint.subject, _handling(uow, complaint), "complaint.handle")
    uow.deadlines.open(CLOSE, complaint.subject, complaint.close_due, "complaint.close")


def _handling(uow: UnitOfWork, complaint: Complaint) -> datetime | Due:
    """The target of handling, with how it was computed unless a promise or a new round took its place."""
    kinds = {kind.key: kind for kind in uow.rulebook.complaints.kinds}
    if complaint.kind in kinds:
        rules = uow.rulebook.complaints
        due = handle_due(rules, kinds[complaint.kind], company_hours(uow), complaint.created_at)
        if due.at == complaint.handle_due:
            return due
    return complaint.handle_due


@on_deferred(HANDLE)
def handling_moved(uow: UnitOfWork, deadline: Deadline) -> None:
    """The year's make-up days were announced: the case shows the new day (P2). An outage leaves the target, for
    which the customer was told a time, where it is."""
    complaint = uow.complaints.get(ComplaintId(deadline.number))
    if deadline.moved_for is not Moved.OUTAGE and complaint.is_open:
        uow.complaints.set_due(complaint.id, deadline.due_at, max(complaint.close_due, deadline.due_at))
        show(uow, complaint.id)


@on_due(DELIVERY)
def did_it_arrive(uow: UnitOfWork, deadline: Deadline) -> None:
    """A reply that did not arrive is no reply: the owner is told, and the first-reply target counts again."""
    complaint = uow.complaints.get(ComplaintId(deadline.number))
    if complaint.account is None:
        return
    to = ToAccount(complaint.account)
    sent = [d for kind in ANSWERS for d in uow.notices.deliveries(complaint.subject, kind, to)]
    if any(d.state is NoticeState.PENDING for d in sent):
        uow.deadlines.open(DELIVERY, complaint.subject, uow.now + WAIT)
        return
    if not sent or max(sent, key=_age).state is NoticeState.SENT:
        return
    if complaint.is_open and not _was_answered(uow, complaint, sent):
        uow.complaints.note_first_reply(complaint.id, None)
        uow.deadlines.cancel(complaint.subject, HANDLE, CLOSE)
        uow.deadlines.open(FIRST_REPLY, complaint.subject, complaint.first_reply_due, "complaint.first_reply")
        complaint = show(uow, complaint.id)
    if complaint.owner is not None:
        tell(uow, complaint, BOUNCED, ToPerson(complaint.owner), key=f"{complaint.subject}|bounced|{deadline.key}")


def _age(delivery: Delivery) -> int:
    return delivery.id


def _was_answered(uow: UnitOfWork, complaint: Complaint, sent: list[Delivery]) -> bool:
    by_phone = any(m.direction is Direction.PHONE for m in uow.complaints.messages(complaint.id))
    return by_phone or any(d.state is NoticeState.SENT for d in sent)
