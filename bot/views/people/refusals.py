"""Why something about people is refused; and the refusals all areas share."""

from __future__ import annotations

from bot.views.base import Html, Viewer, role_name, words
from core import people
from core.errors import AlreadySettled, NotFound, NotPermitted, NotUnderstood

FEW = 3  # roles that can be named in one line


@words(people.IsLeaving)
def is_leaving(v: Viewer, error: people.IsLeaving) -> str:
    return leaving_words(v, error.label, mine=error.mine)


def leaving_words(v: Viewer, label: str, *, mine: bool) -> str:
    """Why somebody gets nothing new."""
    if mine:
        return v.t("You are handing over; nothing new comes to you.")
    return v.t("{label} is handing over and gets nothing new. Choose somebody else.", label=label)


@words(people.SeveralFound)
def several_found(v: Viewer, error: people.SeveralFound) -> str:
    return v.t(
        "Several people fit “{text}”: {labels}. Use the staff number.",
        text=error.text,
        labels="、".join(error.labels),
    )


@words(NotPermitted)
def not_permitted(v: Viewer, error: NotPermitted) -> str:
    roles = Html("、".join(role_name(v, role) for role in error.needed))
    if v.private and len(error.needed) <= FEW:
        return v.t("This is for {roles}.", roles=roles)
    return v.t("This is not open to you. /help shows what is.")


@words(NotFound)
def not_found(v: Viewer, error: NotFound) -> str:
    what = {
        "person": v.t("Nobody here is called “{key}”. Try the name or the staff number.", key=error.key),
        "department": v.t("There is no department “{key}”.", key=error.key),
        "account": v.t("{key} has no account bound.", key=error.key),
        "staff record": v.t("Staff number and name don't fit together. Ask your administrator if in doubt."),
        "approval": v.t("There is no such request for you to see."),
        "entry": v.t("There is no entry {key} for you to see.", key=error.key),
        "appeal": v.t("There is no such appeal for you to see."),
        "month": v.t("Nothing for {key}.", key=error.key),
        "handover": v.t("Nothing of this handover is yours to see or to answer."),
        "handover_item": v.t("Nothing of this handover is yours to see or to answer."),
        "file": v.t("This file was sent by somebody else."),
        "visit": v.t("There is no such visit among yours."),
        "plan": v.t("There is no such plan for you to see."),
        "customer": v.t("There is no such customer among yours."),
        "violation": v.t("There is no such case for you to decide."),
    }
    return what.get(error.what) or v.t("Nothing found for “{key}”.", key=error.key)


@words(NotUnderstood)
def not_understood(v: Viewer, error: NotUnderstood) -> str:
    if not error.text:
        return v.t("Add a name or a staff number to the command.")
    if error.example:
        return v.t("“{text}” is not clear. For example: {example}", text=error.text, example=error.example)
    return v.t("“{text}” is not clear.", text=error.text)


@words(AlreadySettled)
def already_settled(v: Viewer, error: AlreadySettled) -> str:
    if error.by and error.at:
        return v.t("Already done by {by} at {at}.", by=error.by, at=v.when(error.at))
    return v.t("This has been dealt with already.")
