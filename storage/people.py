"""Departments, people, accounts and invite links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.access import Role
from core.errors import NotFound
from core.ids import AccountId, ChatId, DepartmentId, GroupId, PersonId
from core.people import Account, Change, Department, Identity, InviteKind, Person, PersonStatus, StaffRow
from storage.base import Base, UtcDateTime, Words, table, upsert
from storage.groups import GroupRow
from storage.memory import Memory

ACTIVE = PersonStatus.ACTIVE


class DepartmentRow(Base):
    __tablename__ = "departments"
    __table_args__ = (sa.UniqueConstraint("parent_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    manager_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("people.id", name="fk_departments_manager_id", use_alter=True)
    )


class PersonRow(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(30), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60), index=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("departments.id"))
    role: Mapped[str] = mapped_column(sa.String(20))
    is_admin: Mapped[bool] = mapped_column(default=False)
    level: Mapped[str] = mapped_column(sa.String(20))
    regions: Mapped[Any] = mapped_column(Words)
    industry: Mapped[str] = mapped_column(sa.String(60))
    superior_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    phone: Mapped[str] = mapped_column(sa.String(40))
    status: Mapped[str] = mapped_column(sa.String(10))


class AccountRow(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(140))
    username: Mapped[str] = mapped_column(sa.String(40), index=True)
    language: Mapped[str | None] = mapped_column(sa.String(10))
    reachable: Mapped[bool]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), unique=True)


class InviteRow(Base):
    __tablename__ = "invites"
    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[int | None] = mapped_column(sa.BigInteger)


class RegisterChangeRow(Base):
    """The register's history. Rows are inserted, never changed."""

    __tablename__ = "register_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(30), index=True)
    field: Mapped[str] = mapped_column(sa.String(20))
    before: Mapped[str] = mapped_column(sa.Text)
    after: Mapped[str] = mapped_column(sa.Text)
    by: Mapped[str] = mapped_column(sa.String(140))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_D, _P, _A, _I, _G = table(DepartmentRow), table(PersonRow), table(AccountRow), table(InviteRow), table(GroupRow)
