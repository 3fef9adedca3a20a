"""Texts about what may not stand in work groups (ORG-5)."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from typing import cast

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row, shows
from core import discipline
from core.discipline import Category, Listed, Message, State, Violation
from core.errors import NotUnderstood
from core.groups import Group
from core.notices import Facts

MOST_LISTED = 20
EXCERPT = 60
FULL = 3000
CATEGORY_WORDS = {
    "色情": Category.PORNOGRAPHY,
    "赌博": Category.GAMBLING,
    "不健康": Category.UNHEALTHY,
    "病毒": Category.VIRUS,
    "广告": Category.ADVERTISING,
    "诋毁": Category.DEFAMATION,
    **{category.value: category for category in Category},
}


def read_forbidden(text: str) -> tuple[Category, str]:
    """(category, word) of `广告 某某平台`; advertising where no category is named. Raises NotUnderstood."""
    first, _, rest = text.strip().partition(" ")
    category = CATEGORY_WORDS.get(first) if rest.strip() else None
    found = (category, rest.strip()) if category else (Category.ADVERTISING, text.strip())
    if not found[1]:
        raise NotUnderstood("forbidden", text or "/forbid", "/forbid 广告 某某平台")
    return found


def category_name(v: Viewer, category: str) -> Html:
    return {
        Category.PORNOGRAPHY: v.t("pornography"),
        Category.GAMBLING: v.t("gambling"),
        Category.UNHEALTHY: v.t("unhealthy content"),
        Category.VIRUS: v.t("a dangerous link"),
        Category.ADVERTISING: v.t("advertising"),
        Category.DEFAMATION: v.t("defamation"),
        Category.FILE: v.t("a program file"),
        Category.SHORT_LINK: v.t("a shortened link"),
        Category.NEW_LINK: v.t("a link from a new member"),
        Category.FORWARD: v.t("a forwarded post"),
        Category.CONTACT: v.t("a contact card"),
        Category.MEDIA: v.t("media from outside the company"),
    }[Category(category)]


def media_name(v: Viewer, media: str) -> Html:
    names = {
        "photo": v.t("photo"),
        "video": v.t("video"),
        "document": v.t("file"),
        "voice": v.t("voice message"),
        "sticker": v.t("sticker"),
    }
    return names.get(media, v.t("attachment"))


# What people get ----------------------------------------------------------------------------------------


@shows(discipline.REMOVED)
def removed(v: Viewer, facts: Facts) -> Screen:
    """To the sender. A message that could not be removed is to be deleted by them."""
    kept = bool(facts["standing"])
    head = (
        v.t("{at} · Please delete your message in “{group}”.", at=v.when(_str(facts, "at")), group=facts["group"])
        if kept
        else v.n(
            "{at} · {n} message of yours in “{group}” was removed.",
            "{at} · {n} messages of yours in “{group}” were removed.",
            _int(facts, "messages"),
            at=v.when(_str(facts, "at")),
            group=facts["group"],
        )
    )
    until = facts["muted_until"]
    return Screen(
        lines(
            head,
            v.t("Reason: {reason}", reason=_reason(v, facts)),
            _quoted(facts),
            v.t("You can't write there until {at}.", at=v.when(str(until))) if until else None,
            v.t("A mistake? Tell your manager; they can put it back.") if not facts["guest"] else None,
            v.clause(_clause(facts)),
        ),
    )


@shows(discipline.REMOVED_HERE)
def removed_here(v: Viewer, facts: Facts) -> Screen:
    """To the group, briefly, and without what was found."""
    kept = bool(facts["standing"])
    text = (
        v.t("{name}: please delete this message: {reason}.", name=facts["name"], reason=_category(v, facts))
        if kept
        else v.t("A message of {name} was removed: {reason}.", name=facts["name"], reason=_category(v, facts))
    )
    return Screen(lines(text, v.clause(_clause(facts))))


@shows(discipline.CASE)
def case(v: Viewer, facts: Facts) -> Screen:
    state = State(_str(facts, "state"))
    return Screen(
        lines(
            v.t(
                "{at} · {name} in “{group}”", at=v.when(_str(facts, "at")), name=_who(v, facts), group=facts["group"]
            ),
            v.t("Found: {reason}", reason=_reason(v, facts)),
            _quoted(facts),
            _media(v, facts),
            *_state_lines(v, facts, state),
            v.clause(_clause(facts)),
        ),
        _case_buttons(v, facts, state),
    )


def _state_lines(v: Viewer, facts: Facts, state: State) -> list[Html | None]:
    until, by = facts["muted_until"], facts["by"]
    count = _int(facts, "messages")
    return [
        v.n("{n} message removed.", "{n} messages removed.", count) if state is State.REMOVED else None,
        v.t("Could not be removed: I may not delete there. Please delete it by hand.") if facts["standing"] else None,
        v.t("Left standing; you decide.") if state is State.REPORTED else None,
        v.t("May not write until {at}.", at=v.when(str(until))) if until and state is State.REMOVED else None,
        v.t("{by} let it stand.", by=by) if state is State.PASSED else None,
        v.t("{by} put it back; the entry is taken back.", by=by) if state is State.RESTORED else None,
        v.t("{by} put the sender out of the group.", by=by) if facts["expelled"] else None,
    ]


def _case_buttons(v: Viewer, facts: Facts, state: State) -> tuple[tuple[Button, ...], ...]:
    number = facts["violation"]
    allow = _allow_button(v, facts)
    if state is State.REPORTED:
        return row(
            Button(v.t("Remove"), press("dc.remove", number)), Button(v.t("Let it stand"), press("dc.pass", number))
        )
    if state is State.REMOVED:
        return row(
            Button(v.t("Put it back"), press("dc.restore", number)),
            Button(v.t("Put the sender out"), press("dc.expel", number)) if facts["propose_removal"] else None,
            Button(v.t("Evidence"), press("dc.show", number)),
        )
    return row(allow)


def _allow_button(v: Viewer, facts: Facts) -> Button | None:
    if facts["kind"] not in ("word", "domain", "channel"):
        return None
    label = v.t("Allow “{found}” from now on", found=Html(_short(_str(facts, "found"), 20)))
    return Button(label, press("dc.allow", facts["violation"]))


@shows(discipline.TRIAL)
def trial(v: Viewer, facts: Facts) -> Screen:
    cases = cast("list[dict[str, str]]", facts["cases"])
    return Screen(
        lines(
            v.n(
                "“{group}” today: {n} message would have been removed (trial).",
                "“{group}” today: {n} messages would have been removed (trial).",
                _int(facts, "count"),
                group=facts["group"],
            ),
            *(
                fill(
                    "{at} · {name} · {category}{found}",
                    at=v.clock(one["at"]),
                    name=one["name"],
                    category=category_name(v, one["category"]),
                    found=f"：{_short(one['found'], 30)}" if one["found"] else "",
                )
                for one in cases
            ),
            v.t("Nothing was done, and nobody else was told. Harmless words: /allow and the word, in the group."),
            v.clause(_clause(facts)),
        ),
    )


@shows(discipline.NO_RIGHT)
def no_right(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        lines(
            v.t("“{group}”: I may not delete messages there.", group=facts["group"]),
            v.t("Make me an administrator of the group with the rights to delete messages and to restrict members."),
        )
    )


@shows(discipline.RESTORED)
def restored(v: Viewer, facts: Facts) -> Screen:
    media, file_id = _str(facts, "media"), _str(facts, "file_id")
    return Screen(
        lines(
            v.t(
                "{name} wrote at {at} (put back by {by}):",
                name=facts["name"],
                at=v.when(_str(facts, "at")),
                by=facts["by"],
            ),
            fill("{text}", text=facts["text"]) if facts["text"] else None,
        ),
        media=(media, file_id) if file_id else None,
    )


@shows(discipline.CLEARED)
def cleared(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        v.t(
            "{by} put your message in “{group}” back. Nothing is recorded against you.",
            by=facts["by"],
            group=facts["group"],
        )
    )


# Answers ------------------------------------------------------------------------------------------------


def overview(v: Viewer, found: Sequence[tuple[Violation, str]]) -> Screen:
    if not found:
        return Screen(v.t("Nothing was found in your groups in the last 31 days."))
    shown = found[:MOST_LISTED]
    return Screen(
        lines(
            v.n("{n} case in 31 days", "{n} cases in 31 days", len(found)),
            v.t("The newest {n}:", n=len(shown)) if len(found) > len(shown) else None,
        ),
        column(
            Button(
                _short(
                    f"{v.when(one.at)} {one.name} · {category_name(v, one.category)} · {state_name(v, one.state)}", 60
                ),
                press("dc.show", one.id),
            )
            for one, _ in shown
        ),
    )


def state_name(v: Viewer, state: State) -> Html:
    return {
        State.TRIAL: v.t("trial"),
        State.REPORTED: v.t("reported"),
        State.PASSED: v.t("let stand"),
        State.REMOVED: v.t("removed"),
        State.RESTORED: v.t("put back"),
    }[state]


def evidence(v: Viewer, violation: Violation, messages: Sequence[Message], group: Group) -> list[Screen]:
    """The case, and then each message as it was."""
    found = violation.found
    head = Screen(
        lines(
            v.t("{at} · {name} in “{group}”", at=v.when(violation.at), name=violation.name, group=group.title),
            v.t("Found: {reason}", reason=category_name(v, violation.category)),
            fill("“{found}”", found=found) if found else None,
            state_name(v, violation.state),
        ),
        row(
            Button(v.t("Put it back"), press("dc.restore", violation.id))
            if violation.state is State.REMOVED
            else None,
            _allow_button(v, {"kind": violation.kind, "found": found, "violation": violation.id}),
        ),
    )
    return [head, *(_message(v, one) for one in messages[:MOST_LISTED])]


def _message(v: Viewer, message: Message) -> Screen:
    edited = v.t(" (edited)") if message.mark else Html("")
    return Screen(
        lines(
            fill("<i>{at}{edited} · № {number}</i>", at=v.when(message.at), edited=edited, number=message.message),
            fill("{text}", text=_short(message.text, FULL)) if message.text else None,
        ),
        media=(message.media, message.file_id) if message.file_id else None,
    )


def listed(v: Viewer, one: Listed) -> Screen:
    where = v.t("in this group") if one.group else v.t("in all groups")
    if one.allows:
        return Screen(v.t("“{text}” is allowed {where} from now on.", text=one.text, where=where))
    return Screen(
        v.t(
            "“{text}” is forbidden {where} from now on ({category}).",
            text=one.text,
            where=where,
            category=category_name(v, one.category),
        )
    )


def listing(v: Viewer, found: Sequence[Listed]) -> Screen:
    if not found:
        return Screen(
            lines(
                v.t("Nothing is forbidden or allowed here beside the rulebook's lists."),
                v.t("/allow 赌石 · /allow example.com · /allow @channel · /forbid 某某平台"),
            )
        )
    return Screen(
        lines(
            v.n("{n} entry beside the rulebook's lists", "{n} entries beside the rulebook's lists", len(found)),
            v.t("Press one to take it off the list."),
        ),
        column(
            Button(f"{'✓' if one.allows else '✗'} {_short(one.text, 40)}", press("dc.strike", one.id))
            for one in found[:MOST_LISTED]
        ),
    )


def struck(v: Viewer, one: Listed) -> Screen:
    return Screen(v.t("“{text}” is off the list.", text=one.text))


def toast(v: Viewer, violation: Violation) -> str:
    return str(state_name(v, violation.state))


def toast_of(screen: Screen) -> str:
    """A screen's text for a toast, which carries no markup."""
    return unescape(screen.text)


# Parts --------------------------------------------------------------------------------------------------


def _reason(v: Viewer, facts: Facts) -> Html:
    found = _str(facts, "found")
    category = _category(v, facts)
    return fill("{category}（{found}）", category=category, found=found) if found else category


def _category(v: Viewer, facts: Facts) -> Html:
    return category_name(v, _str(facts, "category"))


def _who(v: Viewer, facts: Facts) -> Html:
    return v.t("{name} (not bound)", name=facts["name"]) if facts["guest"] else fill("{name}", name=facts["name"])


def _quoted(facts: Facts) -> Html | None:
    text = _str(facts, "text")
    return fill("<blockquote>{text}</blockquote>", text=_short(text, 300)) if text else None


def _media(v: Viewer, facts: Facts) -> Html | None:
    media = _str(facts, "media")
    return v.t("With it: {media}", media=media_name(v, media)) if media else None


def _clause(facts: Facts) -> str | None:
    value = facts.get("clause")
    return value if isinstance(value, str) else None


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _str(facts: Facts, name: str) -> str:
    value = facts[name]
    return "" if value is None else str(value)


def _int(facts: Facts, name: str) -> int:
    value = facts[name]
    return value if isinstance(value, int) else 0
