"""Lists of open tasks, and one task in private (TSK-5)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, escaped, fill, inside, lines, row
from bot.views.tasks.cards import answer_buttons, body, is_cut, one_line, shortened
from core import tasks
from core.ids import PersonId

MOST_LISTED = 15
MOST_IN_LIST = 40
PIECE = 3500  # characters of a long text in one message


def my_list(
    v: Viewer, mine: Sequence[tasks.Task], team: Sequence[tasks.Task] | None, person: PersonId | None
) -> Screen:
    """One's own open tasks, and a manager's team's, with buttons to open them."""
    own = [_line(v, task, task.of(person)) for task in mine[:MOST_LISTED]]
    theirs = [task for task in team or () if task not in mine]
    listed = [_line(v, task, None) for task in theirs[:MOST_LISTED]]
    left = max(0, len(mine) - MOST_LISTED) + max(0, len(theirs) - MOST_LISTED)
    text = lines(
        v.t("<b>My open tasks: {n}</b>", n=len(mine)) if mine else v.t("You have no open tasks."),
        *own,
        None if team is None else v.t("<b>Team: {n} open</b>", n=len(theirs)),
        *listed,
        v.t("… and {more} more", more=left) if left else None,
    )
    return inside(text, column(_pick(v, task) for task in [*mine[:MOST_LISTED], *theirs[:MOST_LISTED]]))


def _pick(v: Viewer, task: tasks.Task) -> Button:
    return Button(f"{task.id} · {one_line(task.text, 30)}", press("t.show", task.id))


def group_list(v: Viewer, open_: Sequence[tasks.Task]) -> Screen:
    """A group's open tasks, in short."""
    left = len(open_) - MOST_LISTED
    return inside(
        lines(
            v.t("<b>Open tasks here: {n}</b>", n=len(open_)) if open_ else v.t("No open tasks here."),
            *(_line(v, task, None) for task in open_[:MOST_LISTED]),
            v.t("… and {more} more", more=left) if left > 0 else None,
        )
    )


def _line(v: Viewer, task: tasks.Task, part: tasks.Assignment | None) -> Html:
    """`7 · 剩 2 小时 · 未回复 · 张三：寄样品`"""
    late = any(a.reply_missed_at is not None for a in task.waiting)
    waiting = part.is_waiting if part else bool(task.waiting)
    due = part.due_at if part else min((a.due_at for a in task.unsolved), default=task.due_at)
    mark = "🔴" if late or due < v.now else "🟡" if waiting else "🟢"
    left = v.t("answer: {left}", left=v.left(task.reply_by)) if waiting else v.left(due)
    who = None if part else task.department or task.assignments[0].label
    return Html(
        " · ".join(
            escaped(piece) for piece in (f"{mark} {task.id}", left, who, one_line(task.text, MOST_IN_LIST)) if piece
        )
    )


def detail(
    v: Viewer, task: tasks.Task, excuses: Sequence[tasks.Excuse], manages: bool, person: PersonId | None
) -> list[Screen]:
    """One task: to answer for those who have a part, to confirm or withdraw for managers. A long text follows in
    messages of its own."""
    facts = {**tasks.facts_of(task, task.assignments, excuses), "clause": "task.reply"}
    part = task.of(person)
    buttons: tuple[tuple[Button, ...], ...] = ()
    if part is not None and not part.is_solved:
        buttons = answer_buttons(v, {**tasks.facts_of(task, [part], excuses), "clause": None})
    elif manages and task.is_open:
        buttons = row(
            Button(v.t("✅ Confirm"), press("t.end", task.id)), Button(v.t("↩️ Withdraw"), press("t.drop", task.id))
        )
    screen = inside(body(v, facts), buttons)
    whole = task.text if is_cut(task.text) else ""
    return [screen, *(inside(fill("{piece}", piece=piece)) for piece in _pieces(whole))]


def _pieces(text: str) -> list[str]:
    """A long text in parts that fit a message even when escaped."""
    parts = []
    while text:
        part = text if len(escaped(text)) <= PIECE else shortened(text, PIECE, "")
        parts.append(part)
        text = text[len(part) :]
    return parts
