"""What a customer record is (CUS-1), and how it is kept and found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from core.errors import KeguanError, NotUnderstood
from core.geo import Point
from core.ids import CustomerId, PersonId
from core.names import Phone

# Parts of a record that are one line of text, with the most characters each holds.
TEXT_FIELDS: Mapping[str, int] = {
    "name": 100,
    "credit_code": 40,
    "legal_representative": 60,
    "address": 200,
    "postcode": 12,
    "fax": 40,
    "website": 200,
    "business_scope": 1000,
    "registered_capital": 60,
    "industry": 60,
    "region": 60,
    "note": 1000,
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at the customer. `birthday` is YYYY-MM-DD, or MM-DD where the year is not known."""

    id: int
    name: str
    role: str
    phone: Phone | None
    preferences: str
    birthday: str


@dataclass(frozen=True, slots=True)
class NewContact:
    name: str
    role: str = ""
    phone: Phone | None = None
    preferences: str = ""
    birthday: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A licence or other document, kept by the chat platform under its file id."""

    file_id: str
    kind: str  # "photo" | "document"
    name: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's record. `type` and `source` are keys of the rulebook's lists; what is not known is empty."""

    id: CustomerId
    name: str
    type: str
    credit_code: str | None
    legal_representative: str
    address: str
    point: Point | None
    postcode: str
    fax: str
    website: str
    business_scope: str
    registered_capital: str
    industry: str
    region: str
    source: str
    note: str
    owner: PersonId
    owner_label: str
    created_at: datetime
    created_by: PersonId
    phones: tuple[Phone, ...]
    contacts: tuple[Contact, ...]
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """What makes a record a duplicate of another (CUS-2)."""

    name: str = ""
    credit_code: str | None = None
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A record to be kept. `texts` are parts of TEXT_FIELDS, cleaned; name, type and source among them."""

    texts: Mapping[str, str]
    keys: Keys
    search_name: str
    initials: str
    point: Point | None
    phones: tuple[Phone, ...]
    owner: PersonId
    created_at: datetime
    created_by: PersonId


@dataclass(frozen=True, slots=True)
class Found:
    """A record in a list."""

    id: CustomerId
    name: str
    owner: PersonId
    owner_label: str
    created_at: datetime
    point: Point | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a name may mean. `weight` tells how much its keys say: one that few records have says more."""

    customer: CustomerId
    name: str
    name_key: str
    weight: float


@dataclass(frozen=True, slots=True)
class Owned:
    """A record as its owner's list has it."""

    id: CustomerId
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has what a new record wants to have: `field` is "credit_code", "phone" or "name"."""

    field: str
    record: Found


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looks for, in the forms in which it is kept. Empty parts look for nothing."""

    name: str
    initials: str = ""
    digits: str = ""
    credit_code: str = ""


@dataclass(eq=False)
class Unclear(NotUnderstood):
    """A part of a record that could not be read, or is longer than `most` characters (0: its length is fine)."""

    most: int = 0


@dataclass(eq=False)
class CustomerExists(KeguanError):
    """The customer is registered already (CUS-2, clause customer.register_first).

    `text` is what was typed; `owner` and `customer` are empty where the record is not the actor's to see (P40).
    """

    rests_on: ClassVar[str | None] = "customer.register_first"

    field: str
    text: str
    since: datetime
    mine: bool
    owner: str
    customer: CustomerId | None


@dataclass(eq=False)
class NearNames(KeguanError):
    """Records with names like the new one: is it really another customer? Raised before anything is kept."""

    name: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A found record as the actor may see it: `customer` is None, and `name` masked, where it is another's.
    `owner` is empty for those who may not know it."""

    customer: CustomerId | None
    name: str
    owner: str
    since: datetime
    distance_m: int | None = None


class Customers(Protocol):
    """The archive."""

    def get(self, customer: CustomerId) -> Customer:
        """Raises NotFound."""

    def add(self, new: NewCustomer) -> CustomerId | None:
        """The new record's id; None where another one has its name, code or one of its phones (CUS-2)."""

    def holder(self, keys: Keys) -> Holder | None:
        """The record that has one of the keys."""

    def some(self, customers: Collection[CustomerId]) -> list[Found]:
        """These records, in the order of their ids."""

    def set_texts(self, customer: CustomerId, values: Mapping[str, str | None]) -> bool:
        """Change columns; False where another record has the name key or code."""

    def set_point(self, customer: CustomerId, point: Point | None) -> None: ...
    def set_owner(self, customer: CustomerId, before: PersonId, after: PersonId) -> bool:
        """Hand over; False where `before` is not the owner any more."""

    def add_phone(self, customer: CustomerId, phone: Phone) -> bool:
        """False where another record has the number; a number it has already is fine."""

    def remove_phone(self, customer: CustomerId, number: str) -> None: ...
    def add_contact(self, customer: CustomerId, contact: NewContact) -> None: ...
    def add_document(self, customer: CustomerId, document: Document, at: datetime) -> None: ...
    def search(self, sought: Sought, owners: Collection[PersonId], limit: int) -> list[Found]:
        """Records of these owners, the best first."""

    def search_others(self, sought: Sought, owners: Collection[PersonId], limit: int) -> list[Found]:
        """The same among everybody else's records."""

    def recent(self, owner: PersonId, limit: int) -> list[Found]:
        """The owner's records touched last."""

    def touch(self, customer: CustomerId) -> None:
        """Somebody worked with the record now."""

    def placed(self, owners: Collection[PersonId]) -> list[Found]:
        """Records of these owners with a known place."""

    def count(self, owner: PersonId) -> int: ...
    def owned_by(self, owner: PersonId) -> list[Owned]:
        """Everything of an owner, the oldest first."""

    def counts(self) -> dict[PersonId, int]:
        """How many records each owner has."""


class NameKeys(Protocol):
    """The keys of names, see core.brands."""

    def put(self, customer: CustomerId, keys: Collection[int]) -> None:
        """Keep keys of a record; those it has already are fine."""

    def drop(self, customer: CustomerId, keys: Collection[int]) -> None: ...
    def holders(self, keys: Collection[int]) -> list[Candidate]:
        """The records that share most of the rare keys, in the order of their ids; a bounded number."""

    def without(self, marker: int, after: CustomerId, most: int) -> list[tuple[CustomerId, str]]:
        """Records without this key, with their names, in the order of their ids."""
