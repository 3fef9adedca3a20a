"""Reads what people write: a task with whom it is for, and an answer with the time it names (TSK-1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.views.base import Viewer
from core.errors import NotFound
from core.ids import AccountId, TaskId
from core.tasks import Answer, AnswerState, Order, Target, TaskUnclear

URGENT = {"急", "加急", "紧急", "特急", "urgent", "!", "！"}
MARKS = "!！:：,，。【】[]"
MOST_DIGITS = 9
LONGEST_PLAN = timedelta(days=60)
NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
NUMBERS |= {"十一": 11, "十二": 12}
DAYS = {"今天": 0, "今日": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2, "大后天": 3}
DAYS |= {"今晚": 0, "今早": 0, "明早": 1, "明晚": 1, "明": 1}
WEEKDAYS = "一二三四五六日天"
LATE_IN_THE_DAY = ("下午", "晚", "傍晚", "pm", "今晚", "明晚", "晚上")
NOON = 12
WORKING_HOURS_BEGIN = 8  # an hour before this one, without more, is meant in the afternoon

_DAY = re.compile(
    r"(大后天|今天|今日|明天|明日|后天|今晚|今早|明早|明晚|today|tomorrow)"
    r"|(下)?(?:周|星期|礼拜)([一二三四五六日天])"
    r"|(?<!\d)(\d{1,2})(?:月|/)(\d{1,2})(?:日|号)?(?!\d)",
    re.IGNORECASE,
)
_HOUR = r"(\d{1,2}|十[一二]?|[一二两三四五六七八九])"
_CLOCK = re.compile(
    r"(凌晨|早上|上午|中午|下午|傍晚|晚上|今晚|明晚|晚)?\s*"
    rf"(?:(?<![\d:：])(\d{{1,2}})[:：](\d{{2}})(?![\d:：])|(?<!\d){_HOUR}\s*[点點时](?!间)\s*(半|一刻|三刻|\d{{1,2}}分?)?"
    r"(?!意见|建议|要求|问题|说明|内容|原因|以上|想法))"
    r"\s*(am|pm)?",
    re.IGNORECASE,
)
_BARE_PM = re.compile(r"(?<![\d:])(\d{1,2})\s*(am|pm)\b", re.IGNORECASE)
_AFTER = re.compile(
    r"(半|\d{1,3}|[一二两三四五六七八九十])\s*(?:个)?(小时|钟头|分钟|hours?|minutes?|min)"
    r"\s*(?:后|之后|以后|内|之内|以内|$)"
)
_IN = re.compile(r"\bin (\d{1,3}) (hours?|minutes?|min)\b", re.IGNORECASE)
_SOLVED = re.compile(
    r"已经?(?:解决|完成|处理|办好|办完|做完|搞定|送达|发出)|(?:解决|完成|处理|办好|办完|做完|搞定|弄好)(?:了|好了|完了)"
    r"|处理完毕|搞定|办妥|\b(?:done|solved|finished|completed)\b",
    re.IGNORECASE,
)
_SOLVED_ALONE = re.compile(r"\W*(?:解决|完成|办好|done|ok了)\W*", re.IGNORECASE)
_NOT_SOLVED = re.compile(
    r"没|未|不了|不能|无法|不行|还在|还差|预计|争取|将|准备|计划|之前|以前|\d前|点前|明天|后天|下周|吗|[?？]|\bnot\b|n't|\bwill\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a text that the chat app itself links to an account. Offsets count UTF-16 units."""

    offset: int
    length: int
    account: AccountId


def read_order(text: str, mentions: Sequence[Mention] = (), replied: str = "") -> Order:
    """A task from `/task @a @b text`, `/task 销售部 text`, `/task! …`, or in reply to a message that has its text.

    Raises TaskUnclear where nobody is named; an empty text is left to the use case.
    """
    head, _, _ = text.partition(" ") if " " in text.split("\n", maxsplit=1)[0] else text.partition("\n")
    at = len(head.split()[0]) if head.split() else 0
    urgent = head.rstrip().endswith(("!", "！"))
    targets, at, marked = _targets(text, at, _spans(text, mentions))
    if not targets:
        raise TaskUnclear("person")
    own = text[at:].strip()
    word = own.split(maxsplit=1)[0] if own else ""
    if _is_urgent(word):
        own, marked = own[len(word) :].strip(), True
    elif own.startswith(("【急】", "[急]", "!", "！")):
        own, marked = own.lstrip("【[").removeprefix("急").lstrip("】]!！ "), True
    return Order(tuple(targets), "\n".join(part for part in (replied.strip(), own) if part), urgent or marked)


def _is_urgent(word: str) -> bool:
    return word.strip(MARKS) in URGENT or (word != "" and word in URGENT)


def _targets(text: str, at: int, spans: dict[int, tuple[int, AccountId]]) -> tuple[list[Target], int, bool]:
    """Who is named at the beginning, where the text goes on, and whether a mark of urgency stood before."""
    targets: list[Target] = []
    urgent = False
    while True:
        while at < len(text) and (text[at].isspace() or text[at] in ",，、!！"):
            urgent = urgent or (text[at] in "!！" and not targets)
            at += 1
        if at in spans:
            end, account = spans[at]
            targets.append(Target(text[at:end], account))
            at = end
            continue
        word = re.match(r"\S+", text[at:])
        if word is None:
            return targets, at, urgent
        if word[0].startswith("@"):
            name = re.match(r"@\w+|\S+", word[0])
            said = name[0] if name else word[0]
            targets.append(Target(said))
            at += len(said)
        elif not targets and _is_urgent(word[0]):
            urgent = True
            at += len(word[0])
        elif not targets:
            targets += [Target(name) for name in re.split(r"[、，,]", word[0]) if name]
            return targets, at + len(word[0]), urgent
        else:
            return targets, at, urgent


