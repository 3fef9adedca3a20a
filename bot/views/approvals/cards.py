"""What approvers and requesters are sent (APR-1)."""

from __future__ import annotations

from typing import Any

from bot.press import press
from bot.views.approvals.wording import Facts, files, kind_name, name, quoted, reason, steps, summary, what
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, row, shows
from core import approvals
from core.approvals import Standing

Rows = tuple[tuple[Button, ...], ...]


@shows(approvals.CARD)
def card(v: Viewer, facts: Facts) -> Screen:
    """The request as it stands: with buttons for whoever decides, or for who asked."""
    f: Any = facts
    return Screen(body(v, f), buttons(v, f))


def body(v: Viewer, f: Facts) -> Html:
    return lines(
        fill("<b>{name} · {state}</b>", name=name(v, f), state=state(v, f)),
        _for_whom(v, f),
        what(v, f),
        reason(v, f),
        files(v, f),
        *steps(v, f),
        v.clause(f.get("clause")) if f["state"] == "open" else None,
    )


def state(v: Viewer, f: Facts) -> Html:
    """How it stands, times first."""
    if f["state"] == "approved":
        return v.t("✅ approved {at}", at=v.when(f["settled_at"]))
    if f["state"] == "rejected":
        return v.t("❌ rejected {at}", at=v.when(f["settled_at"]))
    if f["state"] == "withdrawn":
        return v.t("↩️ withdrawn {at}", at=v.when(f["settled_at"]))
    me = f["me"]
    if me is not None and me["standing"] == Standing.MOVED:
        return v.t("passed on, nothing more to do for you")
    if me is not None and me["standing"] != Standing.WAITING:
        return v.t("you have decided; it is on its way")
    if f["due_at"] is None:
        return v.t("⏸ waits for the answer") if me is not None else v.t("❓ please answer")
    return v.t("by {at}", at=v.when(f["due_at"]))


def _for_whom(v: Viewer, f: Facts) -> Html | None:
    me = f["me"]
    return v.t("In place of {label}", label=me["for"]) if me is not None and me["for"] else None


def buttons(v: Viewer, f: Facts) -> Rows:
    if f["state"] != "open":
        return ()
    return decide_buttons(v, f["me"]) if f["me"] is not None else own_buttons(v, f)


def decide_buttons(v: Viewer, me: Facts) -> Rows:
    if me["standing"] != Standing.WAITING:
        return ()
    return row(
        Button(v.t("✅ Approve"), press("ap.yes", me["decider"])),
        Button(v.t("❌ Reject"), press("ap.no", me["decider"])),
        None if me["asked"] else Button(v.t("❓ Ask"), press("ap.ask", me["decider"])),
    )


def own_buttons(v: Viewer, f: Facts) -> Rows:
    asked = any(one["question"] for step in f["steps"] for one in step["deciders"])
    return row(
        Button(v.t("💬 Answer") if asked else v.t("💬 Add"), press("ap.say", f["approval"])),
        Button(v.t("↩️ Withdraw"), press("ap.back", f["approval"])),
    )


# Messages that ring ---------------------------------------------------------------------------------------


@shows(approvals.REMINDED)
def reminded(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    heads = {
        "yours": v.t("🔔 This waits for you now"),
        "soon": v.t("⏰ Please decide soon"),
        "overdue": v.t("⏰ The time is over, please decide"),
        "unanswered": v.t("⏰ No answer to your question came in time; please decide without it"),
    }
    head = fill("{head} · {due}", head=heads[f["why"]], due=_due(v, f)) if f["due_at"] else heads[f["why"]]
    return Screen(
        lines(head, _for_whom(v, f), summary(v, f), files(v, f), v.clause(f.get("clause"))),
        decide_buttons(v, f["me"]),
    )


def _due(v: Viewer, f: Facts) -> Html:
    return v.t("by {at}", at=v.when(f["due_at"]))


@shows(approvals.QUESTION)
def question(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    again = v.t("Not answered yet: the time for deciding runs on without it.") if f["again"] else None
    return Screen(
        lines(
            again,
            v.t("❓ {by} asks: “{question}”", by=f["by"], question=quoted(f["question"])),
            summary(v, f),
            v.t("Reply to this message, with a photo or file if there is one."),
        ),
        row(Button(v.t("💬 Answer"), press("ap.say", f["approval"]))),
    )


@shows(approvals.ANSWERED)
def answered(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    return Screen(
        lines(
            v.t("💬 {label}: “{answer}”", label=f["label"], answer=quoted(f["answer"])) if f["answer"] else None,
            v.t("You asked: “{question}”", question=quoted(f["question"])) if f["question"] else None,
            _for_whom(v, f),
            summary(v, f),
            files(v, f),
            _due(v, f) if f["due_at"] else None,
        ),
        decide_buttons(v, f["me"]),
    )


@shows(approvals.RESULT)
def result(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    by = f["settled_by"]
    if f["state"] == "approved":
        head = v.t("✅ Approved: {kind}", kind=kind_name(v, f["kind"]))
    else:
        head = v.t("❌ Rejected: {kind}", kind=kind_name(v, f["kind"]))
    said = fill("{by}：{said}", by=by, said=quoted(f["said"])) if f["said"] else fill("{by}", by=by)
    return Screen(lines(fill("<b>{head}</b>", head=head), what(v, f), said if by else None))


@shows(approvals.DELEGATED)
def delegated(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    if f["state"] == "ended":
        return Screen(v.t("You don't decide for {label} any more.", label=f["label"]))
    span = v.t("{first} – {last}", first=v.when(f["starts_at"]), last=v.when(f["ends_at"]))
    return Screen(
        lines(
            v.t("{span}: you decide for {label}.", span=span, label=f["label"]),
            v.n("{n} request waits: /approvals", "{n} requests wait: /approvals", f["waiting"])
            if f["waiting"]
            else None,
        )
    )
