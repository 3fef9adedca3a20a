"""Texts about customer records (CUS-1 to CUS-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, inside, lines, row, shows, words
from core import customers
from core.customers import Contact, Customer, CustomerExists, Draft, Hit, Hits, NearNames, Unclear
from core.geo import map_link
from core.names import phone_key
from core.notices import Facts
from core.rulebook import Choice

MOST_LABEL = 40  # characters of a name on a button
KILOMETRE = 1000

# Parts that can be filled in by pressing their button, in the order of the form.
EDITABLE = (
    "phone",
    "contact",
    "type",
    "address",
    "place",
    "industry",
    "source",
    "region",
    "credit_code",
    "legal_representative",
    "licences",
    "postcode",
    "fax",
    "website",
    "business_scope",
    "registered_capital",
    "name",
    "note",
)


def field_name(v: Viewer, field: str) -> Html:
    """A part of the record in words."""
    return {
        "name": v.t("name"),
        "type": v.t("type"),
        "credit_code": v.t("credit code"),
        "legal_representative": v.t("legal representative"),
        "address": v.t("address"),
        "place": v.t("place on the map"),
        "postcode": v.t("postcode"),
        "phone": v.t("phone"),
        "fax": v.t("fax"),
        "website": v.t("website"),
        "business_scope": v.t("business scope"),
        "registered_capital": v.t("registered capital"),
        "industry": v.t("industry"),
        "region": v.t("region"),
        "contact": v.t("contact"),
        "source": v.t("source"),
        "licences": v.t("licences"),
        "note": v.t("note"),
    }[field]


def field_names(v: Viewer, fields: Iterable[object]) -> Html:
    return Html(v.t(", ").join(field_name(v, str(field)) for field in fields))


def choice_title(v: Viewer, choices: Sequence[Choice], key: str) -> str:
    """What people read for a key of one of the rulebook's lists."""
    return next((v.title(choice.title) for choice in choices if choice.key == key), key)


def distance(v: Viewer, metres: int) -> Html:
    """120 m, 3.4 km"""
    if metres < KILOMETRE:
        return v.t("{metres} m", metres=metres)
    return v.t("{km} km", km=f"{metres / KILOMETRE:.1f}")


# The record ------------------------------------------------------------------------------------------------


def card(v: Viewer, customer: Customer, head: str | None = None) -> Screen:
    """A record to whom it is open, with what it still lacks (CUS-3)."""
    missing = customers.missing_parts(customer, v.rulebook.customers)
    return inside(
        lines(
            head,
            fill("<b>{name}</b>", name=customer.name),
            _kind_line(v, customer),
            _phone_line(v, customer),
            *(_contact_line(v, contact) for contact in customer.contacts),
            _address_line(v, customer),
            *_other_lines(v, customer),
            v.t(
                "{owner} · registered {at}",
                owner=customer.owner_label,
                at=v.when(customer.created_at),
            ),
            v.t("Missing: {fields}", fields=field_names(v, missing)) if missing else None,
            v.clause("customer.complete") if missing else None,
        ),
        row(
            Button(v.t("Fill in") if missing else v.t("Edit"), press("cue", customer.id)),
            Button(v.t("Add contact"), press("cuf", customer.id, "contact")),
            Button(v.t("Log a visit"), press("vs", customer.id)),
        ),
    )


def registered(v: Viewer, customer: Customer) -> Screen:
    return card(v, customer, v.t("✅ Registered: the customer is yours."))


def saved(v: Viewer, customer: Customer) -> Screen:
    return card(v, customer, v.t("✅ Saved"))


def _kind_line(v: Viewer, customer: Customer) -> str | None:
    parts = (
        choice_title(v, v.rulebook.customers.types, customer.type),
        customer.industry,
        customer.region,
        choice_title(v, v.rulebook.leads.sources, customer.source),
    )
    return fill("{parts}", parts=" · ".join(part for part in parts if part)) or None


def _phone_line(v: Viewer, customer: Customer) -> str | None:
    at_contacts = {contact.phone for contact in customer.contacts}
    phones = [str(phone) for phone in customer.phones if phone not in at_contacts]
    return fill("☎ {phones}", phones="  ".join(phones)) if phones else None


