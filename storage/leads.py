"""Leads and their events. Ownership changes by conditional updates only (P27)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import GroupId, LeadId, PersonId
from core.leads import OPEN, OWNED, EventKind, Lead, LeadEvent, LeadState, NewLead, Result
from storage.base import Base, Json, UtcDateTime, insert_ignoring, table


class LeadRow(Base):
    """A lead. `open_phone` holds the phone while the lead is open, so that a second open one can't be added."""

    __tablename__ = "leads"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(80))
    company: Mapped[str] = mapped_column(sa.String(80), index=True)
    phone: Mapped[str] = mapped_column(sa.String(20))
    open_phone: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    need: Mapped[str] = mapped_column(sa.Text)
    region: Mapped[str] = mapped_column(sa.String(60))
    expected: Mapped[int] = mapped_column(sa.BigInteger)
    klass: Mapped[str] = mapped_column(sa.String(20))
    urgent: Mapped[bool]
    registered_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    registered_name: Mapped[str] = mapped_column(sa.String(140))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(12), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    owner_name: Mapped[str] = mapped_column(sa.String(140))
    owner_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    turn: Mapped[int]
    groups: Mapped[Any] = mapped_column(Json)


class LeadEventRow(Base):
    """What happened to a lead. Rows are inserted, never changed."""

    __tablename__ = "lead_events"
    __table_args__ = (sa.Index("ix_lead_events_person_kind_at", "person_id", "kind", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("leads.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    who: Mapped[str] = mapped_column(sa.String(140))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(sa.Text)
    result: Mapped[str | None] = mapped_column(sa.String(20))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    day: Mapped[str | None] = mapped_column(sa.String(10))
    basis: Mapped[Any | None] = mapped_column(Json)


_T, _E = table(LeadRow), table(LeadEventRow)
_PUT = insert_ignoring(LeadRow, on=["open_phone"], numbered=True)
_OF_PHONE = sa.select(_T).where(_T.c.open_phone == sa.bindparam("number"))
_GET = sa.select(_T).where(_T.c.id == sa.bindparam("row"))
_IS_OPEN = sa.or_(*(_T.c.state == state.value for state in OPEN))
_THEIRS = (
    _T.c.id == sa.bindparam("row"),
    _T.c.owner_id == sa.bindparam("whose"),
    sa.or_(*(_T.c.state == state.value for state in OWNED)),
)
_TAKE = (
    sa.update(_T)
    .where(
        _T.c.id == sa.bindparam("row"),
        _T.c.owner_id.is_(None),
        _T.c.state.in_(sa.bindparam("from_states", expanding=True)),
    )
    .values(
        owner_id=sa.bindparam("who"),
        owner_name=sa.bindparam("label"),
        owner_since=sa.bindparam("since"),
        state=LeadState.HELD.value,
        turn=_T.c.turn + 1,
    )
)
_RELEASE = (
    sa.update(_T)
    .where(*_THEIRS)
    .values(
        owner_id=None,
        owner_name="",
        owner_since=None,
        contacted_at=None,
        recorded_at=None,
        state=sa.bindparam("becomes"),
    )
)
_HAND_OVER = (
    sa.update(_T)
    .where(*_THEIRS)
    .values(
        owner_id=sa.bindparam("who"),
        owner_name=sa.bindparam("label"),
        owner_since=sa.bindparam("since"),
        turn=_T.c.turn + 1,
    )
)
_CONTACT = (
    sa.update(_T)
    .where(*_THEIRS, _T.c.state == LeadState.HELD.value)
    .values(state=LeadState.CONTACTED.value, contacted_at=sa.bindparam("since"))
)
_RECORD = sa.update(_T).where(*_THEIRS, _T.c.recorded_at.is_(None)).values(recorded_at=sa.bindparam("since"))
_CLOSE = (
    sa.update(_T)
    .where(
        _T.c.id == sa.bindparam("row"),
        _T.c.state == sa.bindparam("was"),
        _T.c.owner_id.is_not_distinct_from(sa.bindparam("whose", type_=sa.Integer)),
    )
    .values(state=sa.bindparam("becomes"), closed_at=sa.bindparam("since"), open_phone=None)
)
_LOG = sa.insert(_E)
_EVENTS = sa.select(_E).where(_E.c.lead_id == sa.bindparam("row")).order_by(_E.c.id)
_STORY = (
    sa.select(*(column for column in _E.c if column.key != "basis"), sa.null().label("basis"))
    .where(_E.c.lead_id == sa.bindparam("row"))
    .order_by(_E.c.id)
)
_COUNT = (
    sa.select(sa.func.count())
    .select_from(_E)
    .where(
        _E.c.person_id == sa.bindparam("who"),
        _E.c.kind.in_(sa.bindparam("kinds", expanding=True)),
        _E.c.at >= sa.bindparam("since"),
    )
)
_OPEN = sa.select(_T).where(_IS_OPEN).order_by(_T.c.id)
_OPEN_OF = _OPEN.where(_T.c.owner_id == sa.bindparam("who"))
_REGISTERED = _OPEN.where(_T.c.registered_by == sa.bindparam("who"))
_OF_COMPANY = _OPEN.where(_T.c.company == sa.bindparam("key")).limit(1)
_HELD = sa.select(_T.c.owner_id, sa.func.count().label("held")).where(_IS_OPEN).group_by(_T.c.owner_id)


def lead_from(row: Any) -> Lead:
    return Lead(
        LeadId(row.id),
        row.source,
        row.name,
        row.company,
        row.phone,
        row.need,
        row.region,
        row.expected,
        row.klass,
        row.urgent,
        PersonId(row.registered_by),
        row.registered_name,
        row.registered_at,
        LeadState(row.state),
        None if row.owner_id is None else PersonId(row.owner_id),
        row.owner_name,
        row.owner_since,
        row.contacted_at,
        row.recorded_at,
        row.closed_at,
        row.turn,
        tuple(GroupId(group) for group in row.groups),
    )


def event_from(row: Any) -> LeadEvent:
    return LeadEvent(
        EventKind(row.kind),
        None if row.person_id is None else PersonId(row.person_id),
        row.who,
        row.at,
        row.text,
        None if row.result is None else Result(row.result),
        row.until,
        None if row.day is None else date.fromisoformat(row.day),
        row.basis,
    )


class SqlLeads:
    """The leads within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def add(self, new: NewLead) -> Lead | None:
        draft = new.draft
        values = {
            "source": draft.source,
            "name": draft.name,
            "company": new.company,
            "phone": draft.phone,
            "open_phone": draft.phone,
            "need": draft.need,
            "region": draft.region,
            "expected": draft.expected,
            "klass": new.klass,
            "urgent": draft.urgent,
            "registered_by": new.registered_by,
            "registered_name": new.registered_name,
            "registered_at": new.at,
            "state": new.state.value,
            "owner_name": "",
            "turn": 0,
            "groups": list(new.groups),
        }
        if self._c.execute(_PUT[self._c.dialect.name], values).rowcount == 0:
            return None
        return self.open_with_phone(draft.phone)

    def get(self, lead: LeadId) -> Lead:
        row = self._c.execute(_GET, {"row": lead}).first()
        if row is None:
            raise NotFound("lead", str(lead))
        return lead_from(row)

    def take(self, lead: LeadId, person: PersonId, label: str, at: datetime, states: Collection[LeadState]) -> bool:
        values = {"row": lead, "who": person, "label": label, "since": at, "from_states": [s.value for s in states]}
        return bool(self._c.execute(_TAKE, values).rowcount)

    def release(self, lead: LeadId, person: PersonId, becomes: LeadState) -> bool:
        values = {"row": lead, "whose": person, "becomes": becomes.value}
        return bool(self._c.execute(_RELEASE, values).rowcount)

    def hand_over(self, lead: LeadId, before: PersonId, after: PersonId, label: str, at: datetime) -> bool:
        values = {"row": lead, "whose": before, "who": after, "label": label, "since": at}
        return bool(self._c.execute(_HAND_OVER, values).rowcount)

    def contact(self, lead: LeadId, person: PersonId, at: datetime) -> bool:
        return bool(self._c.execute(_CONTACT, {"row": lead, "whose": person, "since": at}).rowcount)

    def record(self, lead: LeadId, person: PersonId, at: datetime) -> bool:
        return bool(self._c.execute(_RECORD, {"row": lead, "whose": person, "since": at}).rowcount)

    def close(self, lead: LeadId, was: LeadState, owner: PersonId | None, becomes: LeadState, at: datetime) -> bool:
        values = {"row": lead, "was": was.value, "whose": owner, "becomes": becomes.value, "since": at}
        return bool(self._c.execute(_CLOSE, values).rowcount)

    def log(self, lead: LeadId, event: LeadEvent) -> None:
        self._c.execute(
            _LOG,
            {
                "lead_id": lead,
                "kind": event.kind.value,
                "person_id": event.person,
                "who": event.who,
                "at": event.at,
                "text": event.text,
                "result": event.result.value if event.result else None,
                "until": event.until,
                "day": event.day.isoformat() if event.day else None,
                "basis": event.basis,
            },
        )

    def events(self, lead: LeadId) -> list[LeadEvent]:
        return [event_from(row) for row in self._c.execute(_EVENTS, {"row": lead})]

    def story(self, lead: LeadId) -> list[LeadEvent]:
        return [event_from(row) for row in self._c.execute(_STORY, {"row": lead})]

    def count(self, person: PersonId, kinds: Collection[EventKind], since: datetime) -> int:
        values = {"who": person, "kinds": [kind.value for kind in kinds], "since": since}
        return int(self._c.execute(_COUNT, values).scalar_one())

    def open_of(self, person: PersonId) -> list[Lead]:
        return self._all(_OPEN_OF, {"who": person})

    def open_counts(self) -> dict[PersonId, int]:
        return {PersonId(row.owner_id): row.held for row in self._c.execute(_HELD) if row.owner_id is not None}

    def registered_open(self, person: PersonId) -> list[Lead]:
        return self._all(_REGISTERED, {"who": person})

    def open(self) -> list[Lead]:
        return self._all(_OPEN, {})

    def open_with_phone(self, phone: str) -> Lead | None:
        return next(iter(self._all(_OF_PHONE, {"number": phone})), None)

    def open_with_company(self, company: str) -> Lead | None:
        return next(iter(self._all(_OF_COMPANY, {"key": company})), None)

    def _all(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[Lead]:
        return [lead_from(row) for row in self._c.execute(statement, values)]
