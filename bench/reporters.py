"""A platform whose people report where they are: `python -m bench.reporters`, as `bench.telegram` is run.

Its limits count edits too. For each report it notes how long until its sender saw a first sign of the bot (a reaction
or a message), and how long until the answer in words.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import uvloop

from bench.ahead import Ahead
from bench.telegram import Platform, main
from bot.sandbox.limits import Limits

LIST = "报到名单"


class Reporters(Platform):
    """People with a location button, and who saw what when."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Ahead(timedelta())
        self.reports: dict[int, dict[str, float]] = {}  # by person: sent and seen (monotonic), dated (epoch seconds)
        self.prompted: set[int] = set()
        self.lists: dict[int, float] = {}  # by group: when its first list came, epoch seconds

    def _hear(self, event: Any) -> None:
        super()._hear(event)
        message = event.message
        if message is None or event.kind not in ("message", "reaction"):
            return
        if message.chat_id < 0:
            if event.kind == "message" and LIST in message.text:
                self.lists.setdefault(message.chat_id, self.clock.now().timestamp())
            return
        report = self.reports.get(message.chat_id)
        if report is None:
            self.prompted.add(message.chat_id)
        elif event.kind == "reaction" or message.sender_id == self.telegram.bot.id:
            report.setdefault("sign", time.perf_counter())
            if event.kind == "message":
                report.setdefault("words", time.perf_counter())

    def live(self, ahead: str) -> dict[str, Any]:
        """By this clock, and within the limits."""
        self.clock = Ahead(timedelta(seconds=float(ahead)))
        self.telegram.now = self.clock.now
        self.telegram.limits = Limits(edits=True)
        return {}

    def prompts(self) -> dict[str, Any]:
        return {"prompted": len(self.prompted)}

    async def report(self, people: list[int], seconds: float) -> dict[str, Any]:
        """These report, one after the other at an even pace."""
        known = {person.id: person for person, _ in self.pairs}
        begun = time.perf_counter()
        for number, who in enumerate(people):
            await asyncio.sleep(max(0.0, begun + number * seconds / len(people) - time.perf_counter()))
            sent = self.reports[who] = {"sent": time.perf_counter()}
            place = 31.0 + len(self.reports) / 10_000
            sent["dated"] = known[who].send_location(place, 121.4, known[who].private).date
        return {"late": time.perf_counter() - begun - seconds}

    async def heard(self, seconds: float) -> dict[str, Any]:
        """Once every report has its words, and every group its list; or when so much time is up."""
        until = time.perf_counter() + seconds
        groups = {chat.id for _, chat in self.pairs}
        while time.perf_counter() < until:
            if groups == self.lists.keys() and all("words" in one for one in self.reports.values()):
                break
            await asyncio.sleep(0.05)
        limits = self.telegram.limits
        return {
            "prompted": len(self.prompted),
            "reports": self.reports,
            "lists": self.lists,
            "texts": {chat: [m.text for m in self.telegram.history(chat) if LIST in m.text] for chat in groups},
            "refused": limits.refused if limits else 0,
        }


if __name__ == "__main__":
    uvloop.run(main(Reporters))
