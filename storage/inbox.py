"""The inbox: every update is on disk before the platform is told that it arrived (OPS-1).

A row that is not done is in the hand of one process (`taken_by`) or waits for one. What must keep its order shares a
lane, and a lane is in one process's hand at a time: who has an update of it takes the next, nobody else. So the
updates of a lane are handled in the order in which they came, over all processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import AlreadyDone
from core.ids import UpdateId
from storage.base import ALL, Base, UtcDateTime, in_slices, insert_ignoring, table
from storage.compiled import Compiled
from storage.processes import ALIVE

OPEN_ONLY = sa.text("done_at IS NULL")
DEAD_ONLY = sa.text("error IS NOT NULL")
ALONE = 0  # stands in `taken_by` for a process that is the only one; those of several are numbered from 1
INBOX = "inbox"  # there is something to be taken


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (
        sa.Index("ix_inbox_open", "id", sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY),
        sa.Index("ix_inbox_dead", "id", sqlite_where=DEAD_ONLY, postgresql_where=DEAD_ONLY),
        sa.Index("ix_inbox_lane", "lane", sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY),
    )
    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    raw: Mapped[bytes]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    alone: Mapped[int] = mapped_column(default=0)
    effect_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(sa.Text)
    taken_by: Mapped[int | None]  # the process that has it in hand
    lane: Mapped[str | None] = mapped_column(sa.String(64))  # with what it keeps its order; None: with nothing


_T = table(InboxRow)
_NEW = ["id", "raw", "received_at", "attempts", "alone", "taken_by", "lane"]
_PUT = Compiled(insert_ignoring(InboxRow, on=["id"]), _NEW)
_KNOWN = sa.select(_T.c.id).where(_T.c.id >= sa.bindparam("low"), _T.c.id <= sa.bindparam("high"))
_OPEN = _T.c.done_at.is_(None)
_MINE = _T.c.taken_by.is_(None) | (_T.c.taken_by == sa.bindparam("me"))
_ELSEWHERE = sa.select(_T.c.lane).where(
    _OPEN,
    _T.c.lane.in_(sa.bindparam("lanes", expanding=True)),
    _T.c.taken_by.is_(None) | (_T.c.taken_by != sa.bindparam("me")),
)
_RELEASE = sa.update(_T).where(_OPEN, _T.c.taken_by.is_not(None)).values(taken_by=None)


_ME = sa.bindparam("me", type_=sa.Integer)
_OTHER = _T.alias("other")
_LANE_ELSEWHERE = sa.exists().where(
    _OTHER.c.done_at.is_(None), _OTHER.c.lane == _T.c.lane, _OTHER.c.taken_by.in_(ALIVE), _OTHER.c.taken_by != _ME
)
_UNHELD = _OPEN & (_T.c.taken_by.is_(None) | _T.c.taken_by.not_in(ALIVE))
FREE_ALONE = sa.select(_T.c.id).where(_OPEN, _T.c.taken_by.is_(None) | (_T.c.taken_by != ALONE)).order_by(_T.c.id)
FREE_AMONG = sa.select(_T.c.id).where(_UNHELD, ~_LANE_ELSEWHERE).order_by(_T.c.id)


def _taking(free: sa.Select[Any]) -> Any:
    return (
        sa.update(_T)
        .where(_T.c.id.in_(free.limit(sa.bindparam("most", type_=sa.Integer)).scalar_subquery()))
        .values(attempts=_T.c.attempts + 1, taken_by=_ME)
        .returning(_T.c.id, _T.c.raw, _T.c.effect_at, _T.c.attempts - 1, _T.c.alone)
    )


_TAKE_ALONE = _taking(FREE_ALONE)
_TAKE_AMONG = _taking(FREE_AMONG).where(_ME.in_(ALIVE))  # one that was struck out takes nothing more
_ANY_FREE = sa.select(sa.exists(sa.select(_T.c.id).where(_UNHELD)))
_CAME = _T.c.received_at <= sa.bindparam("at", type_=UtcDateTime)
_OLDER = sa.select(sa.exists(sa.select(_T.c.id).where(_OPEN, _CAME)))
_UNHEARD = sa.select(sa.exists(sa.select(_T.c.id).where(_OPEN, _CAME, _T.c.effect_at.is_(None))))
_LAST = sa.select(sa.func.max(_T.c.id))
_EFFECT = Compiled(
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.effect_at.is_(None), _MINE)
    .values(effect_at=sa.bindparam("at"))
)
_DONE = Compiled(
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _MINE)
    .values(done_at=sa.bindparam("at"), error=sa.bindparam("why"))
)
_ALONE = sa.update(_T).where(_T.c.id == sa.bindparam("row")).values(alone=_T.c.alone + 1)
_OLD = (_T.c.done_at < sa.bindparam("before"), _T.c.error.is_(None))
_LAST_OLD = sa.select(sa.func.max(_T.c.id)).where(*_OLD)
_PURGE = in_slices(_T, *_OLD)
_DEAD = sa.select(_T.c.id, _T.c.error).where(_T.c.error.is_not(None)).order_by(_T.c.id)


class Arrived(NamedTuple):
    """An update as it came."""

    id: UpdateId
    raw: bytes
    lane: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that is not finished. `had_effect` tells that only its answer may be missing; `attempts` how often it
    was in hand before, `alone` how often it was the only one in hand."""

    id: UpdateId
    raw: bytes
    had_effect: bool
    attempts: int
    alone: int


