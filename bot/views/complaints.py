"""Texts about complaints: for the customer, the owner and the desk (CMP-1 to CMP-7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, escaped, fill, inside, lines, row, shows, words
from core import complaints
from core.complaints import Complaint, Overview, Step
from core.errors import NotFound, NotUnderstood
from core.ids import ComplaintId
from core.names import hidden_phone
from core.notices import Facts
from core.rulebook import UnknownEntry

LINK = "cmp_"  # begins the payload of a link to a case
SEVERE = {"serious": "🟠 ", "major": "🔴 "}
MOST_LISTED = 20
MOST_CLOSED = 3
PHONE = re.compile(r"\+?\d[\d\s-]{5,}\d")
PROMISED_DAY = re.compile(
    r"^(?:(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?号?|(今天|明天|后天|today|tomorrow))[\s，,：:]*(.*)$", re.S
)
FAR = 182  # days back from which a day without a year is the coming one
AHEAD = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2}
OPTIONAL_NOTE = ("valid", "solving", "revisit", "closed")


# Reading ------------------------------------------------------------------------------------------------


def number_of(text: str) -> int:
    """A row's id out of a button or link. Raises NotFound for anything else."""
    if not text.isascii() or not text.isdigit() or len(text) > 15:  # noqa: PLR2004  # no id is longer
        raise NotFound("complaint", text[:20])
    return int(text)


def read_day(v: Viewer, text: str) -> tuple[date, str]:
    """(day, reason) from `9月20日 等配件`, `2026-09-20 …`, `明天 …`; without a year the nearest such day. Raises
    NotUnderstood."""
    today = v.now.astimezone(v.zone).date()
    found = PROMISED_DAY.match(text.strip())
    if found is None:
        raise NotUnderstood("promise", text[:60], v.t("Sep 20 as 9-20, then the reason: 9-20 waiting for a part"))
    year, month, day, word, reason = found.groups()
    if word is not None:
        return today + timedelta(days=AHEAD[word]), reason
    try:
        named = date(int(year or today.year), int(month), int(day))
    except ValueError as error:
        raise NotUnderstood("promise", text[:60], v.t("a day that exists")) from error
    if year is None and named < today - timedelta(days=FAR):
        named = named.replace(year=today.year + 1)
    return named, reason


def read_promise(v: Viewer, text: str) -> tuple[str, date, str]:
    """(number, day, reason) from `260901 9月20日 等配件`. Raises NotUnderstood."""
    number, _, rest = text.strip().partition(" ")
    if not number.isdigit() or not rest.strip():
        raise NotUnderstood("promise", text[:60], v.t("/promise 260901 9-20 waiting for a part"))
    return number, *read_day(v, rest)


def read_customer(text: str) -> tuple[str, str]:
    """(name, phone) of a customer as typed; a phone number is recognised by its digits."""
    found = PHONE.search(text)
    phone = re.sub(r"[\s-]", "", found.group()) if found else ""
    name = (text.replace(found.group(), " ") if found else text).strip(" ，,：:\n")
    return name or phone, phone


# Words for parts ----------------------------------------------------------------------------------------


def kind_name(v: Viewer, key: object) -> str:
    """The title of a kind; a kind that left the rulebook shows its key."""
    try:
        return v.title(v.rulebook.complaint_kind(str(key)).title)
    except UnknownEntry:
        return str(key)


def severity_name(v: Viewer, severity: object) -> Html:
    return {
        "ordinary": v.t("ordinary"),
        "serious": v.t("serious"),
        "major": v.t("major"),
    }.get(str(severity), Html(escaped(severity)))


def step_name(v: Viewer, step: object) -> Html:
    """A thing done."""
    return {
        "registered": v.t("registered"),
        "verified": v.t("looked into"),
        "valid": v.t("found justified"),
        "invalid": v.t("found not justified"),
        "plan": v.t("plan made"),
        "solving": v.t("being solved"),
        "told": v.t("result told"),
        "revisit": v.t("customer asked again"),
        "closed": v.t("closed"),
        "handed_over": v.t("handed over"),
    }.get(str(step), Html(escaped(step)))


