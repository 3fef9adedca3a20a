"""Names like one another (CUS-2): the keys by which a record is found under a name written otherwise."""

from __future__ import annotations

from core.access import Actor, Role, permits
from core.brands import Lexicon, Words, keys_of, lexicon, likest, sought_keys, take_apart
from core.customers.model import Hit
from core.customers.sight import may_see, seen
from core.ids import CustomerId
from core.ports import UnitOfWork
from core.rulebook import Rulebook


def words_of(rulebook: Rulebook) -> Lexicon:
    """What the rulebook takes for legal forms and trades."""
    rules = rulebook.customers
    return lexicon(Words(rules.legal_suffixes, rules.trade_words))


def near_names(uow: UnitOfWork, name: str, actor: Actor) -> tuple[Hit, ...]:
    """Records whose name is like this one, the likest first (CUS-2)."""
    rules, known = uow.rulebook.customers, words_of(uow.rulebook)
    parts = take_apart(name, known)
    found = uow.name_keys.holders(sought_keys(parts))
    ranked = likest(parts, [(one.name, one.name_key, one.weight) for one in found], known)
    near = [found[at].customer for score, at in ranked if score >= rules.near_name_score][: rules.near_limit]
    return _seen(uow, actor, near)


def _seen(uow: UnitOfWork, actor: Actor, near: list[CustomerId]) -> tuple[Hit, ...]:
    records = {record.id: record for record in uow.customers.some(near)} if near else {}
    visible = {owner: may_see(uow, actor, owner) for owner in {record.owner for record in records.values()}}
    return tuple(seen(actor, records[one], fully=visible[records[one].owner]) for one in near if one in records)


def note_name(uow: UnitOfWork, customer: CustomerId, name: str, before: str = "") -> None:
    """Keep the keys of a record's name, in the place of those of the name it had."""
    known = words_of(uow.rulebook)
    keys, old = keys_of(name, known), keys_of(before, known) if before else frozenset()
    uow.name_keys.drop(customer, old - keys)
    uow.name_keys.put(customer, keys - old)


@permits(Role.SYSTEM)
def take_up_names(uow: UnitOfWork, actor: Actor, after: CustomerId, most: int) -> CustomerId | None:
    """Make the keys of some records that have none, or have those of other words, behind `after`; the last one's id,
    None where there are no more."""
    last = None
    for customer, name in uow.name_keys.without(words_of(uow.rulebook).marker, after, most):
        note_name(uow, customer, name)
        last = customer
    return last
