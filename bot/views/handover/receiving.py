"""Texts for receivers, for the leaver and for customers (ORG-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, inside, lines, row, shows
from bot.views.handover.parts import PAGE, area_name, dots, facts_of_item, limit, mark, rows, told_before
from bot.views.handover.running import area_line
from core import handover
from core.handover import Item, ItemState, State
from core.notices import Facts
from core.people.holdings import Line


@shows(handover.BEGUN)
def begun(v: Viewer, facts: Any) -> Screen:
    return inside(
        lines(
            v.t("You are handing over until {due}.", due=v.when(facts["due_at"])),
            *(area_line(v, one) for one in facts["areas"]),
            v.t("Nothing new comes to you; go on with what is yours until it is taken over."),
            v.clause(facts["clause"]),
        ),
        row(
            Button(v.t("I have given everything"), press("hog", facts["handover"])),
            Button(v.t("List"), press("hoq", facts["handover"])),
        ),
    )


def giver_signed(v: Viewer) -> str:
    return v.t("Signed, thank you.")


@shows(handover.FAREWELL)
def farewell(v: Viewer, facts: Facts) -> Screen:
    return inside(
        v.t(
            "Your handover is signed. This account does not stand for {label} any more. Thank you.",
            label=facts["label"],
        )
    )


@shows(handover.DEPARTED)
def departed(v: Viewer, facts: Facts) -> Screen:
    """Somebody left the company: out of the group, or a request to take them out by hand."""
    if facts["removed"]:
        return inside(v.t("{label} has left the company and this group.", label=facts["label"]))
    return inside(
        v.t("{label} has left the company. I may not remove members here: please do it.", label=facts["label"])
    )


@shows(handover.OFFER)
def offer(v: Viewer, facts: Any) -> Screen:
    """What somebody is asked to take, and what they have by now."""
    number = facts["handover"]
    if facts["state"] == State.CANCELLED:
        return inside(v.t("{label} stays; the handover is cancelled.", label=facts["label"]))
    if not facts["waiting"]:
        return inside(
            v.t("Taken over from {label}: {n}.", label=facts["label"], n=facts["taken"])
            if facts["taken"]
            else v.t("Nothing to take over from {label}.", label=facts["label"]),
            row(Button(v.t("List"), press("hoq", number))) if facts["taken"] else (),
        )
    return inside(
        lines(
            fill("<b>{head}</b>", head=v.t("Take over from {label}: {n}", label=facts["label"], n=facts["waiting"])),
            v.t("Confirm until {due}, {left}", due=v.when(facts["due_at"]), left=v.left(facts["due_at"])),
            *(offered_line(v, at, item) for at, item in enumerate(facts["items"], 1)),
            v.t("… and {more} more", more=facts["more"]) if facts["more"] else None,
            v.clause(facts.get("clause")),
        ),
        row(
            Button(v.t("Take all"), press("hoy", number)),
            Button(v.t("One by one"), press("hot", number, 0)),
            Button(v.t("Refuse…"), press("hor", number, 0)),
        ),
    )


def offered_line(v: Viewer, at: int, item: Mapping[str, Any]) -> Html:
    said = [item["title"], limit(v, item)]
    return fill("{at}. {area} · {said}", at=at, area=area_name(v, item["area"]), said=dots(said))


def offered(v: Viewer, one: handover.Handover, items: Sequence[Item], page: int) -> Screen:
    """A page of what a receiver was asked to take."""
    pages = max(1, -(-len(items) // PAGE))
    page = min(page, pages - 1)
    shown = list(enumerate(items, 1))[page * PAGE : (page + 1) * PAGE]
    told = [
        fill("{mark} {line}", mark=mark(i.state), line=offered_line(v, number, facts_of_item(i)))
        for number, i in shown
    ]
    around = row(
        Button("◀", press("hot", one.id, page - 1)) if page else None,
        Button("▶", press("hot", one.id, page + 1)) if page + 1 < pages else None,
    )
    head = v.t("From {label}, page {page} of {pages}", label=one.label, page=page + 1, pages=pages)
    numbers = [Button(str(number), press("hod", i.id)) for number, i in shown]
    return inside(lines(fill("<b>{head}</b>", head=head), *told), (*rows(numbers), *around))


def offered_item(v: Viewer, item: Item, history: Sequence[Line]) -> Screen:
    waiting = item.state is ItemState.OFFERED
    return inside(
        lines(
            fill("<b>{area}: {title}</b>", area=area_name(v, item.area), title=item.title),
            limit(v, facts_of_item(item)),
            v.t("Taken over at {at}", at=v.when(item.moved_at)) if item.moved_at else None,
            told_before(v, history),
        ),
        row(
            Button(v.t("Take it"), press("hoyi", item.id)) if waiting else None,
            Button(v.t("Refuse…"), press("hor", item.handover, item.id)) if waiting else None,
            Button(v.t("Back"), press("hot", item.handover, 0)),
        ),
    )


def accepted(v: Viewer) -> str:
    return v.t("Yours from now on.")


def why_not(v: Viewer, items: Sequence[Item]) -> Html:
    """The question before a refusal."""
    if len(items) == 1:
        return v.t("Why don't you take “{title}”? One message.", title=items[0].title)
    return v.t("Why don't you take these {n}? One message.", n=len(items))


def was_refused(v: Viewer) -> Screen:
    return inside(v.t("Told to whoever runs the handover."))


@shows(handover.CONTACT)
def new_contact(v: Viewer, facts: Facts) -> Screen:
    """Nothing of the company's own affairs in it."""
    return inside(
        v.t(
            "Your contact at {company} is {name} from now on. Just write here; your messages reach them.",
            company=v.rulebook.company.name,
            name=facts["name"],
        )
    )