def act_name(v: Viewer, act: object) -> Html:
    """A thing to do, as a button says it."""
    return {
        "verified": v.t("Look into it"),
        "valid": v.t("Justified"),
        "invalid": v.t("Not justified"),
        "plan": v.t("Make a plan"),
        "solving": v.t("Begin solving"),
        "told": v.t("Tell the result"),
        "revisit": v.t("Ask again"),
        "closed": v.t("Close"),
        "reply": v.t("Reply to customer"),
        "phoned": v.t("Answered by phone"),
        "refused": v.t("Not accepted"),
        "promise": v.t("Promise a day"),
        "why": v.t("Explain"),
    }.get(str(act), Html(escaped(act)))


def target_name(v: Viewer, target: object) -> Html:
    return {
        complaints.FIRST_REPLY: v.t("first reply"),
        complaints.HANDLE: v.t("handling"),
        complaints.CLOSE: v.t("closing"),
    }.get(cast("Any", target), Html(escaped(target)))


def product_field(v: Viewer, key: object) -> Html:
    return {
        "order_number": v.t("order number"),
        "item": v.t("item"),
        "batch": v.t("batch"),
        "quantity": v.t("quantity"),
        "delivery_date": v.t("delivery date"),
        "defective_quantity": v.t("defective quantity"),
        "claim": v.t("what you ask for"),
    }.get(str(key), Html(escaped(key)))


def moment(v: Viewer, at: object) -> str:
    """Date and clock: 9月15日 周二 08:00"""
    when = cast("str | datetime", at)
    return f"{v.day(when)} {v.clock(when)}"


def customer_shown(v: Viewer, facts: Facts) -> Html:
    """The customer; in groups the name's first sign and the phone number's ends alone (OPS-2)."""
    name, phone = str(facts["customer"]), str(facts["phone"])
    if name == phone:
        name = ""
    if v.private:
        return fill("{shown}", shown=f"{name} {phone}".strip())
    name, phone = name[:1] + "**" if name else "", hidden_phone(phone) if phone else ""
    return fill("{shown}", shown=f"{name} {phone}".strip())


def gist(v: Viewer, text: object) -> str:
    """The first words of a complaint; in groups without the numbers that could be phones."""
    short = " ".join(str(text).split())
    return short if v.private else PHONE.sub("****", short)


def owner_shown(v: Viewer, facts: Facts) -> str:
    return str(facts["owner"]) or v.t("nobody yet")


def head(v: Viewer, facts: Facts) -> Html:
    return fill(
        "{mark}<b>{number}</b> {kind} · {severity}",
        mark=SEVERE.get(str(facts["severity"]), ""),
        number=facts["number"],
        kind=kind_name(v, facts["kind"]),
        severity=severity_name(v, facts["severity"]),
    )


def progress(v: Viewer, facts: Facts) -> Html:
    done = facts["verdict"] if facts["step"] == Step.VERIFIED and facts["verdict"] else facts["step"]
    if facts["next"] is None:
        return v.t("Step: {done}", done=step_name(v, done))
    round_ = cast("int", facts["round"])
    line = v.t("Step: {done} → {next}", done=step_name(v, done), next=act_name(v, facts["next"]))
    return Html(line + " · " + v.t("round {n}", n=round_)) if round_ > 1 else line


def times(v: Viewer, facts: Facts) -> Html:
    """The three times; one that was kept shows when."""
    shown = []
    for name, due, done in (
        (v.t("first reply"), facts["first_reply_due"], facts["first_reply_at"]),
        (v.t("handling"), facts["handle_due"], facts["handled_at"]),
        (v.t("closing"), facts["close_due"], facts["closed_at"]),
    ):
        if done is None:
            shown.append(v.t("{what} by {at}", what=name, at=moment(v, due)))
        else:
            shown.append(v.t("{what} done {at}", what=name, at=moment(v, done)))
    return Html("\n".join(shown))


