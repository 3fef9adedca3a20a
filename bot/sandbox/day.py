"""A working day of the demo company, step by step: each step says what is to be seen, then people act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.company import Company, find_label
from core.ids import LeadId
from core.rulebook import Words

Act = Callable[[Company], Awaitable[None]]
RACERS = ("张三", "李四", "孙强")


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


_STEPS: list[Step] = []


def step(key: str, clock: str, *, zh: tuple[str, str], en: tuple[str, str]) -> Callable[[Act], Act]:
    """Enter a step into the day: (title, sentence) in both languages."""

    def declare(act: Act) -> Act:
        title, sentence = Words(zh=zh[0], en=en[0]), Words(zh=zh[1], en=en[1])
        _STEPS.append(Step(key, clock, title, sentence, act))
        return act

    return declare


async def watch(company: Company) -> None:
    """Nobody acts: the bot does."""


def tap_location(company: Company, name: str) -> None:
    """Press the location button that the bot put under the person's chat."""
    phone = company[name]
    (key,) = phone.keys()
    phone.tap(key)


# The nine o'clock round ---------------------------------------------------------------------------------


@step(
    "leave",
    "08:30",
    zh=("请假", "赵敏发烧，私聊请一天假；主管一点就批准。"),
    en=("Leave", "Zhao Min has a fever and asks for the day; her manager approves with one tap."),
)
async def leave(company: Company) -> None:
    await company.says("赵敏", "/leave 今天 发烧")
    await company.presses("王建国", "批准")


@step(
    "prompt",
    "08:50",
    zh=("报到提醒", "每个外勤收到一键定位按钮，群里出现一张报到卡。张三先报到。"),
    en=("The prompt", "Everyone in the field gets a location button, the group one card. Zhang San reports first."),
)
async def prompt(company: Company) -> None:
    await company.acts(tap_location, company, "张三")


@step(
    "report",
    "08:57",
    zh=("陆续报到", "李四报到，卡片自己更新，不刷屏。"),
    en=("People report", "Li Si reports; the card edits itself instead of adding messages."),
)
async def report(company: Company) -> None:
    await company.acts(tap_location, company, "李四")


@step(
    "late",
    "09:04",
    zh=("迟到", "孙强 9:04 才报到，算迟到；周婷一直没有消息。"),
    en=("Late", "Sun Qiang reports at 09:04 and counts as late; nothing from Zhou Ting."),
)
async def late(company: Company) -> None:
    await company.acts(tap_location, company, "孙强")


step(
    "list",
    "09:10",
    zh=("报到名单", "群里出一份名单：到岗、迟到、缺卡、请假；主管知道该找谁。"),
    en=("The list", "The group gets one list: present, late, missing, excused; the manager knows whom to chase."),
)(watch)


# A lead -------------------------------------------------------------------------------------------------


@step(
    "lead",
    "09:20",
    zh=("登记线索", "客服接到电话，一行字登记线索，销售群出现抢单卡。"),
    en=("A lead", "Customer service takes a call and registers a lead; a card to claim appears in the group."),
)
async def lead(company: Company) -> None:
    await company.says("林芳", "/lead 来电 宏图电子 高先生 13912345678 30万 要20台空压机 浦东")
    await company.presses("林芳", "发布")


@step(
    "race",
    "09:22",
    zh=("抢单", "三个人同时按下抢单，只有一个人抢到，其余的人知道是谁。"),
    en=("The claim race", "Three people press at once; exactly one wins, the others learn who."),
)
async def race(company: Company) -> None:
    group = company.sales_group
    for name in RACERS:
        company[name].press(find_label(company[name], "抢单", group), None, group)


@step(
    "silence",
    "09:33",
    zh=("10 分钟没汇报", "抢到的人没有汇报：群里提醒，记台账，线索重新抢，他不能再抢；另一人接手。"),
    en=("Ten minutes of silence", "No report: an alert, a ledger entry, the lead is open again without the winner."),
)
async def silence(company: Company) -> None:
    winner = await _owner_before(company)
    company.second = next(name for name in RACERS if name != winner)
    await company.presses(winner, "抢单", company.sales_group)
    await company.presses(company.second, "抢单", company.sales_group)


@step(
    "contact",
    "09:37",
    zh=("接手的人汇报", "4 分钟内打完电话，报了进展；卡片讲完了整个经过。"),
    en=("The second one reports", "A call within four minutes and a report; the card tells the whole story."),
)
async def contact(company: Company) -> None:
    await company.says(company.second, "/report 1 有意向，周五上午上门量尺寸")


# Tasks --------------------------------------------------------------------------------------------------


@step(
    "tasks",
    "10:00",
    zh=("派任务", "王经理在群里派两个任务，30 分钟内要答复。"),
    en=("Tasks", "The manager gives two tasks in the group, to be answered within 30 minutes."),
)
async def tasks(company: Company) -> None:
    await company.says("王建国", "/task @us01 把浦江精密的报价发给我", company.sales_group)
    await company.says("王建国", "/task @us05 今天怎么没报到？人在哪里？", company.sales_group)


@step(
    "alert",
    "10:34",
    zh=("30 分钟没答复", "10:30 两个任务都没人答复，群里提醒；张三 10:34 才答复，记为迟答。"),
    en=("No answer", "At 10:30 nobody has answered: an alert. Zhang San answers at 10:34, late."),
)
async def alert(company: Company) -> None:
    await company.presses("张三", "已解决")


