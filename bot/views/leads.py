"""Texts about leads: the card in the group, the owner's private card, the form (LED-1 to LED-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, inside, lines, row, shows, words
from bot.views.people import leaving_words
from core import leads
from core.errors import NotUnderstood
from core.ids import LeadId
from core.leads import Allocation, Candidate, Draft, EventKind, Lead, LeadState, Line, Result
from core.names import shown_phone
from core.notices import Facts

ASSIGN_LINK = "lassign_"  # begins the payload of a link to the pick list
MOST_QUOTED = 80
MOST_LISTED = 15
WAN = 10_000
FEW_DIGITS = 9


# Reading ------------------------------------------------------------------------------------------------


def read_numbered(text: str, example: str) -> tuple[LeadId, str]:
    """(lead, the rest) of `7 张三` or `#7 张三`. Raises NotUnderstood."""
    number, _, rest = text.strip().removeprefix("#").partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) <= FEW_DIGITS):
        raise NotUnderstood("lead", text or "—", example)
    return LeadId(int(number)), rest.strip()


# Small parts --------------------------------------------------------------------------------------------


def money(v: Viewer, yuan: int) -> Html:
    """80万元, or 800,000 yuan"""
    if v.language == "zh_CN" and yuan >= WAN and yuan % 100 == 0:
        return v.t("{amount} yuan", amount=f"{yuan / WAN:,.2f}".rstrip("0").rstrip(".") + "万")
    return v.t("{amount} yuan", amount=f"{yuan:,}")


def source_name(v: Viewer, key: str) -> str:
    return next((v.title(choice.title) for choice in v.rulebook.leads.sources if choice.key == key), key)


def result_name(v: Viewer, result: str) -> Html:
    return {
        Result.INTERESTED: v.t("interested"),
        Result.APPOINTMENT: v.t("appointment"),
        Result.NOT_REACHABLE: v.t("not reachable"),
        Result.NOT_INTERESTED: v.t("not interested"),
    }[Result(result)]


def class_name(v: Viewer, klass: object) -> Html:
    return v.t("class {klass}", klass=klass)


def _head(v: Viewer, facts: Mapping[str, Any]) -> Html:
    parts = [
        v.t("Lead #{lead}", lead=facts["lead"]),
        class_name(v, facts["klass"]),
        money(v, facts["expected"]) if facts["expected"] else None,
        facts["region"] or None,
        v.t("⚡ urgent") if facts["urgent"] else None,
    ]
    return fill("<b>{head}</b>", head=_dots(parts))


def _dots(parts: Iterable[object]) -> Html:
    return Html(" · ".join(str(fill("{part}", part=part)) for part in parts if part))


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_QUOTED else flat[: MOST_QUOTED - 1] + "…"


def _outcome(v: Viewer, event: Mapping[str, Any]) -> Html:
    """What a progress report says, in one line: the result, the day agreed, the words."""
    parts = [
        result_name(v, event["result"]) if event.get("result") else None,
        v.day(date.fromisoformat(event["day"])) if event.get("day") else None,
        fill("“{text}”", text=_quoted(event["text"])) if event.get("text") else None,
    ]
    return _dots(parts)


def history(v: Viewer, events: Sequence[Mapping[str, Any]]) -> list[Html]:
    """The story of a lead, one line an event; registration and first offer are one."""
    parted = [e["who"] for e in events if e["kind"] in leads.PARTED]
    told, offers = [], 0
    for event in events:
        offers += event["kind"] == EventKind.OFFERED
        if event["kind"] == EventKind.OFFERED and offers == 1:
            continue
        told.append(_story(v, event, parted))
    return told


def _story(v: Viewer, event: Mapping[str, Any], parted: list[str]) -> Html:
    at, who = v.when(event["at"]), event["who"]
    until = v.when(event["until"]) if event["until"] else ""
    text = _quoted(event["text"])
    without = "、".join(dict.fromkeys(parted))
    again = v.t("{at} open again (without {who})", at=at, who=without) if parted else v.t("{at} open again", at=at)
    return {
        EventKind.REGISTERED: v.t("{at} registered by {who}", at=at, who=who),
        EventKind.OFFERED: again,
        EventKind.CLAIMED: v.t("{at} claimed by {who}, report by {until}", at=at, who=who, until=until),
        EventKind.ASSIGNED: v.t("{at} assigned to {who}, report by {until}", at=at, who=who, until=until),
        EventKind.CONTACTED: v.t("{at} {who} contacted the customer", at=at, who=who),
        EventKind.REPORTED: v.t("{at} {who}: {outcome}", at=at, who=who, outcome=_outcome(v, event)),
        EventKind.OVERDUE: v.t("{at} {who} did not report in time", at=at, who=who),
        EventKind.UNREACHED: v.t("{at} {who} could not be reached; not held against them", at=at, who=who),
        EventKind.GIVEN_BACK: v.t("{at} {who} gave it back: {text}", at=at, who=who, text=text),
        EventKind.HANDED_OVER: v.t("{at} handed over to {who} by {text}", at=at, who=who, text=text),
        EventKind.HANDED_UP: v.t("{at} to be assigned by the manager", at=at),
        EventKind.UNRECORDED: v.t("{at} {who} entered nothing in time", at=at, who=who),
        EventKind.WON: v.t("{at} won by {who}", at=at, who=who),
        EventKind.LOST: v.t("{at} closed by {who} without a deal. {text}", at=at, who=who, text=text),
    }[EventKind(event["kind"])]


# Cards and notices --------------------------------------------------------------------------------------


@shows(leads.CARD)
def card(v: Viewer, facts: Any) -> Screen:
    """The lead in the sales group, with a masked phone."""
    state = facts["state"]
    assigning = Button(v.t("Assign…"), url=v.link(f"{ASSIGN_LINK}{facts['lead']}"))
    claiming = Button(v.t("🙋 Claim"), press("lclaim", facts["lead"]))
    buttons = {
        LeadState.OFFERED: row(claiming, assigning),
        LeadState.WAITING: row(assigning),
    }
    return inside(
        lines(
            _head(v, facts),
            v.t("Need: {need}", need=_quoted(facts["need"])),
            v.t("Phone: {phone} · {source}", phone=facts["phone"], source=source_name(v, facts["source"])),
            *history(v, facts["history"]),
            v.clause(facts["clause"], f"lead:{facts['lead']}"),
        ),
        buttons.get(state, ()),
    )


@shows(leads.YOURS)
def yours(v: Viewer, facts: Any) -> Screen:
    """The owner's private card, with the number to call."""
    return inside(
        lines(
            _head(v, facts),
            fill("<b>{name}</b>", name=facts["name"]),
            fill("☎️ {phone}", phone=shown_phone(facts["full_phone"])),
            v.t("Need: {need}", need=facts["full_need"]),
            v.t("From: {source}", source=source_name(v, facts["source"])),
            _next_step(v, facts),
            *history(v, facts["history"]),
            v.clause(facts["clause"], f"lead:{facts['lead']}"),
        ),
        _owner_buttons(v, facts),
    )