def _contact_line(v: Viewer, contact: Contact) -> str:
    parts = (
        contact.role,
        str(contact.phone) if contact.phone else "",
        v.t("birthday {day}", day=contact.birthday) if contact.birthday else "",
        contact.preferences,
    )
    return fill("👤 {parts}", parts=" · ".join(part for part in (contact.name, *parts) if part))


def _address_line(v: Viewer, customer: Customer) -> str | None:
    if customer.point is None:
        return fill("📍 {address}", address=customer.address) if customer.address else None
    text = customer.address or v.t("map")
    return fill('📍 <a href="{link}">{text}</a>', link=map_link(customer.point, customer.name), text=text)


def _other_lines(v: Viewer, customer: Customer) -> Iterable[str]:
    for field in (
        "credit_code",
        "legal_representative",
        "registered_capital",
        "business_scope",
        "website",
        "fax",
        "postcode",
        "note",
    ):
        if value := getattr(customer, field):
            yield v.t("{field}: {value}", field=field_name(v, field), value=value)
    if customer.documents:
        yield v.n("{n} document", "{n} documents", len(customer.documents))


def parts(v: Viewer, customer: Customer) -> Screen:
    """Which part to fill in: what is missing stands first."""
    missing = customers.missing_parts(customer, v.rulebook.customers)
    order = [*missing, *(field for field in EDITABLE if field not in missing)]
    buttons = [
        Button(f"{'❗ ' if field in missing else ''}{field_name(v, field)}", press("cuf", customer.id, field))
        for field in order
    ]
    pairs = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return inside(lines(fill("<b>{name}</b>", name=customer.name), v.t("Which part?")), pairs)


# Forms -----------------------------------------------------------------------------------------------------

NEW_WORDS = ("新建", "登记", "新增", "new", "add")


def read_new(args: str) -> Draft | None:
    """What `/customer 新建 深圳华强电子有限公司 13800001111` gives; None where nothing new is meant."""
    head, *rest = args.split()
    if head.casefold() not in NEW_WORDS:
        return None
    phones = [word for word in rest if phone_key(word)]
    name = " ".join(word for word in rest if word not in phones[:1])
    return Draft(name, phones[0] if phones else "")


def hint(v: Viewer, field: str) -> Html:
    """What to send for a part of the record."""
    examples = {
        "phone": v.t("For example: 13800001111, 0755-82345678-801"),
        "contact": v.t("In one line: name, phone, role, birthday, what they like"),
        "place": v.t("Send the place: 📎 → Location."),
        "licences": v.t("Send photos or files, as many as there are."),
        "credit_code": v.t("18 characters, as on the business licence"),
    }
    text = examples.get(field)
    return lines(fill("<b>{field}</b>", field=field_name(v, field)), text)


def hit_facts(hits: Sequence[Hit]) -> list[dict[str, str]]:
    """Hits as a form keeps them."""
    return [{"name": hit.name, "owner": hit.owner, "since": hit.since.isoformat()} for hit in hits]


def near_question(v: Viewer, name: str, kept: Sequence[dict[str, str]]) -> Html:
    """The question before a record with a name like others' is opened, from what a form kept."""
    hits = [Hit(None, one["name"], one["owner"], datetime.fromisoformat(one["since"])) for one in kept]
    return near_names_text(v, name, hits)


# Lists -----------------------------------------------------------------------------------------------------


def hit_label(v: Viewer, hit: Hit, actor_label: str) -> str:
    """A record on a button: name, distance, and whose it is where it is not the reader's own."""
    owner = "" if hit.owner == actor_label else hit.owner
    far = distance(v, hit.distance_m) if hit.distance_m is not None else ""
    return " · ".join(part for part in (hit.name[:MOST_LABEL], str(far), owner) if part)


def found(v: Viewer, hits: Hits, actor_label: str) -> Screen:
    """What a search found."""
    if not hits.own and not hits.others:
        return inside(
            v.t("Nothing found for “{text}”.", text=hits.text[:MOST_LABEL]),
            row(Button(v.t("Register it"), press("cun"))),
        )
    return inside(
        lines(
            v.n("{n} customer", "{n} customers", len(hits.own)) if hits.own else None,
            v.t("There are more: type more of the name.") if hits.more else None,
            v.t("Registered by others:") if hits.others else None,
            *(_masked(v, hit) for hit in hits.others),
            v.clause("customer.register_first") if hits.others else None,
        ),
        column(Button(hit_label(v, hit, actor_label), press("cust", hit.customer)) for hit in hits.own),
    )


