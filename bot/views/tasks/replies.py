"""Direct answers about tasks, and refusals in words."""

from __future__ import annotations

import html
import re

from bot.views.base import Html, Screen, Viewer, fill, inside, lines, words
from bot.views.tasks.cards import one_line
from core import tasks


def toast(text: str) -> str:
    """A text without markup, for what is shown over the chat."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def recorded(v: Viewer, done: tasks.Answered) -> Html:
    """What was understood of an answer, in a few words."""
    part, number = done.part, done.task.id
    if part is None:
        return v.t("Task {number} closed as solved.", number=number)
    if part.is_solved:
        said = v.t("✅ Recorded: task {number} solved", number=number)
    elif part.plan_at is not None:
        said = v.t("🕒 Recorded: task {number} planned for {at}", number=number, at=v.when(part.plan_at))
    else:
        said = v.t("👌 Recorded: task {number} received", number=number)
    late = v.t("{n} min late", n=part.late_minutes) if part.late_minutes else None
    return fill("{said} ({late})", said=said, late=late) if late else said


def how_to_plan(v: Viewer, task: tasks.Task) -> str:
    return v.t(
        "Reply to the card with a time, for example: 14:30 sample delivered. Or in private: /answer {number} 14:30 …",
        number=task.id,
    )


def how_to_excuse(v: Viewer, task: tasks.Task) -> str:
    return v.t("Reply to this message with the reason. Or write: /why {number} no network", number=task.id)


def excuse_filed(v: Viewer, filed: tasks.ExcuseFiled) -> Screen:
    return inside(v.t("Passed on to {judge}, who decides.", judge=filed.judge))


def decided(v: Viewer, excuse: tasks.Excuse) -> str:
    return v.t("Accepted, entry taken back.") if excuse.lifted else v.t("Not accepted; the entry stands.")


def was_closed(v: Viewer, task: tasks.Task) -> str:
    if task.state is tasks.TaskState.WITHDRAWN:
        return v.t("Task {number} withdrawn.", number=task.id)
    return v.t("Task {number} closed as solved.", number=task.id)


def given(v: Viewer, made: list[tasks.Task]) -> Screen:
    """To the manager who gave tasks from the private chat."""
    listed = (
        v.t(
            "Task {number} → {whom}, answer by {at}",
            number=task.id,
            whom=task.department or task.assignments[0].label,
            at=v.when(task.reply_by),
        )
        for task in made
    )
    posted = any(task.group is not None for task in made)
    return inside(lines(*listed, None if posted else v.t("No group is bound for them: sent in private only.")))


@words(tasks.TaskUnclear)
def task_unclear(v: Viewer, error: tasks.TaskUnclear) -> str:
    if error.missing == "number":
        return v.t("Which task? For example: /answer 7 14:30 sample delivered, or /why 7 no network")
    said = v.t("For whom is it?") if error.missing == "person" else v.t("What is to be done?")
    return lines(
        said, v.t("For example: /task @zhangsan Send the quotation to Huaqiang today. Urgent: /task! @zhangsan …")
    )


@words(tasks.NotYours)
def not_yours(v: Viewer, error: tasks.NotYours) -> str:
    names = one_line("、".join(error.labels))
    return v.t("Only {names} or their superiors can do this.", names=names)


@words(tasks.GivenUpward)
def given_upward(v: Viewer, error: tasks.GivenUpward) -> str:
    return v.t("{label} is above you: a task can't be given upwards.", label=error.label)
