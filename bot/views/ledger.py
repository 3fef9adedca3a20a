"""Texts about ledger entries (LGR-1)."""

from __future__ import annotations

from bot.views.base import Html, Screen, Viewer, lines, shows
from core import ledger
from core.ledger import Effect
from core.notices import Facts


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
    words = effect_words(v, str(facts["effect"]), facts["amount"])
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


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