def _next_step(v: Viewer, facts: Any) -> Html | None:
    if facts["state"] == LeadState.HELD and facts["contact_due"]:
        return v.t("<b>Contact the customer and report by {due}</b>", due=v.when(facts["contact_due"]))
    if facts["state"] == LeadState.CONTACTED and facts["record_due"]:
        return v.t("<b>Enter the result by {due}</b>", due=v.when(facts["record_due"]))
    return None


def _owner_buttons(v: Viewer, facts: Any) -> tuple[tuple[Button, ...], ...]:
    lead = facts["lead"]
    giving_back = Button(v.t("Give back"), press("lback", lead))
    if facts["state"] == LeadState.HELD:
        contacted = Button(v.t("📞 Contacted"), press("lcont", lead))
        return row(contacted, Button(v.t("✍️ Report"), press("lrep", lead)), giving_back)
    if facts["state"] != LeadState.CONTACTED:
        return ()
    if not facts["recorded"]:
        return row(Button(v.t("✍️ Enter the result"), press("lrep", lead)), giving_back)
    won, lost = Button(v.t("Won"), press("lwon", lead)), Button(v.t("Lost"), press("llost", lead))
    return row(Button(v.t("✍️ More progress"), press("lrep", lead)), won, lost)


@shows(leads.GONE)
def gone(v: Viewer, facts: Facts) -> Screen:
    reasons = {
        "overdue": v.t("Lead #{lead} is not yours any more: no report in time.", lead=facts["lead"]),
        "unreached": v.t("Lead #{lead} is not yours any more: you could not be reached.", lead=facts["lead"]),
        "given_back": v.t("Lead #{lead}: given back.", lead=facts["lead"]),
        "handed_over": v.t("Lead #{lead}: handed over.", lead=facts["lead"]),
    }
    return inside(reasons[str(facts["reason"])])


