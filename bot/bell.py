"""The bell: rings deadlines and runs rounds when their instant has come. What it remembers is for speed;
rows know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TypeVar

import structlog
from structlog.contextvars import bound_contextvars

from bot.agenda import Agenda, Planned
from bot.hearing import Hearing
from bot.steady import steadily
from core.access import SYSTEM
from core.audit import Doing
from core.calendar import follow_official_calendar
from core.clock import Clock
from core.deadlines import DEFERRED, RINGS, Deadline, Outage
from core.rounds import Round, RoundRun
from core.rulebook import Rulebook
from core.rules import as_opened
from storage.away import Away, is_away
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
T = TypeVar("T")
LONGEST_SLEEP = timedelta(seconds=15)
OUTAGE = Doing(SYSTEM, "outage")
SETTLE = 0.05  # seconds that changes of the deadlines are let pile up before the bell looks again
HEAR_OUT, HEAR_AGAIN = 2.5, 0.05  # seconds that people are heard out before a round, and between two looks
PROMPT = timedelta(seconds=0.2)  # what came as long ago and had no effect had to wait: more of it may come
BEAT = timedelta(seconds=1)  # between two signs of life


class Bell:
    """Looks at what is due, does it in units of work of its own, and sleeps until the next instant."""

    def __init__(self, store: Store, clock: Clock, hearing: Hearing | None = None) -> None:
        self._store = store
        self._clock = clock
        self._hearing = hearing
        self._wake = asyncio.Event()
        self._expected: datetime | None = None
        self._beaten: datetime | None = None
        self._agenda = Agenda()
        self._followed = ""  # the version of the rules that deadlines were last held against
        self.rung: Callable[[float], None] | None = None  # told by how many seconds a deadline was late
        self.ran: Callable[[bool], None] | None = None  # told of a round, and whether it was missed
        store.on_commit.append(self._on_commit)

    def _on_commit(self, touched: frozenset[str]) -> None:
        if "deadlines" in touched:
            self._wake.set()

    async def start(self) -> None:
        """Note the first pulse, and an outage since the last one."""
        await self._store.unit(self._first_beat, OUTAGE)
        self._expected = self._clock.now()

    def _first_beat(self, uow: SqlUnitOfWork) -> None:
        pulse = uow.rounds.pulse()
        # Who only starts hears nobody yet: its pulse in a silence would hide half of that silence.
        if pulse is None or self._note_gap(uow, pulse[1]):
            uow.rounds.beat()

    def _note_gap(self, uow: SqlUnitOfWork, since: datetime, *, alone: bool = False) -> bool:
        """Where nobody was heard for longer than is tolerated, move what fell due meanwhile (P21); whether it was so.
        `alone`: nor was anybody by another process."""
        if uow.now - since <= self._tolerance:
            return False
        pulse = None if alone else uow.rounds.pulse()
        since = max(since, pulse[1]) if pulse is not None else since  # another process may have been heard (P21)
        if uow.now - since <= self._tolerance:
            return False
        outage = Outage(since, uow.now)
        uow.rounds.record_outage(outage)
        until = uow.now + timedelta(minutes=self._store.rulebook.outage.grace_minutes)
        moved = uow.deadlines.defer(since, until)
        log.warning("outage", since=since.isoformat(), until=uow.now.isoformat(), moved=len(moved))
        for deadline in moved:
            _tell_deferred(uow, deadline)
        return True

    async def run(self) -> None:
        """Ring until cancelled."""
        await steadily("bell", self._turn)

    async def _turn(self) -> None:
        await self._hear()
        await self._store.lay_calendar()
        upcoming = await self.tick()
        delay = min(upcoming - self._clock.now(), LONGEST_SLEEP) if upcoming else LONGEST_SLEEP
        self._expected = self._clock.now() + max(delay, timedelta(0))
        await self._sleep(max(delay.total_seconds(), 0.001))

    async def _sleep(self, seconds: float) -> None:
        """Until then, or a little after the deadlines have changed; never past the instant itself."""
        until = monotonic() + seconds
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
            await asyncio.sleep(min(SETTLE, max(until - monotonic(), 0.0)))
        except TimeoutError:
            pass

    async def _hear(self) -> None:
        """Where the platform is not heard, people can't be: wait for it, and count from when it was last heard."""
        if self._hearing is None or self._hearing.since is None:
            return
        since = self._hearing.since
        await self._hearing.wait()
        await self._store.unit(lambda uow: self._note_gap(uow, since, alone=True), OUTAGE)
        self._expected = self._clock.now()

    async def tick(self) -> datetime | None:
        """Do everything whose instant has come; when the next one is."""
        await self._show_life()
        await self._follow_rules()
        await self._run_rounds()
        await self._ring_due()
        return await self.next_instant()

    async def _show_life(self) -> None:
        """Beat, once a second; and before it note an outage, where the last sign of life is too long ago."""
        now, expected = self._clock.now(), self._expected
        beaten = self._beaten is not None and now - BEAT < self._beaten <= now
        if beaten and (expected is None or now - expected <= self._tolerance):
            self._expected = now
            return

        def beat(uow: SqlUnitOfWork) -> datetime:
            if expected is not None:
                self._note_gap(uow, expected)
            uow.rounds.beat()
            return uow.now  # it may have waited for the database

        self._expected = self._beaten = await self._store.unit(beat, OUTAGE)

    async def mind_the_gap(self) -> bool:
        """Note an outage now, where one has just ended: before anything of after it is judged (P21)."""
        if self._expected is None or self._clock.now() - self._expected <= self._tolerance:
            return False
        await self._show_life()
        return True

    @property
    def _tolerance(self) -> timedelta:
        return timedelta(seconds=self._store.rulebook.outage.tolerance_seconds)

    async def _read(self, question: Callable[[SqlUnitOfWork], T]) -> T:
        """Ask what is due. Where the answer had to wait for the database, the outage is noted first."""
        while True:
            found = await self._store.look(question)
            if not await self.mind_the_gap():
                return found

    async def _follow_rules(self) -> None:
        """New rules may hold a year's official notice: what was provisional is computed once more (P2)."""
        version = self._store.rulebook.version
        doing = Doing(SYSTEM, "calendar.follow_official_calendar", f"rulebook:{version}")
        if version != self._followed and await self._guard("calendar", follow_official_calendar, doing):
            self._followed = version

    async def next_instant(self) -> datetime | None:
        """When something is due next: a deadline or a round. (Notices held back are the sender's.)"""
        self._wake.clear()  # whatever has changed so far is seen below
        upcoming = await self._store.look(
            lambda uow: [at for at in (uow.deadlines.next_due(), self._next_round(uow.now)) if at is not None]
        )
        self._expected_at(min(upcoming, default=None))
        return min(upcoming, default=None)

    def _expected_at(self, at: datetime | None) -> None:
        """A clock moved by hand straight to the next instant has skipped nothing."""
        if at is not None and self._expected is not None:
            self._expected = max(self._expected, at)

    def _next_round(self, now: datetime) -> datetime | None:
        return self._agenda.upcoming(self._store.rulebook, now)

    async def _run_rounds(self) -> None:
        """Run what is due. What has run is asked of the rows once, and remembered for the day."""
        now = self._clock.now()
        due = self._agenda.due(self._store.rulebook, now)
        if not due:
            return
        ran = await self._read(lambda uow: {d.key for d in due if uow.rounds.has_run(d.round.name, d.day)})
        if not all(one.key in ran for one in due):
            await self._hear_them_out()
        for one in due:
            if one.key in ran or await self._run_round(one, now):
                self._agenda.settled.add(one.key)

    async def _hear_them_out(self) -> None:
        """Let those who spoke in time be heard before a round judges (CHK-4): what had come, and for as long as
        what comes has to wait for its turn; not for ever."""
        begun, until = self._clock.now(), monotonic() + HEAR_OUT
        while monotonic() < until:
            came = max(begun, self._clock.now() - PROMPT)
            if not await self._read(partial(_unheard, since=came)):
                return
            await asyncio.sleep(HEAR_AGAIN)

    async def _run_round(self, one: Planned, now: datetime) -> bool:
        run = RoundRun(one.day, one.at, now - one.at, missed=False)
        doing = Doing(SYSTEM, one.round.name, f"round:{one.round.name}:{one.day}")
        ran: list[bool] = []
        with bound_contextvars(round=f"{one.round.name}:{one.day}"):
            done = await self._guard(one.round.name, partial(_run_round, one=one.round, run=run, ran=ran), doing)
        if done and ran and self.ran is not None:
            self.ran(ran[-1])
        return done

    async def _ring_due(self) -> None:
        while due := await self._read(lambda uow: uow.deadlines.due()):
            if not any(await asyncio.gather(*map(self._ring, due))):
                return  # all refused: looked at again at the next tick, not in a circle

    async def _ring(self, deadline: Deadline) -> bool:
        now = self._store.rulebook
        judged_by = as_opened(await self._store.edition(deadline.rulebook_version), now)
        work = partial(_ring, deadline=deadline, judged_by=judged_by)
        with bound_contextvars(deadline=f"{deadline.kind}:{deadline.subject}"):
            rung = await self._guard(deadline.subject, work, _ringing(deadline), patient=True)
        if rung and self.rung is not None:
            self.rung((self._clock.now() - deadline.due_at).total_seconds())
        return rung

    async def _guard(
        self, what: str, work: Callable[[SqlUnitOfWork], None], doing: Doing, *, patient: bool = False
    ) -> bool:
        """One that fails does not stop the others; it stays due and is tried again."""
        begun = self._clock.now()
        try:
            await self._store.unit(work, doing, patient=patient)
        except Away:
            raise
        except Exception:  # any fault of one area must not silence the rest
            log.exception("ring failed", what=what)
            return False
        if self._clock.now() - begun <= self._tolerance:
            self._expected = self._clock.now()  # much to do is no outage
        return True


