"""The ledger's entries. Rows are inserted, never updated or deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import EntryId, PersonId
from core.ledger import Effect, Entry, NewEntry
from storage.base import Base, Json, UtcDateTime, insert_ignoring, table


class EntryRow(Base):
    __tablename__ = "ledger"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    clause: Mapped[str] = mapped_column(sa.String(40))
    effect: Mapped[str] = mapped_column(sa.String(12))
    amount: Mapped[int]
    subject: Mapped[str] = mapped_column(sa.String(60), index=True)
    evidence: Mapped[Any] = mapped_column(Json)
    in_force: Mapped[bool]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reverses: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    rulebook_version: Mapped[str | None] = mapped_column(sa.String(20))


class WithheldRow(Base):
    """A withheld allocation that was used up: which entry it came from, and what was withheld."""

    __tablename__ = "withheld"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    subject: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_T, _W = table(EntryRow), table(WithheldRow)
_PUT = insert_ignoring(EntryRow, on=["key"])
_BY_KEY = sa.select(_T).where(_T.c.key == sa.bindparam("k"))
_GET = sa.select(_T).where(_T.c.id == sa.bindparam("row"))
_OF_PERSON = sa.select(_T).where(_T.c.person_id == sa.bindparam("who")).order_by(_T.c.id.desc())
_OF_SUBJECT = sa.select(_T).where(_T.c.subject == sa.bindparam("about")).order_by(_T.c.id)
_REVERSED = sa.select(_T).where(_T.c.reverses == sa.bindparam("row"))
_R = _T.alias("reversal")
_OWED = (
    sa.select(sa.func.coalesce(sa.func.sum(_T.c.amount), 0))
    .outerjoin(_R, _R.c.reverses == _T.c.id)
    .where(_T.c.person_id == sa.bindparam("who"), _T.c.effect == Effect.WITHHOLD, _T.c.in_force, _R.c.id.is_(None))
)
_USED = sa.select(sa.func.count()).select_from(_W).where(_W.c.person_id == sa.bindparam("who"))


def entry_from(row: Any) -> Entry:
    return Entry(
        EntryId(row.id),
        PersonId(row.person_id),
        row.clause,
        Effect(row.effect),
        row.amount,
        row.subject,
        row.evidence,
        row.in_force,
        None if row.decided_by is None else PersonId(row.decided_by),
        None if row.reverses is None else EntryId(row.reverses),
        row.at,
        row.rulebook_version or "",
    )


class SqlLedger:
    """The ledger within one unit of work."""

    def __init__(self, connection: sa.Connection, version: str) -> None:
        self._c, self._version = connection, version

    def add(self, entry: NewEntry) -> Entry | None:
        values = {
            "key": entry.key,
            "person_id": entry.person,
            "clause": entry.clause,
            "effect": entry.effect,
            "amount": entry.amount,
            "subject": entry.subject,
            "evidence": dict(entry.evidence),
            "in_force": entry.in_force,
            "decided_by": entry.decided_by,
            "reverses": entry.reverses,
            "at": entry.at,
            "rulebook_version": self._version,
        }
        if self._c.execute(_PUT[self._c.dialect.name], values).rowcount == 0:
            return None
        return entry_from(self._c.execute(_BY_KEY, {"k": entry.key}).one())

    def get(self, entry: EntryId) -> Entry:
        row = self._c.execute(_GET, {"row": entry}).first()
        if row is None:
            raise NotFound("entry", str(entry))
        return entry_from(row)

    def of_person(self, person: PersonId, since: datetime | None = None) -> list[Entry]:
        found = [entry_from(row) for row in self._c.execute(_OF_PERSON, {"who": person})]
        return [entry for entry in found if since is None or entry.at >= since]

    def of_subject(self, subject: str) -> list[Entry]:
        return [entry_from(row) for row in self._c.execute(_OF_SUBJECT, {"about": subject})]

    def reversed_by(self, entry: EntryId) -> Entry | None:
        row = self._c.execute(_REVERSED, {"row": entry}).first()
        return None if row is None else entry_from(row)

    def withheld(self, person: PersonId) -> int:
        owed = self._c.execute(_OWED, {"who": person}).scalar_one()
        used = self._c.execute(_USED, {"who": person}).scalar_one()
        return max(0, int(owed) - int(used))

    def use_withheld(self, person: PersonId, subject: str, at: datetime) -> bool:
        if self.withheld(person) == 0:
            return False
        self._c.execute(sa.insert(_W), {"person_id": person, "subject": subject, "at": at})
        return True
