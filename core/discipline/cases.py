"""What happens when something is found in a work group's message, and what managers decide about it (ORG-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core import ledger
from core.access import MANAGERS, Actor, Role, permits
from core.acts import Act, ActKind, ActState, NewAct, on_acted
from core.discipline.model import CLAUSE, Message, Sighting, State, Violation
from core.discipline.posts import Action
from core.discipline.telling import tell_cleared, tell_managers, tell_no_right, tell_restored, tell_sender, tell_trial
from core.errors import AlreadySettled, NotFound
from core.groups import Group, managers_of
from core.ids import AccountId, GroupId, MessageId, ViolationId
from core.people import is_superior
from core.ports import UnitOfWork

OVERVIEW_DAYS = 31


@permits(Role.SYSTEM)
def note(uow: UnitOfWork, actor: Actor, sighting: Sighting) -> Violation:
    """Record what was found in a message, and have it removed where the clause is in force and the rulebook says so.
    Told twice of the same message it does nothing more."""
    known = uow.violations.of_message(sighting.group, sighting.message, sighting.mark)
    if known is not None:
        return known
    state = _course(uow, sighting)
    since = uow.now - timedelta(minutes=uow.rulebook.discipline.gather_minutes)
    running = uow.violations.latest(sighting.group, sighting.account, since)
    goes_on = running is not None and running.state is state
    violation = running if running is not None and goes_on else uow.violations.add(sighting, state, uow.now)
    uow.violations.add_message(violation.id, sighting, uow.now, removing=state is State.REMOVED)
    if state is State.REMOVED:
        _ask_deletion(uow, violation, sighting.message, sighting.mark)
        if not goes_on:
            _punish(uow, violation)
    elif state is State.REPORTED:
        tell_managers(uow, violation)
    else:
        tell_trial(uow, violation)
    return violation


def _course(uow: UnitOfWork, sighting: Sighting) -> State:
    if not uow.rulebook.clause(CLAUSE).in_force:
        return State.TRIAL
    return State.REMOVED if sighting.action is Action.REMOVE else State.REPORTED


def _ask_deletion(uow: UnitOfWork, violation: Violation, message: MessageId, mark: int) -> None:
    key = f"delete|{violation.group}|{violation.id}|{message}|{mark}"
    uow.acts.ask(NewAct(ActKind.DELETE, violation.group, violation.subject, key, message=message))


def _punish(uow: UnitOfWork, violation: Violation) -> None:
    """The ledger, and for whoever repeats it a time without writing."""
    if violation.person is not None:
        evidence = {"name": violation.name, "category": violation.category, "found": violation.found}
        cost = uow.rulebook.discipline.sanction
        ledger.sanction(uow, violation.person, CLAUSE, cost, violation.subject, evidence, violation.subject)
    if violation.account > 0 and is_repeated(uow, violation):  # channels can't be made silent for a time
        until = uow.now + timedelta(minutes=uow.rulebook.discipline.repeat.mute_minutes)
        uow.violations.mute(violation.id, until)
        key = f"mute|{violation.id}"
        act = NewAct(
            ActKind.RESTRICT, violation.group, violation.subject, key, account=violation.account, until=until
        )
        uow.acts.ask(act)


def is_repeated(uow: UnitOfWork, violation: Violation) -> bool:
    rule = uow.rulebook.discipline.repeat
    since = uow.now - timedelta(days=rule.within_days)
    return uow.violations.count_removed(violation.group, violation.account, since) >= rule.count


@on_acted("violation")
def follow(uow: UnitOfWork, act: Act) -> None:
    """The platform has answered: whoever it concerns is told what happened."""
    violation_id = ViolationId(int(act.subject.partition(":")[2]))
    if act.kind is ActKind.DELETE and act.message is not None:
        uow.violations.settle_message(violation_id, act.message, act.state)
    elif act.kind is ActKind.RESTRICT and act.state is not ActState.DONE:
        uow.violations.mute(violation_id, None)
    violation = uow.violations.get(violation_id)
    if act.kind is ActKind.DELETE:
        tell_sender(uow, violation)
        if act.state is ActState.NO_RIGHT:
            tell_no_right(uow, violation)
    tell_managers(uow, violation)


# What managers decide -----------------------------------------------------------------------------------


def decidable(uow: UnitOfWork, actor: Actor, violation_id: ViolationId) -> Violation:
    """A violation the actor may decide about: of a group they answer for, or of somebody below them, and not their
    own. Raises NotFound."""
    violation = uow.violations.get(violation_id)
    if violation.person is not None and violation.person == actor.person:
        raise NotFound("violation", str(violation_id))
    if not (actor.has(Role.ADMIN) or answers_for(uow, actor, uow.groups.get(violation.group))):
        person = uow.people.get(violation.person) if violation.person is not None else None
        if person is None or not is_superior(uow, actor, person):
            raise NotFound("violation", str(violation_id))
    return violation


def answers_for(uow: UnitOfWork, actor: Actor, group: Group) -> bool:
    return any(manager.id == actor.person for manager in managers_of(uow, group)) or actor.has(Role.DIRECTOR, Role.GM)


def _settle(uow: UnitOfWork, actor: Actor, violation: Violation, seen: State, becomes: State) -> Violation:
    if not uow.violations.decide(violation.id, seen, becomes, actor.name, uow.now):
        now = uow.violations.get(violation.id)
        raise AlreadySettled("violation", now.state, now.decided_by, now.decided_at)
    settled = uow.violations.get(violation.id)
    tell_managers(uow, settled)
    return settled


@permits(Role.ADMIN, *MANAGERS)
def restore(uow: UnitOfWork, actor: Actor, violation_id: ViolationId) -> Violation:
    """Removed by mistake: what was written is put back in the sender's name and the manager's, the ledger entries are
    taken back, and the sender may write again."""
    violation = decidable(uow, actor, violation_id)
    settled = _settle(uow, actor, violation, State.REMOVED, State.RESTORED)
    for entry in uow.ledger.of_subject(violation.subject):
        if entry.reverses is None and uow.ledger.reversed_by(entry.id) is None:
            ledger.take_back(uow, entry, "", actor.person)
    if violation.muted_until is not None and violation.muted_until > uow.now:
        key = f"release|{violation.id}"
        act = NewAct(ActKind.RELEASE, violation.group, violation.subject, key, account=violation.account)
        uow.acts.ask(act)
    tell_restored(uow, settled)
    tell_cleared(uow, settled)
    return settled


@permits(Role.ADMIN, *MANAGERS)
def remove(uow: UnitOfWork, actor: Actor, violation_id: ViolationId) -> Violation:
    """What was only reported is removed after all, with everything that follows."""
    violation = decidable(uow, actor, violation_id)
    settled = _settle(uow, actor, violation, State.REPORTED, State.REMOVED)
    uow.violations.ask_removal(violation.id)
    for message in uow.violations.messages(violation.id):
        _ask_deletion(uow, violation, message.message, message.mark)
    _punish(uow, settled)
    return settled


@permits(Role.ADMIN, *MANAGERS)
def let_pass(uow: UnitOfWork, actor: Actor, violation_id: ViolationId) -> Violation:
    """What was reported may stand."""
    violation = decidable(uow, actor, violation_id)
    return _settle(uow, actor, violation, State.REPORTED, State.PASSED)


@permits(Role.ADMIN, *MANAGERS)
def expel(uow: UnitOfWork, actor: Actor, violation_id: ViolationId) -> Violation:
    """A guest is put out of the group, as was proposed. Raises NotFound for staff, who are managed otherwise."""
    violation = decidable(uow, actor, violation_id)
    if violation.person is not None:
        raise NotFound("violation", str(violation_id))
    if not uow.violations.expel(violation.id, actor.name, uow.now):
        raise AlreadySettled("violation", "expelled", violation.decided_by, violation.decided_at)
    key = f"ban|{violation.id}"
    uow.acts.ask(NewAct(ActKind.BAN, violation.group, violation.subject, key, account=violation.account))
    return uow.violations.get(violation.id)


# Questions ----------------------------------------------------------------------------------------------


@permits(Role.ADMIN, *MANAGERS)
def recent(uow: UnitOfWork, actor: Actor) -> list[tuple[Violation, str]]:
    """The violations of the last weeks in the groups the actor answers for, with the groups' titles."""
    mine = {
        group.id: group.title for group in uow.groups.all() if actor.has(Role.ADMIN) or answers_for(uow, actor, group)
    }
    found = uow.violations.recent(tuple(mine), uow.now - timedelta(days=OVERVIEW_DAYS))
    return [(violation, mine[violation.group]) for violation in found]


@permits(Role.ADMIN, *MANAGERS)
def detail(uow: UnitOfWork, actor: Actor, violation_id: ViolationId) -> tuple[Violation, Sequence[Message], Group]:
    """A violation with its evidence."""
    violation = decidable(uow, actor, violation_id)
    return violation, uow.violations.messages(violation.id), uow.groups.get(violation.group)


@permits(Role.SYSTEM)
def is_new(uow: UnitOfWork, actor: Actor, group: GroupId, account: AccountId) -> bool:
    """Whether an account joined a group only lately; one whose joining nobody saw was there before."""
    joined = uow.groups.joined_at(group, account)
    return joined is not None and uow.now - joined < timedelta(hours=uow.rulebook.discipline.new_member_hours)
