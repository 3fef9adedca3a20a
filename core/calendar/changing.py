"""Setting days on or off in the chat, for every deadline that is opened later (RULE-4)."""

from __future__ import annotations

from dataclasses import replace

from core.access import MANAGERS, Actor, Role, permits
from core.calendar.model import (
    CHANGED,
    LONGEST_DAYS,
    LONGEST_REASON,
    DayChange,
    DaysPast,
    NewDayChange,
    NothingChanges,
    TooManyDays,
)
from core.errors import AlreadySettled
from core.ids import DayChangeId
from core.notices import Fact, Notice, ToGroup, Urgency
from core.ports import UnitOfWork


@permits(Role.ADMIN)
def check(uow: UnitOfWork, actor: Actor, wanted: NewDayChange) -> NewDayChange:
    """The change as it would be made. Raises DaysPast, TooManyDays or NothingChanges."""
    if wanted.first < uow.worktime.local_date(uow.now):
        raise DaysPast(wanted.first)
    number = (wanted.last - wanted.first).days + 1
    if number > LONGEST_DAYS:
        raise TooManyDays(number, LONGEST_DAYS)
    if all(uow.worktime.day_kind(day).works == wanted.works for day in wanted.days):
        raise NothingChanges(wanted.first, wanted.last, wanted.works)
    return replace(wanted, reason=wanted.reason.strip()[:LONGEST_REASON])


@permits(Role.ADMIN)
def change(uow: UnitOfWork, actor: Actor, wanted: NewDayChange) -> DayChange:
    """Set days on or off; every bound group is told. Deadlines that run keep theirs (RULE-4).

    Raises DaysPast, TooManyDays or NothingChanges.
    """
    made = uow.day_changes.add(check(uow, actor, wanted), actor.staff_id, uow.now)
    _announce(uow, made)
    return made


@permits(Role.ADMIN)
def undo(uow: UnitOfWork, actor: Actor, change_id: DayChangeId) -> DayChange:
    """Take a change back: the days are again what they were without it. Raises NotFound, AlreadySettled or
    DaysPast."""
    before = uow.day_changes.get(change_id)
    if before.made.last < uow.worktime.local_date(uow.now):
        raise DaysPast(before.made.last)
    undone = uow.day_changes.undo(before, actor.staff_id, uow.now) if before.undoes is None else None
    if undone is None:
        raise AlreadySettled("calendar", "undone")
    _announce(uow, undone)
    return undone


@permits(*MANAGERS, Role.ADMIN)
def latest(uow: UnitOfWork, actor: Actor, most: int) -> list[DayChange]:
    """The last changes, newest first."""
    return uow.day_changes.all()[::-1][:most]


def _announce(uow: UnitOfWork, made: DayChange) -> None:
    facts: dict[str, Fact] = {
        "version": made.id,
        "first": made.made.first.isoformat(),
        "last": made.made.last.isoformat(),
        "works": made.made.works,
        "reason": made.made.reason,
        "by": made.by_label,
        "undone": made.undoes is not None,
    }
    for group in uow.groups.all():
        uow.notices.tell(Notice(CHANGED, ToGroup(group.id), facts, f"calendar:{made.id}", urgency=Urgency.ROUTINE))
