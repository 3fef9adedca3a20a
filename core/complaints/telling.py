"""Who is told what about a complaint: the desk's card, the owner's, the customer's messages."""

from __future__ import annotations

from core.access import MANAGERS, Actor, Role
from core.complaints.figures import next_step, parts
from core.complaints.model import (
    CARD,
    OWN,
    RELAY,
    Complaint,
    Content,
    Direction,
    NotYours,
    Overview,
)
from core.errors import NotFound
from core.groups import Group, Purpose, for_purpose
from core.ids import AccountId, ChatId, ComplaintId, PersonId
from core.notices import Fact, Notice, NoticeKind, Receiver, ToAccount, ToGroup, ToPerson, Urgency
from core.people import Person, superior_of
from core.ports import UnitOfWork

DESKS = (Purpose.COMPLAINT, Purpose.MANAGEMENT, Purpose.SALES)
READERS = (Role.SERVICE, *MANAGERS, Role.ADMIN)
SHORT = 80  # characters of the complaint's words on a card


def desk(uow: UnitOfWork) -> Group | None:
    """The group complaints go to: the complaint desk, else management, else the sales floor."""
    return next((groups[0] for purpose in DESKS if (groups := for_purpose(uow, purpose))), None)


def desk_of(uow: UnitOfWork, complaint: Complaint) -> Group | None:
    """The group that a case was registered at, while it is bound; else the one for new cases."""
    bound = {group.id: group for group in uow.groups.all()}
    return bound.get(complaint.group) if complaint.group in bound else desk(uow)


def can_be_written_to(uow: UnitOfWork, account: AccountId) -> bool:
    known = uow.people.identify(account, ChatId(account)).account
    return known is not None and known.reachable


def is_reachable(uow: UnitOfWork, complaint: Complaint) -> bool:
    """Whether the customer can be written to in the chat."""
    return complaint.account is not None and can_be_written_to(uow, complaint.account)


def owner_of(uow: UnitOfWork, complaint: Complaint) -> Person | None:
    return None if complaint.owner is None else uow.people.get(complaint.owner)


def overview(uow: UnitOfWork, complaint: Complaint) -> Overview:
    owner = owner_of(uow, complaint)
    messages = uow.complaints.messages(complaint.id)
    return Overview(
        complaint,
        owner.label if owner else "",
        next_step(uow.rulebook, complaint),
        tuple(uow.complaints.trail(complaint.id)),
        is_reachable(uow, complaint),
        sum(1 for m in messages if m.direction is Direction.IN and m.content.file),
    )


def facts_of(uow: UnitOfWork, complaint: Complaint) -> dict[str, Fact]:
    """Everything a view of the case may need, as plain values."""
    seen = overview(uow, complaint)
    target, due = complaint.target
    return {
        "id": complaint.id,
        "number": complaint.number,
        "kind": complaint.kind,
        "severity": complaint.severity,
        "is_complaint": complaint.is_complaint,
        "about_product": complaint.about_product,
        "step": complaint.step,
        "next": seen.next_step,
        "round": complaint.round,
        "verdict": complaint.verdict,
        "accepted": complaint.accepted,
        "customer": complaint.customer,
        "phone": complaint.phone,
        "reachable": seen.reachable,
        "owner": seen.owner,
        "owner_id": complaint.owner or 0,
        "text": complaint.text[:SHORT],
        "files": seen.files,
        "product": dict(complaint.product),
        "created_at": complaint.created_at,
        "first_reply_due": complaint.first_reply_due,
        "first_reply_at": complaint.first_reply_at,
        "handle_due": complaint.handle_due,
        "handled_at": complaint.handled_at,
        "close_due": complaint.close_due,
        "closed_at": complaint.closed_at,
        "target": target,
        "due": due,
    }


