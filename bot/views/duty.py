"""Texts of the duty roster of holidays (ORG-9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, row, shows, words
from bot.views.calendar import days as days_shown
from core import duty
from core.duty import Break, Duty, Overview, SwapState
from core.notices import Facts

FILL, SWAP, ACCEPT, DECLINE, WITHDRAW, LINK = "duty_fill", "duty_swap", "duty_yes", "duty_no", "duty_back", "duty"
EXAMPLE = "/duty 10月1日-10月3日 张三 李四"
MOST_BREAKS = 2


def overview(v: Viewer, found: Overview, *, fillable: bool) -> Screen:
    """The coming holidays, one line a day; one's own days first."""
    mine = v.t("You: {days}", days=_listed(v, found.mine)) if found.mine else None
    blocks = [_break(v, found, one) for one in found.breaks[:MOST_BREAKS]]
    body = Html("\n\n".join(block for block in (mine, *blocks) if block))
    buttons = row(
        Button(v.t("Fill"), press(FILL)) if fillable else None,
        Button(v.t("Swap"), press(SWAP)) if found.mine and v.private else None,
    )
    if not v.private and (fillable or found.mine):
        buttons = row(Button(v.t("Go there"), url=v.link(LINK)))
    return Screen(body or v.t("No public holiday is coming up."), buttons)


def _break(v: Viewer, found: Overview, one: Break) -> Html:
    head = fill("<b>{name}</b> {days}", name=one.name, days=days_shown(v, one.days[0], one.days[-1]))
    return lines(head, *(_day(v, day, found.rosters.get(day, [])) for day in one.days))


def _day(v: Viewer, day: date, duties: Sequence[Duty]) -> Html:
    names = "、".join(one.label for one in duties)
    return fill("{day} {names}", day=v.day(day), names=names or v.t("nobody"))


def _listed(v: Viewer, listed: Sequence[date]) -> str:
    return "、".join(v.day(day) for day in listed)


def filled(v: Viewer, after: dict[date, list[Duty]]) -> Screen:
    return Screen(
        lines(
            v.t("The roster is set; whoever it concerns has been told."),
            *(_day(v, day, duties) for day, duties in after.items()),
        )
    )


def no_duties(v: Viewer) -> Screen:
    return Screen(v.t("You are on duty on none of the coming days."))


# What people are told ----------------------------------------------------------------------------------------


@shows(duty.FILLED)
def told(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    added, dropped = (_dates(f[name]) for name in ("added", "dropped"))
    swap = row(Button(v.t("Swap"), press(SWAP))) if added else ()
    return Screen(
        lines(
            v.t("<b>{days}</b>: you are on duty · {by}", days=_listed(v, added), by=f["by"]) if added else None,
            v.t("<b>{days}</b>: you are not on duty any more · {by}", days=_listed(v, dropped), by=f["by"])
            if dropped
            else None,
            v.t("Prompts and alerts of those days come to you.") if added else None,
        ),
        swap,
    )


def _dates(values: Sequence[str]) -> list[date]:
    return [date.fromisoformat(value) for value in values]


@shows(duty.REMINDER)
def reminder(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    start = v.rulebook.duty.starts_at
    return Screen(
        lines(
            v.t("{day} {start}: you are on duty tomorrow.", day=_day_of(v, f), start=f"{start:%H:%M}"),
            _company(v, f),
        )
    )


@shows(duty.STARTS)
def starts(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    return Screen(
        lines(v.t("{day}: your duty begins. Today's alerts come to you.", day=_day_of(v, f)), _company(v, f))
    )


def _day_of(v: Viewer, f: Any) -> str:
    return v.day(date.fromisoformat(f["day"]))


def _company(v: Viewer, f: Any) -> Html | None:
    return v.t("With you: {names}", names="、".join(f["with"])) if f["with"] else None


@shows(duty.SHORT)
def short(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    listed = _dates(f["days"])
    return Screen(
        v.t("{name}: nobody is on duty on {days}.", name=f["name"], days=_listed(v, listed)),
        row(Button(v.t("Fill"), press(FILL))),
    )


@shows(duty.SWAP)
def swap_card(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    asked = f["state"] == SwapState.ASKED
    if f["mine"]:
        buttons = row(Button(v.t("Take it back"), press(WITHDRAW, f["swap"]))) if asked else ()
    else:
        buttons = (
            row(Button(v.t("I'll do it"), press(ACCEPT, f["swap"])), Button(v.t("No"), press(DECLINE, f["swap"])))
            if asked
            else ()
        )
    return Screen(lines(_swap_line(v, f), _state(v, f)), buttons)


def _swap_line(v: Viewer, f: Any) -> Html:
    day = v.day(date.fromisoformat(f["day"]))
    if f["back"]:
        back = v.day(date.fromisoformat(f["back"]))
        return v.t(
            "{day}: {taker} for {giver}; {back}: {giver} for {taker}",
            day=day,
            back=back,
            taker=f["taker"],
            giver=f["giver"],
        )
    return v.t("{day}: {taker} on duty for {giver}", day=day, taker=f["taker"], giver=f["giver"])


def _state(v: Viewer, f: Any) -> Html:
    return {
        SwapState.ASKED: v.t("⏳ {taker} has to agree.", taker=f["taker"]),
        SwapState.ACCEPTED: v.t("✅ Agreed; the roster is changed."),
        SwapState.DECLINED: v.t("❌ {taker} can't; everything stays.", taker=f["taker"]),
        SwapState.WITHDRAWN: v.t("↩️ Withdrawn."),
    }[SwapState(f["state"])]


@shows(duty.SWAPPED)
def swapped(v: Viewer, facts: Facts) -> Screen:
    return Screen(lines(v.t("A duty was swapped."), _swap_line(v, facts)))


# Refusals ----------------------------------------------------------------------------------------------------


@words(duty.NoRestDay)
def no_rest_day(v: Viewer, error: duty.NoRestDay) -> str:
    return v.t("{day} is a working day or over. The roster is for holidays and rest days.", day=v.day(error.day))


@words(duty.NotOnDuty)
def not_on_duty(v: Viewer, error: duty.NotOnDuty) -> str:
    return v.t("{label} is not on duty on {day} any more.", label=error.label, day=v.day(error.day))


@words(duty.OnDutyAlready)
def on_duty_already(v: Viewer, error: duty.OnDutyAlready) -> str:
    return v.t("{label} is on duty on {day} already.", label=error.label, day=v.day(error.day))


def restdays(found: Overview) -> Iterator[date]:
    """The days to choose from."""
    for one in found.breaks[:MOST_BREAKS]:
        yield from one.days