@shows(leads.OVERDUE)
def overdue(v: Viewer, facts: Any) -> Screen:
    """The alert in the group and to the manager (LED-5)."""
    due, who, lead = v.clock(facts["due"]), facts["who"], facts["lead"]
    if facts["reached"]:
        head = v.t("⏰ {due} lead #{lead}: {who} did not report in time", due=due, lead=lead, who=who)
    else:
        head = v.t(
            "⏰ {due} lead #{lead}: {who} could not be reached; not held against them", due=due, lead=lead, who=who
        )
    again = facts["state"] == LeadState.OFFERED
    next_ = v.t("Open again, without {who}", who=who) if again else v.t("Goes to the manager to be assigned")
    claiming = Button(v.t("🙋 Claim"), press("lclaim", lead)) if again and not v.private else None
    assigning = Button(v.t("Assign…"), press("lpick", lead)) if v.private else None
    return inside(
        lines(head, next_, _head(v, facts), v.clause(facts["clause"], f"lead:{facts['lead']}")),
        row(claiming, assigning),
    )


@shows(leads.PROGRESS)
def progress(v: Viewer, facts: Any) -> Screen:
    said = _outcome(v, facts) or v.t("contacted the customer")
    return inside(
        v.t(
            "{at} lead #{lead} {who}: {said}", at=v.when(facts["at"]), lead=facts["lead"], who=facts["who"], said=said
        )
    )


@shows(leads.GIVEN_BACK)
def given_back(v: Viewer, facts: Any) -> Screen:
    return inside(
        v.t(
            "{at} lead #{lead}: {who} gave it back: {text}",
            at=v.when(facts["at"]),
            lead=facts["lead"],
            who=facts["who"],
            text=_quoted(facts["text"]),
        )
    )


@shows(leads.TO_ASSIGN)
def to_assign(v: Viewer, facts: Any) -> Screen:
    return inside(
        lines(
            v.t("Lead #{lead} waits for you to assign it.", lead=facts["lead"]),
            _head(v, facts),
            v.t("Need: {need}", need=_quoted(facts["need"])),
        ),
        row(Button(v.t("Assign…"), press("lpick", facts["lead"]))),
    )


@shows(leads.UNRECORDED)
def unrecorded(v: Viewer, facts: Any) -> Screen:
    return inside(
        lines(
            v.t("{due} lead #{lead}: nothing entered yet.", due=v.clock(facts["due"]), lead=facts["lead"]),
            v.clause(facts["clause"], f"lead:{facts['lead']}"),
        ),
        row(Button(v.t("✍️ Enter the result"), press("lrep", facts["lead"]))),
    )


# Answers ------------------------------------------------------------------------------------------------