def tell(
    uow: UnitOfWork,
    complaint: Complaint,
    kind: NoticeKind,
    to: Receiver,
    urgency: Urgency = Urgency.ALERT,
    *,
    clause: str | None = None,
    card: str | None = None,
    key: str | None = None,
    **more: Fact,
) -> None:
    """One notice about a case, with all its facts."""
    facts = {**facts_of(uow, complaint), **more}
    at_once = complaint.severity != "ordinary"
    uow.notices.tell(Notice(kind, to, facts, complaint.subject, clause, card, key, urgency, at_once=at_once))


def tell_customer(
    uow: UnitOfWork,
    complaint: Complaint,
    kind: NoticeKind,
    *,
    clause: str | None = None,
    card: str | None = None,
    **more: Fact,
) -> None:
    """A notice to the customer, where they have an account."""
    if complaint.account is not None:
        to = ToAccount(complaint.account)
        tell(uow, complaint, kind, to, Urgency.ANSWER, clause=clause, card=card, key=None, **more)


def show(uow: UnitOfWork, complaint_id: ComplaintId) -> Complaint:
    """Bring the desk's card and the owner's up to date."""
    complaint = uow.complaints.get(complaint_id)
    group = desk_of(uow, complaint)
    if group is not None:
        tell(uow, complaint, CARD, ToGroup(group.id), card=complaint.subject)
    if complaint.owner is not None:
        tell(uow, complaint, OWN, ToPerson(complaint.owner), card=complaint.subject, mine=True)
    return complaint


def relay(uow: UnitOfWork, complaint: Complaint, content: Content) -> None:
    """Pass a customer's message on to the owner, whole; its file goes with the first piece."""
    if complaint.owner is None:
        return
    for number, piece in enumerate(parts(content.text)):
        tell(
            uow,
            complaint,
            RELAY,
            ToPerson(complaint.owner),
            said=piece,
            media=content.media if number == 0 else "",
            file=content.file if number == 0 else "",
        )


def heads(uow: UnitOfWork, complaint: Complaint) -> list[PersonId]:
    """Who stands above the case: the owner's superior, else the manager of the desk's department, else the top."""
    owner = owner_of(uow, complaint)
    if owner is not None:
        above = superior_of(uow, owner)
        return [above.id] if above else []
    fallback = manager_for(uow, desk_of(uow, complaint))
    return [fallback.id] if fallback else []


def manager_for(uow: UnitOfWork, group: Group | None) -> Person | None:
    """The manager of the group's department, else any manager, director or GM."""
    department = group.department if group else None
    if department is not None and (own := uow.people.active(Role.MANAGER, department)):
        return own[0]
    return next((people[0] for role in MANAGERS if (people := uow.people.active(role))), None)


def seen_by(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId) -> Complaint:
    """The case, if the actor may see it: customers their own, staff by role, by being responsible, or as one of
    the desk's group (P41, OPS-2). Raises NotFound."""
    complaint = uow.complaints.get(complaint_id)
    if Role.SYSTEM in actor.roles or _may_see(actor, complaint):
        return complaint
    raise NotFound("complaint", str(complaint_id))


def _may_see(actor: Actor, complaint: Complaint) -> bool:
    if not actor.is_staff:
        return complaint.account == actor.account
    if actor.person in (complaint.owner, complaint.registered_by) or actor.has(*READERS):
        return True
    return actor.group is not None and actor.group == complaint.group


def in_charge(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId) -> Complaint:
    """The case, if the actor is responsible for it or a manager. Raises NotFound or NotYours."""
    complaint = seen_by(uow, actor, complaint_id)
    if actor.person != complaint.owner and not actor.has(*MANAGERS):
        owner = owner_of(uow, complaint)
        raise NotYours(complaint.number, owner.label if owner else "")
    return complaint


def own_case(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId) -> Complaint:
    """The case, if it is this customer's. Raises NotFound."""
    complaint = uow.complaints.get(complaint_id)
    if complaint.account is None or complaint.account != AccountId(actor.account):
        raise NotFound("complaint", str(complaint_id))
    return complaint
