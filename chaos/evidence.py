"""What is looked at afterwards: the rows of the database, what the platform recorded, what people did, the logs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chaos.load import Done
from chaos.platform import Given, Sent
from chaos.scene import Scene, Strike, log_lines
from storage.audit import anchors
from storage.audit.verify import Verdict, verify
from storage.base import Base
from storage.engine import make_engine

TABLES = (
    "inbox",
    "notices",
    "cards",
    "deadlines",
    "rounds",
    "outages",
    "leads",
    "lead_events",
    "tasks",
    "assignments",
    "complaints",
    "complaint_counters",
    "complaint_messages",
    "customers",
    "checkins",
    "positions",
    "ledger",
    "groups",
    "accounts",
    "people",
    "acts",
)
Row = dict[str, Any]


@dataclass
class Evidence:
    """Plain values all through, so that a test can doctor them."""

    rows: dict[str, list[Row]]
    trail: list[Row]  # the lines without their content
    verdict: Verdict
    now: datetime
    given: dict[int, Given]
    offset: int
    sent: list[Sent]
    shown: dict[tuple[int, int], str]  # (chat, message) → the text that stands there
    done: list[Done]
    presses: dict[int, Any]  # by the update they were
    strikes: list[Strike]
    log: list[Row]
    silences: list[tuple[datetime, datetime]] = field(default_factory=list)  # no bot lived

    def by_id(self, table: str) -> dict[int, Row]:
        return {row["id"]: row for row in self.rows[table]}


def collect(scene: Scene) -> Evidence:
    """Everything of a scene; its bots have ended."""
    engine = make_engine(scene.database, read_only=True)
    noted = anchors.read(scene.folder / anchors.FILE) if (scene.folder / anchors.FILE).exists() else []
    with engine.connect() as connection:
        rows = {name: _all(connection, Base.metadata.tables[name]) for name in TABLES}
        trace = Base.metadata.tables["audit_trail"].c
        lines = connection.execute(sa.select(trace.seq, trace.act, trace.subject, trace.cause).order_by(trace.seq))
        trail = [dict(row._mapping) for row in lines]
    verdict = verify(engine, anchors=noted)
    engine.dispose()
    there = scene.platform
    shown = {(c.id, m.id): m.text for c in there.telegram.chats.values() for m in c.messages.values()}
    book = scene.people.book
    return Evidence(
        rows,
        trail,
        verdict,
        scene.clock.now(),
        dict(there.given),
        there.offset,
        list(there.sent),
        shown,
        list(book.done),
        dict(book.presses),
        list(scene.strikes),
        log_lines(Path(scene.folder)),
        [*scene.silences, *silences(scene)],
    )


def silences(scene: Scene) -> list[tuple[datetime, datetime]]:
    """From each end of a process until another asks for updates, in the company's time."""
    now, real, rate = scene.clock.now(), time.monotonic(), scene.clock.rate
    found = []
    for strike in scene.strikes:
        later = (at for at, process in scene.platform.polls if at > strike.at and process != strike.process)
        span = (strike.at, next(later, real))
        found.append(
            (now - timedelta(seconds=(real - span[0]) * rate), now - timedelta(seconds=(real - span[1]) * rate))
        )
    return found


def _all(connection: sa.Connection, table: sa.Table) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
