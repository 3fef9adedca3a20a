"""A manager's tasks from giving to the answer, the alerts and the excuse (TSK-1 to TSK-5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.access import Role
from core.checkins import Excuse, NewAbsence
from core.groups import Purpose
from core.ids import TaskId
from core.ledger import Effect, Entry
from core.rulebook import loads
from core.tasks import AnswerState, Task, TaskState
from tests.support.chat import MONDAY, SHANGHAI, Bench, Group, Someone, open_bench

FRIDAY = datetime(2026, 9, 11, 17, 0, tzinfo=SHANGHAI)
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"
FLOOR = Purpose.REPAIR  # a group in which no check-in round speaks between
# Nobody here is asked for a place, and excuses are judged without an approval; test_excuses.py has them approved.
QUIET = "checkin: {roles: [technician]}\napprovals: {chains: {excuse: ~}}\n"
IN_FORCE = QUIET + "clauses:\n  task.reply: {in_force: true}\n"


@dataclass
class Company:
    bench: Bench
    gm: Someone
    boss: Someone
    zhang: Someone
    li: Someone
    group: Group

    async def task(self, number: int = 1) -> Task:
        found: Task = await self.bench.look(lambda uow: uow.tasks.get(TaskId(number)))
        return found

    async def entries(self, who: Someone) -> list[Entry]:
        found: list[Entry] = await self.bench.look(lambda uow: uow.ledger.of_person(who.person))
        return found

    async def kinds(self) -> dict[str, str]:
        """The open deadlines of task 1 with the clock they ring at."""
        open_ = await self.bench.look(lambda uow: uow.deadlines.open_of("task:1"))
        return {str(d.kind): f"{d.due_at.astimezone(SHANGHAI):%d %H:%M:%S}" for d in open_}

    async def gives(self, text: str = "/task @zhang 把报价发给华强") -> None:
        await self.boss.says(text, self.group)
        self.group.expects("任务 1", edited=False)
        self.zhang.expects("任务 1")

    def skips(self) -> None:
        for view in self.bench.views.values():
            view.skips()


async def found(bench: Bench) -> Company:
    gm = await bench.staff("陈总", "总经办", Role.GM)
    boss = await bench.staff("王经理", "销售部", Role.MANAGER, username="wang")
    zhang = await bench.staff("张三", "销售部", username="zhang")
    li = await bench.staff("李四", "销售部", username="lisi")
    group = await bench.group("销售群", boss, gm, zhang, li, department="销售部", purposes=[FLOOR])
    return Company(bench, gm, boss, zhang, li, group)


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, rulebook=loads(QUIET)) as opened:
        yield opened


@pytest.fixture
async def company(bench: Bench) -> Company:
    await bench.clock_to("10:00")
    return await found(bench)


@pytest.fixture
async def strict(folder: Path) -> AsyncIterator[Company]:
    """A company that has put the clause into force."""
    async with open_bench(folder, rulebook=loads(IN_FORCE), at=MONDAY + timedelta(hours=2)) as bench:
        yield await found(bench)


# Giving (TSK-1) -----------------------------------------------------------------------------------------


async def test_tsk1_a_task_is_given_in_the_group_and_answered_by_a_button(company: Company) -> None:
    c = company
    await c.boss.says("/task @zhang 把报价发给华强", c.group)
    card = c.group.expects("任务 1", "10:30 前回复", "18:00 前完成", "销售部-王经理", "销售部-张三", "把报价", "收到")
    assert card.labels == ["👌 收到", "✅ 已解决", "🕒 计划"]
    assert "任务回复时限" in card.text.splitlines()[-1]
    c.zhang.expects("任务 1", "把报价发给华强", "收到", "已解决", "计划")

    await c.bench.clock_to("10:12")
    assert "收到" in await c.zhang.presses("收到", c.group)
    c.group.expects("10:12 收到", "18:00 前完成", edited=True)
    c.zhang.expects("10:12 收到", edited=True)
    assert await c.kinds() == {"task.due": "14 18:00:00"}

    await c.bench.clock_to("14:02")
    await c.zhang.presses("已解决", c.group)
    solved = c.group.expects("14:02 已完成", "✅ 14:02 已解决", edited=True)
    assert solved.labels == []
    c.zhang.expects("14:02 已解决", edited=True)
    c.boss.expects("销售部-张三", "14:02 已解决")
    await c.bench.forward(days=1)
    assert (await c.task()).state is TaskState.SOLVED
    assert await c.kinds() == {}
    assert await c.entries(c.zhang) == []


@pytest.mark.parametrize("whom", ["张三", "销售部-张三", "@zhang", "@ZHANG"])
async def test_tsk1_the_person_may_be_named_in_several_ways(company: Company, whom: str) -> None:
    await company.gives(f"/task {whom} 把报价发给华强")
    task = await company.task()
    assert [a.label for a in task.assignments] == ["销售部-张三"]
    assert task.text == "把报价发给华强"


async def test_tsk1_a_mention_without_username_is_known_by_its_account(company: Company) -> None:
    c = company
    nameless = await c.bench.staff("赵 六😀", "销售部")
    c.group.chat.members[nameless.phone.id] = c.group.chat.members[c.zhang.phone.id]
    await c.boss.says("/task 😀 小赵 今天 14:00 开会", c.group, mentions={"😀 小赵": nameless.phone})
    c.group.expects("赵 六", "今天 14:00 开会")
    nameless.expects("任务 1")
    assert (await c.task()).text == "今天 14:00 开会"


async def test_tsk1_several_people_get_a_task_and_a_card_each(company: Company) -> None:
    c = company
    await c.boss.says("/task @zhang @lisi 交本周计划", c.group)
    c.group.expects("任务 1", "销售部-张三")
    c.group.expects("任务 2", "销售部-李四")
    c.zhang.expects("任务 1")
    c.li.expects("任务 2")
    assert {(await c.task(n)).text for n in (1, 2)} == {"交本周计划"}


async def test_tsk1_a_department_gets_one_card_that_shows_who_has_answered(company: Company) -> None:
    c = company
    await c.boss.says("/task 销售部 下班前整理客户资料", c.group)
    c.group.expects("任务 1", "→ 销售部", "销售部-张三: ⏳ 待回复", "销售部-李四: ⏳ 待回复")
    c.zhang.expects("任务 1")
    c.li.expects("任务 1")
    c.group.expects_silence()
    c.boss.expects_silence()

    await c.zhang.presses("收到", c.group)
    c.group.expects("销售部-张三: 👌 10:00 收到", "销售部-李四: ⏳ 待回复", edited=True)
    c.zhang.expects("收到", edited=True)
    c.li.expects_silence()
    assert set(await c.kinds()) == {"task.reply", "task.escalate", "task.due"}

    await c.bench.clock_to("10:30")
    alert = c.group.expects("10:30 前未回复", "销售部-李四", edited=False)
    assert "张三" not in alert.text.splitlines()[0]
    c.li.expects("你在 10:30 前没有回复")
    c.li.expects("10:30 前未回复", edited=True)
    c.group.expects("李四: 🔴 10:30 前未回复", edited=True)
    c.boss.expects("10:30 前未回复：销售部-李四")
    c.boss.expects("销售部-李四 — 警告")
    assert await c.entries(c.zhang) == []


async def test_tsk1_a_reply_to_any_message_makes_its_text_the_task(company: Company) -> None:
    c = company
    said = await c.li.says("华强要 50 台的报价", c.group)
    await c.boss.says("/task @zhang 今天内", c.group, reply_to=said)
    c.group.expects("华强要 50 台的报价\n今天内")
    c.zhang.expects("任务 1")


async def test_tsk1_a_task_from_private_is_posted_to_the_departments_group(company: Company) -> None:
    c = company
    floor = await c.bench.group("销售大群", c.boss, c.zhang, department="销售部", purposes=[Purpose.SALES])
    await c.boss.says("/task 张三 把报价发给华强")
    c.boss.expects("任务 1 → 销售部-张三，10:30 前回复")
    floor.expects("任务 1", "把报价发给华强")
    c.group.expects_silence()
    c.zhang.expects("任务 1")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/task", "安排给谁"),
        ("/task!", "安排给谁"),
        ("/task @zhang", "要做什么"),
    ],
)
async def test_tsk1_what_is_unclear_is_asked_with_an_example(company: Company, text: str, answer: str) -> None:
    c = company
    await c.boss.says(text, c.group)
    heard = c.group.skips()
    assert len(heard) == 1
    assert answer in heard[0].text
    assert "例如：/task @张三" in heard[0].text
    assert await c.bench.look(lambda uow: uow.tasks.open()) == []


async def test_tsk1_only_managers_give_tasks_and_only_in_a_bound_group(company: Company) -> None:
    c = company
    await c.zhang.says("/task @lisi 帮我", c.group)
    c.group.expects("/help")
    customer = await c.bench.customer("客户")
    await customer.says("/task 张三 帮我")
    customer.expects("此操作仅限")
    await c.boss.says("/task @nobody 做事", c.group)
    c.group.expects("没有找到“@nobody”")
    await c.boss.says("/task 陈总 签字", c.group)
    c.group.expects("总经办-陈总", "上级")
    other = await c.bench.group("闲聊群", c.boss, c.zhang)
    await c.boss.says("/task @zhang 做事", other)
    other.expects("工作群")
    assert await c.bench.look(lambda uow: uow.tasks.open()) == []


async def test_tsk1_long_texts_and_markup_are_shown_as_they_are(company: Company) -> None:
    """4,096 characters fit: the card shows the beginning, the link leads to the rest."""
    c = company
    text = ("<b>报价</b> & 合同 " * 400)[: 4096 - len("/task @zhang ")].strip()
    await c.boss.says(f"/task @zhang {text}", c.group)
    card = c.group.expects("任务 1", "<b>报价</b> & 合同", "查看全文", "18:00 前完成")
    assert card.labels == ["👌 收到", "✅ 已解决", "🕒 计划"]
    assert len(card.text) < 4096
    c.zhang.expects("查看全文")
    assert (await c.task()).text == text

    await c.zhang.starts("task_1")
    c.zhang.expects("任务 1", "查看全文")
    pieces = [heard.text for heard in c.zhang.skips()]
    assert "".join(pieces).replace("…", "").replace(" ", "") == text.replace(" ", "")


# Answering (TSK-1) --------------------------------------------------------------------------------------


async def _replies(c: Company, text: str) -> None:
    card = next(m for m in reversed(c.group.messages) if "任务 1 ·" in m.wire.get("text", ""))
    await c.zhang.says(text, c.group, reply_to=card)


@pytest.mark.parametrize(
    ("text", "state", "shown"),
    [
        ("好的，马上去", AnswerState.RECEIVED, "任务 1 收到"),
        ("报价已发，已完成", AnswerState.SOLVED, "任务 1 已解决"),
        ("完成", AnswerState.SOLVED, "任务 1 已解决"),
        ("done", AnswerState.SOLVED, "任务 1 已解决"),
        ("还没完成", AnswerState.RECEIVED, "任务 1 收到"),
        ("14:30 发过去", AnswerState.PLANNED, "计划 14:30 前完成"),
        ("下午3点完成", AnswerState.PLANNED, "计划 15:00 前完成"),
        ("明天10点", AnswerState.PLANNED, "9月15日 周二 10:00"),
        ("15点半之前", AnswerState.PLANNED, "计划 15:30 前完成"),
    ],
)
async def test_tsk1_a_reply_to_the_card_is_an_answer(
    company: Company, text: str, state: AnswerState, shown: str
) -> None:
    c = company
    await c.gives()
    await _replies(c, text)
    c.group.expects(shown, edited=False)
    c.group.expects(text, edited=True)
    c.zhang.expects(text, edited=True)
    c.boss.skips()
    task = await c.task()
    assert task.assignments[0].state is state
    assert task.assignments[0].answer == text
    assert "task.reply" not in await c.kinds()


async def test_tsk1_a_photo_or_a_voice_message_is_an_answer(company: Company) -> None:
    c = company
    await c.gives()
    card = c.group.messages[-1]
    await c.zhang.does(c.zhang.phone.photo, PICTURE, "已经送达", c.group.chat, reply_to=card)
    c.group.expects("任务 1 已解决")
    c.group.expects("[图片] 已经送达", edited=True)
    c.zhang.expects("[图片]", edited=True)
    c.boss.expects("[图片] 已经送达")


async def test_tsk1_plan_asks_for_a_time_and_the_private_card_can_be_replied_to(company: Company) -> None:
    c = company
    await c.gives()
    assert "回复任务卡片" in await c.zhang.presses("计划", c.group)
    card = c.zhang.messages[-1]
    await c.zhang.says("15:00 去客户那里", reply_to=card)
    c.zhang.expects("计划 15:00 前完成", edited=False)
    c.zhang.expects("计划 15:00 前完成", edited=True)
    c.group.expects("计划 15:00 前完成", "15:00 去客户那里", edited=True)
    assert await c.kinds() == {"task.due": "14 15:00:00"}

    await c.zhang.says("/answer 1 16:00 客户改时间了")
    c.zhang.expects("计划 16:00 前完成", edited=False)
    c.zhang.expects("计划 16:00 前完成", edited=True)
    c.group.expects("16:00", edited=True)
    assert await c.kinds() == {"task.due": "14 16:00:00"}


async def test_p44_only_a_reply_to_the_very_card_counts(company: Company) -> None:
    """A text that looks like a card, a reply to something else, somebody else's reply, an edited message."""
    c = company
    await c.gives()
    imitation = await c.li.says("任务 1 · 10:30 前回复\n销售部-王经理 → 销售部-张三", c.group)
    await c.zhang.says("已完成", c.group, reply_to=imitation)
    await c.boss.says("/tasks", c.group)
    c.group.expects("本群未完成任务：1", "待回复")
    await c.zhang.says("已完成", c.group, reply_to=c.group.messages[-1])
    card = next(m for m in c.group.messages if "任务 1" in m.wire.get("text", "") and m.sender_id != c.li.phone.id)
    await c.li.says("已完成", c.group, reply_to=card)
    assert (await c.task()).assignments[0].state is AnswerState.WAITING

    said = await c.zhang.says("好的", c.group, reply_to=card)
    c.group.expects("任务 1 收到")
    c.group.expects("好的", edited=True)
    c.zhang.expects("好的", edited=True)
    await c.zhang.does(c.zhang.phone.edit, said, "已完成", c.group.chat)
    assert (await c.task()).assignments[0].state is AnswerState.RECEIVED


