"""Texts about people, links and accounts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views.base import Screen, Viewer, fill, lines, role_name, shows, words
from core import people
from core.access import Actor
from core.errors import AlreadySettled, NotFound, NotPermitted, NotUnderstood
from core.notices import Facts

INVITE_PREFIX = "i_"  # begins the payload of an invite link
MOST_LISTED = 40
FEW = 3  # roles that can be named in one line


def welcome_staff(v: Viewer, person: people.Person) -> Screen:
    return Screen(
        lines(
            v.t("Hello {label}.", label=person.label),
            v.t("You work here as {role}. /help shows what you can do.", role=role_name(v, person.role)),
        )
    )


def welcome(v: Viewer, actor: Actor) -> Screen:
    if actor.is_staff:
        return Screen(v.t("Hello {label}. /help shows what you can do.", label=actor.name))
    return Screen(
        lines(
            v.t("Hello, this is {company}.", company=v.rulebook.company.name),
            v.t("Write what we can do for you, or /complain to complain."),
        )
    )


def record(v: Viewer, person: people.Person) -> Screen:
    return Screen(
        lines(
            fill("<b>{label}</b> ({number})", label=person.label, number=person.number),
            v.t("Role: {role}", role="、".join(role_name(v, role) for role in sorted(person.roles))),
            v.t("Level: {level}", level=person.level) if person.level else None,
        )
    )


def language_chosen(v: Viewer, chosen: str) -> Screen:
    return Screen("From now on in English." if chosen == "en" else "以后用中文。")


def invites(v: Viewer, links: Sequence[tuple[people.Person, people.Invite]]) -> Screen:
    if not links:
        return Screen(v.t("Everybody is bound already."))
    listed = [f"{person.label}: {v.link(INVITE_PREFIX + link.token)}" for person, link in links[:MOST_LISTED]]
    more = len(links) - len(listed)
    return Screen(
        lines(
            v.t("One-time links, valid until {at}:", at=v.when(links[0][1].expires_at)),
            *(fill("{line}", line=line) for line in listed),
            v.t("… and {more} more: /invite again after these.", more=more) if more else None,
        )
    )


def revoked(v: Viewer, person: people.Person) -> Screen:
    return Screen(v.t("{label} has no account any more. /invite makes a new link.", label=person.label))


def register(v: Viewer, people_: Sequence[tuple[people.Person, people.Account | None]]) -> Screen:
    bound = sum(1 for _, account in people_ if account)
    return Screen(
        lines(
            v.t("{total} people, {bound} with an account", total=len(people_), bound=bound),
            *(
                fill("{mark} {number} {label}", mark="✅" if account else "—", number=p.number, label=p.label)
                for p, account in people_
            ),
        )
    )


@shows(people.BOUND)
def bound(v: Viewer, facts: Facts) -> Screen:
    return Screen(v.t("This account now stands for {label}.", label=facts["label"]))


@shows(people.REBOUND)
def rebound(v: Viewer, facts: Facts) -> Screen:
    return Screen(v.t("{label} changed to another account.", label=facts["label"]))


@shows(people.UNBOUND)
def unbound(v: Viewer, facts: Facts) -> Screen:
    return Screen(v.t("This account does not stand for {label} any more.", label=facts["label"]))


@words(people.InviteRefused)
def invite_refused(v: Viewer, error: people.InviteRefused) -> str:
    reasons = {
        "unknown": v.t("This link is not valid. Ask your administrator for a new one."),
        "used": v.t("This link was used before. Ask your administrator for a new one."),
        "expired": v.t("This link has expired. Ask your administrator for a new one."),
    }
    return reasons[error.reason]


@words(people.AccountTaken)
def account_taken(v: Viewer, error: people.AccountTaken) -> str:
    return v.t("Your account stands for {label} already. An administrator can /revoke it.", label=error.label)


@words(people.SeveralFound)
def several_found(v: Viewer, error: people.SeveralFound) -> str:
    return v.t(
        "Several people fit “{text}”: {labels}. Use the staff number.",
        text=error.text,
        labels="、".join(error.labels),
    )


@words(people.StaffFileRefused)
def staff_file_refused(v: Viewer, error: people.StaffFileRefused) -> str:
    reasons = {
        "duplicate": v.t("this staff number is there twice"),
        "unknown_superior": v.t("no such staff number"),
        "superior_cycle": v.t("superiors form a circle"),
    }
    listed = (
        v.t(
            "Line {line}, {column} “{text}”: {reason}",
            line=f.line,
            column=f.column,
            text=f.text,
            reason=reasons[f.reason],
        )
        for f in error.faults[:MOST_LISTED]
    )
    return lines(v.t("The file was not taken; nothing has changed. Please correct:"), *listed)


@words(NotPermitted)
def not_permitted(v: Viewer, error: NotPermitted) -> str:
    roles = "、".join(role_name(v, role) for role in error.needed)
    if v.private and len(error.needed) <= FEW:
        return v.t("This is for {roles}.", roles=roles)
    return v.t("This is not open to you. /help shows what is.")


@words(NotFound)
def not_found(v: Viewer, error: NotFound) -> str:
    what = {
        "person": v.t("Nobody here is called “{key}”. Try the name or the staff number.", key=error.key),
        "department": v.t("There is no department “{key}”.", key=error.key),
        "account": v.t("{key} has no account bound.", key=error.key),
        "customer": v.t("There is no such customer among yours."),
    }
    return what.get(error.what) or v.t("Nothing found for “{key}”.", key=error.key)


@words(NotUnderstood)
def not_understood(v: Viewer, error: NotUnderstood) -> str:
    if error.example:
        return v.t("“{text}” is not clear. For example: {example}", text=error.text, example=error.example)
    return v.t("“{text}” is not clear.", text=error.text)


@words(AlreadySettled)
def already_settled(v: Viewer, error: AlreadySettled) -> str:
    if error.by and error.at:
        return v.t("Already done by {by} at {at}.", by=error.by, at=v.when(error.at))
    return v.t("This has been dealt with already.")
