"""Content of work groups: found, removed, told, put back (ORG-5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.discipline import State
from core.groups import Purpose
from core.rulebook import Rulebook, loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)  # no rounds are run while the clock moves
BAD = "美女裸聊，加微信看"


def in_force(more: str = "") -> Rulebook:
    return loads(f"preset: default\nclauses:\n  group.forbidden: {{ in_force: true }}\n{more}")


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY, rulebook=in_force()) as opened:
        yield opened


async def company(bench: Bench, *, rights: bool = True) -> tuple[Someone, Someone, Someone, Group]:
    """The admin, a manager, a salesperson, and their work group in which the bot may delete."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    manager = await bench.staff("陈经理", "销售部", Role.MANAGER)
    anna = await bench.staff("安娜", "销售部")
    group = await bench.group("销售群", boss, manager, anna, department="销售部", purposes=[Purpose.SALES])
    if rights:
        await boss.does(boss.phone.promote, bench.telegram.bot.id, group.chat)
    else:
        bench.telegram.privacy = False
    return boss, manager, anna, group


def standing(group: Group) -> list[str]:
    return [message.text for message in group.messages if message.text]


async def cases(bench: Bench) -> list[Any]:
    def found(uow: Any) -> list[Any]:
        groups = [group.id for group in uow.groups.all()]
        return list(reversed(uow.violations.recent(groups, HOLIDAY)))

    return list(await bench.look(found))


async def test_forbidden_message_is_removed_with_evidence_and_its_sender_learns_why(bench: Bench) -> None:
    """ORG-5: removed, recorded in the ledger, told in private with the clause; the manager gets the evidence."""
    boss, manager, anna, group = await company(bench)
    await anna.says(BAD, group)
    assert BAD not in standing(group)
    group.expects_silence()
    anna.expects("08:00 · 你在“销售群”里的 1 条消息已被删除", "色情（裸聊）", BAD, "群内禁发内容")
    anna.expects("记入你的台账：警告")
    manager.expects("08:00 · 销售部-安娜 在“销售群”", "色情（裸聊）", BAD, "已删除 1 条", "恢复", "证据")
    manager.expects("销售部-安娜", "警告", "群内禁发")
    boss.expects_silence()
    (case,) = await cases(bench)
    assert (case.state, case.found, case.name) == (State.REMOVED, "裸聊", "销售部-安娜")
    (kept,) = await bench.look(lambda uow: uow.violations.messages(case.id))
    assert (kept.text, kept.removal) == (BAD, "done")


async def test_manager_puts_a_message_back_and_its_word_is_allowed(bench: Bench) -> None:
    """ORG-5: removed by mistake."""
    _boss, manager, anna, group = await company(bench)
    await anna.says("客户问百家乐牌水泥", group)
    anna.skips()
    manager.skips()
    await manager.presses("恢复")
    group.expects("销售部-安娜 发于 08:00（由 销售部-陈经理 恢复）", "客户问百家乐牌水泥")
    anna.expects("销售部-陈经理 已恢复你在“销售群”里的消息")
    anna.expects("撤销")
    manager.expects("销售部-陈经理 已恢复", "以后放行“百家乐”", edited=True)
    manager.expects("撤销")
    assert "已放行：“百家乐”，在本群有效" in await manager.presses("以后放行")
    await anna.says("百家乐牌水泥三吨", group)
    group.expects_silence()
    manager.expects_silence()
    (case,) = await cases(bench)
    entries = await bench.look(lambda uow: uow.ledger.of_subject(case.subject))
    assert [entry.effect for entry in entries] == ["warning", "reversal"]


async def test_trial_removes_nothing_and_tells_the_managers_in_one_summary(folder: Path) -> None:
    """ORG-5, shadow: the clause is not in force by default."""
    async with open_bench(folder, at=HOLIDAY) as bench:
        _boss, manager, anna, group = await company(bench)
        await anna.says(BAD, group)
        manager.expects("“销售群”今天有 1 条消息按制度应删除（试行）", "销售部-安娜 · 色情：裸聊")
        await bench.forward(minutes=30)
        await anna.says("澳门赌场开业", group)
        manager.expects("今天有 2 条", "赌博", edited=True)
        assert BAD in standing(group)
        anna.expects_silence()
        group.expects_silence()
        assert await bench.look(lambda uow: uow.ledger.of_person(anna.person)) == []


