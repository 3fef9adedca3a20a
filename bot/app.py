"""The composition root: one running bot, put together from settings, a clock and a connection to the platform."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    LinkPreviewOptions,
)
from aiogram_dialog import setup_dialogs

from bot.acting import Hands
from bot.areas import routers
from bot.backups.keeper import Keeper
from bot.backups.place import job_of
from bot.bell import Bell
from bot.calls import Calls
from bot.clock import SystemClock
from bot.commands import CATALOGUE, Place
from bot.connection import Connection
from bot.crowd import EVERY, Crowd
from bot.dialogs.keeping import CardsStay
from bot.fsm import RedisForms, SqlStorage
from bot.guard import Guard
from bot.handling import Ask, Do
from bot.health import Health
from bot.hearing import Hearing
from bot.housekeeping import drop_anchor, keep_tidy
from bot.i18n import LANGUAGES, catalogue
from bot.intake import Intake
from bot.listener import Listener, Stage
from bot.middlewares.chats import Chats
from bot.middlewares.identity import Identity
from bot.pace import Pace
from bot.poller import Poller
from bot.routing import Desk, keep_forms_private, merged, stay_in_the_loop
from bot.rulebook_file import RulebookFile
from bot.sender import Sender
from bot.settings import Settings
from bot.steady import until_answered
from bot.webhook import Hook
from core.clock import Clock
from core.rulebook import Rulebook, default, load
from storage.audit import anchors
from storage.away import Away
from storage.backups.making import Job
from storage.ears import Ears
from storage.fsm import FormStore
from storage.store import Store

if TYPE_CHECKING:
    from bot.metrics import Metrics

log = structlog.get_logger()
# The writer's thread lets the interpreter go at each statement and must get it back from a busy loop; at Python's
# default of 5 ms a statement would wait longer for that than for the disk.
SWITCH_SECONDS = 0.0005
LIFE = "crowd"  # the name of the work that shows life
CANCEL_AGAIN = 0.5  # seconds
FINISH = 15.0  # seconds that a stop gives what is in hand
HEARD_WITHIN, LISTEN_AGAIN = 10.0, 0.05  # seconds that what came is waited for, and between two looks
LEAVING = 2.0  # seconds in which a proxy learns that this process stops, and brings updates to others
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]


def default_properties() -> DefaultBotProperties:
    """How every message is sent unless it says otherwise."""
    return DefaultBotProperties(
        parse_mode=ParseMode.HTML, link_preview=LinkPreviewOptions(is_disabled=True), protect_content=None
    )


def build(settings: Settings, clock: Clock | None = None, rulebook: Rulebook | None = None) -> App:
    """A bot as the settings describe it. Raises RulebookError; makes the data folder where there is none."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    clock = clock or SystemClock()
    if rulebook is None:
        rulebook = load(settings.rulebook) if settings.rulebook else default()
    bot = Bot(
        settings.bot_token.get_secret_value(),
        session=Connection(settings.api_base),
        default=default_properties(),
    )
    return App(
        Store(settings.store_url, clock, rulebook),
        RedisForms(settings.redis_url) if settings.redis_url else FormStore(settings.forms_url),
        clock,
        bot,
        paced=settings.paced,
        rulebook_file=settings.rulebook,
        anchors=settings.data_dir / anchors.FILE,
        crowded=settings.on_server,
        listen=settings.listen_at,
        backup=lambda store: job_of(settings, store.rulebook, clock.now()),
        webhook=(settings.webhook_url, settings.webhook_secret.get_secret_value()),
    )


