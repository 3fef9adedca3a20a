"""What the database knows of its backups: those asked for, made, and come back from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.backups import BACKUPS, Asked, Outcome, Return
from storage.base import Base, UtcDateTime, table

ASKED, MADE, DROPPED, RESTORED = "asked", "made", "dropped", "restored"


class BackupRow(Base):
    """A backup: asked for until it is made, or until the next one is asked for. One that was restored tells when it
    had been made, and how many lines the trail had before."""

    __tablename__ = "backups"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(20))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(sa.String(40))
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file: Mapped[str | None] = mapped_column(sa.Text)
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    seconds: Mapped[float | None]
    row_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    trail: Mapped[str | None] = mapped_column(sa.String(100))
    sealed: Mapped[bool | None]
    removed: Mapped[int | None]
    lines_before: Mapped[int | None] = mapped_column(sa.BigInteger)


_B = table(BackupRow)
_ASK = sa.insert(_B)
_DROP = sa.update(_B).where(_B.c.state == ASKED).values(state=DROPPED)
_DUE = (
    sa.select(_B.c.id, _B.c.tries)
    .where(_B.c.state == ASKED, _B.c.due_at <= sa.bindparam("now"))
    .order_by(_B.c.id)
    .limit(1)
)
_SET = sa.update(_B).where(_B.c.id == sa.bindparam("one"))
_AGAIN = (
    sa.update(_B)
    .where(_B.c.id == sa.bindparam("one"))
    .values(tries=_B.c.tries + 1, reason=sa.bindparam("why"), due_at=sa.bindparam("again"))
    .returning(_B.c.tries)
)
_LAST = sa.select(sa.func.max(_B.c.made_at)).where(_B.c.state == MADE)


def last_good(connection: sa.Connection) -> datetime | None:
    """When the last good backup was made."""
    found: datetime | None = connection.execute(_LAST).scalar_one()
    return found


class SqlBackups:
    """The database's own list of backups within one unit of work."""

    def __init__(self, connection: sa.Connection, now: datetime, touched: set[str]) -> None:
        self._c, self._now, self._touched = connection, now, touched

    def ask(self) -> None:
        self._c.execute(_DROP)
        self._c.execute(_ASK, self._new(ASKED))
        self._touched.add(BACKUPS)

    def due(self) -> Asked | None:
        row = self._c.execute(_DUE, {"now": self._now}).first()
        return Asked(row.id, row.tries) if row else None

    def made(self, outcome: Outcome, asked: int | None) -> None:
        facts = {
            "state": MADE,
            "made_at": self._now,
            "file": outcome.file,
            "size": outcome.size,
            "seconds": outcome.seconds,
            "row_count": outcome.rows,
            "trail": outcome.trail,
            "sealed": outcome.sealed,
            "removed": outcome.removed,
        }
        if asked is None:
            self._c.execute(_ASK, {**self._new(MADE), **facts})
        else:
            self._c.execute(_SET.values(**facts), {"one": asked})

    def failed(self, asked: int, reason: str, again_at: datetime) -> int:
        return int(self._c.execute(_AGAIN, {"one": asked, "why": reason, "again": again_at}).scalar_one())

    def came_back(self, what: Return) -> None:
        told = {"made_at": what.made_at, "trail": what.trail, "lines_before": what.lines_before}
        self._c.execute(_ASK, {**self._new(RESTORED), **told})

    def last_good(self) -> datetime | None:
        return last_good(self._c)

    def _new(self, state: str) -> dict[str, object]:
        return {"state": state, "asked_at": self._now, "due_at": self._now, "tries": 0}


__all__ = ["SqlBackups", "last_good"]
