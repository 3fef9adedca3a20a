"""Whatever comes in, from whomever: a clear answer, and nothing changes. Over all areas at once.

What an area does with its own odd input is told in its own tests; here every command and every button of the house
is tried by those it is not for, and with data that no button of ours carries (OPS-2, P17, P41).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from aiogram import Router

from bot.areas import routers
from bot.callbacks import OnPress
from bot.commands import CATALOGUE, Command, Place
from core.access import Role
from core.groups import Purpose
from storage.base import Base
from tests.support.chat import Bench, Group, Someone

MACHINERY = ("inbox", "pulse", "rounds", "outages", "notices", "cards")
FAULT = "我们这边出了错"
GARBAGE = ("", ":abc", ":999999", ":٣:x:1:2:3:4")
LONG = "<b>华强&</i> " * 400  # some 4,000 characters of broken markup


@dataclass
class House:
    bench: Bench
    floor: Group
    desk: Group
    anna: Someone
    boss: Someone
    customer: Someone
    stranger: Someone

    async def stored(self) -> dict[str, list[Any]]:
        """All rows of all tables but the machinery's own."""

        def rows(uow: Any) -> dict[str, list[Any]]:
            tables = [t for t in Base.metadata.sorted_tables if t.name not in MACHINERY]
            return {
                t.name: sorted((tuple(row) for row in uow.inbox._c.execute(sa.select(t))), key=repr) for t in tables
            }

        found: dict[str, list[Any]] = await self.bench.look(rows)
        return found

    async def dead(self) -> list[Any]:
        found: list[Any] = await self.bench.look(lambda uow: uow.inbox.dead())
        return found


@pytest.fixture
async def house(bench: Bench) -> House:
    boss = await bench.staff("王经理", "销售部", Role.MANAGER, admin=True)
    anna = await bench.staff("张三", "销售部")
    customer = await bench.customer("陈先生")
    stranger = bench.stranger("路人")
    people = (boss, anna, customer, stranger)
    floor = await bench.group("销售群", *people, department="销售部", purposes=[Purpose.SALES])
    desk = await bench.group("投诉台", *people, department="销售部", purposes=[Purpose.COMPLAINT])
    for group in (floor, desk):  # a bot's message in every chat, to press at
        for one in (customer, stranger):
            await one.says("/help", group)
        group.skips()
    await boss.says("/help")
    await anna.says("/help")
    await customer.says("/help")
    for view in bench.views.values():
        view.skips()
    return House(bench, floor, desk, anna, boss, customer, stranger)


def spellings(entry: Command) -> Iterator[str]:
    for name in (entry.name, *entry.words):
        yield f"/{name}"
        yield f"/{name} 1 张三 9-20 原因"


# Commands -----------------------------------------------------------------------------------------------


async def test_a_customer_gets_nowhere_with_the_commands_of_staff(house: House) -> None:
    """OPS-2: every one is refused in words that lead on, and nothing is stored."""
    before = await house.stored()
    tried = 0
    for entry in CATALOGUE.values():
        if Role.CUSTOMER in entry.roles or entry.place is Place.GROUP:
            continue
        for text in spellings(entry):
            await house.customer.says(text)
            heard = house.customer.skips()
            assert len(heard) == 1, (text, [h.text for h in heard])
            assert "/help" in heard[0].text or "此操作仅限" in heard[0].text, (text, heard[0].text)
            tried += 1
    assert tried > 60
    assert await house.stored() == before
    assert await house.dead() == []
    for view in (house.floor, house.desk, house.anna, house.boss):
        view.expects_silence()


async def test_a_stranger_and_a_customer_in_a_work_group_get_nowhere_either(house: House) -> None:
    before = await house.stored()
    tried = 0
    for entry in CATALOGUE.values():
        if Role.CUSTOMER in entry.roles or entry.place is Place.PRIVATE:
            continue
        for text in (f"/{entry.name}", f"/{entry.name} 1 张三 9-20 原因"):  # privacy mode hides Chinese words
            for one in (house.stranger, house.customer):
                await one.says(text, house.floor)
                heard = house.floor.skips()
                assert len(heard) == 1, (text, [h.text for h in heard])
                assert "/help" in heard[0].text or "此操作仅限" in heard[0].text, text
                tried += 1
    assert tried > 20
    assert await house.stored() == before
    assert await house.dead() == []
    for view in house.bench.views.values():
        view.expects_silence()


