"""Registering before contact, finding and completing customers in a private chat (CUS-1 to CUS-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import customers
from core.access import Role
from core.geo import Point
from core.rulebook import loads
from tests.sandbox.test_people import PNG
from tests.support.chat import Bench, Someone, open_bench

DUPLICATE = "登记在先者跟进；有异议请找主管。"


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """A company whose salespeople do not report in the morning: this is about their customers."""
    async with open_bench(folder, rulebook=loads("checkin: {roles: [technician]}")) as opened:
        yield opened


async def one_line(who: Someone, text: str = "深圳华强电子有限公司 13800001111") -> int:
    """Register in one line; the new record's id."""
    await who.says(f"/customer 新建 {text}")
    who.expects("✅ 已登记，归你跟进。")
    found = await who.bench.look(lambda uow: uow.customers.recent(who.person, 1))
    return int(found[0].id)


async def test_one_line_registers_a_customer_and_shows_what_is_missing(bench: Bench) -> None:
    """CUS-2, CUS-3"""
    anna = await bench.staff("张三")
    await anna.says("/customer 新建 深圳华强电子有限公司 13800001111")
    card = anna.expects("✅ 已登记，归你跟进。", "去补齐", "加联系人")
    assert card.text == (
        "✅ 已登记，归你跟进。\n"
        "深圳华强电子有限公司\n"
        "☎ 13800001111\n"
        "销售部-张三 · 08:00 登记\n"
        "还缺：类型、联系人、地址、行业、来源\n"
        "第三章 第二条 档案完整"
    )