def _unheard(uow: SqlUnitOfWork, since: datetime) -> bool:
    return uow.inbox.unheard(since)


def _run_round(uow: SqlUnitOfWork, one: Round, run: RoundRun, ran: list[bool]) -> None:
    """Run it, and note in `ran` whether it was missed; nothing where it has run."""
    pulse = uow.rounds.pulse()
    if pulse is None or run.planned_at < pulse[0]:
        return  # before this installation began
    missed = any(o.start <= run.planned_at <= o.end for o in uow.rounds.outages(run.planned_at, uow.now))
    if uow.rounds.start(one.name, run.day, run.planned_at, missed):
        one.run(uow, RoundRun(run.day, run.planned_at, run.late_by, missed))
        ran.append(missed)


def _tell_deferred(uow: SqlUnitOfWork, deadline: Deadline) -> None:
    try:
        if deadline.kind in DEFERRED:
            DEFERRED[deadline.kind](uow, deadline)
    except Exception as error:  # a card that still shows the old time must not keep the bell from starting
        if is_away(error):
            raise
        log.exception("deferral not told", what=deadline.subject)


def _ringing(deadline: Deadline) -> Doing:
    """A ring says in the trail which deadline it was, and when it was due."""
    return Doing(SYSTEM, deadline.kind, f"deadline:{deadline.subject}:{deadline.due_at:%Y-%m-%dT%H:%M:%SZ}")


def _ring(uow: SqlUnitOfWork, deadline: Deadline, judged_by: Rulebook) -> None:
    uow.under(judged_by)
    if uow.deadlines.finish(deadline):
        RINGS[deadline.kind](uow, deadline)