async def forges(someone: Someone, data: str) -> str:
    """A press with data that no button of this person carries; what it is answered with."""
    await someone.says("/help")
    someone.skips()
    press = await someone.does(someone.phone.press_data, someone.phone.last(), data)
    return str(press.text)


# What is looked at


def posts(someone: Someone, group: Group, content: dict[str, Any]) -> Any:
    """Something written in a way that no method of the phone offers."""
    return someone.does(someone.phone._send, group.chat, content, None)


def link(url: str) -> dict[str, Any]:
    return {"text": "点这里", "entities": [{"type": "text_link", "offset": 0, "length": 3, "url": url}]}


CHANNEL = {"id": -1009, "type": "channel", "title": "发财频道", "username": "facai"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (link("https://bit.ly/abc"), "短链接（bit.ly）"),
        (link("https://t.me/+AAAA"), "广告"),
        (
            {"text": "好消息", "forward_origin": {"type": "channel", "chat": CHANNEL, "message_id": 5, "date": 1}},
            "转发",
        ),
        ({"contact": {"phone_number": "13800000000", "first_name": "某中介"}}, "联系人名片"),
        (
            {
                "poll": {
                    "id": "1",
                    "question": "去哪玩",
                    "options": [
                        {"persistent_id": "1", "text": text, "voter_count": 0} for text in ("澳门赌场", "公园")
                    ],
                    "total_voter_count": 0,
                    "is_closed": False,
                    "is_anonymous": True,
                    "type": "regular",
                    "allows_multiple_answers": False,
                    "allows_revoting": True,
                    "members_only": False,
                }
            },
            "赌博",
        ),
        ({"text": "看", "reply_markup": {"inline_keyboard": [[{"text": "约炮", "url": "https://a.shop"}]]}}, "色情"),
        (
            {"text": "看", "via_bot": {"id": 5, "is_bot": True, "first_name": "广告机器人", "username": "ad_bot"}},
            "转发",
        ),
        (
            {
                "venue": {"location": {"latitude": 1, "longitude": 2}, "title": "澳门赌场", "address": "x"},
                "location": {"latitude": 1, "longitude": 2},
            },
            "赌博",
        ),
    ],
)
async def test_whatever_a_guest_sends_is_looked_at(bench: Bench, content: dict[str, Any], reason: str) -> None:
    """ORG-5: hidden links, forwarded posts, contact cards, polls, buttons, what came by way of a bot."""
    _boss, manager, _anna, group = await company(bench)
    guest = await bench.customer("路人")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("路人：工作群要求实名")
    sent = await posts(guest, group, content)
    assert sent.id not in group.chat.messages
    guest.expects("已被删除", reason)
    manager.expects("路人（未绑定）", reason, "已删除 1 条")


async def test_files_that_can_be_run_are_removed_whoever_sends_them(bench: Bench) -> None:
    _boss, manager, anna, group = await company(bench)
    sent = await anna.does(anna.phone.document, "报价.pdf.exe", b"MZ", "请查收", group.chat)
    assert sent.id not in group.chat.messages
    anna.expects("程序文件（报价.pdf.exe）")
    anna.expects("警告")
    manager.expects("附带：文件", "请查收")
    manager.expects("警告")
    await anna.does(anna.phone.document, "报价.pdf", b"%PDF", "请查收", group.chat)
    await anna.does(anna.phone.contact, "13800000000", "客户王总", group.chat)
    manager.expects_silence()


