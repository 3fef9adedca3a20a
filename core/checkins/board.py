"""What the groups and the managers see of a day: counts first, names as far as a message holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.checkins.expected import window_of
from core.checkins.judging import next_window
from core.checkins.values import (
    ABSENT,
    CARD,
    CHASE,
    LIST,
    MISSED_CLAUSE,
    REPORTED,
    Checkin,
    Day,
    OutsideWindow,
    Standing,
    Window,
)
from core.errors import NotFound
from core.groups import Group, Purpose
from core.ids import DepartmentId, GroupId, PersonId
from core.notices import Fact, Notice, NoticeKind, ToGroup, ToPerson, Urgency
from core.people import Person, superior_of

if TYPE_CHECKING:
    from core.ports import UnitOfWork

MOST_NAMES = 150  # more never fit into one message
MOST_PLACES = 15  # on the card that edits itself; all of them are behind its link
MOST_LISTED = 1_000
PAGE = 20
LATE_LIST = timedelta(minutes=2)  # a list that comes later than this says so

Scope = frozenset[DepartmentId]


def scopes(uow: UnitOfWork) -> list[tuple[Group, Scope]]:
    """The sales groups and the departments each of them serves, as `groups.for_purpose` finds them."""
    sales = [group for group in uow.groups.all() if Purpose.SALES in group.purposes]
    if not sales:
        return []
    parents = {department.id: department.parent for department in uow.people.departments()}
    bound = {group.department for group in sales}
    nearest = {department: _nearest(department, parents, bound) for department in parents}
    return [
        (group, frozenset(department for department, at in nearest.items() if at == group.department))
        for group in sales
    ]


def _nearest(
    department: DepartmentId,
    parents: dict[DepartmentId, DepartmentId | None],
    bound: set[DepartmentId | None],
) -> DepartmentId | None:
    at: DepartmentId | None = department
    while at is not None and at not in bound:
        at = parents.get(at)
    return at


def refresh(uow: UnitOfWork, day: date, department: DepartmentId | None = None) -> None:
    """Show the day's state in the groups: the open card, or the closed one and the list. A group in whose
    departments nobody is expected is left in peace."""
    state, window = uow.checkins.day(day), window_of(uow, day)
    if state is None or window is None:
        return
    for group, departments in scopes(uow):
        is_meant = department is None or department in departments
        if is_meant and uow.checkins.counts(day, departments):
            show_card(uow, window, state, group, departments)
            if state.closed_at is not None:
                show_list(uow, window, state, group, departments)


def show_card(uow: UnitOfWork, window: Window, state: Day, group: Group, departments: Scope) -> None:
    facts = _frame(uow, window, state, departments)
    if state.closed_at is None:
        waiting: list[Fact] = [*uow.checkins.labels(window.day, Standing.WAITING, departments, MOST_NAMES)]
        reported = uow.checkins.listed(window.day, REPORTED, departments, MOST_PLACES, newest_first=True)
        facts = {**facts, "waiting": waiting, "reported": [entry(one) for one in reported]}
    _tell_group(uow, CARD, group, window.day, facts)


def show_list(uow: UnitOfWork, window: Window, state: Day, group: Group, departments: Scope) -> None:
    _tell_group(uow, LIST, group, window.day, list_facts(uow, window, state, departments))


def list_facts(uow: UnitOfWork, window: Window, state: Day, departments: Scope) -> dict[str, Fact]:
    """Everybody of the departments by standing (CHK-2)."""
    found = uow.checkins.listed(window.day, tuple(Standing), departments, MOST_LISTED)
    sections: dict[str, Fact] = {
        standing.value: [entry(one) for one in found if one.standing is standing] for standing in Standing
    }
    return {**_frame(uow, window, state, departments), "sections": sections}


def _tell_group(uow: UnitOfWork, shown: NoticeKind, group: Group, day: date, facts: dict[str, Fact]) -> None:
    uow.notices.tell(
        Notice(
            shown,
            ToGroup(group.id),
            {**facts, "group": group.id, "department": group.department_name},
            subject=f"checkin:{day}",
            clause=MISSED_CLAUSE,
            card=f"{shown}:{day}",
            urgency=Urgency.ROUTINE if shown == CARD else Urgency.ALERT,
        )
    )


def _frame(uow: UnitOfWork, window: Window, state: Day, departments: Scope) -> dict[str, Fact]:
    counts = uow.checkins.counts(window.day, departments)
    closed_at = state.closed_at
    return {
        "day": window.day.isoformat(),
        "due_at": window.due_at,
        "closes_at": window.closes_at,
        "closed": closed_at is not None,
        "closed_at": closed_at,
        "late_list": closed_at is not None and closed_at - window.closes_at > LATE_LIST,
        "outage": state.outage,
        "counts": {standing.value: counts.get(standing, 0) for standing in Standing},
    }


def entry(one: Checkin) -> dict[str, Fact]:
    """One person's line."""
    return {
        "label": one.label,
        "at": one.reported_at,
        "located_at": one.located_at,
        "latitude": one.point.latitude if one.point else None,
        "longitude": one.point.longitude if one.point else None,
        "place": one.place,
        "source": one.source.value if one.source else None,
        "flags": [flag.value for flag in one.flags],
        "late": one.standing is Standing.LATE,
        "excuse": one.excuse.value if one.excuse else None,
    }


