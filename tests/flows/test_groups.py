"""Work groups: bound, renamed, moved and lost; guests asked for their real names (ORG-2, ORG-3, P45, P46)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.world import Chat
from core import groups
from core.access import SYSTEM, Role
from core.deadlines import DeadlineKind
from core.groups import Purpose
from core.ids import ChatId
from core.notices import Notice, NoticeState, ToGroup
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)  # no rounds are run while the clock moves


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY) as opened:
        yield opened


GUEST = groups.GUEST


async def company(bench: Bench) -> tuple[Someone, Someone, Group]:
    """The admin, a manager of the sales department, and its work group."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    manager = await bench.staff("陈经理", "销售部", Role.MANAGER)
    group = await bench.group("销售群", boss, manager, department="销售部", purposes=[Purpose.SALES])
    return boss, manager, group


def view(bench: Bench, chat: Chat, title: str) -> Group:
    """A chat that the test made by hand, as the bench sees it."""
    group = Group(bench, chat, title)
    bench.views[chat.id] = group
    return group


def basic_group(bench: Bench, owner: Someone, *members: Someone) -> Group:
    """A group that has not become a supergroup yet."""
    chat = owner.phone.create_group("老群", *(member.phone for member in members), kind="group", with_bot=False)
    return view(bench, chat, "老群")


async def bound_at(bench: Bench, chat: int) -> Any:
    return await bench.look(lambda uow: uow.groups.at(chat))


# Binding


async def test_bot_greets_a_group_it_is_added_to_once_and_posts_nothing_else(bench: Bench) -> None:
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    chat = boss.phone.create_group("新群", with_bot=False)
    group = view(bench, chat, "新群")
    await boss.does(boss.phone.add_bot, chat)
    group.expects("/bind", "在那之前，这里不会收到任何通知")
    group.expects_silence()
    await boss.does(boss.phone.promote, bench.telegram.bot.id, chat)
    group.expects_silence()


async def test_group_is_bound_by_buttons_alone(bench: Bench) -> None:
    """ORG-2: /bind, a department, a purpose, and another purpose."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    await bench.staff("张三", "销售部")
    group = await bench.group("销售群", boss)
    await boss.says("/bind", group)
    group.expects("这是哪个部门的工作群", "全公司", "总经办", "销售部")
    await boss.presses("销售部", group)
    group.expects("销售部：这个群做什么用", "销售群组", "管理群组", "投诉台", "报修台", edited=True)
    await boss.presses("投诉台", group)
    group.expects("已绑定：销售部 · 投诉台", "＋销售群组", edited=True)
    await boss.presses("＋销售群组", group)
    group.expects("已绑定：销售部 · 投诉台、销售群组", edited=True)

    bound = await bound_at(bench, group.chat_id)
    assert bound.purposes == {Purpose.COMPLAINT, Purpose.SALES}
    assert (bound.department_name, bound.title) == ("销售部", "销售群")


@pytest.mark.parametrize(
    ("text", "answer", "purposes"),
    [
        ("/bind 销售部 销售，投诉", "已绑定：销售部 · 投诉台、销售群组", {Purpose.SALES, Purpose.COMPLAINT}),
        ("/bind 全公司 管理", "已绑定：全公司 · 管理群组", {Purpose.MANAGEMENT}),
        ("绑定 销售部 repair", "已绑定：销售部 · 报修台", {Purpose.REPAIR}),
        ("/bind 销售 销售", "没有“销售”这个部门", None),
        ("/bind 采购部 销售", "没有“采购部”这个部门", None),
    ],
)
async def test_group_is_bound_by_words(bench: Bench, text: str, answer: str, purposes: set[Purpose] | None) -> None:
    boss = await bench.staff("王总", "销售部", Role.GM, admin=True)
    group = await bench.group("群", boss)
    await boss.does(boss.phone.promote, bench.telegram.bot.id, group.chat)  # to hear the command without a slash
    await boss.says(text, group)
    group.expects(answer)
    bound = await bound_at(bench, group.chat_id)
    assert (bound.purposes if bound else None) == purposes


async def test_department_alone_asks_for_the_purpose_and_purpose_alone_for_the_department(bench: Bench) -> None:
    boss = await bench.staff("王总", "销售部", Role.GM, admin=True)
    group = await bench.group("群", boss)
    await boss.says("/bind 销售部", group)
    group.expects("销售部：这个群做什么用")
    await boss.says("/bind 投诉", group)
    group.expects("这是哪个部门的工作群")
    await boss.presses("全公司", group)
    group.expects("已绑定：全公司 · 投诉台", edited=True)


async def test_only_an_admin_binds_and_a_forged_button_binds_nothing(bench: Bench) -> None:
    """P41: buttons re-check who presses and what is in them."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    anna = await bench.staff("安娜")
    group = await bench.group("群", boss, anna)
    await anna.says("/bind 销售部 销售", group)
    group.expects("没有此权限")
    await boss.says("/bind", group)
    card = group.expects("这是哪个部门").message
    assert "没有此权限" in await anna.presses("销售部", group)
    for data in ("bindto:999:sales", "bindto:x:sales", "bindto:1", "bindto:1:gold"):
        press = await boss.does(boss.phone.press_data, card, data, group.chat)
        assert "没" in press.text, data
    assert await bound_at(bench, group.chat_id) is None


