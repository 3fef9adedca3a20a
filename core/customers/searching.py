"""Finding records: by part of the name, initials, a phone's last digits, credit code, or what is nearest."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from core.access import STAFF, Actor, permits
from core.customers.model import Found, Hit, Sought
from core.customers.sight import owners_below, seen
from core.geo import Point, metres
from core.names import TAIL, credit_code, phone_key, plain
from core.ports import UnitOfWork

MOST_HITS = 8  # a list to pick from on a phone
FEWEST_FOR_OTHERS = 2  # characters of a name that must be known to ask for other people's records
MOST_QUERY = 100


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found: records the actor may open, and masked ones of others. `more` tells that the list
    was cut."""

    text: str
    own: tuple[Hit, ...]
    others: tuple[Hit, ...]
    more: bool


def read_query(text: str) -> Sought:
    """What a text may mean: always a part of a name; letters are also initials, digits also a phone's end."""
    text = unicodedata.normalize("NFKC", text).strip()[:MOST_QUERY]
    name = plain(text)
    digits = "".join(character for character in text if character.isdigit())
    phone = phone_key(text)
    only_digits = bool(digits) and all(c.isdigit() or c in "+-() " for c in text)
    return Sought(
        name,
        initials=name if name.isascii() and name.isalpha() else "",
        digits=phone or (digits if only_digits and len(digits) >= TAIL else ""),
        credit_code=credit_code(text) or "",
    )


@permits(*STAFF)
def search(uow: UnitOfWork, actor: Actor, text: str) -> Hits:
    """Records that fit a text: the actor's own and those of people below; then, masked, those of others (P40)."""
    sought = read_query(text)
    if not sought.name:
        return Hits(text, (), (), False)
    owners = owners_below(uow, actor)
    own = uow.customers.search(sought, owners, MOST_HITS + 1)
    others: list[Found] = []
    if len(sought.name) >= FEWEST_FOR_OTHERS:
        others = uow.customers.search_others(sought, owners, uow.rulebook.customers.near_limit)
    return Hits(
        text,
        tuple(seen(actor, found, fully=True) for found in own[:MOST_HITS]),
        tuple(seen(actor, found, fully=False) for found in others),
        len(own) > MOST_HITS,
    )


@permits(*STAFF)
def nearest(uow: UnitOfWork, actor: Actor, point: Point) -> list[Hit]:
    """The records with a known place that are nearest, with the distance in metres."""
    return _nearest(uow, actor, point, uow.customers.placed(owners_below(uow, actor)))


@permits(*STAFF)
def nearest_own(uow: UnitOfWork, actor: Actor, point: Point) -> list[Hit]:
    """The same among one's own."""
    return _nearest(uow, actor, point, uow.customers.placed([actor.staff_id]))


def _nearest(uow: UnitOfWork, actor: Actor, point: Point, placed: list[Found]) -> list[Hit]:
    measured = [(round(metres(point, found.point)), found) for found in placed if found.point is not None]
    measured.sort(key=lambda pair: (pair[0], pair[1].id))
    shown = measured[: uow.rulebook.visits.nearest_count]
    return [seen(actor, found, fully=True, distance_m=distance) for distance, found in shown]


@permits(*STAFF)
def recent(uow: UnitOfWork, actor: Actor) -> list[Hit]:
    """One's own records, those worked with last first."""
    found = uow.customers.recent(actor.staff_id, MOST_HITS)
    return [seen(actor, one, fully=True) for one in found]
