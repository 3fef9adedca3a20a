"""A sales department in which somebody leaves, for conversations about handovers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core import complaints, customers, leads, tasks, visits
from core.access import Actor, Role
from core.complaints import Content
from core.groups import Purpose
from core.ids import AccountId, ChatId, CustomerId
from core.people import PersonStatus, actor_of
from tests.support.chat import Bench, Group, Someone


class House:
    """王经理 runs the department, 张三 leaves, 李四 and 赵六 (South) stay; 刘总 is the GM and administrator."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.boss: Someone
        self.wang: Someone
        self.zhang: Someone
        self.li: Someone
        self.zhao: Someone
        self.floor: Group

    @classmethod
    async def founded(cls, bench: Bench) -> House:
        made = cls(bench)
        made.boss = await bench.staff("刘总", "总经办", Role.GM, admin=True)
        made.wang = await bench.staff("王经理", "销售部", Role.MANAGER)
        made.zhang = await bench.staff("张三", "销售部", superior="王经理")
        made.li = await bench.staff("李四", "销售部", superior="王经理")
        made.zhao = await bench.staff("赵六", "销售二部", regions=("华南",))
        everybody = (made.boss, made.wang, made.zhang, made.li, made.zhao)
        made.floor = await bench.group("销售群", *everybody, department="销售部", purposes=[Purpose.SALES])
        return made

    async def actor(self, someone: Someone) -> Actor:
        account, chat = AccountId(someone.phone.id), ChatId(someone.phone.id)
        identity = await self.bench.look(lambda uow: uow.people.identify(account, chat))
        return actor_of(identity, account, chat, someone.name, "zh_CN")

    async def does(self, someone: Someone, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A use case in somebody's name, without its conversation."""
        made = await self.bench.store.do(act, await self.actor(someone), *args, **kwargs)
        await self.bench.settle()
        return made

    async def customer(self, owner: Someone, name: str, phone: str = "", region: str = "") -> CustomerId:
        made = await self.does(owner, customers.register, customers.Draft(name, phone, region=region), sure=True)
        return CustomerId(made.id)

    async def lead(self, owner: Someone, name: str, phone: str) -> Any:
        draft = leads.Draft("phone_400", name, phone, "要报价", "", 100_000)
        given = await self.does(self.wang, leads.register, draft, owner.person, sure=True)
        return given.lead

    async def task(self, giver: Someone, to: str, text: str) -> Any:
        order = tasks.Order((tasks.Target(to),), text)
        return (await self.does(giver, tasks.give, order))[0]

    async def case(self, owner: Someone, customer: Someone, phone: str = "") -> Any:
        """A customer's complaint in the chat, which the owner has taken over."""
        await customer.says("/complain 机器坏了")
        customer.skips()
        await customer.presses("产品质量")
        customer.skips()
        case = await self.bench.look(lambda uow: uow.complaints.open_cases()[-1])
        if phone:
            await self.bench.store.unit(lambda uow: uow.complaints.set_phone(case.id, phone))
        await self.bench.store.unit(lambda uow: uow.complaints.hand_over(case.id, case.owner, owner.person))
        self.hush()
        return await self.bench.look(lambda uow: uow.complaints.get(case.id))

    async def plan(self, owner: Someone, customer: CustomerId, day: Any, purpose: str) -> Any:
        return await self.does(owner, visits.plan, customer, day, purpose)

    async def reply(self, owner: Someone, case: Any, text: str) -> None:
        await self.does(owner, complaints.reply, case.id, Content(text))

    async def begins(self, who: str = "张三") -> None:
        """Up to the keeper's card; what everybody is told about it is off their screens."""
        self.hush()
        await self.wang.says(f"/handover {who}")
        await self.wang.presses("开始交接")
        self.hush()

    async def begun_and_sent(self, who: str = "张三") -> None:
        await self.begins(who)
        await self.wang.presses("发给接收人")
        self.wang.skips()

    async def status(self, someone: Someone) -> PersonStatus:
        found: PersonStatus = await self.bench.look(lambda uow: uow.people.get(someone.person).status)
        return found

    async def items(self) -> dict[str, Any]:
        """What is listed in the newest handover, by title."""

        def ask(uow: Any) -> dict[str, Any]:
            newest = max(uow.handovers.latest(9), key=lambda one: one.id)
            return {item.title: item for item in uow.handovers.items(newest.id)}

        found: dict[str, Any] = await self.bench.look(ask)
        return found

    def hush(self) -> None:
        """Nobody minds what is on the screens so far."""
        for view in self.bench.views.values():
            view.skips()
