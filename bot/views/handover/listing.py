"""The signed list of a handover, and why something of one is refused (ORG-8)."""

from __future__ import annotations

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, inside, lines, row, words
from bot.views.handover.parts import PAGE, area_name, dots, mark
from core import handover
from core.handover import CannotReceive, HandoverRefused, Item, ItemState, ReasonNeeded, State


def result(v: Viewer, found: handover.Result, page: int = 0) -> Screen:
    """Who gave, who received, what and when; with the signatures."""
    one, items = found.handover, found.items
    pages = max(1, -(-len(items) // PAGE))
    page = min(page, pages - 1)
    shown = list(enumerate(items, 1))[page * PAGE : (page + 1) * PAGE]
    around = row(
        Button("◀", press("hoq", one.id, page - 1)) if page else None,
        Button(v.t("Spreadsheet"), press("hoqx", one.id)),
        Button("▶", press("hoq", one.id, page + 1)) if page + 1 < pages else None,
    )
    head = v.t("Handover list of {label}, page {page} of {pages}", label=one.label, page=page + 1, pages=pages)
    return inside(
        lines(
            fill("<b>{head}</b>", head=head),
            *(_result_line(v, number, item) for number, item in shown),
            *_signatures(v, one),
            None if found.sound else v.t("⚠️ This is not what was signed."),
        ),
        around,
    )


def _result_line(v: Viewer, number: int, item: Item) -> Html:
    when = v.when(item.moved_at) if item.state is ItemState.MOVED and item.moved_at else ""
    how = None if item.in_time or not when else v.t("not confirmed in time")
    return lines(
        fill(
            "{n}. {mark} {area} · {title}",
            n=number,
            mark=mark(item.state),
            area=area_name(v, item.area),
            title=item.title,
        ),
        fill("    → {to}", to=dots([item.receiver_label or v.t("nobody yet"), when, how])),
    )


def _signatures(v: Viewer, one: handover.Handover) -> list[Html]:
    given = v.when(one.giver_signed_at) if one.giver_signed_at else v.t("not signed")
    signed = one.state is State.SIGNED and one.closed_at
    over = (
        fill("{by} {at}", by=one.closed_label, at=v.when(one.closed_at))
        if signed and one.closed_at
        else v.t("not signed")
    )
    return [
        v.t("Given by {label}: {at}", label=one.label, at=given),
        v.t("Supervised by: {who}", who=over),
        *([v.t("Seal {seal}", seal=one.seal[:12])] if one.seal else []),
    ]


def sheet(v: Viewer, found: handover.Result) -> tuple[str, list[str], list[list[str]]]:
    """(file's name, heading, rows) of the list as a spreadsheet."""
    one = found.handover
    heading = [
        v.t("No."),
        v.t("Kind"),
        v.t("What"),
        v.t("Given by"),
        v.t("Received by"),
        v.t("When"),
        v.t("Confirmed"),
    ]
    rows = [
        [
            str(number),
            area_name(v, item.area),
            item.title,
            one.label,
            item.receiver_label,
            f"{v.day(item.moved_at)} {v.clock(item.moved_at)}" if item.moved_at else "",
            v.t("yes") if item.in_time else v.t("no"),
        ]
        for number, item in enumerate(found.items, 1)
    ]
    signed = [["", *(str(part) for part in [line])] for line in _signatures(v, one)]
    return v.t("handover") + f"-{one.label}.xlsx", list(heading), [*rows, [], *signed]


@words(HandoverRefused)
def handover_refused(v: Viewer, error: HandoverRefused) -> str:
    reasons = {
        "self": v.t("Your own handover is run by your superior or an administrator."),
        "open": v.t("{label} is handing over already.", label=error.label),
        "last_admin": v.t("{label} is the only administrator. Make somebody else one first.", label=error.label),
        "left": v.t("{label} has left.", label=error.label),
    }
    return reasons[error.reason]


@words(CannotReceive)
def cannot_receive(v: Viewer, error: CannotReceive) -> str:
    reasons = {
        "leaver": v.t("{label} is the one who leaves.", label=error.label),
        "leaving": v.t("{label} is handing over and gets nothing new. Choose somebody else.", label=error.label),
        "unbound": v.t(
            "{label} has no account and can't confirm. /invite first, or choose somebody else.", label=error.label
        ),
        "role": v.t("{label} is neither a salesperson nor a manager.", label=error.label),
        "duty": v.t("{label} is on duty that day already.", label=error.label),
        "circle": v.t("{label} stands below them.", label=error.label),
    }
    return reasons[error.reason]


@words(ReasonNeeded)
def reason_needed(v: Viewer, error: ReasonNeeded) -> str:
    return v.t("A reason in words, at most {most} characters.", most=error.most)
