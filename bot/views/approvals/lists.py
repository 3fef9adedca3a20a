"""The lists of /approvals, one request with its trace, delegations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.press import press
from bot.views.approvals.cards import body, buttons
from bot.views.approvals.wording import Facts, kind_name, quoted
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row
from core.approvals import Approval, Delegated, Delegation, Detail, Event, Happening, Page, State, Tab

MOST_EVENTS = 30


def listing(v: Viewer, page: Page) -> Screen:
    """One page; a button opens each request, the last row turns pages and changes lists."""
    heads = {
        Tab.WAITING: v.t("Waiting for me"),
        Tab.MINE: v.t("My requests"),
        Tab.DECIDED: v.t("Decided by me"),
    }
    counts = dict(zip(Tab, page.counts, strict=True))
    head = fill("<b>{head}</b> {n}", head=heads[page.tab], n=counts[page.tab])
    if page.pages > 1:
        head = fill("{head} · {page}/{pages}", head=head, page=page.page + 1, pages=page.pages)
    empty = None if page.items else v.t("Nothing here.")
    opens = column(Button(_short(v, item), press("ap.show", item.id)) for item in page.items)
    turn = row(
        Button("◀", press("ap.list", page.tab, page.page - 1)) if page.page else None,
        Button("▶", press("ap.list", page.tab, page.page + 1)) if page.page + 1 < page.pages else None,
    )
    tabs = row(
        *(
            Button(fill("{head} {n}", head=heads[tab], n=counts[tab]), press("ap.list", tab, 0))
            for tab in Tab
            if tab is not page.tab
        )
    )
    return Screen(lines(head, empty), (*opens, *turn, *tabs))


def _short(v: Viewer, item: Approval) -> str:
    """#12 请假 张三 · 14:00 前"""
    marks = {
        State.APPROVED: Html("✅"),
        State.REJECTED: Html("❌"),
        State.WITHDRAWN: Html("↩️"),
        State.OPEN: v.t("by {at}", at=v.when(item.due_at)) if item.due_at else Html("❓"),
    }
    return f"#{item.id} {kind_name(v, item.kind)} {item.label.rpartition('-')[2]} · {marks[item.state]}"


def detail(v: Viewer, found: Detail) -> list[Screen]:
    """The request with its trace, and after it every file."""
    me: Facts | None = None
    if found.mine is not None:
        mine = found.mine
        me = {
            "decider": mine.id,
            "standing": mine.standing,
            "for": mine.label if mine.is_delegated else "",
            "asked": mine.questioned_at is not None,
        }
    f: dict[str, Any] = {**found.facts, "me": me, "clause": None}
    how = v.how(f"approval:{found.approval.id}") if found.approval.is_open else None
    text = lines(body(v, f), how, "", *(_event(v, one) for one in found.events[-MOST_EVENTS:]))
    may = buttons(v, f) if found.mine is not None or found.own else ()
    first = Screen(text, may)
    return [first, *(Screen("", media=(one.media, one.file)) for one in found.files)]


def _event(v: Viewer, event: Event) -> Html:
    by, to = event.by, event.to
    names = {
        Happening.ASKED: v.t("asked by {by}", by=by),
        Happening.APPROVED: v.t("approved by {by}", by=by),
        Happening.REJECTED: v.t("rejected by {by}", by=by),
        Happening.WITHDRAWN: v.t("withdrawn"),
        Happening.QUESTION: v.t("{by} asked", by=by),
        Happening.ANSWER: v.t("{by} answered", by=by),
        Happening.UNANSWERED: v.t("no answer to {to}", to=to),
        Happening.NOTE: v.t("{by} added", by=by),
        Happening.ATTACHED: v.t("a file was added"),
        Happening.REMINDED: v.t("{to} was reminded", to=to),
        Happening.ESCALATED: v.t("not decided in time by {by}: on to {to}", by=by, to=to),
        Happening.ABSENT: v.t("{by} is away: on to {to}", by=by, to=to),
        Happening.DELEGATED: v.t("{to} decides for {by}", by=by, to=to),
        Happening.RETURNED: v.t("back to {to}", to=to),
        Happening.SKIPPED: v.t("step {n} needs nobody", n=event.text),
        Happening.ONCE: v.t("step {n}: approved already in an earlier one", n=event.text),
    }
    said = names[event.what]
    if event.whose:
        said = v.t("{said} (for {whose})", said=said, whose=event.whose)
    words = event.text if event.what not in (Happening.SKIPPED, Happening.ONCE) else ""
    line = fill("{at} {said}", at=v.when(event.at), said=said)
    return fill("{line}：{words}", line=line, words=quoted(words)) if words else line


def headline(v: Viewer, approval: Approval) -> str:
    """#12 请假 · 销售部-张三"""
    kind = kind_name(v, approval.kind)
    return fill("#{n} {kind} · {label}", n=approval.id, kind=kind, label=approval.label)


# After an act ---------------------------------------------------------------------------------------------


def decided(v: Viewer, approval: Approval) -> Html:
    """A few words after a decision, by where the request is now."""
    words = {
        State.APPROVED: v.t("✅ Approved: #{n}", n=approval.id),
        State.REJECTED: v.t("❌ Rejected: #{n}", n=approval.id),
        State.WITHDRAWN: v.t("↩️ Withdrawn: #{n}", n=approval.id),
    }
    if approval.state in words:
        return words[approval.state]
    names = Html("、".join(fill("{one}", one=one.acting_label) for one in approval.waiting))
    return v.t("✅ Noted: #{n} goes on to {names}", n=approval.id, names=names)


def asked_back(v: Viewer, approval: Approval) -> Screen:
    return Screen(v.t("Asked. The time for #{n} stands still until the answer.", n=approval.id))


def added(v: Viewer, approval: Approval) -> Screen:
    return Screen(v.t("Passed on to who decides on #{n}.", n=approval.id))


# Delegations ----------------------------------------------------------------------------------------------


def delegated(v: Viewer, done: Delegated) -> Screen:
    made = done.delegation
    return Screen(
        lines(
            _delegation(v, made),
            v.n("{n} request went to them.", "{n} requests went to them.", done.moved) if done.moved else None,
            v.n("{n} stays with you: it is their own.", "{n} stay with you: they are their own.", done.stays)
            if done.stays
            else None,
        ),
        row(_end_button(v, made)),
    )


def _delegation(v: Viewer, made: Delegation) -> Html:
    return v.t(
        "{first} – {last}: {to} decides for you.",
        first=v.when(made.starts_at),
        last=v.when(made.ends_at),
        to=made.to_label,
    )


def _end_button(v: Viewer, made: Delegation) -> Button:
    return Button(v.t("End it: {name}", name=made.to_label.rpartition("-")[2]), press("ap.undo", made.id))


def delegations(v: Viewer, known: Sequence[Delegation]) -> Screen:
    """What stands, and how to delegate."""
    return Screen(
        lines(
            *(_delegation(v, made) for made in known),
            v.t("To let a colleague decide in your place, for example: /delegate Lisa 3 days"),
        ),
        column(_end_button(v, made) for made in known),
    )


def delegation_ended(v: Viewer, made: Delegation) -> Screen:
    return Screen(v.t("{to} does not decide for you any more.", to=made.to_label))
