"""Opening a record: the act that gives the right to the customer (CUS-2), with every check before it (P39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.access import STAFF, Actor, Role, permits
from core.customers.completing import watch
from core.customers.model import (
    TEXT_FIELDS,
    Customer,
    CustomerExists,
    Holder,
    Keys,
    NearNames,
    NewContact,
    NewCustomer,
    Unclear,
)
from core.customers.naming import near_names, note_name
from core.customers.sight import KNOW_OWNERS, may_see
from core.errors import NotPermitted
from core.geo import Point
from core.ids import PersonId
from core.names import Phone, credit_code, initials, name_key, plain, read_phone
from core.people import IsLeaving
from core.ports import UnitOfWork
from core.rulebook import Choice, Rulebook

FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote about a new customer, unchecked. `type` and `source` are keys or titles of the
    rulebook's lists."""

    name: str
    phone: str = ""
    type: str = ""
    credit_code: str = ""
    legal_representative: str = ""
    address: str = ""
    point: Point | None = None
    postcode: str = ""
    fax: str = ""
    website: str = ""
    business_scope: str = ""
    registered_capital: str = ""
    industry: str = ""
    region: str = ""
    source: str = ""
    note: str = ""
    contact: str = ""
    contact_role: str = ""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of a customer file. `owner` is a staff number; empty is whoever imports."""

    line: int
    draft: Draft
    owner: str = ""


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """A line that was not taken, and why: unclear, registered before, or like another record."""

    line: int
    name: str
    error: Unclear | CustomerExists | NearNames


@dataclass(frozen=True, slots=True)
class ImportedRecords:
    added: tuple[Customer, ...]
    refused: tuple[RowRefusal, ...]


# Use cases --------------------------------------------------------------------------------------------------


@permits(*STAFF)
def register(
    uow: UnitOfWork, actor: Actor, draft: Draft, *, owner: PersonId | None = None, sure: bool = False
) -> Customer:
    """Open a record for oneself; managers and customer service also for somebody else.

    Raises Unclear, CustomerExists, and NearNames unless `sure`. What is missing is to be filled in time
    (CUS-3).
    """
    if owner is not None and owner != actor.person and not actor.has(*KNOW_OWNERS, Role.SERVICE, Role.SYSTEM):
        raise NotPermitted(tuple(sorted(KNOW_OWNERS)))
    taker = uow.people.get(owner or actor.staff_id)
    if not taker.is_active:
        raise IsLeaving(taker.label, taker.id == actor.person)
    customer = open_record(uow, draft, taker.id, actor, sure=sure)
    watch(uow, customer)
    return customer


@permits(*STAFF)
def check(uow: UnitOfWork, actor: Actor, draft: Draft) -> None:
    """What `register` would refuse, before the rest is asked for. Raises Unclear and CustomerExists."""
    _refuse_double(uow, actor, draft, _checked(uow.rulebook, draft, actor.staff_id, uow).keys)


@permits(*STAFF)
def import_records(
    uow: UnitOfWork, actor: Actor, rows: Sequence[ImportRow], *, sure: bool = False
) -> ImportedRecords:
    """Take over a customer file: the checks are those of `register`; a line that fails one is left out and
    reported, the others are kept. An archive taken over is no first contact, so nothing is due from its owners.
    Records for others are for managers to import."""
    added: list[Customer] = []
    refused: list[RowRefusal] = []
    for row in rows:
        try:
            added.append(open_record(uow, row.draft, _owner(uow, actor, row), actor, sure=sure))
        except (Unclear, CustomerExists, NearNames) as error:
            refused.append(RowRefusal(row.line, row.draft.name, error))
    return ImportedRecords(tuple(added), tuple(refused))


def _owner(uow: UnitOfWork, actor: Actor, row: ImportRow) -> PersonId:
    if not row.owner:
        return actor.staff_id
    person = uow.people.by_number(row.owner)
    if person is None:
        raise Unclear("owner", row.owner)
    if person.id != actor.person and not actor.has(*KNOW_OWNERS, Role.ADMIN, Role.SYSTEM):
        raise NotPermitted(tuple(sorted(KNOW_OWNERS)))
    return person.id


# For other areas --------------------------------------------------------------------------------------------


def open_record(uow: UnitOfWork, draft: Draft, owner: PersonId, actor: Actor, *, sure: bool) -> Customer:
    """Every way to a record leads through here (P39)."""
    new = _checked(uow.rulebook, draft, owner, uow, by=actor.person)
    _refuse_double(uow, actor, draft, new.keys)
    if not sure and (hits := near_names(uow, new.texts["name"], actor)):
        raise NearNames(draft.name, hits)
    added = uow.customers.add(new)
    if added is None:
        _refuse_double(uow, actor, draft, new.keys)
        raise AssertionError("a refused record has a holder of its keys")
    note_name(uow, added, new.texts["name"])
    if draft.contact.strip():
        phone = new.phones[0] if new.phones else None
        uow.customers.add_contact(added, NewContact(draft.contact.strip(), draft.contact_role.strip(), phone))
    return uow.customers.get(added)


def exists(uow: UnitOfWork, holder: Holder, text: str, actor: Actor) -> CustomerExists:
    """The refusal of a duplicate, as the actor may know it."""
    record = holder.record
    visible = may_see(uow, actor, record.owner)
    owner = record.owner_label if visible or actor.has(*KNOW_OWNERS) else ""
    mine = record.owner == actor.person
    return CustomerExists(
        holder.field, text, record.created_at, mine, "" if mine else owner, record.id if visible else None
    )


def _refuse_double(uow: UnitOfWork, actor: Actor, draft: Draft, keys: Keys) -> None:
    holder = uow.customers.holder(keys)
    if holder is not None:
        texts = {"name": draft.name, "phone": draft.phone, "credit_code": draft.credit_code}
        raise exists(uow, holder, texts[holder.field].strip(), actor)


# Checks of what was written ---------------------------------------------------------------------------------


def _checked(
    rulebook: Rulebook, draft: Draft, owner: PersonId, uow: UnitOfWork, by: PersonId | None = None
) -> NewCustomer:
    texts = {field: clean_text(field, getattr(draft, field)) for field in TEXT_FIELDS if field != "credit_code"}
    texts["name"] = clean_name(draft.name)
    texts["type"] = read_choice(rulebook.customers.types, "type", draft.type)
    texts["source"] = read_choice(rulebook.leads.sources, "source", draft.source)
    clean_text("name", draft.contact)
    code = read_code(draft.credit_code) if draft.credit_code.strip() else None
    phones = (clean_phone(draft.phone),) if draft.phone.strip() else ()
    key = name_key(texts["name"], rulebook.customers.legal_suffixes)
    keys = Keys(key, code, tuple(phone.number for phone in phones))
    return NewCustomer(
        texts, keys, plain(texts["name"]), initials(texts["name"]), draft.point, phones, owner, uow.now, by or owner
    )


def clean_text(field: str, text: str) -> str:
    """A part of a record without needless spaces. Raises Unclear where it is too long."""
    text = " ".join(text.split())
    if len(text) > TEXT_FIELDS[field]:
        raise Unclear(field, f"{text[:20]}…", most=TEXT_FIELDS[field])
    return text


def clean_name(name: str) -> str:
    """A customer's name. Raises Unclear for what cannot be one: too short, too long, digits only."""
    name = clean_text("name", name)
    key = plain(name)
    if len(key) < FEWEST_LETTERS or key.isdigit():
        raise Unclear("name", name)
    return name


def clean_phone(text: str) -> Phone:
    """Raises Unclear."""
    phone = read_phone(text)
    if phone is None:
        raise Unclear("phone", text.strip()[:40])
    return phone


def read_code(text: str) -> str:
    """Raises Unclear where form or check digit is wrong."""
    code = credit_code(text)
    if code is None:
        raise Unclear("credit_code", text.strip()[:40])
    return code


def read_choice(choices: Sequence[Choice], field: str, text: str) -> str:
    """The key of a choice given by key or title; nothing stays nothing. Raises Unclear."""
    text = text.strip()
    for choice in choices:
        if text.casefold() in (choice.key, choice.title.zh.casefold(), choice.title.en.casefold()) and text:
            return choice.key
    if text:
        raise Unclear(field, text[:40])
    return ""