def claimed(v: Viewer, given: Allocation) -> str:
    """The toast of the winner, or of one whose allocation was withheld."""
    if given.withheld:
        return withheld(v, given.label, mine=True)
    due = v.when(given.due) if given.due else ""
    return v.t(
        "Lead #{lead} is yours. The number is in our private chat; report by {due}.", lead=given.lead.id, due=due
    )


def withheld(v: Viewer, label: str, *, mine: bool) -> str:
    clause = v.rulebook.clause("lead.contact")
    if mine:
        return v.t("Withheld once: {article} {title}. The next one is open to you again.", **_clause(v, clause))
    return v.t(
        "{label}: this allocation is withheld ({article} {title}) and used up. Choose somebody else.",
        label=label,
        **_clause(v, clause),
    )


def _clause(v: Viewer, clause: Any) -> dict[str, str]:
    return {"article": clause.article, "title": v.title(clause.title)}


def assigned(v: Viewer, given: Allocation) -> Screen:
    if given.withheld:
        return inside(withheld(v, given.label, mine=False))
    due = v.when(given.due) if given.due else ""
    return inside(
        v.t("Lead #{lead} is assigned to {label}, report by {due}.", lead=given.lead.id, label=given.label, due=due)
    )


def registered(v: Viewer, given: Allocation) -> Screen:
    """What came of the form."""
    lead = given.lead
    head = v.t("Registered: lead #{lead} · {klass}", lead=lead.id, klass=class_name(v, lead.klass))
    if given.due:
        next_ = assigned(v, given).text
    elif lead.state is LeadState.WAITING:
        next_ = v.t("There is no sales group yet; the manager was asked to assign it.")
    else:
        next_ = v.t("It is open in the sales group.")
    return inside(lines(head, withheld(v, given.label, mine=False) if given.withheld else None, next_))


def candidates(v: Viewer, lead: Lead, found: Sequence[Candidate]) -> Screen:
    """The pick list."""
    if not found:
        return inside(v.t("Lead #{lead}: no salesperson can be reached.", lead=lead.id))
    return inside(
        v.t("Lead #{lead} · {klass}: who gets it?", lead=lead.id, klass=class_name(v, lead.klass)),
        column(
            Button(candidate_label(v, one), press("lgive", lead.id, one.person.id)) for one in found[:MOST_LISTED]
        ),
    )


def candidate_label(v: Viewer, one: Candidate) -> str:
    """A button's label: no markup in it, so values go in as they are."""
    reasons = {"level": v.t("level does not fit"), "parted": v.t("had it before")}
    unfit = f" · {reasons[one.unfit]}" if one.unfit else ""
    held = v.t("{n} open", n=one.open_leads)
    return f"{one.person.label} · {one.person.level or '—'} · {held}{unfit}"


def contact_noted(v: Viewer, lead: Lead) -> str:
    at = v.when(lead.contacted_at) if lead.contacted_at else ""
    return v.t("Contacted at {at}. Enter the result too.", at=at)


def reported(v: Viewer, lead: Lead) -> Screen:
    noted = v.t("Lead #{lead}: reported to your manager.", lead=lead.id)
    return inside(
        lines(noted, None if lead.recorded_at else v.t("That is too short for the record: enter the result."))
    )


def returned(v: Viewer, lead: Lead) -> Screen:
    if lead.state is LeadState.OFFERED:
        return inside(v.t("Lead #{lead} is given back and open again.", lead=lead.id))
    return inside(v.t("Lead #{lead} is given back; the manager assigns it.", lead=lead.id))


def closed(v: Viewer, lead: Lead) -> Screen:
    if lead.state is LeadState.WON:
        return inside(v.t("Lead #{lead} is won.", lead=lead.id))
    return inside(v.t("Lead #{lead} is closed without a deal.", lead=lead.id))