def _spans(text: str, mentions: Sequence[Mention]) -> dict[int, tuple[int, AccountId]]:
    """Where mentions begin and end, in characters instead of UTF-16 units."""
    wide = text.encode("utf-16-le")
    spans = {}
    for one in mentions:
        start = len(wide[: one.offset * 2].decode("utf-16-le", "ignore"))
        end = len(wide[: (one.offset + one.length) * 2].decode("utf-16-le", "ignore"))
        spans[start] = (end, one.account)
    return spans


def read_numbered(text: str) -> tuple[TaskId, str]:
    """(task, words) of `7 没有网络`. Raises TaskUnclear."""
    number, _, words = text.strip().lstrip("#").partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        raise TaskUnclear("number")
    return TaskId(int(number)), words.strip()


def read_number(parts: Sequence[str]) -> int:
    """The id in a button's data. Raises NotFound where somebody made it up."""
    if len(parts) != 1 or not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) <= MOST_DIGITS):
        raise NotFound("task", "")
    return int(parts[0])


def read_answer(v: Viewer, text: str, medium: str = "") -> Answer:
    """What an answer in free words means: solved, a plan until a time, or else received."""
    text = text.strip()
    if _SOLVED.search(text) and not _NOT_SOLVED.search(text):
        return Answer(AnswerState.SOLVED, text, medium)
    until = read_time(v, text)
    if until is not None:
        return Answer(AnswerState.PLANNED, text, medium, until)
    if _SOLVED_ALONE.fullmatch(text):
        return Answer(AnswerState.SOLVED, text, medium)
    return Answer(AnswerState.RECEIVED, text, medium)


def read_time(v: Viewer, text: str) -> datetime | None:
    """The instant that a text names (14:30, 下午3点, 明天10点, 15点半, 2小时后, 周五), if it lies ahead.

    A day without an hour is the end of that working day.
    """
    span = _span_ahead(text)
    if span is not None:
        return v.now + span
    now = v.now.astimezone(v.zone)
    named_day, named_clock = _day(text, now.date()), _clock(text)
    worktime = v.rulebook.working_time
    if named_clock is None:
        at = None if named_day is None else worktime.end_of_day(worktime.instant(named_day, time(0)))
    else:
        clock, is_vague = named_clock
        at = worktime.instant(named_day or now.date(), clock)
        if at <= v.now and named_day is None:
            half = clock.hour < WORKING_HOURS_BEGIN and is_vague
            at = worktime.instant(now.date(), clock.replace(hour=clock.hour + NOON)) if half else at
            at = at if at > v.now else worktime.instant(now.date() + timedelta(days=1), clock)
    return at if at is not None and v.now < at <= v.now + LONGEST_PLAN else None


def _span_ahead(text: str) -> timedelta | None:
    found = _AFTER.search(text) or _IN.search(text)
    if found is None:
        return None
    amount = 0.5 if found[1] == "半" else float(NUMBERS.get(found[1]) or found[1])
    in_hours = found[2].lower().startswith(("小时", "钟头", "hour"))
    return timedelta(hours=amount) if in_hours else timedelta(minutes=amount)


def _day(text: str, today: date) -> date | None:
    found = _DAY.search(text)
    if found is None:
        return None
    word, following, weekday, month, day = found.groups()
    if word:
        return today + timedelta(days=DAYS[word.lower()])
    if weekday:
        wanted = min(WEEKDAYS.index(weekday), 6)
        monday = today - timedelta(days=today.weekday())
        at = monday + timedelta(days=wanted + (7 if following else 0))
        return at if at >= today else at + timedelta(days=7)
    try:
        at = today.replace(month=int(month), day=int(day))
    except ValueError:
        return None
    return at if at >= today else None


def _clock(text: str) -> tuple[time, bool] | None:
    """The clock time that a text names, and whether it may mean the afternoon as well."""
    found = _CLOCK.search(text)
    if found is None:
        bare = _BARE_PM.search(text)
        return None if bare is None else _time(int(bare[1]), 0, bare[2].lower())
    part, hour, minute, spoken, rest, half = found.groups()
    if hour is not None:
        return _time(int(hour), int(minute), part or (half or "").lower())
    return _time(NUMBERS.get(spoken) or int(spoken), _minutes(rest), part or (half or "").lower())


def _minutes(rest: str | None) -> int:
    words = {None: 0, "半": 30, "一刻": 15, "三刻": 45}
    return words[rest] if rest in words else int(str(rest).removesuffix("分"))


def _time(hour: int, minute: int, part: str) -> tuple[time, bool] | None:
    if part in LATE_IN_THE_DAY and hour < NOON:
        hour += NOON
    if part == "中午" and hour < 3:  # noqa: PLR2004  # 中午1点
        hour += NOON
    if hour > 23 or minute > 59:  # noqa: PLR2004  # the clock's own limits
        return None
    return time(hour, minute), not part
