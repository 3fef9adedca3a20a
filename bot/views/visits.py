"""Texts about visits and plans for them (VIS-2, VIS-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, inside, lines, row, shows, words
from bot.views.customers import choice_title, distance
from bot.views.reasons import with_why
from core import visits
from core.geo import VERIFIED_SOURCES, Source
from core.notices import Fact, Facts
from core.visits import DayRefused, PhotosFull, Plan, TextRefused, Visit, WhichCustomer

MOST_LINE = 60  # characters of what was said in a list
SOON = (1, 3, 7)  # days ahead that have a button


def soon(v: Viewer, days: int) -> Html:
    """A day ahead on a button."""
    names = {1: v.t("Tomorrow"), 3: v.t("In 3 days"), 7: v.t("In a week")}
    return names[days] if days in names else v.t("None needed")


def kind_title(v: Viewer, kind: str) -> str:
    return choice_title(v, v.rulebook.visits.kinds, kind)


def place_words(v: Viewer, distance_m: int | None, proof: str, *, jumped: bool) -> Html | None:
    """How far from the customer's address the visit was, and what that is worth (VIS-3, P50)."""
    if not proof:
        return None
    if distance_m is None:
        far = v.t("the customer has no place on the map yet")
    elif distance_m <= v.rulebook.visits.near_m:
        far = v.t("{distance} from the customer's address", distance=distance(v, distance_m))
    else:
        far = v.t("⚠ {distance} from the customer's address", distance=distance(v, distance_m))
    doubts = {
        Source.FORWARDED: v.t("forwarded, not verified"),
        Source.PIN: v.t("a point on the map, not verified"),
        Source.VENUE: v.t("picked from a list, not verified"),
    }
    doubt = None if Source(proof) in VERIFIED_SOURCES else doubts[Source(proof)]
    jump = v.t("too far from the last visit for the time between") if jumped else None
    return Html(" · ".join(part for part in (far, doubt, jump) if part))


# The visit -------------------------------------------------------------------------------------------------


def logged(v: Viewer, visit: Visit) -> Screen:
    """What came of the form."""
    proof = visit.spot.proof if visit.spot else ""
    return inside(
        lines(
            v.t("✅ Recorded: {name}", name=visit.customer_name),
            fill("{kind} · {at}", kind=kind_title(v, visit.kind), at=v.when(visit.at)),
            place_words(v, visit.distance_m, proof, jumped=visit.jumped),
            fill("“{said}”", said=visit.said),
            v.n("{n} photo", "{n} photos", len(visit.photos)) if visit.photos else None,
            v.t("Next step: {day}, I remind you at {at}", day=v.day(visit.next_on), at=_morning(v))
            if visit.next_on
            else None,
        )
    )


def _morning(v: Viewer) -> str:
    return f"{v.rulebook.visits.reminder_at:%H:%M}"


def history(v: Viewer, past: Sequence[Visit], plans: Sequence[Plan], coming: Sequence[Visit]) -> Screen:
    """One's last visits, open plans and next steps."""
    return inside(
        lines(
            v.t("<b>Coming</b>") if plans or coming else None,
            *(_coming_line(v, p.day, p.customer_name, p.purpose or v.t("plan")) for p in plans),
            *(_coming_line(v, c.next_on, c.customer_name, v.t("next step")) for c in coming if c.next_on),
            v.t("<b>Last visits</b>") if past else v.t("No visits yet."),
            *(
                fill(
                    "{at} {name} · {kind} · {said}",
                    at=v.when(visit.at),
                    name=visit.customer_name,
                    kind=kind_title(v, visit.kind),
                    said=_short(visit.said),
                )
                for visit in past
            ),
        ),
        row(Button(v.t("Log a visit"), press("vs")), Button(v.t("Plan a visit"), press("vpn"))),
    )


def _coming_line(v: Viewer, day: date, name: str, what: str) -> Html:
    return fill("{day} {name} · {what}", day=v.day(day), name=name, what=what)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_LINE else text[: MOST_LINE - 1] + "…"


def no_customers(v: Viewer) -> Screen:
    return inside(
        v.t("You have no customers yet. Register one first, then visit it."),
        row(Button(v.t("New customer"), press("cun"))),
    )


def received(v: Viewer, name: str, kind: str, photos: int, place: bool) -> Html | None:
    """What a form holds so far, in one line."""
    parts = (
        name,
        kind_title(v, kind) if kind else "",
        v.n("{n} photo", "{n} photos", photos) if photos else "",
        v.t("place received") if place else "",
    )
    return fill("<b>{parts}</b>", parts=" · ".join(part for part in parts if part)) if any(parts) else None


@shows(visits.LOGGED)
def logged_line(v: Viewer, facts: Facts) -> Screen:
    """One line for the managers' group."""
    metres = facts["distance_m"]
    place = place_words(
        v, metres if isinstance(metres, int) else None, str(facts["proof"]), jumped=bool(facts["jumped"])
    )
    next_step = v.t("next step {day}", day=v.day(_day(facts["next_on"]))) if facts["next_on"] else None
    parts = (
        fill("{label}", label=facts["label"]),
        fill("{kind} {name}", kind=kind_title(v, str(facts["kind"])), name=facts["name"]),
        place,
        next_step,
    )
    return inside(Html(" · ".join(part for part in parts if part)))