def product_lines(v: Viewer, facts: Facts) -> list[str]:
    product = cast("dict[str, str]", facts["product"])
    return [fill("{name}: {value}", name=product_field(v, key), value=value) for key, value in product.items()]


def body(v: Viewer, facts: Facts) -> Html:
    """A case in full, for a card."""
    said = gist(v, facts["text"])
    return lines(
        head(v, facts),
        v.t("Customer: {customer}", customer=customer_shown(v, facts)),
        v.t("In charge: {owner}", owner=owner_shown(v, facts)),
        fill("“{text}”", text=said) if said else None,
        v.n("{n} file", "{n} files", cast("int", facts["files"])) if facts["files"] else None,
        *product_lines(v, facts),
        progress(v, facts),
        times(v, facts),
    )


# To the customer ----------------------------------------------------------------------------------------


def kinds(v: Viewer, intake: object, count: object) -> Screen:
    """What is it: one tap."""
    listed = [Button(v.title(kind.title), press("ck", intake, kind.key)) for kind in v.rulebook.complaints.kinds]
    pairs = tuple(tuple(listed[at : at + 2]) for at in range(0, len(listed), 2))
    return inside(
        lines(
            v.t("We have your message ({n}) and keep it.", n=count) if count else None,
            v.t("What is it about? One tap, and it is registered at once with a number:"),
        ),
        (*pairs, *row(Button(v.t("Nothing to register"), press("cno", intake)))),
    )


@shows(complaints.ASK)
def ask(v: Viewer, facts: Facts) -> Screen:
    listed = cast("list[dict[str, Any]]", facts["cases"])
    if not listed:
        return kinds(v, facts["intake"], facts["count"])
    buttons = [
        Button(f"{c['number']} {kind_name(v, c['kind'])} {c['text']}".strip(), press("cw", facts["intake"], c["id"]))
        for c in listed
    ]
    buttons.append(Button(v.t("Something else"), press("cnew", facts["intake"])))
    return inside(v.t("We have your message ({n}). Which case is it about?", n=facts["count"]), column(buttons))


def left_alone(v: Viewer) -> Screen:
    return inside(v.t("All right, nothing is registered. Write any time."))


def chosen(v: Viewer, complaint: Complaint) -> Screen:
    return inside(v.t("{number} · {kind}", number=complaint.number, kind=kind_name(v, complaint.kind)))


@shows(complaints.RECEIPT)
def receipt(v: Viewer, facts: Facts) -> Screen:
    """Apology, number, owner, what comes next and by when (CMP-1)."""
    open_ = facts["about_product"] and not facts["product"] and not facts.get("skipped")
    return inside(
        lines(
            v.t("We are sorry for the trouble.") if facts["is_complaint"] else v.t("Thank you, we have it."),
            fill("<b>{number}</b> {kind}", number=facts["number"], kind=kind_name(v, facts["kind"])),
            v.t("Responsible: {owner}", owner=owner_shown(v, facts)),
            v.t("You get an answer by {at}.", at=moment(v, facts["first_reply_due"])),
            v.t("It is dealt with by {at}.", at=moment(v, facts["handle_due"])),
            v.t("Please write what happened, or send photos or voice.") if facts.get("empty") else None,
            v.t("Just write to add something; /status shows how far it is."),
            *product_lines(v, facts),
            v.t("If you have them at hand: order number, batch, quantity.") if open_ else None,
            v.clause(cast("str | None", facts.get("clause"))),
        ),
        row(
            Button(v.t("Add order details"), press("cprod", facts["id"])),
            Button(v.t("Skip"), press("cskip", facts["id"])),
        )
        if open_
        else (),
    )


@shows(complaints.ADDED)
def added(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t(
                "Passed on to {owner} ({number}), {n} in all.",
                owner=owner_shown(v, facts),
                number=facts["number"],
                n=facts["count"],
            ),
            v.t("For something else: /complain"),
        )
    )


def media_of(facts: Facts) -> tuple[str, str] | None:
    return (str(facts["media"]), str(facts["file"])) if facts.get("file") else None


