"""A changed rulebook: taken up from the file, recorded, announced, with what the chat decided kept (RULE-4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from core.access import Actor, Role, permits
from core.ids import PersonId
from core.notices import Fact, Notice, NoticeKind, ToGroup, ToPerson, Urgency
from core.ports import UnitOfWork
from core.rulebook import Rulebook, Words
from core.rulebook.content import read_back, with_in_force
from core.rules.differences import Differences, differences, facts_of, first_marks, marks_of
from core.rules.model import BAD_FILE, CHANGED, Cause, Edition, NewEdition, Switch, SwitchState


@dataclass(frozen=True, slots=True)
class Adopted:
    """What taking up a file came to: the edition in force, and what is different, if anything is."""

    edition: Edition
    found: Differences
    kept: tuple[str, ...] = ()  # clauses whose word from the chat stands against the file's


Followed: TypeAlias = Callable[[UnitOfWork, Edition, Differences], None]
ON_EDITION: list[Followed] = []


def on_edition(follow: Followed) -> Followed:
    """Declare what else a changed rulebook means, in the unit of work that records it."""
    ON_EDITION.append(follow)
    return follow


@permits(Role.ADMIN)
def adopt(uow: UnitOfWork, actor: Actor, book: Rulebook) -> Adopted:
    """Take up the company's file, at a start or a reload. Nothing happens where it says what it said before.

    About each clause the latest word holds: where the file has changed its `in_force` that is the file's, elsewhere
    what was decided in the chat stands.
    """
    carry_out_due(uow)
    last = uow.rules.latest()
    if last is None:
        first = _begin(uow, book)
        return Adopted(first, Differences((), ())) if first else adopt(uow, actor, book)
    if last.base == book.version:
        return Adopted(last, Differences((), ()))
    before = file_of(uow, last, book)
    changed = [one for one in before.clauses if _word(before, one) != _word(book, one)]
    uow.rules.end(changed, SwitchState.PLANNED, SwitchState.STANDING)
    standing = [one for one in uow.rules.switches() if one.from_at <= uow.now]
    words = {one.clause: one.in_force for one in standing}
    effective = with_in_force(book, words)
    by, person = (actor.name, actor.person) if actor.is_staff else ("", None)
    found, edition = _record(uow, last, book, effective, uow.now, Cause.FILE, by, person)
    if edition is None:  # another process was quicker: what it recorded is what this one changes
        return adopt(uow, actor, book)
    _announce(uow, edition, found)
    return Adopted(edition, found, tuple(one for one in words if _word(book, one) not in (None, words[one])))


def _word(book: Rulebook, clause: str) -> bool | None:
    return book.clauses[clause].in_force if clause in book.clauses else None


def _begin(uow: UnitOfWork, book: Rulebook) -> Edition | None:
    """The first edition: nobody is told, for nothing was different before."""
    in_force = frozenset(one.id for one in book.clauses.values() if one.in_force)
    marks = first_marks(book, uow.now)
    first = NewEdition(book.version, book.version, uow.now, in_force, Cause.FIRST, "", None, (), marks)
    return uow.rules.record(first, book)


def file_of(uow: UnitOfWork, edition: Edition, like: Rulebook) -> Rulebook:
    """The company's file from which an edition was made."""
    content = uow.rules.content(edition.base)
    return like if content is None else read_back(content, edition.base, like)


def book_of(uow: UnitOfWork, edition: Edition, like: Rulebook) -> Rulebook:
    """The rulebook of an edition, as it was in force."""
    base = file_of(uow, edition, like)
    return with_in_force(base, {one: one in edition.in_force for one in base.clauses}, edition.version)


def _record(
    uow: UnitOfWork,
    last: Edition,
    base: Rulebook,
    effective: Rulebook,
    since: datetime,
    cause: Cause,
    by: str,
    person: PersonId | None,
) -> tuple[Differences, Edition | None]:
    found, changes = differences(book_of(uow, last, base), effective)
    in_force = frozenset(one.id for one in effective.clauses.values() if one.in_force)
    marks = marks_of(last.marks, found.clauses, effective, since)
    new = NewEdition(effective.version, base.version, since, in_force, cause, by, person, changes, marks, last.id)
    return found, uow.rules.record(new, base)


def carry_out_due(uow: UnitOfWork) -> None:
    """Record and announce switches whose instant has come. They hold since that instant, recorded or not."""
    for switch in uow.rules.switches():
        if switch.from_at <= uow.now and uow.rules.settle(switch):
            carry_out(uow, switch)


def carry_out(uow: UnitOfWork, switch: Switch) -> Edition | None:
    """The edition that a switch makes; None where it changes nothing, since the file came to say the same."""
    last = uow.rules.latest()
    if last is None:
        return None
    base = file_of(uow, last, uow.rulebook)
    words = {one: one in last.in_force for one in base.clauses}
    effective = with_in_force(base, {**words, switch.clause: switch.in_force})
    if effective.version == last.version:
        return last
    found, edition = _record(uow, last, base, effective, switch.from_at, Cause.SWITCH, switch.by, switch.person)
    if edition is None:
        return carry_out(uow, switch)
    _announce(uow, edition, found)
    return edition


def _announce(uow: UnitOfWork, edition: Edition, found: Differences) -> None:
    """Tell every bound group what is different. A switch that takes effect at midnight is told in the morning (P19);
    a changed file when it is taken up."""
    if not found:
        return
    for follow in ON_EDITION:
        follow(uow, edition, found)
    facts: dict[str, Fact] = {"by": edition.by, "since": edition.since, "cause": edition.cause}
    morning = uow.worktime.instant(uow.worktime.local_date(uow.now), uow.rulebook.quiet.end)
    held_back = morning if edition.cause is Cause.SWITCH and uow.now < morning else None
    tell_groups(uow, CHANGED, f"edition:{edition.id}", {**facts_of(found), **facts}, held_back)


def tell_groups(
    uow: UnitOfWork, notice: NoticeKind, subject: str, facts: dict[str, Fact], not_before: datetime | None = None
) -> None:
    """Tell every bound group something, once."""
    for group in uow.groups.all():
        uow.notices.tell(
            Notice(
                notice,
                ToGroup(group.id),
                facts,
                subject,
                key=f"{subject}|{notice}",
                urgency=Urgency.ROUTINE,
                not_before=not_before,
            )
        )


@permits(Role.ADMIN)
def refuse(uow: UnitOfWork, actor: Actor, problems: Sequence[Words], left: int) -> None:
    """The file could not be taken: the running rulebook stays in force, and the admins learn where the file is wrong
    (RULE-1)."""
    for admin in uow.people.admins():
        told: list[Fact] = [{"zh": one.zh, "en": one.en} for one in problems]
        uow.notices.tell(Notice(BAD_FILE, ToPerson(admin.id), {"problems": told, "left": left}, "rulebook"))
