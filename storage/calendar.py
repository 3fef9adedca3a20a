"""Changes of the company's days, each a row of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.calendar.model import DayChange, NewDayChange
from core.errors import NotFound
from core.ids import DayChangeId, PersonId
from storage.base import Base, UtcDateTime, insert_ignoring, table
from storage.people import DepartmentRow, PersonRow

CALENDAR = "calendar"  # what a unit of work touched, so that the store lays the days over the rulebook anew


class DayChangeRow(Base):
    __tablename__ = "day_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(sa.Date)
    last_day: Mapped[date] = mapped_column(sa.Date)
    works: Mapped[bool]
    reason: Mapped[str] = mapped_column(sa.String(100))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undoes: Mapped[int | None] = mapped_column(sa.ForeignKey("day_changes.id"), unique=True)


_T, _P, _D = table(DayChangeRow), table(PersonRow), table(DepartmentRow)
_ALL = (
    sa.select(_T, (_D.c.name + "-" + _P.c.name).label("by_label"))
    .select_from(sa.join(_T, _P, _P.c.id == _T.c.by_id).join(_D, _D.c.id == _P.c.department_id))
    .order_by(_T.c.id)
)
_ONE = _ALL.where(_T.c.id == sa.bindparam("row"))
_UNDOING = _ALL.where(_T.c.undoes == sa.bindparam("row"))
_ADD = sa.insert(_T).returning(_T.c.id)
_UNDO = insert_ignoring(DayChangeRow, on=["undoes"])


def change_from(row: Any) -> DayChange:
    return DayChange(
        DayChangeId(row.id),
        NewDayChange(row.first_day, row.last_day, row.works, row.reason),
        PersonId(row.by_id),
        row.by_label,
        row.at,
        None if row.undoes is None else DayChangeId(row.undoes),
    )


class SqlDayChanges:
    """The changes within one unit of work."""

    def __init__(self, connection: sa.Connection, touched: set[str]) -> None:
        self._c, self._touched = connection, touched

    def all(self) -> list[DayChange]:
        return [change_from(row) for row in self._c.execute(_ALL)]

    def get(self, change: DayChangeId) -> DayChange:
        row = self._c.execute(_ONE, {"row": change}).first()
        if row is None:
            raise NotFound("calendar", str(change))
        return change_from(row)

    def add(self, change: NewDayChange, by: PersonId, at: datetime) -> DayChange:
        self._touched.add(CALENDAR)
        return self.get(DayChangeId(self._c.execute(_ADD, self._values(change, by, at)).scalar_one()))

    def is_undone(self, change: DayChangeId) -> bool:
        return self._c.execute(_UNDOING, {"row": change}).first() is not None

    def undo(self, change: DayChange, by: PersonId, at: datetime) -> DayChange | None:
        values = {**self._values(change.made, by, at), "undoes": change.id}
        if not self._c.execute(_UNDO[self._c.dialect.name], values).rowcount:
            return None
        self._touched.add(CALENDAR)
        return change_from(self._c.execute(_UNDOING, {"row": change.id}).one())

    @staticmethod
    def _values(change: NewDayChange, by: PersonId, at: datetime) -> dict[str, Any]:
        return {
            "first_day": change.first,
            "last_day": change.last,
            "works": change.works,
            "reason": change.reason,
            "by_id": by,
            "at": at,
        }
