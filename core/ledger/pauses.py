"""Pauses of allocation: until when, and how appeals hold them up (LED-8, LGR-2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.ids import PersonId
from core.ledger.entries import Effect, Record

if TYPE_CHECKING:
    from core.ports import UnitOfWork


def ends_at(zone: ZoneInfo, start: datetime, days: int) -> datetime:
    """The same clock time so many days later, in the company's zone."""
    local = start.astimezone(zone)
    clock = time(local.hour, local.minute, local.second)
    return datetime.combine(local.date() + timedelta(days=days), clock, zone)


def effective_end(record: Record, now: datetime, goes_on: Collection[str] = ()) -> datetime | None:
    """When a pause ends: appeals stop it, and what was left of it runs on after the verdict. None while one has
    stopped it, and for an entry that is no pause. Clauses in `goes_on` are not stopped by an appeal."""
    entry = record.entry
    end = entry.until
    if end is None or entry.clause in goes_on:
        return end
    for span in sorted(record.frozen, key=lambda span: span.start):
        if span.start >= end or span.start < entry.at:
            continue  # it was over by then, or not yet given
        if span.end is None or span.end > now:
            return None
        end += span.end - span.start
    return end


def is_running(record: Record, now: datetime, goes_on: Collection[str] = ()) -> bool:
    end = effective_end(record, now, goes_on)
    return record.entry.in_force and record.stands(now) and end is not None and end > now


def paused_until(uow: UnitOfWork, person: PersonId) -> datetime | None:
    """Until when a person gets no leads; None where nothing holds them up. Pauses at the same time run side by
    side, so that the latest end counts."""
    goes_on = uow.rulebook.appeals.pauses_go_on
    running = [record for record in uow.ledger.pauses(person) if _stops_leads(record, uow.now, goes_on)]
    ends = [effective_end(record, uow.now, goes_on) for record in running]
    return max((end for end in ends if end is not None), default=None)


def _stops_leads(record: Record, now: datetime, goes_on: Collection[str]) -> bool:
    return record.entry.effect is Effect.PAUSE and is_running(record, now, goes_on)


def paused_people(uow: UnitOfWork) -> set[PersonId]:
    """Everybody whose allocations are paused now."""
    goes_on = uow.rulebook.appeals.pauses_go_on
    return {record.entry.person for record in uow.ledger.pauses() if _stops_leads(record, uow.now, goes_on)}
