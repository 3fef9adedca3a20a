"""What was read, and who took part in training sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import GroupId, PersonId, ReadingId, TrainingId
from core.reading import Reading
from core.training import Part, Training
from storage.base import Base, UtcDateTime, insert_ignoring, table
from storage.people import DepartmentRow, PersonRow


class TrainingRow(Base):
    __tablename__ = "trainings"
    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(200))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("groups.id"))
    held_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    is_open: Mapped[bool]


class TrainingPartRow(Base):
    __tablename__ = "training_parts"
    training_id: Mapped[int] = mapped_column(sa.ForeignKey("trainings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str] = mapped_column(sa.String(140))


class ReadingRow(Base):
    """A clause that is to be read; `current` until a later change of the clause takes its place."""

    __tablename__ = "readings"
    id: Mapped[int] = mapped_column(primary_key=True)
    clause: Mapped[str] = mapped_column(sa.String(40))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    current: Mapped[bool]


class ReadRow(Base):
    __tablename__ = "clauses_read"
    reading_id: Mapped[int] = mapped_column(sa.ForeignKey("readings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_T, _A, _R, _D = table(TrainingRow), table(TrainingPartRow), table(ReadingRow), table(ReadRow)
_P, _O = table(PersonRow), table(DepartmentRow)
_LABEL = (_O.c.name + "-" + _P.c.name).label("label")
_ALL = sa.select(_T, _LABEL).join(_P, _P.c.id == _T.c.held_by_id).join(_O, _O.c.id == _P.c.department_id)
_NEWEST = (_T.c.held_at.desc(), _T.c.id.desc())
_GET = _ALL.where(_T.c.id == sa.bindparam("row"))
_SINCE = _ALL.where(_T.c.held_at >= sa.bindparam("at")).order_by(*_NEWEST)
_OF_PERSON = _ALL.where(
    _T.c.id.in_(sa.select(_A.c.training_id).where(_A.c.person_id == sa.bindparam("who")))
).order_by(*_NEWEST)
_PARTS = (
    sa.select(_A, _P.c.number, _LABEL)
    .join(_P, _P.c.id == _A.c.person_id)
    .join(_O, _O.c.id == _P.c.department_id)
    .where(_A.c.training_id.in_(sa.bindparam("trainings", expanding=True)))
    .order_by(_A.c.at, _A.c.person_id)
)
_TAKE_PART = insert_ignoring(TrainingPartRow, on=["training_id", "person_id"])
_LEAVE_OUT = sa.delete(_A).where(_A.c.training_id == sa.bindparam("row"), _A.c.person_id == sa.bindparam("who"))
_CLOSE = sa.update(_T).where(_T.c.id == sa.bindparam("row"), _T.c.is_open).values(is_open=False)
_CURRENT = sa.select(_R).where(_R.c.current).order_by(_R.c.id)
_END = sa.update(_R).where(_R.c.current, _R.c.clause.in_(sa.bindparam("ids", expanding=True))).values(current=False)
_CONFIRM = insert_ignoring(ReadRow, on=["reading_id", "person_id"])
_CONFIRMED = sa.select(_D).where(_D.c.reading_id == sa.bindparam("row"))
_CONFIRMED_BY = sa.select(_D.c.reading_id).where(_D.c.person_id == sa.bindparam("who"))


class SqlTrainings:
    """The training sessions within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def _many(self, statement: sa.Select[Any], **values: object) -> list[Training]:
        rows = self._c.execute(statement, values).all()
        parts: dict[int, list[Part]] = {row.id: [] for row in rows}
        if rows:
            for one in self._c.execute(_PARTS, {"trainings": list(parts)}):
                part = Part(PersonId(one.person_id), one.number, one.label, one.at, one.added_by)
                parts[one.training_id].append(part)
        return [_training_from(row, parts[row.id]) for row in rows]

    def add(self, topic: str, held_at: datetime, group: GroupId | None, held_by: PersonId) -> Training:
        values = {"topic": topic, "held_at": held_at, "group_id": group, "held_by_id": held_by, "is_open": True}
        added = self._c.execute(sa.insert(_T).values(values).returning(_T.c.id)).scalar_one()
        return self.get(TrainingId(added))

    def get(self, training: TrainingId) -> Training:
        found = self._many(_GET, row=training)
        if not found:
            raise NotFound("training", str(training))
        return found[0]

    def take_part(self, training: TrainingId, person: PersonId, at: datetime, added_by: str) -> bool:
        values = {"training_id": training, "person_id": person, "at": at, "added_by": added_by}
        return bool(self._c.execute(_TAKE_PART[self._c.dialect.name], values).rowcount)

    def leave_out(self, training: TrainingId, person: PersonId) -> bool:
        return bool(self._c.execute(_LEAVE_OUT, {"row": training, "who": person}).rowcount)

    def close(self, training: TrainingId) -> bool:
        return bool(self._c.execute(_CLOSE, {"row": training}).rowcount)

    def since(self, at: datetime) -> list[Training]:
        return self._many(_SINCE, at=at)

    def of_person(self, person: PersonId) -> list[Training]:
        return self._many(_OF_PERSON, who=person)


def _training_from(row: Any, parts: Sequence[Part]) -> Training:
    return Training(
        TrainingId(row.id),
        row.topic,
        row.held_at,
        None if row.group_id is None else GroupId(row.group_id),
        PersonId(row.held_by_id),
        row.label,
        row.is_open,
        tuple(parts),
    )


class SqlReadings:
    """What is to be read, and who has, within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def open(self, clauses: Sequence[str], since: datetime) -> list[Reading]:
        self.end(clauses)
        for clause in clauses:
            self._c.execute(sa.insert(_R), {"clause": clause, "since": since, "current": True})
        return [reading for reading in self.current() if reading.clause in clauses]

    def end(self, clauses: Sequence[str]) -> None:
        if clauses:
            self._c.execute(_END, {"ids": list(clauses)})

    def current(self) -> list[Reading]:
        return [Reading(ReadingId(row.id), row.clause, row.since) for row in self._c.execute(_CURRENT)]

    def confirm(self, reading: ReadingId, person: PersonId, at: datetime) -> bool:
        values = {"reading_id": reading, "person_id": person, "at": at}
        return bool(self._c.execute(_CONFIRM[self._c.dialect.name], values).rowcount)

    def confirmed(self, reading: ReadingId) -> dict[PersonId, datetime]:
        return {PersonId(row.person_id): row.at for row in self._c.execute(_CONFIRMED, {"row": reading})}

    def confirmed_by(self, person: PersonId) -> set[ReadingId]:
        return {ReadingId(row.reading_id) for row in self._c.execute(_CONFIRMED_BY, {"who": person})}
