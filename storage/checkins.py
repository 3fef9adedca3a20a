"""The morning rounds: a row per day, a row per person and day, positions, absences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.away import Absence, Excuse, NewAbsence
from core.checkins.values import (
    Checkin,
    Day,
    Flag,
    Position,
    Report,
    Standing,
)
from core.errors import NotFound
from core.geo import VERIFIED_SOURCES, Point, Source
from core.ids import AbsenceId, CheckinId, DepartmentId, MessageId, PersonId
from core.people import PersonStatus
from storage.base import Base, UtcDateTime, Words, insert_ignoring, table, upsert
from storage.people import DepartmentRow, PersonRow


class CheckinDayRow(Base):
    __tablename__ = "checkin_days"
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outage: Mapped[bool]


class CheckinRow(Base):
    __tablename__ = "checkins"
    __table_args__ = (
        sa.UniqueConstraint("day", "person_id"),
        sa.Index("ix_checkins_day_standing", "day", "standing"),
        sa.Index("ix_checkins_day_spot", "day", "spot"),
        sa.Index("ix_checkins_person_id_standing_day", "person_id", "standing", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    standing: Mapped[str] = mapped_column(sa.String(10))
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    located_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    spot: Mapped[str | None] = mapped_column(sa.String(30))
    source: Mapped[str | None] = mapped_column(sa.String(10))
    flags: Mapped[Any] = mapped_column(Words)
    place: Mapped[str] = mapped_column(sa.String(200))
    message_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    excuse: Mapped[str | None] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(200))
    excused_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class PositionRow(Base):
    __tablename__ = "positions"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "source"),
        sa.Index("ix_positions_person_id_at", "person_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    source: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    latitude: Mapped[float]
    longitude: Mapped[float]


class AbsenceRow(Base):
    __tablename__ = "absences"
    __table_args__ = (sa.Index("ix_absences_person_id_last_day", "person_id", "last_day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    first_day: Mapped[date] = mapped_column(sa.Date)
    last_day: Mapped[date] = mapped_column(sa.Date, index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(200))
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    from_noon: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    until_noon: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


_DAYS, _C, _POS, _A = table(CheckinDayRow), table(CheckinRow), table(PositionRow), table(AbsenceRow)
_P, _D = table(PersonRow), table(DepartmentRow)
_UNVERIFIED = _C.c.source.not_in(VERIFIED_SOURCES)
_PLACE = {
    "located_at": sa.bindparam("sent"),
    "latitude": sa.bindparam("lat"),
    "longitude": sa.bindparam("lon"),
    "accuracy_m": sa.bindparam("metres"),
    "spot": sa.bindparam("at_spot"),
    "source": sa.bindparam("how"),
    "flags": sa.bindparam("odd", type_=Words),
    "place": sa.bindparam("words"),
    "message_id": sa.bindparam("said_in"),
}
_MINE = (_C.c.person_id == sa.bindparam("who"), _C.c.day == sa.bindparam("on"))

_DAY = sa.select(_DAYS).where(_DAYS.c.day == sa.bindparam("on"))
_OPEN_DAY = insert_ignoring(CheckinDayRow, on=["day"])
_CLOSE_DAY = (
    sa.update(_DAYS)
    .where(_DAYS.c.day == sa.bindparam("on"), _DAYS.c.closed_at.is_(None))
    .values(closed_at=sa.bindparam("at"))
)
_OUTAGE = sa.update(_DAYS).where(_DAYS.c.day == sa.bindparam("on")).values(outage=True)
_EXPECT = insert_ignoring(CheckinRow, on=["day", "person_id"])
_SELECT = (
    sa.select(_C, _P.c.name, _P.c.department_id, _D.c.name.label("department_name"))
    .join(_P, _P.c.id == _C.c.person_id)
    .join(_D, _D.c.id == _P.c.department_id)
)
_OF = _SELECT.where(*_MINE)
_ON_ROSTER = (
    _C.c.day == sa.bindparam("on"),
    _P.c.status != PersonStatus.LEFT,
    _P.c.department_id.in_(sa.bindparam("departments", expanding=True)),
)
_LISTED = _SELECT.where(*_ON_ROSTER, _C.c.standing.in_(sa.bindparam("standings", expanding=True)))
_PAGE = {"limit": sa.bindparam("most", type_=sa.Integer), "offset": sa.bindparam("skip", type_=sa.Integer)}
_BY_NUMBER = _LISTED.order_by(_P.c.number).limit(_PAGE["limit"]).offset(_PAGE["offset"])
_LABELS = (
    sa.select(_P.c.name, _D.c.name.label("department_name"))
    .select_from(_C)
    .join(_P, _P.c.id == _C.c.person_id)
    .join(_D, _D.c.id == _P.c.department_id)
    .where(*_ON_ROSTER, _C.c.standing == sa.bindparam("standing"))
    .order_by(_P.c.number)
    .limit(_PAGE["limit"])
)
_NEWEST = _LISTED.order_by(_C.c.reported_at.desc(), _C.c.id.desc()).limit(_PAGE["limit"]).offset(_PAGE["offset"])
_COUNTS = (
    sa.select(_C.c.standing, sa.func.count().label("n"))
    .join(_P, _P.c.id == _C.c.person_id)
    .where(*_ON_ROSTER)
    .group_by(_C.c.standing)
)
_ODD = _SELECT.where(
    _C.c.day == sa.bindparam("on"), _C.c.reported_at.is_not(None), sa.or_(_UNVERIFIED, _C.c.flags != "")
).order_by(_P.c.number)
_TAKE = (
    sa.update(_C)
    .where(*_MINE, _C.c.standing.not_in((Standing.PRESENT, Standing.LATE)))
    .values(standing=sa.bindparam("becomes"), reported_at=sa.bindparam("sent"), **_PLACE)
)
_VERIFY = sa.update(_C).where(*_MINE, _UNVERIFIED).values(**_PLACE)
_AFTERWARDS = (
    sa.update(_C).where(*_MINE, _C.c.reported_at.is_(None)).values(reported_at=sa.bindparam("sent"), **_PLACE)
)
_MOVE = (
    sa.update(_C)
    .where(_C.c.person_id == sa.bindparam("who"), _C.c.message_id == sa.bindparam("m"), _C.c.source == Source.LIVE)
    .values(
        latitude=sa.bindparam("lat"),
        longitude=sa.bindparam("lon"),
        spot=sa.bindparam("at_spot"),
        located_at=sa.bindparam("sent"),
    )
    .returning(_C.c.day)
)
_EXCUSE = (
    sa.update(_C)
    .where(*_MINE, _C.c.standing.in_(sa.bindparam("standings", expanding=True)))
    .values(
        standing=Standing.EXCUSED,
        excuse=sa.bindparam("why"),
        reason=sa.bindparam("words"),
        excused_by=sa.bindparam("superior"),
    )
)
_WAIT = (
    sa.update(_C)
    .where(*_MINE, _C.c.standing == Standing.EXCUSED, _C.c.excused_by.is_(None))
    .values(standing=Standing.WAITING, excuse=None, reason="")
)
_SETTLE = (
    sa.update(_C)
    .where(
        _C.c.day == sa.bindparam("on"),
        _C.c.standing == Standing.WAITING,
        _C.c.person_id.in_(sa.bindparam("people", expanding=True)),
    )
    .values(standing=sa.bindparam("becomes"))
)
_TAKEN_SPOT = sa.select(_C.c.id).where(
    _C.c.day == sa.bindparam("on"), _C.c.spot == sa.bindparam("at_spot"), _C.c.person_id != sa.bindparam("who")
)
_MISSES = (
    sa.select(_C.c.person_id, _C.c.day)
    .where(
        _C.c.person_id.in_(sa.bindparam("people", expanding=True)),
        _C.c.standing == Standing.MISSED,
        _C.c.day.between(sa.bindparam("first"), sa.bindparam("last")),
    )
    .order_by(_C.c.day)
)
_NOTE = upsert(PositionRow, on=["person_id", "source"], update=["at", "latitude", "longitude"])
_LAST = (
    sa.select(_POS)
    .where(_POS.c.person_id == sa.bindparam("who"), _POS.c.at <= sa.bindparam("until"))
    .order_by(_POS.c.at.desc(), _POS.c.id.desc())
    .limit(1)
)
_NEW_ABSENCE = sa.insert(_A).returning(_A.c.id)
_ABSENCE = sa.select(_A).where(_A.c.id == sa.bindparam("row"))
_CANCEL = (
    sa.update(_A)
    .where(_A.c.id == sa.bindparam("row"), _A.c.cancelled_at.is_(None))
    .values(cancelled_at=sa.bindparam("at"), cancelled_by=sa.bindparam("by"))
)
_TOUCHING = sa.and_(
    _A.c.last_day >= sa.bindparam("first"),
    _A.c.first_day <= sa.bindparam("last"),
    _A.c.cancelled_at.is_(None),
)
_ABSENCES_OF = sa.select(_A).where(_A.c.person_id == sa.bindparam("who"), _TOUCHING).order_by(_A.c.first_day)
_ABSENCES_SINCE = (
    sa.select(_A)
    .where(
        _A.c.person_id == sa.bindparam("who"),
        _A.c.last_day >= sa.bindparam("first"),
    )
    .order_by(_A.c.first_day)
)
_ABSENT = sa.select(_A).where(_TOUCHING)


def checkin_from(row: Any) -> Checkin:
    return Checkin(
        CheckinId(row.id),
        row.day,
        PersonId(row.person_id),
        f"{row.department_name}-{row.name}",
        DepartmentId(row.department_id),
        Standing(row.standing),
        row.reported_at,
        row.located_at,
        None if row.latitude is None else Point(row.latitude, row.longitude),
        None if row.source is None else Source(row.source),
        tuple(Flag(flag) for flag in row.flags),
        row.place,
        None if row.message_id is None else MessageId(row.message_id),
        None if row.excuse is None else Excuse(row.excuse),
        row.reason,
    )


def absence_from(row: Any) -> Absence:
    return Absence(
        AbsenceId(row.id),
        PersonId(row.person_id),
        row.first_day,
        row.last_day,
        Excuse(row.kind),
        row.reason,
        row.cancelled_at,
        row.from_noon,
        row.until_noon,
    )


def _place(report: Report, flags: Sequence[Flag]) -> dict[str, Any]:
    point = report.point
    return {
        "sent": report.sent_at,
        "lat": point.latitude if point else None,
        "lon": point.longitude if point else None,
        "metres": report.accuracy_m,
        "at_spot": point.spot if point else None,
        "how": report.source,
        "odd": tuple(flags),
        "words": report.place,
        "said_in": report.message,
    }


class SqlCheckins:
    """The morning rounds within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def day(self, day: date) -> Day | None:
        row = self._c.execute(_DAY, {"on": day}).first()
        return None if row is None else Day(row.day, row.closed_at, row.outage)

    def open_day(self, day: date) -> bool:
        values = {"day": day, "closed_at": None, "outage": False}
        return bool(self._c.execute(_OPEN_DAY[self._c.dialect.name], values).rowcount)

    def close_day(self, day: date, at: datetime) -> bool:
        return bool(self._c.execute(_CLOSE_DAY, {"on": day, "at": at}).rowcount)

    def mark_outage(self, day: date) -> None:
        self._c.execute(_OUTAGE, {"on": day})

    def expect(self, day: date, people: Mapping[PersonId, Excuse | None]) -> None:
        rows = [
            {
                "day": day,
                "person_id": person,
                "standing": Standing.EXCUSED if excuse else Standing.WAITING,
                "flags": (),
                "place": "",
                "reason": "",
                "excuse": excuse,
            }
            for person, excuse in people.items()
        ]
        if rows:
            self._c.execute(_EXPECT[self._c.dialect.name], rows)

    def of(self, person: PersonId, day: date) -> Checkin | None:
        row = self._c.execute(_OF, {"who": person, "on": day}).first()
        return None if row is None else checkin_from(row)

    def take(self, person: PersonId, day: date, standing: Standing, report: Report, flags: Sequence[Flag]) -> bool:
        values = {"who": person, "on": day, "becomes": standing, **_place(report, flags)}
        return bool(self._c.execute(_TAKE, values).rowcount)

    def verify(self, person: PersonId, day: date, report: Report, flags: Sequence[Flag]) -> bool:
        return bool(self._c.execute(_VERIFY, {"who": person, "on": day, **_place(report, flags)}).rowcount)

    def note_afterwards(self, person: PersonId, day: date, report: Report, flags: Sequence[Flag]) -> bool:
        return bool(self._c.execute(_AFTERWARDS, {"who": person, "on": day, **_place(report, flags)}).rowcount)

    def move(self, person: PersonId, message: MessageId, point: Point, at: datetime) -> date | None:
        values = {
            "who": person,
            "m": message,
            "lat": point.latitude,
            "lon": point.longitude,
            "at_spot": point.spot,
            "sent": at,
        }
        moved: date | None = self._c.execute(_MOVE, values).scalar()
        return moved

    def excuse(
        self,
        person: PersonId,
        day: date,
        excuse: Excuse,
        reason: str,
        by: PersonId | None,
        of: Collection[Standing],
    ) -> bool:
        values = {
            "who": person,
            "on": day,
            "why": excuse,
            "words": reason,
            "superior": by,
            "standings": list(of),
        }
        return bool(self._c.execute(_EXCUSE, values).rowcount)

    def set_waiting(self, person: PersonId, day: date) -> bool:
        return bool(self._c.execute(_WAIT, {"who": person, "on": day}).rowcount)

    def settle(self, day: date, people: Collection[PersonId], standing: Standing) -> None:
        self._c.execute(_SETTLE, {"on": day, "people": list(people), "becomes": standing})

    def counts(self, day: date, departments: Collection[DepartmentId]) -> dict[Standing, int]:
        rows = self._c.execute(_COUNTS, {"on": day, "departments": list(departments)})
        return {Standing(row.standing): row.n for row in rows}

    def listed(
        self,
        day: date,
        standings: Collection[Standing],
        departments: Collection[DepartmentId],
        most: int,
        *,
        newest_first: bool = False,
        skip: int = 0,
    ) -> list[Checkin]:
        values = {
            "on": day,
            "standings": list(standings),
            "departments": list(departments),
            "most": most,
            "skip": skip,
        }
        return [checkin_from(row) for row in self._c.execute(_NEWEST if newest_first else _BY_NUMBER, values)]

    def labels(self, day: date, standing: Standing, departments: Collection[DepartmentId], most: int) -> list[str]:
        values = {"on": day, "standing": standing, "departments": list(departments), "most": most}
        return [f"{row.department_name}-{row.name}" for row in self._c.execute(_LABELS, values)]

    def odd(self, day: date) -> list[Checkin]:
        return [checkin_from(row) for row in self._c.execute(_ODD, {"on": day})]

    def is_taken_spot(self, day: date, spot: str, person: PersonId) -> bool:
        return self._c.execute(_TAKEN_SPOT, {"on": day, "at_spot": spot, "who": person}).first() is not None

    def misses(self, people: Collection[PersonId], first: date, last: date) -> dict[PersonId, list[date]]:
        found: dict[PersonId, list[date]] = {}
        for row in self._c.execute(_MISSES, {"people": list(people), "first": first, "last": last}):
            found.setdefault(PersonId(row.person_id), []).append(row.day)
        return found

    def note_position(self, person: PersonId, point: Point, at: datetime, source: str) -> None:
        values = {
            "person_id": person,
            "source": source,
            "at": at,
            "latitude": point.latitude,
            "longitude": point.longitude,
        }
        self._c.execute(_NOTE[self._c.dialect.name], values)

    def last_position(self, person: PersonId, at: datetime) -> Position | None:
        row = self._c.execute(_LAST, {"who": person, "until": at}).first()
        return None if row is None else Position(Point(row.latitude, row.longitude), row.at, row.source)


