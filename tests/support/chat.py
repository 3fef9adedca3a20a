"""The test bench: people who talk with the real bot in process, on a clock that is moved.

    anna = await bench.staff("张三", "销售部")
    await anna.says("/tasks")
    anna.expects("没有")
    await bench.clock_to("09:10")
    group.expects("张三")

Whatever the bot writes or edits must be expected by somebody: `Bench.close` fails on messages nobody asserted.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot

from bot.app import App, default_properties
from bot.sandbox.conductor import Conductor
from bot.sandbox.events import Event, Press
from bot.sandbox.people import Person as Phone
from bot.sandbox.session import SandboxSession
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Chat, Message
from core import people
from core.access import SYSTEM, Role
from core.clock import ManualClock
from core.groups import Purpose
from core.ids import ChatId, GroupId, PersonId
from core.people import StaffRow
from core.rulebook import Rulebook, default, load
from storage.fsm import FormStore
from storage.store import Store
from tests.support.trail import untraced

PHONE = re.compile(r"(?<!\d)(?:\+?86)?[ -]?(1[3-9]\d{9})(?!\d)")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ANCHOR = "keguan audit verify"
ADDRESS = "database.txt"
MONDAY = datetime(2026, 9, 14, 8, 0, tzinfo=SHANGHAI)  # an ordinary Monday, 08:00


@dataclass
class Heard:
    """Something the bot put into a chat: a new message or an edit of one."""

    message: Message
    text: str
    labels: list[str]
    edited: bool

    def has(self, fragments: Iterable[str]) -> bool:
        return all(any(f in part for part in (self.text, *self.labels)) for f in fragments)


class ChatView:
    """One chat as its people see it. Subclassed for a person's private chat and for groups."""

    def __init__(self, bench: Bench, chat_id: int, name: str) -> None:
        self.bench = bench
        self.chat_id = chat_id
        self.name = name
        self.unread: list[Heard] = []
        self.leaked: list[str] = []

    def expects(self, *fragments: str, edited: bool | None = None) -> Heard:
        """The first unread message (or edit) with all fragments, in its text or its buttons; takes it off."""
        for heard in self.unread:
            if heard.has(fragments) and edited in (None, heard.edited):
                self.unread.remove(heard)
                return heard
        shown = "\n---\n".join(f"{'(edit) ' if h.edited else ''}{h.text} {h.labels}" for h in self.unread)
        raise AssertionError(f"{self.name} expected {fragments}, unread:\n{shown or '(nothing)'}")

    def expects_silence(self) -> None:
        """Nothing is unread."""
        if self.unread:
            raise AssertionError(f"{self.name} heard: {[h.text for h in self.unread]}")

    def skips(self) -> list[Heard]:
        """Take everything off unasserted; for what another test asserts."""
        skipped, self.unread = self.unread, []
        return skipped

    @property
    def messages(self) -> list[Message]:
        return self.bench.telegram.history(self.chat_id)

    def shows(self, *fragments: str) -> str:
        """The text of a message that stands in the chat now and has all fragments."""
        for message in reversed(self.messages):
            text = unescape(message.wire.get("text") or message.wire.get("caption") or "")
            if all(f in text for f in fragments):
                return text
        raise AssertionError(f"{self.name} shows no message with {fragments}")


class Group(ChatView):
    """A group chat."""

    def __init__(self, bench: Bench, chat: Chat, name: str) -> None:
        super().__init__(bench, chat.id, name)
        self.chat = chat
        self.id: GroupId | None = None