async def test_p17_double_stale_foreign_and_forged_presses_change_nothing(company: Company) -> None:
    c = company
    await c.gives()
    assert "只有 销售部-张三 或其上级" in await c.li.presses("收到", c.group)
    assert "只有" in await c.boss.presses("收到", c.group)
    card = c.group.messages[-1]
    await c.zhang.presses("收到", c.group)
    c.group.skips(), c.zhang.skips()
    again = await c.zhang.does(c.zhang.phone.press_data, card, "t.got:1", c.group.chat)
    assert "销售部-张三" in again.text
    for data in ("t.got:99", "t.done:x", "t.done:", "t.done:1:2", "t.lift:1", "t.done:99999999999999999999"):
        forged = await c.zhang.does(c.zhang.phone.press_data, card, data, c.group.chat)
        assert forged.text
    await c.zhang.presses("已解决", c.group)
    c.group.skips(), c.zhang.skips(), c.boss.skips()
    for data in ("t.got:1", "t.done:1", "t.plan:1"):
        stale = await c.zhang.does(c.zhang.phone.press_data, card, data, c.group.chat)
        assert "已" in stale.text
    assert (await c.task()).state is TaskState.SOLVED
    await c.zhang.says("谢谢", c.group, reply_to=card)
    c.group.expects_silence()


