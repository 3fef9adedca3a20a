"""What free words mean: whom a task is for, and until when an answer promises (TSK-1)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.views.base import Viewer
from bot.views.tasks import read_answer, read_order
from bot.views.tasks.reading import read_time
from core.rulebook import default
from core.tasks import AnswerState, Target, TaskUnclear

ZONE = ZoneInfo("Asia/Shanghai")


def _viewer(clock: str = "2026-09-14T10:00") -> Viewer:
    return Viewer("zh_CN", ZONE, datetime.fromisoformat(clock).replace(tzinfo=ZONE), default(), "keguan_bot", False)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("14:30", "14 14:30"),
        ("14：30 到", "14 14:30"),
        ("下午3点", "14 15:00"),
        ("下午三点半给您", "14 15:30"),
        ("3点给您", "14 15:00"),
        ("15点半", "14 15:30"),
        ("明天10点", "15 10:00"),
        ("明早9:15", "15 09:15"),
        ("今晚8点", "14 20:00"),
        ("十点一刻", "14 10:15"),
        ("9点", "15 09:00"),
        ("9:30", "15 09:30"),
        ("2小时后", "14 12:00"),
        ("半小时内", "14 10:30"),
        ("周三下午2点", "16 14:00"),
        ("周三", "16 18:00"),
        ("下周一上午", "21 18:00"),
        ("明天", "15 18:00"),
        ("9月16日 11:00", "16 11:00"),
        ("3pm", "14 15:00"),
        ("tomorrow 10:00", "15 10:00"),
        ("in 2 hours", "14 12:00"),
    ],
)
def test_times_are_read(text: str, at: str) -> None:
    found = read_time(_viewer(), text)
    assert found is not None
    assert f"{found.astimezone(ZONE):%d %H:%M}" == at


@pytest.mark.parametrize(
    "text",
    ["", "收到", "有3点意见", "比分 1:2", "25:00", "12:75", "9月40日", "2025/1/1", "电话 138000140000", "99点"],
)
def test_what_names_no_time_is_no_plan(text: str) -> None:
    assert read_time(_viewer(), text) is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("已解决", AnswerState.SOLVED),
        ("报价处理好了", AnswerState.SOLVED),
        ("10:30已送达", AnswerState.SOLVED),
        ("搞定", AnswerState.SOLVED),
        ("Done!", AnswerState.SOLVED),
        ("没解决", AnswerState.RECEIVED),
        ("解决不了", AnswerState.RECEIVED),
        ("已经解决了吗？", AnswerState.RECEIVED),
        ("预计明天完成", AnswerState.PLANNED),
        ("下班前", AnswerState.RECEIVED),
        ("not done", AnswerState.RECEIVED),
    ],
)
def test_words_mean_how_far_it_is(text: str, state: AnswerState) -> None:
    assert read_answer(_viewer(), text).state is state


@pytest.mark.parametrize(
    ("text", "targets", "said", "urgent"),
    [
        ("/task @a 做事", ["@a"], "做事", False),
        ("/task @a，@b 做事", ["@a", "@b"], "做事", False),
        ("/task 张三、李四 做事", ["张三", "李四"], "做事", False),
        ("任务 销售部-张三\n第一\n第二", ["销售部-张三"], "第一\n第二", False),
        ("/task! @a 做事", ["@a"], "做事", True),
        ("/task ！@a 做事", ["@a"], "做事", True),
        ("/task @a 急：做事", ["@a"], "急：做事", False),
        ("/task @a 急 做事", ["@a"], "做事", True),
        ("/task @a 【急】做事", ["@a"], "做事", True),
        ("/task\n@a\n做事", ["@a"], "做事", False),
        ("/task@keguan_bot @a 做事", ["@a"], "做事", False),
        ("/task @a", ["@a"], "", False),
    ],
)
def test_orders_are_read(text: str, targets: list[str], said: str, urgent: bool) -> None:
    order = read_order(text)
    assert order.targets == tuple(Target(name) for name in targets)
    assert (order.text, order.urgent) == (said, urgent)


def test_an_order_for_nobody_is_unclear() -> None:
    for text in ("/task", "/task!", "/task  \n ", "/task 急"):
        with pytest.raises(TaskUnclear):
            read_order(text)


def test_the_replied_text_comes_before_the_extra_words() -> None:
    assert read_order("/task @a 今天", replied="报价").text == "报价\n今天"
    assert read_order("/task @a", replied="报价").text == "报价"
