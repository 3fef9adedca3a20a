"""Health: whether this process and the installation are well, and which part is not."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import structlog
from aiohttp import web

from bot.calls import Calls
from bot.listener import Listener, Stage
from core.clock import Clock
from core.rulebook import Rulebook
from storage.health import Vitals
from storage.store import Store

log = structlog.get_logger()
# Beyond these a part is not well. In seconds, if nothing else is said.
LONGEST_ANSWER = 2.0  # of the database
LONGEST_WRITING = 10.0  # of one transaction, also of one that waits for the database
LONGEST_LAG = 60.0  # of the bell behind the oldest deadline that is due
LONGEST_PULSE = 60.0  # since the bell looked; it looks every 15
OLDEST_NOTICE = 600.0  # that could be sent; a group takes 20 a minute
OLDEST_UPDATE = 60.0  # that is not handled
LONGEST_SILENCE = 120.0  # of the platform, while it is asked
LEAST_ROOM = 256 * 1024 * 1024  # bytes free where the data lie
LOOK_AHEAD = timedelta(days=60)  # deadlines rarely reach further
KEPT = 1.0  # that an answer is given again, so that several probes cost no more than one

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One examination, and when it was made. `vitals` is None where the database did not answer."""

    at: float
    vitals: Vitals | None
    answered_in: float  # seconds
    room: int | None  # bytes


class Health:
    """Examines at most once a second, whoever asks, and answers `/healthz`."""

    def __init__(self, store: Store, clock: Clock, calls: Calls, listener: Listener, folder: Path | None) -> None:
        self._store = store
        self._clock = clock
        self._calls = calls
        self._listener = listener
        self._folder = folder
        self._asking: asyncio.Task[Vitals] | None = None
        self._found: Found | None = None
        listener.routes.append(web.get("/healthz", self.answer))

    async def answer(self, _request: web.Request) -> web.Response:
        """200 when well; 503 when not, or not yet, or not any more."""
        stage = self._listener.stage
        if stage is not Stage.READY:
            return web.json_response({"status": stage}, status=503)
        parts = self.parts(await self.look())
        ill = [name for name, part in parts.items() if not part["ok"]]
        body = {"status": "unwell" if ill else "well", "unwell": ill, **parts}
        return web.json_response(body, status=503 if ill else 200)

    async def look(self) -> Found:
        """What is found now, or was a moment ago. The question to the database is asked once, however many wait for
        its answer, and waited for no longer than its limit."""
        if self._found is not None and monotonic() - self._found.at < KEPT:
            return self._found
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._store.examine())
        begun = monotonic()
        await asyncio.wait({self._asking}, timeout=LONGEST_ANSWER)
        self._found = Found(monotonic(), _result(self._asking), monotonic() - begun, self._room())
        return self._found

    def _room(self) -> int | None:
        try:
            return None if self._folder is None else shutil.disk_usage(self._folder).free
        except OSError:
            return 0

    def parts(self, found: Found) -> dict[str, Part]:
        """Each part with `ok` and its figures."""
        vitals = found.vitals
        parts = {"database": self._database(found)}
        if vitals is not None:
            parts |= {
                "bell": _bell(vitals),
                "outbox": {
                    "ok": (vitals.oldest_notice or 0) <= OLDEST_NOTICE,
                    "pending": vitals.pending_notices,
                    "oldest_seconds": _rounded(vitals.oldest_notice),
                },
                "inbox": {
                    "ok": (vitals.oldest_update or 0) <= OLDEST_UPDATE,
                    "open": vitals.open_updates,
                    "oldest_seconds": _rounded(vitals.oldest_update),
                    "dead_letters": vitals.dead_letters,
                },
            }
            if vitals.processes:
                parts["processes"] = self._processes(vitals)
        parts |= {"calendar": calendar(self._store.rulebook, self._clock.now()), "platform": self._platform()}
        if found.room is not None:
            parts["disk"] = {"ok": found.room >= LEAST_ROOM, "free_bytes": found.room}
        rule = self._store.rulebook.backup
        if vitals is not None and rule.daily:
            age = vitals.backup_age
            parts["backup"] = {"ok": (age or 0) <= rule.tell_after_hours * 3600, "age_seconds": _rounded(age)}
        return parts

    def _database(self, found: Found) -> Part:
        writing, now = self._store.writing, monotonic()
        since, committed = writing.since, writing.committed
        in_hand = 0.0 if since is None else now - since
        away = self._store.absence.seconds
        return {
            "ok": found.vitals is not None and in_hand <= LONGEST_WRITING,
            "answers": found.vitals is not None,
            "answered_in_seconds": round(found.answered_in, 4),
            "writing_for_seconds": round(in_hand, 1),
            "away_for_seconds": round(away, 1),
            "last_commit_seconds": None if committed is None else round(now - committed, 1),
        }

    def _processes(self, vitals: Vitals) -> Part:
        me = self._store.process
        return {
            "ok": me in vitals.processes,
            "live": len(vitals.processes),
            "leads": bool(vitals.processes) and vitals.processes[0] == me,
        }

    def _platform(self) -> Part:
        failing = self._calls.failing_for
        return {
            "ok": failing <= LONGEST_SILENCE,
            "last_answer_seconds": _rounded(self._calls.last_answer),
            "failing_for_seconds": round(failing, 1),
        }


def calendar(rulebook: Rulebook, now: datetime) -> Part:
    """Whether the official make-up days are known as far as deadlines reach (P2). Worth knowing, and never a reason
    to be unwell: they are announced in November."""
    worktime = rulebook.working_time
    today = worktime.local_date(now)
    provisional = worktime.is_provisional(today, today + LOOK_AHEAD)
    return {"ok": True, "provisional": provisional, "until": (today + LOOK_AHEAD).isoformat()}


def _bell(vitals: Vitals) -> Part:
    return {
        "ok": vitals.bell_lag <= LONGEST_LAG and (vitals.pulse_age or 0) <= LONGEST_PULSE,
        "lag_seconds": round(vitals.bell_lag, 1),
        "pulse_seconds": _rounded(vitals.pulse_age),
    }


def _result(asking: asyncio.Task[Vitals]) -> Vitals | None:
    if not asking.done():
        return None
    error = asking.exception()
    if error is not None:
        log.warning("health can't be asked", error=type(error).__name__)
    return None if error is not None else asking.result()


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
