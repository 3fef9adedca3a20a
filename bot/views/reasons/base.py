"""Texts that say why: an assignment, an entry of the ledger, step by step from stored facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from bot.press import press
from bot.views.base import (
    MOST_BUTTONS,
    WHY_PREFIX,
    Button,
    Html,
    Screen,
    Viewer,
    column,
    lines,
    row,
    with_clause,
)
from core.reasons import Explanation, Mine

LINK = WHY_PREFIX
TIMED = ("task", "lead", "complaint")  # what has deadlines whose way can be shown
ReasonView: TypeAlias = Callable[[Viewer, Any], Html | None]
TitleView: TypeAlias = Callable[[Viewer, Any], str]
REASONS: dict[str, ReasonView] = {}
TITLES: dict[str, TitleView] = {}
OPENS: dict[str, tuple[str, ...]] = {}  # area: the button that opens its objects in private


def tells(kind: str) -> Callable[[ReasonView], ReasonView]:
    """Declare the words for one kind of step."""

    def declare(view: ReasonView) -> ReasonView:
        REASONS[kind] = view
        return view

    return declare


def titles(area: str) -> Callable[[TitleView], TitleView]:
    """Declare how a subject of an area is named in a list."""

    def declare(view: TitleView) -> TitleView:
        TITLES[area] = view
        return view

    return declare


def why_button(v: Viewer, subject: str) -> Button | None:
    """Opens the explanation; in groups there is none, because it differs with who asks."""
    area, _, number = subject.partition(":")
    return Button(v.t("Why?"), press("why", area, number)) if v.private else None


def with_why(v: Viewer, screen: Screen, subject: str) -> Screen:
    """The screen with a button to the explanation where there is room for one; elsewhere the link beside the clause
    leads there."""
    button = why_button(v, subject)
    if button is None or sum(len(buttons) for buttons in screen.buttons) >= MOST_BUTTONS:
        return screen
    *above, last = screen.buttons or ((),)
    return replace(screen, buttons=(*above, (*last, button)))


def subject_of(payload: str) -> str:
    """The subject in a link."""
    return payload.replace("_", ":", 1)


def explanation(v: Viewer, found: Explanation) -> Screen:
    """The steps, one a line, and buttons to the clause, the object and the files."""
    area, _, number = found.subject.partition(":")
    told = [REASONS[reason.kind](v, reason.facts) for reason in found.reasons]
    about, _, id_ = found.about.partition(":")
    screen = Screen(
        lines(v.t("<b>Why</b>"), *told, v.clause(found.clause, version=found.version)),
        row(
            _about_button(v, found),
            Button(v.t("How it was computed"), press("how", about, id_)) if about in TIMED else None,
            Button(v.t("Files"), press("led.files", number)) if found.files and area == "entry" else None,
        ),
    )
    return with_clause(v, screen, found.clause, found.version)


def _about_button(v: Viewer, found: Explanation) -> Button | None:
    """Opens what it is about, unless that is this very explanation."""
    area, _, number = found.about.partition(":")
    opens = OPENS.get(area)
    if opens is None or not number.isdigit() or (opens[0] == "why" and found.about == found.subject):
        return None
    return Button(v.t("What it is about"), press(*opens, number))


def choices(v: Viewer, found: Sequence[Mine]) -> Screen:
    """What of one's own can be explained."""
    if not found:
        return Screen(v.t("You have nothing open and no entries: nothing to explain."))
    buttons = [
        Button(TITLES[area](v, {**one.title, "number": number}), press("why", area, number))
        for one in found
        for area, _, number in [one.subject.partition(":")]
    ]
    return Screen(v.t("What shall I explain?"), column(buttons))