# Visits -------------------------------------------------------------------------------------------------


@step(
    "visit",
    "10:45",
    zh=("记拜访", "张三在客户楼下发定位，点最近的客户，写一句话，定下一步。"),
    en=("A visit", "Zhang San sends his place, picks the nearest customer, writes a sentence, sets the next step."),
)
async def visit(company: Company) -> None:
    await company.says("张三", "/visit")
    await company.acts(company["张三"].send_location, 31.2262, 121.4656)
    await company.presses("张三", "浦江精密")
    await company.presses("张三", "上门")
    await company.says("张三", "新厂房下月投产，要 3 台螺杆机，嫌交期长")
    await company.presses("张三", "3天后")


step(
    "escalate",
    "11:05",
    zh=("上报", "周婷一小时没有答复，任务上报给更上一级。"),
    en=("Escalation", "Zhou Ting has not answered for an hour; the next superior is told."),
)(watch)


# A complaint --------------------------------------------------------------------------------------------


@step(
    "complaint",
    "11:15",
    zh=("客户投诉", "黄先生发来一条消息投诉，点一下类别，马上得到致歉、编号、负责人和日期。"),
    en=("A complaint", "Mr Huang complains by message and gets at once an apology, a number, an owner, a date."),
)
async def complaint(company: Company) -> None:
    await company.acts(company["黄先生"].start)
    await company.says("黄先生", "你们上周送来的水泵漏油，已经停工一天了！")
    await company.presses("黄先生", "产品质量")


@step(
    "urge",
    "11:20",
    zh=("查进度、催办", "黄先生查进度，按催办；负责人和投诉群都知道。"),
    en=("Status and urging", "Mr Huang asks for the status and urges; the owner and the desk learn it."),
)
async def urge(company: Company) -> None:
    await company.says("黄先生", "/status")
    await company.presses("黄先生", "催办")


@step(
    "reply",
    "11:30",
    zh=("答复客户", "负责人核实成立，回复客户；首次答复的期限停住。"),
    en=("The first reply", "The owner finds the complaint valid and answers; the first-reply clock stops."),
)
async def reply(company: Company) -> None:
    company.owner = await _complaint_owner(company)
    await _advance(company, "成立", "照片核对过，密封圈装反")
    await company.presses(company.owner, "回复客户")
    await company.says(company.owner, "吴师傅下午两点到现场更换，您看可以吗？")


@step(
    "second_visit",
    "13:40",
    zh=("第二次拜访", "李四拜访东升电子，先写公司名，再写一句话。"),
    en=("A second visit", "Li Si visits another customer, this time by name."),
)
async def second_visit(company: Company) -> None:
    await company.says("李四", "/visit 东升")
    await company.presses("李四", "电话")
    await company.says("李四", "样机试用满意，等他们走采购流程")
    await company.presses("李四", "一周后")


@step(
    "solving",
    "14:30",
    zh=("处理", "方案定了，开始处理；客户每一步都收到消息。"),
    en=("Solving", "The plan stands, work begins; the customer is told of every step."),
)
async def solving(company: Company) -> None:
    await _advance(company, "定方案", "现场更换密封圈，免费")
    await _advance(company, "开始处理", "")


@step(
    "solved",
    "16:10",
    zh=("解决", "结果告诉客户，黄先生按下满意。"),
    en=("Solved", "The customer is told the result and accepts it."),
)
async def solved(company: Company) -> None:
    await _advance(company, "告知结果", "密封圈已更换，试运行一小时不漏；延保一年")
    await company.presses("黄先生", "满意")


@step(
    "closed",
    "17:20",
    zh=("回访、结案", "客服回访，结案；群里的卡片写着每一步的时间。"),
    en=("Revisit and close", "Customer service asks again, and the case is closed."),
)
async def closed(company: Company) -> None:
    await _advance(company, "回访", "客户确认正常")
    await _advance(company, "结案", "")


step(
    "evening",
    "18:05",
    zh=("下班", "18:00 周婷的任务仍未完成，第二次提醒。"),
    en=("The end of the day", "At 18:00 Zhou Ting's task is still not done: the second alert."),
)(watch)


async def _owner_before(company: Company) -> str:
    """Who held the first lead last."""
    store = company.stage.app.store
    events = await store.look(lambda uow: uow.leads.events(LeadId(1)))
    person = next(event.person for event in reversed(events) if event.kind == "claimed" and event.person)
    return (await store.look(lambda uow: uow.people.get(person))).name


async def _complaint_owner(company: Company) -> str:
    store = company.stage.app.store
    case = await store.look(lambda uow: uow.complaints.by_number("260901"))
    owner = case.owner if case else None
    if owner is None:
        raise LookupError("the complaint has no owner")
    return (await store.look(lambda uow: uow.people.get(owner))).name


async def _advance(company: Company, button: str, note: str) -> None:
    """The owner presses a step and writes the note, or none."""
    await company.presses(company.owner, button)
    if note:
        await company.says(company.owner, note)
    else:
        await company.presses(company.owner, "不写备注")


STEPS: tuple[Step, ...] = tuple(_STEPS)
