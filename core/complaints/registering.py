"""How a case comes in: from the customer's own message, or through an employee (CMP-1 to CMP-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from core import customers
from core.access import STAFF, Actor, Role, permits
from core.checkins import is_absent
from core.complaints import figures
from core.complaints.model import (
    ADDED,
    ASK,
    FIRST_REPLY,
    MAJOR,
    RECEIPT,
    SORT,
    WIDENED,
    Complaint,
    Content,
    Direction,
    Draft,
    Intake,
    IntakeId,
    Message,
    NewComplaint,
    Step,
    Trace,
)
from core.complaints.telling import desk, manager_for, own_case, owner_of, relay, show, tell, tell_customer
from core.customers import Hit
from core.deadlines import Deadline, on_due
from core.duty.model import Duty
from core.duty.roster import on_duty
from core.errors import AlreadySettled, NotFound, NotUnderstood
from core.groups import Group
from core.hours import company_hours
from core.ids import AccountId, ChatId, ComplaintId
from core.names import phone_key, shown_phone
from core.notices import Fact, Notice, ToAccount, ToPerson, Urgency
from core.people import Person
from core.ports import UnitOfWork
from core.rulebook import UnknownEntry
from core.rulebook.sections import ComplaintKind

CUSTOMERS = (Role.STRANGER, Role.CUSTOMER)
FIRST_ASKED: Mapping[str, Fact] = {"how": "first_asked"}
MOST_RECORDS = 5  # buttons to pick from
MOST_TEXT = 4000  # characters kept as the complaint's own words; every message is kept whole beside it


# From the customer --------------------------------------------------------------------------------------


@permits(*CUSTOMERS)
def complain(uow: UnitOfWork, actor: Actor, content: Content, username: str = "") -> None:
    """`/complain`: something new, also while another case is open. What was written with it is kept."""
    _remember(uow, actor, username)
    intake = uow.complaints.open_intake(actor.account) or _begin(uow, actor.account)
    if not content.is_empty:
        uow.complaints.add_message(Message(None, Direction.IN, content, uow.now, actor.name), intake.id)
    _ask(uow, intake, [])


@permits(*CUSTOMERS)
def hear(uow: UnitOfWork, actor: Actor, content: Content, username: str = "") -> None:
    """Whatever a customer sends: it goes to their open case, else they are asked what it is, or which case it is
    about. Every kind of message counts as activity (P24)."""
    _remember(uow, actor, username)
    intake = uow.complaints.open_intake(actor.account)
    cases = [case for case in uow.complaints.of_account(actor.account) if case.is_open]
    silent = [case for case in cases if not case.text and not _heard(uow, case)]
    if intake is None and (len(cases) == 1 or silent):
        take(uow, (silent or cases)[0], content, actor.name)
        return
    intake = intake or _begin(uow, actor.account)
    uow.complaints.add_message(Message(None, Direction.IN, content, uow.now, actor.name), intake.id)
    _ask(uow, intake, cases)


def _remember(uow: UnitOfWork, actor: Actor, username: str) -> None:
    """Who writes in private can be answered there."""
    if Role.STRANGER in actor.roles:
        uow.people.see_account(actor.account, actor.name, username, opened=True)


def _heard(uow: UnitOfWork, complaint: Complaint) -> bool:
    return any(m.direction is Direction.IN for m in uow.complaints.messages(complaint.id))


def _begin(uow: UnitOfWork, account: AccountId) -> Intake:
    intake = uow.complaints.add_intake(account, uow.now)
    uow.deadlines.open(SORT, intake.subject, uow.now + timedelta(minutes=uow.rulebook.complaints.sort_minutes))
    return intake


def _ask(uow: UnitOfWork, intake: Intake, cases: list[Complaint]) -> None:
    listed: list[Fact] = [{"id": c.id, "number": c.number, "kind": c.kind, "text": c.text[:20]} for c in cases]
    facts: dict[str, Fact] = {
        "intake": intake.id,
        "count": len(uow.complaints.waiting(intake.id)),
        "cases": listed,
    }
    to = ToAccount(intake.account)
    uow.notices.tell(Notice(ASK, to, facts, intake.subject, card=f"sort:{intake.id}", urgency=Urgency.ANSWER))


def _unsettled(uow: UnitOfWork, actor: Actor, intake_id: IntakeId) -> Intake:
    intake = uow.complaints.intake(intake_id)
    if intake.account != actor.account:
        raise NotFound("intake", str(intake_id))
    if intake.settled:
        raise AlreadySettled("intake", "settled")
    return intake


@permits(*CUSTOMERS)
def unsettled(uow: UnitOfWork, actor: Actor, intake_id: IntakeId) -> Intake:
    """The customer's waiting messages, if they still wait. Raises NotFound or AlreadySettled."""
    return _unsettled(uow, actor, intake_id)


