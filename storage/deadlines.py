"""Deadlines as rows. A firing is valid only while its generation is the present one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.deadlines import Deadline, DeadlineKind, Moved
from core.hours import Due, Reckoning, Unit
from core.ids import DeadlineId, DepartmentId, PersonId
from storage.base import Base, Json, UtcDateTime, table
from storage.compiled import Compiled

OPEN_ONLY = sa.text("done_at IS NULL")
RECKONED = sa.text("done_at IS NULL AND person_id IS NOT NULL")
PROVISIONAL = sa.text("done_at IS NULL AND provisional")


class DeadlineRow(Base):
    __tablename__ = "deadlines"
    __table_args__ = (
        sa.UniqueConstraint("subject", "kind"),
        sa.Index(
            "ix_deadlines_open",
            "due_at",
            sqlite_where=OPEN_ONLY,
            postgresql_where=OPEN_ONLY,
        ),
        sa.Index("ix_deadlines_person", "person_id", sqlite_where=RECKONED, postgresql_where=RECKONED),
        sa.Index("ix_deadlines_provisional", "id", sqlite_where=PROVISIONAL, postgresql_where=PROVISIONAL),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(60))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    generation: Mapped[int]
    clause: Mapped[str | None] = mapped_column(sa.String(40))
    rulebook_version: Mapped[str] = mapped_column(sa.String(20))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None]  # by whose hours it was computed
    reckoning: Mapped[Any] = mapped_column(Json, nullable=True)
    provisional: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    moved_for: Mapped[str | None] = mapped_column(sa.String(10))


_T = table(DeadlineRow)
_OPEN = _T.c.done_at.is_(None)


_OPENED_WITH = ("due_at", "opened_at", "clause", "rulebook_version", "person_id", "reckoning", "provisional")


def _opening(insert: Any) -> Any:
    """One row for (subject, kind): opening it again moves it, under a new generation."""
    moved = {name: insert.excluded[name] for name in _OPENED_WITH}
    anew = {"generation": _T.c.generation + 1, "done_at": None, "moved_for": None}
    return insert.on_conflict_do_update(index_elements=["subject", "kind"], set_={**moved, **anew})


_OPEN_OR_MOVE = Compiled(
    {"sqlite": _opening(sqlite.insert(_T)), "postgresql": _opening(postgresql.insert(_T))},
    ["kind", "subject", "generation", *_OPENED_WITH],
)
_CANCEL = sa.update(_T).where(_T.c.subject == sa.bindparam("of"), _OPEN).values(done_at=sa.bindparam("at"))
_CANCEL_KINDS = _CANCEL.where(_T.c.kind.in_(sa.bindparam("kinds", expanding=True)))
_OF_SUBJECT = sa.select(_T).where(_T.c.subject == sa.bindparam("of"), _OPEN).order_by(_T.c.due_at)
_ALL_OF_SUBJECT = sa.select(_T).where(_T.c.subject == sa.bindparam("of")).order_by(_T.c.due_at, _T.c.id)
RECKONED_FOR = sa.select(_T).where(RECKONED, _T.c.person_id == sa.bindparam("who")).order_by(_T.c.due_at, _T.c.id)
NOT_OFFICIAL = sa.select(_T).where(PROVISIONAL).order_by(_T.c.id)
_MOVE = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.generation == sa.bindparam("gen"), _OPEN)
    .values(
        due_at=sa.bindparam("until"),
        generation=_T.c.generation + 1,
        provisional=sa.bindparam("unsure"),
        moved_for=sa.bindparam("why"),
    )
    .returning(_T)
)
DUE = sa.select(_T).where(_T.c.due_at <= sa.bindparam("at"), _OPEN).order_by(_T.c.due_at, _T.c.id).limit(200)
NEXT_DUE = sa.select(_T.c.due_at).where(_T.c.due_at > sa.bindparam("at"), _OPEN).order_by(_T.c.due_at).limit(1)
PENDING = sa.select(_T).where(_OPEN).order_by(_T.c.due_at, _T.c.id).limit(sa.bindparam("most"))
_FINISH = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.generation == sa.bindparam("gen"), _OPEN)
    .values(done_at=sa.bindparam("at"))
)
_DEFER = (
    sa.update(_T)
    .where(_T.c.due_at >= sa.bindparam("start"), _T.c.due_at < sa.bindparam("until"), _OPEN)
    .values(due_at=sa.bindparam("until"), generation=_T.c.generation + 1, moved_for=Moved.OUTAGE)
    .returning(_T)
)


def deadline_from(row: Any) -> Deadline:
    return Deadline(
        DeadlineId(row.id),
        DeadlineKind(row.kind),
        row.subject,
        row.due_at,
        row.opened_at,
        row.generation,
        row.clause,
        row.rulebook_version,
        _reckoning_from(row),
        row.provisional,
        None if row.moved_for is None else Moved(row.moved_for),
        row.done_at,
    )


def _reckoning_from(row: Any) -> Reckoning | None:
    kept = row.reckoning
    if kept is None:
        return None
    department = kept.get("department")
    return Reckoning(
        Unit(kept["unit"]),
        kept["amount"],
        datetime.fromisoformat(kept["start"]),
        None if row.person_id is None else PersonId(row.person_id),
        None if department is None else DepartmentId(department),
    )


def _kept(due: datetime | Due) -> dict[str, Any]:
    """The columns that a due time fills."""
    if isinstance(due, datetime):
        return {"due_at": due, "person_id": None, "reckoning": None, "provisional": False}
    how = due.reckoning
    kept = {"unit": how.unit, "amount": how.amount, "start": how.start}
    if how.department is not None:
        kept["department"] = how.department
    return {"due_at": due.at, "person_id": how.person, "reckoning": kept, "provisional": due.provisional}


class SqlDeadlines:
    """Deadlines within one unit of work."""

    def __init__(
        self, connection: sa.Connection, now: datetime, version: str, on_cancel: Callable[[str], None]
    ) -> None:
        self._c, self._now, self._version, self._on_cancel = connection, now, version, on_cancel

    def open(self, kind: DeadlineKind, subject: str, due: datetime | Due, clause: str | None = None) -> None:
        _OPEN_OR_MOVE.later(
            self._c,
            {
                "kind": kind,
                "subject": subject,
                **_kept(due),
                "opened_at": self._now,
                "generation": 1,
                "clause": clause,
                "rulebook_version": self._version,
            },
        )

    def cancel(self, subject: str, *kinds: DeadlineKind) -> None:
        if kinds:
            self._c.execute(_CANCEL_KINDS, {"of": subject, "at": self._now, "kinds": list(kinds)})
        else:
            self._c.execute(_CANCEL, {"of": subject, "at": self._now})
        self._on_cancel(subject)

    def due_of(self, subject: str, kind: DeadlineKind) -> datetime | None:
        return next((d.due_at for d in self.open_of(subject) if d.kind == kind), None)

    def open_of(self, subject: str) -> list[Deadline]:
        return [deadline_from(row) for row in self._c.execute(_OF_SUBJECT, {"of": subject})]

    def all_of(self, subject: str) -> list[Deadline]:
        return [deadline_from(row) for row in self._c.execute(_ALL_OF_SUBJECT, {"of": subject})]

    def reckoned_for(self, person: PersonId) -> list[Deadline]:
        return [deadline_from(row) for row in self._c.execute(RECKONED_FOR, {"who": person})]

    def provisional(self) -> list[Deadline]:
        return [deadline_from(row) for row in self._c.execute(NOT_OFFICIAL)]

    def move(self, deadline: Deadline, due: Due, why: Moved) -> Deadline | None:
        values = {
            "row": deadline.id,
            "gen": deadline.generation,
            "until": due.at,
            "unsure": due.provisional,
            "why": why,
        }
        row = self._c.execute(_MOVE, values).first()
        return None if row is None else deadline_from(row)

    # What the bell asks for ----------------------------------------------------------------------------

    def due(self) -> list[Deadline]:
        """Open deadlines whose instant has come, soonest first."""
        return [deadline_from(row) for row in self._c.execute(DUE, {"at": self._now})]

    def pending(self, most: int) -> list[Deadline]:
        return [deadline_from(row) for row in self._c.execute(PENDING, {"most": most})]

    def next_due(self) -> datetime | None:
        """The next instant that has not come yet. What is due and could not be rung is no reason to look again
        at once."""
        found: datetime | None = self._c.execute(NEXT_DUE, {"at": self._now}).scalar()
        return found

    def finish(self, deadline: Deadline) -> bool:
        """Mark this very generation done; False where it was moved, cancelled or rung already."""
        done = self._c.execute(_FINISH, {"row": deadline.id, "gen": deadline.generation, "at": self._now})
        return bool(done.rowcount)

    def defer(self, start: datetime, until: datetime) -> list[Deadline]:
        """Move what fell due from `start` on to `until` (P21); the moved ones, as they are now."""
        return [deadline_from(row) for row in self._c.execute(_DEFER, {"start": start, "until": until})]
