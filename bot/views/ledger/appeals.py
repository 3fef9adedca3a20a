"""Texts about appeals: making one, deciding it, and what became of it (LGR-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row, shows, words
from bot.views.ledger.entries import clause_title, effect_words, effects_words, entries_words
from bot.views.reasons import why_button
from core import ledger
from core.geo import Point, map_link
from core.ledger import (
    Appeal,
    Appealable,
    AppealRefused,
    AppealSettled,
    AppealState,
    Filing,
    Item,
    Judgement,
    SomebodyElseDecides,
    Verdict,
)
from core.notices import Facts

MOST_LISTED = 8
SHORT = 200


# Making one ----------------------------------------------------------------------------------------------


def item_name(v: Viewer, kind: str) -> Html:
    names = {
        "text": v.t("words"),
        "photo": v.t("photo"),
        "voice": v.t("voice message"),
        "video": v.t("video"),
        "location": v.t("place"),
    }
    return names.get(kind) or v.t("file")


def items_line(v: Viewer, kinds: Sequence[str]) -> Html | None:
    """words 2 · photo 1"""
    counted = dict.fromkeys(kinds, 0)
    for kind in kinds:
        counted[kind] += 1
    parts = [fill("{name} {n}", name=item_name(v, kind), n=n) for kind, n in counted.items()]
    return v.t("Given: {items}", items=Html(" · ".join(parts))) if parts else None


def collecting(v: Viewer, found: Filing) -> Html:
    """What was given so far, and what can be given."""
    decider = found.decider
    return lines(
        v.t(
            "<b>Appeal against #{case}</b>: {effect}. It does not count while the appeal is open.",
            case=found.case.id,
            effect=entries_words(v, found.case.standing(v.now)),
        ),
        items_line(v, [item.kind for item in found.items]),
        v.t("Send words, photos, voice, files or your place 📎, one by one; then “Hand in”."),
        v.t("Decided by {decider}", decider=decider) if decider else v.t("Nobody is there to decide yet."),
        v.t("Hand in by {at}; what you have sent by then is handed in.", at=v.when(found.until))
        if found.until
        else None,
    )


def handed_in(v: Viewer, found: Filing) -> Screen:
    decider = found.decider
    return Screen(
        lines(
            v.t("✅ Appeal against #{case} handed in; it does not count meanwhile.", case=found.case.id),
            v.t("Decided by {decider}", decider=decider)
            if decider
            else v.t("Nobody is there to decide yet; the administrator has been told."),
        ),
        row(Button(v.t("Withdraw"), press("led.drop", found.appeal.id))),
    )


def withdrawn(v: Viewer, found: Appeal) -> Screen:
    return Screen(v.t("Appeal against #{case} withdrawn; the entry counts again.", case=found.case))


def choices(v: Viewer, filings: Sequence[Filing], found: Sequence[Appealable]) -> Screen:
    """What of one's own can be appealed, and what is being appealed."""
    if not found and not filings:
        return Screen(v.t("Nothing of yours can be appealed now. /ledger shows your entries."))
    going = [
        v.t(
            "#{case}: appeal open since {at}, {decider}",
            case=f.case.id,
            at=v.when(f.appeal.filed_at),
            decider=f.decider,
        )
        for f in filings
        if f.appeal.state is AppealState.OPEN
    ]
    buttons = [
        Button(v.t("#{case}: go on", case=f.case.id), press("led.appeal", f.case.id))
        for f in filings
        if f.appeal.state is AppealState.COLLECTING
    ]
    for one in found[:MOST_LISTED]:
        head = one.case.head
        label = f"#{one.case.id} {effect_words(v, head.effect, head.amount)} · {clause_title(v, head.clause)}"
        buttons.append(Button(label, press("led.appeal", one.case.id)))
    return Screen(lines(*going, v.t("Which entry do you appeal?") if buttons else None), column(buttons))


@shows(ledger.LAPSED)
def lapsed(v: Viewer, facts: Any) -> Screen:
    again = facts.get("again_by")
    return Screen(
        lines(
            v.t("Appeal against #{case}: nothing was sent in time, so the entry counts again.", case=facts["entry"]),
            v.t("You can appeal until {at}.", at=v.when(again)) if again else None,
        ),
        row(Button(v.t("Appeal"), press("led.appeal", facts["entry"]))) if again else (),
    )


@shows(ledger.ENDED)
def ended(v: Viewer, facts: Any) -> Screen:
    if facts["state"] == AppealState.WITHDRAWN:
        return Screen(v.t("Appeal of {label} against #{case}: withdrawn.", label=facts["label"], case=facts["entry"]))
    return Screen(
        lines(
            v.t(
                "Appeal of {label} against #{case}: the entry was taken back.",
                label=facts["label"],
                case=facts["entry"],
            ),
            v.t("Reason: {reason}", reason=facts["reason"]) if facts["reason"] else None,
        )
    )


