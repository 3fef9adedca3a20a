"""Texts about ledger entries (LGR-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bot.views.base import Html, Screen, Viewer, fill, lines, shows
from core import ledger
from core.ledger import Effect, Entry
from core.notices import Facts
from core.people import Person

MOST_LISTED = 20


def effect_words(v: Viewer, effect: str, amount: object) -> Html:
    """What an entry means, in words: the amount is yuan for a fine and a count for withheld allocations."""
    return {
        Effect.WARNING: v.t("warning"),
        Effect.FINE: v.t("fine of {amount} yuan", amount=amount),
        Effect.WITHHOLD: v.t("next {amount} allocation(s) withheld", amount=amount),
        Effect.REVERSAL: v.t("taken back"),
    }[Effect(effect)]


@shows(ledger.ENTRY)
def entry(v: Viewer, facts: Facts) -> Screen:
    effects = cast("list[tuple[str, int]]", facts["effects"])
    words = Html("、".join(effect_words(v, effect, amount) for effect, amount in effects))
    if facts["mine"]:
        head = v.t("Recorded against you: {effect}", effect=words)
    elif facts["in_force"]:
        head = v.t("Recorded: {label} — {effect}", label=facts["label"], effect=words)
    else:
        head = v.t("Would be recorded (trial): {label} — {effect}", label=facts["label"], effect=words)
    return Screen(lines(head, v.clause(_text(facts.get("clause")))))


@shows(ledger.REVERSAL)
def reversal(v: Viewer, facts: Facts) -> Screen:
    evidence = facts.get("evidence")
    reason = evidence.get("reason") if isinstance(evidence, dict) else None
    return Screen(
        lines(
            v.t("Taken back: an entry of {label}", label=facts["label"]),
            v.t("Reason: {reason}", reason=reason) if reason else None,
            v.clause(_text(facts.get("clause"))),
        )
    )


def listing(v: Viewer, person: Person, entries: Sequence[Entry]) -> Screen:
    """A person's entries, newest first: those that were taken back and those on trial are marked."""
    if not entries:
        return Screen(v.t("{label}: nothing in the ledger.", label=person.label))
    back = {entry.reverses for entry in entries}
    fines = sum(e.amount for e in entries if e.effect is Effect.FINE and e.in_force and e.id not in back)
    shown = [entry for entry in entries if entry.effect is not Effect.REVERSAL]
    more = len(shown) - MOST_LISTED
    return Screen(
        lines(
            v.t("<b>{label}</b>: fines of {yuan} yuan in force", label=person.label, yuan=fines),
            *(_line(v, entry, taken_back=entry.id in back) for entry in shown[:MOST_LISTED]),
            v.t("… and {more} more", more=more) if more > 0 else None,
        )
    )


def _line(v: Viewer, entry: Entry, *, taken_back: bool) -> Html:
    words = effect_words(v, entry.effect, entry.amount)
    marks = [v.t("taken back")] if taken_back else [] if entry.in_force else [v.t("trial")]
    clause = v.rulebook.clauses.get(entry.clause)  # an entry outlives the clause it rests on
    title = v.title(clause.title) if clause else entry.clause
    return fill(
        "{at} · {words} · {title}{marks}", at=v.when(entry.at), words=words, title=title, marks=_marked(marks)
    )


def _marked(marks: Sequence[Html]) -> Html:
    return Html("".join(f" · <i>{mark}</i>" for mark in marks))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