@permits(*CUSTOMERS)
def sort(uow: UnitOfWork, actor: Actor, intake_id: IntakeId, kind: str) -> Complaint:
    """The customer says what it is: registered at once, with number, owner and times (CMP-1)."""
    intake = _unsettled(uow, actor, intake_id)
    return _register_intake(uow, intake, _kind(uow, kind), actor.name)


@permits(*CUSTOMERS)
def attach(uow: UnitOfWork, actor: Actor, intake_id: IntakeId, complaint_id: ComplaintId) -> Complaint:
    """The customer says which open case it is about."""
    intake = _unsettled(uow, actor, intake_id)
    complaint = own_case(uow, actor, complaint_id)
    if not complaint.is_open:
        raise AlreadySettled("complaint", complaint.step)
    return _attach(uow, intake, complaint)


@permits(*CUSTOMERS)
def nothing(uow: UnitOfWork, actor: Actor, intake_id: IntakeId) -> None:
    """The customer wants nothing registered."""
    intake = _unsettled(uow, actor, intake_id)
    uow.complaints.settle(intake.id, None)
    uow.deadlines.cancel(intake.subject)


@on_due(SORT)
def unsorted(uow: UnitOfWork, deadline: Deadline) -> None:
    """Nobody chose: it is registered all the same, as the first kind that is no complaint, or goes to the open
    case, so that nothing a customer wrote is lost."""
    intake = uow.complaints.intake(IntakeId(deadline.number))
    if intake.settled:
        return
    if not uow.complaints.waiting(intake.id):
        uow.complaints.settle(intake.id, None)
        return
    cases = [case for case in uow.complaints.of_account(intake.account) if case.is_open]
    if cases:
        _attach(uow, intake, cases[0])
        return
    kinds = uow.rulebook.complaints.kinds
    default = next((kind for kind in kinds if not kind.is_complaint), kinds[0])
    account = uow.people.identify(intake.account, ChatId(intake.account)).account
    _register_intake(uow, intake, default, account.name if account else "")


def _kind(uow: UnitOfWork, key: str) -> ComplaintKind:
    try:
        return uow.rulebook.complaint_kind(key)
    except UnknownEntry as unknown:
        raise NotFound("complaint kind", key) from unknown


def _register_intake(uow: UnitOfWork, intake: Intake, kind: ComplaintKind, name: str) -> Complaint:
    waiting = uow.complaints.waiting(intake.id)
    text = "\n".join(m.content.text for m in waiting if m.content.text)
    phones = [m.content.text.split()[-1] for m in waiting if m.content.media == "contact"]
    phones += [case.phone for case in uow.complaints.of_account(intake.account) if case.phone]
    complaint = _register(uow, kind, intake.account, name, next(iter(phones), ""), text)
    uow.complaints.settle(intake.id, complaint.id)
    uow.deadlines.cancel(intake.subject)
    complaint = show(uow, complaint.id)
    tell_customer(uow, complaint, RECEIPT, clause="complaint.first_asked", empty=not waiting)
    for message in waiting:
        relay(uow, complaint, message.content)
    return complaint


