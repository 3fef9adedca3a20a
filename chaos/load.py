"""What people do all day: leads raced for and reported, tasks, complaints, records, check-ins.

Everybody acts by messages and presses alone. A story waits for what its person would wait to see, and goes home where
it does not come; so nothing here knows whether the bot is alive.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.errors import PersonError
from bot.sandbox.people import Person
from bot.sandbox.world import Chat, Message
from chaos.company import Company
from chaos.platform import Platform
from core.clock import Clock

PATIENCE = 4.0  # seconds that people wait for a button
LOOK = 0.05
MOST_WAITING = 30  # updates at the platform at which people wait with what is new
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
WORDS = "宏图东升浦江精密恒信天元海川瑞丰永泰嘉禾鼎盛龙腾凯达银河锦绣长城华夏金石北辰南方西岭中原"
HERE = (31.23, 121.47)  # degrees, WGS-84


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did: of which kind, the word that only this act holds, its update, and when."""

    kind: str
    token: str
    update: int
    person: int
    chat: int
    at: datetime
    subject: str = ""


@dataclass
class Book:
    """Everything that was done, and the presses by their updates."""

    done: list[Done] = field(default_factory=list)
    presses: dict[int, Any] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Done]:
        return [one for one in self.done if one.kind in kinds]


class People:
    """Lets the company act at a rate, by a seed."""

    def __init__(self, company: Company, platform: Platform, clock: Clock, seed: int) -> None:
        self.company, self.platform, self._clock = company, platform, clock
        self.rng = random.Random(seed)  # chaos, not secrets
        self.book = Book()
        self._numbers: Iterator[int] = iter(range(1, 10**6))
        self._stories: set[asyncio.Task[None]] = set()
        self._drafting: set[int] = set()  # of the desk: who has a draft of a lead before them
        self._unseen = list(company.sellers)  # have not reported their place yet
        self.rng.shuffle(self._unseen)
        self._absent = set(p.id for p in self._unseen[:2])  # never report it

    # Driving

    async def drive(self, seconds: float, rate: float) -> None:
        """Begin stories at `rate` a second, for so long."""
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            if len(self.platform.telegram.updates) < MOST_WAITING:
                self.begin()
            await asyncio.sleep(self.rng.uniform(0.5, 1.5) / rate)

    def begin(self) -> None:
        """One more story."""
        story = self.rng.choices(
            (self.lead, self.task, self.complain, self.record, self.place, self.ask), (30, 25, 20, 10, 15, 5)
        )[0]
        task = asyncio.create_task(self._told(story))
        self._stories.add(task)
        task.add_done_callback(self._stories.discard)

    async def _told(self, story: Callable[[], Awaitable[None]]) -> None:
        try:
            await story()
        except (TimeoutError, PersonError):
            return  # what was waited for did not come; people do something else

    async def home(self) -> None:
        """Wait until everybody has finished what they were at."""
        while self._stories:
            await asyncio.wait(set(self._stories))

    # Stories

    async def lead(self) -> None:
        """Customer service registers a lead, several race for it, who has it reports, or not. Each of the desk has
        one draft at a time: a second would take the first one's place."""
        idle = [one for one in self.company.service if one.id not in self._drafting]
        if not idle:
            return
        desk, token = self.rng.choice(idle), self._token("线索")
        self._drafting.add(desk.id)
        try:
            await self._publish(desk, token)
        finally:
            self._drafting.discard(desk.id)
        group = self.rng.choice(self.company.groups)
        card = await self._sees(desk, lambda m: token in m.text and bool(_labelled(m, "抢单")), group)
        team = self.company.teams[self.company.groups.index(group)]
        data = _labelled(card, "抢单")
        number = int(data.rpartition(":")[2])
        presses = [self._pressed(one, card, data, "claim", group, number) for one in self._some(team, 2, 4)]
        await self._follow_up(number, presses)

    async def _publish(self, desk: Person, token: str) -> None:
        before = (desk.private.messages and max(desk.private.messages)) or 0
        self._say(
            desk, f"/lead 来电 {self._company()} {self._phone()} {self.rng.choice((5, 25, 45, 90))}万 {token}", ""
        )
        published = await self._sees(desk, lambda m: m.id > before and token in m.text and _labelled(m, "发布"))
        await self._press(desk, published, "发布", "lead", token)

    async def _follow_up(self, number: int, presses: list[Any]) -> None:
        won = await self._until(lambda: next((p for p in presses if "归你了" in p.text), None))
        if self.rng.random() < 0.3:
            return  # forgets about it
        winner = self.platform.telegram.as_person(won.user_id)
        await asyncio.sleep(self.rng.uniform(0, 1.5))
        token = self._token("汇报")
        self._say(winner, f"/report {number} 已联系，{token}", "report", token, subject=f"lead:{number}")

    async def task(self) -> None:
        """A manager gives a task in the group; who it is for answers, or not."""
        n = self.rng.randrange(len(self.company.bosses))
        boss, group = self.company.bosses[n], self.company.groups[n]
        who, token = self.rng.choice(self.company.teams[n]), self._token("任务")
        self._say(boss, f"/task @{who.user.username} {token}", "task", token, group)
        if self.rng.random() < 0.3:
            return
        where = self.rng.choice((group, None))
        card = await self._sees(who, lambda m: token in m.text and bool(_labelled(m, "收到")), where)
        await asyncio.sleep(self.rng.uniform(0, 1.0))
        label, kind = self.rng.choice((("收到", "received"), ("已解决", "solved")))
        await self._press(who, card, label, kind, token, where)

    async def complain(self) -> None:
        """A customer complains, in two messages, and urges; somebody of the desk answers."""
        customer = self.rng.choice(self.company.customers)
        for _ in range(2):
            token = self._token("投诉")
            self._say(customer, f"水泵漏油，{token}", "complaint", token)
            await asyncio.sleep(self.rng.uniform(0, 0.3))
        asked = await self._sees(customer, lambda m: bool(_labelled(m, "服务质量", "260901", "2609")))
        label = next(filter(None, (_label(asked, word) for word in ("服务质量", "2609"))))
        await self._press(customer, asked, label, "sorted", token)
        await self._answer(customer, token)
        self._say(customer, "/status", "")
        urging = await self._sees(customer, lambda m: bool(_labelled(m, "催办")))
        await self._press(customer, urging, "催办", "urged", token)

    async def _answer(self, customer: Person, token: str) -> None:
        for one in self.company.service:
            heard = next((m for m in reversed(one.history()) if token in m.text), None)
            if heard is not None:
                words = self._token("答复")
                self._say(one, f"马上处理，{words}", "reply", words, reply_to=heard, subject=f"{one.id}:{heard.id}")
                return

    async def record(self) -> None:
        """A seller registers a customer."""
        seller, name = self.rng.choice(self.company.sellers), f"{self._company()}{self._company()}机电有限公司"
        self._say(seller, f"/customer 新建 {name} {self._phone()}", "record", name)

    async def place(self) -> None:
        """A seller reports the place, once; some never do."""
        if not self._unseen or (person := self._unseen.pop()).id in self._absent:
            return
        self.position(person)

    def position(self, person: Person) -> None:
        spread = self.rng.uniform(-0.1, 0.1)
        person.send_location(HERE[0] + spread, HERE[1] - spread)
        self._note("place", f"{HERE[0] + spread:.5f}", person, person.private)

    async def ask(self) -> None:
        """Somebody just looks."""
        self._say(self.rng.choice(self.company.sellers), self.rng.choice(("/tasks", "/leads", "/help")), "")

    # Hands and eyes

    def _say(
        self,
        who: Person,
        text: str,
        kind: str,
        token: str = "",
        chat: Chat | None = None,
        subject: str = "",
        **more: Any,
    ) -> None:
        who.say(text, chat, **more)
        self._note(kind, token, who, chat or who.private, subject)

    async def _press(
        self, who: Person, message: Message, label: str, kind: str, token: str, chat: Chat | None = None
    ) -> Any:
        return self._pressed(who, message, _labelled(message, label), kind, chat or who.private, token)

    def _pressed(self, who: Person, message: Message, data: str, kind: str, chat: Chat, token: object) -> Any:
        press = who.press_data(message, data, chat)
        self._note(kind, str(token), who, chat)
        self.book.presses[self.book.done[-1].update] = press
        return press

    def _note(self, kind: str, token: str, who: Person, chat: Chat, subject: str = "") -> None:
        number = self.platform.telegram.updates.next_id - 1
        if kind:
            self.book.done.append(Done(kind, token, number, who.id, chat.id, self._clock.now(), subject))

    async def _sees(self, who: Person, fits: Callable[[Message], Any], chat: Chat | None = None) -> Message:
        def look() -> Message | None:
            return next((m for m in reversed(who.history(chat)) if fits(m)), None)

        found: Message = await self._until(look)
        return found

    async def _until(self, look: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE):
            while not (found := look()):  # people look now and then
                await asyncio.sleep(LOOK)
        return found

    # Words

    def _token(self, word: str) -> str:
        return f"{word}{next(self._numbers):04d}号"

    def _company(self) -> str:
        return "".join(self.rng.choices(WORDS, k=4))

    def _phone(self) -> str:
        return f"138{next(self._numbers) + 10_000_000:08d}"

    def _some(self, team: list[Person], least: int, most: int) -> list[Person]:
        return self.rng.sample(team, self.rng.randint(least, most))


def _labelled(message: Message, *words: str) -> str:
    """The data of the first button whose label holds one of the words."""
    for row in message.buttons:
        for button in row:
            if any(word in button["text"] for word in words):
                return str(button.get("callback_data", ""))
    return ""


def _label(message: Message, word: str) -> str:
    return next((b["text"] for row in message.buttons for b in row if word in b["text"]), "")
