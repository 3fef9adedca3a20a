"""What repeated misses lead to, and how it is taken back (CHK-4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from core.checkins.values import MISSED_CLAUSE
from core.ids import PersonId
from core.ledger import Effect, Entry, sanction, take_back
from core.notices import Fact

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


def take_back_of(uow: UnitOfWork, person: PersonId, day: date, reason: str, by: PersonId | None) -> list[Entry]:
    """Take back the entries that rest on a miss of this day."""
    resting = [entry for entry in standing_entries(uow, person) if day.isoformat() in days_of(entry)]
    return [take_back(uow, entry, reason, by) for entry in resting]


def standing_entries(uow: UnitOfWork, person: PersonId) -> list[Entry]:
    """The person's entries for misses that have not been taken back."""
    entries = [entry for entry in uow.ledger.of_person(person) if entry.clause == MISSED_CLAUSE]
    reversed_ = {entry.reverses for entry in entries}
    return [entry for entry in entries if entry.effect is not Effect.REVERSAL and entry.id not in reversed_]


def days_of(entry: Entry) -> list[str]:
    days = entry.evidence.get("days")
    return [str(day) for day in days] if isinstance(days, list) else []
