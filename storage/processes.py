"""The processes that work on one database: who lives, and who of them leads.

Only a server knows several. Times are the server's own, so that the clocks of machines need not agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, UtcDateTime, table

LEASE = 4.0  # seconds without a sign of life after which a process counts as dead


class ProcessRow(Base):
    """A process that works here. The oldest one leads."""

    __tablename__ = "processes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


_P = table(ProcessRow)
ALIVE = sa.select(_P.c.id)
_NOW = sa.func.clock_timestamp(type_=UtcDateTime)
_JOIN = sa.insert(_P).values(name=sa.bindparam("who"), seen_at=_NOW).returning(_P.c.id)
_BEAT = sa.update(_P).where(_P.c.id == sa.bindparam("me")).values(seen_at=_NOW)
_BURY = sa.text(f"DELETE FROM processes WHERE seen_at < clock_timestamp() - interval '{LEASE} seconds'")  # noqa: S608  # a figure of ours
_LEAVE = sa.delete(_P).where(_P.c.id == sa.bindparam("me"))
_ALL = sa.select(_P.c.id).order_by(_P.c.id)


@dataclass(frozen=True, slots=True)
class Living:
    """The processes that live, the leader first, and how many were found dead."""

    ids: tuple[int, ...]
    buried: int


class SqlProcesses:
    """The register of processes within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def join(self, name: str) -> int:
        return int(self._c.execute(_JOIN, {"who": name}).scalar_one())

    def leave(self, me: int) -> None:
        self._c.execute(_LEAVE, {"me": me})

    def beat(self, me: int, *, bury: bool) -> Living:
        """A sign of life; without `me` among the living, others have taken over. `bury` strikes out the silent."""
        self._c.execute(_BEAT, {"me": me})
        buried = int(self._c.execute(_BURY).rowcount) if bury else 0
        return Living(tuple(self._c.execute(_ALL).scalars()), buried)


__all__ = ["ALIVE", "LEASE", "Living", "SqlProcesses"]
