"""Looking into the trail: what was done to a subject, and what a person did (OPS-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.access import MANAGERS, Actor, Role, permits
from core.audit.model import Trace
from core.errors import NotFound
from core.ids import PersonId
from core.people import Person, is_superior, one_person
from core.ports import UnitOfWork

MOST_SHOWN = 8  # lines on one page
READERS = (*MANAGERS, Role.ADMIN)
OVERSEERS = (Role.ADMIN, Role.GM, Role.DIRECTOR)  # who may look at what anybody did; a manager at their own people


@dataclass(frozen=True, slots=True)
class History:
    """A page of lines about a subject, or by a person. `older` is where the next page begins; None at the end."""

    subject: str
    person: Person | None
    traces: Sequence[Trace]
    older: int | None


@permits(*READERS)
def history(uow: UnitOfWork, actor: Actor, subject: str, before: int | None = None) -> History:
    """What was done to a subject ("lead:7"). Raises NotFound for a person the actor is not above."""
    kind, _, number = subject.partition(":")
    if kind == "person" and number.isdecimal():
        return _deeds(uow, actor, uow.people.get(PersonId(int(number))), number, before)
    if kind == "complaint" and (known := uow.complaints.by_number(number)) is not None:
        subject = known.subject  # people know a complaint by its number
    return _page(subject, None, uow.audit.of_subject(subject, before, MOST_SHOWN + 1))


@permits(*READERS)
def deeds(uow: UnitOfWork, actor: Actor, text: str) -> History:
    """What a person did, and what was done to their record. Raises NotFound, SeveralFound."""
    return _deeds(uow, actor, one_person(uow, text), text, None)


def _deeds(uow: UnitOfWork, actor: Actor, person: Person, asked: str, before: int | None) -> History:
    if not (actor.has(*OVERSEERS) or person.id == actor.person or is_superior(uow, actor, person)):
        raise NotFound("person", asked)
    return _page(f"person:{person.id}", person, uow.audit.of_person(person.id, before, MOST_SHOWN + 1))


def _page(subject: str, person: Person | None, found: Sequence[Trace]) -> History:
    shown = found[:MOST_SHOWN]
    return History(subject, person, shown, shown[-1].seq if len(found) > MOST_SHOWN else None)