async def test_p41_a_task_of_another_department_is_not_to_be_seen(company: Company) -> None:
    c = company
    await c.gives()
    outsider = await c.bench.staff("周五", "财务部", Role.FINANCE)
    await outsider.starts("task_1")
    outsider.expects("没有找到")
    await outsider.says("/answer 1 已完成")
    outsider.expects("没有找到")
    assert (await c.task()).assignments[0].is_waiting


async def test_a_superior_confirms_and_the_giver_withdraws(company: Company) -> None:
    c = company
    await c.gives()
    assert "已确认完成" in await c.gm.presses("已解决", c.group)
    c.group.expects("由 总经办-陈总 确认完成", edited=True)
    c.zhang.expects("总经办-陈总", edited=True)
    c.zhang.expects("总经办-陈总 已确认完成")

    await c.boss.says("/task @zhang 另一件事", c.group)
    c.group.expects("任务 2")
    c.zhang.expects("任务 2")
    await c.boss.says("/tasks")
    c.boss.expects("你没有未完成的任务", "团队未完成：1", "另一件事")
    await c.boss.presses("2 · 另一件事")
    c.boss.expects("任务 2", "确认完成", "撤回")
    assert "撤回" in await c.boss.presses("撤回")
    c.group.expects("由 销售部-王经理 撤回", edited=True)
    c.zhang.expects("撤回", edited=True)
    c.zhang.expects("销售部-王经理 已撤回")
    await c.bench.forward(days=1)
    assert (await c.task(2)).state is TaskState.WITHDRAWN


