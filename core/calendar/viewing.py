"""A month of the company's calendar."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from core.access import STAFF, Actor, permits
from core.ports import UnitOfWork
from core.worktime import DayKind

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One local date; `name` is the holiday's, or the reason of a company day."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class Month:
    """All days of a month. `provisional`: the year's make-up days are not announced yet (P2)."""

    days: tuple[MonthDay, ...]
    today: date
    provisional: bool

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def workdays(self) -> int:
        return sum(one.kind.works for one in self.days)


@permits(*STAFF)
def month(uow: UnitOfWork, actor: Actor, of: date) -> Month:
    """The month that a day lies in."""
    worktime = uow.worktime
    numbers = range(1, monthrange(of.year, of.month)[1] + 1)
    days = (of.replace(day=number) for number in numbers)
    shown = tuple(MonthDay(day, worktime.day_kind(day), worktime.day_name(day) or "") for day in days)
    return Month(shown, worktime.local_date(uow.now), worktime.is_provisional(of, of))