async def test_unbound_group_is_ordinary_again(bench: Bench) -> None:
    boss, _manager, group = await company(bench)
    stranger = bench.stranger("路人")
    await boss.does(boss.phone.add, stranger.phone, group.chat)
    group.expects("路人", "绑定账号")
    await boss.says("/unbind", group)
    group.expects("本群不再是工作群")
    await boss.says("/unbind", group)
    group.expects("本群还不是工作群")
    await bench.forward(hours=30)  # the guest of a group that is none any more is nobody's concern
    assert await bound_at(bench, group.chat_id) is None


async def test_title_follows_a_rename(bench: Bench) -> None:
    boss, _, group = await company(bench)
    await boss.does(boss.phone.rename, group.chat, "华南销售群")
    assert (await bound_at(bench, group.chat_id)).title == "华南销售群"


async def test_admins_learn_that_the_bot_was_put_out(bench: Bench) -> None:
    boss, manager, group = await company(bench)
    await manager.does(manager.phone.remove_bot, group.chat)
    boss.expects("陈经理 把我移出了“销售群”", "/bind")
    assert await bound_at(bench, group.chat_id) is None
    await boss.does(boss.phone.add_bot, group.chat)
    group.expects("/bind")


async def test_bot_put_out_while_it_was_down_is_learnt_from_the_refusal(bench: Bench) -> None:
    """403 for a group: noted like a removal that was told, and nobody waits for its messages."""
    boss, _manager, group = await company(bench)
    group.chat.members[bench.telegram.bot.id].status = "kicked"
    await bench.store.unit(lambda uow: uow.notices.tell(guest_notice(group)))
    await bench.settle()
    boss.expects("我被移出了“销售群”")
    states = await bench.look(
        lambda uow: [d.state for d in uow.notices.deliveries("guest:9", GUEST, ToGroup(group.id))]
    )
    assert states == [NoticeState.UNREACHABLE]


def guest_notice(group: Group, **more: Any) -> Notice:
    assert group.id is not None
    facts = {"people": [{"account": 5, "name": "小明"}], "hours": 24, "group": group.id}
    return Notice(GUEST, ToGroup(group.id), facts, subject="guest:9", clause="group.real_name", **more)


# Moving (P45)


async def test_group_that_becomes_a_supergroup_is_followed(bench: Bench) -> None:
    """P45: told by the old chat and by the new; deadlines go on, cards are posted anew and not over others."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    group = basic_group(bench, boss)
    await boss.does(boss.phone.add_bot, group.chat)
    group.expects("/bind")
    await boss.says("/bind 全公司 销售", group)
    group.expects("已绑定")
    before = await bound_at(bench, group.chat_id)
    group.id = before.id
    stranger = bench.stranger("路人")
    await boss.does(boss.phone.add, stranger.phone, group.chat)
    group.expects("路人", "24 小时")
    await bench.store.unit(lambda uow: uow.notices.tell(guest_notice(group, card="x:1")))
    await bench.settle()
    card = group.expects("小明").message

    moved = view(bench, await boss.does(boss.phone.migrate, group.chat), "新群")
    moved.expects_silence()  # no greeting: it is bound already
    after = await bound_at(bench, moved.chat_id)
    assert after.id == before.id
    assert await bound_at(bench, group.chat_id) is None
    assert await bench.look(lambda uow: uow.notices.card_at(ToGroup(before.id), card.id)) is None

    await bench.store.unit(lambda uow: uow.notices.tell(guest_notice(group, card="x:1")))
    await bench.settle()
    moved.expects("小明", edited=False)
    group.expects_silence()

    await bench.forward(hours=24)
    boss.expects("“老群”：1 名成员仍未绑定", "路人")


async def test_move_is_learnt_from_the_refusal_when_its_message_was_lost(bench: Bench) -> None:
    """P45: the platform refuses the old chat and names the new one; the message arrives there."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    group = basic_group(bench, boss)
    await boss.does(boss.phone.add_bot, group.chat)
    await boss.says("/bind 全公司 销售", group)
    group.skips()
    group.id = (await bound_at(bench, group.chat_id)).id
    moved = view(bench, boss.phone.migrate(group.chat), "新群")
    bench.telegram.updates._waiting.clear()

    await bench.store.unit(lambda uow: uow.notices.tell(guest_notice(group)))
    await bench.settle()
    moved.expects("小明")
    assert (await bound_at(bench, moved.chat_id)).id == group.id


