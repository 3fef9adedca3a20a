"""Texts about work groups."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row, shows, words
from core import groups
from core.errors import NotUnderstood
from core.groups import Group, Offer, Purpose
from core.notices import Facts

JOIN_PREFIX = "join_"  # begins the payload of the link that guests of a group get
PURPOSE_WORDS = {
    "销售": Purpose.SALES,
    "管理": Purpose.MANAGEMENT,
    "投诉": Purpose.COMPLAINT,
    "报修": Purpose.REPAIR,
    **{purpose.value: purpose for purpose in Purpose},
}
WHOLE_COMPANY = {"全公司", "公司", "company", "all"}
MOST_GUESTS = 40
MOST_DEPARTMENTS = 12  # buttons; others can be typed


def read_binding(text: str) -> tuple[str | None, frozenset[Purpose]]:
    """(department, purposes) from `销售部 销售 投诉`; "" is the whole company, None means none was named."""
    given = text.replace("，", " ").replace(",", " ").replace("、", " ").split()
    if given[1:] and given[0] in PURPOSE_WORDS and given[0] in given[1:]:
        return given[0], _purposes(given[1:])  # a department that is called like a purpose
    department = " ".join(word for word in given if word not in PURPOSE_WORDS)
    return ("" if department in WHOLE_COMPANY else department) if department else None, _purposes(given)


def _purposes(given: Collection[str]) -> frozenset[Purpose]:
    return frozenset(PURPOSE_WORDS[word] for word in given if word in PURPOSE_WORDS)


def purposes_in(text: str) -> frozenset[Purpose]:
    """The purposes in a button's data. Raises NotUnderstood."""
    try:
        return frozenset(Purpose(part) for part in text.split(",") if part)
    except ValueError as error:
        raise NotUnderstood("purpose", text) from error


def purpose_name(v: Viewer, purpose: Purpose) -> Html:
    return {
        Purpose.SALES: v.t("sales floor"),
        Purpose.MANAGEMENT: v.t("management"),
        Purpose.COMPLAINT: v.t("complaint desk"),
        Purpose.REPAIR: v.t("repair desk"),
    }[purpose]


def _choice(label: str, department: int, purposes: Collection[Purpose]) -> Button:
    return Button(label, press("bindto", department, ",".join(sorted(purposes))))


def offer(v: Viewer, offered: Offer) -> Screen:
    """The next choice to make: of a department, or of a purpose."""
    if offered.departments:
        buttons = [_choice(v.t("whole company"), 0, offered.chosen)]
        buttons += [_choice(d.name, d.id, offered.chosen) for d in offered.departments[:MOST_DEPARTMENTS]]
        return Screen(
            lines(
                v.t("Whose work group is this?"),
                v.t("Or write it: {example}", example=v.t("/bind Sales sales (or: management, complaint, repair)")),
            ),
            column(buttons),
        )
    department = offered.department
    rows = [_choice(purpose_name(v, p), department.id if department else 0, [p]) for p in Purpose]
    return Screen(
        v.t(
            "{department}: what is this group for?",
            department=department.name if department else v.t("whole company"),
        ),
        (tuple(rows[:2]), tuple(rows[2:])),
    )


def bound(v: Viewer, group: Group, *, hears: bool = True) -> Screen:
    """The binding, with the purposes that can be added, and what the bot lacks there."""
    others = [purpose for purpose in Purpose if purpose not in group.purposes]
    return Screen(
        lines(
            v.t(
                "Bound: {department} · {purposes}",
                department=group.department_name or v.t("whole company"),
                purposes=Html("、".join(purpose_name(v, p) for p in sorted(group.purposes))),
            ),
            v.t("Members who are not on the staff register yet: open the private chat with your invite link."),
            None
            if hears
            else v.t(
                "Make me an administrator with the right to delete messages: else I can't keep the group clean."
            ),
        ),
        row(*(_choice(fill("＋{name}", name=purpose_name(v, p)), group.department or 0, [p]) for p in others)),
    )


