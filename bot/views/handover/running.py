"""Texts for whoever runs a handover: how far it is, who gets what (ORG-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, inside, lines, row, shows
from bot.views.handover.parts import (
    PAGE,
    area_name,
    dots,
    facts_of_item,
    item_line,
    limit,
    rows,
    told_before,
    why_name,
)
from core import handover
from core.handover import Item, ItemState, State
from core.people.holdings import Held


def before(v: Viewer, asked: handover.Before) -> Screen:
    """What somebody holds, and the question whether they leave."""
    if asked.running is not None:
        return inside(
            v.t("{label} is handing over since {at}.", label=asked.person.label, at=v.when(asked.running.opened_at)),
            row(Button(v.t("Open"), press("hoo", asked.running.id))),
        )
    held = [_held(v, area, things) for area, things in asked.held]
    return inside(
        lines(
            fill("<b>{head}</b>", head=v.t("{label} leaves?", label=asked.person.label)),
            *(held or [v.t("Nothing is theirs.")]),
            v.t("From now on they get nothing new. Receivers confirm until {due}.", due=v.when(asked.due_at)),
            v.clause("handover.confirm"),
        ),
        row(Button(v.t("Begin handover"), press("hob", asked.person.id)), Button(v.t("Leave it"), press("hok"))),
    )


def _held(v: Viewer, area: str, things: Sequence[Held]) -> Html:
    return fill("{n} {area}", n=len(things), area=area_name(v, area))


def recent(v: Viewer, found: Sequence[handover.Handover]) -> Screen:
    if not found:
        return inside(v.t("No handover yet. /handover NAME begins one."))
    return inside(
        lines(v.t("Handovers"), v.t("/handover NAME begins another.")),
        column(Button(_state_line(v, one), press("hoo" if one.is_open else "hoq", one.id)) for one in found),
    )


def _state_line(v: Viewer, one: handover.Handover) -> str:
    state = {
        State.OPEN: v.t("until {at}", at=v.when(one.due_at)),
        State.SIGNED: v.t("signed {at}", at=v.day(one.closed_at or one.due_at)),
        State.CANCELLED: v.t("cancelled {at}", at=v.day(one.closed_at or one.due_at)),
    }[one.state]
    return f"{one.label} · {state}"


@shows(handover.CARD)
def card(v: Viewer, facts: Any) -> Screen:
    """How far a handover is."""
    if facts["state"] != State.OPEN:
        return closed(v, facts)
    areas = facts["areas"]
    left = sum(one["total"] - one["moved"] for one in areas)
    return inside(
        lines(
            fill("<b>{head}</b>", head=v.t("Handover of {label}", label=facts["label"])),
            v.t("Until {due}, {left}", due=v.when(facts["due_at"]), left=v.left(facts["due_at"]))
            if left
            else v.t("Everything has a new owner."),
            *(area_line(v, one) for one in areas),
            None if areas else v.t("Nothing is theirs."),
            v.t("{label} signed at {at}", label=facts["label"], at=v.when(facts["giver_signed_at"]))
            if facts["giver_signed_at"]
            else None,
            v.clause("handover.confirm"),
        ),
        _card_buttons(v, facts, left),
    )


def area_line(v: Viewer, one: Mapping[str, Any]) -> Html:
    parts = [
        v.t("✅ {n} taken", n=one["moved"]) if one["moved"] else None,
        v.t("⏳ {n} asked", n=one["offered"]) if one["offered"] else None,
        v.t("○ {n} to give", n=one["open"]) if one["open"] else None,
        v.t("✖ {n} refused", n=one["refused"]) if one["refused"] else None,
    ]
    return fill("{n} {area}: {parts}", n=one["total"], area=area_name(v, one["area"]), parts=dots(parts))


def _card_buttons(v: Viewer, facts: Any, left: int) -> tuple[tuple[Button, ...], ...]:
    number, to_send = facts["handover"], sum(one["open"] for one in facts["areas"])
    stop = Button(v.t("They stay"), press("hox", number))
    if not left:
        return row(
            Button(v.t("Sign, they leave"), press("hoz", number)), Button(v.t("List"), press("hoq", number)), stop
        )
    send = Button(v.t("Ask receivers ({n})", n=to_send), press("hos", number)) if to_send else None
    return row(Button(v.t("One by one"), press("hol", number)), send, stop)


def closed(v: Viewer, facts: Any) -> Screen:
    signed = facts["state"] == State.SIGNED
    told = (
        v.t("Handover of {label}: signed by {by} at {at}", **_closing(v, facts))
        if signed
        else v.t("Handover of {label}: cancelled by {by} at {at}", **_closing(v, facts))
    )
    button = Button(v.t("List"), press("hoq", facts["handover"]))
    return inside(lines(told, *(area_line(v, one) for one in facts["areas"])), row(button))


def _closing(v: Viewer, facts: Any) -> dict[str, str]:
    at = v.when(facts["closed_at"]) if facts["closed_at"] else ""
    return {"label": facts["label"], "by": facts["closed_by"], "at": at}


def overview(v: Viewer, seen: handover.Overview) -> Screen:
    return card(v, overview_facts(seen))


def overview_facts(seen: handover.Overview) -> dict[str, Any]:
    one = seen.handover
    return {
        "handover": one.id,
        "label": one.label,
        "state": one.state,
        "due_at": one.due_at,
        "giver_signed_at": one.giver_signed_at,
        "closed_at": one.closed_at,
        "closed_by": one.closed_label,
        "areas": [
            {
                "area": c.area,
                "total": c.total,
                "open": c.open,
                "offered": c.offered,
                "refused": c.refused,
                "moved": c.moved,
            }
            for c in seen.counts
        ],
    }


def areas(v: Viewer, seen: handover.Overview) -> Screen:
    """Which kind of thing to go through."""
    number = seen.handover.id
    picks = [
        Button(f"{one.total} {area_name(v, one.area)}", press("hoa", number, one.area, 0)) for one in seen.counts
    ]
    back = Button(v.t("Back"), press("hoo", number))
    return inside(v.t("Handover of {label}: which of them?", label=seen.handover.label), column([*picks, back]))


def area(v: Viewer, one: handover.Handover, of: str, items: Sequence[Item], page: int) -> Screen:
    """A page of one area's things; a press on a number opens it."""
    pages = max(1, -(-len(items) // PAGE))
    page = min(page, pages - 1)
    shown = list(enumerate(items, 1))[page * PAGE : (page + 1) * PAGE]
    head = v.t(
        "{area} of {label}, page {page} of {pages}",
        area=area_name(v, of),
        label=one.label,
        page=page + 1,
        pages=pages,
    )
    numbers = [Button(str(number), press("hoi", item.id)) for number, item in shown]
    around = [
        Button("◀", press("hoa", one.id, of, page - 1)) if page else None,
        Button(v.t("All to one…"), press("hoe", one.id, of)) if one.is_open else None,
        Button("▶", press("hoa", one.id, of, page + 1)) if page + 1 < pages else None,
    ]
    return inside(
        lines(fill("<b>{head}</b>", head=head), *(item_line(v, number, facts_of_item(i)) for number, i in shown)),
        (*rows(numbers), *row(*around), (Button(v.t("Back"), press("hol", one.id)),)),
    )


def detail(v: Viewer, seen: handover.Detail) -> Screen:
    """One thing, what happened before, and whom to give it to."""
    item = seen.item
    open_ = seen.handover.is_open and item.state in (ItemState.LISTED, ItemState.OFFERED, ItemState.REFUSED)
    picks = [
        Button(f"{c.person.label} · {why_name(v, c.why)} · {c.load}", press("hoc", item.id, c.person.id))
        for c in seen.candidates
        if open_
    ]
    other = [Button(v.t("Somebody else…"), press("hon", item.id))] if open_ else []
    back = Button(v.t("Back"), press("hoa", item.handover, item.area, 0))
    return inside(
        lines(
            fill("<b>{area}: {title}</b>", area=area_name(v, item.area), title=item.title),
            limit(v, facts_of_item(item)),
            item_line(v, 1, facts_of_item(item)),
            told_before(v, seen.history),
        ),
        column([*picks, *other, back]),
    )


def candidates(v: Viewer, one: handover.Handover, of: str, found: Sequence[handover.Proposal]) -> Screen:
    picks = [
        Button(f"{c.person.label} · {why_name(v, c.why)} · {c.load}", press("hop", one.id, of, c.person.id))
        for c in found
    ]
    other = Button(v.t("Somebody else…"), press("hom", one.id, of))
    back = Button(v.t("Back"), press("hoa", one.id, of, 0))
    head = v.t("Who gets all open {area} of {label}?", area=area_name(v, of), label=one.label)
    return inside(head, column([*picks, other, back]))


def chosen_all(v: Viewer, count: int) -> str:
    return v.t("{n} given; “Ask receivers” sends them.", n=count)


def chosen(v: Viewer, item: Item) -> str:
    return v.t("{receiver}; “Ask receivers” sends it.", receiver=item.receiver_label)


def sent(v: Viewer) -> str:
    return v.t("The receivers are asked.")


def sure_to_cancel(v: Viewer, seen: handover.Overview) -> Screen:
    moved = sum(one.moved for one in seen.counts)
    return inside(
        lines(
            v.t("{label} stays?", label=seen.handover.label),
            v.t("{n} already taken over stay where they are.", n=moved) if moved else None,
        ),
        row(
            Button(v.t("Yes, they stay"), press("hoxy", seen.handover.id)),
            Button(v.t("Back"), press("hoo", seen.handover.id)),
        ),
    )


def still_theirs(v: Viewer) -> str:
    return v.t("Something is still theirs; it is on the list now.")


def signed(v: Viewer, one: handover.Handover) -> str:
    return v.t("{label} has left.", label=one.label)


def left_alone(v: Viewer) -> Screen:
    return inside(v.t("Nothing was changed."))


def signed_list(v: Viewer, one: handover.Handover) -> Screen:
    """What the keeper sees after signing."""
    return inside(signed(v, one), row(Button(v.t("List"), press("hoq", one.id))))


@shows(handover.REFUSED)
def refused(v: Viewer, facts: Any) -> Screen:
    return inside(
        lines(
            v.t("{by} does not take {n} of {label}:", by=facts["by"], n=facts["count"], label=facts["label"]),
            fill("“{said}”", said=facts["said"]),
            *titles(v, facts),
        ),
        row(Button(v.t("One by one"), press("hol", facts["handover"]))),
    )


def titles(v: Viewer, facts: Any) -> list[Html]:
    told = [fill("• {title}", title=item["title"]) for item in facts["items"]]
    more = facts["count"] - len(told)
    return [*told, v.t("… and {more} more", more=more)] if more > 0 else told


@shows(handover.REMIND)
def reminded(v: Viewer, facts: Any) -> Screen:
    due, label = v.when(facts["due_at"]), facts["label"]
    if facts["mine"]:
        return inside(
            lines(
                v.t(
                    "⏰ {due}: confirm what you take over from {label}, {n} left.",
                    due=due,
                    label=label,
                    n=facts["count"],
                ),
                v.clause(facts["clause"]),
            ),
            row(Button(v.t("Look"), press("hot", facts["handover"], 0))),
        )
    return inside(
        lines(
            v.t("⏰ {due} ends the handover of {label}.", due=due, label=label),
            v.t("{n} not confirmed, {unnamed} not given to anybody.", n=facts["count"], unnamed=facts["unnamed"]),
            v.t("What is left then is yours."),
            v.clause(facts["clause"]),
        ),
        row(Button(v.t("Open"), press("hoo", facts["handover"]))),
    )


@shows(handover.FALLEN)
def fallen(v: Viewer, facts: Any) -> Screen:
    if not facts["count"]:
        return inside(v.t("Time is over: what you did not confirm of {label} went to {keeper}.", **_who(facts)))
    return inside(
        lines(
            v.t("Time is over: {n} of {label} nobody confirmed are yours now.", n=facts["count"], **_who(facts)),
            *titles(v, facts),
            v.clause(facts["clause"]),
        )
    )


def _who(facts: Any) -> dict[str, str]:
    return {"label": facts["label"], "keeper": facts["keeper"]}


@shows(handover.READY)
def ready(v: Viewer, facts: Any) -> Screen:
    number = facts["handover"]
    return inside(
        lines(
            v.t("⏰ Still to be signed: handover of {label}.", label=facts["label"])
            if facts["reminded"]
            else v.t("Everything of {label} has a new owner. Look at the list and sign.", label=facts["label"]),
            v.clause(facts["clause"]),
        ),
        row(Button(v.t("Sign, they leave"), press("hoz", number)), Button(v.t("List"), press("hoq", number))),
    )


@shows(handover.DONE)
def done(v: Viewer, facts: Any) -> Screen:
    return closed(v, facts)


@shows(handover.CANCELLED)
def cancelled(v: Viewer, facts: Any) -> Screen:
    return inside(v.t("{label} stays; the handover is cancelled.", label=facts["label"]))