class App:
    """One running bot. `start` picks up what was left, `run` works until cancelled, `stop` lets go of everything."""

    def __init__(
        self,
        store: Store,
        forms: FormStore | RedisForms,
        clock: Clock,
        bot: Bot,
        *,
        paced: bool = False,
        rulebook_file: Path | None = None,
        anchors: Path | None = None,
        crowded: bool = False,
        listen: tuple[str, int] | None = None,
        backup: Callable[[Store], Job] | None = None,
        webhook: tuple[str, str] = ("", ""),
    ) -> None:
        self.store = store
        self.anchors = anchors  # where the trail's end is noted
        self.forms = forms
        self.clock = clock
        self.bot = bot
        self.dispatcher = Desk(
            storage=forms.storage if isinstance(forms, RedisForms) else SqlStorage(forms, clock),
            events_isolation=forms.isolation if isinstance(forms, RedisForms) else SimpleEventIsolation(),
        )
        shared = forms.pace if isinstance(forms, RedisForms) else None
        self.pace = Pace(paced=paced, shared=shared)
        self.calls = Calls()
        bot.session.middleware.register(self.pace)
        bot.session.middleware.register(self.calls)  # within: each try, once its turn has come
        self.intake = Intake(store, self.dispatcher, bot)
        self.hearing = Hearing(clock)
        self.poller = Poller(bot, self.intake, ALLOWED_UPDATES, self.hearing)
        base, secret = webhook  # public address; empty: updates are fetched
        self.hook = Hook(bot, self.intake, ALLOWED_UPDATES, self.hearing, base, secret) if base else None
        self.bell = Bell(store, clock, self.hearing)
        self.hands = Hands(store, bot)
        self.crowd = Crowd(store, several=isinstance(forms, RedisForms)) if crowded else None
        self.rulebook_file = RulebookFile(store, rulebook_file)
        self.listener = Listener(listen)
        self.health = Health(store, clock, self.calls, self.listener, anchors.parent if anchors else None)
        self.keeper = Keeper(store, partial(backup, store)) if backup is not None else None
        if self.hook is not None:
            self.listener.routes.append(self.hook.route())
        self._sender: Sender | None = None
        self.metrics = self._measured() if listen else None
        self._tasks: list[asyncio.Task[None]] = []
        self._leads = False  # since its start: what waited then is heard

    @property
    def sender(self) -> Sender:
        if self._sender is None:
            raise RuntimeError("the app is not started")
        return self._sender

    def _measured(self) -> Metrics:
        """Have everybody tell what is counted."""
        from bot.metrics import Metrics  # noqa: PLC0415  # a process that listens nowhere does without the library

        metrics = Metrics(self)
        self.intake.arrived, self.intake.lanes.handled = metrics.arrived, metrics.handled
        self.store.writing.ended, self.calls.ended = metrics.committed, metrics.called
        self.bell.rung, self.bell.ran = metrics.rung, metrics.ran
        return metrics

    async def prepare(self) -> None:
        """Open the stores, learn the bot's name, wire the dispatcher. Handles nothing yet. Raises NotAlone."""
        await self.store.open()
        if self.crowd is not None:
            await self.crowd.join()
            self._tasks.append(asyncio.create_task(self.crowd.run(), name=LIFE))  # however long the start takes
        await self.store.lay_calendar()
        await self.forms.open()
        username = (await until_answered("getMe", self.bot.me)).username or ""
        self._wire(username)
        sure = self.crowd.sure if self.crowd else None
        self._sender = Sender(self.store, self.clock, self.bot, username, sure, self.pace.noting)
        if self.metrics is not None:
            self._sender.settled = self.metrics.settled

    def _wire(self, username: str) -> None:
        dispatcher = self.dispatcher
        dispatcher.workflow_data.update(
            username=username,
            do=Do(self.store),
            ask=Ask(self.store),
            clock=self.clock,
            rulebook_file=self.rulebook_file,
        )
        guard = Guard(self.store, username, self.bot.id)
        dispatcher.wire(Chats(self.store, guard), Identity(self.store, self.clock), merged(routers()))
        setup_dialogs(dispatcher, message_manager=CardsStay())
        keep_forms_private(dispatcher)
        stay_in_the_loop(dispatcher)

    async def start(self) -> None:
        """Take up what a stop or crash left, hear what waits at the platform, and only then judge by the clock."""
        await self.listener.open()
        await self.prepare()
        await self.rulebook_file.take_up()
        await self.intake.resume()
        if self.crowd is None:  # beside others there is always something in hand
            await self.intake.idle()
        if self.hook is not None:
            self.hook.opened = True
        self._leads = self.crowd is None or self.crowd.leads.is_set()
        if self._leads:
            await self._source.catch_up()
            if self.crowd is None and self.hook is None:
                await self.intake.idle()
            await self._all_is_heard()
        await self.bell.start()
        self.listener.stage = Stage.READY

    async def run(self) -> None:
        """Work until cancelled."""
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.collect()
        gc.freeze()  # the libraries' own objects stay for ever: no collection need walk them again and again
        await self.start()
        log.info("running")
        works = {
            "rulebook": self.rulebook_file.follow(),
            "commands": self._say_commands(),
            **(self._crowded() if self.crowd else self._duties()),
        }
        self._tasks += [asyncio.create_task(work, name=name) for name, work in works.items()]
        ended, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in ended:
            task.result()

    def _duties(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What one process does for all."""
        self._source.first = self.bell.mind_the_gap
        return {
            "source": self._source.run(),
            "bell": self.bell.run(),
            "sender": self.sender.run(),
            "hands": self.hands.run(),
            "housekeeping": keep_tidy(self.store, self.forms, self.clock, self.anchors),
            **({"backups": self.keeper.run()} if self.keeper is not None else {}),
        }

    def _crowded(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What each of several processes does."""
        if self.crowd is None:
            raise RuntimeError("this process is the only one")
        return {
            "ears": Ears(self.store).run(),
            "lead": self._lead(self.crowd),
            "heir": self._inherit(self.crowd),
        }

    async def _lead(self, crowd: Crowd) -> None:
        """Wait for the turn to lead; hear what waits before anything is judged by the clock."""
        await crowd.leads.wait()
        if not self._leads:
            self.intake.look_again()
            with contextlib.suppress(TelegramBadRequest):  # of a webhook; it is in the log, and tried again
                await self._source.catch_up()
            await self._all_is_heard()
            await self.bell.start()
        await asyncio.gather(*self._duties().values())

    @property
    def _source(self) -> Poller | Hook:
        """Where updates come from."""
        return self.poller if self.hook is None else self.hook

    async def _all_is_heard(self) -> None:
        """Wait until what had come is handled, by whichever process: the clock judges nobody who spoke in time."""
        came, begun = self.clock.now(), monotonic()
        while monotonic() - begun < HEARD_WITHIN:
            if not await self.store.look(lambda uow: uow.inbox.unfinished(came)):
                return
            await asyncio.sleep(LISTEN_AGAIN)

    async def _inherit(self, crowd: Crowd) -> None:
        """Take what a dead process had in hand, and what waits though nobody was heard to say so."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(crowd.deaths.wait(), EVERY)
            crowd.deaths.clear()
            with contextlib.suppress(Exception):  # a database that is away for a while: looked at again in a second
                if await self.store.look(lambda uow: uow.inbox.any_free()):
                    self.intake.look_again()

    async def stop(self) -> None:
        """Stop taking, finish what is in hand, let go of files and connections. Beside others, updates that are
        brought meanwhile are stored for them."""
        self.listener.stage = Stage.STOPPING
        if self.hook is not None and self.intake.shared and self._tasks:
            self.intake.close()
            await asyncio.sleep(LEAVING)
        await self._end(lambda name: name != LIFE)
        self.intake.close()
        await self.listener.close()  # a proxy that is refused a connection goes to another process at once
        await self._finish()
        await self._end(lambda name: name == LIFE)
        with contextlib.suppress(Away):
            if self.anchors is not None and self._tasks:
                await drop_anchor(self.store, self.anchors, self.clock)
            if self.crowd is not None:
                await self.crowd.leave()
        self.store.close()
        await self.dispatcher.storage.close()
        await self.bot.session.close()

    async def _end(self, wanted: Callable[[str], bool]) -> None:
        """End some of the works. Signs of life are the last: others would take what is being finished."""
        works = {task for task in self._tasks if wanted(task.get_name())}
        while works:
            for task in works:
                task.cancel()  # again, where a wait that ended at that moment has swallowed it
            ended, works = await asyncio.wait(works, timeout=CANCEL_AGAIN)
            for task in ended:
                with contextlib.suppress(asyncio.CancelledError):
                    task.exception()  # it was told when it happened

    async def _finish(self) -> None:
        """Finish what is in hand, for as long as whoever stops us waits; what is left is taken up at the next start,
        as after a kill."""
        try:
            await asyncio.wait_for(self.intake.idle(), FINISH)
        except TimeoutError:
            log.warning("not all is finished")
        self.store.hurry()

    async def idle(self) -> None:
        """Wait until nothing is in hand and nothing can be sent now; for tests and moved clocks."""
        while True:
            await self.intake.idle()
            await self.hands.idle()
            await self.sender.idle()
            if not (self.intake.busy() or self.hands.busy() or self.sender.busy()):
                return

    async def _say_commands(self) -> None:
        """Once the platform takes them: nobody waits for menus."""
        try:
            await until_answered("setMyCommands", self.tell_commands)
        except TelegramAPIError as error:
            log.error("menus refused", error=repr(error))

    async def tell_commands(self) -> None:
        """Give the platform the command menus, in both languages."""
        scopes = (
            (Place.PRIVATE, BotCommandScopeAllPrivateChats()),
            (Place.GROUP, BotCommandScopeAllGroupChats()),
        )
        for place, scope in scopes:
            entries = [entry for entry in CATALOGUE.values() if entry.place in (place, Place.BOTH)]
            for language in LANGUAGES:
                texts = catalogue(language)
                menu = [BotCommand(command=e.name, description=texts.gettext(e.does)) for e in entries]
                code = None if language == "zh_CN" else language
                await self.bot.set_my_commands(menu, scope=scope, language_code=code)
