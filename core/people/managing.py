"""The register from the chat: finding somebody, changing one field at a time, adding somebody (ORG-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.access import STAFF, Actor, Role, permits
from core.errors import KeguanError, NotUnderstood
from core.ids import PersonId
from core.notices import Notice, ToPerson, Urgency
from core.people.comparing import Difference, Register, in_circle, record_texts
from core.people.finding import one_department, one_person
from core.people.moving import left_behind, pass_reports
from core.people.ranks import superior_of
from core.people.register import EDITED, Account, Change, Person, PersonStatus, RowFault, StaffRow
from core.ports import UnitOfWork

LONGEST = {"number": 30, "name": 60, "level": 20, "industry": 60, "phone": 40, "regions": 200}
EDITABLE = ("name", "department", "role", "level", "superior", "regions", "industry", "phone", "number", "admin")
YES, NO = "yes", "no"
CHANGES_SHOWN = 8
MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody's record with what stands around it."""

    person: Person
    path: str
    superior: Person | None
    account: Account | None
    reports: Sequence[Person]
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change before it is made. `behind` are reports who get the next superior by it."""

    person: Person
    difference: Difference
    behind: Sequence[Person] = ()


@dataclass(eq=False)
class EditRefused(KeguanError):
    """A value a record can't have; the reasons are those of a staff file."""

    fault: RowFault


@permits(Role.ADMIN)
def find_people(uow: UnitOfWork, actor: Actor, text: str) -> list[Person]:
    """Those whose number, name or label has the text in it, also who left. Raises NotUnderstood for nothing."""
    if not text.strip():
        raise NotUnderstood("person", "")
    return uow.people.like(text)[:MOST_FOUND]


@permits(Role.ADMIN)
def may_manage(uow: UnitOfWork, actor: Actor) -> None:
    """Asked before a form of the register is opened."""


@permits(Role.ADMIN)
def one_to_manage(uow: UnitOfWork, actor: Actor, text: str) -> Person:
    """The one person meant, also who left. Raises NotFound, SeveralFound."""
    found = uow.people.like(text)
    return found[0] if len(found) == 1 else one_person(uow, text)


@permits(Role.ADMIN)
def card(uow: UnitOfWork, actor: Actor, person_id: PersonId) -> PersonCard:
    """Somebody's card. Raises NotFound."""
    person = uow.people.get(person_id)
    return PersonCard(
        person,
        uow.people.path_of(person.department),
        superior_of(uow, person) if person.is_staff else None,
        uow.people.account_of(person.id),
        uow.people.reports_of(person.id),
        uow.people.changes(f"person:{person.id}", CHANGES_SHOWN),
    )


# Changing -----------------------------------------------------------------------------------------------


@permits(Role.ADMIN)
def weigh(uow: UnitOfWork, actor: Actor, person_id: PersonId, field: str, text: str) -> Edit:
    """What a change would come to. Raises EditRefused, NotFound, SeveralFound."""
    person = uow.people.get(person_id)
    before, after = _texts(uow, person)[field], _read(uow, person, field, text.strip())
    behind = left_behind(uow, person, one_department(uow, after).id) if field == "department" else []
    return Edit(person, Difference(field, before, after), behind)


@permits(Role.ADMIN)
def edit(uow: UnitOfWork, actor: Actor, person_id: PersonId, field: str, text: str) -> PersonCard:
    """Change one field; the person is told. Raises as `weigh` does."""
    change = weigh(uow, actor, person_id, field, text).difference
    person = uow.people.get(person_id)
    if change.before == change.after:
        return card(uow, actor, person_id)
    _write(uow, person, field, change.after)
    uow.people.log(Change(f"person:{person.id}", field, change.before, change.after, actor.name, uow.now))
    if field == "department":
        pass_reports(uow, actor.name, person, uow.people.get(person.id))
    if actor.person != person.id and uow.people.account_of(person.id) is not None:
        facts = {"field": field, "before": change.before, "after": change.after, "by": actor.name}
        subject = f"person:{person.id}"
        uow.notices.tell(Notice(EDITED, ToPerson(person.id), facts, subject, urgency=Urgency.ROUTINE))
    return card(uow, actor, person_id)


def _texts(uow: UnitOfWork, person: Person) -> dict[str, str]:
    """Every editable field as it is written; the superior as the one named in the register."""
    told = record_texts(Register.read(uow), person)
    return {**told, "number": person.number, "admin": YES if person.is_admin else ""}