async def test_album_of_a_guest_is_one_case(bench: Bench) -> None:
    """Media from outside the company; each piece removed, one card that counts."""
    _boss, manager, _anna, group = await company(bench)
    guest = await bench.customer("路人")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("路人")
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08"
    sent = await guest.does(guest.phone.album, [picture] * 3, "好图", group.chat)
    assert not {message.id for message in sent} & set(group.chat.messages)
    assert "已删除 3 条" in manager.skips()[-1].text
    assert "3 条消息" in guest.skips()[-1].text
    assert len(await cases(bench)) == 1
    await manager.presses("恢复")
    manager.skips()
    group.expects("路人 发于", "好图")
    assert len(group.skips()) == 2
    guest.expects("已恢复")


async def test_message_made_bad_by_an_edit_is_removed(bench: Bench) -> None:
    """ORG-5: edits are looked at as well, also of captions."""
    _boss, manager, anna, group = await company(bench)
    sent = await anna.says("大家好", group)
    await anna.does(anna.phone.edit, sent, BAD)
    assert sent.id not in group.chat.messages
    anna.expects("已被删除", BAD)
    anna.expects("警告")
    await manager.presses("证据")
    manager.expects("销售部-安娜 在“销售群”", "色情（裸聊）", edited=False)
    manager.expects("已记录")
    manager.expects("色情", "已删除")
    manager.expects("（已编辑）", BAD)


async def test_links_of_guests_who_have_only_just_joined_are_removed(bench: Bench) -> None:
    """ORG-5: for as many hours as the rulebook says; of those who were there before the bot none."""
    boss, manager, _anna, group = await company(bench)
    fresh = await bench.customer("新人")
    await manager.does(manager.phone.add, fresh.phone, group.chat)
    group.expects("新人")
    await fresh.says("看 https://some.shop/a", group)
    fresh.expects("新成员发的链接（some.shop）")
    manager.expects("新成员发的链接")
    await bench.forward(hours=26)
    manager.expects("仍未绑定")
    await fresh.says("看 https://other.shop/a", group)
    fresh.expects("新成员发的链接（other.shop）")
    manager.expects("新成员发的链接", "移出本群")
    await bench.forward(hours=23)
    await fresh.says("看 https://third.shop/a", group)
    assert "看 https://third.shop/a" in standing(group)
    boss.expects_silence()


# Who is left alone


async def test_commands_and_answers_to_the_bot_are_ordinary_work(bench: Bench) -> None:
    """ORG-5: a task may name what is forbidden; the guard goes before routing and lets it by."""
    boss, manager, anna, group = await company(bench)
    await manager.says("/task @安娜 查一下谁在发 澳门赌场 广告", group, mentions={"@安娜": anna.phone})
    card = group.expects("澳门赌场").message
    await anna.says("是一个裸聊广告号发的", group, reply_to=card)
    for someone in (boss, manager, anna, group):
        assert "已删除" not in "".join(heard.text for heard in someone.skips())
    assert await cases(bench) == []


async def test_a_guests_command_is_no_shelter(bench: Bench) -> None:
    _boss, manager, _anna, group = await company(bench)
    guest = await bench.customer("路人")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("路人")
    await guest.says("/help 澳门赌场", group)
    assert "/help 澳门赌场" not in standing(group)
    group.expects_silence()
    guest.expects("赌博")
    manager.expects("赌博")


async def test_managers_are_reported_and_the_next_one_above_decides(bench: Bench) -> None:
    """ORG-5: nobody decides about themselves."""
    boss, manager, _anna, group = await company(bench)
    await manager.says("谁发的澳门赌场", group)
    assert "谁发的澳门赌场" in standing(group)
    boss.expects("销售部-陈经理 在“销售群”", "未删除，等你决定", "删除", "放行")
    manager.expects_silence()
    (case,) = await cases(bench)
    assert "没有这条可由你决定的记录" in await forges(manager, f"dc.pass:{case.id}")
    await boss.presses("放行")
    boss.expects("总经办-王总 已放行", edited=True)
    assert (await cases(bench))[0].state is State.PASSED