async def test_move_onto_a_chat_that_was_bound_before_or_by_hand(bench: Bench) -> None:
    """A chat's id is one row's alone, whichever way the two meet."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    old = await bench.group("旧", boss, purposes=[Purpose.SALES])
    former = await bench.group("前", boss, purposes=[Purpose.REPAIR])
    by_hand = await bench.group("新", boss, purposes=[Purpose.MANAGEMENT])

    await bench.store.unit(lambda uow: uow.groups.remove(former.id))
    assert await bench.store.do(groups.migrate, SYSTEM, ChatId(old.chat_id), ChatId(former.chat_id))
    assert (await bound_at(bench, former.chat_id)).id == old.id
    assert await bound_at(bench, old.chat_id) is None

    assert not await bench.store.do(groups.migrate, SYSTEM, ChatId(former.chat_id), ChatId(by_hand.chat_id))
    assert (await bound_at(bench, by_hand.chat_id)).id == by_hand.id
    assert await bound_at(bench, former.chat_id) is None


# Real names (ORG-3)


async def test_guest_who_joins_is_asked_once_and_reported_after_the_grace_period(bench: Bench) -> None:
    boss, manager, group = await company(bench)
    guest = bench.stranger("<b>小明</b>")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    asked = group.expects("<b>小明</b>：工作群要求实名", "24 小时内", "绑定账号", "群内实名")
    assert asked.message.wire["reply_markup"]["inline_keyboard"][0][0]["url"].endswith(f"?start=join_{group.id}")
    await guest.says("/help", group)
    group.expects("/help")  # the answer to the command, and no second request
    await guest.says("@keguan_bot 你好", group)
    group.expects_silence()

    await bench.forward(hours=23, minutes=59)
    manager.expects_silence()
    await bench.forward(minutes=1)
    manager.expects("“销售群”：1 名成员仍未绑定", "<b>小明</b>，10月1日 周四 08:00 已提醒", "群内实名")
    boss.expects_silence()  # the department has a manager of its own
    await bench.forward(hours=48)
    manager.expects_silence()


async def test_guest_who_only_speaks_is_asked_too(bench: Bench) -> None:
    """In a group that the bot joined later nobody joins in front of it."""
    boss, _manager, _group = await company(bench)
    guest = bench.stranger("小明")
    other = await bench.group("另一群", boss, guest, department="销售部", purposes=[Purpose.SALES])
    await guest.says("/rules", other)
    other.expects("小明：工作群要求实名")
    other.expects("没有此权限")
    await guest.says("/rules", other)
    other.expects("没有此权限")


async def test_guest_asks_for_a_link_binds_and_is_not_reported(bench: Bench) -> None:
    """From the button in the group to the real name."""
    boss, manager, group = await company(bench)
    guest = bench.stranger("小明", username="xm")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    url = group.expects("小明").message.wire["reply_markup"]["inline_keyboard"][0][0]["url"]
    for _ in range(2):  # asking twice tells the admins once
        await guest.does(guest.phone.open_link, url)
        guest.expects("已告知管理员：你在“销售群”里")
    boss.expects("“销售群”里的 小明 @xm 需要邀请链接", "/invite")

    await boss.does(boss.phone.document, "a.csv", "工号,姓名,部门,角色\nS9,明小,销售部,业务员".encode())
    boss.expects("将导入：新增 1 人")
    await boss.presses("确认导入")
    boss.expects("已导入：新增 1 人")
    await boss.says("/invite S9")
    link = boss.expects("销售部-明小: https").text.split(": ")[-1]
    await guest.does(guest.phone.open_link, link)
    guest.expects("销售部-明小，你好")
    guest.expects("现在代表")
    assert await bench.look(lambda uow: uow.deadlines.pending(9)) == []
    await bench.forward(hours=30)
    manager.expects_silence()
    await guest.says("/rules 实名", group)
    group.expects("群内实名")


async def test_guest_who_left_is_not_reported_and_is_asked_again_on_coming_back(bench: Bench) -> None:
    _boss, manager, group = await company(bench)
    guest = bench.stranger("小明")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("小明")
    await guest.does(guest.phone.leave, group.chat)
    await bench.forward(hours=25)
    manager.expects_silence()
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("小明：工作群要求实名")


async def test_bot_that_is_administrator_hears_of_a_join_twice_and_asks_once(bench: Bench) -> None:
    _boss, manager, group = await company(bench)
    await manager.does(manager.phone.promote, bench.telegram.bot.id, group.chat)
    guest = bench.stranger("小明")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("小明：工作群要求实名")
    group.expects_silence()
    await manager.does(manager.phone.kick, guest.phone, group.chat)
    assert await bench.look(lambda uow: uow.deadlines.pending(9)) == []


async def test_staff_are_not_guests(bench: Bench) -> None:
    _boss, manager, group = await company(bench)
    anna = await bench.staff("安娜")
    await manager.does(manager.phone.add, anna.phone, group.chat)
    group.expects_silence()


async def test_a_stranger_cannot_pester_the_admins_with_a_guests_link(bench: Bench) -> None:
    """P41: the link's group is looked up among the guests."""
    boss, _manager, group = await company(bench)
    nosy = bench.stranger("路人")
    for payload in (f"join_{group.id}", "join_999", "join_x", "join_"):
        await nosy.starts(payload)
        nosy.expects("没有找到")
    boss.expects_silence()


