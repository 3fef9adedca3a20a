"""The words of the steps by which leads, tasks, complaints and visits are explained."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.views.base import Html, Viewer, fill, lines
from bot.views.deadlines import target_name
from bot.views.reasons.base import OPENS, tells, titles

OPENS.update({"task": ("t.show",), "complaint": ("co",), "lead": ("why", "lead")})
SHORT = 24

# Leads -----------------------------------------------------------------------------------------------------


@titles("lead")
def lead_title(v: Viewer, facts: Any) -> str:
    return str(v.t("Lead #{lead} · {klass} · {name}", lead=facts["number"], klass=facts["klass"], name=facts["name"]))


@tells("lead.registered")
def lead_registered(v: Viewer, facts: Any) -> Html:
    return v.t("{at} registered by {by}, class {klass}", at=v.when(facts["at"]), by=facts["by"], klass=facts["klass"])


@tells("lead.offered")
def lead_offered(v: Viewer, facts: Any) -> Html:
    said = v.t("{at} offered in the sales group", at=v.when(facts["at"]))
    return said if facts["times"] == 1 else v.t("{said}, for the {n}. time", said=said, n=facts["times"])


@tells("lead.parted")
def lead_parted(v: Viewer, facts: Any) -> Html:
    who = facts["who"] or v.t("a colleague")
    if facts["kind"] == "given_back":
        return v.t("{at} given back by {who}", at=v.when(facts["at"]), who=who)
    return v.t("{at} not contacted in time by {who}", at=v.when(facts["at"]), who=who)


@tells("lead.given")
def lead_given(v: Viewer, facts: Any) -> Html:
    at, who = v.when(facts["at"]), facts["who"]
    if facts["how"] == "claimed":
        head = v.t("{at} {who} was the first eligible person to claim it", at=at, who=who)
    elif facts["how"] == "handed_over":
        head = v.t("{at} handed over to {who} by {by}", at=at, who=who, by=facts["from"])
    else:
        head = v.t("{at} assigned to {who} by {by}", at=at, who=who, by=facts["by"] or "—")
    level = facts["level"]
    fits = v.t("Level {level} at class {klass}", level=level, klass=facts["klass"]) if level else None
    return lines(head, fits)


@tells("lead.considered")
def lead_considered(v: Viewer, facts: Any) -> Html:
    own, least = facts["open"], facts["least"]
    load = None
    if own is not None and least is not None:
        load = v.t("{n} open leads then; the fewest were {least}", n=own, least=least)
    return lines(
        v.t("{n} people could have been chosen", n=facts["fit"]),
        load,
        _left_out(v, facts),
        *(_person(v, one) for one in facts["people"]),
    )


def _left_out(v: Viewer, facts: Any) -> Html | None:
    parts = [
        v.t("level does not fit {n}", n=facts["level"]) if facts["level"] else None,
        v.t("had it before {n}", n=facts["parted"]) if facts["parted"] else None,
        v.t("on leave {n}", n=facts["away"]) if facts["away"] else None,
        v.t("paused {n}", n=facts["paused"]) if facts["paused"] else None,
        v.t("not reachable {n}", n=facts["unreachable"]) if facts["unreachable"] else None,
    ]
    told = [part for part in parts if part]
    return v.t("Left out: {reasons}", reasons=Html("、".join(told))) if told else None


def _person(v: Viewer, one: Any) -> Html:
    reasons = {"level": v.t("level does not fit"), "parted": v.t("had it before")}
    unfit = fill(" · {why}", why=reasons[one["unfit"]]) if one.get("unfit") in reasons else Html("")
    return fill("· {label} {n}{unfit}", label=one["label"], n=v.t("{n} open", n=one["open"]), unfit=unfit)


@tells("lead.due")
def lead_due(v: Viewer, facts: Any) -> Html:
    return v.t("<b>Contact the customer and report by {due}</b>", due=v.when(facts["at"]))


# Tasks -----------------------------------------------------------------------------------------------------


@titles("task")
def task_title(v: Viewer, facts: Any) -> str:
    return str(v.t("Task {number} · {text}", number=facts["number"], text=str(facts["text"])[:SHORT]))


@tells("task.given")
def task_given(v: Viewer, facts: Any) -> Html:
    by, at = facts["by"], v.when(facts["at"])
    if facts["department"]:
        head = v.t("{at} given by {by} to {department}", at=at, by=by, department=facts["department"])
    else:
        head = v.t("{at} given by {by} by name", at=at, by=by)
    others = v.t("{n} others have it too", n=facts["others"]) if facts["others"] else None
    names = fill("{names}", names="、".join(facts["names"])) if facts["names"] else None
    return lines(
        head, fill("“{text}”", text=facts["text"]), v.t("Urgent") if facts["urgent"] else None, others, names
    )


@tells("task.due")
def task_due(v: Viewer, facts: Any) -> Html:
    return v.t("Answer by {at}, done by {due}", at=v.when(facts["reply_by"]), due=v.when(facts["due_at"]))


@tells("task.missed")
def task_missed(v: Viewer, facts: Any) -> Html:
    if facts["answered_at"] is None:
        return v.t("No answer by {at}", at=v.when(facts["limit"]))
    return v.t("Due {at}, answered {answered}", at=v.when(facts["limit"]), answered=v.when(facts["answered_at"]))


# Complaints ------------------------------------------------------------------------------------------------


@titles("complaint")
def complaint_title(v: Viewer, facts: Any) -> str:
    return f"{facts['shown']} · {facts['customer']}"


@tells("complaint.registered")
def complaint_registered(v: Viewer, facts: Any) -> Html:
    return v.t(
        "{at} {number} registered; {owner} is responsible",
        at=v.when(facts["at"]),
        number=facts["number"],
        owner=facts["owner"] or v.t("nobody yet"),
    )


@tells("complaint.first")
def complaint_first(v: Viewer, facts: Any) -> Html:
    how = facts["how"]
    if how == "first_asked":
        return v.t("Whoever is asked first stays responsible until it is handed on.")
    if how == "before":
        return v.t("Responsible for this customer's case {number} before", number=facts["number"])
    if how == "duty":
        return v.t("It is a holiday; of those on duty they have the fewest open cases.")
    if how == "manager":
        return v.t("Nobody of customer service could take it; so it went to the manager.")
    return lines(
        v.t("Fewest open cases of {n} people at work: {open}", n=facts["count"], open=facts["open"]),
        *(_person(v, one) for one in facts["people"]),
    )


@tells("complaint.changed")
def complaint_changed(v: Viewer, facts: Any) -> Html:
    if facts["how"] == "taken":
        return v.t("{at} {by} took it over", at=v.when(facts["at"]), by=facts["by"])
    return v.t("{at} handed over to {who} by {by}", at=v.when(facts["at"]), who=facts["by"], by=facts["from"])


@tells("complaint.due")
def complaint_due(v: Viewer, facts: Any) -> Html:
    return v.t("{what} by {at}", what=target_name(v, str(facts["target"])), at=v.when(facts["at"]))


# Visits ----------------------------------------------------------------------------------------------------


@titles("plan")
def plan_title(v: Viewer, facts: Any) -> str:
    return str(v.t("Visit {day} · {name}", day=v.day(date.fromisoformat(facts["day"])), name=facts["name"]))


@tells("plan.made")
def plan_made(v: Viewer, facts: Any) -> Html:
    day = v.day(date.fromisoformat(facts["day"]))
    return lines(
        v.t(
            "{at} planned by {by}: {day} {name}", at=v.when(facts["at"]), by=facts["by"], day=day, name=facts["name"]
        ),
        fill("{purpose}", purpose=facts["purpose"]) if facts["purpose"] else None,
        v.t("The customer is looked after by {owner}", owner=facts["owner"]),
    )


@tells("plan.remarks")
def plan_remarks(v: Viewer, facts: Any) -> Html | None:
    told = [v.t("{field}: {value}", field=one["by"], value=one["text"] or v.t("agreed")) for one in facts["remarks"]]
    return lines(*told) or None