@shows(complaints.REPLY)
def reply(v: Viewer, facts: Facts) -> Screen:
    text = lines(
        v.t("<b>{number}</b> {by}:", number=facts["number"], by=facts["by"]),
        fill("{text}", text=facts["said"]) if facts["said"] else None,
    )
    return inside(text, media=media_of(facts))


@shows(complaints.STEP)
def step(v: Viewer, facts: Facts) -> Screen:
    """The case moved on, in plain words."""
    said = {
        "taken": v.t("From now on {owner} is responsible for your case.", owner=owner_shown(v, facts)),
        "valid": v.t("We looked into it: your complaint is justified. We are working out what to do."),
        "invalid": v.t("We looked into it and could not confirm the complaint. The explanation:"),
        "plan": v.t("There is a plan for solving it."),
        "solving": v.t("We have begun to solve it; by {at} at the latest.", at=moment(v, facts["handle_due"])),
        "revisit": v.t("Thank you for telling us how it went."),
        "closed": v.t("Your case is closed. Thank you; just write if there is anything else."),
    }[str(facts["what"])]
    return inside(
        lines(
            fill("<b>{number}</b> {text}", number=facts["number"], text=said),
            fill("{note}", note=facts["note"]) if facts["note"] else None,
        )
    )


@shows(complaints.SOLUTION)
def solution(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t("<b>{number}</b> The result, from {by}:", number=facts["number"], by=facts["by"]),
            fill("{text}", text=facts["said"]),
            v.t("Do you accept it?"),
        ),
        row(
            Button(v.t("Accept"), press("cj", facts["id"], facts["round"], 1)),
            Button(v.t("Don't accept"), press("cj", facts["id"], facts["round"], 0)),
        ),
    )


def judged(v: Viewer, complaint: Complaint, accepted: bool) -> Screen:
    if accepted:
        return inside(v.t("{number}: you accepted the result. Thank you.", number=complaint.number))
    return inside(
        lines(
            v.t("{number}: we take it up again, round {n}.", number=complaint.number, n=complaint.round),
            v.t("It is dealt with by {at}.", at=moment(v, complaint.handle_due)),
            v.t("Write what is still wrong; it goes straight to the one responsible."),
        )
    )


@shows(complaints.PROMISED)
def promised(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t("<b>{number}</b> {by}:", number=facts["number"], by=facts["by"]),
            v.t("It takes longer than planned: {why}", why=facts["said"]),
            v.t("We promise it by {at}.", at=moment(v, facts["until"])),
            v.clause(cast("str | None", facts.get("clause"))),
        )
    )


def status(v: Viewer, cases: Sequence[Overview]) -> Screen:
    """The customer's own cases, with a button to urge for each open one."""
    if not cases:
        return inside(v.t("You have no case with us. Write what we can do for you, or /complain to complain."))
    going = [case for case in cases if case.complaint.is_open][:MOST_LISTED]
    over = [case for case in cases if not case.complaint.is_open][:MOST_CLOSED]
    texts = [own_line(v, case) for case in (*going, *over)]
    buttons = [
        Button(v.t("Urge {number}", number=case.complaint.number), press("cu", case.complaint.id)) for case in going
    ]
    return inside("\n\n".join(texts), column(buttons))


def own_line(v: Viewer, case: Overview) -> Html:
    c = case.complaint
    done = c.verdict if c.step is Step.VERIFIED and c.verdict else c.step
    target, due = c.target
    return lines(
        v.t(
            "<b>{number}</b> {kind}: {step}",
            number=c.number,
            kind=kind_name(v, c.kind),
            step=step_name(v, done),
        ),
        v.t("Responsible: {owner}", owner=case.owner or v.t("nobody yet")) if c.is_open else None,
        v.t("{what} by {at}", what=target_name(v, target), at=moment(v, due)) if c.is_open else None,
        v.t("Closed {at}", at=moment(v, c.closed_at)) if c.closed_at else None,
    )


# To staff -----------------------------------------------------------------------------------------------