def board(v: Viewer, found: leads.Board) -> Screen:
    """/leads"""
    parts = [
        _section(v, v.t("Yours"), found.mine, own=True),
        _section(v, v.t("Unclaimed"), found.unclaimed),
        _section(v, v.t("Your team's"), found.team),
        _section(v, v.t("Registered by you"), found.registered),
    ]
    shown = [part for part in parts if part] or [v.t("No open leads.")]
    month = v.t(
        "This month: {claims} claimed, {returns} lost or given back", claims=found.claims, returns=found.returns
    )
    return inside(lines(*shown, month if found.claims or found.returns else None))


def _section(v: Viewer, title: Html, found: Sequence[Line], *, own: bool = False) -> Html | None:
    if not found:
        return None
    more = len(found) - MOST_LISTED
    listed = [_line(v, line, own=own) for line in found[:MOST_LISTED]]
    return lines(
        fill("<b>{title}</b> ({n})", title=title, n=len(found)),
        *listed,
        v.t("… and {more} more", more=more) if more > 0 else None,
    )


def _line(v: Viewer, line: Line, *, own: bool) -> Html:
    lead = line.lead
    parts = [
        f"#{lead.id}",
        class_name(v, lead.klass),
        None if own else lead.owner_name or None,
        _short(lead.name if own else leads.mask_phones(lead.need)),
        _stand(v, line),
    ]
    return _dots(parts)


def _stand(v: Viewer, line: Line) -> Html:
    """What counts next: the time left, or since when nothing is due."""
    lead = line.lead
    if line.due:
        return v.left(line.due)
    if lead.recorded_at:
        return v.t("progress entered {at}", at=v.when(lead.recorded_at))
    return v.t("open since {at}", at=v.when(lead.owner_since or lead.registered_at))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    most = 16
    return flat if len(flat) <= most else flat[: most - 1] + "…"


# The form -----------------------------------------------------------------------------------------------


def ask_contact(v: Viewer, draft: Draft, bad_phone: str) -> Html:
    """What to send next about the customer; what was given stands above."""
    missing = [field for field in ("name", "phone", "need") if not getattr(draft, field)]
    if len(missing) == 3 and not bad_phone:  # noqa: PLR2004 all of them
        return lines(
            v.t("Send in one message: company or name, phone, need."),
            v.t("For example: Huaqiang Mr Wang 13800001111 wants 200 compressors"),
        )
    asks = {
        "name": v.t("Now the company or name:"),
        "phone": v.t("Now the phone number:"),
        "need": v.t("Now what the customer needs:"),
    }
    wrong = v.t("“{phone}” is no phone number; the rest is noted.", phone=bad_phone) if bad_phone else None
    return lines(*_given(v, draft), wrong, asks[missing[0]])


def _given(v: Viewer, draft: Draft) -> list[Html]:
    given = [
        _dots([draft.name, shown_phone(draft.phone) if draft.phone else None]),
        v.t("Need: {need}", need=draft.need) if draft.need else Html(""),
    ]
    return [line for line in given if line]


def class_label(v: Viewer, name: str, min_yuan: int) -> str:
    """A button for a class: the expected deal from which it counts."""
    if min_yuan == 0:
        return v.t("{name} · less", name=Html(name))
    return v.t("{name} · from {money}", name=Html(name), money=money(v, min_yuan))


def summary(v: Viewer, draft: Draft, duplicate: Mapping[str, Any] | None) -> Html:
    expected = draft.expected or 0
    parts = [
        class_name(v, v.rulebook.lead_class(expected)),
        money(v, expected) if expected else None,
        draft.region or None,
        source_name(v, draft.source),
        v.t("⚡ urgent") if draft.urgent else None,
    ]
    return lines(
        fill("<b>{head}</b>", head=_dots(parts)),
        *_given(v, draft),
        duplicate_words(v, duplicate) if duplicate else None,
    )


