"""Training sessions: topic, when, and who took part, kept for each person (ORG-12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.deadlines import Deadline, DeadlineKind, on_due
from core.errors import AlreadySettled, NotFound, NotUnderstood
from core.groups import here
from core.ids import GroupId, PersonId, TrainingId
from core.notices import Fact, Notice, ToGroup, kind
from core.people import Person, is_superior, one_person
from core.ports import UnitOfWork

CARD = kind("training.card")  # to the group: who takes part
END = DeadlineKind("training.end")
LONGEST = 200
OVERVIEW_DAYS = 366


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody took part. `added_by` is empty where they said so themselves."""

    person: PersonId
    number: str
    label: str
    at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Training:
    id: TrainingId
    topic: str
    held_at: datetime
    group: GroupId | None
    held_by: PersonId
    by: str  # 部门-姓名 of whoever held it
    is_open: bool
    parts: tuple[Part, ...]

    @property
    def subject(self) -> str:
        return f"training:{self.id}"


class Trainings(Protocol):
    def add(self, topic: str, held_at: datetime, group: GroupId | None, held_by: PersonId) -> Training: ...
    def get(self, training: TrainingId) -> Training: ...
    def take_part(self, training: TrainingId, person: PersonId, at: datetime, added_by: str) -> bool:
        """False where they are on the list already."""

    def leave_out(self, training: TrainingId, person: PersonId) -> bool: ...
    def close(self, training: TrainingId) -> bool:
        """False where it was closed already."""

    def since(self, at: datetime) -> list[Training]:
        """Newest first."""

    def of_person(self, person: PersonId) -> list[Training]:
        """Those they took part in, newest first."""


@permits(Role.ADMIN, *MANAGERS)
def hold(uow: UnitOfWork, actor: Actor, topic: str) -> Training:
    """Record a training session that is held now; in a group, its members say themselves that they take part, until
    the end of the day. Raises NotUnderstood without a topic."""
    topic = topic.strip()
    if not topic or len(topic) > LONGEST:
        raise NotUnderstood("topic", topic[:LONGEST])
    group = here(uow, actor).id if actor.group is not None else None
    training = uow.trainings.add(topic, uow.now, group, actor.staff_id)
    midnight = uow.worktime.instant(uow.worktime.local_date(uow.now) + timedelta(days=1), time(0))
    uow.deadlines.open(END, training.subject, midnight)
    _show(uow, training)
    return training


@permits(*STAFF)
def take_part(uow: UnitOfWork, actor: Actor, training_id: TrainingId) -> Training:
    """One took part oneself; said in the group it was held in. Raises NotFound, AlreadySettled."""
    training = uow.trainings.get(training_id)
    if training.group is None or training.group != actor.group:
        raise NotFound("training", str(training_id))
    if not training.is_open:
        raise AlreadySettled("training", "closed")
    if not uow.trainings.take_part(training_id, actor.staff_id, uow.now, ""):
        raise AlreadySettled("training", "taken_part")
    return _changed(uow, training_id)


@permits(Role.ADMIN, *MANAGERS)
def enter(uow: UnitOfWork, actor: Actor, training_id: TrainingId, names: Sequence[str]) -> Training:
    """Whoever held it, or an administrator, enters who took part; a name with a minus before it is taken off. Also
    after it was closed. Raises NotFound, SeveralFound; then nobody is entered."""
    training = _own(uow, actor, training_id)
    for name in names:
        person = one_person(uow, name.lstrip("-－"))
        if name.startswith(("-", "－")):
            uow.trainings.leave_out(training_id, person.id)
        else:
            uow.trainings.take_part(training_id, person.id, uow.now, actor.name)
    return _changed(uow, training.id)


@permits(Role.ADMIN, *MANAGERS)
def close(uow: UnitOfWork, actor: Actor, training_id: TrainingId) -> Training:
    """Nobody enters themselves any more. Raises NotFound, AlreadySettled."""
    training = _own(uow, actor, training_id)
    if not uow.trainings.close(training_id):
        raise AlreadySettled("training", "closed")
    uow.deadlines.cancel(training.subject)
    return _changed(uow, training_id)


@on_due(END)
def day_is_over(uow: UnitOfWork, deadline: Deadline) -> None:
    """A list that nobody closed closes at the end of its day."""
    training_id = TrainingId(deadline.number)
    if uow.trainings.close(training_id):
        _changed(uow, training_id)


def _own(uow: UnitOfWork, actor: Actor, training_id: TrainingId) -> Training:
    training = uow.trainings.get(training_id)
    if training.held_by != actor.person and not actor.has(Role.ADMIN):
        raise NotFound("training", str(training_id))
    return training


def _changed(uow: UnitOfWork, training_id: TrainingId) -> Training:
    training = uow.trainings.get(training_id)
    _show(uow, training)
    return training


def _show(uow: UnitOfWork, training: Training) -> None:
    if training.group is None:
        return
    facts: dict[str, Fact] = {
        "training": training.id,
        "topic": training.topic,
        "held_at": training.held_at,
        "by": training.by,
        "is_open": training.is_open,
        "people": [part.label for part in training.parts],
    }
    uow.notices.tell(Notice(CARD, ToGroup(training.group), facts, training.subject, card=training.subject))


# Questions ----------------------------------------------------------------------------------------------


@permits(*STAFF)
def mine(uow: UnitOfWork, actor: Actor) -> list[Training]:
    """The training sessions the actor took part in."""
    return uow.trainings.of_person(actor.staff_id)


@permits(*STAFF)
def of_person(uow: UnitOfWork, actor: Actor, text: str) -> tuple[Person, list[Training]]:
    """A person's record: one's own, or of somebody below. Raises NotFound for anyone else."""
    person = one_person(uow, text)
    if person.id != actor.person and not actor.has(Role.ADMIN) and not is_superior(uow, actor, person):
        raise NotFound("person", text)
    return person, uow.trainings.of_person(person.id)


@permits(Role.ADMIN, *MANAGERS)
def held(uow: UnitOfWork, actor: Actor) -> list[Training]:
    """The last year's sessions that the actor held; for administrators and the GM all."""
    found = uow.trainings.since(uow.now - timedelta(days=OVERVIEW_DAYS))
    return [one for one in found if one.held_by == actor.person or actor.has(Role.ADMIN, Role.GM)]