async def test_group_without_a_manager_reports_to_the_top(bench: Bench) -> None:
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    group = await bench.group("大群", boss, purposes=[Purpose.MANAGEMENT])
    guest = bench.stranger("小明")
    await boss.does(boss.phone.add, guest.phone, group.chat)
    group.expects("小明")
    await bench.forward(hours=24)
    boss.expects("“大群”：1 名成员仍未绑定", "小明")


async def test_grace_period_survives_a_restart(folder: Path) -> None:
    """The deadline is a row."""
    async with open_bench(folder, at=HOLIDAY) as bench:
        _boss, manager, group = await company(bench)
        guest = bench.stranger("小明")
        await manager.does(manager.phone.add, guest.phone, group.chat)
        group.expects("小明")
        due = await bench.look(lambda uow: uow.deadlines.due_of("guest:1", DeadlineKind("group.unbound")))
        assert due - bench.clock.now() == timedelta(hours=24)
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, telegram=telegram, clock=clock) as again:
        again.views[manager.chat_id] = manager
        await again.forward(hours=24)
        manager.expects("“销售群”：1 名成员仍未绑定", "小明")


async def test_a_button_of_yesterday_that_nobody_knows_is_answered(bench: Bench) -> None:
    """P17: a press on what is no more gets words, and changes nothing."""
    boss, _, group = await company(bench)
    await boss.says("/bind", group)
    card = group.expects("这是哪个部门").message
    press = await boss.does(boss.phone.press_data, card, "oldname:7", group.chat)
    assert press.text == "此按钮已失效。"
    await boss.says("/nonsense")
    boss.expects("/help")


async def test_grace_period_judges_by_what_is_true_when_it_ends(bench: Bench) -> None:
    """Bound meanwhile by whatever way: the deadline rings, and nobody is told anything."""
    boss, manager, group = await company(bench)
    guest = bench.stranger("小明")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("小明")

    def bind(uow: Any) -> None:
        uow.people.see_account(guest.phone.id, "小明", "", opened=False)
        uow.people.unbind(boss.person)
        uow.people.bind(guest.phone.id, boss.person)

    await bench.store.unit(bind)
    await bench.forward(hours=25)
    manager.expects_silence()
    assert await bench.look(lambda uow: uow.deadlines.pending(9)) == []
