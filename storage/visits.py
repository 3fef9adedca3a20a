"""Visits, plans for them, and what superiors said to the plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.geo import Point, Source
from core.ids import CustomerId, PersonId, PlanId, VisitId
from core.visits.model import NewVisit, Plan, PlanState, Remark, Spot, Visit
from storage.base import Base, UtcDateTime, Words, next_number, table
from storage.customers import CustomerRow
from storage.people import DepartmentRow, PersonRow


class VisitRow(Base):
    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    said: Mapped[str] = mapped_column(sa.Text)
    photos: Mapped[Any] = mapped_column(Words)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    proof: Mapped[str] = mapped_column(sa.String(12))
    distance_m: Mapped[int | None]
    jumped: Mapped[bool]
    next_on: Mapped[date | None] = mapped_column(sa.Date)
    next_open: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitPlanRow(Base):
    __tablename__ = "visit_plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    day: Mapped[date] = mapped_column(sa.Date)
    purpose: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitRemarkRow(Base):
    __tablename__ = "visit_remarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("visit_plans.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_V, _L, _R = table(VisitRow), table(VisitPlanRow), table(VisitRemarkRow)
_C, _P, _D = table(CustomerRow), table(PersonRow), table(DepartmentRow)
_LABEL = (_D.c.name + "-" + _P.c.name).label("person_label")
_NAME = _C.c.name.label("customer_name")


def _with_names(of: sa.Table) -> sa.Select[Any]:
    joined = sa.join(of, _C, _C.c.id == of.c.customer_id).join(_P, _P.c.id == of.c.person_id)
    return sa.select(of, _NAME, _LABEL).select_from(joined.join(_D, _D.c.id == _P.c.department_id))


_ADD = sa.insert(_V).values(next_number(VisitRow)).returning(_V.c.id)
_MINE = _with_names(_V).where(_V.c.person_id == sa.bindparam("who"))
_GET = _with_names(_V).where(_V.c.id == sa.bindparam("row"))
_LAST = _MINE.order_by(_V.c.id.desc()).limit(sa.bindparam("most"))
_COMING = _MINE.where(_V.c.next_open).order_by(_V.c.next_on, _V.c.id)
_OPEN_NEXT = _COMING.where(_V.c.customer_id == sa.bindparam("at_customer"))
_LAST_PLACED = (
    sa.select(_V.c.latitude, _V.c.longitude, _V.c.at)
    .where(_V.c.person_id == sa.bindparam("who"), _V.c.latitude.is_not(None))
    .order_by(_V.c.id.desc())
    .limit(1)
)
_MOVE = sa.update(_V).where(_V.c.id == sa.bindparam("row"), _V.c.next_open).values(next_on=sa.bindparam("new_day"))
_END = sa.update(_V).where(_V.c.id == sa.bindparam("row"), _V.c.next_open).values(next_open=False)
_PLAN = _with_names(_L).where(_L.c.id == sa.bindparam("row"))
_PLANS = (
    _with_names(_L)
    .where(_L.c.person_id == sa.bindparam("who"), _L.c.state == PlanState.OPEN)
    .order_by(_L.c.day, _L.c.id)
)
_SETTLE = (
    sa.update(_L)
    .where(_L.c.id == sa.bindparam("row"), _L.c.state == PlanState.OPEN)
    .values(state=sa.bindparam("becomes"))
)
_PASS_PLAN = (
    sa.update(_L)
    .where(_L.c.id == sa.bindparam("row"), _L.c.person_id == sa.bindparam("before"), _L.c.state == PlanState.OPEN)
    .values(person_id=sa.bindparam("after"))
)
_AT_CUSTOMER = (
    _with_names(_V)
    .where(_V.c.customer_id == sa.bindparam("at_customer"))
    .order_by(_V.c.id.desc())
    .limit(sa.bindparam("most"))
)
_REMARKS = (
    sa.select(_R.c.text, _R.c.at, _LABEL)
    .select_from(sa.join(_R, _P, _P.c.id == _R.c.person_id).join(_D, _D.c.id == _P.c.department_id))
    .where(_R.c.plan_id == sa.bindparam("row"))
    .order_by(_R.c.id)
)


def visit_from(row: Any) -> Visit:
    spot = None if row.latitude is None else Spot(Point(row.latitude, row.longitude), Source(row.proof))
    return Visit(
        VisitId(row.id),
        CustomerId(row.customer_id),
        row.customer_name,
        PersonId(row.person_id),
        row.person_label,
        row.kind,
        row.said,
        row.photos,
        spot,
        row.distance_m,
        row.jumped,
        row.next_on,
        row.next_open,
        row.at,
    )


def plan_from(row: Any) -> Plan:
    return Plan(
        PlanId(row.id),
        CustomerId(row.customer_id),
        row.customer_name,
        PersonId(row.person_id),
        row.person_label,
        row.day,
        row.purpose,
        PlanState(row.state),
        row.at,
    )


class SqlVisits:
    """Visits and plans within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def add(self, new: NewVisit) -> Visit:
        report, spot = new.report, new.report.spot
        values = {
            "customer_id": report.customer,
            "person_id": new.person,
            "kind": report.kind,
            "said": report.said,
            "photos": report.photos,
            "latitude": spot.point.latitude if spot else None,
            "longitude": spot.point.longitude if spot else None,
            "proof": spot.proof if spot else "",
            "distance_m": new.distance_m,
            "jumped": new.jumped,
            "next_on": report.next_on,
            "next_open": report.next_on is not None,
            "at": new.at,
        }
        added = self._c.execute(_ADD, values).scalar_one()
        return self.get(VisitId(added))

    def get(self, visit: VisitId) -> Visit:
        row = self._c.execute(_GET, {"row": visit}).first()
        if row is None:
            raise NotFound("visit", str(visit))
        return visit_from(row)

    def last(self, person: PersonId, limit: int) -> list[Visit]:
        return [visit_from(row) for row in self._c.execute(_LAST, {"who": person, "most": limit})]

    def last_placed(self, person: PersonId) -> tuple[Point, datetime] | None:
        row = self._c.execute(_LAST_PLACED, {"who": person}).first()
        return None if row is None else (Point(row.latitude, row.longitude), row.at)

    def open_next(self, person: PersonId, customer: CustomerId) -> list[Visit]:
        values = {"who": person, "at_customer": customer}
        return [visit_from(row) for row in self._c.execute(_OPEN_NEXT, values)]

    def coming(self, person: PersonId) -> list[Visit]:
        return [visit_from(row) for row in self._c.execute(_COMING, {"who": person})]

    def set_next(self, visit: VisitId, day: date | None) -> bool:
        if day is None:
            return bool(self._c.execute(_END, {"row": visit}).rowcount)
        return bool(self._c.execute(_MOVE, {"row": visit, "new_day": day}).rowcount)

    def add_plan(self, customer: CustomerId, person: PersonId, day: date, purpose: str, at: datetime) -> Plan:
        values = {"customer_id": customer, "person_id": person, "day": day, "purpose": purpose}
        added = self._c.execute(
            sa.insert(_L).returning(_L.c.id), {**values, "state": PlanState.OPEN, "at": at}
        ).scalar_one()
        return self.plan(PlanId(added))

    def plan(self, plan: PlanId) -> Plan:
        row = self._c.execute(_PLAN, {"row": plan}).first()
        if row is None:
            raise NotFound("plan", str(plan))
        return plan_from(row)

    def settle_plan(self, plan: PlanId, state: PlanState) -> bool:
        return bool(self._c.execute(_SETTLE, {"row": plan, "becomes": state}).rowcount)

    def open_plans(self, person: PersonId) -> list[Plan]:
        return [plan_from(row) for row in self._c.execute(_PLANS, {"who": person})]

    def pass_plan(self, plan: PlanId, before: PersonId, after: PersonId) -> bool:
        return bool(self._c.execute(_PASS_PLAN, {"row": plan, "before": before, "after": after}).rowcount)

    def at_customer(self, customer: CustomerId, limit: int) -> list[Visit]:
        values = {"at_customer": customer, "most": limit}
        return [visit_from(row) for row in self._c.execute(_AT_CUSTOMER, values)]

    def remark(self, plan: PlanId, person: PersonId, text: str, at: datetime) -> None:
        self._c.execute(sa.insert(_R), {"plan_id": plan, "person_id": person, "text": text, "at": at})

    def remarks(self, plan: PlanId) -> Sequence[Remark]:
        rows = self._c.execute(_REMARKS, {"row": plan})
        return [Remark(row.person_label, row.text, row.at) for row in rows]