# Limits (TSK-2, TSK-4) ----------------------------------------------------------------------------------


async def test_tsk2_alert_at_the_minute_then_escalation_then_the_due_alert(strict: Company) -> None:
    c = strict
    await c.gives()
    await c.bench.clock_to("10:29")
    c.group.expects_silence()
    await c.bench.clock_to("10:30")
    alert = c.group.expects("10:30 前未回复：销售部-张三", "把报价发给华强", edited=False)
    assert "任务回复时限" in alert.text
    c.group.expects("🔴 10:30 前未回复", edited=True)
    c.boss.expects("10:30 前未回复：销售部-张三")
    c.boss.expects("销售部-张三 — 警告")
    late = c.zhang.expects("你在 10:30 前没有回复")
    assert late.labels == ["👌 收到", "✅ 已解决", "📝 说明原因"]
    c.zhang.expects("🔴 10:30 前未回复", edited=True)
    c.zhang.expects("记入你的台账：警告")
    (entry,) = await c.entries(c.zhang)
    assert (entry.clause, entry.effect, entry.subject) == ("task.reply", Effect.WARNING, "task:1")
    c.gm.expects_silence()

    await c.bench.clock_to("11:00")
    c.gm.expects("仍未回复", "销售部-张三", "30 分钟")
    c.group.expects_silence()

    await c.bench.clock_to("18:00")
    c.group.expects("18:00 到期未完成：销售部-张三", "任务完成时限", edited=False)
    c.group.expects("18:00 到期未完成", edited=True)
    c.boss.expects("18:00 到期未完成")
    c.zhang.expects("18:00 到期未完成", "新的时间")
    c.zhang.expects("18:00 到期未完成", edited=True)
    assert len(await c.entries(c.zhang)) == 1
    await c.bench.forward(days=2)


