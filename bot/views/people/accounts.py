"""Texts about accounts: welcome, one's own record, invite links, binding (ORG-1)."""

from __future__ import annotations

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, role_name, row, shows, words
from core import people
from core.access import Actor
from core.notices import Facts

INVITE_PREFIX = "i_"  # begins the payload of an invite link


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


def record(v: Viewer, person: people.Person, superior: people.Person | None) -> Screen:
    return Screen(
        lines(
            fill("<b>{label}</b> ({number})", label=person.label, number=person.number),
            v.t("Role: {role}", role=Html("、".join(role_name(v, role) for role in sorted(person.roles)))),
            v.t("Level: {level}", level=person.level) if person.level else None,
            v.t("Region: {regions}", regions="、".join(person.regions)) if person.regions else None,
            v.t("Industry: {industry}", industry=person.industry) if person.industry else None,
            v.t("Superior: {label}", label=superior.label) if superior else None,
        )
    )


def language_chosen(chosen: str) -> Screen:
    return Screen("From now on in English." if chosen == "en" else "以后用中文。")


def _link(v: Viewer, person: people.Person, link: people.Invite) -> Html:
    return fill("{label}: {link}", label=person.label, link=v.link(INVITE_PREFIX + link.token))


def invited(v: Viewer, person: people.Person, link: people.Invite) -> Screen:
    return Screen(
        lines(v.t("One-time links, valid until {at}:", at=v.when(link.expires_at)), _link(v, person, link)),
    )


def invitations(v: Viewer, given: people.Invitations) -> Screen:
    if not given.links and not given.open:
        return Screen(v.t("Everybody is bound already."))
    waiting = v.t("{n} people have a link that they did not open yet; /invite NAME makes a new one.", n=given.open)
    if not given.links:
        return Screen(waiting)
    return Screen(
        lines(
            v.t("One-time links, valid until {at}:", at=v.when(given.links[0][1].expires_at)),
            *(_link(v, person, link) for person, link in given.links),
            v.t("… and {more} more: /invite again after these.", more=given.left) if given.left else None,
            waiting if given.open else None,
        ),
        row(Button(v.t("Next links"), press("inviteall"))) if given.left else (),
    )


def revoked(v: Viewer, person: people.Person) -> Screen:
    return Screen(v.t("{label} has no account any more. /invite makes a new link.", label=person.label))


@shows(people.BOUND)
def bound(v: Viewer, facts: Facts) -> Screen:
    return Screen(v.t("This account now stands for {label}.", label=facts["label"]))


@shows(people.REBOUND)
def rebound(v: Viewer, facts: Facts) -> Screen:
    return Screen(v.t("{label} changed to another account.", label=facts["label"]))


@shows(people.NEW_SUPERIOR)
def new_superior(v: Viewer, facts: Facts) -> Screen:
    if facts["mine"]:
        return Screen(v.t("Your superior is {superior} from now on.", superior=facts["superior"] or "—"))
    return Screen(v.t("{report} reports to you from now on.", report=facts["report"]))


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
