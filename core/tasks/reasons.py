"""Why a task came to somebody: who gave it, to whom, and when it is due (TSK-1)."""

from __future__ import annotations

from core.access import Actor
from core.errors import NotFound
from core.ids import TaskId
from core.ports import UnitOfWork
from core.reasons import Explanation, Mine, Reason, explains, lists
from core.tasks.model import manages, sees
from core.tasks.telling import CLAUSE

MOST_MINE = 5
MOST_TEXT = 200
MOST_NAMED = 12


@explains("task")
def why_task(uow: UnitOfWork, actor: Actor, number: int) -> Explanation:
    task = uow.tasks.get(TaskId(number))
    if not sees(uow, actor.person, actor.group, task):
        raise NotFound("task", str(number))
    others = [one.label for one in task.assignments if one.person != actor.person]
    named = [*others[:MOST_NAMED]] if manages(uow, actor.person, task) else []
    reasons = [
        Reason(
            "task.given",
            {
                "at": task.given_at,
                "by": task.giver_label,
                "department": task.department,
                "text": task.text[:MOST_TEXT],
                "urgent": task.urgent,
                "others": len(others),
                "names": list(named),
            },
        ),
        Reason("task.due", {"reply_by": task.reply_by, "due_at": task.due_at}),
    ]
    part = task.of(actor.person)
    if part is not None and part.reply_missed_at is not None:
        told = {"limit": part.reply_missed_at, "answered_at": part.answered_at}
        reasons.append(Reason("task.missed", told))
    return Explanation(task.subject, CLAUSE, tuple(reasons), task.subject)


@lists("task")
def my_tasks(uow: UnitOfWork, actor: Actor) -> list[Mine]:
    own = sorted(uow.tasks.open_of(actor.staff_id), key=lambda task: task.id, reverse=True)
    return [Mine(task.subject, {"text": task.text[:40]}) for task in own[:MOST_MINE]]