async def test_tsk2_the_management_group_learns_of_the_escalation(company: Company) -> None:
    c = company
    desk = await c.bench.group("管理群", c.boss, c.gm, purposes=[Purpose.MANAGEMENT])
    await c.gives()
    await c.bench.clock_to("11:00")
    desk.expects("仍未回复", "销售部-张三")
    c.skips()


async def test_p15_p18_after_an_answer_nobody_hears_more(company: Company) -> None:
    c = company
    await c.gives()
    await c.bench.clock_to("10:30")
    c.skips()
    await c.bench.clock_to("10:31")
    assert "迟 1 分钟" in await c.zhang.presses("收到", c.group)
    c.group.expects("👌 10:31 收到 · 迟 1 分钟", edited=True)
    c.zhang.expects("迟 1 分钟", edited=True)
    c.boss.expects("10:31 收到", "迟 1 分钟")
    await c.bench.clock_to("17:59")
    c.gm.expects_silence()
    c.group.expects_silence()
    assert (await c.task()).assignments[0].late_minutes == 1


async def test_an_answer_one_second_late_is_late(company: Company) -> None:
    c = company
    await c.gives()
    await c.bench.forward(minutes=30, seconds=1)
    c.skips()
    await c.zhang.presses("收到", c.group)
    assert (await c.task()).assignments[0].late_minutes == 1
    c.skips()


async def test_p14_a_plan_that_is_missed_alerts_again_on_the_same_day(company: Company) -> None:
    c = company
    await c.gives()
    await _replies(c, "14:00 给您")
    c.skips()
    await c.bench.clock_to("14:00")
    c.group.expects("14:00 到期未完成", edited=False)
    c.skips()
    await _replies(c, "16:00 一定给")
    c.group.expects("计划 16:00 前完成", edited=False)
    c.skips()
    assert await c.kinds() == {"task.due": "14 16:00:00"}
    await c.bench.clock_to("16:00")
    c.group.expects("16:00 到期未完成", edited=False)
    c.skips()
    assert await c.kinds() == {}
    await c.bench.clock_to("18:01")
    c.group.expects_silence()