_R = table(RegisterChangeRow)
_PEOPLE = sa.select(_P, _D.c.name.label("department_name")).join(_D, _D.c.id == _P.c.department_id)
_BY_ID = _PEOPLE.where(_P.c.id == sa.bindparam("row"))
_BY_NUMBER = _PEOPLE.where(_P.c.number == sa.bindparam("no"))
_BY_ACCOUNT = _PEOPLE.join(_A, _A.c.person_id == _P.c.id).where(_A.c.id == sa.bindparam("acc"))
_EVERYBODY = _PEOPLE.where(_P.c.status == ACTIVE).order_by(_P.c.number)
_OF_COMPANY = _P.c.status.in_([ACTIVE, PersonStatus.LEAVING])
_STAFF = _PEOPLE.where(_OF_COMPANY).order_by(_P.c.number)
_STAFF_WITH_ROLE = _STAFF.where(_P.c.role == sa.bindparam("as_role"))
_ALL = _PEOPLE.order_by(_P.c.number)
_LIKE = _ALL.where(
    sa.or_(
        _P.c.number.ilike(sa.bindparam("t"), escape="\\"),
        (_D.c.name + "-" + _P.c.name).ilike(sa.bindparam("t"), escape="\\"),
    )
)
_REPORTS = _EVERYBODY.where(_P.c.superior_id == sa.bindparam("who"))
_PASS_REPORT = (
    sa.update(_P)
    .where(_P.c.id == sa.bindparam("row"), _P.c.superior_id == sa.bindparam("before"))
    .values(superior_id=sa.bindparam("after"))
)
_SET_STATUS = (
    sa.update(_P)
    .where(_P.c.id == sa.bindparam("row"), _P.c.status == sa.bindparam("before"))
    .values(status=sa.bindparam("after"))
)
_PASS_DEPARTMENT = (
    sa.update(_D)
    .where(_D.c.id == sa.bindparam("row"), _D.c.manager_id == sa.bindparam("before"))
    .values(manager_id=sa.bindparam("after"))
)
_CHANGES = (
    sa.select(_R).where(_R.c.subject == sa.bindparam("of")).order_by(_R.c.id.desc()).limit(sa.bindparam("most"))
)
_WITH_ROLE = _EVERYBODY.where(_P.c.role == sa.bindparam("as_role"))
_ADMINS = _EVERYBODY.where(_P.c.is_admin | (_P.c.role == Role.ADMIN))
_FIND = (
    _PEOPLE.outerjoin(_A, _A.c.person_id == _P.c.id)
    .where(
        _OF_COMPANY,
        sa.or_(
            _P.c.number == sa.bindparam("t"),
            _P.c.name == sa.bindparam("t"),
            (_D.c.name + "-" + _P.c.name) == sa.bindparam("t"),
            sa.and_(_A.c.username != "", sa.func.lower(_A.c.username) == sa.bindparam("lower")),
        ),
    )
    .order_by(_P.c.number)
)
_IDENTIFY = (
    sa.select(
        _A.c.id.label("acc"),
        _A.c.name.label("acc_name"),
        _A.c.username,
        _A.c.language,
        _A.c.reachable,
        _A.c.person_id,
        _P,
        _D.c.name.label("department_name"),
    )
    .outerjoin(_P, _P.c.id == _A.c.person_id)
    .outerjoin(_D, _D.c.id == _P.c.department_id)
    .where(_A.c.id == sa.bindparam("account"))
)
_GROUP_AT = sa.select(_G.c.id).where(_G.c.chat_id == sa.bindparam("chat"), _G.c.bound)
_ACCOUNT_OF = sa.select(_A).where(_A.c.person_id == sa.bindparam("who"))
_REACHABLE = sa.select(_A.c.person_id).where(_A.c.person_id.is_not(None), _A.c.reachable)
_SEE = upsert(AccountRow, on=["id"], update=["name", "username", "reachable"])
_SEE_NAME = upsert(AccountRow, on=["id"], update=["name", "username"])
_REACH = sa.update(_A).where(_A.c.id == sa.bindparam("acc")).values(reachable=sa.bindparam("can"))
_LANGUAGE = sa.update(_A).where(_A.c.id == sa.bindparam("acc")).values(language=sa.bindparam("reads"))
_BIND = sa.update(_A).where(_A.c.id == sa.bindparam("acc")).values(person_id=sa.bindparam("who"))
_UNBIND = sa.update(_A).where(_A.c.person_id == sa.bindparam("who")).values(person_id=None)
_VOID = sa.delete(_I).where(_I.c.person_id == sa.bindparam("who"), _I.c.used_at.is_(None))
_LIVE = sa.select(sa.func.count()).where(
    _I.c.person_id == sa.bindparam("who"), _I.c.used_at.is_(None), _I.c.expires_at > sa.bindparam("at")
)
_INVITE = sa.select(_I).where(_I.c.token_hash == sa.bindparam("token"))
_USE = (
    sa.update(_I)
    .where(_I.c.token_hash == sa.bindparam("token"), _I.c.used_at.is_(None))
    .values(used_at=sa.bindparam("at"), used_by=sa.bindparam("acc"))
)
_DEPARTMENTS = sa.select(_D).order_by(_D.c.id)


def label_of(person_id: sa.ColumnElement[Any], name: str) -> sa.Label[Any]:
    """部门-姓名 of a person as a column, or nothing where there is none."""
    who, where = table(PersonRow).alias(), table(DepartmentRow).alias()
    found = (
        sa.select(where.c.name + "-" + who.c.name)
        .join(where, where.c.id == who.c.department_id)
        .where(who.c.id == person_id)
        .scalar_subquery()
    )
    return sa.func.coalesce(found, "").label(name)


def person_from(row: Any) -> Person:
    return Person(
        PersonId(row.id),
        row.number,
        row.name,
        DepartmentId(row.department_id),
        row.department_name,
        Role(row.role),
        row.is_admin,
        row.level,
        row.regions,
        row.industry,
        None if row.superior_id is None else PersonId(row.superior_id),
        row.phone,
        PersonStatus(row.status),
    )


def account_from(row: Any) -> Account:
    return Account(
        AccountId(row.id),
        row.name,
        row.username,
        row.language,
        row.reachable,
        None if row.person_id is None else PersonId(row.person_id),
    )


def department_from(row: Any) -> Department:
    return Department(
        DepartmentId(row.id),
        row.name,
        None if row.parent_id is None else DepartmentId(row.parent_id),
        None if row.manager_id is None else PersonId(row.manager_id),
    )


def change_from(row: Any) -> Change:
    return Change(row.subject, row.field, row.before, row.after, row.by, row.at)


