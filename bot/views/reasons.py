"""Texts that say why: an assignment, an entry of the ledger, step by step from stored facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row, with_clause
from core.reasons import Explanation, Mine

LINK = "why_"
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


def why_link(v: Viewer, subject: str) -> Html:
    """The same as a link in the text, for messages that have three buttons already."""
    return fill('<a href="{url}">{why}</a>', url=v.link(LINK + subject.replace(":", "_")), why=v.t("Why me?"))


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
            Button(v.t("What it is about"), press(*OPENS[about], id_)) if about in OPENS and id_.isdigit() else None,
            Button(v.t("Files"), press("led.files", number)) if found.files and area == "entry" else None,
        ),
    )
    return with_clause(v, screen, found.clause, found.version)


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
