"""Taking entries back, with a trace of who and why: a reversal is an entry (LGR-1, TSK-3)."""

from __future__ import annotations

from collections.abc import Iterable

from core.access import MANAGERS, Actor, permits
from core.errors import NotFound
from core.ids import EntryId, PersonId
from core.ledger.entries import Case, Effect, Entry, EntryReversed, NewEntry, WordsNeeded
from core.ledger.moot import end_appeals
from core.ledger.telling import REVERSAL, tell_entries
from core.people import is_superior
from core.ports import UnitOfWork

MOST_REASON = 500


@permits(*MANAGERS)
def reverse(uow: UnitOfWork, actor: Actor, entry_id: EntryId, reason: str) -> Entry:
    """Take one entry back. Open to those above the person."""
    entry = uow.ledger.get(entry_id)
    if entry.effect is Effect.REVERSAL or not is_superior(uow, actor, uow.people.get(entry.person)):
        raise NotFound("entry", str(entry_id))
    return take_back(uow, entry, reason, actor.staff_id)


@permits(*MANAGERS)
def reversible(uow: UnitOfWork, actor: Actor, entry_id: EntryId) -> Case:
    """The case of an entry, if it is the actor's to take back and still stands. Raises NotFound, EntryReversed."""
    case = uow.ledger.case(entry_id)
    if not is_superior(uow, actor, uow.people.get(case.person)):
        raise NotFound("entry", str(entry_id))
    if not case.standing(uow.now):
        raise _settled(uow, case)
    return case


@permits(*MANAGERS)
def reverse_case(uow: UnitOfWork, actor: Actor, entry_id: EntryId, reason: str) -> Case:
    """Take back all that stands of a case, for a reason; one message tells it. Open to those above the person."""
    case = reversible(uow, actor, entry_id)
    if not reason.strip():
        raise WordsNeeded("reversal")
    reversals = reverse_all(uow, case.standing(uow.now), reason.strip()[:MOST_REASON], actor.staff_id)
    tell_entries(uow, REVERSAL, reversals, actor.staff_id)
    end_appeals(uow, case, reason.strip()[:MOST_REASON])
    return uow.ledger.case(entry_id)


def take_back(uow: UnitOfWork, entry: Entry, reason: str, by: PersonId | None) -> Entry:
    """Add the reversal of an entry; `by` None where the rule itself finds that it does not hold.

    Raises EntryReversed where it was taken back before.
    """
    reversals = reverse_all(uow, [entry], reason, by)
    tell_entries(uow, REVERSAL, reversals)
    end_appeals(uow, uow.ledger.case(entry.case), reason)
    return reversals[0]


def reverse_all(uow: UnitOfWork, entries: Iterable[Entry], reason: str, by: PersonId | None) -> list[Entry]:
    """The reversals of entries, without telling anybody."""
    reversals = []
    for entry in entries:
        reversal = uow.ledger.add(
            NewEntry(
                entry.person,
                entry.clause,
                Effect.REVERSAL,
                entry.amount,
                entry.subject,
                {"reason": reason},
                entry.in_force,
                uow.now,
                f"reverse|{entry.id}",
                by,
                entry.id,
                entry.case,
            )
        )
        if reversal is None:
            raise _settled(uow, uow.ledger.case(entry.id))
        reversals.append(reversal)
    return reversals


def _settled(uow: UnitOfWork, case: Case) -> EntryReversed:
    made = [found for record in case.records if (found := uow.ledger.reversed_by(record.entry.id)) is not None]
    last = max(made, key=lambda entry: entry.at, default=None)
    by = uow.people.get(last.decided_by).label if last is not None and last.decided_by is not None else ""
    return EntryReversed("entry", "reversed", by, last.at if last else None)