class SqlPeople:
    """The staff register within one unit of work."""

    def __init__(self, connection: sa.Connection, memory: Memory) -> None:
        self._c, self._memory = connection, memory

    def _one(self, statement: sa.Select[Any], **values: object) -> Person | None:
        return next(iter(self._many(statement, **values)), None)

    def _many(self, statement: sa.Select[Any], **values: object) -> list[Person]:
        def read() -> tuple[Person, ...]:
            return tuple(person_from(row) for row in self._c.execute(statement, values))

        return list(self._memory.recall((statement, *values.items()), read))

    def identify(self, account: AccountId, chat: ChatId) -> Identity:
        row = self._c.execute(_IDENTIFY, {"account": account}).first()
        group = None if int(chat) == int(account) else self._c.execute(_GROUP_AT, {"chat": chat}).scalar()
        at = None if group is None else GroupId(group)
        if row is None:
            return Identity(None, None, at)
        person = None if row.person_id is None else person_from(row)
        known = Account(
            AccountId(row.acc),
            row.acc_name,
            row.username,
            row.language,
            row.reachable,
            person.id if person else None,
        )
        return Identity(known, person, at)

    def get(self, person: PersonId) -> Person:
        found = self._one(_BY_ID, row=person)
        if found is None:
            raise NotFound("person", str(person))
        return found

    def find(self, text: str) -> list[Person]:
        text = text.strip().removeprefix("@").strip()
        return self._many(_FIND, t=text, lower=text.lower())

    def by_number(self, number: str) -> Person | None:
        return self._one(_BY_NUMBER, no=number)

    def by_account(self, account: AccountId) -> Person | None:
        return self._one(_BY_ACCOUNT, acc=account)

    def account_of(self, person: PersonId) -> Account | None:
        def read() -> Account | None:
            row = self._c.execute(_ACCOUNT_OF, {"who": person}).first()
            return None if row is None else account_from(row)

        return self._memory.recall((_ACCOUNT_OF, person), read)

    def active(self, role: Role | None = None, department: DepartmentId | None = None) -> list[Person]:
        found = self._many(_EVERYBODY) if role is None else self._many(_WITH_ROLE, as_role=role)
        if department is None:
            return found
        below = self._below(department)
        return [person for person in found if person.department in below]

    def _below(self, department: DepartmentId) -> set[DepartmentId]:
        departments, inside = self.departments(), {department}
        grown = True
        while grown:
            more = {d.id for d in departments if d.parent in inside} - inside
            inside |= more
            grown = bool(more)
        return inside

    def staff(self, role: Role | None = None) -> list[Person]:
        return self._many(_STAFF) if role is None else self._many(_STAFF_WITH_ROLE, as_role=role)

    def everybody(self) -> list[Person]:
        return self._many(_ALL)

    def like(self, text: str) -> list[Person]:
        literal = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return self._many(_LIKE, t=f"%{literal}%")

    def reports_of(self, person: PersonId) -> list[Person]:
        return self._many(_REPORTS, who=person)

    def pass_report(self, report: PersonId, before: PersonId, after: PersonId | None) -> bool:
        return bool(self._c.execute(_PASS_REPORT, {"row": report, "before": before, "after": after}).rowcount)

    def set_status(self, person: PersonId, before: PersonStatus, after: PersonStatus) -> bool:
        return bool(self._c.execute(_SET_STATUS, {"row": person, "before": before, "after": after}).rowcount)

    def log(self, change: Change) -> None:
        self._c.execute(
            sa.insert(_R),
            {
                "subject": change.subject,
                "field": change.field,
                "before": change.before,
                "after": change.after,
                "by": change.by,
                "at": change.at,
            },
        )

    def changes(self, subject: str, limit: int) -> list[Change]:
        return [change_from(row) for row in self._c.execute(_CHANGES, {"of": subject, "most": limit})]

    def reachable(self) -> set[PersonId]:
        return {PersonId(row.person_id) for row in self._c.execute(_REACHABLE)}

    def admins(self) -> list[Person]:
        return self._many(_ADMINS)

    def add(self, row: StaffRow, department: DepartmentId, *, is_admin: bool = False) -> Person:
        values = {**_values(row, department), "is_admin": is_admin, "status": ACTIVE}
        added = self._c.execute(sa.insert(_P).values(values).returning(_P.c.id)).scalar_one()
        return self.get(PersonId(added))

    def change(self, person: PersonId, row: StaffRow, department: DepartmentId) -> bool:
        before = self.get(person)
        self._c.execute(sa.update(_P).where(_P.c.id == person).values(_values(row, department)))
        return self.get(person) != before

    def set_superior(self, person: PersonId, superior: PersonId | None) -> bool:
        changed = self._c.execute(sa.update(_P).where(_P.c.id == person).values(superior_id=superior))
        return bool(changed.rowcount)

    def make_admin(self, person: PersonId) -> None:
        self._c.execute(sa.update(_P).where(_P.c.id == person).values(is_admin=True))

    def set_admin(self, person: PersonId, is_admin: bool) -> None:
        self._c.execute(sa.update(_P).where(_P.c.id == person).values(is_admin=is_admin))

    def department(self, department: DepartmentId) -> Department:
        for one in self._departments():
            if one.id == department:
                return one
        raise NotFound("department", str(department))

    def departments(self) -> list[Department]:
        return list(self._departments())

    def _departments(self) -> tuple[Department, ...]:
        def read() -> tuple[Department, ...]:
            return tuple(department_from(row) for row in self._c.execute(_DEPARTMENTS))

        return self._memory.recall(_DEPARTMENTS, read)

    def find_department(self, name: str) -> Department | None:
        departments = {d.id: d for d in self.departments()}
        by_path = {_path(d, departments): d for d in departments.values()}
        by_name = {d.name: d for d in reversed(departments.values())}
        return by_path.get(name.strip()) or by_name.get(name.strip())

    def path_of(self, department: DepartmentId) -> str:
        departments = {d.id: d for d in self.departments()}
        return _path(departments[department], departments)

    def add_department(self, name: str, parent: DepartmentId | None) -> Department:
        added = self._c.execute(sa.insert(_D).values(name=name, parent_id=parent).returning(_D.c.id)).scalar_one()
        return self.department(DepartmentId(added))

    def put_department(self, department: Department) -> None:
        values = {"name": department.name, "parent_id": department.parent, "manager_id": department.manager}
        self._c.execute(sa.update(_D).where(_D.c.id == department.id).values(values))

    def pass_department(self, department: DepartmentId, before: PersonId, after: PersonId | None) -> bool:
        values = {"row": department, "before": before, "after": after}
        return bool(self._c.execute(_PASS_DEPARTMENT, values).rowcount)

    def remove_department(self, department: DepartmentId) -> None:
        self._c.execute(sa.delete(_D).where(_D.c.id == department))

    def see_account(self, account: AccountId, name: str, username: str, *, opened: bool) -> None:
        statement = (_SEE if opened else _SEE_NAME)[self._c.dialect.name]
        self._c.execute(statement, {"id": account, "name": name, "username": username, "reachable": opened})

    def set_reachable(self, account: AccountId, reachable: bool) -> None:
        self._c.execute(_REACH, {"acc": account, "can": reachable})

    def set_language(self, account: AccountId, language: str) -> None:
        self._c.execute(_LANGUAGE, {"acc": account, "reads": language})

    def bind(self, account: AccountId, person: PersonId) -> None:
        self._c.execute(_BIND, {"acc": account, "who": person})

    def unbind(self, person: PersonId) -> AccountId | None:
        before = self.account_of(person)
        self._c.execute(_UNBIND, {"who": person})
        return before.id if before else None

    def add_invite(self, token_hash: str, kind: InviteKind, person: PersonId | None, expires_at: datetime) -> None:
        self._c.execute(
            sa.insert(_I),
            {"token_hash": token_hash, "kind": kind, "person_id": person, "expires_at": expires_at},
        )

    def void_invites(self, person: PersonId) -> None:
        self._c.execute(_VOID, {"who": person})

    def has_invite(self, person: PersonId, at: datetime) -> bool:
        return bool(self._c.execute(_LIVE, {"who": person, "at": at}).scalar_one())

    def invite_state(self, token_hash: str) -> tuple[InviteKind, PersonId | None, datetime, bool] | None:
        row = self._c.execute(_INVITE, {"token": token_hash}).first()
        if row is None:
            return None
        person = None if row.person_id is None else PersonId(row.person_id)
        return InviteKind(row.kind), person, row.expires_at, row.used_at is not None

    def use_invite(self, token_hash: str, account: AccountId, at: datetime) -> bool:
        return bool(self._c.execute(_USE, {"token": token_hash, "at": at, "acc": account}).rowcount)


def _path(department: Department, departments: dict[DepartmentId, Department]) -> str:
    if department.parent is None:
        return department.name
    return f"{_path(departments[department.parent], departments)}/{department.name}"


def _values(row: StaffRow, department: DepartmentId) -> dict[str, Any]:
    return {
        "number": row.number,
        "name": row.name,
        "department_id": department,
        "role": row.role,
        "level": row.level,
        "regions": row.regions,
        "industry": row.industry,
        "phone": row.phone,
    }