def duplicate_words(v: Viewer, facts: Mapping[str, Any]) -> Html:
    since = v.when(facts["since"])
    head = {
        "phone": v.t("⚠️ This number is an open lead already, since {since}.", since=since),
        "company": v.t("⚠️ This company has an open lead already, since {since}.", since=since),
        "customer": v.t("⚠️ This is a customer on record, since {since}.", since=since),
    }[facts["field"]]
    lead = v.t("Lead #{lead}, registered by {by}.", lead=facts["lead"], by=facts["by"])
    customer = v.t("Looked after by {by}.", by=facts["by"])
    who = (lead if facts["lead"] else customer) if facts["by"] else None
    return lines(head, who)


def duplicate_facts(found: leads.DuplicateLead | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"field": found.field, "lead": found.lead, "since": found.since.isoformat(), "by": found.by}


# Refusals -----------------------------------------------------------------------------------------------


@words(leads.AlreadyClaimed)
def already_claimed(v: Viewer, error: leads.AlreadyClaimed) -> str:
    if error.mine:
        return v.t("You have it since {at}.", at=v.when(error.at))
    return v.t("{at} {by} was first.", at=v.when(error.at), by=error.by)


@words(leads.NotOffered)
def not_offered(v: Viewer, error: leads.NotOffered) -> str:
    return v.t("Lead #{lead} is assigned by the manager.", lead=error.lead)


@words(leads.Unfit)
def unfit(v: Viewer, error: leads.Unfit) -> str:
    if error.mine:
        return _unfit_self(v, error)
    reasons = {
        "leaving": leaving_words(v, error.label, mine=False),
        "role": v.t("{label} is no salesperson.", label=error.label),
        "level": v.t("{label}: level {level} does not take class {klass}.", **_level(error)),
        "unreachable": v.t("{label} can't be reached: they have not opened our private chat.", label=error.label),
        "absent": v.t("{label} is on leave.", label=error.label),
        "paused": v.t("{label} gets no leads until {at}.", label=error.label, at=_until(v, error)),
    }
    return reasons[error.reason]


def _until(v: Viewer, error: leads.Unfit) -> str:
    return v.when(error.until) if error.until else ""


def _level(error: leads.Unfit) -> dict[str, str]:
    return {"label": error.label, "level": error.level or "—", "klass": error.klass}


def _unfit_self(v: Viewer, error: leads.Unfit) -> str:
    reasons = {
        "leaving": leaving_words(v, error.label, mine=True),
        "role": v.t("Claiming is for salespeople."),
        "level": v.t(
            "This is class {klass}; level {level} does not take it.", klass=error.klass, level=error.level or "—"
        ),
        "parted": v.t("You had this lead before; it is for others now."),
        "unreachable": v.t("Open our private chat first: the number is sent there."),
        "absent": v.t("You are on leave."),
        "paused": v.t("You get no leads until {at}. Why: /whyme", at=_until(v, error)),
    }
    return reasons[error.reason]


@words(leads.NoLongerYours)
def no_longer_yours(v: Viewer, error: leads.NoLongerYours) -> str:
    if error.owner:
        return v.t("Lead #{lead} is not yours any more; {owner} has it.", lead=error.lead, owner=error.owner)
    return v.t("Lead #{lead} is not yours any more.", lead=error.lead)


@words(leads.RecordFirst)
def record_first(v: Viewer, error: leads.RecordFirst) -> str:
    return v.t("Enter the progress of lead #{lead} first.", lead=error.lead)


@words(leads.DuplicateLead)
def duplicate(v: Viewer, error: leads.DuplicateLead) -> str:
    facts = duplicate_facts(error)
    return duplicate_words(v, facts) if facts else ""


@words(leads.AmountUnclear)
def amount_unclear(v: Viewer, error: leads.AmountUnclear) -> str:
    return v.t("“{text}” is no amount. For example: 800,000", text=error.text)


@words(leads.DayUnclear)
def day_unclear(v: Viewer, error: leads.DayUnclear) -> str:
    return v.t("“{text}” is no coming day. For example: 9-30", text=error.text)
