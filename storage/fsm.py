"""Where half-filled forms wait: one row a conversation, in a small database of their own, so that a form never
waits for the writer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import create_async_engine

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
_GET = sa.select(forms.c.state, forms.c.data).where(forms.c.key == sa.bindparam("k"))
_TIDY = sa.delete(forms).where(forms.c.key == sa.bindparam("k"), forms.c.state.is_(None), forms.c.data == "{}")
_PURGE = sa.delete(forms).where(forms.c.updated_at < sa.bindparam("before"))


class FormStore:
    """Key to (state, data). A row that says nothing is removed; old ones are purged by age."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url)
        if url.startswith("sqlite"):
            event.listen(self._engine.sync_engine, "connect", _pragmas)

    async def open(self) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(metadata.create_all)

    async def close(self) -> None:
        await self._engine.dispose()

    async def get(self, key: str) -> tuple[str | None, dict[str, Any]]:
        async with self._engine.connect() as connection:
            row = (await connection.execute(_GET, {"k": key})).first()
        return (row.state, orjson.loads(row.data)) if row else (None, {})

    async def set_state(self, key: str, state: str | None, at: datetime) -> None:
        await self._put(key, {"state": state}, {"data": "{}"}, at)

    async def set_data(self, key: str, data: dict[str, Any], at: datetime) -> None:
        await self._put(key, {"data": orjson.dumps(data).decode()}, {"state": None}, at)

    async def _put(self, key: str, values: dict[str, Any], others: dict[str, Any], at: datetime) -> None:
        row, change = {"key": key, "updated_at": at, **values, **others}, {**values, "updated_at": at}
        put: sa.Executable
        if self._engine.dialect.name == "sqlite":
            put = sqlite.insert(forms).values(row).on_conflict_do_update(index_elements=["key"], set_=change)
        else:
            put = postgresql.insert(forms).values(row).on_conflict_do_update(index_elements=["key"], set_=change)
        async with self._engine.begin() as connection:
            await connection.execute(put)
            await connection.execute(_TIDY, {"k": key})

    async def purge(self, before: datetime) -> int:
        """Forget forms left lying since before that instant; how many."""
        async with self._engine.begin() as connection:
            return int((await connection.execute(_PURGE, {"before": before})).rowcount)


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
