"""The trail as use cases read it, with the names of those it refers to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa

from core.audit import Change, Head, Hidden, Op, Ref, Trace, Value
from core.ids import AccountId, ChatId, PersonId
from storage.audit.rows import SaltRow, TraceRow
from storage.audit.tables import noun, written
from storage.base import Base, table
from storage.complaints import ComplaintRow
from storage.groups import GroupRow
from storage.people import DepartmentRow, PersonRow

_T, _S = table(TraceRow), table(SaltRow)
_P, _D, _G, _K = table(PersonRow), table(DepartmentRow), table(GroupRow), table(ComplaintRow)
_LAST = sa.select(_T).order_by(_T.c.seq.desc()).limit(sa.bindparam("most"))
_PAGE = _LAST.where(_T.c.seq < sa.bindparam("before"))
_OF_SUBJECT = _PAGE.where(_T.c.subject == sa.bindparam("about"))
_OF_PERSON = _PAGE.where(sa.or_(_T.c.person == sa.bindparam("who"), _T.c.subject == sa.bindparam("about")))
_HEAD = sa.select(_T.c.seq, _T.c.digest).order_by(_T.c.seq.desc()).limit(1)
_PEOPLE = (
    sa.select(_P.c.id, (_D.c.name + "-" + _P.c.name).label("label"))
    .join(_D, _D.c.id == _P.c.department_id)
    .where(_P.c.id.in_(sa.bindparam("ids", expanding=True)))
)
_GROUPS = sa.select(_G.c.id, _G.c.title.label("label")).where(_G.c.id.in_(sa.bindparam("ids", expanding=True)))
_DEPARTMENTS = sa.select(_D.c.id, _D.c.name.label("label")).where(_D.c.id.in_(sa.bindparam("ids", expanding=True)))
_COMPLAINTS = sa.select(_K.c.id, _K.c.number.label("label")).where(_K.c.id.in_(sa.bindparam("ids", expanding=True)))
NAMED = {"people": _PEOPLE, "groups": _GROUPS, "departments": _DEPARTMENTS}
KNOWN_BY = {"person": _PEOPLE, "group": _GROUPS, "department": _DEPARTMENTS, "complaint": _COMPLAINTS}
_PLACES = sa.select(_G.c.chat_id, _G.c.title).where(_G.c.chat_id.in_(sa.bindparam("ids", expanding=True)))
_FORGET = sa.delete(_S).where(_S.c.subject == sa.bindparam("about"))
END = 2**62  # above every number of a line

Names = dict[tuple[str, int], str]


class SqlAudit:
    """The trail within one unit of work. `views` are the subjects whose viewing is to be traced; None where nothing
    will be committed."""

    def __init__(self, connection: sa.Connection, views: list[str] | None) -> None:
        self._c, self._views = connection, views

    def viewed(self, subject: str) -> None:
        if self._views is None:
            raise RuntimeError("a question that leaves a trace is run with `do`")
        self._views.append(subject)

    def forget(self, subject: str) -> None:
        self._c.execute(_FORGET, {"about": subject})

    def of_subject(self, subject: str, before: int | None, most: int) -> list[Trace]:
        return self._read(_OF_SUBJECT, before, most, about=subject)

    def of_person(self, person: PersonId, before: int | None, most: int) -> list[Trace]:
        return self._read(_OF_PERSON, before, most, who=person, about=f"person:{person}")

    def newest(
        self,
        most: int,
        *,
        subject: str | None = None,
        person: PersonId | None = None,
        since: datetime | None = None,
    ) -> list[Trace]:
        """The newest lines that fit, newest first."""
        wanted = []
        if subject is not None:
            wanted.append(_T.c.subject == subject)
        if person is not None:
            wanted.append(sa.or_(_T.c.person == person, _T.c.subject == f"person:{person}"))
        if since is not None:
            wanted.append(_T.c.at >= written(since))
        return self._traces(self._c.execute(_LAST.where(*wanted), {"most": most}).all())

    def head(self) -> Head | None:
        row = self._c.execute(_HEAD).first()
        return None if row is None else Head(row.seq, bytes(row.digest))

    def _read(self, statement: sa.Select[Any], before: int | None, most: int, **values: object) -> list[Trace]:
        return self._traces(self._c.execute(statement, {"before": before or END, "most": most, **values}).all())

    def _traces(self, rows: Iterable[Any]) -> list[Trace]:
        read = [(row, orjson.loads(row.changes)) for row in rows]
        names = self._names(told for _, changes in read for told in changes)
        places = self._places({row.chat for row, _ in read if row.chat is not None})
        labels = self._labels({row.subject for row, _ in read})
        return [trace_from(row, changes, names, places, labels.get(row.subject, "")) for row, changes in read]

    def _labels(self, subjects: set[str]) -> dict[str, str]:
        """What people call these subjects, where that is no secret."""
        found: dict[str, str] = {}
        for kind, statement in KNOWN_BY.items():
            ids = [int(number) for subject in subjects if (number := subject.removeprefix(f"{kind}:")).isdecimal()]
            if ids:
                found |= {f"{kind}:{row.id}": row.label for row in self._c.execute(statement, {"ids": ids})}
        return found

    def _names(self, changes: Iterable[Any]) -> Names:
        """The names of the people, groups and departments that values refer to."""
        ids: dict[str, set[int]] = {}
        for op, name, _, fields in changes:
            for field, told in fields.items():
                target = references(name).get(field)
                if target is not None:
                    ids.setdefault(target, set()).update(v for v in _pair(op, told) if isinstance(v, int))
        return {
            (target, row.id): row.label
            for target, wanted in ids.items()
            for row in self._c.execute(NAMED[target], {"ids": sorted(wanted)})
        }

    def _places(self, chats: set[int]) -> dict[int, str]:
        return {row.chat_id: row.title for row in self._c.execute(_PLACES, {"ids": sorted(chats)})} if chats else {}


def trace_from(row: Any, changes: list[Any], names: Names, places: dict[int, str], label: str) -> Trace:
    return Trace(
        row.seq,
        datetime.fromisoformat(row.at).replace(tzinfo=UTC),
        None if row.chat is None else ChatId(row.chat),
        places.get(row.chat, ""),
        None if row.account is None else AccountId(row.account),
        None if row.person is None else PersonId(row.person),
        row.who,
        row.role,
        row.act,
        row.subject,
        label,
        tuple(_change(told, names) for told in changes),
        row.version,
        row.cause,
    )


def _change(told: list[Any], names: Names) -> Change:
    op, name, key, fields = told
    targets = references(name)
    read = {
        field: (
            _value(targets.get(field), _pair(op, value)[0], names),
            _value(targets.get(field), _pair(op, value)[1], names),
        )
        for field, value in fields.items()
    }
    return Change(Op(op), noun(name), str(key), read)


def _pair(op: str, told: Any) -> tuple[Any, Any]:
    if op == Op.CHANGED:
        return told[0], told[1]
    return (None, told) if op == Op.ADDED else (told, None)


def _value(target: str | None, told: Any, names: Names) -> Value:
    if isinstance(told, dict):
        return Hidden(str(told.get("#", "")))
    if target is not None and isinstance(told, int):
        return Ref(target, told, names.get((target, told), ""))
    plain: Value = told
    return plain


@cache
def references(name: str) -> dict[str, str]:
    """Columns of a table that name a person, a group or a department, with the table they refer to."""
    found = Base.metadata.tables.get(name)
    if found is None:
        return {}
    return {key.parent.name: key.column.table.name for key in found.foreign_keys if key.column.table.name in NAMED}
