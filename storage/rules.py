"""The editions of the rulebook, and what was decided in the chat about its clauses (RULE-3, RULE-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import PersonId
from core.ledger import Effect
from core.rulebook import Change, Rulebook
from core.rulebook.content import written_out
from core.rules.model import (
    Cause,
    Edition,
    EditionId,
    Mark,
    NewEdition,
    Switch,
    SwitchId,
    SwitchState,
    WouldHave,
)
from storage.base import Base, Json, UtcDateTime, insert_ignoring, table
from storage.ledger import EntryRow

RULEBOOK = "rulebook"  # what a unit of work touches that changes what is in force
PLANNED_ONLY = sa.text("state = 'planned'")
STANDING_ONLY = sa.text("state = 'standing'")


class RulebookRow(Base):
    """A company's file as it once was, whole."""

    __tablename__ = "rulebooks"
    version: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    content: Mapped[str] = mapped_column(sa.Text)


class EditionRow(Base):
    """The rulebook from an instant on. Rows are inserted, never changed."""

    __tablename__ = "rulebook_editions"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(20), index=True)
    base: Mapped[str] = mapped_column(sa.ForeignKey("rulebooks.version"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    in_force: Mapped[Any] = mapped_column(Json)
    cause: Mapped[str] = mapped_column(sa.String(12))
    by: Mapped[str] = mapped_column(sa.String(120))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    changes: Mapped[Any] = mapped_column(Json)
    marks: Mapped[Any] = mapped_column(Json)
    follows: Mapped[int] = mapped_column(unique=True)


class SwitchRow(Base):
    """A decision that a clause is in force, or in shadow, from an instant on."""

    __tablename__ = "clause_switches"
    __table_args__ = (
        sa.Index(
            "uq_clause_switches_planned",
            "clause",
            unique=True,
            sqlite_where=PLANNED_ONLY,
            postgresql_where=PLANNED_ONLY,
        ),
        sa.Index(
            "uq_clause_switches_standing",
            "clause",
            unique=True,
            sqlite_where=STANDING_ONLY,
            postgresql_where=STANDING_ONLY,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    clause: Mapped[str] = mapped_column(sa.String(80))
    in_force: Mapped[bool]
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(12))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    by: Mapped[str] = mapped_column(sa.String(120))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    called_off_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    called_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Standing(NamedTuple):
    """What is in force, as it is recorded: the latest edition, the file it was made from, the switches over it."""

    edition: Edition
    content: str
    switches: list[Switch]


_B, _E, _S, _L = table(RulebookRow), table(EditionRow), table(SwitchRow), table(EntryRow)
_LATEST = sa.select(_E).order_by(_E.c.id.desc()).limit(sa.bindparam("most"))
LATEST_MARK = sa.select(
    sa.select(sa.func.max(_E.c.id)).scalar_subquery(),
    sa.select(sa.func.max(_S.c.id)).scalar_subquery(),
    sa.select(sa.func.max(_S.c.called_off_at)).scalar_subquery(),
)
_BEFORE = sa.select(_E).where(_E.c.since < sa.bindparam("at")).order_by(_E.c.id.desc()).limit(1)
OF_VERSION = sa.select(_E).where(_E.c.version == sa.bindparam("v")).order_by(_E.c.id.desc()).limit(1)
_CONTENT = sa.select(_B.c.content).where(_B.c.version == sa.bindparam("v"))
_RECORD = {
    "sqlite": sqlite.insert(_E).on_conflict_do_nothing(index_elements=["follows"]).returning(_E),
    "postgresql": postgresql.insert(_E).on_conflict_do_nothing(index_elements=["follows"]).returning(_E),
}
_KEEP = insert_ignoring(RulebookRow, on=["version"])
_LIVE = (
    sa.select(_S).where(_S.c.state.in_([SwitchState.PLANNED, SwitchState.STANDING])).order_by(_S.c.from_at, _S.c.id)
)
_ONE = sa.select(_S).where(_S.c.id == sa.bindparam("row"))
_PLAN = {
    "sqlite": sqlite.insert(_S).on_conflict_do_nothing().returning(_S),
    "postgresql": postgresql.insert(_S).on_conflict_do_nothing().returning(_S),
}
_BECOME = (
    sa.update(_S)
    .where(_S.c.id == sa.bindparam("row"), _S.c.state == SwitchState.PLANNED)
    .values(state=sa.bindparam("becomes"))
)
_CALL_OFF = (
    sa.update(_S)
    .where(_S.c.id == sa.bindparam("row"), _S.c.state == SwitchState.PLANNED)
    .values(state=SwitchState.CALLED_OFF, called_off_by=sa.bindparam("who"), called_off_at=sa.bindparam("at"))
)
_END = (
    sa.update(_S)
    .where(
        _S.c.clause.in_(sa.bindparam("clauses", expanding=True)), _S.c.state.in_(sa.bindparam("was", expanding=True))
    )
    .values(state=SwitchState.ENDED)
)
_BACK = _L.alias("reversal")
_WOULD_HAVE = (
    sa.select(
        _L.c.clause,
        _L.c.effect,
        sa.func.count().label("entries"),
        sa.func.coalesce(sa.func.sum(_L.c.amount), 0).label("amount"),
        sa.func.count(_L.c.person_id.distinct()).label("people"),
    )
    .outerjoin(_BACK, _BACK.c.reverses == _L.c.id)
    .where(
        sa.not_(_L.c.in_force),
        _L.c.effect != Effect.REVERSAL,
        _L.c.at >= sa.bindparam("since"),
        _L.c.at < sa.bindparam("until"),
        _BACK.c.id.is_(None),
    )
    .group_by(_L.c.clause, _L.c.effect)
    .order_by(sa.desc("entries"), _L.c.clause, _L.c.effect)
)


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def edition_from(row: Any) -> Edition:
    return Edition(
        row.version,
        row.base,
        row.since,
        frozenset(row.in_force),
        Cause(row.cause),
        row.by,
        None if row.person_id is None else PersonId(row.person_id),
        tuple(Change(*change) for change in row.changes),
        {clause: Mark(_instant(changed), _instant(since)) for clause, (changed, since) in row.marks.items()},
        EditionId(row.follows),
        EditionId(row.id),
    )


def switch_from(row: Any) -> Switch:
    return Switch(
        SwitchId(row.id),
        row.clause,
        row.in_force,
        row.from_at,
        SwitchState(row.state),
        PersonId(row.person_id),
        row.by,
        row.decided_at,
    )


def _marks(marks: Mapping[str, Mark]) -> dict[str, list[datetime | None]]:
    return {clause: [mark.changed_at, mark.in_force_since] for clause, mark in marks.items()}


class SqlRules:
    """Editions and switches within one unit of work. What it writes is noted in `touched`."""

    def __init__(self, connection: sa.Connection, touched: set[str]) -> None:
        self._c, self._touched = connection, touched

    def latest(self) -> Edition | None:
        return next(iter(self.history(1)), None)

    def latest_mark(self) -> tuple[object, ...]:
        """Differs from before when another edition was recorded, or a switch planned or called off."""
        return tuple(self._c.execute(LATEST_MARK).one())

    def history(self, most: int) -> list[Edition]:
        return [edition_from(row) for row in self._c.execute(_LATEST, {"most": most})]

    def edition(self, version: str) -> Edition | None:
        row = self._c.execute(OF_VERSION, {"v": version}).first()
        return None if row is None else edition_from(row)

    def content(self, base: str) -> str | None:
        found: str | None = self._c.execute(_CONTENT, {"v": base}).scalar()
        return found

    def record(self, edition: NewEdition, book: Rulebook) -> Edition | None:
        self._touched.add(RULEBOOK)
        self._c.execute(_KEEP[self._c.dialect.name], {"version": edition.base, "content": written_out(book)})
        values = {
            "version": edition.version,
            "base": edition.base,
            "since": edition.since,
            "in_force": sorted(edition.in_force),
            "cause": edition.cause,
            "by": edition.by,
            "person_id": edition.person,
            "changes": [[change.key, change.old, change.new] for change in edition.changes],
            "marks": _marks(edition.marks),
            "follows": edition.follows,
        }
        row = self._c.execute(_RECORD[self._c.dialect.name], values).first()
        return None if row is None else edition_from(row)

    def before(self, at: datetime) -> Edition | None:
        row = self._c.execute(_BEFORE, {"at": at}).first()
        return None if row is None else edition_from(row)

    def standing(self) -> Standing | None:
        """What is in force, as it is recorded; None before anything was."""
        edition = self.latest()
        content = None if edition is None else self.content(edition.base)
        return None if edition is None or content is None else Standing(edition, content, self.switches())

    def switches(self) -> list[Switch]:
        return [switch_from(row) for row in self._c.execute(_LIVE)]

    def switch(self, switch: SwitchId) -> Switch:
        row = self._c.execute(_ONE, {"row": switch}).first()
        if row is None:
            raise NotFound("switch", str(switch))
        return switch_from(row)

    def plan(
        self, clause: str, in_force: bool, from_at: datetime, person: PersonId, by: str, at: datetime
    ) -> Switch | None:
        self._touched.add(RULEBOOK)
        values = {
            "clause": clause,
            "in_force": in_force,
            "from_at": from_at,
            "state": SwitchState.PLANNED,
            "person_id": person,
            "by": by,
            "decided_at": at,
        }
        row = self._c.execute(_PLAN[self._c.dialect.name], values).first()
        return None if row is None else switch_from(row)

    def settle(self, switch: Switch) -> bool:
        before = self._c.execute(_ONE, {"row": switch.id}).first()
        if before is None or before.state != SwitchState.PLANNED:
            return False
        self.end([switch.clause], SwitchState.STANDING)
        return bool(self._c.execute(_BECOME, {"row": switch.id, "becomes": SwitchState.STANDING}).rowcount)

    def call_off(self, switch: Switch, person: PersonId, at: datetime) -> bool:
        done = self._c.execute(_CALL_OFF, {"row": switch.id, "who": person, "at": at})
        self._touched.add(RULEBOOK)
        return bool(done.rowcount)

    def end(self, clauses: Sequence[str], *states: SwitchState) -> None:
        if clauses:
            self._touched.add(RULEBOOK)
            self._c.execute(_END, {"clauses": list(clauses), "was": list(states)})

    def would_have(self, since: datetime, until: datetime) -> list[WouldHave]:
        found = self._c.execute(_WOULD_HAVE, {"since": since, "until": until})
        return [WouldHave(row.clause, row.effect, row.entries, int(row.amount), row.people) for row in found]