@pytest.mark.parametrize(
    ("given", "reply", "escalate", "due"),
    [
        ("10:00", "14 10:30:00", "14 11:00:00", "14 18:00:00"),
        ("11:50", "14 13:50:00", "14 14:20:00", "14 18:00:00"),
        ("12:15", "14 14:00:00", "14 14:30:00", "14 18:00:00"),
        ("17:50", "15 09:20:00", "15 09:50:00", "15 18:00:00"),
        ("20:00", "15 09:30:00", "15 10:00:00", "15 18:00:00"),
    ],
)
async def test_tsk4_the_clock_runs_in_working_time(
    bench: Bench, given: str, reply: str, escalate: str, due: str
) -> None:
    c = await found(bench)
    await bench.clock_to(given)
    await c.gives()
    assert await c.kinds() == {"task.reply": reply, "task.escalate": escalate, "task.due": due}


async def test_tsk4_given_on_friday_evening_the_alert_comes_on_monday(folder: Path) -> None:
    async with open_bench(folder, rulebook=loads(QUIET), at=FRIDAY) as bench:
        c = await found(bench)
        await bench.clock_to("17:50")
        await c.gives()
        await bench.forward(hours=63)
        assert f"{bench.now:%a %H:%M}" == "Mon 08:50"
        c.group.expects_silence()
        await bench.clock_to("09:19")
        c.group.expects_silence()
        await bench.clock_to("09:20")
        c.group.expects("09:20 前未回复：销售部-张三", edited=False)
        c.skips()


@pytest.mark.parametrize(
    "text", ["/task! @zhang 马上", "/task 急 @zhang 马上", "/task @zhang 加急 马上", "/task @zhang urgent 马上"]
)
async def test_tsk4_urgent_ones_count_at_once(bench: Bench, text: str) -> None:
    c = await found(bench)
    await bench.clock_to("20:00")
    await c.boss.says(text, c.group)
    c.group.expects("🔴 急", "20:30 前回复", "马上")
    c.zhang.expects("🔴 急")
    assert (await c.task()).text == "马上"
    await bench.clock_to("20:30")
    c.group.expects("20:30 前未回复", edited=False)
    c.skips()
    await bench.clock_to("21:00")
    c.gm.expects("仍未回复")
    c.skips()


async def test_p16_a_restart_between_the_steps_loses_nothing(folder: Path) -> None:
    async with open_bench(folder, rulebook=loads(QUIET), at=MONDAY + timedelta(hours=2)) as bench:
        c = await found(bench)
        await c.gives()
        telegram, clock, views = bench.telegram, bench.clock, bench.views
    async with open_bench(folder, rulebook=loads(QUIET), telegram=telegram, clock=clock) as bench:
        bench.views.update(views)
        for view in views.values():
            view.bench = bench
        c.bench = bench
        await bench.clock_to("10:30")
        c.group.expects("10:30 前未回复", edited=False)
        c.skips()
        await c.zhang.presses("收到", c.group)
        c.group.expects("收到", edited=True)
        c.skips()
        assert (await c.task()).assignments[0].state is AnswerState.RECEIVED


async def test_p21_the_bots_own_absence_is_held_against_nobody(company: Company) -> None:
    c = company
    await c.gives()
    await c.bench.clock_to("10:20")
    await c.bench.conductor.jump(c.bench.clock.now() + timedelta(hours=1))
    c.group.expects("11:30 前回复", "18:00 前完成", edited=True)
    c.zhang.expects("11:30 前回复", edited=True)
    c.group.expects_silence()
    assert await c.kinds() == {"task.reply": "14 11:30:00", "task.escalate": "14 11:30:00", "task.due": "14 18:00:00"}
    await c.bench.clock_to("11:25")
    await c.zhang.presses("收到", c.group)
    c.group.expects("👌 11:25 收到", edited=True)
    c.zhang.expects("收到", edited=True)
    assert (await c.task()).assignments[0].late_minutes is None
    await c.bench.clock_to("12:00")
    assert await c.entries(c.zhang) == []


async def test_p21_a_due_time_that_passed_in_an_outage_moves_for_all_to_see(company: Company) -> None:
    """The lists say the same; whoever missed the answer before stays late."""
    c = company
    await c.gives()
    await c.bench.clock_to("10:31")
    c.skips()
    await c.bench.clock_to("17:55")
    c.skips()
    await c.bench.conductor.jump(c.bench.clock.now() + timedelta(hours=1))
    card = c.group.expects("19:05 前完成", "🔴 10:30 前未回复", edited=True)
    assert "18:00" not in card.text
    c.zhang.expects("19:05 前完成", edited=True)
    assert [f"{part.due_at.astimezone(SHANGHAI):%H:%M}" for part in (await c.task()).assignments] == ["19:05"]
    await c.bench.clock_to("19:05")
    c.group.expects("⏰ 19:05 到期未完成", edited=False)
    c.skips()