# Deciding it ---------------------------------------------------------------------------------------------


def _instance(v: Viewer, instance: object) -> Html | None:
    return v.t("Second instance") if instance == 2 else None  # noqa: PLR2004 there are two


def _about(v: Viewer, facts: Any) -> list[Html | None]:
    return [
        v.t(
            "{at} #{case} {label}: {effect}",
            at=v.when(facts["entry_at"]),
            case=facts["entry"],
            label=facts["label"],
            effect=effects_words(v, facts["effects"]),
        ),
        v.t("Cause: {cause}", cause=facts["cause"]) if facts["cause"] else None,
        v.clause(facts["entry_clause"], version=facts.get("entry_version", "")),
    ]


def _said(items: Sequence[Sequence[str]]) -> str:
    text = " ".join(text for kind, text in items if kind == "text")
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


@shows(ledger.TO_JUDGE)
def to_judge(v: Viewer, facts: Any) -> Screen:
    """The card of who decides; it ends with the verdict."""
    head = v.t("<b>Appeal</b> of {label}", label=facts["label"])
    said = _said(facts["items"])
    about = [
        head,
        _instance(v, facts["instance"]),
        *_about(v, facts),
        fill("“{said}”", said=said) if said else None,
        items_line(v, [kind for kind, _ in facts["items"]]),
    ]
    if facts["state"] != AppealState.OPEN:
        return Screen(lines(*about, verdict_line(v, facts)))
    due = v.t("<b>Decide by {at}</b>", at=v.when(facts["decide_by"])) if facts["decide_by"] else None
    return Screen(lines(*about, due), judge_buttons(v, facts))


def judge_buttons(v: Viewer, facts: Facts) -> tuple[tuple[Button, ...], ...]:
    return row(
        Button(v.t("Decide"), press("led.judge", facts["appeal"])),
        Button(v.t("What was sent"), press("led.items", facts["appeal"])) if facts["items"] else None,
        why_button(v, f"entry:{facts['entry']}"),
    )


def verdict_name(v: Viewer, verdict: str) -> Html:
    return {
        "upheld": v.t("upheld"),
        "lifted": v.t("lifted"),
        "reduced": v.t("reduced"),
        "withdrawn": v.t("withdrawn"),
        "moot": v.t("taken back otherwise"),
        "open": v.t("waits for the verdict"),
        "collecting": v.t("being written"),
    }[verdict]


def verdict_line(v: Viewer, facts: Any) -> Html:
    return lines(
        v.t(
            "{at} {judge}: <b>{verdict}</b>",
            at=v.when(facts["ended_at"]) if facts["ended_at"] else "",
            judge=facts["judge"],
            verdict=verdict_name(v, str(facts["state"])),
        ),
        v.t("Now: {effect}", effect=effects_words(v, facts["now"]))
        if facts["state"] == AppealState.REDUCED
        else None,
        v.t("Reason: {reason}", reason=facts["reason"]) if facts["reason"] else None,
    )


@shows(ledger.REMINDED)
def reminded(v: Viewer, facts: Any) -> Screen:
    due = v.t("<b>Decide by {at}</b>", at=v.when(facts["decide_by"])) if facts["decide_by"] else None
    head = v.t("🔔 The appeal of {label} still waits for your verdict.", label=facts["label"])
    return Screen(lines(head, *_about(v, facts), due), judge_buttons(v, facts))


@shows(ledger.PASSED_ON)
def passed_on(v: Viewer, facts: Any) -> Screen:
    return Screen(
        v.t(
            "Appeal of {label} against #{case}: no verdict in time, {judge} decides now.",
            label=facts["label"],
            case=facts["entry"],
            judge=facts["judge"],
        )
    )


@shows(ledger.NOBODY)
def nobody(v: Viewer, facts: Any) -> Screen:
    return Screen(
        lines(
            v.t(
                "⚠️ Nobody is left to decide the appeal of {label} against #{case}.",
                label=facts["label"],
                case=facts["entry"],
            ),
            v.t(
                "Name a superior or general manager in the staff file; it is tried again at {at}.",
                at=v.when(facts["decide_by"]),
            )
            if facts["decide_by"]
            else None,
        )
    )


