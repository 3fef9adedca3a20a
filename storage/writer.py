"""The writer: one thread that runs whole units of work, one after another, with one commit for all that queued."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from enum import Enum, auto
from time import monotonic
from typing import Any, Protocol

import sqlalchemy as sa

from storage.away import Absence, Away, is_away, pauses
from storage.wire import BACK, RELEASE, SAVEPOINT, OnServer

MOST_PER_COMMIT = 200
PATIENT_PER_COMMIT = 32  # of the units that nobody looks at a screen for
LEAST_PATIENT = 8  # as many of them go on where somebody who does look is waiting

Work = Callable[[sa.Connection], Any]


@dataclass(slots=True)
class _Item:
    work: Work
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    patient: bool
    context: Context = field(default_factory=copy_context)  # so that what it logs says for which update
    result: Any = None
    error: BaseException | None = None


class _Nudge(Enum):
    """What the queue holds besides units."""

    MORE = auto()  # a patient unit has come
    END = auto()


class Journal(Protocol):
    """Who wants to know where transactions and units begin and end."""

    def begin(self, connection: sa.Connection) -> None: ...
    def opening(self) -> str:
        """A unit begins; by what number a server is to know it."""

    def taken_back(self) -> None:
        """The unit that was opened last has failed."""

    def close(self, connection: sa.Connection) -> None:
        """The last thing before the commit; an error takes the whole transaction back."""

    def mark(self) -> str | None:
        """By what the server knows this transaction afterwards; None where a commit that failed was surely none."""

    def was_committed(self, connection: sa.Connection, mark: str) -> bool:
        """What became of a transaction whose commit was not answered. Raises StillOpen."""


@dataclass(slots=True)
class Writing:
    """What the writer's thread is at, for whoever watches it; instants of `monotonic`."""

    since: float | None = None  # when it began with what is in hand
    committed: float | None = None  # when it last ended a transaction
    ended: Callable[[int, float], None] | None = None  # told on the writer's thread: how many units, in seconds

    def begin(self) -> None:
        self.since = monotonic()

    def end(self, units: int, *, done: bool) -> None:
        begun, self.since = self.since, None
        if done and begun is not None:
            self.committed = monotonic()
            if self.ended is not None:
                self.ended(units, self.committed - begun)


class WriterStopped(Away):
    """Work was handed in after the writer had been stopped."""