class SqlInbox:
    """The inbox within one transaction."""

    def __init__(
        self, connection: sa.Connection, now: datetime, process: int | None = None, touched: set[str] | None = None
    ) -> None:
        self._c, self._now, self._process = connection, now, process
        self._me = ALONE if process is None else process
        self._touched = set() if touched is None else touched

    def put(self, updates: Sequence[Arrived], room: int = 1_000_000) -> list[UpdateId]:
        """Store updates; the ids of those that are new and now in this process's hand, in order, at most `room` of
        them. Where others wait "inbox" is touched. A process that is alone leaves no room while something waits."""
        known = self._known(updates)
        fresh = {one.id: one for one in updates if one.id not in known}
        held = self._held({one.lane for one in fresh.values()})
        taken: list[UpdateId] = []
        for one in fresh.values():
            if len(taken) < room and one.lane not in held:
                taken.append(one.id)
            elif one.lane is not None:
                held.add(one.lane)
        mine = set(taken)
        if fresh:
            _PUT.run_many(self._c, [self._row(one, in_hand=one.id in mine) for one in fresh.values()])
        if len(fresh) > len(taken):
            self._touched.add(INBOX)
        return taken

    def _known(self, updates: Sequence[Arrived]) -> set[int]:
        ids = [one.id for one in updates]
        return set(self._c.execute(_KNOWN, {"low": min(ids), "high": max(ids)}).scalars()) if ids else set()

    def _held(self, lanes: set[str | None]) -> set[str | None]:
        """Those of the lanes in which updates wait or are in another process's hand."""
        asked = [lane for lane in lanes if lane is not None]
        if self._process is None or not asked:
            return set()
        return set(self._c.execute(_ELSEWHERE, {"lanes": asked, "me": self._me}).scalars())

    def _row(self, one: Arrived, *, in_hand: bool) -> dict[str, Any]:
        return {
            "id": one.id,
            "raw": one.raw,
            "received_at": self._now,
            "attempts": 1 if in_hand else 0,
            "alone": 0,
            "taken_by": self._me if in_hand else None,
            "lane": one.lane,
        }

    def release(self) -> None:
        """At the start of a process that is alone: nothing is in anybody's hand."""
        if self._process is None:
            self._c.execute(_RELEASE)

    def take(self, most: int = 1_000_000) -> list[Waiting]:
        """Take into hand what no living process has, oldest first; each counts as tried once more."""
        taking = _TAKE_ALONE if self._process is None else _TAKE_AMONG
        rows = sorted(self._c.execute(taking, {"me": self._me, "most": most}), key=lambda row: row[0])
        return [Waiting(UpdateId(r[0]), r[1], r[2] is not None, r[3], r[4]) for r in rows]

    def any_free(self) -> bool:
        """Whether some update is in no living process's hand, where there are several."""
        return bool(self._c.execute(_ANY_FREE).scalar_one())

    def unfinished(self, since: datetime) -> bool:
        """Whether something that had come by then is not handled yet, by whichever process."""
        return bool(self._c.execute(_OLDER, {"at": since}).scalar_one())

    def unheard(self, since: datetime) -> bool:
        """Whether something that had come by then has had no effect yet; its answer does not matter."""
        return bool(self._c.execute(_UNHEARD, {"at": since}).scalar_one())

    def bury(self, one: Arrived, why: str) -> None:
        """Store at once as a dead letter what can't be handled."""
        if self._c.execute(_KNOWN, {"low": one.id, "high": one.id}).first() is None:
            _PUT.run_many(self._c, [self._row(one, in_hand=True)])
            self.finish([(one.id, why)])

    def try_alone(self, update: UpdateId) -> None:
        """Note that an update is about to be handled with no other in hand."""
        self._c.execute(_ALONE, {"row": update})

    def last(self) -> UpdateId | None:
        found = self._c.execute(_LAST).scalar()
        return None if found is None else UpdateId(found)

    def mark_effect(self, update: UpdateId) -> None:
        """Note, in the unit that has the effect, that it is being had. Raises AlreadyDone on a second time, and where
        others have taken over from this process."""
        if _EFFECT.run(self._c, {"row": update, "at": self._now, "me": self._me}) == 0:
            raise AlreadyDone(update)

    def finish(self, updates: Sequence[tuple[UpdateId, str | None]]) -> None:
        """Mark updates handled; with an error they are the dead letters. What others have taken over stays theirs."""
        same = {"at": self._now, "me": self._me}
        _DONE.run_many(self._c, [{"row": update, "why": why, **same} for update, why in updates])

    def dead(self) -> list[tuple[UpdateId, str]]:
        return [(UpdateId(row.id), row.error) for row in self._c.execute(_DEAD)]

    def last_old(self, before: datetime) -> int:
        """The last handled update from before then; a look through all of them."""
        return self._c.execute(_LAST_OLD, {"before": before}).scalar() or 0

    def purge(self, before: datetime, upto: int = ALL, most: int = ALL) -> int:
        """Forget handled updates that are old, of those up to an id so many at most; dead letters stay."""
        return int(self._c.execute(_PURGE, {"before": before, "upto": upto, "most": most}).rowcount)
