"""Tasks (TSK)."""

from __future__ import annotations

from collections.abc import Iterator

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Due, Sanction, Section, WorkMinutes, Yes
from core.rulebook.sections.crosschecks import before


class TaskRules(Section):
    """A manager's tasks (TSK-2 to TSK-4). Minutes are working minutes unless the task is urgent."""

    reply_minutes: WorkMinutes
    escalate_minutes: WorkMinutes
    due: Due
    urgent_ignores_worktime: Yes
    sanction: Sanction


def check_tasks(rules: TaskRules) -> Iterator[Finding]:
    """The superior hears of it after the person had the chance to answer."""
    yield from before("tasks", "reply_minutes", "escalate_minutes", rules)
