"""The room a page looks into: the world and its feed stand at once, the bot comes when it is ready."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.sandbox.telegram import Telegram
from bot.sandbox.transcript import Transcript
from bot.sandbox.web.acts import People
from bot.sandbox.web.feed import Feed
from bot.sandbox.web.wording import DAYS, in_words
from core.clock import ManualClock
from core.rulebook import Rulebook, load

RULEBOOK = Path(__file__).parent.parent / "demo" / "rulebook.yaml"
START = datetime(2026, 9, 14, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # an ordinary Monday
Wire = dict[str, Any]


class Running(Protocol):
    """The bot behind the page."""

    def status(self) -> Wire: ...
    async def control(self, body: Wire) -> Wire: ...
    async def save(self) -> bytes: ...
    async def load(self, content: bytes) -> None: ...
    async def close(self) -> None: ...


class Room:
    """What pages need before there is a bot, and while there is one."""

    def __init__(self, rulebook: Rulebook | None = None) -> None:
        self.rulebook = rulebook or load(RULEBOOK)
        self.clock = ManualClock(START)
        self.telegram = Telegram(self.clock.now, strict=True, bot_name="客管", bot_username="keguan_bot")
        self.feed = Feed(self.telegram)
        self.feed.status = self.status
        self.people = People(self.telegram)
        self.transcript = Transcript(self.telegram, self.rulebook.working_time.local)
        self.stage = "opening"
        self.problem = ""
        self.running: Running | None = None

    def at_stage(self, stage: str, problem: str = "") -> None:
        """opening, founding, ready, moving (the world is being replaced) or failed."""
        self.stage, self.problem = stage, problem
        self.refresh()

    def refresh(self) -> None:
        """Tell pages the newest status."""
        self.feed.tell("status", lambda: {"status": self.status()})

    def status(self) -> Wire:
        status: Wire = {"stage": self.stage, "problem": self.problem, "clock": self._clock()}
        if self.running is not None:
            status.update(self.running.status())
        return status

    def _clock(self) -> Wire:
        hours, now = self.rulebook.working_time, self.clock.now()
        local = hours.local(now)
        kind = hours.day_kind(local.date())
        return {
            "now": now.timestamp(),
            "zone": str(hours.zone),
            "date": local.date().isoformat(),
            "time": f"{local:%H:%M:%S}",
            "weekday": local.weekday(),
            "day": in_words(DAYS, kind.value),
            "works": kind.works,
            "working": hours.is_working(now),
        }
