"""A working day of the demo company, step by step: each step says what is to be seen, then people act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.company import Company
from core.rulebook import Words

Act = Callable[[Company], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. The clock goes to `clock` (HH:MM, the company's time) before people act."""

    key: str
    clock: str
    title: Words
    sentence: Words
    act: Act

    async def play(self, company: Company) -> None:
        await company.stage.settle()
        await company.stage.conductor.to_clock(self.clock)
        await self.act(company)
        await company.stage.settle()


STEPS: list[Step] = []


def step(key: str, clock: str, title: tuple[str, str], sentence: tuple[str, str]) -> Callable[[Act], Act]:
    """Enter a step into the day: title and sentence in Chinese and English."""

    def declare(act: Act) -> Act:
        STEPS.append(Step(key, clock, Words(zh=title[0], en=title[1]), Words(zh=sentence[0], en=sentence[1]), act))
        return act

    return declare


# The nine o'clock round ---------------------------------------------------------------------------------


@step(
    "leave",
    "08:30",
    ("请假", "Leave"),
    (
        "赵敏发烧，私聊请一天假；主管马上知道。",
        "Zhao Min has a fever and takes the day off; her manager learns it at once.",
    ),
)
async def leave(company: Company) -> None:
    await company.says("赵敏", "/leave 今天 发烧")


@step(
    "prompt",
    "08:50",
    ("报到提醒", "The prompt"),
    (
        "8:50 每个外勤收到一键定位按钮，群里出现一张报到卡。",
        "At 08:50 everyone in the field gets a location button; one card stands in the group.",
    ),
)
async def prompt(company: Company) -> None:
    await company.acts(_tap_location, company, "张三")


@step(
    "report",
    "08:57",
    ("陆续报到", "People report"),
    ("李四报到，卡片自己更新，不刷屏。", "Li Si reports; the card edits itself instead of adding messages."),
)
async def report(company: Company) -> None:
    await company.acts(_tap_location, company, "李四")


@step(
    "late",
    "09:04",
    ("迟到", "Late"),
    (
        "孙强 9:04 才报到，算迟到；周婷一直没有消息。",
        "Sun Qiang reports at 09:04 and counts as late; nothing from Zhou Ting.",
    ),
)
async def late(company: Company) -> None:
    await company.acts(_tap_location, company, "孙强")


@step(
    "list",
    "09:10",
    ("报到名单", "The list"),
    (
        "9:10 群里出一份名单：到岗、迟到、缺卡、请假；主管知道该找谁。",
        "At 09:10 one list: present, late, missing, excused; the manager knows whom to chase.",
    ),
)
async def the_list(company: Company) -> None:
    return


# A lead -------------------------------------------------------------------------------------------------


@step(
    "lead",
    "09:20",
    ("登记线索", "A lead"),
    (
        "客服接到电话，一行字登记线索，销售群出现抢单卡。",
        "Customer service takes a call and registers a lead; the card appears in the sales group.",
    ),
)
async def lead(company: Company) -> None:
    await company.says("林芳", "/lead 来电 宏图电子 高先生 13912345678 30万 要20台空压机 浦东")
    await company.presses("林芳", "发布")


@step(
    "race",
    "09:22",
    ("抢单", "The claim race"),
    (
        "三个人同时按下抢单，只有一个人抢到，其余的人知道是谁。",
        "Three people press at once; exactly one wins, the others learn who.",
    ),
)
async def race(company: Company) -> None:
    from bot.sandbox.company import find_label

    for name in ("张三", "李四", "孙强"):
        phone = company[name]
        phone.press(find_label(phone, "抢单", company.sales_group), None, company.sales_group)
    await company.stage.settle()


@step(
    "silence",
    "09:33",
    ("10 分钟没汇报", "Ten minutes of silence"),
    (
        "抢到的人 10 分钟没有汇报：群里提醒，记台账，线索重新派，他不能再抢。",
        "The winner does not report: an alert, a ledger entry, and the lead is open again without him.",
    ),
)
async def silence(company: Company) -> None:
    await company.presses("李四", "抢单", company.sales_group)


@step(
    "contact",
    "09:37",
    ("李四跟进", "Li Si follows up"),
    (
        "李四 4 分钟内打了电话，报进展；卡片讲完了整个经过。",
        "Li Si calls within four minutes and reports; the card tells the whole story.",
    ),
)
async def contact(company: Company) -> None:
    await company.says("李四", "/report 1 有意向，周五上午上门量尺寸")


# Tasks --------------------------------------------------------------------------------------------------


@step(
    "tasks",
    "10:00",
    ("派任务", "Tasks"),
    (
        "王经理在群里派两个任务，30 分钟内要答复。",
        "The manager gives two tasks in the group, to be answered within 30 minutes.",
    ),
)
async def tasks(company: Company) -> None:
    await company.says("王建国", "/task @us01 把浦江精密的报价发给我", company.sales_group)
    await company.says("王建国", "/task @us05 今天报到为什么没打卡？", company.sales_group)


@step(
    "alert",
    "10:34",
    ("30 分钟没答复", "No answer"),
    (
        "10:30 两个任务都没人答复，群里提醒；张三 10:34 才答复，记为迟答。",
        "At 10:30 nobody has answered: an alert; Zhang San answers at 10:34, late.",
    ),
)
async def alert(company: Company) -> None:
    await company.presses("张三", "解决")


# Visits -------------------------------------------------------------------------------------------------


@step(
    "visit",
    "10:45",
    ("记拜访", "A visit"),
    (
        "张三在客户楼下发定位，点最近的客户，写一句话，定下一步。",
        "Zhang San sends his place, picks the nearest customer, writes one sentence, sets the next step.",
    ),
)
async def visit(company: Company) -> None:
    return


@step(
    "escalate",
    "11:05",
    ("上报", "Escalation"),
    (
        "周婷一小时没有答复，任务上报给更上一级。",
        "Zhou Ting has not answered for an hour; the next superior is told.",
    ),
)
async def escalate(company: Company) -> None:
    return


# A complaint --------------------------------------------------------------------------------------------


@step(
    "complaint",
    "11:15",
    ("客户投诉", "A complaint"),
    (
        "黄先生发来一条消息投诉，马上得到致歉、编号、负责人和日期。",
        "Mr Huang complains by message and gets at once an apology, a number, an owner and a date.",
    ),
)
async def complaint(company: Company) -> None:
    await company.acts(company["黄先生"].start)
    await company.says("黄先生", "你们上周送来的水泵漏油，已经停工一天了！")


def _tap_location(company: Company, name: str) -> None:
    phone = company[name]
    (key,) = phone.keys()
    phone.tap(key)
