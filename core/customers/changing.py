"""Changing a record: one part at a time, by its owner or those above (CUS-1, CUS-3)."""

from __future__ import annotations

from core.access import STAFF, Actor, permits
from core.customers.completing import settle
from core.customers.model import TEXT_FIELDS, Customer, Document, Keys, NewContact, Unclear
from core.customers.naming import note_name
from core.customers.registering import clean_name, clean_phone, clean_text, exists, read_choice, read_code
from core.customers.sight import require_sight
from core.geo import Point
from core.ids import CustomerId
from core.names import initials, name_key, plain, read_phone
from core.ports import UnitOfWork
from core.worktime.written import read_birthday

MOST_CONTACT = 60  # characters of a contact's name or role
MOST_PREFERENCES = 300


@permits(*STAFF)
def view(uow: UnitOfWork, actor: Actor, customer_id: CustomerId) -> Customer:
    """A record with everything in it. Raises NotFound where it is not the actor's to see."""
    customer = uow.customers.get(customer_id)
    require_sight(uow, actor, customer_id, customer.owner)
    return customer


@permits(*STAFF)
def fill_in(uow: UnitOfWork, actor: Actor, customer_id: CustomerId, field: str, text: str) -> Customer:
    """Set one part of a record; a phone or a contact is added to those there are.

    Raises Unclear, CustomerExists, NotFound.
    """
    view(uow, actor, customer_id)
    if field == "phone":
        _add_phone(uow, actor, customer_id, text)
    elif field == "contact":
        _add_contact(uow, actor, customer_id, text)
    else:
        _set_text(uow, actor, customer_id, field, text)
    return _settled(uow, customer_id)


@permits(*STAFF)
def put_place(uow: UnitOfWork, actor: Actor, customer_id: CustomerId, point: Point) -> Customer:
    """Keep where the customer is, in WGS-84 degrees."""
    view(uow, actor, customer_id)
    uow.customers.set_point(customer_id, point)
    return _settled(uow, customer_id)


@permits(*STAFF)
def attach(uow: UnitOfWork, actor: Actor, customer_id: CustomerId, document: Document) -> Customer:
    """Keep a licence or another document."""
    view(uow, actor, customer_id)
    uow.customers.add_document(customer_id, document, uow.now)
    return _settled(uow, customer_id)


def _settled(uow: UnitOfWork, customer_id: CustomerId) -> Customer:
    uow.customers.touch(customer_id)
    customer = uow.customers.get(customer_id)
    settle(uow, customer)
    return customer


def _set_text(uow: UnitOfWork, actor: Actor, customer_id: CustomerId, field: str, text: str) -> None:
    values, keys = _values(uow, field, text)
    before = uow.customers.get(customer_id).name if field == "name" else ""
    if not uow.customers.set_texts(customer_id, values):
        _refuse(uow, actor, keys, text)
    elif before:
        note_name(uow, customer_id, str(values["name"]), before)


def _values(uow: UnitOfWork, field: str, text: str) -> tuple[dict[str, str | None], Keys]:
    if field == "name":
        name = clean_name(text)
        key = name_key(name, uow.rulebook.customers.legal_suffixes)
        return {
            "name": name,
            "name_key": key,
            "search_name": plain(name),
            "initials": initials(name),
        }, Keys(name=key)
    if field == "credit_code":
        code = read_code(text)
        return {field: code}, Keys(credit_code=code)
    if field == "type":
        return {field: read_choice(uow.rulebook.customers.types, field, text)}, Keys()
    if field == "source":
        return {field: read_choice(uow.rulebook.leads.sources, field, text)}, Keys()
    if field not in TEXT_FIELDS:
        raise Unclear("field", field)
    return {field: clean_text(field, text)}, Keys()


def _refuse(uow: UnitOfWork, actor: Actor, keys: Keys, text: str) -> None:
    holder = uow.customers.holder(keys)
    if holder is not None:
        raise exists(uow, holder, text.strip(), actor)


def _add_phone(uow: UnitOfWork, actor: Actor, customer_id: CustomerId, text: str) -> None:
    phone = clean_phone(text)
    if not uow.customers.add_phone(customer_id, phone):
        _refuse(uow, actor, Keys(phones=(phone.number,)), text)


def _add_contact(uow: UnitOfWork, actor: Actor, customer_id: CustomerId, text: str) -> None:
    contact = read_contact(text)
    if contact.phone is not None and not uow.customers.add_phone(customer_id, contact.phone):
        _refuse(uow, actor, Keys(phones=(contact.phone.number,)), str(contact.phone))
    uow.customers.add_contact(customer_id, contact)


def read_contact(text: str) -> NewContact:
    """A contact written in a line: `李经理 13900002222 采购 3月5日 爱喝茶`. The name comes first; a phone and a
    birthday are known by their form, the next word is the role, what is left are preferences. Raises
    Unclear."""
    words = text.replace("，", " ").replace(",", " ").split()
    name, *rest = words or [""]
    if not name or len(name) > MOST_CONTACT or read_phone(name) is not None:
        raise Unclear("contact", text.strip()[:40])
    phone = next((found for word in rest if (found := read_phone(word))), None)
    birthday = next((day for word in rest if (day := read_birthday(word))), "")
    others = [word for word in rest if read_phone(word) is None and not read_birthday(word)]
    if any(sum(map(str.isdigit, word)) >= len("1234567") for word in others):
        raise Unclear("phone", next(w for w in others if any(map(str.isdigit, w)))[:40])
    role, preferences = "".join(others[:1]), " ".join(others[1:])
    if len(role) > MOST_CONTACT or len(preferences) > MOST_PREFERENCES:
        raise Unclear("contact", text.strip()[:20] + "…")
    return NewContact(name, role, phone, preferences, birthday)