class Someone(ChatView):
    """A person with a phone. Acts, lets the bot finish, and then sees what it did."""

    def __init__(self, bench: Bench, phone: Phone, name: str) -> None:
        super().__init__(bench, phone.id, name)
        self.phone = phone
        self.person: PersonId | None = None
        self.last_toast = ""

    async def does(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Any act of the phone: `await anna.does(anna.phone.send_location, 31.2, 121.5)`."""
        result = act(*args, **kwargs)
        await self.bench.settle()
        return result

    async def says(self, text: str, group: Group | None = None, *, reply_to: Any = None, **kwargs: Any) -> Message:
        """Write into the private chat, or into a group."""
        chat = group.chat if group else None
        message: Message = await self.does(self.phone.say, text, chat, reply_to=reply_to, **kwargs)
        return message

    async def presses(self, label: str, group: Group | None = None, message: Any = None) -> str:
        """Press a button by its label (a part of it will do); the text of the toast or alert that came."""
        chat = group.chat if group else self.phone.private
        data = self._find(label, chat, message)
        press: Press = await self.does(self.phone.press, data, message, chat)
        self.last_toast = press.text
        return press.text

    def _find(self, label: str, chat: Chat, message: Any) -> str:
        for candidate in [message] if message is not None else reversed(self.bench.telegram.history(chat)):
            for row in candidate.wire.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if label in button["text"]:
                        return str(button["text"])
        raise AssertionError(f"no button {label!r} for {self.name} in {chat.title or 'private'}")

    async def starts(self, payload: str = "") -> None:
        await self.does(self.phone.start, payload)

    async def locates(self, latitude: float, longitude: float, **kwargs: Any) -> Message:
        """Send the own position (WGS-84 degrees) into the private chat."""
        message: Message = await self.does(self.phone.send_location, latitude, longitude, **kwargs)
        return message


@dataclass
class Bench:
    """A whole company in process."""

    telegram: Telegram
    clock: ManualClock
    app: App
    conductor: Conductor
    views: dict[int, ChatView] = field(default_factory=dict)
    hears_anchors: bool = False  # the trail's end, which administrators are told each month

    @property
    def store(self) -> Store:
        return self.app.store

    # People and groups

    def stranger(self, name: str, **kwargs: Any) -> Someone:
        """Somebody who has never talked to the bot."""
        phone = self.telegram.person(name, **kwargs)
        someone = Someone(self, phone, name)
        self.views[phone.id] = someone
        return someone

    async def customer(self, name: str, **kwargs: Any) -> Someone:
        """Somebody outside the company who has opened the private chat."""
        someone = self.stranger(name, **kwargs)
        await someone.starts()
        someone.skips()
        return someone

    async def staff(
        self,
        name: str,
        department: str = "销售部",
        role: Role = Role.SALESPERSON,
        *,
        level: str = "",
        admin: bool = False,
        superior: str = "",
        regions: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> Someone:
        """A bound member of staff; the staff number is the name."""
        someone = self.stranger(name, **kwargs)
        row = StaffRow(2, name, name, department, role, level or self._any_level(), superior, regions)

        def bind(uow: Any) -> PersonId:
            people.import_staff(uow, SYSTEM, [row])
            person = uow.people.by_number(name)
            if admin:
                uow.people.make_admin(person.id)
            uow.people.see_account(someone.phone.id, name, kwargs.get("username", ""), opened=True)
            uow.people.bind(someone.phone.id, person.id)
            return PersonId(person.id)

        someone.phone.private.started = True
        someone.person = await self.store.unit(bind)
        return someone

    def _any_level(self) -> str:
        levels = self.store.rulebook.leads.levels
        return max(levels, key=lambda level: len(levels[level]))

    async def group(
        self, title: str, *members: Someone, department: str | None = None, purposes: Iterable[Purpose] = ()
    ) -> Group:
        """A group with the bot in it; bound where purposes are given."""
        first, *rest = members
        chat = first.phone.create_group(title, *(member.phone for member in rest))
        group = Group(self, chat, title)
        self.views[chat.id] = group
        await self.settle()
        if purposes:

            def bind(uow: Any) -> GroupId:
                found = uow.people.find_department(department) if department else None
                saved = uow.groups.save(ChatId(chat.id), title, found.id if found else None, set(purposes), uow.now)
                return GroupId(saved.id)

            group.id = await self.store.unit(bind)
        group.skips()
        return group

    # Time

    @property
    def now(self) -> datetime:
        return self.clock.now().astimezone(SHANGHAI)

    async def clock_to(self, clock: str) -> None:
        """Move the clock to the next HH:MM; everything on the way rings at its instant."""
        await self.settle()
        await self.conductor.to_clock(clock)

    async def forward(self, **span: float) -> None:
        await self.settle()
        await self.conductor.forward(**span)

    # The machinery

    async def settle(self) -> None:
        """Let the bot take what waits, handle it and send what it has to say."""
        while await self.app.poller.poll(0):
            pass
        await self.app.idle()

    async def look(self, question: Callable[[Any], Any]) -> Any:
        """Ask the store directly: `await bench.look(lambda uow: uow.leads.get(1))`."""
        return await self.store.look(question)

    def hear(self, event: Event) -> None:
        message = event.message
        if event.kind not in ("message", "edit") or message is None or message.sender_id != self.telegram.bot.id:
            return
        view = self.views.get(event.chat_id)
        if view is not None and (self.hears_anchors or ANCHOR not in str(message.wire.get("text"))):
            rows = message.wire.get("reply_markup", {}).get("inline_keyboard", [])
            keys = (message.keyboard or {}).get("keyboard", [])
            labels = [button["text"] for row in (*rows, *keys) for button in row]
            text = message.wire.get("text") or message.wire.get("caption") or ""
            view.unread.append(Heard(message, text, labels, event.kind == "edit"))
            if self._leaks(view, message, unescape(text)):
                view.leaked.append(text)

    def _leaks(self, view: ChatView, message: Message, text: str) -> bool:
        said = " ".join(one.text for one in view.messages if one.sender_id != self.telegram.bot.id)
        numbers = [number for number in PHONE.findall(text.partition("例如")[0]) if number not in said]
        if not numbers or isinstance(view, Group):
            return bool(numbers)
        is_staff = isinstance(view, Someone) and view.person is not None
        return is_staff and not message.wire.get("has_protected_content")

    def leaks(self) -> list[str]:
        """What the bot has let out of the company (ORG-6): a whole telephone number in a group that nobody wrote
        there themselves, or one in a staff member's private chat that could be forwarded."""
        return [f"{view.name}: {text}" for view in self.views.values() for text in view.leaked]

    def unasserted(self) -> list[str]:
        return [f"{view.name}: {heard.text}" for view in self.views.values() for heard in view.unread]


def address(folder: Path) -> str:
    """Where the database of a bench in `folder` is."""
    noted = folder / ADDRESS
    return noted.read_text() if noted.exists() else f"sqlite:///{folder / 'keguan.db'}"


def _unkept() -> Rulebook:
    """The default rules of a company that keeps no backups: nobody is told night after night that there is none."""
    made = default()
    return made.model_copy(update={"backup": made.backup.model_copy(update={"daily": False})})


@asynccontextmanager
async def open_bench(
    folder: Path,
    *,
    rulebook: Rulebook | None = None,
    at: datetime = MONDAY,
    telegram: Telegram | None = None,
    clock: ManualClock | None = None,
    rulebook_file: Path | None = None,
    strict: bool = True,
    listen: tuple[str, int] | None = None,
) -> AsyncIterator[Bench]:
    """A running bench on the database in `folder`. Opening it twice on one folder is a restart."""
    clock = clock or ManualClock(at)
    telegram = telegram or Telegram(clock.now, strict=True)
    rulebook = rulebook or (load(rulebook_file) if rulebook_file else _unkept())
    store = Store(address(folder), clock, rulebook)
    bot = Bot(telegram.token, session=SandboxSession(telegram), default=default_properties())
    forms = FormStore(f"sqlite+aiosqlite:///{folder / 'forms.db'}")
    app = App(store, forms, clock, bot, rulebook_file=rulebook_file, listen=listen)
    bench = Bench(telegram, clock, app, Conductor(app, clock))
    forget = telegram.listen(bench.hear)
    await app.start()
    try:
        yield bench
        if leaks := bench.leaks():
            raise AssertionError("customer data let out (ORG-6):\n" + "\n---\n".join(leaks))
        if strict and (left := bench.unasserted()):
            raise AssertionError("nobody asserted:\n" + "\n---\n".join(left))
        file = folder / "keguan.db"
        if strict and file.exists() and (left := untraced(file)):
            raise AssertionError("changed without a trace:\n" + "\n".join(left))
    finally:
        forget()
        await app.stop()


def prepare(folder: Path, url: str) -> Path:
    """A folder whose benches use the database at `url`."""
    (folder / ADDRESS).write_text(url)
    return folder
