"""Texts about the company's calendar: a month on one screen, and changes of its days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from bot.press import press
from bot.views.approvals import about
from bot.views.base import MONTHS, WEEKDAYS, Button, Html, Screen, Viewer, fill, lines, shows, words
from core import calendar
from core.approvals import Kind
from core.calendar import DayChange, Month, MonthDay, NewDayChange
from core.notices import Facts
from core.worktime import DayKind
from core.worktime.written import months_on

MONTH, CHANGE, UNDO, LINK = "cal", "cal_set", "cal_undo", "calendar"
EXAMPLE = "/calendar 9月30日-10月2日 休 台风"
_SPECIAL = (DayKind.HOLIDAY, DayKind.MAKEUP, DayKind.COMPANY_ON, DayKind.COMPANY_OFF)
# One sign a kind, as wide as a digit, so that the columns stand under each other on every phone.
_SIGNS = {
    DayKind.WORKDAY: " ",
    DayKind.RESTDAY: "-",
    DayKind.HOLIDAY: "*",
    DayKind.MAKEUP: "+",
    DayKind.COMPANY_ON: "#",
    DayKind.COMPANY_OFF: "x",
}


def kind_name(v: Viewer, kind: DayKind) -> Html:
    """A kind of day in words."""
    return {
        DayKind.WORKDAY: v.t("working day"),
        DayKind.RESTDAY: v.t("rest day"),
        DayKind.HOLIDAY: v.t("holiday"),
        DayKind.MAKEUP: v.t("make-up workday"),
        DayKind.COMPANY_ON: v.t("the company works"),
        DayKind.COMPANY_OFF: v.t("the company is off"),
    }[kind]


# The month ---------------------------------------------------------------------------------------------------


def month(v: Viewer, shown: Month, *, changeable: bool) -> Screen:
    """One month: a grid with a sign for each kind of day, and the days that are special in words."""
    first = shown.first
    title = v.t("<b>{year}-{month}</b> · {n} working days", year=first.year, month=first.month, n=shown.workdays)
    before, after = months_on(first, -1), months_on(first, 1)
    steps = (_step(f"◀ {month_name(v, before)}", before), _step(f"{month_name(v, after)} ▶", after))
    edit = ((Button(v.t("Change days"), press(CHANGE)),),) if changeable else ()
    return Screen(
        lines(
            title,
            Html("<pre>" + "\n".join(_grid(v, shown)) + "</pre>"),
            _legend(v, shown),
            *_special_days(v, shown),
            v.t("Make-up days of {year} are not announced yet.", year=first.year) if shown.provisional else None,
        ),
        (steps, *edit),
    )


def month_name(v: Viewer, day: date) -> str:
    return f"{day.month}月" if v.language == "zh_CN" else MONTHS[day.month - 1]


def _step(label: str, month_: date) -> Button:
    return Button(label, press(MONTH, f"{month_:%Y-%m}"))


def _grid(v: Viewer, shown: Month) -> Iterator[str]:
    heads = (day.removeprefix("周") for day in WEEKDAYS[v.language])
    yield " ".join(f" {head} " if v.language == "zh_CN" else f" {head[:2]} " for head in heads).rstrip()
    cells = ["    "] * shown.first.weekday() + [_cell(one, shown.today) for one in shown.days]
    for start in range(0, len(cells), 7):
        yield " ".join(cells[start : start + 7]).rstrip()


def _cell(one: MonthDay, today: date) -> str:
    if one.day == today:
        return f"[{one.day.day}{_SIGNS[one.kind].strip()}]".rjust(4)
    return f" {one.day.day:2}{_SIGNS[one.kind]}"


def _legend(v: Viewer, shown: Month) -> Html:
    kinds = [kind for kind in _SIGNS if any(one.kind is kind for one in shown.days)]
    signs = [
        fill("{sign} {name}", sign=_SIGNS[kind], name=kind_name(v, kind)) for kind in kinds if _SIGNS[kind].strip()
    ]
    today = [v.t("[ ] today")] if any(one.day == shown.today for one in shown.days) else []
    return Html("　".join([*signs, *today]))


def _special_days(v: Viewer, shown: Month) -> Iterator[Html]:
    """Holidays, make-up days and company days, those of one cause together."""
    special = [one for one in shown.days if one.kind in _SPECIAL]
    for _, together in groupby(enumerate(special), key=lambda pair: _run(*pair)):
        run = [one for _, one in together]
        name = "、".join(dict.fromkeys(part for one in run for part in one.name.split("、") if part))
        what = kind_name(v, run[0].kind)
        if not name or run[0].kind is DayKind.HOLIDAY:
            yield fill("{days} {what}", days=days(v, run[0].day, run[-1].day), what=name or what)
        else:
            yield fill("{days} {what}：{name}", days=days(v, run[0].day, run[-1].day), what=what, name=name)


def _run(number: int, one: MonthDay) -> tuple[date, DayKind, str]:
    """Days in a row, of one kind and, for company days, one reason have the same key."""
    reason = "" if one.kind is DayKind.HOLIDAY else one.name
    return one.day - timedelta(days=number), one.kind, reason


def days(v: Viewer, first: date, last: date) -> str:
    return v.day(first) if first == last else f"{v.day(first)} – {v.day(last)}"


# Changes -----------------------------------------------------------------------------------------------------


def asked(v: Viewer, wanted: NewDayChange, now: Sequence[tuple[date, DayKind]]) -> Html:
    """What a change would do, before it is confirmed."""
    number = len(now)
    return lines(
        v.t("<b>{days}</b>: {works}", days=days(v, wanted.first, wanted.last), works=_works(v, works=wanted.works)),
        v.n("{n} day, so far: {kinds}", "{n} days, so far: {kinds}", number, kinds=_so_far(v, now)),
        v.t("Reason: {reason}", reason=wanted.reason),
        v.t("From then on every new deadline goes by it; deadlines that run keep theirs. All groups are told."),
    )


def _so_far(v: Viewer, now: Sequence[tuple[date, DayKind]]) -> Html:
    return Html("、".join(dict.fromkeys(kind_name(v, kind) for _, kind in now)))


def _works(v: Viewer, *, works: bool) -> Html:
    return v.t("working days") if works else v.t("days off")


def changed(v: Viewer, made: DayChange) -> Screen:
    undo = () if made.undoes else ((Button(v.t("Undo"), press(UNDO, made.id)),),)
    return Screen(_told(v, made.made, undone=made.undoes is not None, version=made.id), undo)


def _told(v: Viewer, made: NewDayChange, *, undone: bool, version: int) -> Html:
    span = days(v, made.first, made.last)
    if undone:
        head = v.t("<b>{days}</b>: as before the change", days=span)
    else:
        head = v.t("<b>{days}</b>: {works}", days=span, works=_works(v, works=made.works))
    return lines(
        head,
        v.t("Reason: {reason}", reason=made.reason) if made.reason else None,
        v.t("Calendar version {version}", version=version),
    )


@about(Kind.CALENDAR)
def change_about(v: Viewer, facts: Mapping[str, Any]) -> Html:
    """What an approval of a change is about."""
    span = days(v, date.fromisoformat(str(facts["first"])), date.fromisoformat(str(facts["last"])))
    if facts["undoes"]:
        return v.t("{days}: as before the change", days=span)
    return v.t("{days}: {works}", days=span, works=_works(v, works=bool(facts["works"])))


@shows(calendar.CHANGED)
def announced(v: Viewer, facts: Facts) -> Screen:
    made = NewDayChange(
        date.fromisoformat(str(facts["first"])),
        date.fromisoformat(str(facts["last"])),
        bool(facts["works"]),
        str(facts["reason"]),
    )
    version = facts["version"]
    told = _told(v, made, undone=bool(facts["undone"]), version=version if isinstance(version, int) else 0)
    return Screen(
        lines(v.t("The company's calendar has changed · {by}", by=facts["by"]), told, v.t("Deadlines that run stay."))
    )


@words(calendar.DaysPast)
def days_past(v: Viewer, error: calendar.DaysPast) -> str:
    return v.t("{day} is over. Only days from today on can be changed.", day=v.day(error.day))


@words(calendar.TooManyDays)
def too_many_days(v: Viewer, error: calendar.TooManyDays) -> str:
    return v.t("That is {days} days. One change covers at most {most}.", days=error.days, most=error.most)


@words(calendar.NothingChanges)
def nothing_changes(v: Viewer, error: calendar.NothingChanges) -> str:
    span = days(v, error.first, error.last)
    return v.t("{days}: already {works}. Nothing to change.", days=span, works=_works(v, works=error.works))


def go_private(v: Viewer) -> Screen:
    return Screen(v.t("Days are changed in my private chat."), ((Button(v.t("Go there"), url=v.link(LINK)),),))
