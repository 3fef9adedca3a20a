"""How a deadline was computed, and deadlines that moved (P2, P5, P12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from bot.press import press
from bot.views.base import WEEKDAYS, Button, Html, Screen, Viewer, column, fill, lines, shows
from bot.views.calendar import days, kind_name
from core import calendar
from core.calendar import Matching, Reasoned
from core.deadlines import Moved
from core.hours import Unit
from core.notices import Facts
from core.worktime import DayKind, Step

HOW, LINK = "how", "how_"
EXAMPLE = "/how 7"
MOST_LINES = 12
MOST_SHOWN = 20


def matter_name(v: Viewer, name: str, number: object) -> Html:
    """A matter with its number: 任务 #7."""
    words = {
        "task": v.t("Task #{number}", number=number),
        "lead": v.t("Lead #{number}", number=number),
        "complaint": v.t("Complaint {number}", number=number),
        "customer": v.t("Customer {number}", number=number),
        "approval": v.t("Request #{number}", number=number),
    }
    return words.get(name, fill("{name} {number}", name=name, number=number))


def target_name(v: Viewer, kind: str) -> Html:
    """What is due, in a word."""
    return {
        "task.reply": v.t("Answer"),
        "task.escalate": v.t("Escalation"),
        "task.due": v.t("Result"),
        "lead.contact": v.t("Contact with the customer"),
        "lead.record": v.t("Progress in the record"),
        "complaint.first_reply": v.t("First reply"),
        "complaint.handle": v.t("Handling"),
        "complaint.close": v.t("Closing"),
        "approval.due": v.t("Decision"),
        "approval.remind": v.t("Reminder to decide"),
        "approval.answer": v.t("Answer to a question"),
        "customer.remind": v.t("Reminder to complete the record"),
        "customer.complete": v.t("Complete record"),
    }.get(kind, v.t("Deadline"))


# How it was computed -----------------------------------------------------------------------------------------


def how(v: Viewer, about: Matching, found: Sequence[Reasoned]) -> Screen:
    """Each deadline of a matter: the result first, then the way there."""
    shown = [part for one in found for part in (_one(v, one), None) if part]
    head = v.t("<b>{matter}</b>: how its deadlines were computed", matter=matter_name(v, about.name, about.number))
    return Screen(Html("\n\n".join([head, *shown])))


def _one(v: Viewer, one: Reasoned) -> Html:
    deadline, how_ = one.deadline, one.deadline.reckoning
    head = fill("<b>{at}</b> {what}", at=v.when(deadline.due_at), what=target_name(v, deadline.kind))
    over = v.t("over {at}", at=v.when(deadline.done_at)) if deadline.done_at else None
    if how_ is None:
        return lines(head, v.t("A time that was named, not computed."), _moved(v, one), over)
    return lines(
        head,
        _target(v, one),
        _hours(v, one),
        *_way(v, one),
        v.t("The hours of that day are not in force any more; the deadline stays.") if _is_unknown(one) else None,
        _moved(v, one),
        v.t("Provisional: next year's make-up days are not announced yet.") if deadline.provisional else None,
        over,
    )


def _is_unknown(one: Reasoned) -> bool:
    how_ = one.deadline.reckoning
    return how_ is not None and how_.unit is not Unit.CLOCK and one.explanation is None


def _target(v: Viewer, one: Reasoned) -> Html:
    """From when, and how much of what."""
    how_ = one.deadline.reckoning
    if how_ is None:
        return Html("")
    start, amount = v.when(how_.start), how_.amount
    span = v.span(timedelta(minutes=amount))
    match how_.unit:
        case Unit.MINUTES:
            return v.t("From {start}: {span} of working time", start=start, span=span)
        case Unit.CLOCK:
            return v.t("From {start}: {span} by the clock", start=start, span=span)
        case Unit.DAYS:
            return v.n("From {start}: {n} working day", "From {start}: {n} working days", amount, start=start)
        case _:
            return v.t("From {start}: the end of the working day", start=start)


def _hours(v: Viewer, one: Reasoned) -> Html | None:
    if not one.hours:
        return None
    shifts = " ".join(f"{v.clock(shift.start)}–{v.clock(shift.end)}" for shift in one.hours)
    if one.whose:
        return v.t("Hours of {whose}: {shifts}", whose=one.whose, shifts=shifts)
    return v.t("Hours: {shifts}", shifts=shifts)