def _read(uow: UnitOfWork, person: Person, field: str, text: str) -> str:
    """The value as it is kept. Raises EditRefused."""
    if field == "department":
        return uow.people.path_of(one_department(uow, text).id)
    if field == "superior":
        return _read_superior(uow, person, text)
    if field == "admin":
        return _read_admin(uow, person, text)
    if field == "role" and text not in STAFF:
        raise EditRefused(RowFault(0, field, text, "unknown_role", tuple(STAFF)))
    levels = tuple(uow.rulebook.leads.levels)
    if field == "level" and text and text not in levels:
        raise EditRefused(RowFault(0, field, text, "unknown_level", levels))
    if field == "regions":
        text = "、".join(split_regions(text))
    return _checked(uow, person, field, text)


def _checked(uow: UnitOfWork, person: Person | None, field: str, text: str) -> str:
    if not text and field in ("name", "number"):
        raise EditRefused(RowFault(0, field, text, "empty"))
    if len(text) > LONGEST.get(field, len(text)):
        raise EditRefused(RowFault(0, field, text, "too_long", (str(LONGEST[field]),)))
    holder = uow.people.by_number(text) if field == "number" else None
    if holder is not None and (person is None or holder.id != person.id):
        raise EditRefused(RowFault(0, field, text, "number_taken", (holder.label,)))
    return text


def split_regions(text: str) -> list[str]:
    """华南、华东 or 华南 华东."""
    for mark in "、,，;；/|":
        text = text.replace(mark, " ")
    return text.split()


def _read_superior(uow: UnitOfWork, person: Person, text: str) -> str:
    if not text:
        return ""
    superior, register = one_person(uow, text), Register.read(uow)
    above = {number: register.superior_number(one) for number, one in register.by_number.items()}
    above[person.number] = superior.number
    if in_circle(person.number, above):
        raise EditRefused(RowFault(0, "superior", text, "superior_cycle"))
    return superior.number


def _read_admin(uow: UnitOfWork, person: Person, text: str) -> str:
    others = [one for one in uow.people.staff() if Role.ADMIN in one.roles and one.id != person.id]
    wanted = text not in ("", NO)
    if not wanted and not others and person.role is not Role.ADMIN:
        raise EditRefused(RowFault(0, "admin", "", "last_admin"))
    return YES if wanted else ""


def _write(uow: UnitOfWork, person: Person, field: str, value: str) -> None:
    if field == "superior":
        superior = uow.people.by_number(value) if value else None
        uow.people.set_superior(person.id, superior.id if superior else None)
    elif field == "admin":
        uow.people.set_admin(person.id, bool(value))
    else:
        department = one_department(uow, value).id if field == "department" else person.department
        uow.people.change(person.id, _row(person, field, value), department)


def _row(person: Person, field: str, value: str) -> StaffRow:
    row = StaffRow(
        0,
        person.number,
        person.name,
        "",
        person.role,
        person.level,
        "",
        person.regions,
        person.industry,
        person.phone,
    )
    if field == "regions":
        return replace(row, regions=tuple(split_regions(value)))
    if field == "role":
        return replace(row, role=Role(value))
    values: dict[str, Any] = {} if field == "department" else {field: value}
    return replace(row, **values)


# Adding, bringing back ----------------------------------------------------------------------------------


@permits(Role.ADMIN)
def check_new(uow: UnitOfWork, actor: Actor, field: str, text: str) -> str:
    """A number or name of somebody new. Raises EditRefused."""
    return _checked(uow, None, field, text.strip())


@permits(Role.ADMIN)
def add_person(uow: UnitOfWork, actor: Actor, number: str, name: str, department: str, role: Role) -> PersonCard:
    """Add somebody; the rest of the record is filled in on their card. Raises EditRefused, NotFound."""
    number, name = check_new(uow, actor, "number", number), check_new(uow, actor, "name", name)
    if role not in STAFF:
        raise EditRefused(RowFault(0, "role", role, "unknown_role", tuple(STAFF)))
    row = StaffRow(0, number, name, department, role)
    added = uow.people.add(row, one_department(uow, department).id)
    uow.people.log(Change(f"person:{added.id}", "added", "", name, actor.name, uow.now))
    return card(uow, actor, added.id)


@permits(Role.ADMIN)
def bring_back(uow: UnitOfWork, actor: Actor, person_id: PersonId) -> PersonCard:
    """Somebody who had left works here again; without an account, until they are invited."""
    if uow.people.set_status(person_id, PersonStatus.LEFT, PersonStatus.ACTIVE):
        change = Change(f"person:{person_id}", "status", "left", "active", actor.name, uow.now)
        uow.people.log(change)
    return card(uow, actor, person_id)


@permits(Role.ADMIN)
def whole_register(uow: UnitOfWork, actor: Actor) -> list[dict[str, str]]:
    """Everybody of the company as a staff file has them, to be taken out and back in."""
    register = Register.read(uow)
    return [
        {**record_texts(register, one), "number": one.number, "status": one.status.value}
        for one in register.by_number.values()
        if one.is_staff
    ]
