"""The duty roster: days that were filled in the chat, who is on duty on them, swaps."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.duty.model import Duty, Swap, SwapState
from core.errors import NotFound
from core.ids import DepartmentId, PersonId, SwapId
from core.people import PersonStatus
from storage.base import Base, UtcDateTime, table, upsert
from storage.people import DepartmentRow, PersonRow


class DutyDayRow(Base):
    """A day whose roster was filled in the chat; it may be empty."""

    __tablename__ = "duty_days"
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DutyRow(Base):
    __tablename__ = "duties"
    day: Mapped[date] = mapped_column(sa.Date, sa.ForeignKey("duty_days.day"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)


class DutySwapRow(Base):
    __tablename__ = "duty_swaps"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date)
    giver_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    taker_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    back: Mapped[date | None] = mapped_column(sa.Date)
    state: Mapped[str] = mapped_column(sa.String(10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_DAYS, _DUTIES, _SWAPS = table(DutyDayRow), table(DutyRow), table(DutySwapRow)
_P, _D = table(PersonRow), table(DepartmentRow)
_LABEL = _D.c.name + "-" + _P.c.name
_BETWEEN = (_DAYS.c.day >= sa.bindparam("first"), _DAYS.c.day <= sa.bindparam("last"))
_FILLED = (
    sa.select(_DAYS.c.day, _P.c.id.label("person_id"), _P.c.department_id, _LABEL.label("label"))
    .select_from(
        sa.outerjoin(_DAYS, _DUTIES, _DUTIES.c.day == _DAYS.c.day)
        .outerjoin(_P, (_P.c.id == _DUTIES.c.person_id) & (_P.c.status != PersonStatus.LEFT))
        .outerjoin(_D, _D.c.id == _P.c.department_id)
    )
    .where(*_BETWEEN)
    .order_by(_DAYS.c.day, _P.c.number)
)
_DAYS_OF = sa.select(_DUTIES.c.day).where(
    _DUTIES.c.person_id == sa.bindparam("who"), _DUTIES.c.day >= sa.bindparam("first")
)
_MARK = upsert(DutyDayRow, on=["day"], update=["by_id", "at"])
_CLEAR = sa.delete(_DUTIES).where(_DUTIES.c.day == sa.bindparam("on"))
_PUT = sa.insert(_DUTIES)
_OTHER = _DUTIES.alias("other")
_TAKE_OFF = sa.delete(_DUTIES).where(
    _DUTIES.c.day == sa.bindparam("on"),
    _DUTIES.c.person_id == sa.bindparam("before"),
    ~sa.exists().where(_OTHER.c.day == sa.bindparam("on"), _OTHER.c.person_id == sa.bindparam("after")),
)
_ASK = sa.insert(_SWAPS).returning(_SWAPS.c.id)


def _labelled(name: str) -> tuple[Any, Any]:
    return _P.alias(f"{name}_person"), _D.alias(f"{name}_department")


(_GP, _GD), (_TP, _TD) = _labelled("giver"), _labelled("taker")
_SWAP = (
    sa.select(
        _SWAPS,
        (_GD.c.name + "-" + _GP.c.name).label("giver_label"),
        (_TD.c.name + "-" + _TP.c.name).label("taker_label"),
    )
    .select_from(
        sa.join(_SWAPS, _GP, _GP.c.id == _SWAPS.c.giver_id)
        .join(_GD, _GD.c.id == _GP.c.department_id)
        .join(_TP, _TP.c.id == _SWAPS.c.taker_id)
        .join(_TD, _TD.c.id == _TP.c.department_id)
    )
    .where(_SWAPS.c.id == sa.bindparam("row"))
)
_SETTLE = (
    sa.update(_SWAPS)
    .where(_SWAPS.c.id == sa.bindparam("row"), _SWAPS.c.state == SwapState.ASKED)
    .values(state=sa.bindparam("becomes"), settled_at=sa.bindparam("at"))
)


def swap_from(row: Any) -> Swap:
    return Swap(
        SwapId(row.id),
        row.day,
        PersonId(row.giver_id),
        row.giver_label,
        PersonId(row.taker_id),
        row.taker_label,
        row.back,
        SwapState(row.state),
        row.asked_at,
    )


class SqlRosters:
    """The roster within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def filled(self, first: date, last: date) -> dict[date, list[Duty]]:
        found: dict[date, list[Duty]] = {}
        for row in self._c.execute(_FILLED, {"first": first, "last": last}):
            duties = found.setdefault(row.day, [])
            if row.person_id is not None:
                duties.append(Duty(row.day, PersonId(row.person_id), row.label, DepartmentId(row.department_id)))
        return found

    def days_of(self, person: PersonId, first: date) -> list[date]:
        return [row.day for row in self._c.execute(_DAYS_OF, {"who": person, "first": first})]

    def fill(self, day: date, people: Collection[PersonId], by: PersonId | None, at: datetime) -> None:
        self._c.execute(_MARK[self._c.dialect.name], {"day": day, "by_id": by, "at": at})
        self._c.execute(_CLEAR, {"on": day})
        if people:
            self._c.execute(_PUT, [{"day": day, "person_id": person} for person in sorted(people)])

    def replace(self, day: date, before: PersonId, after: PersonId) -> bool:
        if not self._c.execute(_TAKE_OFF, {"on": day, "before": before, "after": after}).rowcount:
            return False
        self._c.execute(_PUT, {"day": day, "person_id": after})
        return True

    def ask(self, day: date, giver: PersonId, taker: PersonId, back: date | None, at: datetime) -> Swap:
        values = {"day": day, "giver_id": giver, "taker_id": taker, "back": back, "state": SwapState.ASKED}
        return self.swap(SwapId(self._c.execute(_ASK, {**values, "asked_at": at}).scalar_one()))

    def swap(self, swap: SwapId) -> Swap:
        row = self._c.execute(_SWAP, {"row": swap}).first()
        if row is None:
            raise NotFound("swap", str(swap))
        return swap_from(row)

    def settle(self, swap: SwapId, state: SwapState, at: datetime) -> bool:
        return bool(self._c.execute(_SETTLE, {"row": swap, "becomes": state, "at": at}).rowcount)