async def test_the_form_asks_for_name_phone_and_type(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await anna.says("/客户")
    anna.expects("请发客户名称（部分即可）", "登记新客户", "取消")
    await anna.presses("登记新客户")
    anna.expects("客户全称？", edited=True)
    await anna.says("深圳华强电子有限公司")
    anna.expects("客户电话？", "以后再补")
    await anna.says("12345")
    anna.expects("“12345”不是电话号码。例如：13800001111、0755-82345678")
    anna.skips()
    await anna.says("0755-82345678-801")
    anna.expects("客户类型？", "业务客户", "经销商")
    await anna.presses("经销商")
    anna.expects("✅ 已登记，归你跟进。", "经销商", "☎ 0755-82345678-801")
    anna.skips()
    assert (await bench.look(lambda uow: uow.customers.recent(anna.person, 1)))[0].name == "深圳华强电子有限公司"


async def test_a_duplicate_is_told_at_the_name_and_shows_nothing_of_the_other(bench: Bench) -> None:
    """CUS-2, P39, P40: only that it exists, and since when; the manager also learns whose it is."""
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    boss = await bench.staff("王总", role=Role.MANAGER)
    await one_line(anna)
    await bench.forward(days=1)
    anna.skips()
    boss.skips()
    refusal = "这个名称（深圳华强电子）已于 9月14日 周一登记。\n" + DUPLICATE + "\n第三章 第一条 先登记后接触"
    await ben.says("/customer 新建 深圳华强电子 13900009999")
    assert ben.expects("这个名称").text == refusal
    await ben.says("/customer 新建 深圳华强电子")
    assert ben.expects("这个名称").text == refusal
    await ben.says("/customer 新建 另一家公司 13800001111")
    phone = ben.expects("这个电话（13800001111）已于 9月14日 周一登记。")
    assert "张三" not in phone.text and "华强" not in phone.text
    await boss.says("/customer 新建 深圳华强电子 13900009999")
    boss.expects("归属：销售部-张三")
    await anna.says("/customer 新建 深圳华强电子 13900009999")
    anna.expects("这个名称（深圳华强电子）已建档：9月14日 周一起就是你的客户。")


async def test_a_near_name_is_asked_about_first(bench: Bench) -> None:
    """CUS-2: masked for whoever it does not belong to; nothing is kept until they say so."""
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    await one_line(anna)
    await ben.says("/customer 新建 深圳市华强电子有限公司 13900002222")
    question = ben.expects("与“深圳市华强电子有限公司”很像：", "仍要新建", "取消")
    assert question.text.endswith("深圳**** · 9月14日 周一登记\n仍要新建吗？")
    assert await bench.look(lambda uow: uow.customers.count(ben.person)) == 0
    await ben.presses("仍要新建")
    ben.expects("✅ 已登记，归你跟进。", "深圳市华强电子有限公司")
    ben.skips()
    assert await bench.look(lambda uow: uow.customers.count(ben.person)) == 1


async def test_a_near_name_can_be_given_up(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await one_line(anna)
    await anna.says("/customer 新建 深圳市华强电子有限公司 13900002222")
    anna.expects("深圳华强电子有限公司 · 销售部-张三", "仍要新建")
    await anna.presses("取消")
    anna.skips()
    assert await bench.look(lambda uow: uow.customers.count(anna.person)) == 1


async def test_search_opens_own_records_and_masks_others(bench: Bench) -> None:
    """P40"""
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    await one_line(anna)
    await anna.says("/customer hq")
    anna.expects("1 个客户", "深圳华强电子有限公司")
    await anna.presses("深圳华强电子有限公司")
    anna.expects("深圳华强电子有限公司", "☎ 13800001111", "还缺：")
    await ben.says("/customer 1111")
    hidden = ben.expects("他人已登记：")
    assert hidden.text == "他人已登记：\n深圳**** · 9月14日 周一登记\n第三章 第一条 先登记后接触"
    assert hidden.labels == []
    await ben.says("/customer 没有的")
    ben.expects("没有找到“没有的”。", "登记新客户")
    await ben.presses("登记新客户")
    ben.expects("客户全称？")
    ben.skips()


async def test_the_search_form_takes_words_and_places(bench: Bench) -> None:
    anna = await bench.staff("张三")
    near = await one_line(anna)
    await one_line(anna, "广州白云机械厂 13900002222")
    await bench.store.unit(lambda uow: uow.customers.set_point(near, Point(22.5401, 114.05)))
    await anna.says("/customer")
    anna.expects("请发客户名称", "广州白云机械厂", "深圳华强电子有限公司")
    await anna.says("1111")
    anna.expects("1 个客户", "深圳华强电子有限公司")
    anna.skips()
    await anna.says("/customer")
    anna.skips()
    await anna.locates(22.54, 114.05)
    anna.expects("由近到远", "深圳华强电子有限公司 · 11 米")
    anna.skips()


async def test_parts_are_filled_in_by_buttons(bench: Bench) -> None:
    """CUS-1, CUS-3"""
    anna = await bench.staff("张三")
    number = await one_line(anna)
    await anna.presses("去补齐")
    assert anna.expects("要填哪一项？").labels[:5] == ["❗ 类型", "❗ 联系人", "❗ 地址", "❗ 行业", "❗ 来源"]
    await anna.presses("来源")
    anna.expects("来源", "展会")
    await anna.presses("展会")
    anna.expects("✅ 已保存", "还缺：类型、联系人、地址、行业")
    anna.skips()
    await anna.presses("加联系人")
    anna.expects("联系人", "一行写完：姓名 电话 职务 生日 喜好")
    await anna.says("13900002222")
    anna.expects("“13900002222”不像联系人。例如：李经理 13900002222 采购")
    anna.skips()
    await anna.says("李经理 13900002222 采购 3月5日 爱喝茶")
    anna.expects("✅ 已保存", "👤 李经理 · 采购 · 13900002222 · 生日 03-05 · 爱喝茶")
    anna.skips()
    await anna.presses("去补齐")
    anna.skips()
    await anna.presses("地图位置")
    anna.expects("地图位置", "请发送位置")
    await anna.says("福田区")
    anna.skips()
    await anna.locates(22.5431, 114.0865)
    anna.expects("✅ 已保存", "📍 地图")
    anna.skips()
    record = await bench.look(lambda uow: uow.customers.get(number))
    assert record.point == Point(22.5431, 114.0865)
    assert record.source == "fair"


async def test_licences_are_kept_as_files(bench: Bench) -> None:
    anna = await bench.staff("张三")
    number = await one_line(anna)
    await anna.presses("去补齐")
    anna.expects("要填哪一项？")
    await anna.presses("证照")
    anna.expects("证照", "请发送照片或文件，可以发多份。")
    await anna.does(anna.phone.album, [PNG, PNG])
    anna.expects("证照资料 2 份", "完成")
    await anna.does(anna.phone.document, "licence.pdf", b"%PDF")
    anna.expects("证照资料 3 份")
    await anna.presses("完成")
    anna.expects("✅ 已保存", "证照资料 3 份")
    anna.skips()
    assert len((await bench.look(lambda uow: uow.customers.get(number))).documents) == 3


async def test_forged_buttons_open_nothing(bench: Bench) -> None:
    """P41"""
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    number = await one_line(anna)
    await ben.says("/customer 没有的")
    message = ben.expects("没有找到").message
    for data in (f"cust:{number}", f"cue:{number}", f"cuf:{number}:name", "cust:999"):
        press = await ben.does(ben.phone.press_data, message, data)
        assert press.text == "你的客户中没有这一家。"
    for data in ("cust", "cust:", "cust:x", f"cuf:{number}", f"cuf:{number}:owner", "cust:" + "9" * 40):
        press = await ben.does(ben.phone.press_data, message, data)
        assert press.text.startswith("没有找到")


async def test_a_name_cannot_carry_markup(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await anna.says("/customer 新建 <b>华强&电子</b> 13800001111")
    assert "<b>华强&电子</b>" in anna.expects("✅ 已登记").text
    await anna.says("/customer")
    anna.expects("请发客户名称", "<b>华强&电子</b>")
    await anna.presses("华强&电子")
    anna.expects("<b>华强&电子</b>", "☎ 13800001111")
    anna.skips()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/customer 新建 华 13800001111", "“华”不像客户名称"),
        ("/customer 新建 " + "华" * 150 + " 13800001111", "太长了，最多 100 个字。"),
        ("/customer " + "华" * 4000, "没有找到“华"),
    ],
)
async def test_odd_entries_are_answered(bench: Bench, text: str, answer: str) -> None:
    anna = await bench.staff("张三")
    await anna.says(text)
    anna.expects(answer)


async def test_customers_have_no_such_command(bench: Bench) -> None:
    """OPS-2"""
    someone = await bench.customer("顾客")
    await someone.says("/customer 华强")
    someone.expects("/help")


async def test_a_form_goes_on_after_a_restart(folder: Path) -> None:
    """P16"""
    async with open_bench(folder) as bench:
        anna = await bench.staff("张三")
        await anna.says("/customer 新建 深圳华强电子有限公司")
        anna.expects("客户电话？")
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, telegram=telegram, clock=clock) as again:
        again.views[anna.phone.id] = anna
        anna.bench = again
        await anna.says("13800001111")
        anna.expects("客户类型？")
        await anna.presses("业务客户")
        anna.expects("✅ 已登记", "业务客户")
        anna.skips()


