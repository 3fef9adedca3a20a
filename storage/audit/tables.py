"""What the trail makes of each table: whether it is traced, what its rows are about, and which values are hidden.

Every table is traced unless it stands in `MECHANISMS`. A value is shown only where its kind or name says that it is
harmless (numbers, instants, states, ids, what is known about staff); any other text is hidden behind a salted hash,
so that a column nobody thought of gives nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa

from storage.base import Base, UtcDateTime

MECHANISMS = frozenset(
    {
        "inbox",  # how updates arrive; what they do is traced
        "notices",  # themselves a record of what was told to whom
        "customer_name_keys",  # follow from the names, which are traced
        "cards",  # which message shows a card
        "rounds",  # that a round ran; what it does is traced
        "pulse",  # a sign of life, every few seconds
        "processes",  # likewise, of each process
        "audit_trail",
        "audit_pending",
        "audit_salts",
    }
)

# What a row is about, where it is neither a column `subject` nor a reference to the table its name begins with.
SUBJECTS = {
    "assignments": "task:{task_id}",
    "audit_seals": "audit:{id}",
    "checkin_days": "checkin:{day}",
    "checkins": "checkin:{day}:{person_id}",
    "complaint_intakes": "intake:{id}",
    "complaint_messages": "complaint:{complaint_id}",
    "invites": "person:{person_id}",
    "people": "person:{id}",
    "positions": "person:{person_id}",
    "visit_plans": "plan:{id}",
    "visit_remarks": "plan:{plan_id}",
}
# fmt: off
OPEN_NAMES = frozenset({
    "act", "basis", "cause", "channel", "class", "clause", "currency", "day", "decision", "digest", "direction",
    "effect", "excuse", "file_hash", "flags", "group", "groups", "kind", "klass", "language", "level", "media",
    "medium", "mode", "month", "op", "outcome", "period", "phase", "proof", "purposes", "quarter", "reason_kind",
    "result", "role", "rulebook_version", "scheme", "scope", "severity", "shift", "source", "stage", "standing",
    "state", "status", "step", "subject", "trend", "turn", "urgency", "verdict", "version",
})
# fmt: on
OPEN_COLUMNS = frozenset(
    {
        ("audit_seals", "file"),
        ("backups", "file"),
        ("backups", "reason"),
        ("backups", "trail"),
        ("complaints", "number"),
        ("departments", "name"),
        ("groups", "title"),
        ("people", "industry"),
        ("people", "name"),
        ("people", "number"),
        ("people", "regions"),
    }
)
HIDDEN_COLUMNS = frozenset({("customer_contacts", "role")})
PLACES = ("latitude", "longitude", "accuracy_m")

INFINITE = re.compile(r"(?<=[\[,])-?Inf(?=[\],])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Plan:
    """A traced table. `turns` bring values from a trigger's JSON to what a line holds: by place for SQLite, which
    knows no truth values; by place for PostgreSQL, which tells instants in the zone of the connection."""

    table: str
    names: tuple[str, ...]
    hidden: frozenset[str]
    key: tuple[int, ...]
    subject: Callable[[list[Any]], str]
    truths: tuple[int, ...]
    instants: tuple[int, ...]

    def read(self, text: str) -> list[Any]:
        """A row as a trigger told it, with its values in the order of the columns."""
        told = _loaded(text)
        if isinstance(told, list):
            for at in self.truths:
                if told[at] is not None:
                    told[at] = bool(told[at])
            return told
        row = [told.get(name) for name in self.names]
        for at in self.instants:
            if row[at] is not None:
                row[at] = written(datetime.fromisoformat(row[at]))
        return row

    def key_of(self, row: list[Any]) -> str:
        if len(self.key) == 1:
            return str(row[self.key[0]])
        return "/".join(str(row[at]) for at in self.key)

    @property
    def hides_key(self) -> bool:
        return any(self.names[at] in self.hidden for at in self.key)


def _loaded(text: str) -> Any:
    """SQLite writes an infinite number as no JSON does."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return orjson.loads(INFINITE.sub("null", text))


def written(at: datetime) -> str:
    """An instant as lines hold it, and as SQLite does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26]


def traced() -> list[sa.Table]:
    """The tables that are traced. All areas must have been imported."""
    return [table for table in Base.metadata.sorted_tables if table.name not in MECHANISMS]


@cache
def plans() -> dict[str, Plan]:
    return {table.name: _plan(table) for table in traced()}


def _plan(table: sa.Table) -> Plan:
    columns = list(table.columns)
    return Plan(
        table.name,
        tuple(str(column.name) for column in columns),  # names that need quotes are of a class of their own
        frozenset(str(column.name) for column in columns if is_hidden(column)),
        tuple(columns.index(column) for column in table.primary_key.columns),
        _subject(table),
        tuple(at for at, column in enumerate(columns) if isinstance(column.type, sa.Boolean)),
        tuple(at for at, column in enumerate(columns) if isinstance(column.type, UtcDateTime)),
    )


def is_hidden(column: sa.Column[Any]) -> bool:
    """Whether the trail keeps only a salted hash of the column's values."""
    where = (column.table.name, column.name)
    if where in HIDDEN_COLUMNS or column.name in PLACES:
        return True
    if where in OPEN_COLUMNS or column.name in OPEN_NAMES or column.name.endswith(("_kind", "_state")):
        return False
    kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    return isinstance(kind, sa.String | sa.LargeBinary) and not isinstance(column.type, UtcDateTime)


def _subject(table: sa.Table) -> Callable[[list[Any]], str]:
    names = [column.name for column in table.columns]
    key = ":".join("" if is_hidden(column) else f"{{{column.name}}}" for column in table.primary_key.columns)
    own = _form(f"{noun(table.name)}:{key}", names)
    said = SUBJECTS.get(table.name) or _by_parent(table) or ("{subject}" if "subject" in names else None)
    if said is None:
        return own
    about = _form(said, names)

    def subject(row: list[Any]) -> str:
        return about(row) or own(row)

    return subject


def _form(form: str, names: list[str]) -> Callable[[list[Any]], str]:
    """Fills a form like "task:{task_id}" from a row; empty where what it names is."""
    head, *rest = form.split("{")
    if not rest:
        return lambda row: head
    parts = [(names.index(name), text) for one in rest for name, text in (one.split("}"),)]
    if len(parts) == 1 and not parts[0][1]:
        at = parts[0][0]
        return lambda row: "" if row[at] in (None, "") else f"{head}{row[at]}"
    return lambda row: head + "".join(f"{row[at]}{text}" for at, text in parts)


def _by_parent(table: sa.Table) -> str | None:
    """`lead_events` refers to `leads`: its rows are about the lead."""
    for key in table.foreign_keys:
        parent = key.column.table.name
        if table.name.startswith(f"{noun(parent)}_") and parent not in MECHANISMS and parent != table.name:
            return f"{noun(parent)}:{{{key.parent.name}}}"
    return None


def noun(table: str) -> str:
    """leads → lead, duties → duty, people → person."""
    irregular = {"people": "person", "ledger": "entry"}
    if table in irregular:
        return irregular[table]
    if table.endswith("ies"):
        return table[:-3] + "y"
    return table.removesuffix("es" if table.endswith(("ches", "shes", "sses", "xes")) else "s")