async def test_p21_after_an_outage_the_escalation_keeps_its_distance(company: Company) -> None:
    c = company
    await c.gives()
    await c.bench.clock_to("10:20")
    await c.bench.conductor.jump(c.bench.clock.now() + timedelta(hours=1))
    await c.bench.clock_to("11:30")
    c.group.expects("11:30 前未回复", edited=False)
    c.skips()
    assert await c.kinds() == {"task.escalate": "14 12:00:00", "task.due": "14 18:00:00"}


async def test_p46_whom_a_task_did_not_reach_is_not_sanctioned(company: Company) -> None:
    """The bot was thrown out of the group, and the person has blocked it."""
    c = company
    await c.zhang.does(c.zhang.phone.block)
    await c.boss.does(c.boss.phone.remove_bot, c.group.chat)
    await c.boss.says("/task 张三 把报价发给华强")
    c.boss.expects("任务 1")
    await c.bench.clock_to("10:30")
    c.boss.expects("未送达", "销售部-张三")
    assert await c.entries(c.zhang) == []
    await c.bench.clock_to("11:00")
    c.gm.expects_silence()


async def test_who_is_on_a_trip_is_not_sanctioned(company: Company) -> None:
    """CHK-4: on a trip the task runs on, and the giver alone is told that it was not answered."""
    c = company
    trip = NewAbsence(c.bench.now.date(), c.bench.now.date(), Excuse.TRIP, "苏州")
    person = c.zhang.person
    assert person is not None
    await c.bench.store.unit(lambda uow: uow.absences.add(person, trip, uow.now))
    await c.gives()
    await c.bench.clock_to("10:30")
    c.boss.expects("请假或外出、不作记录：销售部-张三")
    await c.bench.clock_to("11:00")
    assert await c.entries(c.zhang) == []
    assert (await c.task()).assignments[0].reply_missed_at is None


async def test_p45_the_card_follows_the_group_into_a_supergroup(bench: Bench) -> None:
    await bench.clock_to("10:00")
    c = await found(bench)
    old = c.boss.phone.create_group("小群", c.zhang.phone, kind="group")
    c.group = Group(bench, old, "小群")
    bench.views[old.id] = c.group
    await bench.settle()
    await _bind(bench, old.id)
    await c.gives()
    new = await c.boss.does(c.boss.phone.migrate, old)
    moved = Group(bench, new, "大群")
    bench.views[new.id] = moved
    await bench.clock_to("10:30")
    moved.expects("🔔 10:30 前未回复", edited=False)
    card = moved.expects("🔴 10:30 前未回复", "收到", edited=False)
    c.skips()
    await c.zhang.says("14:00 前给", moved, reply_to=card.message)
    moved.expects("计划 14:00 前完成", edited=False)
    moved.expects("计划 14:00 前完成", edited=True)
    c.skips()


async def _bind(bench: Bench, chat: int) -> None:
    from core.ids import ChatId

    await bench.store.unit(lambda uow: uow.groups.save(ChatId(chat), "小群", None, {FLOOR}, uow.now))


# Excuses (TSK-3) ----------------------------------------------------------------------------------------


async def _late(c: Company) -> None:
    await c.gives()
    await c.bench.clock_to("10:30")
    c.skips()


