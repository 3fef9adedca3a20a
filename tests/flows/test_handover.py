"""Somebody leaves: what they hold goes from hand to hand, each receiver confirms, everybody signs (ORG-8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from core import customers, leads
from core.access import Actor, Role
from core.groups import Purpose
from core.ids import AccountId
from core.people import PersonStatus, actor_of
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

MONDAY = datetime(2026, 9, 14, 9, 30, tzinfo=SHANGHAI)


class House:
    """A sales department: 王经理 runs it, 张三 leaves, 李四 and 赵六 stay; 总 is the GM and admin."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.boss: Someone
        self.wang: Someone
        self.zhang: Someone
        self.li: Someone
        self.zhao: Someone
        self.floor: Group

    @property
    def everybody(self) -> tuple[Someone, ...]:
        return self.boss, self.wang, self.zhang, self.li, self.zhao

    async def acts(self, someone: Someone) -> Actor:
        account = AccountId(someone.phone.id)
        identity = await self.bench.look(lambda uow: uow.people.identify(account, someone.phone.id))
        return actor_of(identity, account, someone.phone.id, someone.name, "zh_CN")

    async def customer(self, owner: Someone, name: str, phone: str = "", region: str = "") -> int:
        draft = customers.Draft(name, phone, region=region)
        made = await self.bench.store.do(customers.register, await self.acts(owner), draft, sure=True)
        return int(made.id)

    async def lead(self, owner: Someone, name: str, phone: str) -> int:
        draft = leads.Draft("phone_400", name, phone, "要报价", "", 100_000)
        given = await self.bench.store.do(leads.register, await self.acts(self.wang), draft, owner.person, sure=True)
        await self.bench.settle()
        return int(given.lead.id)

    async def begins(self, who: str = "张三") -> None:
        await self.wang.says(f"/handover {who}")
        self.wang.expects("要离职", "开始交接")
        await self.wang.presses("开始交接")

    async def status(self, someone: Someone) -> PersonStatus:
        found: PersonStatus = await self.bench.look(lambda uow: uow.people.get(someone.person).status)
        return found

    def hush(self) -> None:
        for view in self.bench.views.values():
            view.skips()


@pytest.fixture
async def house(folder: Path) -> AsyncIterator[House]:
    async with open_bench(folder, at=MONDAY) as bench:
        made = House(bench)
        made.boss = await bench.staff("刘总", "总经办", Role.GM, admin=True)
        made.wang = await bench.staff("王经理", "销售部", Role.MANAGER)
        made.zhang = await bench.staff("张三", "销售部", superior="王经理")
        made.li = await bench.staff("李四", "销售部", superior="王经理")
        made.zhao = await bench.staff("赵六", "销售二部", regions=("华南",))
        made.floor = await bench.group("销售群", *made.everybody, department="销售部", purposes=[Purpose.SALES])
        yield made


async def test_customers_and_leads_go_to_receivers_who_confirm_and_the_person_leaves(house: House) -> None:
    """ORG-8, from the manager's word to the signed list."""
    await house.customer(house.zhang, "华强电子", "13800000001")
    south = await house.customer(house.zhang, "华南五金", "13800000002", region="华南")
    lead = await house.lead(house.zhang, "陈先生", "+8613800000003")
    house.hush()

    await house.wang.says("/handover 张三")
    asked = house.wang.expects("销售部-张三 要离职", "2 客户", "1 线索", "9月16日 周三", "离职交接")
    assert asked.labels == ["开始交接", "不办"]
    await house.wang.presses("开始交接")
    assert await house.status(house.zhang) is PersonStatus.LEAVING
    house.zhang.expects("你正在办理交接", "2 客户", "不再给你新事项")
    house.wang.expects("销售部-张三 离职交接", "待分派 2", edited=True)
    house.wang.expects("销售部-张三 离职交接")

    await house.wang.presses("发给接收人（3）")
    assert house.wang.last_toast == "已发给接收人。"
    house.wang.skips()
    offer = house.li.expects("从 销售部-张三 接手 2 项", "客户 · 华强电子", "线索 · #1 陈先生", "全部接手")
    assert offer.labels == ["全部接手", "逐项", "不接…"]
    house.zhao.expects("接手 1 项", "华南五金")

    await house.li.presses("全部接手")
    assert house.li.last_toast == "今后归你负责。"
    house.li.expects("已从 销售部-张三 接手 2 项", edited=True)
    house.li.expects("线索 #1", "13800000003")
    house.zhang.expects("线索 #1：已移交", edited=True)
    house.floor.skips()
    house.li.expects("请告知下列客户", "华强电子 13800000001")
    taken = await house.bench.look(lambda uow: uow.leads.get(lead))
    assert taken.owner == house.li.person

    await house.zhao.presses("全部接手")
    house.zhao.skips()
    assert (await house.bench.look(lambda uow: uow.customers.get(south))).owner == house.zhao.person
    house.wang.expects("都已有人接手", "签字并离职")
    house.wang.skips()
    await house.wang.presses("签字并离职")
    assert house.wang.last_toast == "销售部-张三 已离职。"
    house.wang.skips()
    house.zhang.expects("不再代表 销售部-张三")
    assert await house.status(house.zhang) is PersonStatus.LEFT
    house.floor.expects("销售部-张三 已离职")
    house.boss.skips()