class Writer:
    """Runs units of work on one thread of its own.

    What is queued when a transaction begins shares one commit; of the patient units so many, behind all others. There
    each runs inside a savepoint, so that one that fails takes nothing of the others back; in a file one that is alone
    is its own transaction. A future is released only after the commit: what a caller has seen is on disk.
    """

    def __init__(self, engine: sa.Engine, journal: Journal | None = None) -> None:
        self._engine = engine
        self._journal = journal
        self._queue: queue.SimpleQueue[_Item | _Nudge] = queue.SimpleQueue()
        self._patient: deque[_Item] = deque()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._stopped = False
        self._hurried = threading.Event()
        self._connection: sa.Connection | None = None
        self._doubt: str | None = None  # the transaction whose commit is not answered yet
        self.absence = Absence("writing")
        self.writing = Writing()

    def start(self) -> None:
        self._thread.start()

    def hurry(self) -> None:
        """From now on, don't wait for a database that is away: its units fail with Away."""
        self._hurried.set()

    def stop(self) -> None:
        """Finish what is queued and end the thread."""
        if not self._stopped:
            self._stopped = True
            self._queue.put(_Nudge.END)
            if self._thread.ident is not None:
                self._thread.join()

    async def do(self, work: Work, *, patient: bool = False) -> Any:
        """Run `work` in a unit of its own; returns after the commit, or raises what it raised after its rollback.
        A `patient` one lets those go first that are not.

        While the database is away this waits, and runs `work` again: it must not remember an earlier run.
        """
        if self._stopped:
            raise WriterStopped
        loop = asyncio.get_running_loop()
        item = _Item(work, loop, loop.create_future(), patient)
        if patient:
            self._patient.append(item)
            self._queue.put(_Nudge.MORE)
        else:
            self._queue.put(item)
        return await item.future

    def _run(self) -> None:
        while (batch := self._take()) is not None:
            self._carry_out(batch)
            self._release(batch)
        self._let_go()

    def _take(self) -> list[_Item] | None:
        """What shares the next commit; None when all is done."""
        batch: list[_Item] = []
        while not batch:
            ended = self._take_queued(batch)
            self._take_patient(batch)
            if ended:
                if not batch:
                    return None
                self._queue.put(_Nudge.END)
        return batch

    def _take_queued(self, batch: list[_Item]) -> bool:
        """Wait for the first, unless patient ones wait anyway; whether the end was among them."""
        with contextlib.suppress(queue.Empty):
            item = self._queue.get(block=not self._patient)
            while item is not _Nudge.END:
                if isinstance(item, _Item):
                    batch.append(item)
                if len(batch) >= MOST_PER_COMMIT:
                    return False
                item = self._queue.get_nowait()
            return True
        return False

    def _take_patient(self, batch: list[_Item]) -> None:
        """Some of them go in each commit, however many others there are."""
        for _ in range(PATIENT_PER_COMMIT):
            if not self._patient:
                return
            batch.append(self._patient.popleft())

    def _carry_out(self, batch: list[_Item]) -> None:
        """Commit the batch, as often as that needs to be tried, and once: what is behind it waits meanwhile."""
        self.writing.begin()
        for pause in pauses():
            error = self._try(batch)
            if error is not None and is_away(error):
                self.absence.noted(error)
                if not self._hurried.wait(pause):
                    continue
                error = Away(str(error))
            else:
                self.absence.over()
            self.writing.end(len(batch), done=error is None)
            if error is not None:
                for item in batch:
                    item.error = item.error or error
            return

    def _try(self, batch: list[_Item]) -> BaseException | None:
        """One try; what the transaction as a whole failed of. Then nobody may believe that anything was done."""
        try:
            if not self._was_committed():
                self._commit(batch)
        except BaseException as error:  # noqa: BLE001, RUF100  # handed to whoever awaits the units
            self._let_go()  # an open transaction left behind would refuse every later one: begin afresh
            return error
        return None

    def _connected(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):  # it may be broken in any way
                connection.invalidate()
            with contextlib.suppress(Exception):
                connection.close()

    def _was_committed(self) -> bool:
        """Whether the commit that was not answered was carried out all the same."""
        if self._doubt is None or self._journal is None:
            return False
        connection = self._connected()
        with connection.begin():
            done = self._journal.was_committed(connection, self._doubt)
        self._doubt = None
        return done

    def _commit(self, batch: list[_Item]) -> None:
        for item in batch:
            item.result = item.error = None
        connection = self._connected()
        with connection.begin() as transaction:
            if self._journal is not None:
                self._journal.begin(connection)
            if len(batch) == 1 and _is_file(connection):
                self._run_alone(connection, transaction, batch[0])
            else:
                self._run_together(connection, batch)
            if self._journal is not None and transaction.is_active:
                self._journal.close(connection)
                self._doubt = self._journal.mark()
        self._doubt = None

    def _run_alone(self, connection: sa.Connection, transaction: sa.RootTransaction, item: _Item) -> None:
        """In a file: the transaction is the unit's own, and nothing but it would be kept by a savepoint."""
        try:
            if self._journal is not None:
                self._journal.opening()
            item.result = item.context.run(item.work, connection)
        except BaseException as error:
            if is_away(error):
                raise
            item.error = error
            transaction.rollback()

    def _run_together(self, connection: sa.Connection, batch: list[_Item]) -> None:
        units: _Units = _InFile(connection) if _is_file(connection) else OnServer(connection)
        first = sum(not item.patient for item in batch)  # the patient ones stand behind
        for at, item in enumerate(batch):
            if at - first >= LEAST_PATIENT and not self._queue.empty():
                self._put_off(batch, at)
                return
            try:
                units.open(self._journal.opening() if self._journal is not None else "")
                item.result = item.context.run(item.work, connection)
                units.end()
            except BaseException as error:
                if is_away(error):
                    raise  # also what ran before it in this transaction is to run again
                units.take_back()
                if self._journal is not None:
                    self._journal.taken_back()
                item.error = error

    def _put_off(self, batch: list[_Item], at: int) -> None:
        """Leave what stands there and behind to the next commit."""
        self._patient.extendleft(reversed(batch[at:]))
        del batch[at:]

    @staticmethod
    def _release(batch: list[_Item]) -> None:
        loops: dict[asyncio.AbstractEventLoop, list[_Item]] = {}
        for item in batch:
            loops.setdefault(item.loop, []).append(item)
        for loop, items in loops.items():
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
                loop.call_soon_threadsafe(_settle, items)


class _Units(Protocol):
    """Where units of work begin and end within a transaction, as the database is told."""

    def open(self, number: str) -> None: ...
    def end(self) -> None: ...
    def take_back(self) -> None: ...


class _InFile:
    def __init__(self, connection: sa.Connection) -> None:
        self._say = connection.connection.cursor().execute  # three plain words need none of the machinery

    def open(self, _number: str) -> None:
        self._say(SAVEPOINT)

    def end(self) -> None:
        self._say(RELEASE)

    def take_back(self) -> None:
        self._say(BACK)
        self._say(RELEASE)


def _is_file(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _settle(items: list[_Item]) -> None:
    for item in items:
        if item.future.cancelled():
            continue
        if item.error is not None:
            item.future.set_exception(item.error)
        else:
            item.future.set_result(item.result)