def _way(v: Viewer, one: Reasoned) -> Iterator[Html]:
    """The days on the way, those of one cause together; what counted says how much."""
    if one.explanation is None:
        return
    steps = one.explanation.steps
    told = [_run_words(v, one, run) for run in _runs(one, steps)]
    yield from told[:MOST_LINES]
    if len(told) > MOST_LINES:
        yield v.t("… and {more} more", more=len(told) - MOST_LINES)


def _runs(one: Reasoned, steps: Sequence[Step]) -> list[list[Step]]:
    """Days in a row for which the same is to be said."""
    days_ = one.deadline.reckoning is not None and one.deadline.reckoning.unit is not Unit.MINUTES

    def key(step: Step) -> tuple[object, ...]:
        used = step.day if step.counted and not days_ else None
        name = "" if step.kind in (DayKind.HOLIDAY, DayKind.WORKDAY) else step.name
        return step.counted, step.kind, name, step.day in one.away, used, not step.counted and step.kind.works

    return [list(run) for _, run in groupby(steps, key=key)]


def _run_words(v: Viewer, one: Reasoned, run: Sequence[Step]) -> Html:
    first, last = run[0], run[-1]
    span = days(v, first.day, last.day)
    why = _why(v, one, run)
    if not first.counted:
        return v.t("– {days}: not counted, {why}", days=span, why=why)
    if first.used:
        return v.t("+ {days}: {span}, {why}", days=span, span=v.span(first.used), why=why)
    return v.n("+ {days}: {n} day, {why}", "+ {days}: {n} days, {why}", len(run), days=span, why=why)


def _why(v: Viewer, one: Reasoned, run: Sequence[Step]) -> Html:
    first = run[0]
    if first.day in one.away:
        return v.t("leave") if not first.counted else v.t("part of it on leave")
    if first.kind is DayKind.HOLIDAY:
        names = dict.fromkeys(part for step in run for part in (step.name or "").split("、") if part)
        return Html("、".join(fill("{name}", name=name) for name in names)) or kind_name(v, first.kind)
    if first.name and first.kind in (DayKind.COMPANY_ON, DayKind.COMPANY_OFF):
        return fill("{kind}：{name}", kind=kind_name(v, first.kind), name=first.name)
    if first.kind is DayKind.WORKDAY and not first.counted:
        return v.t("the day of the start") if _is_start(one, first.day) else v.t("nothing left of it")
    if first.kind is DayKind.RESTDAY:
        return Html("、".join(dict.fromkeys(WEEKDAYS[v.language][step.day.weekday()] for step in run)))
    return kind_name(v, first.kind)


def _is_start(one: Reasoned, day: date) -> bool:
    return one.explanation is not None and one.explanation.steps[0].day == day


def _moved(v: Viewer, one: Reasoned) -> Html | None:
    why = one.deadline.moved_for
    return None if why is None else moved_because(v, why)


def moved_because(v: Viewer, why: Moved) -> Html:
    return {
        Moved.OUTAGE: v.t("Moved because the bot was down."),
        Moved.LEAVE: v.t("Moved because of leave."),
        Moved.OFFICIAL: v.t("Computed once more when the year's make-up days were announced."),
    }[why]


def which(v: Viewer, found: Sequence[Matching]) -> Screen:
    """Several matters have this number."""
    buttons = (Button(matter_name(v, one.name, one.number), press(HOW, one.name, one.id)) for one in found)
    return Screen(v.t("Which one?"), column(buttons))


def usage(v: Viewer) -> Screen:
    return Screen(v.t("Write the number of a task, lead or complaint: {example}", example=EXAMPLE))


# Deadlines that moved ----------------------------------------------------------------------------------------


@shows(calendar.MOVED)
def moved(v: Viewer, facts: Facts) -> Screen:
    """To whoever holds them: each from when to when."""
    f: Any = facts
    listed = f["moved"][:MOST_SHOWN]
    more = len(f["moved"]) - len(listed)
    return Screen(
        lines(
            v.n("{n} deadline moved", "{n} deadlines moved", len(f["moved"])),
            *(_moved_line(v, line) for line in listed),
            v.t("… and {more} more", more=more) if more > 0 else None,
            moved_because(v, Moved(f["why"])),
        )
    )


def _moved_line(v: Viewer, line: Any) -> Html:
    name, _, number = str(line["subject"]).partition(":")
    return fill(
        "{now} ← {was} {matter} {what} · {how}",
        now=v.when(line["now"]),
        was=v.when(line["was"]),
        matter=matter_name(v, name, line.get("number") or number),
        what=target_name(v, str(line["kind"])),
        how=v.how(str(line["subject"])),
    )
