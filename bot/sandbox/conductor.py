"""Moves the sandbox's clock so that everything rings at its own instant on the way."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.app import App
from core.clock import ManualClock

MOST_STEPS = 100_000


class Conductor:
    """Plays time for an app that runs on a clock moved by hand."""

    def __init__(self, app: App, clock: ManualClock) -> None:
        self.app = app
        self.clock = clock

    async def to(self, at: datetime) -> None:
        """Go to an instant, stopping at each deadline, round and end of quiet hours between."""
        await self.app.idle()
        for _ in range(MOST_STEPS):
            upcoming = await self._next()
            if upcoming is None or upcoming > at:
                break
            if upcoming <= self.clock.now():
                raise RuntimeError("something that is due fails to ring; see the log")
            self.clock.set(upcoming)
        self.clock.set(at)
        await self.app.bell.tick()
        await self.app.idle()

    async def _next(self) -> datetime | None:
        """Do what is due; when something is next: a ring, a round, or notices that were held back."""
        rings = await self.app.bell.tick()
        await self.app.idle()
        held = await self.app.store.look(lambda uow: uow.outbox.next_instant())
        return min((at for at in (rings, held) if at is not None), default=None)

    async def to_clock(self, clock: str) -> None:
        """Go to the next time the company's clock shows `HH:MM`."""
        worktime = self.app.store.rulebook.working_time
        hour, minute = (int(part) for part in clock.split(":"))
        day = worktime.local_date(self.clock.now())
        at = worktime.instant(day, time(hour, minute))
        if at < self.clock.now():
            at = worktime.instant(day + timedelta(days=1), time(hour, minute))
        await self.to(at)

    async def forward(self, **span: float) -> None:
        """Go on by a span of time: `forward(minutes=10)`."""
        await self.to(self.clock.now() + timedelta(**span))

    async def jump(self, at: datetime) -> None:
        """Set the clock without stopping on the way, as when the machine slept or its clock was set."""
        await self.app.idle()
        self.clock.set(at)
        await self.app.bell.tick()
        await self.app.idle()