def _attach(uow: UnitOfWork, intake: Intake, complaint: Complaint) -> Complaint:
    waiting = uow.complaints.waiting(intake.id)
    uow.complaints.settle(intake.id, complaint.id)
    uow.deadlines.cancel(intake.subject)
    for message in waiting:
        relay(uow, complaint, message.content)
    complaint = show(uow, complaint.id)
    acknowledge(uow, complaint)
    return complaint


def take(uow: UnitOfWork, complaint: Complaint, content: Content, name: str) -> None:
    """A customer's message becomes part of an open case and goes to its owner."""
    uow.complaints.add_message(Message(complaint.id, Direction.IN, content, uow.now, name))
    if not complaint.text and content.text:
        uow.complaints.set_text(complaint.id, content.text[:MOST_TEXT])
    if content.media == "contact":
        uow.complaints.set_phone(complaint.id, content.text.split()[-1])
    complaint = show(uow, complaint.id)
    relay(uow, complaint, content)
    acknowledge(uow, complaint)


def acknowledge(uow: UnitOfWork, complaint: Complaint) -> None:
    """Tell the customer that it was passed on; one message that counts, until the owner writes."""
    messages = uow.complaints.messages(complaint.id)
    last_out = max((m.id for m in messages if m.direction is not Direction.IN), default=0)
    count = sum(1 for m in messages if m.direction is Direction.IN and m.id > last_out)
    card = f"added:{complaint.id}:{last_out}"
    tell_customer(uow, complaint, ADDED, card=card, count=count)


# Through an employee ------------------------------------------------------------------------------------


@permits(*STAFF)
def register_for(uow: UnitOfWork, actor: Actor, draft: Draft) -> Complaint:
    """An employee registers for a customer and is responsible from then on (CMP-3). A customer whose account is
    known is told."""
    if not draft.customer.strip():
        raise NotUnderstood("customer", draft.customer)
    draft = _as_on_record(uow, actor, draft)
    account = known_account(uow, draft.phone)
    text = "\n".join(content.text for content in draft.contents if content.text)
    asked = uow.people.get(actor.staff_id)
    owner = asked if asked.is_active else None  # whoever is leaving takes on nothing new (P32)
    complaint = _register(uow, _kind(uow, draft.kind), account, draft.customer, draft.phone, text, owner)
    for content in draft.contents:
        uow.complaints.add_message(Message(complaint.id, Direction.IN, content, uow.now, actor.name))
    tell_customer(uow, complaint, RECEIPT, clause="complaint.first_asked", empty=False)
    return show(uow, complaint.id)


@permits(*STAFF)
def records_like(uow: UnitOfWork, actor: Actor, name: str, phone: str) -> tuple[Hit, ...]:
    """Records of the archive that a typed customer may be, as far as they are the actor's to see (P40): those with
    the phone number, else those whose name has the typed one in it."""
    by_phone = customers.search(uow, actor, phone).own if phone else ()
    return (by_phone or customers.search(uow, actor, name).own)[:MOST_RECORDS]


def _as_on_record(uow: UnitOfWork, actor: Actor, draft: Draft) -> Draft:
    """Name and phone of the archive; another number that was typed is the one to call now."""
    if draft.record is None:
        return draft
    record = customers.view(uow, actor, draft.record)
    phone = draft.phone or next((shown_phone(phone.number) for phone in record.phones), "")
    return replace(draft, customer=record.name, phone=phone)


def known_account(uow: UnitOfWork, phone: str) -> AccountId | None:
    """The account that complained with this number last, in whichever form it was written then."""
    key = phone_key(phone)
    forms = dict.fromkeys([phone, *([shown_phone(key), key] if key else [])])
    found = (uow.complaints.account_of_phone(form) for form in forms if form)
    return next((account for account in found if account is not None), None)


# Registering --------------------------------------------------------------------------------------------


