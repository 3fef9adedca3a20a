"""The ledger's entries. Rows are inserted, never updated or deleted; what has become of an entry follows from its
reversal and from the appeals against its case."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import EntryId, PersonId
from core.ledger import UNDECIDED, Case, Effect, Entry, NewEntry, Record, Span
from storage.appeals import AppealRow
from storage.base import Base, Json, UtcDateTime, insert_ignoring, table

_PAUSING = sa.text("until IS NOT NULL")


class EntryRow(Base):
    """An entry. `case_id` is the first entry of its case; empty for the first one itself."""

    __tablename__ = "ledger"
    __table_args__ = (
        sa.Index("ix_ledger_at", "at"),
        sa.Index("ix_ledger_until", "person_id", sqlite_where=_PAUSING, postgresql_where=_PAUSING),
    )
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
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger.id"), index=True)
    cause: Mapped[str] = mapped_column(sa.Text, server_default="")
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appeal_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    instead_of: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger.id"))


class WithheldRow(Base):
    """A withheld allocation that was used up: which entry it came from, and what was withheld."""

    __tablename__ = "withheld"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    subject: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_T, _W, _A = table(EntryRow), table(WithheldRow), table(AppealRow)
_PUT = {name: put.returning(_T) for name, put in insert_ignoring(EntryRow, on=["key"], numbered=True).items()}
_GET = sa.select(_T).where(_T.c.id == sa.bindparam("row"))
_OF_PERSON = sa.select(_T).where(_T.c.person_id == sa.bindparam("who")).order_by(_T.c.id.desc())
_OF_SUBJECT = sa.select(_T).where(_T.c.subject == sa.bindparam("about")).order_by(_T.c.id)
_REVERSED = sa.select(_T).where(_T.c.reverses == sa.bindparam("row"))
_R = _T.alias("reversal")
_CASE = sa.func.coalesce(_T.c.case_id, _T.c.id)
_FROZEN = sa.exists().where(_A.c.case_id == _CASE, _A.c.state.in_([state.value for state in UNDECIDED]))
_OWED = (
    sa.select(sa.func.coalesce(sa.func.sum(_T.c.amount), 0))
    .outerjoin(_R, _R.c.reverses == _T.c.id)
    .where(
        _T.c.person_id == sa.bindparam("who"),
        _T.c.effect == Effect.WITHHOLD,
        _T.c.in_force,
        _R.c.id.is_(None),
        ~_FROZEN,
    )
)
_USED = sa.select(sa.func.count()).select_from(_W).where(_W.c.person_id == sa.bindparam("who"))
_RECORDS = (
    sa.select(_T, _R.c.at.label("reversed_at"))
    .outerjoin(_R, _R.c.reverses == _T.c.id)
    .where(_T.c.effect != Effect.REVERSAL)
    .order_by(_T.c.id)
)
_OF_CASE = _RECORDS.where(sa.or_(_T.c.id == sa.bindparam("head"), _T.c.case_id == sa.bindparam("head")))
_BREACHES = _RECORDS.where(
    _T.c.person_id == sa.bindparam("who"), _T.c.clause == sa.bindparam("rule"), _T.c.at >= sa.bindparam("since")
)
_PAUSES = _RECORDS.where(_T.c.until.is_not(None), _T.c.in_force, _R.c.id.is_(None))
_PAUSES_OF = _PAUSES.where(_T.c.person_id == sa.bindparam("who"))
_TOUCHED_APPEAL = sa.exists().where(
    _A.c.case_id == _CASE,
    sa.or_(
        _A.c.filed_at.between(sa.bindparam("start"), sa.bindparam("end")),
        _A.c.ended_at.between(sa.bindparam("start"), sa.bindparam("end")),
    ),
)
_TOUCHED = _RECORDS.where(
    sa.or_(
        _T.c.at.between(sa.bindparam("start"), sa.bindparam("end")),
        _R.c.at.between(sa.bindparam("start"), sa.bindparam("end")),
        _TOUCHED_APPEAL,
    )
)
_TOUCHED_OF = _TOUCHED.where(_T.c.person_id.in_(sa.bindparam("people", expanding=True)))
_SPANS = (
    sa.select(_A.c.case_id, _A.c.filed_at, _A.c.ended_at)
    .where(_A.c.case_id.in_(sa.bindparam("cases", expanding=True)))
    .order_by(_A.c.id)
)


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
        EntryId(row.id if row.case_id is None else row.case_id),
        row.cause,
        row.until,
        row.appeal_by,
        None if row.instead_of is None else EntryId(row.instead_of),
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
            "case_id": entry.case,
            "cause": entry.cause,
            "until": entry.until,
            "appeal_by": entry.appeal_by,
            "instead_of": entry.instead_of,
        }
        row = self._c.execute(_PUT[self._c.dialect.name], values).first()
        return None if row is None else entry_from(row)

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

    def case(self, entry: EntryId) -> Case:
        found = self.get(entry)
        records = self._records(_OF_CASE, {"head": found.case})
        if not records:
            raise NotFound("entry", str(entry))
        return Case(found.case, found.person, tuple(records))

    def records(self, people: Collection[PersonId] | None, start: datetime, end: datetime) -> list[Record]:
        if people is None:
            return self._records(_TOUCHED, {"start": start, "end": end})
        return self._records(_TOUCHED_OF, {"start": start, "end": end, "people": list(people)})

    def breaches(self, person: PersonId, clause: str, since: datetime) -> list[Record]:
        return self._records(_BREACHES, {"who": person, "rule": clause, "since": since})

    def pauses(self, person: PersonId | None = None) -> list[Record]:
        return self._records(_PAUSES, {}) if person is None else self._records(_PAUSES_OF, {"who": person})

    def _records(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[Record]:
        """The entries with what has become of them."""
        rows = self._c.execute(statement, values).all()
        entries = [entry_from(row) for row in rows]
        spans = self._spans({entry.case for entry in entries})
        return [
            Record(entry, row.reversed_at, tuple(spans.get(entry.case, ())))
            for entry, row in zip(entries, rows, strict=True)
        ]

    def _spans(self, cases: Iterable[EntryId]) -> dict[EntryId, list[Span]]:
        found: dict[EntryId, list[Span]] = {}
        wanted = list(cases)
        for row in self._c.execute(_SPANS, {"cases": wanted}) if wanted else ():
            found.setdefault(EntryId(row.case_id), []).append(Span(row.filed_at, row.ended_at))
        return found

    def withheld(self, person: PersonId) -> int:
        owed = self._c.execute(_OWED, {"who": person}).scalar_one()
        used = self._c.execute(_USED, {"who": person}).scalar_one()
        return max(0, int(owed) - int(used))

    def use_withheld(self, person: PersonId, subject: str, at: datetime) -> bool:
        if self.withheld(person) == 0:
            return False
        self._c.execute(sa.insert(_W), {"person_id": person, "subject": subject, "at": at})
        return True