@shows(ledger.JUDGED)
def judged(v: Viewer, facts: Any) -> Screen:
    """The verdict, to the person and to who had issued the entry."""
    head = v.t("<b>Verdict</b> on the appeal of {label} against #{case}", label=facts["label"], case=facts["entry"])
    further = facts["mine"] and facts["again_by"]
    return Screen(
        lines(
            head,
            *_about(v, facts)[:1],
            verdict_line(v, facts),
            v.t("You can appeal to the next instance until {at}.", at=v.when(facts["again_by"])) if further else None,
            v.clause(facts.get("clause")),
        ),
        row(
            Button(v.t("Appeal again"), press("led.appeal", facts["entry"])) if further else None,
            why_button(v, f"entry:{facts['entry']}"),
        ),
    )


def judging(v: Viewer, found: Judgement) -> Html:
    head = found.case.head
    before = [
        lines(
            v.t("First instance: {verdict}", verdict=verdict_name(v, one.state)),
            v.t("Reason: {reason}", reason=one.reason),
        )
        for one in found.before
    ]
    said = _said([(item.kind, item.text) for item in found.items])
    return lines(
        v.t("<b>Appeal</b> of {label}", label=found.label),
        v.t(
            "{at} #{case}: {effect}", at=v.when(head.at), case=found.case.id, effect=entries_words(v, found.standing)
        ),
        v.t("Cause: {cause}", cause=head.cause) if head.cause else None,
        fill("“{said}”", said=said) if said else None,
        *before,
        v.clause(head.clause, version=head.version),
        v.t("What is your verdict?"),
    )


def waiting(v: Viewer, filings: Sequence[Filing]) -> Screen:
    """What waits for somebody's verdict."""
    if not filings:
        return Screen(v.t("No appeal waits for you."))
    buttons = [
        Button(
            f"#{f.case.id} {f.label} · {entries_words(v, f.case.standing(v.now))}", press("led.judge", f.appeal.id)
        )
        for f in filings[:MOST_LISTED]
    ]
    return Screen(
        v.n("{n} appeal waits for your verdict", "{n} appeals wait for your verdict", len(filings)), column(buttons)
    )


def ask_which(v: Viewer) -> Html:
    return v.t("Which part becomes smaller? What you leave out stays as it is.")


def ask_why(v: Viewer, verdict: Verdict) -> Html:
    return v.t("<b>{verdict}</b>: for what reason? It is kept and told.", verdict=verdict_name(v, verdict))


def ask_smaller(v: Viewer, effect: str, amount: int, most: int) -> Html:
    if most == 0:
        return v.t("{effect}: only 0 is possible, which takes it back.", effect=effect_words(v, effect, amount))
    return v.t(
        "{effect}: to how much? From 0 (taken back) to {most}.", effect=effect_words(v, effect, amount), most=most
    )


def decided(v: Viewer, label: str, found: Appeal) -> Screen:
    return Screen(
        v.t(
            "#{case} {label}: {verdict}. {label} has been told.",
            case=found.case,
            label=label,
            verdict=verdict_name(v, found.state),
        )
    )


def material(v: Viewer, item: Item) -> Screen:
    """One thing that was given, as a message."""
    head = v.t("{at} {name}", at=v.when(item.at) if item.at else "", name=item_name(v, item.kind))
    if item.kind == "location":
        latitude, longitude = (float(part) for part in item.text.split(","))
        url = map_link(Point(latitude, longitude), "")
        return Screen(fill('{head} <a href="{url}">{place}</a>', head=head, url=url, place=item.text))
    text = lines(head, fill("{text}", text=item.text) if item.text else None)
    return Screen(text, media=(item.kind, item.file) if item.file else None)


# Refusals ------------------------------------------------------------------------------------------------


@words(AppealRefused)
def refused(v: Viewer, error: AppealRefused) -> str:
    at = v.when(error.at) if error.at else ""
    return {
        "late": v.t("Too late: it could be appealed until {at}.", at=at),
        "final": v.t("The last instance has decided; that is final."),
        "reward": v.t("There is nothing to appeal in a reward."),
        "empty": v.t("Send at least a few words first."),
        "full": v.t("At most {most} items; this one was not kept. Press “Hand in”.", most=error.most),
        "nobody": v.t("Nobody is above who decided; that is final."),
    }[error.reason]


@words(AppealSettled)
def settled(v: Viewer, error: AppealSettled) -> str:
    if error.state == AppealState.OPEN and error.at:
        return v.t("Appealed at {at} already; {by} decides.", at=v.when(error.at), by=error.by or "—")
    if error.state in set(AppealState) and error.at:
        return v.t("This appeal is over: {verdict} {by}", verdict=verdict_name(v, error.state), by=error.by)
    return v.t("It is being appealed already.")


@words(SomebodyElseDecides)
def somebody_else(v: Viewer, error: SomebodyElseDecides) -> str:
    return v.t("{label} decides this appeal.", label=error.label or "—")
