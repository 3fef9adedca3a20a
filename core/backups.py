"""Backups: when one is to be made, which are kept, and who is told where none is (OPS-1).

The round only asks for one: making it takes minutes, and is done outside any unit of work by whoever leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol

from core.access import Actor, Role, permits
from core.deadlines import Deadline, DeadlineKind, on_due
from core.notices import Fact, Notice, NoticeKind, ToPerson, Urgency, kind
from core.ports import UnitOfWork
from core.rounds import RoundRun, every

if TYPE_CHECKING:
    from core.rulebook import Rulebook

FAILED, NONE_FOR_LONG = kind("backup.failed"), kind("backup.overdue")
OVERDUE = DeadlineKind("backup.overdue")
ALL = "backup:0"  # the subject of what is about no single backup
CATCH_UP = timedelta(hours=23, minutes=59)  # the next day's takes its place
BACKUPS = "backups"  # touched where one is asked for


@dataclass(frozen=True, slots=True)
class Keep:
    """How many are kept: the last ones, and the newest of as many days, weeks and months."""

    last: int
    daily: int
    weekly: int
    monthly: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A good backup: the file's name, bytes, seconds, rows, the trail's end in it; whether it is encrypted; how many
    older ones were removed."""

    file: str
    size: int
    seconds: float
    rows: int
    trail: str
    sealed: bool
    removed: int


@dataclass(frozen=True, slots=True)
class Return:
    """A database came back from a backup: when that was made, the trail's end in it, how many lines there were."""

    made_at: datetime
    trail: str
    lines_before: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A backup that is to be made; tried so many times."""

    id: int
    tries: int


class Backups(Protocol):
    """What the database knows of its backups."""

    def ask(self) -> None:
        """Have one made now; one that still waits is not made beside it."""

    def due(self) -> Asked | None:
        """The one to be made now, if there is any."""

    def made(self, outcome: Outcome, asked: int | None) -> None: ...
    def failed(self, asked: int, reason: str, again_at: datetime) -> int:
        """It is tried again later; how often it has been tried."""

    def came_back(self, what: Return) -> None: ...
    def last_good(self) -> datetime | None:
        """When the last good one was made."""


def backup_time(rulebook: Rulebook, day: date) -> datetime | None:
    """Each day, on holidays too, unless the rulebook has none made."""
    return rulebook.working_time.instant(day, rulebook.backup.at) if rulebook.backup.daily else None


@every("backup.daily", backup_time, CATCH_UP)
def ask(uow: UnitOfWork, run: RoundRun) -> None:
    """Have the day's backup made, and be heard where none is made for long."""
    uow.backups.ask()
    if uow.deadlines.due_of(ALL, OVERDUE) is None:
        _watch(uow)


@permits(Role.SYSTEM)
def note(uow: UnitOfWork, actor: Actor, outcome: Outcome, asked: int | None = None) -> None:
    """A good one was made: the one that was asked for, or one by hand."""
    uow.backups.made(outcome, asked)
    if uow.rulebook.backup.daily:
        _watch(uow)


@permits(Role.SYSTEM)
def fail(uow: UnitOfWork, actor: Actor, asked: int, reason: str, facts: Mapping[str, Fact]) -> None:
    """None was made. It is tried again; after some times the administrators hear why."""
    rules = uow.rulebook.backup
    again_at = uow.now + timedelta(minutes=rules.retry_minutes)
    tries = uow.backups.failed(asked, reason, again_at)
    if tries >= rules.tell_after_failures:
        told: dict[str, Fact] = {"reason": reason, "facts": dict(facts), "tries": tries, "again_at": again_at}
        _tell(uow, FAILED, {**told, "last": uow.backups.last_good()}, f"backup.failed|{asked}")


@on_due(OVERDUE)
def none_for_long(uow: UnitOfWork, deadline: Deadline) -> None:
    """There has been no good one for as long as the rulebook bears; told again after as long."""
    if uow.standing.backup.daily:
        hours = uow.standing.backup.tell_after_hours
        _tell(uow, NONE_FOR_LONG, {"last": uow.backups.last_good(), "hours": hours}, deadline.key)
        _watch(uow)


@permits(Role.SYSTEM)
def came_back(uow: UnitOfWork, actor: Actor, what: Return) -> None:
    """The database is one that was restored: the trail tells it."""
    uow.backups.came_back(what)


def _watch(uow: UnitOfWork) -> None:
    uow.deadlines.open(OVERDUE, ALL, uow.now + timedelta(hours=uow.standing.backup.tell_after_hours))


def _tell(uow: UnitOfWork, what: NoticeKind, facts: Mapping[str, Fact], key: str) -> None:
    for person in uow.people.admins():
        uow.notices.tell(Notice(what, ToPerson(person.id), facts, ALL, key=key, urgency=Urgency.ROUTINE))


def kept(made: Iterable[datetime], keep: Keep, zone: tzinfo) -> set[datetime]:
    """Which of these backups are kept; the newest one always. Days, weeks and months are those of the company."""
    newest = sorted(made, reverse=True)
    found = set(newest[: max(keep.last, 1)])
    periods: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (keep.daily, lambda at: at.date()),
        (keep.weekly, lambda at: at.isocalendar()[:2]),
        (keep.monthly, lambda at: (at.year, at.month)),
    )
    for n, period in periods:
        first: dict[object, datetime] = {}
        for at in newest:
            first.setdefault(period(at.astimezone(zone)), at)
        found.update(list(first.values())[:n])
    return found