async def test_who_does_not_complete_a_record_is_reminded_then_told_to_the_manager(bench: Bench) -> None:
    """CUS-3, S1.8"""
    boss = await bench.staff("王总", role=Role.MANAGER)
    anna = await bench.staff("张三")
    number = await one_line(anna)
    await bench.clock_to("17:59")
    anna.expects_silence()
    await bench.clock_to("18:00")
    reminder = anna.expects("前补齐：深圳华强电子有限公司", "去补齐")
    assert reminder.text.startswith("9月15日 周二 18:00 前补齐")
    boss.expects_silence()
    await bench.forward(days=1)
    for person in (anna, boss):
        told = person.expects("档案仍未补齐：深圳华强电子有限公司", "还缺：类型、联系人、地址、行业、来源")
        assert told.text.endswith("第三章 第二条 档案完整 · 怎么算的")
    await bench.forward(days=3)
    boss.expects("中秋节", "无人值班")
    assert await bench.look(lambda uow: uow.deadlines.open_of(customers.subject_of(number))) == []


async def test_who_completes_it_hears_nothing(bench: Bench) -> None:
    """P15"""
    boss = await bench.staff("王总", role=Role.MANAGER)
    anna = await bench.staff("张三")
    number = await one_line(anna)

    def fill(uow: object) -> None:
        from core.access import SYSTEM

        for field, text in (
            ("type", "经销商"),
            ("contact", "李"),
            ("address", "路"),
            ("industry", "电"),
            ("source", "展会"),
        ):
            customers.fill_in(uow, SYSTEM, number, field, text)  # type: ignore[arg-type]

    await bench.store.unit(fill)
    await bench.forward(days=3)
    anna.expects_silence()
    boss.expects_silence()
