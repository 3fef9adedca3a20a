"""The ledger of rewards and sanctions (LGR-1): entries are added, never changed; a reversal is an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.access import MANAGERS, STAFF, Actor, permits
from core.errors import AlreadySettled, NotFound
from core.ids import EntryId, PersonId
from core.notices import Fact, Notice, NoticeKind, ToPerson, Urgency, kind
from core.people import Person, is_superior, one_person, superior_of
from core.ports import UnitOfWork
from core.rulebook import Sanction

ENTRY = kind("ledger.entry")  # to the manager, and to the person when the clause is in force
REVERSAL = kind("ledger.reversal")


class Effect(StrEnum):
    """What an entry means for the person."""

    WARNING = "warning"
    FINE = "fine"  # amount_yuan is paid
    WITHHOLD = "withhold"  # the next `amount` allocations of leads are withheld (LED-5)
    REVERSAL = "reversal"  # takes an earlier entry back


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    `amount` is yuan for a fine and a count for withheld allocations. `in_force` false is shadow mode: recorded
    and shown to the manager, without effect, because the company has not switched the clause on. `evidence`
    holds what the entry rests on; `decided_by` is None where the rule itself decided.
    """

    id: EntryId
    person: PersonId
    clause: str
    effect: Effect
    amount: int
    subject: str
    evidence: Mapping[str, Fact]
    in_force: bool
    decided_by: PersonId | None
    reverses: EntryId | None
    at: datetime
    version: str = ""  # of the rulebook it was written under


@dataclass(frozen=True, slots=True)
class NewEntry:
    person: PersonId
    clause: str
    effect: Effect
    amount: int
    subject: str
    evidence: Mapping[str, Fact]
    in_force: bool
    at: datetime
    key: str  # one entry per key: the same occurrence is never recorded twice
    decided_by: PersonId | None = None
    reverses: EntryId | None = None


class Ledger(Protocol):
    def add(self, entry: NewEntry) -> Entry | None:
        """The entry, or None where its key was recorded before."""

    def get(self, entry: EntryId) -> Entry: ...
    def of_person(self, person: PersonId, since: datetime | None = None) -> list[Entry]:
        """Newest first."""

    def of_subject(self, subject: str) -> list[Entry]: ...
    def reversed_by(self, entry: EntryId) -> Entry | None: ...
    def withheld(self, person: PersonId) -> int:
        """How many allocations are still to be withheld: in force, not reversed, not used up."""

    def use_withheld(self, person: PersonId, subject: str, at: datetime) -> bool:
        """Use up one withheld allocation; False where none is left."""


def sanction(
    uow: UnitOfWork,
    person: PersonId,
    clause: str,
    cost: Sanction,
    subject: str,
    evidence: Mapping[str, Fact],
    occurrence: str,
) -> list[Entry]:
    """Record what a breach costs, once per occurrence, and show it to the manager in one message (LGR-1).

    In shadow mode (the clause is not in force) the person is not told, since nothing happens to them.
    """
    in_force = uow.rulebook.clause(clause).in_force
    entries = []
    for effect, amount in effects_of(cost):
        key = f"{occurrence}|{clause}|{effect}|{person}"
        new = NewEntry(person, clause, effect, amount, subject, evidence, in_force, uow.now, key)
        entry = uow.ledger.add(new)
        if entry is not None:
            entries.append(entry)
    if entries:
        _show(uow, ENTRY, entries)
    return entries


def effects_of(cost: Sanction) -> list[tuple[Effect, int]]:
    """What a rulebook's sanction means, as (effect, amount); nothing where the breach is only told."""
    effects: list[tuple[Effect, int]] = [(Effect.WARNING, 0)] if cost.warning else []
    if cost.fine_yuan:
        effects.append((Effect.FINE, cost.fine_yuan))
    if cost.withhold_allocations:
        effects.append((Effect.WITHHOLD, cost.withhold_allocations))
    return effects


@permits(*MANAGERS)
def reverse(uow: UnitOfWork, actor: Actor, entry_id: EntryId, reason: str) -> Entry:
    """Take an entry back, with a trace of who and why (LGR-1, TSK-3). Open to those above the person."""
    entry = uow.ledger.get(entry_id)
    person = uow.people.get(entry.person)
    if entry.effect is Effect.REVERSAL or not is_superior(uow, actor, person):
        raise NotFound("entry", str(entry_id))
    return take_back(uow, entry, reason, actor.staff_id)


def take_back(uow: UnitOfWork, entry: Entry, reason: str, by: PersonId | None) -> Entry:
    """Add the reversal of an entry; `by` None where the rule itself finds that it does not hold.

    Raises AlreadySettled where it was taken back before.
    """
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
        )
    )
    if reversal is None:
        raise AlreadySettled("entry", "reversed")
    _show(uow, REVERSAL, [reversal])
    return reversal


def _show(uow: UnitOfWork, notice: NoticeKind, entries: Sequence[Entry]) -> None:
    """One message for entries of one occurrence."""
    entry = entries[0]
    person = uow.people.get(entry.person)
    superior = superior_of(uow, person)
    facts: dict[str, Fact] = {
        "entry": entry.id,
        "label": person.label,
        "effects": [[one.effect, one.amount] for one in entries],
        "subject": entry.subject,
        "in_force": entry.in_force,
        "evidence": dict(entry.evidence),
    }
    told = [superior.id] if superior else []
    if entry.in_force:
        told.append(person.id)
    for to in told:
        uow.notices.tell(
            Notice(
                notice,
                ToPerson(to),
                {**facts, "mine": to == person.id},
                subject=f"entry:{entry.id}",
                clause=entry.clause,
                urgency=Urgency.ROUTINE,
            )
        )


@permits(*STAFF)
def mine(uow: UnitOfWork, actor: Actor) -> tuple[Person, list[Entry]]:
    """One's own record, and one's entries that are in force."""
    entries = [entry for entry in uow.ledger.of_person(actor.staff_id) if entry.in_force]
    return uow.people.get(actor.staff_id), entries


@permits(*MANAGERS)
def of_team_member(uow: UnitOfWork, actor: Actor, text: str) -> tuple[Person, list[Entry]]:
    """A team member and their entries, shadow ones included. Raises NotFound for anyone the actor is not above."""
    person = one_person(uow, text)
    if not is_superior(uow, actor, person):
        raise NotFound("person", text)
    return person, uow.ledger.of_person(person.id)
