"""The writer: one thread that runs whole units of work, one after another, with one commit for all that queued."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

MOST_PER_COMMIT = 200

Work = Callable[[sa.Connection], Any]


@dataclass(slots=True)
class _Item:
    work: Work
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Journal(Protocol):
    """Who wants to know where transactions and units begin and end."""

    def begin(self, connection: sa.Connection) -> None: ...
    def opening(self) -> str:
        """What is to be said to the database where a unit begins."""

    def close(self, connection: sa.Connection) -> None:
        """The last thing before the commit; an error takes the whole transaction back."""


class WriterStopped(RuntimeError):
    """Work was handed in after the writer had been stopped."""


class Writer:
    """Runs units of work on one thread of its own.

    What is queued when a transaction begins shares one commit. There each runs inside a savepoint, so that one that
    fails takes nothing of the others back; one that is alone is its own transaction. A future is released only after
    the commit: what a caller has seen is on disk.
    """

    def __init__(self, engine: sa.Engine, journal: Journal | None = None) -> None:
        self._engine = engine
        self._journal = journal
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._stopped = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued and end the thread."""
        if not self._stopped:
            self._stopped = True
            self._queue.put(None)
            self._thread.join()

    async def do(self, work: Work) -> Any:
        """Run `work` in a unit of its own; returns after the commit, or raises what it raised after its rollback."""
        if self._stopped:
            raise WriterStopped
        loop = asyncio.get_running_loop()
        item = _Item(work, loop, loop.create_future())
        self._queue.put(item)
        return await item.future

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while (batch := self._take()) is not None:
                self._commit(connection, batch)
                self._release(batch)

    def _take(self) -> list[_Item] | None:
        first = self._queue.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < MOST_PER_COMMIT:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._queue.put(None)
                break
            batch.append(item)
        return batch

    def _commit(self, connection: sa.Connection, batch: list[_Item]) -> None:
        try:
            with connection.begin() as transaction:
                if self._journal is not None:
                    self._journal.begin(connection)
                if len(batch) == 1:
                    self._run_alone(connection, transaction, batch[0])
                else:
                    self._run_together(connection, batch)
                if self._journal is not None and transaction.is_active:
                    self._journal.close(connection)
        except BaseException as error:  # noqa: BLE001, RUF100  # the commit itself failed: nobody may believe it was done
            for item in batch:
                item.error = item.error or error
            connection.invalidate()  # an open transaction left behind would refuse every later one: begin afresh

    def _opening(self) -> str:
        return self._journal.opening() if self._journal is not None else ""

    def _run_alone(self, connection: sa.Connection, transaction: sa.RootTransaction, item: _Item) -> None:
        """The transaction is the unit's own: nothing but it would be kept by a savepoint."""
        try:
            if opening := self._opening():
                connection.exec_driver_sql(opening)
            item.result = item.work(connection)
        except BaseException as error:  # noqa: BLE001, RUF100  # handed to whoever awaits the unit
            item.error = error
            transaction.rollback()

    def _run_together(self, connection: sa.Connection, batch: list[_Item]) -> None:
        bare = connection.connection.cursor()  # three plain words to the database need none of the machinery
        try:
            for item in batch:
                opening = self._opening()
                bare.execute(f"SAVEPOINT unit; {opening}" if opening else "SAVEPOINT unit")
                try:
                    item.result = item.work(connection)
                except BaseException as error:  # noqa: BLE001, RUF100  # handed to whoever awaits the unit
                    bare.execute("ROLLBACK TO SAVEPOINT unit")
                    item.error = error
                bare.execute("RELEASE SAVEPOINT unit")
        finally:
            bare.close()

    @staticmethod
    def _release(batch: list[_Item]) -> None:
        loops: dict[asyncio.AbstractEventLoop, list[_Item]] = {}
        for item in batch:
            loops.setdefault(item.loop, []).append(item)
        for loop, items in loops.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, items)


def _settle(items: list[_Item]) -> None:
    for item in items:
        if item.future.cancelled():
            continue
        if item.error is not None:
            item.future.set_exception(item.error)
        else:
            item.future.set_result(item.result)
