"""The running bot behind the page: founds the demo company, moves the clock, plays the story, saves and loads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.sandbox.company import Company, found_company
from bot.sandbox.conductor import Conductor
from bot.sandbox.server import Server
from bot.sandbox.stage import Stage, connect
from bot.sandbox.web.acts import ActError, Asked
from bot.sandbox.web.archive import Archive, copy_databases
from bot.sandbox.web.room import Room, Wire
from bot.sandbox.web.stories import StoryPlayer, demo_day
from bot.sandbox.web.wording import DEADLINES, ROUNDS, in_words, subject_in_words
from bot.sandbox.world import Chat
from core.deadlines import Deadline
from core.rounds import ROUNDS as ALL_ROUNDS

log = structlog.get_logger()
SPEEDS = (0, 1, 60, 600)
TICK = {1: 1.0, 60: 0.5, 600: 0.5}  # real seconds between two moves of the running clock
GATHER_SECONDS = 0.05
SHOWN_DEADLINES = 50
DAYS_AHEAD = 8
PATIENCE = 20.0  # real seconds until a bot that takes nothing is reported


@dataclass
class LiveStage(Stage):
    """A stage whose bot polls by itself."""

    polling: bool = False

    async def settle(self) -> None:
        """Let the bot take what waits, handle it, and send what it has to say."""
        if not self.polling:
            await Stage.settle(self)
            return
        async with asyncio.timeout(PATIENCE):
            while len(self.telegram.updates):  # noqa: ASYNC110 the queue tells of what comes, not of what is taken
                await asyncio.sleep(0.002)
            await self.app.idle()


class Live:
    """One sandbox at work. Everything that moves the clock or replaces the world takes turns."""

    def __init__(self, room: Room, server: Server, folder: Path) -> None:
        self.room = room
        self.server = server
        self.folder = folder
        self.story = StoryPlayer(demo_day())
        self.speed = 0
        self._turn = asyncio.Lock()
        self._speed_changed = asyncio.Event()
        self._rules: Wire = {"deadlines": [], "rounds": []}
        self._rules_due: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._worlds = 0
        self._founded: bytes = b""
        self._stage: LiveStage | None = None
        self._company: Company | None = None

    @property
    def stage(self) -> LiveStage:
        if self._stage is None:
            raise ActError("the sandbox is not ready yet")
        return self._stage

    @property
    def company(self) -> Company:
        if self._company is None:
            raise ActError("the company is not founded yet")
        return self._company

    # Life

    async def open(self, saved: bytes = b"") -> None:
        """Start the bot and found the company; then take up what was saved, if anything was."""
        async with self._turn:
            await self._start(self._new_folder())
            self.room.at_stage("founding")
            self._take(await found_company(self.stage))
            await self._go_live()
            self._founded = await self._pack()
        if saved:
            await self.load(saved)
        self.room.at_stage("ready")

    async def close(self) -> None:
        async with self._turn:
            await self._end()

    def _new_folder(self) -> Path:
        self._worlds += 1
        folder = self.folder / f"world-{self._worlds}"
        folder.mkdir(parents=True)
        return folder

    async def _start(self, folder: Path) -> None:
        room = self.room
        app = connect(room.telegram, self.server, room.clock, folder, room.rulebook)
        await app.start()
        app.store.on_commit.append(self._on_commit)
        conductor = Conductor(app, room.clock)
        self._stage = LiveStage(room.telegram, self.server, room.clock, app, conductor, folder)

    async def _go_live(self) -> None:
        stage = self.stage
        await stage.app.tell_commands()
        stage.polling = True
        self._tasks = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("poller", stage.app.poller.run()),
                ("sender", stage.app.sender.run()),
                ("clock", self._run_clock()),
            )
        ]
        self.room.running = self
        await self._look_at_rules()

    async def _end(self) -> None:
        if self._stage is None:
            return
        for task in (*self._tasks, *filter(None, [self._rules_due])):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        stage, self._stage = self._stage, None
        await stage.app.stop()

    def _take(self, company: Company) -> None:
        self._company = company
        self.room.people.forget()
        for phone in company.phones.values():
            self.room.people.take(phone)

    # What the page asks of the sandbox itself

    def status(self) -> Wire:
        return {
            "speed": self.speed,
            "rules": self._rules,
            "story": self.story.shown(),
            "phones": {name: phone.id for name, phone in self.company.phones.items()} if self._company else {},
        }

    async def control(self, body: Wire) -> Wire:
        """clock, speed, story, restart; raises ActError."""
        asked = Asked(body)
        controls: dict[str, Callable[[Asked], Awaitable[None]]] = {
            "clock": self._control_clock,
            "speed": self._control_speed,
            "story": self._control_story,
            "restart": self._control_restart,
        }
        name = asked.text("control")
        if name not in controls:
            raise ActError(f"nothing here is named {name}")
        await controls[name](asked)
        return {}

    async def _control_clock(self, asked: Asked) -> None:
        """`to`: "08:49" on the company's clock; `minutes` on; or to the `next` thing that is due."""
        async with self._moving():
            stage = self.stage
            if asked.body.get("next"):
                upcoming = await stage.app.bell.next_instant()
                if upcoming is None:
                    raise ActError("nothing is due")
                await stage.conductor.to(max(upcoming, stage.clock.now()))
            elif "minutes" in asked.body:
                minutes = asked.whole("minutes")
                if not 0 < minutes <= 7 * 24 * 60:
                    raise ActError("the clock goes forward, by a week at most")
                await stage.conductor.forward(minutes=minutes)
            else:
                await stage.conductor.to_clock(_clock_time(asked.text("to")))

    async def _control_speed(self, asked: Asked) -> None:
        speed = asked.whole("speed")
        if speed not in SPEEDS:
            raise ActError(f"speeds are {SPEEDS}")
        self.speed = speed
        self._speed_changed.set()
        self.room.refresh()

    async def _control_story(self, _asked: Asked) -> None:
        """Play the next step."""
        if self.story.running:
            return
        self.story.running = True
        try:
            async with self._moving():
                await self.story.next(self.company, self.stage.conductor)
        finally:
            self.story.running = False
            self.room.refresh()

    async def _control_restart(self, _asked: Asked) -> None:
        """Back to the morning, with the company as it was founded."""
        await self.load(self._founded)

    @contextlib.asynccontextmanager
    async def _moving(self) -> AsyncIterator[None]:
        """A turn in which the bot first finishes what is in hand; afterwards pages see where the clock is."""
        async with self._turn:
            await self.stage.settle()
            try:
                yield
            finally:
                await self._look_at_rules()

    # The running clock

    async def _run_clock(self) -> None:
        while True:
            while not self.speed:
                self._speed_changed.clear()
                await self._speed_changed.wait()
            pause = TICK[self.speed]
            await asyncio.sleep(pause)
            try:
                async with self._turn:
                    await self.stage.conductor.forward(seconds=pause * self.speed)
            except Exception:  # shown and logged; the clock stops where it is
                log.exception("the clock stopped")
                self.speed = 0
            self.room.refresh()

    # Pending deadlines

    def _on_commit(self, touched: frozenset[str]) -> None:
        if "deadlines" in touched and (self._rules_due is None or self._rules_due.done()):
            self._rules_due = asyncio.create_task(self._look_soon())

    async def _look_soon(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        await self._look_at_rules()

    async def _look_at_rules(self) -> None:
        if self._stage is None:
            return
        pending = await self._stage.app.store.look(lambda uow: uow.deadlines.pending(SHOWN_DEADLINES))
        self._rules = {"deadlines": [self._worded(one) for one in pending], "rounds": self._upcoming_rounds()}
        self.room.refresh()

    def _worded(self, one: Deadline) -> Wire:
        return {
            "kind": one.kind,
            "words": in_words(DEADLINES, one.kind),
            "subject": subject_in_words(one.subject),
            "at": one.due_at.timestamp(),
            "clause": self._clause(one.clause) if one.clause else None,
        }

    def _clause(self, clause_id: str) -> Wire:
        """Article and title of a clause; its id where the rulebook no longer has it."""
        try:
            clause = self.room.rulebook.clause(clause_id)
        except LookupError:
            return {"zh": clause_id, "en": clause_id}
        return {
            short: f"{clause.article} {clause.title.say(language)}".strip()
            for short, language in (("zh", "zh_CN"), ("en", "en"))
        }

    def _upcoming_rounds(self) -> list[Wire]:
        rulebook, now = self.room.rulebook, self.room.clock.now()
        today = rulebook.working_time.local_date(now)
        found: list[tuple[datetime, str]] = []
        for one in ALL_ROUNDS.values():
            plans = (one.plan(rulebook, today + timedelta(days=ahead)) for ahead in range(DAYS_AHEAD))
            at = next((at for at in plans if at is not None and at > now), None)
            if at is not None:
                found.append((at, one.name))
        return [{"name": name, "words": in_words(ROUNDS, name), "at": at.timestamp()} for at, name in sorted(found)]

    # Saving and loading

    async def save(self) -> bytes:
        async with self._turn:
            await self.stage.settle()
            return await self._pack()

    async def _pack(self) -> bytes:
        company, stage = self.company, self.stage
        facts = {
            "now": self.room.clock.now().isoformat(),
            "telegram": self.room.telegram.save(),
            "phones": {name: phone.id for name, phone in company.phones.items()},
            "chats": {f.name: chat.id for f in fields(company) if isinstance(chat := getattr(company, f.name), Chat)},
            "positions": {str(number): place for number, place in self.room.people.positions().items()},
            "story": self.story.done,
        }
        databases = await asyncio.to_thread(copy_databases, stage.folder)
        return await asyncio.to_thread(Archive(facts, databases).pack)

    async def load(self, content: bytes) -> None:
        """Become what was saved; raises ArchiveError and leaves all as it is where the file is not one of ours."""
        archive = await asyncio.to_thread(Archive.unpack, content)
        async with self._turn:
            self.room.at_stage("moving")
            try:
                await self._replace(archive)
            except Exception as problem:
                self.room.at_stage("failed", repr(problem))
                raise

    async def _replace(self, archive: Archive) -> None:
        facts = archive.facts
        await self.stage.settle()
        await self._end()
        folder = self._new_folder()
        await asyncio.to_thread(archive.write_databases, folder)
        self.speed = 0
        self.room.telegram.load(facts["telegram"])
        self.room.clock.set(datetime.fromisoformat(facts["now"]).astimezone(UTC))
        self.story.done = min(int(facts["story"]), len(self.story.steps))
        await self._start(folder)
        self._take(self._company_of(facts))
        await self._go_live()
        self.room.transcript.clear()
        self.room.at_stage("ready")
        self.room.feed.renew()

    def _company_of(self, facts: Wire) -> Company:
        telegram = self.room.telegram
        company = Company(self.stage)
        for name, number in facts["phones"].items():
            phone = company.phones[name] = telegram.as_person(number)
            place = facts["positions"].get(str(number))
            phone.position = tuple(place) if place else None
        for name, number in facts["chats"].items():
            setattr(company, name, telegram.chats[number])
        return company


def _clock_time(text: str) -> str:
    try:
        return datetime.strptime(text, "%H:%M").strftime("%H:%M")  # noqa: DTZ007 a time of day has no zone
    except ValueError as problem:
        raise ActError(f"{text} is no clock time") from problem
