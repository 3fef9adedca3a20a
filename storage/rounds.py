"""Rounds that have run, the bot's pulse, and the outages seen from it (P21)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.deadlines import Outage
from storage.base import Base, UtcDateTime, insert_ignoring, table, upsert


class RoundRow(Base):
    __tablename__ = "rounds"
    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ran_at: Mapped[datetime] = mapped_column(UtcDateTime)
    missed: Mapped[bool]


class PulseRow(Base):
    """When the process first and last showed life."""

    __tablename__ = "pulse"
    id: Mapped[int] = mapped_column(primary_key=True)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutageRow(Base):
    __tablename__ = "outages"
    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_START = insert_ignoring(RoundRow, on=["name", "day"])
_RAN = sa.select(table(RoundRow).c.name).where(
    table(RoundRow).c.name == sa.bindparam("round"), table(RoundRow).c.day == sa.bindparam("on")
)
_PULSE = sa.select(table(PulseRow))
_BEAT = upsert(PulseRow, on=["id"], update=["last_at"])
_OUT = sa.insert(OutageRow)
_OUTAGES = sa.select(table(OutageRow)).where(
    table(OutageRow).c.ended_at >= sa.bindparam("since"), table(OutageRow).c.started_at <= sa.bindparam("until")
)


class SqlRounds:
    """Rounds and pulse within one unit of work."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._c, self._now = connection, now

    def start(self, name: str, day: date, planned_at: datetime, missed: bool) -> bool:
        """Take a round's run of one date; False where it has run."""
        row: dict[str, Any] = {
            "name": name,
            "day": day,
            "planned_at": planned_at,
            "ran_at": self._now,
            "missed": missed,
        }
        return bool(self._c.execute(_START[self._c.dialect.name], row).rowcount)

    def has_run(self, name: str, day: date) -> bool:
        return self._c.execute(_RAN, {"round": name, "on": day}).first() is not None

    def pulse(self) -> tuple[datetime, datetime] | None:
        """(first, last) sign of life, if there was any."""
        row = self._c.execute(_PULSE).first()
        return (row.first_at, row.last_at) if row else None

    def beat(self) -> None:
        self._c.execute(_BEAT[self._c.dialect.name], {"id": 1, "first_at": self._now, "last_at": self._now})

    def record_outage(self, outage: Outage) -> None:
        self._c.execute(_OUT, {"started_at": outage.start, "ended_at": outage.end})

    def outages(self, since: datetime, until: datetime) -> list[Outage]:
        """Outages that touch the span."""
        rows = self._c.execute(_OUTAGES, {"since": since, "until": until})
        return [Outage(row.started_at, row.ended_at) for row in rows]