def _register(
    uow: UnitOfWork,
    kind: ComplaintKind,
    account: AccountId | None,
    name: str,
    phone: str,
    text: str,
    first_asked: Person | None = None,
) -> Complaint:
    rules, at, group = uow.rulebook.complaints, uow.now, desk(uow)
    month = figures.month_of(uow.worktime, at)
    running = uow.complaints.next_running(month)
    owner, basis = (first_asked, FIRST_ASKED) if first_asked else next_owner(uow, account, group)
    first_reply = company_hours(uow).by_clock(rules.first_reply_hours * 60)
    complaint = uow.complaints.add(
        NewComplaint(
            month,
            running,
            figures.numbered(month, running, rules),
            account,
            name,
            phone,
            kind.key,
            kind.severity,
            kind.is_complaint,
            kind.about_product,
            text[:MOST_TEXT],
            owner.id if owner else None,
            first_asked.id if first_asked else None,
            group.id if group else None,
            at,
            first_reply.at,
            figures.handle_due(rules, kind, company_hours(uow), at).at,
            figures.close_due(rules, phone, at),
            basis,
        )
    )
    by = first_asked.label if first_asked else name
    uow.complaints.add_step(complaint.id, Trace(1, Step.REGISTERED, by, "", at))
    uow.deadlines.open(FIRST_REPLY, complaint.subject, first_reply, "complaint.first_reply")
    _announce(uow, complaint, running)
    return complaint


def _announce(uow: UnitOfWork, complaint: Complaint, running: int) -> None:
    """What is told beyond the usual: major cases to the top (CMP-12), longer numbers to the admins (P43)."""
    if complaint.severity == "major":
        told = [*uow.people.active(Role.DIRECTOR), *uow.people.active(Role.GM)]
        for person in told:
            tell(uow, complaint, MAJOR, ToPerson(person.id))
    if running == 10**uow.rulebook.complaints.number_digits:
        for admin in uow.people.admins():
            tell(uow, complaint, WIDENED, ToPerson(admin.id), Urgency.ROUTINE, clause="complaint.number")


def next_owner(
    uow: UnitOfWork, account: AccountId | None, group: Group | None
) -> tuple[Person | None, Mapping[str, Fact]]:
    """Who is responsible for a new case of a customer: whoever was last, else a customer-service person of the
    desk's department with the fewest open cases, else the manager (CMP-3). Only people who can be reached and are
    neither on leave nor on a trip; on a holiday with a roster those on duty (ORG-9). Given with what speaks for
    them, to be told when asked."""
    if there := _owner_on_duty(uow, on_duty(uow, uow.worktime.local_date(uow.now))):
        return there, {"how": "duty"}
    for case in uow.complaints.of_account(account) if account is not None else ():
        owner = owner_of(uow, case)
        if owner is not None and can_own(uow, owner):
            return owner, {"how": "before", "number": case.number}
    load = uow.complaints.load()
    department = group.department if group else None
    serving = [p for p in uow.people.active(Role.SERVICE, department) if can_own(uow, p)]
    if serving:
        considered: list[Fact] = [[person.id, load.get(person.id, 0)] for person in serving]
        least = min(serving, key=lambda person: (load.get(person.id, 0), person.number))
        return least, {"how": "least", "considered": considered}
    return manager_for(uow, group), {"how": "manager"}


def _owner_on_duty(uow: UnitOfWork, today: Sequence[Duty]) -> Person | None:
    """Of those on duty somebody of customer service, else anybody, with the fewest open cases."""
    load = uow.complaints.load()
    there = [person for person in (uow.people.get(one.person) for one in today) if can_own(uow, person)]
    return min(there, key=lambda p: (p.role is not Role.SERVICE, load.get(p.id, 0), p.number), default=None)


def can_own(uow: UnitOfWork, person: Person) -> bool:
    """Active, at work, and with an account that the bot can write to."""
    account = uow.people.account_of(person.id)
    can_be_told = account is not None and account.reachable
    return person.is_active and can_be_told and not is_absent(uow, person.id, uow.now)