@shows(complaints.CARD)
def card(v: Viewer, facts: Facts) -> Screen:
    """The desk's card; what needs writing is done in the private chat."""
    link = f"{LINK}{facts['id']}"
    buttons = row(
        Button(v.t("Take over"), press("ct", facts["id"], facts["owner_id"])),
        Button(act_name(v, "reply"), url=v.link(f"{link}_r")),
        Button(v.t("Next step"), url=v.link(link)),
    )
    how = v.how(f"complaint:{facts['id']}") if facts["next"] else None
    return inside(lines(body(v, facts), how), buttons if facts["next"] else ())


@shows(complaints.OWN)
def own(v: Viewer, facts: Facts) -> Screen:
    """The owner's card, with the buttons of the present step."""
    if not facts["mine"]:
        return inside(lines(head(v, facts), v.t("{owner} has taken this case over.", owner=owner_shown(v, facts))))
    hint = None
    if facts["next"] and facts["reachable"]:
        hint = v.t("Answer this message to write to the customer.")
    elif facts["next"]:
        hint = v.t("The customer cannot be reached in the chat; please telephone.")
    subject = f"complaint:{facts['id']}"
    ways = fill("{why} · {how}", why=v.why(subject), how=v.how(subject))
    return inside(lines(body(v, facts), hint, ways), owner_buttons(v, facts))


@shows(complaints.SHOWN)
def shown(v: Viewer, facts: Facts) -> Screen:
    """A case that somebody opened; who is not responsible can take it over."""
    if facts["mine"] or not facts["next"]:
        return own(v, {**facts, "mine": True})
    take = Button(v.t("Take over"), press("ct", facts["id"], facts["owner_id"]))
    return inside(body(v, facts), (*row(take), *owner_buttons(v, facts)))


def owner_buttons(v: Viewer, facts: Facts) -> tuple[tuple[Button, ...], ...]:
    following = facts["next"]
    if following is None:
        return ()
    answer = "reply" if facts["reachable"] else "phoned"
    if following == Step.VERIFIED:
        acts = ["valid", "invalid", answer]
    elif facts["step"] == Step.TOLD and facts["accepted"] is None:
        acts = [str(following), "refused", answer]
    else:
        acts = [str(following), answer, "promise"] if facts["reachable"] else [str(following), answer]
    return row(*(Button(act_name(v, act), press("ca", facts["id"], act)) for act in acts))


@shows(complaints.RELAY)
def relay(v: Viewer, facts: Facts) -> Screen:
    text = lines(
        v.t("<b>{number}</b> {by}:", number=facts["number"], by=facts["customer"]),
        fill("{text}", text=facts["said"]) if facts["said"] else None,
        v.t("Answer this message to write to the customer."),
    )
    return inside(text, media=media_of(facts))


@shows(complaints.MAJOR)
def major(v: Viewer, facts: Facts) -> Screen:
    return inside(lines(v.t("A major case has come in."), body(v, facts)))


@shows(complaints.BOUNCED)
def bounced(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t(
                "<b>{number}</b> Your message did not reach {name}: the bot is blocked there.",
                number=facts["number"],
                name=facts["customer"],
            ),
            v.t("Please telephone {phone}, then note what was said.", phone=facts["phone"] or "—"),
            None
            if facts["first_reply_at"]
            else v.t("It does not count as the first reply, due {at}.", at=moment(v, facts["first_reply_due"])),
        ),
        row(Button(act_name(v, "phoned"), press("ca", facts["id"], "phoned"))) if facts["next"] else (),
    )


@shows(complaints.ANSWERED)
def answered(v: Viewer, facts: Facts) -> Screen:
    if facts["yes"]:
        return inside(v.t("<b>{number}</b> The customer accepts the result.", number=facts["number"]))
    return inside(
        lines(
            v.t(
                "<b>{number}</b> The customer does not accept the result: round {n}, a new plan by {at}.",
                number=facts["number"],
                n=facts["round"],
                at=moment(v, facts["handle_due"]),
            ),
        )
    )


