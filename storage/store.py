"""The store: where units of work are run, for use cases and for the machinery around them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import sqlalchemy as sa

from core.access import Actor, Role, authorise
from core.audit import MACHINERY, Doing
from core.calendar.model import company_days
from core.clock import Clock
from core.ids import AccountId, ChatId, UpdateId
from core.people import Identity
from core.rulebook import Rulebook
from core.rulebook.content import read_back
from core.rules import Shelf
from core.rules.changing import book_of
from core.rules.mornings import opened_today
from core.worktime import CompanyDay
from storage.audit import Recorder, triggers
from storage.away import Absence, Away, is_away, pauses
from storage.base import Base
from storage.calendar import CALENDAR
from storage.engine import is_sqlite, make_engine
from storage.health import Vitals, vitals
from storage.locking import beside
from storage.memory import Memory
from storage.rules import RULEBOOK
from storage.turns import Turns
from storage.unit_of_work import SqlUnitOfWork
from storage.watched import IDENTITIES
from storage.writer import Writer, Writing

P = ParamSpec("P")
T = TypeVar("T")
READERS = 2
REMEMBERED = 5.0  # seconds
MOST_REMEMBERED = 10_000
MOST_EDITIONS = 8  # earlier ones at hand, for deadlines and notices that were written under them


class Store:
    """Runs use cases in units of work on the writer's thread, and questions on reader threads.

    `on_commit` is called in the event loop after a unit has been committed, with the names of the mechanisms it
    touched ("deadlines", "notices"), so that the bell and the sender look again.
    """

    def __init__(self, url: str, clock: Clock, rulebook: Rulebook, *, cause: str = "") -> None:
        self.url = url
        self.shelf = Shelf(rulebook)
        self._editions: OrderedDict[str, Rulebook] = OrderedDict()
        self._cause = cause
        self._clock = clock
        file = sa.make_url(url).database if is_sqlite(url) else None
        self._shared = beside(Path(file)) if file and file != ":memory:" else None
        self._engine = make_engine(url)
        self._reading = make_engine(url, read_only=True)
        self._recorder = Recorder(file=is_sqlite(url))
        self.process: int | None = None  # which of several processes this is
        self._turns = None if is_sqlite(url) else Turns(self._recorder)
        self._writer = Writer(self._engine, self._turns or self._recorder)
        self._memory: tuple[sa.RootTransaction | None, Memory] = None, Memory()
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._probe = ThreadPoolExecutor(1, "probe")
        self._hurried = False
        self._unread = Absence("reading")  # a disk that is full can still be read
        self._identities: dict[tuple[AccountId, ChatId], tuple[float, Identity]] = {}
        self._changes = 0
        self.on_commit: list[Callable[[frozenset[str]], None]] = []

    @property
    def rulebook(self) -> Rulebook:
        """The rules in force now, with the company's days as they were set in the chat laid over them (P13)."""
        return self.shelf.at(self._clock.now())

    @rulebook.setter
    def rulebook(self, rulebook: Rulebook) -> None:
        """Take another file, unrecorded."""
        self.shelf = Shelf(rulebook.with_company_days(self.shelf.base.company_days), self.shelf.switches)

    async def lay_calendar(self) -> None:
        """Take up the company's days as they stand, which another process may have changed."""
        self._lay(await self.look(lambda uow: company_days(uow.day_changes.all())))

    def _lay(self, days: Mapping[date, CompanyDay]) -> None:
        base = self.shelf.base
        if days != base.company_days:
            self.shelf = Shelf(base.with_company_days(days), self.shelf.switches)

    async def reread(self) -> None:
        """Take what is recorded as in force: after a change here, and after one by another process."""
        standing, morning = await self.look(lambda uow: (uow.rules.standing(), opened_today(uow)))
        if standing is not None:
            base, version = self.shelf.base, standing.edition.base
            if base.version != version:
                read = await asyncio.to_thread(read_back, standing.content, version, base)
                base = read.with_company_days(base.company_days)
            self.shelf = Shelf(base.with_mornings(morning), standing.switches)

    async def edition(self, version: str | None) -> Rulebook:
        """The rulebook as it was in an edition; the present one where that was not recorded (RULE-4)."""
        now = self.rulebook
        if version is None or version == now.version:
            return now
        known = self._editions.get(version)
        if known is None:
            known = await self.look(lambda uow: _edition(uow, version, now))
            self._editions[version] = known
            if len(self._editions) > MOST_EDITIONS:
                self._editions.popitem(last=False)
        if known.company_days != now.company_days:
            known = self._editions[version] = known.with_company_days(now.company_days)
        return known

    def create_tables(self) -> None:
        """Make the tables at once, without migrations; for tests and throw-away stores."""
        Base.metadata.create_all(self._engine)

    def now(self) -> datetime:
        return self._clock.now()

    @property
    def kind(self) -> str:
        """The database's, "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @property
    def absence(self) -> Absence:
        """Since when nothing can be written."""
        return self._writer.absence

    async def open(self) -> None:
        """`start`, once the database is there."""
        for pause in pauses():
            try:
                await asyncio.to_thread(self.start)
            except Exception as error:
                await self._wait_after(error, pause)
            else:
                self._unread.over()
                return

    def hurry(self) -> None:
        """From now on, don't wait for a database that is away: what meets it fails with Away."""
        self._hurried = True
        self._writer.hurry()

    async def _wait_after(self, error: Exception, pause: float, *, reading: bool = False) -> None:
        """Where the database is away, wait; raise anything else."""
        if not is_away(error, reading=reading):
            raise error
        if self._hurried:
            raise Away(str(error)) from error
        self._unread.noted(error)
        await asyncio.sleep(pause)

    def start(self) -> None:
        """Begin to take work; what writes the trail is put in place first. Raises Taken while the database file is
        being replaced."""
        if self._shared is not None:
            self._shared.take(shared=True)
        with self._reading.connect() as connection:
            missing = triggers.missing(connection)
        if missing:
            with self._engine.begin() as connection:
                triggers.install(connection)
        self._writer.start()

    def close(self) -> None:
        """Finish what is queued and let go of the files."""
        self._writer.stop()
        self._readers.shutdown()
        self._probe.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()
        self._reading.dispose()
        if self._shared is not None:
            self._shared.let_go()

    async def do(
        self,
        use_case: Callable[Concatenate[Any, Actor, P], T],
        actor: Actor,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case as one unit of work; returns after its commit."""
        authorise(use_case, actor)
        return await self.unit(
            lambda uow: use_case(uow, actor, *args, **kwargs), Doing(actor, act_of(use_case), self._cause)
        )

    async def do_for(
        self, update: UpdateId, at: datetime, use_case: Callable[..., T], actor: Actor, *args: Any, **kwargs: Any
    ) -> T:
        """The same, as of `at`, for a use case that an update asks for: its effect is had once, however often it is
        tried."""
        authorise(use_case, actor)

        def work(uow: SqlUnitOfWork) -> T:
            uow.inbox.mark_effect(update)
            return use_case(uow, actor, *args, **kwargs)

        return await self.unit(work, Doing(actor, act_of(use_case), f"update:{update}"), at)

    async def do_more(
        self, update: UpdateId, at: datetime, use_case: Callable[..., T], actor: Actor, *args: Any, **kwargs: Any
    ) -> T:
        """Run another use case for an update whose effect is marked already."""
        authorise(use_case, actor)
        doing = Doing(actor, act_of(use_case), f"update:{update}")
        return await self.unit(lambda uow: use_case(uow, actor, *args, **kwargs), doing, at)

    async def ask(
        self,
        question: Callable[Concatenate[Any, Actor, P], T],
        actor: Actor,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Answer a question from what is committed, without waiting for the writer."""
        authorise(question, actor)
        return await self.look(lambda uow: question(uow, actor, *args, **kwargs))

    async def unit(
        self,
        work: Callable[[SqlUnitOfWork], T],
        doing: Doing = MACHINERY,
        at: datetime | None = None,
        *,
        patient: bool = False,
    ) -> T:
        """Run any function of a unit of work; for the machinery, which asks no permission. What it writes is traced
        as `doing`. It is done as of `at`; without it, as of its turn. Where it is `patient`, people go first."""
        touched: set[str] = set()
        laid: list[Mapping[date, CompanyDay]] = []

        def run(connection: sa.Connection) -> T:
            views: list[str] = []
            touched.clear()  # the database may have been away at an earlier run
            laid.clear()
            memory = self._memory_of(connection)
            uow = self._uow(connection, views, memory, scheduled=Role.SYSTEM in doing.actor.roles, at=at)
            try:
                result = work(uow)
                uow.close()
            except BaseException:
                memory.forget()  # what it wrote is taken back
                raise
            touched.update(uow.touched)
            if CALENDAR in touched:
                laid.append(company_days(uow.day_changes.all()))
            self._recorder.ended(doing, uow.now, uow.rulebook.version, tuple(views))
            if self._turns is not None:
                self._turns.touched(uow.touched)
            return result

        result = cast("T", await self._writer.do(run, patient=patient))
        for days in laid:
            self._lay(days)
        if IDENTITIES in touched:
            self._identities.clear()
            self._changes += 1
        if RULEBOOK in touched:
            await self.reread()
        if touched:
            for listener in self.on_commit:
                listener(frozenset(touched))
        return result

    async def hear(self, touched: frozenset[str]) -> None:
        """Another process has touched these mechanisms."""
        if IDENTITIES in touched:
            self._identities.clear()
            self._changes += 1
        if CALENDAR in touched:
            await self.lay_calendar()
        if RULEBOOK in touched:
            await self.reread()
        for listener in self.on_commit:
            listener(touched)

    @property
    def turns(self) -> Turns | None:
        """How several processes write by turns; None on a file, which one process owns."""
        return self._turns

    async def identify(self, account: AccountId, chat: ChatId) -> Identity:
        """Who speaks in a chat. Remembered for a few seconds, and until somebody's record or a group changes; the
        seconds are for changes made by another process, as the command line is."""
        remembered = self._identities.get((account, chat))
        if remembered is not None and monotonic() - remembered[0] < REMEMBERED:
            return remembered[1]
        before = self._changes
        found = await self.look(lambda uow: uow.people.identify(account, chat))
        if before == self._changes:
            if len(self._identities) >= MOST_REMEMBERED:
                self._identities.clear()
            self._identities[account, chat] = monotonic(), found
        return found

    async def look(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Run any function that only reads, on a reader thread; again, while the database is away."""
        loop = asyncio.get_running_loop()
        for pause in pauses():
            try:
                found = await loop.run_in_executor(self._readers, copy_context().run, self._read, work)
            except sa.exc.DBAPIError as error:
                await self._wait_after(error, pause, reading=True)
            else:
                self._unread.over()
                return found
        raise AssertionError("unreachable")

    async def examine(self) -> Vitals:
        """How the tables are, asked on a thread of its own and once: raises where the database does not answer."""
        return await asyncio.get_running_loop().run_in_executor(self._probe, self._examine)

    def _examine(self) -> Vitals:
        with self._reading.connect() as connection:
            return vitals(connection, self._clock.now())

    @property
    def writing(self) -> Writing:
        """What the writer's thread is at."""
        return self._writer.writing

    def _read(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        with self._reading.connect() as connection, connection.begin():  # one picture for all it asks
            return work(self._uow(connection))

    def _memory_of(self, connection: sa.Connection) -> Memory:
        """One for all units that share a transaction; called by the writer's thread alone."""
        transaction = connection.get_transaction()
        if self._memory[0] is not transaction:
            self._memory = transaction, Memory()
        return self._memory[1]

    def _uow(
        self,
        connection: sa.Connection,
        views: list[str] | None = None,
        memory: Memory | None = None,
        *,
        scheduled: bool = False,
        at: datetime | None = None,
    ) -> SqlUnitOfWork:
        now, rulebook = at or self._clock.now(), self.rulebook
        return SqlUnitOfWork(
            connection, now, rulebook, views, scheduled=scheduled, process=self.process, memory=memory
        )


def _edition(uow: SqlUnitOfWork, version: str, like: Rulebook) -> Rulebook:
    edition = uow.rules.edition(version)
    return like if edition is None else book_of(uow, edition, like)


def act_of(use_case: Callable[..., Any]) -> str:
    """What the trail calls a use case: its area and its name, "leads.claim"."""
    area = use_case.__module__.split(".")
    return f"{area[1] if area[0] == 'core' else area[-1]}.{use_case.__name__}"
