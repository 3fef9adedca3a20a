"""What the tables tell about the health of an installation, asked every few seconds: each question has its index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.backups.rows import last_good
from storage.base import UtcDateTime, table
from storage.deadlines import DeadlineRow
from storage.inbox import InboxRow
from storage.outbox import PENDING_ONLY, NoticeRow
from storage.processes import ALIVE
from storage.rounds import OutageRow, PulseRow

_D, _I, _N, _P = table(DeadlineRow), table(InboxRow), table(NoticeRow), table(PulseRow)
_OPEN = _I.c.done_at.is_(None)
_NOW = sa.bindparam("at", type_=UtcDateTime)

FIRST_DUE = sa.select(_D.c.due_at).where(_D.c.done_at.is_(None), _D.c.due_at <= _NOW).order_by(_D.c.due_at).limit(1)
OPEN_UPDATES = sa.select(sa.func.count(_I.c.id)).where(_OPEN)
OLDEST_UPDATE = sa.select(_I.c.received_at).where(_OPEN).order_by(_I.c.id).limit(1)
DEAD_LETTERS = sa.select(sa.func.count()).select_from(_I).where(_I.c.error.is_not(None))
PENDING_NOTICES = sa.select(sa.func.count(_N.c.id)).where(PENDING_ONLY)
# made in the order of their ids; one that was held back counts from when it may leave
OLDEST_NOTICE = (
    sa.select(_N.c.created_at, _N.c.not_before)
    .where(PENDING_ONLY, sa.or_(_N.c.not_before.is_(None), _N.c.not_before <= _NOW))
    .order_by(_N.c.id)
    .limit(1)
)
PULSE = sa.select(_P.c.first_at, _P.c.last_at)
OUTAGES = sa.select(sa.func.count()).select_from(table(OutageRow))
LIVING = ALIVE.order_by(sa.column("id"))


@dataclass(frozen=True, slots=True)
class Vitals:
    """Counts, and how old in seconds the oldest of its kind is; None where there is none."""

    bell_lag: float  # by how much the oldest deadline that is due and not rung is late
    pulse_age: float | None  # since the bell last showed life
    open_updates: int
    oldest_update: float | None
    dead_letters: int
    pending_notices: int
    oldest_notice: float | None  # of those that could be sent now
    outages: int
    backup_age: float | None  # since the last good backup; where there is none, since the first sign of life
    processes: tuple[int, ...]  # the living ones, the leader first; empty on a file


def vitals(connection: sa.Connection, now: datetime) -> Vitals:
    """One look at the tables."""
    due = connection.execute(FIRST_DUE, {"at": now}).scalar()
    notice = connection.execute(OLDEST_NOTICE, {"at": now}).first()
    pulse = connection.execute(PULSE).first()
    first, last = (None, None) if pulse is None else (pulse.first_at, pulse.last_at)
    server = connection.dialect.name != "sqlite"
    return Vitals(
        bell_lag=_age(due, now) or 0.0,
        pulse_age=_age(last, now),
        open_updates=_count(connection, OPEN_UPDATES),
        oldest_update=_age(connection.execute(OLDEST_UPDATE).scalar(), now),
        dead_letters=_count(connection, DEAD_LETTERS),
        pending_notices=_count(connection, PENDING_NOTICES),
        oldest_notice=None if notice is None else _age(notice.not_before or notice.created_at, now),
        outages=_count(connection, OUTAGES),
        backup_age=_age(last_good(connection) or first, now),
        processes=tuple(connection.execute(LIVING).scalars()) if server else (),
    )


def _count(connection: sa.Connection, question: sa.Select[Any]) -> int:
    return int(connection.execute(question).scalar_one())


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())