@shows(complaints.URGED)
def urged(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t(
                "⏰ {at} the customer of <b>{number}</b> asks for haste.",
                at=v.clock(cast("str", facts["at"])),
                number=facts["number"],
            ),
            v.t("In charge: {owner}", owner=owner_shown(v, facts)),
            v.t("{what} by {at}", what=target_name(v, facts["target"]), at=moment(v, facts["due"])),
            v.how(f"complaint:{facts['id']}"),
        )
    )


@shows(complaints.SLIP)
def slip(v: Viewer, facts: Facts) -> Screen:
    """催办单"""
    due = {
        complaints.FIRST_REPLY: facts["first_reply_due"],
        complaints.HANDLE: facts["handle_due"],
        complaints.CLOSE: facts["close_due"],
    }[cast("Any", facts["missed"])]
    promise = Button(act_name(v, "promise"), press("ca", facts["id"], "promise"))
    answer = "reply" if facts["reachable"] else "phoned"
    buttons = row(Button(act_name(v, answer), press("ca", facts["id"], answer)), promise)
    return inside(
        lines(
            v.t(
                "⚠️ <b>Urge slip</b> {number}: {what} was due {at}.",
                number=facts["number"],
                what=target_name(v, facts["missed"]),
                at=moment(v, due),
            ),
            v.t("Customer: {customer}", customer=customer_shown(v, facts)),
            v.t("In charge: {owner}", owner=owner_shown(v, facts)),
            v.t("Now: deal with it, or give the reason and promise a day.") if facts["mine"] else None,
            v.clause(cast("str | None", facts.get("clause")), f"complaint:{facts['id']}"),
        ),
        buttons if facts["mine"] else (),
    )


@shows(complaints.SLIPS)
def slips(v: Viewer, facts: Facts) -> Screen:
    listed = cast("list[dict[str, Any]]", facts["cases"])
    more = len(listed) - MOST_LISTED
    return inside(
        lines(
            v.n("<b>Urge list</b>: {n} overdue case", "<b>Urge list</b>: {n} overdue cases", len(listed)),
            v.t("This list is late: the bot was not running.") if facts["late"] else None,
            *(
                v.t(
                    "{number} {owner}: {what} was due {at}, {left}",
                    number=line["number"],
                    owner=line["owner"] or v.t("nobody yet"),
                    what=target_name(v, line["target"]),
                    at=moment(v, line["due"]),
                    left=v.left(line["due"]),
                )
                for line in listed[:MOST_LISTED]
            ),
            v.t("… and {more} more: /complaints", more=more) if more > 0 else None,
            v.clause(cast("str | None", facts.get("clause"))),
        )
    )


@shows(complaints.AUDIT)
def audit(v: Viewer, facts: Facts) -> Screen:
    """查办单"""
    return inside(
        lines(
            v.t(
                "<b>Audit slip</b> {number}: closed {at}, due {due}.",
                number=facts["number"],
                at=moment(v, facts["closed_at"]),
                due=moment(v, facts["close_due"]),
            ),
            v.t("In charge: {owner}", owner=owner_shown(v, facts)),
            v.t("Why was it late? One line will do.") if facts["mine"] else None,
            v.clause(cast("str | None", facts.get("clause")), f"complaint:{facts['id']}"),
        ),
        row(Button(act_name(v, "why"), press("ca", facts["id"], "why"))) if facts["mine"] else (),
    )


@shows(complaints.WIDENED)
def widened(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t(
                "The month has more complaints than its numbers have digits for: from {number} on they are longer.",
                number=facts["number"],
            ),
            v.clause(cast("str | None", facts.get("clause"))),
        )
    )


def cases(v: Viewer, found: Sequence[Overview]) -> Screen:
    """Open cases, each with a button that opens it."""
    if not found:
        return inside(v.t("No open cases."))
    listed = found[:MOST_LISTED]
    texts = [
        v.t(
            "<b>{number}</b> {kind} · {owner} · {what} {at}",
            number=case.complaint.number,
            kind=kind_name(v, case.complaint.kind),
            owner=case.owner or v.t("nobody yet"),
            what=target_name(v, case.complaint.target[0]),
            at=v.when(case.complaint.target[1]),
        )
        for case in listed
    ]
    more = len(found) - len(listed)
    buttons = [Button(case.complaint.number, press("co", case.complaint.id)) for case in listed]
    return inside(
        lines(
            v.n("{n} open case", "{n} open cases", len(found)),
            *texts,
            v.t("… and {more} more: /complaints", more=more) if more else None,
        ),
        tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3)),
    )