class SqlAbsences:
    """Leave and trips within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def add(self, person: PersonId, absence: NewAbsence, at: datetime) -> Absence:
        values = {
            "person_id": person,
            "first_day": absence.first,
            "last_day": absence.last,
            "kind": absence.kind,
            "reason": absence.reason,
            "from_noon": absence.from_noon,
            "until_noon": absence.until_noon,
            "announced_at": at,
        }
        return self.get(AbsenceId(self._c.execute(_NEW_ABSENCE, values).scalar_one()))

    def get(self, absence: AbsenceId) -> Absence:
        row = self._c.execute(_ABSENCE, {"row": absence}).first()
        if row is None:
            raise NotFound("absence", str(absence))
        return absence_from(row)

    def cancel(self, absence: AbsenceId, by: PersonId, at: datetime) -> bool:
        return bool(self._c.execute(_CANCEL, {"row": absence, "by": by, "at": at}).rowcount)

    def of(self, person: PersonId, first: date, last: date) -> list[Absence]:
        rows = self._c.execute(_ABSENCES_OF, {"who": person, "first": first, "last": last})
        return [absence_from(row) for row in rows]

    def since(self, person: PersonId, day: date) -> list[Absence]:
        rows = self._c.execute(_ABSENCES_SINCE, {"who": person, "first": day})
        return [absence_from(row) for row in rows]

    def on(self, day: date) -> list[Absence]:
        return [absence_from(row) for row in self._c.execute(_ABSENT, {"first": day, "last": day})]
