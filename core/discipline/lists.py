"""What a company forbids and allows by chat beside the rulebook's lists: for one group, or everywhere (ORG-5)."""

from __future__ import annotations

from core.access import MANAGERS, Actor, Role, permits
from core.discipline.cases import answers_for, decidable
from core.discipline.judging import Listed, kind_of
from core.discipline.posts import Category
from core.errors import NotFound, NotPermitted, NotUnderstood
from core.groups import here
from core.ids import GroupId, ViolationId
from core.ports import UnitOfWork

LONGEST = 100
ALLOWABLE = ("word", "domain", "channel")


def _scope(uow: UnitOfWork, actor: Actor) -> GroupId | None:
    """The group an order holds for: the one it is given in, for those who answer for it; in private the whole
    company, for administrators."""
    if actor.group is None:
        if not actor.has(Role.ADMIN):
            raise NotPermitted((Role.ADMIN,))
        return None
    group = here(uow, actor)
    if not (actor.has(Role.ADMIN) or answers_for(uow, actor, group)):
        raise NotPermitted((Role.MANAGER,))
    return group.id


def _enter(uow: UnitOfWork, actor: Actor, text: str, category: Category, *, allows: bool) -> Listed:
    kind, text = kind_of(text)
    if not text or len(text) > LONGEST or (kind == "word" and not allows and len(text) < 2):  # noqa: PLR2004  # one character stands in half of all messages
        raise NotUnderstood("forbidden", text[:LONGEST])
    group = _scope(uow, actor)
    uow.violations.enter(group, kind, text, allows, category, actor.name, uow.now)
    return Listed(0, group, kind, text, allows, category, actor.name)


@permits(Role.ADMIN, *MANAGERS)
def allow(uow: UnitOfWork, actor: Actor, text: str) -> Listed:
    """Let a word, phrase, domain or @channel pass: in this group, or from the private chat everywhere."""
    return _enter(uow, actor, text, Category.UNHEALTHY, allows=True)


@permits(Role.ADMIN, *MANAGERS)
def forbid(uow: UnitOfWork, actor: Actor, text: str, category: Category) -> Listed:
    """Forbid a word, phrase or domain likewise."""
    return _enter(uow, actor, text, category, allows=False)


@permits(Role.ADMIN, *MANAGERS)
def allow_found(uow: UnitOfWork, actor: Actor, violation_id: ViolationId) -> Listed:
    """Let what was found in a message pass in its group from now on."""
    violation = decidable(uow, actor, violation_id)
    if violation.kind not in ALLOWABLE:
        raise NotFound("violation", str(violation_id))
    entry = (violation.group, violation.kind, violation.found, True, violation.category, actor.name)
    uow.violations.enter(*entry, uow.now)
    return Listed(0, violation.group, violation.kind, violation.found, True, violation.category, actor.name)


@permits(Role.ADMIN, *MANAGERS)
def strike(uow: UnitOfWork, actor: Actor, listed_id: int) -> Listed:
    """Take something off the list again. Raises NotFound."""
    known = {one.id: one for one in uow.violations.listed()}.get(listed_id)
    if known is None or known.group != _scope(uow, actor):
        raise NotFound("listed", str(listed_id))
    uow.violations.strike(listed_id)
    return known


@permits(Role.ADMIN, *MANAGERS)
def listing(uow: UnitOfWork, actor: Actor) -> list[Listed]:
    """What was forbidden and allowed by chat where the actor asks."""
    scope = _scope(uow, actor)
    return [one for one in uow.violations.listed() if one.group == scope]