def registered(v: Viewer, complaint: Complaint) -> Screen:
    return inside(
        lines(
            v.t("Registered: {number}. You are responsible until you hand it on.", number=complaint.number),
            v.t("First reply by {at}.", at=moment(v, complaint.first_reply_due)),
            v.clause("complaint.first_asked"),
        )
    )


def prompt(v: Viewer, act: str, number: str) -> Html:
    """What the form asks for."""
    asked = {
        "reply": v.t("Write the reply; it goes to the customer. Photos and voice too."),
        "phoned": v.t("What was said on the telephone?"),
        "valid": v.t("What did you find? A short note for the company."),
        "invalid": v.t("Explain it to the customer; they get these words."),
        "plan": v.t("What is the plan, by whom and when? For the company."),
        "solving": v.t("A short note for the company."),
        "told": v.t("Write the result for the customer; they are asked whether they accept."),
        "revisit": v.t("What does the customer say now?"),
        "closed": v.t("A closing note for the company."),
        "refused": v.t("What does the customer not accept?"),
        "promise": v.t("The day and the reason: 9-20 waiting for a part. The customer is told."),
        "why": v.t("Why was it late? One line will do."),
    }[act]
    return fill("<b>{number}</b> {title}\n{text}", number=number, title=act_name(v, act), text=asked)


def done(v: Viewer, act: str, number: str) -> Screen:
    told = act in ("reply", "told", "promise", "invalid")
    text = (
        v.t("{number}: done and told to the customer.", number=number)
        if told
        else v.t("{number}: noted.", number=number)
    )
    return inside(text)


def taken(v: Viewer, complaint: Complaint) -> Html:
    return v.t("You are responsible for {number} now.", number=complaint.number)


def product_prompt(v: Viewer, field: str, at: int, of: int) -> Html:
    return v.t("{at}/{of}: {field}?", at=at, of=of, field=product_field(v, field))


def product_saved(v: Viewer, complaint: Complaint) -> Screen:
    return inside(v.t("{number}: thank you, the details are added.", number=complaint.number))


# Refusals -----------------------------------------------------------------------------------------------


@words(complaints.CustomerUnreachable)
def unreachable(v: Viewer, error: complaints.CustomerUnreachable) -> str:
    return v.t(
        "{number}: the customer cannot be reached in the chat. Please telephone {phone} and note what was said.",
        number=error.number,
        phone=error.phone or "—",
    )


@words(complaints.NotYours)
def not_yours(v: Viewer, error: complaints.NotYours) -> str:
    return v.t(
        "{owner} is responsible for {number}. Take it over first.",
        owner=error.owner or v.t("nobody yet"),
        number=error.number,
    )


@words(complaints.NoteNeeded)
def note_needed(v: Viewer, error: complaints.NoteNeeded) -> str:
    return v.t("{number}: a few words are needed here.", number=error.number)


@words(complaints.UrgedAlready)
def urged_already(v: Viewer, error: complaints.UrgedAlready) -> str:
    return v.t(
        "Urged at {at}; you can urge again after {again}.", at=v.clock(error.at), again=v.clock(error.again_at)
    )


@words(complaints.NumbersUsedUp)
def numbers_used_up(v: Viewer, error: complaints.NumbersUsedUp) -> str:
    return v.t("The complaint numbers of {month} are used up. Please tell the administrator.", month=error.month)


def urge_sent(v: Viewer, complaint: Complaint, owner: str) -> Html:
    return v.t("{number}: {owner} has been urged.", number=complaint.number, owner=owner or v.t("nobody yet"))


def as_id(text: str) -> ComplaintId:
    """A complaint's id out of a button or link. Raises NotFound."""
    return ComplaintId(number_of(text))
