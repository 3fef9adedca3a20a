"""Where half-filled forms wait: one row a conversation, in a small database of their own, so that a form never
waits for the writer.

The library that draws forms looks a conversation up at every update, and writes it back even where nothing is open.
So the rows are held in memory as well, and only what changes is written. One process owns the file.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import create_async_engine

from storage.away import Absence, is_away, pauses
from storage.base import UtcDateTime

metadata = sa.MetaData()
forms = sa.Table(
    "forms",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("state", sa.String(200)),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
_ALL = sa.select(forms.c.key, forms.c.state, forms.c.data)
_DROP = sa.delete(forms).where(forms.c.key == sa.bindparam("k"))
_PURGE = sa.delete(forms).where(forms.c.updated_at < sa.bindparam("before")).returning(forms.c.key)
EMPTY = (None, "{}")


class FormStore:
    """Key to (state, data). A row that says nothing is removed; old ones are purged by age."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url)
        self._rows: dict[str, tuple[str | None, str]] = {}
        self._unsaved: dict[str, datetime] = {}  # changes that the file has not got
        self._absence = Absence("forms")
        self._writing = asyncio.Lock()
        if url.startswith("sqlite"):
            event.listen(self._engine.sync_engine, "connect", _pragmas)

    async def open(self) -> None:
        """Once the file is there."""
        for pause in pauses():
            try:
                await self._open()
            except sa.exc.DBAPIError as error:
                if not is_away(error):
                    raise
                self._absence.noted(error)
                await asyncio.sleep(pause)
            else:
                self._absence.over()
                return

    async def _open(self) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            self._rows = {row.key: (row.state, row.data) for row in await connection.execute(_ALL)}

    async def close(self) -> None:
        await self._engine.dispose()

    async def get(self, key: str) -> tuple[str | None, dict[str, Any]]:
        state, data = self._rows.get(key, EMPTY)
        return state, orjson.loads(data)

    async def set_state(self, key: str, state: str | None, at: datetime) -> None:
        if state != self._rows.get(key, EMPTY)[0]:
            async with self._writing:
                await self._put(key, (state, self._rows.get(key, EMPTY)[1]), at)

    async def set_data(self, key: str, data: dict[str, Any], at: datetime) -> None:
        text = orjson.dumps(data).decode()
        if text != self._rows.get(key, EMPTY)[1]:
            async with self._writing:
                await self._put(key, (self._rows.get(key, EMPTY)[0], text), at)

    async def _put(self, key: str, row: tuple[str | None, str], at: datetime) -> None:
        """Where the file can't be written it is kept in memory, and written with the next that can."""
        if row == EMPTY:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row
        self._unsaved[key] = at
        try:
            async with self._engine.begin() as connection:
                for one, since in self._unsaved.items():
                    await connection.execute(*self._change(one, since))
        except sa.exc.DBAPIError as error:
            if not is_away(error):
                raise
            self._absence.noted(error)
        else:
            self._unsaved.clear()
            self._absence.over()

    def _change(self, key: str, at: datetime) -> tuple[sa.Executable, dict[str, Any]]:
        row = self._rows.get(key)
        if row is None:
            return _DROP, {"k": key}
        values = {"key": key, "state": row[0], "data": row[1], "updated_at": at}
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        return insert(forms).values(values).on_conflict_do_update(index_elements=["key"], set_=values), {}

    async def purge(self, before: datetime) -> int:
        """Forget forms left lying since before that instant; how many."""
        async with self._writing:
            async with self._engine.begin() as connection:
                gone = (await connection.execute(_PURGE, {"before": before})).scalars().all()
            for key in gone:
                self._rows.pop(key, None)
        return len(gone)


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