def unbound(v: Viewer, group: Group) -> Screen:
    return Screen(v.t("This is no work group any more. Nothing will be posted here."))


def greeting(v: Viewer) -> Screen:
    """Said once, when the bot comes into a group."""
    return Screen(
        lines(
            v.t("Hello. An administrator makes this chat a work group: /bind"),
            v.t("Until then nothing is posted here."),
        )
    )


@shows(groups.GUEST)
def guest(v: Viewer, facts: Facts) -> Screen:
    """One request for all who came at once."""
    people = cast("list[dict[str, object]]", facts["people"])
    names = [fill('<a href="tg://user?id={account}">{name}</a>', **one) for one in people]
    return Screen(
        lines(
            v.t(
                "{name}: work groups use real names (department-name). Please bind your account.",
                name=Html("、".join(names)),
            ),
            v.t("Within {hours} hours; after that the managers are told.", hours=facts["hours"]),
            v.clause(_text(facts["clause"])),
        ),
        row(Button(v.t("Bind my account"), url=v.link(f"{JOIN_PREFIX}{facts['group']}"))),
    )


@shows(groups.STILL_UNBOUND)
def still_unbound(v: Viewer, facts: Facts) -> Screen:
    """One list, which becomes shorter as they bind or leave."""
    people = cast("list[dict[str, object]]", facts["people"])
    if not people:
        return Screen(v.t("“{title}”: everybody on this list is bound now, or has left.", title=facts["title"]))
    shown = people[:MOST_GUESTS]
    return Screen(
        lines(
            v.n(
                "“{title}”: {n} member is still not bound.",
                "“{title}”: {n} members are still not bound.",
                len(people),
                title=facts["title"],
            ),
            *(v.t("{name}, asked {at}", name=one["name"], at=v.when(str(one["asked_at"]))) for one in shown),
            v.t("… and {more} more", more=len(people) - len(shown)) if len(people) > len(shown) else None,
            v.t("An administrator gives the link: /invite"),
            v.clause(_text(facts["clause"])),
        )
    )


@shows(groups.GONE)
def gone(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        lines(
            v.t(
                "{at} · {label} left “{title}”.",
                at=v.when(str(facts["at"])),
                label=facts["label"],
                title=facts["title"],
            ),
            v.t("Nobody removed them; a warning is recorded.")
            if facts["in_force"]
            else v.t("Nobody removed them; a warning would be recorded (trial)."),
            v.clause(_text(facts["clause"])),
        )
    )


@shows(groups.BACK)
def back(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        v.t(
            "{at} · {label} is back in “{title}”, which they had left at {left}.",
            at=v.when(str(facts["at"])),
            label=facts["label"],
            title=facts["title"],
            left=v.when(str(facts["left_at"])),
        )
    )


@shows(groups.WANTS_BINDING)
def wants_binding(v: Viewer, facts: Facts) -> Screen:
    username = f" @{facts['username']}" if facts["username"] else ""
    return Screen(
        lines(
            v.t(
                "{name} in “{title}” asks for an invite link.",
                name=f"{facts['name']}{username}",
                title=facts["title"],
            ),
            v.t("Send it: /invite and the name or staff number on the register."),
        )
    )


@shows(groups.LOST)
def lost(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        lines(
            v.t("{by} took me out of “{title}”.", by=facts["by"], title=facts["title"])
            if facts["by"]
            else v.t("I was put out of “{title}”.", title=facts["title"]),
            v.t("It is no work group any more. To go on: add me again, then /bind."),
        )
    )


def binding_asked(v: Viewer, group: Group) -> Screen:
    return Screen(
        lines(
            v.t("The administrators know that you are in “{title}” and need an invite link.", title=group.title),
            v.t("Open the link they send you; nothing else is needed."),
        )
    )


@words(groups.NotBound)
def not_bound(v: Viewer, error: groups.NotBound) -> str:
    return v.t("This chat is no work group yet. An administrator binds it: /bind Sales sales")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