async def test_a_private_command_in_a_group_and_the_other_way_round_does_nothing(house: House) -> None:
    before = await house.stored()
    for entry in CATALOGUE.values():
        if entry.place is Place.PRIVATE:
            await house.boss.says(f"/{entry.name} 1 x", house.floor)
            house.floor.expects_silence()
        elif entry.place is Place.GROUP:
            await house.boss.says(f"/{entry.name} 1 x")
            house.boss.expects("/help")
    assert await house.stored() == before
    assert await house.dead() == []


async def test_commands_nobody_knows_are_answered_in_private_and_ignored_in_groups(house: House) -> None:
    before = await house.stored()
    for text in ("/nosuch", "/", "//", "/任务x", "/lead@another_bot 1", "/\u202e", "/task@", "@", "/start x" * 5):
        for one in (house.anna, house.boss):
            await one.says(text)
            assert FAULT not in one.skips()[0].text, text
            await one.says(text, house.floor)
    house.floor.skips()
    assert await house.stored() == before
    assert await house.dead() == []


async def test_every_command_takes_four_thousand_characters_of_broken_markup(house: House) -> None:
    """4,097 characters, HTML: an answer the platform accepts, and no fault."""
    people = [house.boss, house.anna]
    for role in (Role.SERVICE, Role.GM):
        people.append(await house.bench.staff(f"员工{role}", "客服部", role))
    for one in people:
        for entry in CATALOGUE.values():
            for head in ("", "张三 "):
                await one.says(f"/{entry.name} {head}{LONG}"[:4096])
                for heard in one.skips():
                    assert FAULT not in heard.text, entry.name
                    assert len(heard.text) <= 4096
    assert await house.dead() == []
    for view in house.bench.views.values():
        view.skips()


# Presses ------------------------------------------------------------------------------------------------


def press_names() -> list[str]:
    """The names of all buttons the areas answer to."""

    def walk(router: Router) -> Iterator[str]:
        for handler in router.callback_query.handlers:
            for one in handler.filters or []:
                if isinstance(one.callback, OnPress):
                    yield one.callback.name
        for below in router.sub_routers:
            yield from walk(below)

    return [name for router in routers() for name in walk(router)]


def test_no_two_areas_answer_to_the_same_button() -> None:
    counted = Counter(press_names())
    assert len(counted) > 40
    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("who", ["stranger", "customer", "anna"])
async def test_buttons_nobody_gave_are_answered_and_change_nothing(house: House, who: str) -> None:
    """P17, P41: every button of the house with made-up data, in a group and in private."""
    someone: Someone = getattr(house, who)
    before = await house.stored()
    places: list[Any] = [house.floor.chat if who in ("stranger", "boss") else someone.phone.private]
    datas = [f"{name}{rest}" for name in press_names() for rest in GARBAGE]
    datas += ["nosuch", "nosuch:1", ":", "x\x1dy", "AbCdEf\x1dok", "\x1d", "AbCdEf\x1dok\x1dz"]
    if who in ("anna", "boss"):
        datas = [d for d in datas if d.partition(":")[0] not in ("inviteall",)]  # is for them, and carries no data
    for place in places:
        shown = next(
            m for m in reversed(house.bench.telegram.history(place)) if m.sender_id == house.bench.telegram.bot.id
        )
        pressed = [(data, someone.phone.press_data(shown, data, place)) for data in datas if len(data.encode()) <= 64]
        await house.bench.settle()
        assert [data for data, press in pressed if not press.answered] == []
        assert [data for data, press in pressed if FAULT in press.text] == []
        assert await house.dead() == []
    after = await house.stored()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    for view in house.bench.views.values():
        view.skips()
