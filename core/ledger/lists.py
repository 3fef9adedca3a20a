"""Looking into the ledger: one's own cases always, other people's from above (LGR-1)."""

from __future__ import annotations

from core.access import MANAGERS, STAFF, Actor, permits
from core.errors import NotFound, NotPermitted
from core.ids import EntryId, PersonId
from core.ledger.entries import Case
from core.ledger.reasons import reads_all, visible_case
from core.people import Person, is_superior, one_person
from core.ports import UnitOfWork

MOST_CASES = 100


def _cases(uow: UnitOfWork, person: PersonId, *, shadow: bool) -> list[Case]:
    """Newest first."""
    heads = [one for one in uow.ledger.of_person(person) if one.id == one.case and (shadow or one.in_force)]
    return [uow.ledger.case(head.id) for head in heads[:MOST_CASES]]


@permits(*STAFF)
def mine(uow: UnitOfWork, actor: Actor) -> tuple[Person, list[Case]]:
    """One's own record, and one's cases that are in force."""
    return uow.people.get(actor.staff_id), _cases(uow, actor.staff_id, shadow=False)


def must_look_at_others(uow: UnitOfWork, actor: Actor, text: str) -> None:
    """Refuse whoever names somebody else without being above anybody."""
    own = [person.id for person in uow.people.find(text)] == [actor.person]
    if not own and not actor.has(*MANAGERS) and not reads_all(uow, actor):
        raise NotPermitted(tuple(sorted(MANAGERS)))


@permits(*STAFF)
def of_one(uow: UnitOfWork, actor: Actor, text: str) -> tuple[Person, list[Case]] | None:
    """The person a name means and their cases, shadow ones only for those above; None where it names a department.

    Raises NotPermitted for those who look at nobody, NotFound for anyone the actor may not look at, SeveralFound.
    """
    must_look_at_others(uow, actor, text)
    if not uow.people.find(text) and uow.people.find_department(text) is not None:
        return None
    person = one_person(uow, text)
    above = is_superior(uow, actor, person)
    if person.id != actor.person and not above and not reads_all(uow, actor):
        raise NotFound("person", text)
    return person, _cases(uow, person.id, shadow=above)


@permits(*STAFF)
def files_of(uow: UnitOfWork, actor: Actor, entry_id: EntryId) -> list[tuple[str, str]]:
    """The files kept as evidence of a case the actor may see: (kind, the platform's file id). Raises NotFound."""
    kept = visible_case(uow, actor, entry_id).head.evidence.get("files")
    return [(str(one[0]), str(one[1])) for one in kept if isinstance(one, list)] if isinstance(kept, list) else []