async def test_tsk3_an_accepted_excuse_takes_the_entry_back_with_a_trace(strict: Company) -> None:
    c = strict
    await _late(c)
    assert "/why 1" in await c.zhang.presses("说明原因")
    alert = next(m for m in c.zhang.messages if "你在 10:30 前没有回复" in m.wire["text"])
    await c.zhang.says("在山里，没有网络 <b>", reply_to=alert)
    c.zhang.expects("已转交 销售部-王经理 认定")
    c.zhang.expects("待上级认定", edited=True)
    c.group.expects("待上级认定", edited=True)
    asked = c.boss.expects("销售部-张三 说明逾期原因", "在山里，没有网络 <b>", "同意", "不同意")

    wrong = await c.li.does(c.li.phone.press_data, c.group.messages[-1], "t.lift:1", c.group.chat)
    assert "经理" in wrong.text or "/help" in wrong.text
    assert "已同意" in await c.boss.presses("同意", message=asked.message)
    c.boss.expects("已认可，记录撤销", edited=True)
    c.boss.expects("在山里，没有网络")
    c.zhang.expects("已认可，记录撤销", "销售部-王经理", edited=False)
    c.zhang.expects("已认可，记录撤销", edited=True)
    c.zhang.expects("理由：在山里")
    c.group.expects("已认可，记录撤销 · 销售部-王经理", edited=True)
    newest, first = await c.entries(c.zhang)
    assert (newest.effect, newest.reverses, newest.evidence) == (
        Effect.REVERSAL,
        first.id,
        {"reason": "在山里，没有网络 <b>"},
    )

    again = await c.boss.does(c.boss.phone.press_data, asked.message, "t.keep:1")
    assert "销售部-王经理" in again.text
    await c.zhang.says("/why 1 再说一次")
    c.zhang.expects("销售部-张三")
    assert len(await c.entries(c.zhang)) == 2
    assert (await c.bench.look(lambda uow: uow.tasks.excuses_of(TaskId(1))))[0].lifted is True


async def test_tsk3_a_refused_excuse_leaves_the_entry(company: Company) -> None:
    c = company
    await _late(c)
    await c.zhang.says("/why 1 忘了")
    c.zhang.expects("已转交")
    c.boss.expects("忘了", "不同意")
    await c.boss.presses("不同意")
    c.boss.expects("未予认可", edited=True)
    c.zhang.expects("未予认可", edited=False)
    c.skips()
    assert [e.effect for e in await c.entries(c.zhang)] == [Effect.WARNING]


async def test_tsk3_only_who_was_late_can_explain_and_with_words(company: Company) -> None:
    c = company
    await c.gives()
    await c.zhang.says("/why 1 没有网络")
    c.zhang.expects("没有找到")
    await c.bench.clock_to("10:30")
    c.skips()
    await c.li.says("/why 1 没有网络")
    c.li.expects("没有找到")
    for text in ("/why", "/why abc"):
        await c.zhang.says(text)
        c.zhang.expects("/why 7 没有网络")
    await c.zhang.says("/why 1")
    c.zhang.expects("要做什么")
    assert await c.bench.look(lambda uow: uow.tasks.excuses_of(TaskId(1))) == []


# Lists (TSK-5) ------------------------------------------------------------------------------------------


async def test_tsk5_everyone_sees_their_open_tasks_with_the_time_left(company: Company) -> None:
    c = company
    await c.zhang.says("/tasks")
    c.zhang.expects("你没有未完成的任务")
    await c.gives()
    await c.bench.clock_to("10:10")
    await c.zhang.says("/tasks")
    listed = c.zhang.expects("我的未完成任务：1", "剩 20 分钟", "把报价发给华强")
    assert listed.labels == ["1 · 把报价发给华强"]
    await c.zhang.presses("1 · 把报价")
    c.zhang.expects("任务 1", "收到", "已解决", "计划")
    await c.zhang.presses("收到")
    c.skips()
    await c.zhang.says("/tasks")
    c.zhang.expects("剩 7 小时 50 分")


async def test_tsk5_a_manager_sees_the_teams_worst_first(company: Company) -> None:
    c = company
    await c.boss.says("/task @zhang 第一件", c.group)
    await c.bench.clock_to("10:20")
    await c.boss.says("/task @lisi 第二件", c.group)
    await c.zhang.presses("收到")
    await c.bench.clock_to("10:50")
    c.skips()
    await c.boss.says("/tasks")
    listed = c.boss.expects("团队未完成：2").text
    assert listed.index("第二件") < listed.index("第一件")
    await c.li.says("/tasks", c.group)
    here = c.group.expects("本群未完成任务：2")
    assert here.labels == []


async def test_tsk5_outsiders_see_nothing(company: Company) -> None:
    customer = await company.bench.customer("客户")
    await customer.says("/tasks")
    customer.expects("/help")
    stranger = company.bench.stranger("路人")
    company.group.chat.members[stranger.phone.id] = company.group.chat.members[company.zhang.phone.id]
    await stranger.says("/tasks", company.group)
    company.group.expects("路人", "请绑定账号")
    company.group.expects("/help")
