"""What repeated misses and lateness lead to, and how it is taken back (CHK-4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from core.checkins.values import LATE_CLAUSE, MISSED_CLAUSE, PROMPT, Checkin
from core.ids import PersonId
from core.ledger import Effect, Entry, breach, sanction, take_back
from core.notices import Fact, ToPerson

if TYPE_CHECKING:
    from core.ports import UnitOfWork


def enter_misses(uow: UnitOfWork, people: Collection[PersonId], day: date) -> None:
    """Everybody whose misses of this month, not counted in an earlier entry, have become enough gets one."""
    enough = uow.rulebook.checkin.misses_for_entry
    for person, days in uow.checkins.misses(people, day.replace(day=1), day).items():
        if len(days) >= enough:
            counted = {at for entry in standing_entries(uow, person) for at in days_of(entry)}
            fresh = [at for at in days if at.isoformat() not in counted]
            if len(fresh) >= enough:
                _sanction(uow, person, day, fresh)


def _sanction(uow: UnitOfWork, person: PersonId, day: date, days: list[date]) -> None:
    subject = f"checkin:{day}:{person}"
    evidence: dict[str, Fact] = {"days": [at.isoformat() for at in days], "count": len(days)}
    sanction(uow, person, MISSED_CLAUSE, uow.rulebook.checkin.miss_sanction, subject, evidence, subject)


def enter_late(uow: UnitOfWork, found: Collection[Checkin]) -> None:
    """What coming late costs, where the rulebook sets a price for it; otherwise lateness is only told. Nobody is
    held to it who was not asked (P46)."""
    for one in found:
        if not was_asked(uow, one):
            continue
        subject = f"checkin:{one.day}:{one.person}"
        evidence: dict[str, Fact] = {"days": [one.day.isoformat()], "sent_at": one.reported_at}
        breach(uow, one.person, LATE_CLAUSE, subject, evidence, f"{LATE_CLAUSE}:{one.day}")


def was_asked(uow: UnitOfWork, one: Checkin) -> bool:
    """Nobody is held to a message that did not arrive (P46)."""
    return uow.notices.was_delivered(f"checkin:{one.day}", PROMPT, ToPerson(one.person))


def take_back_of(uow: UnitOfWork, person: PersonId, day: date, reason: str, by: PersonId | None) -> list[Entry]:
    """Take back the entries that rest on a miss or on lateness of this day."""
    standing = standing_entries(uow, person, MISSED_CLAUSE, LATE_CLAUSE)
    resting = [entry for entry in standing if day.isoformat() in days_of(entry)]
    return [take_back(uow, entry, reason, by) for entry in resting]


def standing_entries(uow: UnitOfWork, person: PersonId, *clauses: str) -> list[Entry]:
    """The person's entries for misses (or under the clauses named) that have not been taken back."""
    wanted = clauses or (MISSED_CLAUSE,)
    entries = [entry for entry in uow.ledger.of_person(person) if entry.clause in wanted]
    reversed_ = {entry.reverses for entry in entries}
    return [entry for entry in entries if entry.effect is not Effect.REVERSAL and entry.id not in reversed_]


def days_of(entry: Entry) -> list[str]:
    days = entry.evidence.get("days")
    return [str(day) for day in days] if isinstance(days, list) else []
