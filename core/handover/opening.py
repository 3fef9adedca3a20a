"""Beginning a handover, and taking it back (ORG-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.access import MANAGERS, Actor, Role, permits
from core.errors import AlreadySettled, NotFound
from core.handover.holdings import HOLDINGS
from core.handover.model import (
    BEGUN,
    CANCELLED,
    CLAUSE,
    CONFIRM,
    NEARLY_DUE,
    Handover,
    HandoverRefused,
    NewItem,
    State,
    Why,
)
from core.handover.moving import after_hours, ready_to_sign
from core.handover.proposing import everything_of, listed
from core.handover.telling import receivers_of, show, show_offer, tell
from core.ids import HandoverId, PersonId
from core.people import Change, Person, PersonStatus, is_superior, one_person, superior_of
from core.people.holdings import Held
from core.ports import UnitOfWork

RUNNERS = (Role.ADMIN, *MANAGERS)
MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Before:
    """What a handover would be about, before it begins; `running` is the one that is under way."""

    person: Person
    held: Sequence[tuple[str, Sequence[Held]]]
    due_at: datetime
    running: Handover | None


def may_run(uow: UnitOfWork, actor: Actor, person: Person) -> bool:
    """Admins, and whoever is above the person; nobody runs their own."""
    if Role.SYSTEM in actor.roles:
        return True
    return actor.person != person.id and (actor.has(Role.ADMIN) or is_superior(uow, actor, person))


@permits(*RUNNERS)
def before(uow: UnitOfWork, actor: Actor, text: str) -> Before:
    """Whose leaving it is about, and what they hold. Raises NotFound, SeveralFound, HandoverRefused."""
    return _before(uow, actor, one_person(uow, text))


@permits(*RUNNERS)
def before_of(uow: UnitOfWork, actor: Actor, person_id: PersonId) -> Before:
    """The same for somebody chosen by a button."""
    return _before(uow, actor, uow.people.get(person_id))


def _before(uow: UnitOfWork, actor: Actor, person: Person) -> Before:
    _require_run(uow, actor, person)
    due = after_hours(uow, uow.rulebook.handover.confirm_hours)
    held = tuple(everything_of(uow, person).items())
    return Before(person, held, due.at, uow.handovers.open_of(person.id))


def _require_run(uow: UnitOfWork, actor: Actor, person: Person) -> None:
    if actor.person == person.id:
        raise HandoverRefused("self", person.label)
    if not may_run(uow, actor, person):
        raise NotFound("person", person.label)
    if not person.is_staff:
        raise HandoverRefused("left", person.label)
    others = [one for one in uow.people.staff() if Role.ADMIN in one.roles and one.id != person.id]
    if Role.ADMIN in person.roles and not others:
        raise HandoverRefused("last_admin", person.label)


@permits(*RUNNERS)
def begin(uow: UnitOfWork, actor: Actor, person_id: PersonId, reason: str = "") -> Handover:
    """Somebody leaves: from now on they get nothing new, and everything they hold is listed with a receiver.

    Raises NotFound or HandoverRefused.
    """
    person = uow.people.get(person_id)
    _require_run(uow, actor, person)
    keeper = superior_of(uow, person) or (uow.people.get(actor.person) if actor.person else None)
    if keeper is None:
        raise HandoverRefused("self", person.label)
    rules = uow.rulebook.handover
    due = after_hours(uow, rules.confirm_hours)
    opened = uow.handovers.open(person.id, keeper.id, actor.person, reason.strip()[:MOST_REASON], uow.now, due.at)
    if opened is None or not uow.people.set_status(person.id, PersonStatus.ACTIVE, PersonStatus.LEAVING):
        raise HandoverRefused("open", person.label)
    note_status(uow, actor, person, PersonStatus.ACTIVE, PersonStatus.LEAVING)
    _step_back(uow, opened)
    uow.handovers.list_items(opened.id, listed(uow, person, keeper))
    uow.deadlines.open(CONFIRM, opened.subject, due, CLAUSE)
    nearly = after_hours(uow, rules.confirm_hours - rules.remind_hours)
    uow.deadlines.open(NEARLY_DUE, opened.subject, nearly, CLAUSE)
    tell(uow, BEGUN, person.id, opened)
    shown = show(uow, opened)
    ready_to_sign(uow, shown)
    return shown


def _step_back(uow: UnitOfWork, handover: Handover) -> None:
    """What can't wait for receivers has gone on already; the list says to whom."""
    leaver = uow.people.get(handover.person)
    for holding in HOLDINGS.values():
        for held, receiver in holding.step_back(uow, leaver):
            item = NewItem(holding.area, held.subject, held.title, held.region, held.due, receiver, Why.SUPERIOR)
            uow.handovers.note_moved(handover.id, item, uow.now)


def note_status(uow: UnitOfWork, actor: Actor, person: Person, was: PersonStatus, becomes: PersonStatus) -> None:
    """A line of the register's history."""
    uow.people.log(Change(f"person:{person.id}", "status", was, becomes, actor.name, uow.now))


def open_one(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Handover:
    """A handover that the actor runs and that is open. Raises NotFound or AlreadySettled (P17, P41)."""
    handover = run_by(uow, actor, handover_id)
    if not handover.is_open:
        raise AlreadySettled("handover", handover.state, handover.closed_label, handover.closed_at)
    return handover


def run_by(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Handover:
    """A handover that is the actor's to run. Raises NotFound (P41)."""
    handover = uow.handovers.get(handover_id)
    keeps = actor.person is not None and actor.person in (handover.keeper, handover.opened_by)
    if not keeps and not may_run(uow, actor, uow.people.get(handover.person)):
        raise NotFound("handover", str(handover_id))
    return handover


@permits(*RUNNERS)
def cancel(uow: UnitOfWork, actor: Actor, handover_id: HandoverId) -> Handover:
    """The person stays: whatever was not confirmed is theirs as before; what moved stays where it is."""
    handover = open_one(uow, actor, handover_id)
    asked = receivers_of(uow.handovers.items(handover.id))
    if not uow.handovers.close(handover.id, State.CANCELLED, actor.person, uow.now, ""):
        raise AlreadySettled("handover", handover.state)
    uow.handovers.drop(handover.id, uow.now)
    uow.deadlines.cancel(handover.subject)
    person = uow.people.get(handover.person)
    uow.people.set_status(person.id, PersonStatus.LEAVING, PersonStatus.ACTIVE)
    note_status(uow, actor, person, PersonStatus.LEAVING, PersonStatus.ACTIVE)
    closed = show(uow, handover)
    for to in dict.fromkeys((handover.person, handover.keeper, *asked)):
        if to != actor.person:
            tell(uow, CANCELLED, to, closed)
    for receiver in asked:
        show_offer(uow, closed, receiver)
    return closed
