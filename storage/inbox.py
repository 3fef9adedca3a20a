"""The inbox: every update is on disk before the platform is told that it arrived (OPS-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import AlreadyDone
from core.ids import UpdateId
from storage.base import Base, UtcDateTime, insert_ignoring, table
from storage.compiled import Compiled
from storage.processes import ALIVE

OPEN_ONLY = sa.text("done_at IS NULL")


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (
        sa.Index(
            "ix_inbox_open",
            "id",
            sqlite_where=OPEN_ONLY,
            postgresql_where=OPEN_ONLY,
        ),
    )
    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    raw: Mapped[bytes]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    alone: Mapped[int] = mapped_column(default=0)
    effect_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(sa.Text)
    taken_by: Mapped[int | None]  # the process that has it in hand, where there are several


_T = table(InboxRow)
_PUT = Compiled(insert_ignoring(InboxRow, on=["id"]), ["id", "raw", "received_at", "attempts", "alone", "taken_by"])
_KNOWN = sa.select(_T.c.id).where(_T.c.id >= sa.bindparam("low"), _T.c.id <= sa.bindparam("high"))
_OPEN = (
    sa.select(_T.c.id, _T.c.raw, _T.c.effect_at, _T.c.attempts, _T.c.alone)
    .where(_T.c.done_at.is_(None))
    .order_by(_T.c.id)
)
_FREE = (
    sa.select(_T.c.id)
    .where(_T.c.done_at.is_(None), _T.c.taken_by.is_(None) | _T.c.taken_by.not_in(ALIVE))
    .order_by(_T.c.id)
    .with_for_update(skip_locked=True)
)
_TAKE = (
    sa.update(_T)
    .where(_T.c.id.in_(_FREE.scalar_subquery()))
    .values(attempts=_T.c.attempts + 1, taken_by=sa.bindparam("me"))
    .returning(_T.c.id, _T.c.raw, _T.c.effect_at, _T.c.attempts - 1, _T.c.alone)
)
_LAST = sa.select(sa.func.max(_T.c.id))
_EFFECT = Compiled(
    sa.update(_T).where(_T.c.id == sa.bindparam("row"), _T.c.effect_at.is_(None)).values(effect_at=sa.bindparam("at"))
)
_DONE = Compiled(
    sa.update(_T).where(_T.c.id == sa.bindparam("row")).values(done_at=sa.bindparam("at"), error=sa.bindparam("why"))
)
_TRY = sa.update(_T).where(_T.c.id.in_(sa.bindparam("rows", expanding=True))).values(attempts=_T.c.attempts + 1)
_ALONE = sa.update(_T).where(_T.c.id == sa.bindparam("row")).values(alone=_T.c.alone + 1)
_PURGE = sa.delete(_T).where(_T.c.done_at < sa.bindparam("before"), _T.c.error.is_(None))
_DEAD = sa.select(_T.c.id, _T.c.error).where(_T.c.error.is_not(None)).order_by(_T.c.id)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that is not finished. `had_effect` tells that only its answer may be missing; `attempts` at how many
    starts it was taken up, `alone` how often it was the only one in hand."""

    id: UpdateId
    raw: bytes
    had_effect: bool
    attempts: int
    alone: int


class SqlInbox:
    """The inbox within one transaction."""

    def __init__(self, connection: sa.Connection, now: datetime, process: int | None = None) -> None:
        self._c, self._now, self._process = connection, now, process

    def put(self, updates: Sequence[tuple[UpdateId, bytes]]) -> list[UpdateId]:
        """Store updates; the ids of those that were new, in order."""
        ids = [update for update, _ in updates]
        known = set(self._c.execute(_KNOWN, {"low": min(ids), "high": max(ids)}).scalars()) if ids else set()
        fresh = {update: raw for update, raw in updates if update not in known}
        if fresh:
            rows = [
                {"id": id, "raw": raw, "received_at": self._now, "attempts": 1, "alone": 0, "taken_by": self._process}
                for id, raw in fresh.items()
            ]
            _PUT.run_many(self._c, rows)
        return list(fresh)

    def waiting(self) -> list[Waiting]:
        """Unfinished updates that no living process has in hand, oldest first; each counts as tried once more."""
        if self._process is not None:
            rows = sorted(self._c.execute(_TAKE, {"me": self._process}), key=lambda row: row[0])
            return [Waiting(UpdateId(r[0]), r[1], r[2] is not None, r[3], r[4]) for r in rows]
        rows = list(self._c.execute(_OPEN).all())
        if rows:
            self._c.execute(_TRY, {"rows": [row.id for row in rows]})
        return [Waiting(UpdateId(r.id), r.raw, r.effect_at is not None, r.attempts, r.alone) for r in rows]

    def try_alone(self, update: UpdateId) -> None:
        """Note that an update is about to be handled with no other in hand."""
        self._c.execute(_ALONE, {"row": update})

    def last(self) -> UpdateId | None:
        found = self._c.execute(_LAST).scalar()
        return None if found is None else UpdateId(found)

    def mark_effect(self, update: UpdateId) -> None:
        """Note, in the unit that has the effect, that it is being had. Raises AlreadyDone on a second time."""
        if _EFFECT.run(self._c, {"row": update, "at": self._now}) == 0:
            raise AlreadyDone(update)

    def finish(self, updates: Sequence[tuple[UpdateId, str | None]]) -> None:
        """Mark updates handled; with an error they are the dead letters."""
        _DONE.run_many(self._c, [{"row": update, "at": self._now, "why": why} for update, why in updates])

    def dead(self) -> list[tuple[UpdateId, str]]:
        return [(UpdateId(row.id), row.error) for row in self._c.execute(_DEAD)]

    def purge(self, before: datetime) -> int:
        """Forget handled updates that are old; dead letters stay."""
        return int(self._c.execute(_PURGE, {"before": before}).rowcount)
