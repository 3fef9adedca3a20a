"""Texts of asking for leave, trips and excuses, and of managers who enter them (CHK-4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.press import press
from bot.views.approvals import about
from bot.views.approvals.wording import Facts
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row, shows
from bot.views.checkins import absence_days, excuse_name, read_day
from core import checkins
from core.approvals import Approval, Kind
from core.checkins import Absence
from core.people import Person

MOST_LISTED = 5


def form(v: Viewer, today: date, known: Sequence[Absence], asked: Sequence[Approval]) -> Screen:
    """What one has, with a button to take each back, and how to ask for more."""
    tomorrow = today + timedelta(days=1)
    days = row(
        Button(v.t("Today {day}", day=v.day(today)), press("leave", today)),
        Button(v.t("Tomorrow {day}", day=v.day(tomorrow)), press("leave", tomorrow)),
    )
    return Screen(
        lines(
            *(_known(v, absence) for absence in known[:MOST_LISTED]),
            *(_asked(v, approval) for approval in asked[:MOST_LISTED]),
            v.t("Leave for one day: press. For more, write for example:"),
            v.t("/leave 9/16-9/18 trip Shanghai"),
            v.t("/leave tomorrow afternoon dentist"),
            v.t("A photo or file as evidence: send it with these words under it."),
        ),
        (*days, *_cancels(v, known)),
    )


def _known(v: Viewer, absence: Absence) -> Html:
    return v.t("Announced: {days} {kind}", days=absence_days(v, absence), kind=excuse_name(v, absence.kind))


def _asked(v: Viewer, approval: Approval) -> Html:
    return v.t("Waits for approval: #{n} {about}", n=approval.id, about=leave_about(v, approval.facts))


def _cancels(v: Viewer, known: Sequence[Absence]) -> tuple[tuple[Button, ...], ...]:
    return column(
        Button(v.t("Cancel {days}", days=absence_days(v, absence)), press("leave_x", absence.id))
        for absence in known[:MOST_LISTED]
    )


@about(Kind.LEAVE)
@about(Kind.TRIP)
def leave_about(v: Viewer, facts: Facts) -> Html:
    """9月16日 周三 – 9月18日 周五，3 个工作日"""
    days = v.n("{days}, {n} working day", "{days}, {n} working days", facts["days"], days=absence_days(v, facts))
    return fill("{days}", days=days)


@about(Kind.EXCUSE, "checkin")
def excuse_about(v: Viewer, facts: Facts) -> Html:
    day = v.day(read_day(facts["day"]))
    return v.t("late check-in of {day}", day=day) if facts["late"] else v.t("missed check-in of {day}", day=day)


def excuse_asked(v: Viewer, asked: Approval) -> Screen:
    names = "、".join(one.acting_label for one in asked.waiting)
    return Screen(v.t("Asked: {names} decides.", names=names))


# Managers -------------------------------------------------------------------------------------------------


def of_somebody(v: Viewer, person: Person, known: Sequence[Absence]) -> Screen:
    return Screen(
        lines(
            fill("<b>{label}</b>", label=person.label),
            *(_known(v, absence) for absence in known[:MOST_LISTED]),
            None if known else v.t("No leave or trip from today on."),
            v.t("To enter one: /leave {name} 9/16-9/18 trip Shanghai", name=person.name),
        ),
        _cancels(v, known),
    )


def entered(v: Viewer, person: Person, absence: Absence) -> Screen:
    return Screen(
        v.t(
            "Entered: {label}, {days}, {kind}. They have been told.",
            label=person.label,
            days=absence_days(v, absence),
            kind=excuse_name(v, absence.kind),
        ),
        row(Button(v.t("Cancel this leave"), press("leave_x", absence.id))),
    )


@shows(checkins.ENTERED)
def entered_for_you(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    kind = excuse_name(v, f["kind"])
    return Screen(v.t("{by} entered for you: {days}, {kind}.", by=f["by"], days=absence_days(v, f), kind=kind))