async def test_reported_message_is_removed_when_the_manager_says_so(bench: Bench) -> None:
    _boss, manager, anna, group = await company(bench)
    await anna.says("兼职日结，加微信", group)
    manager.expects("广告", "未删除，等你决定")
    anna.expects_silence()
    card = manager.phone.last()
    await manager.presses("删除")
    assert "兼职日结，加微信" not in standing(group)
    anna.expects("已被删除", "广告")
    anna.expects("警告")
    manager.expects("已删除 1 条", edited=True)
    manager.expects("警告")
    press = await manager.does(manager.phone.press_data, card, f"dc.pass:{(await cases(bench))[0].id}")
    assert "销售部-陈经理" in press.text  # P17: dealt with already, and by whom
    manager.skips()


async def test_written_in_the_groups_own_name_or_by_its_channel_is_let_pass(bench: Bench) -> None:
    _boss, manager, anna, group = await company(bench)
    own = {"id": group.chat.id, "type": "supergroup", "title": "销售群"}
    await posts(anna, group, {"text": "澳门赌场", "sender_chat": own})
    await posts(anna, group, {"text": "澳门赌场", "sender_chat": CHANNEL, "is_automatic_forward": True})
    manager.expects_silence()
    await posts(anna, group, {"text": "澳门赌场", "sender_chat": CHANNEL})
    group.expects("已删除 发财频道 的消息，原因：赌博")
    manager.expects("发财频道（未绑定）", "赌博")


# When it can't be done


async def test_bot_without_the_right_says_so_once_and_asks_the_sender(bench: Bench) -> None:
    boss, manager, anna, group = await company(bench, rights=False)
    await anna.says(BAD, group)
    assert BAD in standing(group)
    boss.expects("“销售群”：我没有删除消息的权限", "管理员")
    anna.expects("请删除你在“销售群”里发的消息")
    anna.expects("警告")
    manager.expects("未能删除：我在该群没有删除权限")
    manager.expects("警告")
    await bench.forward(minutes=30)
    await anna.says("澳门赌场", group)
    boss.expects_silence()
    anna.skips()
    manager.skips()


async def test_sender_who_cant_be_reached_is_told_in_the_group_in_few_words(bench: Bench) -> None:
    """P46."""
    _boss, manager, _anna, group = await company(bench)
    guest = bench.stranger("路人")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("路人")
    await guest.says(BAD, group)
    notice = group.expects("已删除 路人 的消息，原因：色情", "群内禁发内容")
    assert "裸聊" not in notice.text
    manager.expects("路人")


# Who repeats it


async def test_who_repeats_it_may_not_write_for_a_time_and_may_again_after_a_mistake(bench: Bench) -> None:
    """ORG-5: figures of the rulebook's `repeat`."""
    _boss, manager, anna, group = await company(bench)
    for text in ("澳门赌场", "时时彩计划", "六合彩特码"):
        await anna.says(text, group)
        await bench.forward(minutes=11)
    assert group.chat.member(anna.phone.id).status == "restricted"
    assert "09:22 前你不能在群里发言" in "".join(heard.text for heard in anna.skips())
    assert "09:22 前禁言" in "".join(heard.text for heard in manager.skips())
    await manager.presses("恢复")
    assert group.chat.member(anna.phone.id).status == "member"
    group.expects("六合彩特码")
    anna.skips()
    manager.skips()


async def test_guest_who_repeats_it_is_put_out_by_one_press(bench: Bench) -> None:
    boss, manager, anna, group = await company(bench)
    guest = await bench.customer("路人")
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("路人")
    await guest.says("澳门赌场", group)
    await bench.forward(minutes=11)
    await guest.says("时时彩计划", group)
    guest.skips()
    manager.skips()
    case = (await cases(bench))[-1]
    assert "没有此权限" in await forges(anna, f"dc.expel:{case.id}")
    assert "正在把 路人 移出本群" in await manager.presses("移出本群")
    assert group.chat.member(guest.phone.id).status == "kicked"
    manager.expects("销售部-陈经理 已把发送人移出本群", edited=True)
    assert "销售部-陈经理 已于 08:11 处理" in await forges(boss, f"dc.expel:{case.id}")
    group.expects("")  # the platform's own line, that somebody was put out


