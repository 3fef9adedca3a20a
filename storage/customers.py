"""Customer records. Uniqueness of names, codes and phones is the database's own (CUS-2, P39)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from core.customers.model import (
    Contact,
    Customer,
    Document,
    Found,
    Holder,
    Keys,
    NewContact,
    NewCustomer,
    Owned,
    Sought,
)
from core.errors import NotFound
from core.geo import Point
from core.ids import CustomerId, PersonId
from core.names import Phone
from storage.base import Base, UtcDateTime, next_number, table
from storage.compiled import Compiled
from storage.people import DepartmentRow, PersonRow

Whose: TypeAlias = Literal["own", "others"]


class CustomerRow(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    name_key: Mapped[str] = mapped_column(sa.String(100), unique=True)
    search_name: Mapped[str] = mapped_column(sa.String(100))
    initials: Mapped[str] = mapped_column(sa.String(500))
    type: Mapped[str] = mapped_column(sa.String(40))
    credit_code: Mapped[str | None] = mapped_column(sa.String(18), unique=True)
    legal_representative: Mapped[str] = mapped_column(sa.String(60))
    address: Mapped[str] = mapped_column(sa.String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    postcode: Mapped[str] = mapped_column(sa.String(12))
    fax: Mapped[str] = mapped_column(sa.String(40))
    website: Mapped[str] = mapped_column(sa.String(200))
    business_scope: Mapped[str] = mapped_column(sa.String(1000))
    registered_capital: Mapped[str] = mapped_column(sa.String(60))
    industry: Mapped[str] = mapped_column(sa.String(60))
    region: Mapped[str] = mapped_column(sa.String(60))
    source: Mapped[str] = mapped_column(sa.String(40))
    note: Mapped[str] = mapped_column(sa.String(1000))
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (sa.Index("ix_customers_owner_id_touched_at", "owner_id", "touched_at"),)


class CustomerPhoneRow(Base):
    """Every number by which a customer is reached; one number belongs to one customer."""

    __tablename__ = "customer_phones"
    number: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    extension: Mapped[str] = mapped_column(sa.String(6))
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    position: Mapped[int]


class CustomerContactRow(Base):
    __tablename__ = "customer_contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    role: Mapped[str] = mapped_column(sa.String(60))
    number: Mapped[str] = mapped_column(sa.String(20))
    extension: Mapped[str] = mapped_column(sa.String(6))
    preferences: Mapped[str] = mapped_column(sa.String(300))
    birthday: Mapped[str] = mapped_column(sa.String(10))


class CustomerFileRow(Base):
    __tablename__ = "customer_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    file_id: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(200))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


_T, _N, _C, _F = table(CustomerRow), table(CustomerPhoneRow), table(CustomerContactRow), table(CustomerFileRow)
_P, _D = table(PersonRow), table(DepartmentRow)
_LABEL = (_D.c.name + "-" + _P.c.name).label("owner_label")
_WITH_OWNER = sa.join(_T, _P, _P.c.id == _T.c.owner_id).join(_D, _D.c.id == _P.c.department_id)
_ADD = sa.insert(_T).values(next_number(CustomerRow)).returning(_T.c.id)
_GET = sa.select(_T, _LABEL).select_from(_WITH_OWNER).where(_T.c.id == sa.bindparam("row"))
_PHONES = sa.select(_N).where(_N.c.customer_id == sa.bindparam("row")).order_by(_N.c.position)
_CONTACTS = sa.select(_C).where(_C.c.customer_id == sa.bindparam("row")).order_by(_C.c.id)
_FILES = sa.select(_F).where(_F.c.customer_id == sa.bindparam("row")).order_by(_F.c.id)
_LIST = sa.select(
    _T.c.id, _T.c.name, _T.c.owner_id, _T.c.created_at, _T.c.latitude, _T.c.longitude, _LABEL
).select_from(_WITH_OWNER)
_BY_CODE = Compiled(_LIST.where(_T.c.credit_code == sa.bindparam("code")))
_BY_NAME = Compiled(_LIST.where(_T.c.name_key == sa.bindparam("key")))
_SOME = _LIST.where(_T.c.id.in_(sa.bindparam("rows", expanding=True))).order_by(_T.c.id)
_BY_PHONE = Compiled(_LIST.join(_N, _N.c.customer_id == _T.c.id).where(_N.c.number == sa.bindparam("number")))
_OWNED = _T.c.owner_id.in_(sa.bindparam("owners", expanding=True))
_OF_OTHERS = _T.c.owner_id.not_in(sa.bindparam("owners", expanding=True))
_INSIDE = _T.c.search_name.like(sa.bindparam("inside"), escape="\\")
_MEANINGS = {  # what else a text may mean; what it cannot mean is not looked through the archive for
    "letters": _T.c.initials.like(sa.bindparam("letters"), escape="\\"),
    "code": _T.c.credit_code == sa.bindparam("code"),
    "digits": _T.c.id.in_(sa.select(_N.c.customer_id).where(_N.c.number.like(sa.bindparam("digits"), escape="\\"))),
}
_BEST = (
    sa.case(
        (_T.c.search_name == sa.bindparam("whole"), 0),
        (_T.c.search_name.like(sa.bindparam("begins"), escape="\\"), 1),
        else_=2,
    ),
    _T.c.touched_at.desc(),
    _T.c.id.desc(),
)
_RECENT = (
    _LIST.where(_T.c.owner_id == sa.bindparam("who"))
    .order_by(_T.c.touched_at.desc(), _T.c.id.desc())
    .limit(sa.bindparam("most"))
)
_PLACED = _LIST.where(_OWNED, _T.c.latitude.is_not(None)).order_by(_T.c.id)
_COUNT = sa.select(sa.func.count()).select_from(_T).where(_T.c.owner_id == sa.bindparam("who"))
_OWNED_BY = sa.select(_T.c.id, _T.c.name, _T.c.region).where(_T.c.owner_id == sa.bindparam("who")).order_by(_T.c.id)
_COUNTS = sa.select(_T.c.owner_id, sa.func.count().label("n")).group_by(_T.c.owner_id)
_TOUCH = sa.update(_T).where(_T.c.id == sa.bindparam("row")).values(touched_at=sa.bindparam("at"))
_PLACE = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"))
    .values(latitude=sa.bindparam("north"), longitude=sa.bindparam("east"))
)
_OWN = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.owner_id == sa.bindparam("before"))
    .values(owner_id=sa.bindparam("after"), touched_at=sa.bindparam("at"))
)
_NEXT_POSITION = sa.select(sa.func.coalesce(sa.func.max(_N.c.position), 0) + 1).where(
    _N.c.customer_id == sa.bindparam("row")
)
_DROP_PHONE = sa.delete(_N).where(_N.c.customer_id == sa.bindparam("row"), _N.c.number == sa.bindparam("no"))


@cache
def _search(whose: Whose, meanings: tuple[str, ...]) -> sa.Select[Any]:
    """The statement for a text that may mean these things besides a part of a name."""
    matches = sa.or_(_INSIDE, *(_MEANINGS[meaning] for meaning in meanings))
    owners = _OWNED if whose == "own" else _OF_OTHERS
    return _LIST.where(owners, matches).order_by(*_BEST).limit(sa.bindparam("most"))


def found_from(row: Any) -> Found:
    return Found(
        CustomerId(row.id),
        row.name,
        PersonId(row.owner_id),
        row.owner_label,
        row.created_at,
        None if row.latitude is None else Point(row.latitude, row.longitude),
    )


def contact_from(row: Any) -> Contact:
    phone = Phone(row.number, row.extension) if row.number else None
    return Contact(row.id, row.name, row.role, phone, row.preferences, row.birthday)


class SqlCustomers:
    """The archive within one unit of work."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._c, self._now = connection, now

    def get(self, customer: CustomerId) -> Customer:
        row = self._c.execute(_GET, {"row": customer}).first()
        if row is None:
            raise NotFound("customer", str(customer))
        about = {"row": customer}
        phones = tuple(Phone(p.number, p.extension) for p in self._c.execute(_PHONES, about))
        contacts = tuple(contact_from(c) for c in self._c.execute(_CONTACTS, about))
        documents = tuple(Document(f.file_id, f.kind, f.name) for f in self._c.execute(_FILES, about))
        return Customer(
            CustomerId(row.id),
            row.name,
            row.type,
            row.credit_code,
            row.legal_representative,
            row.address,
            None if row.latitude is None else Point(row.latitude, row.longitude),
            row.postcode,
            row.fax,
            row.website,
            row.business_scope,
            row.registered_capital,
            row.industry,
            row.region,
            row.source,
            row.note,
            PersonId(row.owner_id),
            row.owner_label,
            row.created_at,
            PersonId(row.created_by),
            phones,
            contacts,
            documents,
        )

    def add(self, new: NewCustomer) -> CustomerId | None:
        values = {
            **new.texts,
            "name_key": new.keys.name,
            "credit_code": new.keys.credit_code,
            "search_name": new.search_name,
            "initials": new.initials,
            "latitude": new.point.latitude if new.point else None,
            "longitude": new.point.longitude if new.point else None,
            "owner_id": new.owner,
            "created_at": new.created_at,
            "created_by": new.created_by,
            "touched_at": new.created_at,
        }
        try:
            with self._c.begin_nested():
                added = CustomerId(self._c.execute(_ADD, values).scalar_one())
                for position, phone in enumerate(new.phones, 1):
                    self._put_phone(added, phone, position)
        except IntegrityError:
            return None
        return added

    def _put_phone(self, customer: CustomerId, phone: Phone, position: int) -> None:
        values = {"number": phone.number, "extension": phone.extension}
        self._c.execute(sa.insert(_N), {**values, "customer_id": customer, "position": position})

    def holder(self, keys: Keys) -> Holder | None:
        asked: list[tuple[str, Compiled, dict[str, str]]] = []
        if keys.credit_code:
            asked.append(("credit_code", _BY_CODE, {"code": keys.credit_code}))
        asked += [("phone", _BY_PHONE, {"number": number}) for number in keys.phones]
        if keys.name:
            asked.append(("name", _BY_NAME, {"key": keys.name}))
        found = ((field, statement.first(self._c, values)) for field, statement, values in asked)
        return next((Holder(field, found_from(row)) for field, row in found if row is not None), None)

    def some(self, customers: Collection[CustomerId]) -> list[Found]:
        return [found_from(row) for row in self._c.execute(_SOME, {"rows": list(customers)})]

    def set_texts(self, customer: CustomerId, values: Mapping[str, str | None]) -> bool:
        statement = sa.update(_T).where(_T.c.id == customer).values(**values, touched_at=self._now)
        try:
            with self._c.begin_nested():
                self._c.execute(statement)
        except IntegrityError:
            return False
        return True

    def set_point(self, customer: CustomerId, point: Point | None) -> None:
        north, east = (point.latitude, point.longitude) if point else (None, None)
        self._c.execute(_PLACE, {"row": customer, "north": north, "east": east})

    def set_owner(self, customer: CustomerId, before: PersonId, after: PersonId) -> bool:
        values = {"row": customer, "before": before, "after": after, "at": self._now}
        return bool(self._c.execute(_OWN, values).rowcount)

    def add_phone(self, customer: CustomerId, phone: Phone) -> bool:
        own = {p.number for p in self._c.execute(_PHONES, {"row": customer})}
        if phone.number in own:
            return True
        try:
            with self._c.begin_nested():
                position = self._c.execute(_NEXT_POSITION, {"row": customer}).scalar_one()
                self._put_phone(customer, phone, position)
        except IntegrityError:
            return False
        return True

    def remove_phone(self, customer: CustomerId, number: str) -> None:
        self._c.execute(_DROP_PHONE, {"row": customer, "no": number})

    def add_contact(self, customer: CustomerId, contact: NewContact) -> None:
        phone = contact.phone or Phone("")
        self._c.execute(
            sa.insert(_C),
            {
                "customer_id": customer,
                "name": contact.name,
                "role": contact.role,
                "number": phone.number,
                "extension": phone.extension,
                "preferences": contact.preferences,
                "birthday": contact.birthday,
            },
        )

    def add_document(self, customer: CustomerId, document: Document, at: datetime) -> None:
        self._c.execute(
            sa.insert(_F),
            {
                "customer_id": customer,
                "file_id": document.file_id,
                "kind": document.kind,
                "name": document.name,
                "added_at": at,
            },
        )

    def search(self, sought: Sought, owners: Collection[PersonId], limit: int) -> list[Found]:
        return self._found("own", sought, owners, limit)

    def search_others(self, sought: Sought, owners: Collection[PersonId], limit: int) -> list[Found]:
        return self._found("others", sought, owners, limit)

    def _found(self, whose: Whose, sought: Sought, owners: Collection[PersonId], limit: int) -> list[Found]:
        name, letters, digits = _literal(sought.name), _literal(sought.initials), _literal(sought.digits)
        may_mean = {
            "letters": f"%{letters}%" if letters else "",
            "code": sought.credit_code,
            "digits": f"%{digits}" if digits else "",
        }
        meant = {meaning: value for meaning, value in may_mean.items() if value}
        values = {
            **meant,
            "inside": f"%{name}%" if name else "",
            "whole": sought.name,
            "begins": f"{name}%",
            "owners": sorted(owners),
            "most": limit,
        }
        return [found_from(row) for row in self._c.execute(_search(whose, tuple(meant)), values)]

    def recent(self, owner: PersonId, limit: int) -> list[Found]:
        return [found_from(row) for row in self._c.execute(_RECENT, {"who": owner, "most": limit})]

    def touch(self, customer: CustomerId) -> None:
        self._c.execute(_TOUCH, {"row": customer, "at": self._now})

    def placed(self, owners: Collection[PersonId]) -> list[Found]:
        return [found_from(row) for row in self._c.execute(_PLACED, {"owners": sorted(owners)})]

    def count(self, owner: PersonId) -> int:
        return int(self._c.execute(_COUNT, {"who": owner}).scalar_one())

    def owned_by(self, owner: PersonId) -> list[Owned]:
        rows = self._c.execute(_OWNED_BY, {"who": owner})
        return [Owned(CustomerId(row.id), row.name, row.region) for row in rows]

    def counts(self) -> dict[PersonId, int]:
        return {PersonId(row.owner_id): row.n for row in self._c.execute(_COUNTS)}


def _literal(text: str) -> str:
    """A text in which LIKE finds nothing but itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
