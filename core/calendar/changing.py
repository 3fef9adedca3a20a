"""Setting days on or off in the chat, for every deadline that is opened later (RULE-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core import approvals
from core.access import MANAGERS, Actor, Role, permits
from core.approvals import Approval, Kind, State, on_decision
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
from core.ids import DayChangeId, PersonId
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
def change(uow: UnitOfWork, actor: Actor, wanted: NewDayChange) -> DayChange | Approval:
    """Set days on or off; every bound group is told. Deadlines that run keep theirs (RULE-4). Where the rulebook
    wants an approval, it is in force once that is given (APR-1).

    Raises DaysPast, TooManyDays, NothingChanges or AskedBefore.
    """
    wanted = check(uow, actor, wanted)
    subject = f"calendar:{wanted.first}:{wanted.last}:{wanted.works:d}"
    return _decide(uow, actor, subject, wanted, None)


@permits(Role.ADMIN)
def undo(uow: UnitOfWork, actor: Actor, change_id: DayChangeId) -> DayChange | Approval:
    """Take a change back: the days are again what they were without it. Raises NotFound, AlreadySettled, DaysPast
    or AskedBefore."""
    before = uow.day_changes.get(change_id)
    if before.undoes is not None or uow.day_changes.is_undone(before.id):
        raise AlreadySettled("calendar", "undone")
    if before.made.last < uow.worktime.local_date(uow.now):
        raise DaysPast(before.made.last)
    return _decide(uow, actor, f"calendar:undo:{before.id}", before.made, before.id)


def _decide(
    uow: UnitOfWork, actor: Actor, subject: str, made: NewDayChange, undoes: DayChangeId | None
) -> DayChange | Approval:
    facts = {**_facts(made), "undoes": undoes}
    if approvals.is_needed(uow, Kind.CALENDAR, actor.staff_id, facts=facts):
        return approvals.ask(uow, Kind.CALENDAR, actor.staff_id, subject, reason=made.reason, facts=facts)
    return _carry_out(uow, actor.staff_id, made, undoes)


def _carry_out(uow: UnitOfWork, by: PersonId, made: NewDayChange, undoes: DayChangeId | None) -> DayChange:
    if undoes is None:
        done: DayChange | None = uow.day_changes.add(made, by, uow.now)
    else:
        done = uow.day_changes.undo(uow.day_changes.get(undoes), by, uow.now)
    if done is None:
        raise AlreadySettled("calendar", "undone")
    _announce(uow, done)
    return done


@on_decision(Kind.CALENDAR)
def decided(uow: UnitOfWork, approval: Approval) -> None:
    """An approved change is in force from now on; days that are over by then are left out. Raises DaysPast where all
    of them are."""
    if approval.state is not State.APPROVED:
        return
    facts, today = approval.facts, uow.worktime.local_date(uow.now)
    first, last = (date.fromisoformat(str(facts[end])) for end in ("first", "last"))
    if last < today:
        raise DaysPast(last)
    undoes = facts["undoes"]
    made = NewDayChange(first if undoes else max(first, today), last, bool(facts["works"]), str(facts["reason"]))
    _carry_out(uow, approval.requester, made, DayChangeId(undoes) if isinstance(undoes, int) else None)


@permits(*MANAGERS, Role.ADMIN)
def latest(uow: UnitOfWork, actor: Actor, most: int) -> list[DayChange]:
    """The last changes, newest first."""
    return uow.day_changes.all()[::-1][:most]


def _facts(made: NewDayChange) -> dict[str, Fact]:
    return {
        "first": made.first.isoformat(),
        "last": made.last.isoformat(),
        "works": made.works,
        "reason": made.reason,
    }


def _announce(uow: UnitOfWork, done: DayChange) -> None:
    facts: dict[str, Fact] = {
        **_facts(done.made),
        "version": done.id,
        "by": done.by_label,
        "undone": done.undoes is not None,
    }
    for group in uow.groups.all():
        uow.notices.tell(Notice(CHANGED, ToGroup(group.id), facts, f"calendar:{done.id}", urgency=Urgency.ROUTINE))