def _names(found: Sequence[Checkin]) -> list[Fact]:
    return [one.label for one in found]


# Managers ------------------------------------------------------------------------------------------------


class Chain:
    """Who is above whom, with what was found out before."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._people = {person.id: person for person in uow.people.staff()}
        self._above: dict[object, Person | None] = {}

    def above(self, person: PersonId) -> Person | None:
        one = self._people.get(person)
        if one is None:
            return None
        is_boss = one.role in (*MANAGERS, Role.ADMIN)
        same = (one.id,) if is_boss else (one.superior, one.department)
        if same not in self._above:
            self._above[same] = superior_of(self._uow, one)
        return self._above[same]

    def is_above(self, boss: PersonId, person: PersonId) -> bool:
        seen, at = {person}, self.above(person)
        while at is not None and at.id not in seen:
            if at.id == boss:
                return True
            seen.add(at.id)
            at = self.above(at.id)
        return False


def chase(uow: UnitOfWork, day: date, of: PersonId | None = None) -> None:
    """Tell each manager who of their people is missing or unverified; `of`: only this person's manager."""
    state, chain = uow.checkins.day(day), Chain(uow)
    everywhere = frozenset(department.id for department in uow.people.departments())
    missing = uow.checkins.listed(day, ABSENT, everywhere, MOST_LISTED)
    odd = [one for one in uow.checkins.odd(day) if one.standing in REPORTED]
    wanted = chain.above(of) if of is not None else None
    if state is None or (of is not None and wanted is None):
        return
    mine = _by_manager(chain, [*missing, *odd])
    for manager in [wanted.id] if wanted is not None else mine:
        _tell_manager(uow, state, manager, mine.get(manager, []), again=of is not None)


def _by_manager(chain: Chain, found: Iterable[Checkin]) -> dict[PersonId, list[Checkin]]:
    mine: dict[PersonId, list[Checkin]] = {}
    for one in found:
        above = chain.above(one.person)
        if above is not None:
            mine.setdefault(above.id, []).append(one)
    return mine


def _tell_manager(uow: UnitOfWork, state: Day, manager: PersonId, found: list[Checkin], *, again: bool) -> None:
    to, subject = ToPerson(manager), f"checkin:{state.day}"
    if again and not uow.notices.deliveries(subject, CHASE, to):
        return  # there is nothing to correct
    odd: list[Fact] = [entry(one) for one in found if one.standing in REPORTED]
    facts: dict[str, Fact] = {
        "day": state.day.isoformat(),
        "outage": state.outage,
        "missed": _names([one for one in found if one.standing is Standing.MISSED][:MOST_NAMES]),
        "unheard": _names([one for one in found if one.standing is Standing.UNHEARD][:MOST_NAMES]),
        "odd": odd[:MOST_NAMES],
    }
    uow.notices.tell(Notice(CHASE, to, facts, subject, MISSED_CLAUSE, card=f"{CHASE}:{state.day}"))


# Questions -----------------------------------------------------------------------------------------------


@permits(Role.ADMIN, *MANAGERS)
def overview(uow: UnitOfWork, actor: Actor) -> dict[str, Fact]:
    """Today's list again: of the group it is asked in, of one's departments in private. Raises OutsideWindow."""
    day = uow.worktime.local_date(uow.now)
    state, window = uow.checkins.day(day), window_of(uow, day)
    if state is None or window is None:
        raise OutsideWindow(next_window(uow.rulebook, uow.now))
    return {**list_facts(uow, window, state, _departments_of(uow, actor)), "group": actor.group or 0}


def _departments_of(uow: UnitOfWork, actor: Actor) -> Scope:
    if actor.group is not None:
        found = [departments for group, departments in scopes(uow) if group.id == actor.group]
        if found:
            return found[0]
    departments = uow.people.departments()
    if actor.has(Role.ADMIN, Role.GM, Role.DIRECTOR):
        return frozenset(department.id for department in departments)
    parents = {department.id: department.parent for department in departments}
    own: set[DepartmentId | None] = {actor.department}
    return frozenset(d for d in parents if _nearest(d, parents, own) == actor.department)


@permits(*STAFF)
def roster(
    uow: UnitOfWork, actor: Actor, day: date, group: GroupId, page: int
) -> tuple[list[dict[str, Fact]], int, int]:
    """(lines with places, page, pages) of a day, for people of the group's departments and for managers.

    `group` 0 is one's own departments. Raises NotFound.
    """
    departments = _visible(uow, actor, group)
    counts = uow.checkins.counts(day, departments)
    pages = -(-sum(counts.values()) // PAGE)
    if not 0 <= page < pages:
        raise NotFound("day", day.isoformat())
    found = uow.checkins.listed(day, tuple(Standing), departments, PAGE, newest_first=True, skip=page * PAGE)
    return [{**entry(one), "standing": one.standing.value} for one in found], page, pages


def _visible(uow: UnitOfWork, actor: Actor, group: GroupId) -> Scope:
    bosses = actor.has(Role.ADMIN, *MANAGERS)
    if group == 0 and bosses:
        return _departments_of(uow, actor)
    for one, departments in scopes(uow):
        if one.id == group and (actor.department in departments or actor.has(Role.ADMIN, Role.GM, Role.DIRECTOR)):
            return departments
        if one.id == group and bosses and _departments_of(uow, actor) & departments:
            return departments
    raise NotFound("group", str(group))
