"""Texts about people, links and accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, role_name, row, shows, words
from core import people
from core.access import Actor
from core.errors import AlreadySettled, NotFound, NotPermitted, NotUnderstood
from core.notices import Facts

INVITE_PREFIX = "i_"  # begins the payload of an invite link
MOST_LISTED = 40
MOST_QUOTED = 30  # characters of a cell that is quoted
FEW_ADDED = 10
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


def register(v: Viewer, people_: Sequence[tuple[people.Person, people.Account | None]], *, admin: bool) -> Screen:
    """The register: ✅ bound, 🔕 bound but not to be reached, — without an account."""
    bound = sum(1 for _, account in people_ if account)
    silent = sum(1 for _, account in people_ if account and not account.reachable)
    more = len(people_) - MOST_LISTED
    return Screen(
        lines(
            v.t("{total} people, {bound} with an account", total=len(people_), bound=bound),
            v.t("🔕 {n} can't be written to: they stopped the bot", n=silent) if silent else None,
            *(
                fill("{mark} {number} {label}", mark=_mark(account), number=p.number, label=p.label)
                for p, account in people_[:MOST_LISTED]
            ),
            v.t("… and {more} more", more=more) if more > 0 else None,
            _template(v) if admin else None,
        ),
        row(Button(v.t("Make invite links"), press("inviteall"))) if admin and bound < len(people_) else (),
    )


def _mark(account: people.Account | None) -> str:
    if account is None:
        return "—"
    return "✅" if account.reachable else "🔕"


def _template(v: Viewer) -> Html:
    return lines(
        v.t("To add or change people send me a CSV or XLSX file with these columns (the first four are needed):"),
        fill("<code>{columns}</code>", columns=",".join(column_name(v, name) for name in COLUMNS)),
    )


COLUMNS = ("number", "name", "department", "role", "level", "superior", "regions", "industry", "phone")


def column_name(v: Viewer, name: str) -> Html:
    """A column of the staff file as its heading says."""
    names = {
        "number": v.t("Staff number"),
        "name": v.t("Name"),
        "department": v.t("Department"),
        "role": v.t("Role"),
        "level": v.t("Level"),
        "superior": v.t("Superior"),
        "regions": v.t("Region"),
        "industry": v.t("Industry"),
        "phone": v.t("Phone"),
    }
    return names[name]


def imported(v: Viewer, outcome: people.Imported, ignored: Sequence[str]) -> Screen:
    return Screen(
        lines(
            v.t(
                "Taken over: {added} added, {changed} changed, {unchanged} unchanged",
                added=len(outcome.added),
                changed=outcome.changed,
                unchanged=outcome.unchanged,
            ),
            *(fill("＋ {number} {label}", number=p.number, label=p.label) for p in outcome.added[:FEW_ADDED]),
            v.t("… and {more} more", more=len(outcome.added) - FEW_ADDED) if len(outcome.added) > FEW_ADDED else None,
            v.t("Columns not used: {columns}", columns="、".join(ignored)) if ignored else None,
        ),
        row(Button(v.t("Make invite links"), press("inviteall"))),
    )


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


@words(people.StaffFileRefused)
def staff_file_refused(v: Viewer, error: people.StaffFileRefused) -> str:
    more = len(error.faults) - MOST_LISTED
    return lines(
        v.t("The file was not taken; nothing has changed. Please correct:"),
        *(_fault(v, fault) for fault in error.faults[:MOST_LISTED]),
        v.t("… and {more} more", more=more) if more > 0 else None,
    )


def _fault(v: Viewer, fault: people.RowFault) -> Html:
    reason = _reason(v, fault)
    if not fault.line:
        return v.t("“{text}”: {reason}", text=fault.text[:MOST_QUOTED], reason=reason)
    if not fault.text:
        return v.t(
            "Line {line}, {column}: {reason}", line=fault.line, column=column_name(v, fault.column), reason=reason
        )
    return v.t(
        "Line {line}, {column} “{text}”: {reason}",
        line=fault.line,
        column=column_name(v, fault.column),
        text=fault.text[:MOST_QUOTED],
        reason=reason,
    )


def _reason(v: Viewer, fault: people.RowFault) -> Html:
    """What is wrong, and what would do instead."""
    listed = "、".join(fault.expected)
    reasons: dict[str, Callable[[], Html]] = {
        "broken": lambda: v.t("can't be read. Save it as XLSX, or as CSV in UTF-8, and send it again"),
        "empty_file": lambda: v.t("has no people in it: a line of headings, then one line for each"),
        "too_large": lambda: v.t("is too large; at most 5 MB"),
        "too_many_rows": lambda: v.t("has more than {most} lines; please send it in parts", most=listed),
        "old_excel": lambda: v.t("is in the old .xls format or locked; save it as .xlsx without a password"),
        "not_a_table": lambda: v.t("is no staff file; send a .csv or .xlsx"),
        "missing_column": lambda: v.t("there is no column “{heading}”", heading=listed),
        "double_column": lambda: v.t("this column is there twice"),
        "empty": lambda: v.t("is empty"),
        "too_long": lambda: v.t("is longer than {most} characters", most=listed),
        "bad_department": lambda: v.t("no department's path; for example {example}", example=listed),
        "unknown_role": lambda: v.t(
            "no such role; one of: {roles}", roles=Html("、".join(role_name(v, role) for role in fault.expected))
        ),
        "long_number": lambda: v.t("typed as a number, so that digits were lost; format the column as text"),
        "duplicate": lambda: v.t("this staff number is there twice, first in line {line}", line=listed),
        "unknown_level": lambda: v.t("no such level; one of: {levels}", levels=listed),
        "unknown_superior": lambda: v.t("nobody has this staff number or name"),
        "ambiguous_superior": lambda: v.t(
            "several people have this name; use the staff number: {numbers}", numbers=listed
        ),
        "superior_cycle": lambda: v.t("superiors form a circle"),
    }
    return reasons[fault.reason]()


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