# Lists made by chat


async def test_words_are_forbidden_and_allowed_by_chat(bench: Bench) -> None:
    """In a group for it, in private everywhere; taken off by a press."""
    boss, manager, anna, group = await company(bench)
    await manager.says("/forbid 广告 隔壁老王家具", group)
    group.expects("已禁发：“隔壁老王家具”（广告），在本群有效")
    await anna.says("隔壁老王家具更便宜", group)
    manager.expects("广告（隔壁老王家具）", "未删除，等你决定")
    await manager.says("/allow 隔壁老王家具", group)
    group.expects("已放行：“隔壁老王家具”，在本群有效")
    await bench.forward(minutes=11)
    await anna.says("隔壁老王家具更便宜", group)
    manager.expects_silence()
    await manager.says("/allow", group)
    group.expects("另有 1 条", "✓ 隔壁老王家具")
    await manager.presses("✓ 隔壁老王家具", group)
    group.expects("已取消：“隔壁老王家具”", edited=True)
    await boss.says("/forbid 赌 某某平台")
    boss.expects("已禁发：“赌 某某平台”（广告），在所有群有效")
    await boss.says("/forbid bad.example.com")
    boss.expects("bad.example.com", "在所有群有效")
    await anna.says("看 http://bad.example.com/x", group)
    anna.expects("危险链接（bad.example.com）")
    anna.expects("警告")
    manager.skips()


@pytest.mark.parametrize("text", ["/forbid 赌", "/forbid " + "长" * 101, "/allow " + "长" * 101])
async def test_what_can_not_be_a_listed_word_is_refused(bench: Bench, text: str) -> None:
    boss, *_ = await company(bench)
    await boss.says(text)
    boss.expects("没看懂")


async def test_lists_are_for_those_who_answer_for_the_group(bench: Bench) -> None:
    """P41."""
    _boss, manager, anna, group = await company(bench)
    other = await bench.staff("外部经理", "采购部", Role.MANAGER)
    await manager.does(manager.phone.add, other.phone, group.chat)
    for someone, place in ((anna, group), (other, group), (manager, None)):
        await someone.says("/allow 澳门赌场", place)
        (place or someone).expects("此操作仅限" if someone is manager else "没有此权限")


async def test_overview_lists_the_cases_of_ones_own_groups(bench: Bench) -> None:
    _boss, manager, anna, group = await company(bench)
    other = await bench.staff("外部经理", "采购部", Role.MANAGER)
    await manager.says("/violations")
    manager.expects("近 31 天，所管的群没有违规记录")
    await anna.says(BAD, group)
    anna.skips()
    manager.skips()
    await manager.says("/violations")
    manager.expects("近 31 天共 1 件", "08:00 销售部-安娜 · 色情 · 已删除")
    await other.says("/violations")
    other.expects("没有违规记录")
    for data in ("dc.show:1", "dc.show:999", "dc.show:x", "dc.restore:1", "dc.allow:1", "dc.remove:1"):
        assert "没有" in await forges(other, data), data


# After a stop


async def test_removal_that_was_decided_before_a_stop_is_carried_out_after_it(folder: Path) -> None:
    """OPS-1: what is to be done at the platform is a row."""
    async with open_bench(folder, at=HOLIDAY, rulebook=in_force(), strict=False) as bench:
        _boss, manager, anna, group = await company(bench)
        bench.app.hands.take = never  # type: ignore[method-assign]  # the process ends between commit and act
        await anna.says(BAD, group)
        assert BAD in standing(group)
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, telegram=telegram, clock=clock, rulebook=in_force()) as again:
        for someone in (manager, anna, group):
            again.views[someone.chat_id] = someone
            someone.skips()
        await again.settle()
        assert BAD not in standing(group)
        manager.expects("已删除 1 条")
        anna.expects("已被删除")


async def never() -> int:
    return 0