def near_list(v: Viewer, hits: Sequence[Hit], actor_label: str) -> Screen:
    """What is nearest to a place."""
    if not hits:
        return inside(v.t("None of your customers has a place on the map yet."))
    return inside(
        v.t("Nearest first"),
        column(Button(hit_label(v, hit, actor_label), press("cust", hit.customer)) for hit in hits),
    )


def _masked(v: Viewer, hit: Hit) -> Html:
    since = v.day(hit.since)
    if hit.owner:
        return v.t("{name} · {owner} · since {since}", name=hit.name, owner=hit.owner, since=since)
    return v.t("{name} · since {since}", name=hit.name, since=since)


def near_names_text(v: Viewer, name: str, hits: Sequence[Hit]) -> Html:
    """The question before a record with a name like others' is opened."""
    return lines(
        v.t("Much like “{name}”:", name=name),
        *(_masked(v, hit) for hit in hits),
        v.t("Register it all the same?"),
    )


# Notices and refusals ---------------------------------------------------------------------------------------


@shows(customers.INCOMPLETE)
def incomplete(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t("{due}: complete {name}", due=v.when(str(facts["due"])), name=facts["name"]),
            v.t("Missing: {fields}", fields=field_names(v, _list(facts["missing"]))),
            v.clause("customer.complete", f"customer:{facts['customer']}"),
        ),
        row(Button(v.t("Fill in"), press("cue", facts["customer"]))),
    )


@shows(customers.OVERDUE)
def overdue(v: Viewer, facts: Facts) -> Screen:
    name = facts["name"] if facts["mine"] else f"{facts['name']} · {facts['owner']}"
    button = Button(v.t("Fill in"), press("cue", facts["customer"])) if facts["mine"] else None
    return inside(
        lines(
            v.t("Still incomplete: {name}", name=name),
            v.t("Missing: {fields}", fields=field_names(v, _list(facts["missing"]))),
            v.clause("customer.complete", f"customer:{facts['customer']}"),
        ),
        row(button),
    )


@words(Unclear)
def unclear(v: Viewer, error: Unclear) -> str:
    if error.most:
        return v.t("Too long: at most {most} characters.", most=error.most)
    text = error.text[:MOST_LABEL]
    return {
        "name": v.t("“{text}” is no company name. For example: 深圳华强电子有限公司", text=text),
        "phone": v.t("“{text}” is no phone number. For example: 13800001111, 0755-82345678", text=text),
        "credit_code": v.t("“{text}” is no credit code: 18 characters, the last is a check digit.", text=text),
        "contact": v.t("“{text}” is no contact. For example: 李经理 13900002222 采购", text=text),
        "type": v.t("“{text}” is none of: {choices}", text=text, choices=_titles(v, v.rulebook.customers.types)),
        "source": v.t("“{text}” is none of: {choices}", text=text, choices=_titles(v, v.rulebook.leads.sources)),
    }.get(error.field) or v.t("“{text}” is not clear.", text=text)


def _titles(v: Viewer, choices: Sequence[Choice]) -> str:
    return v.t(", ").join(v.title(choice.title) for choice in choices)


@words(CustomerExists)
def customer_exists(v: Viewer, error: CustomerExists) -> str:
    what = {
        "name": v.t("This name"),
        "phone": v.t("This phone"),
        "credit_code": v.t("This credit code"),
    }[error.field]
    since = v.day(error.since)
    if error.mine:
        return v.t("{what} ({text}) is on record: it is your customer since {since}.", **_of(what, error, since))
    return lines(
        v.t("{what} ({text}) has been registered since {since}.", **_of(what, error, since)),
        v.t("Owner: {owner}", owner=error.owner) if error.owner else None,
        v.t("Whoever registered first follows up. Questions are for your manager."),
        v.clause("customer.register_first"),
    )


def _of(what: str, error: CustomerExists, since: str) -> dict[str, object]:
    return {"what": what, "text": error.text[:MOST_LABEL], "since": since}


@words(NearNames)
def near_names(v: Viewer, error: NearNames) -> str:
    return near_names_text(v, error.name, error.hits)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