@shows(visits.NEXT_STEP)
def next_step(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t("Next step today: {name}", name=facts["name"]),
            v.t("Last time, {day}: {said}", day=v.day(str(facts["at"])), said=_short(str(facts["said"]))),
            v.clause("visit.log"),
        ),
        row(
            Button(v.t("Log a visit"), press("vs", facts["customer"])),
            Button(v.t("Another day"), press("vnd", facts["visit"])),
        ),
    )


def other_days(v: Viewer, visit: int) -> Screen:
    """To which day a next step moves."""
    buttons = [Button(soon(v, days), press("vn", visit, days)) for days in (*SOON, 0)]
    return inside(v.t("To which day?"), (tuple(buttons[:3]), tuple(buttons[3:])))


def moved(v: Viewer, visit: Visit) -> Screen:
    if not visit.next_open or visit.next_on is None:
        return inside(v.t("{name}: no next step any more", name=visit.customer_name))
    return inside(v.t("{name}: next step {day}", name=visit.customer_name, day=v.day(visit.next_on)))


# Plans -----------------------------------------------------------------------------------------------------


def planned(v: Viewer, plan: Plan) -> Screen:
    return inside(
        lines(
            v.t("✅ Planned: {day} {name}", day=v.day(plan.day), name=plan.customer_name),
            fill("{purpose}", purpose=plan.purpose) if plan.purpose else None,
            v.t("Your superior has been told. I remind you that morning at {at}.", at=_morning(v)),
        ),
        row(Button(v.t("Drop it"), press("vpx", plan.id))),
    )


def dropped(v: Viewer, plan: Plan) -> Screen:
    return inside(v.t("Plan dropped: {day} {name}", day=v.day(plan.day), name=plan.customer_name))


def comment_sent(v: Viewer, plan: Plan) -> Screen:
    return inside(v.t("Sent to {label}", label=plan.person_label))


@shows(visits.PLANNED)
def plan_card(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t(
                "{label} plans a visit: {day} {name}",
                label=facts["label"],
                day=v.day(_day(facts["day"])),
                name=facts["name"],
            ),
            fill("{purpose}", purpose=facts["purpose"]) if facts["purpose"] else None,
            *(_remark(v, one) for one in _list(facts["remarks"])),
            v.clause("visit.plan"),
        ),
        row(
            Button(v.t("Agreed"), press("vpo", facts["plan"])),
            Button(v.t("Comment"), press("vpc", facts["plan"])),
        ),
    )


def _remark(v: Viewer, one: Fact) -> Html | None:
    if not isinstance(one, dict):
        return None
    return v.t("{field}: {value}", field=one["by"], value=one["text"] or v.t("agreed"))


@shows(visits.REMARKED)
def remarked(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t("{by} on your plan {day} {name}:", by=facts["by"], day=v.day(_day(facts["day"])), name=facts["name"]),
            fill("{text}", text=facts["text"] or v.t("agreed")),
        )
    )


@shows(visits.TODAY)
def today(v: Viewer, facts: Facts) -> Screen:
    screen = inside(
        lines(
            v.t("Planned for today: {name}", name=facts["name"]),
            fill("{purpose}", purpose=facts["purpose"]) if facts["purpose"] else None,
            *(_remark(v, one) for one in _list(facts["remarks"])),
            v.clause("visit.plan"),
        ),
        row(
            Button(v.t("Log a visit"), press("vs", facts["customer"])),
            Button(v.t("Drop it"), press("vpx", facts["plan"])),
        ),
    )
    return with_why(v, screen, f"plan:{facts['plan']}")


@shows(visits.NOT_DONE)
def not_done(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t("Planned, but not on record: {day} {name}", day=v.day(_day(facts["day"])), name=facts["name"]),
            v.clause("visit.plan"),
        ),
        row(
            Button(v.t("Log a visit"), press("vs", facts["customer"])),
            Button(v.t("Drop it"), press("vpx", facts["plan"])),
        ),
    )


# Refusals --------------------------------------------------------------------------------------------------


@words(DayRefused)
def day_refused(v: Viewer, error: DayRefused) -> str:
    if error.reason == "past":
        return v.t("{day} is over. Give today or a later day.", day=v.day(_day(error.text)))
    if error.reason == "far":
        return v.t("{text} is more than a year ahead.", text=error.text)
    return v.t("Which day? For example: tomorrow, 3天后, 9月18日. “{text}” names none.", text=error.text)


@words(TextRefused)
def text_refused(v: Viewer, error: TextRefused) -> str:
    return v.t("Write something, at most {most} characters.", most=error.most)


@words(PhotosFull)
def photos_full(v: Viewer, error: PhotosFull) -> str:
    return v.t("At most {most} photos; this one was not kept.", most=error.most)


@words(WhichCustomer)
def which_customer(v: Viewer, error: WhichCustomer) -> str:
    if error.names:
        names = v.t(", ").join(error.names)
        return v.t("Which one do you mean by “{text}”? {names}", text=error.text, names=names)
    if error.text:
        return v.t("None of your customers fits “{text}”.", text=error.text)
    return v.t("For example: /plan 9月18日 华强 谈年度合同")


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


def _list(value: Fact) -> list[Fact]:
    return value if isinstance(value, list) else []
