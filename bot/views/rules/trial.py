"""What clauses on trial would have cost (RULE-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from bot.press import press
from bot.views.base import MOST_BUTTONS, Button, Html, Screen, Viewer, column, fill, lines, shows
from bot.views.ledger import effect_words
from bot.views.rules.changes import both
from core import rules
from core.ledger import Effect
from core.notices import Facts
from core.rules import Trials
from core.rules.trial import facts_of

MOST_LISTED = 12


@shows(rules.TRIAL)
def week(v: Viewer, facts: Facts) -> Screen:
    """For those who may put clauses in force: the week's counts, and the way to the clauses that count most."""
    clauses = cast("Sequence[dict[str, Any]]", facts["clauses"])
    return Screen(
        lines(
            v.t(
                "⚖ <b>On trial</b> {since}–{until}: had they been in force, there would have been",
                since=v.day(str(facts["since"])),
                until=v.day(str(facts["until"])),
            ),
            _sum(v, [found for one in clauses for found in one["found"]]),
            *(_line(v, one) for one in clauses[:MOST_LISTED]),
            v.t("… and {n} more: /trial", n=len(clauses) - MOST_LISTED) if len(clauses) > MOST_LISTED else None,
            v.t("Put one in force from a day:"),
        ),
        column(
            Button(f"{one['article']} {both(v, one['title'])}", press("rule", one["id"]))
            for one in [one for one in clauses if one["planned"] is None][:MOST_BUTTONS]
        ),
    )


def _line(v: Viewer, one: dict[str, Any]) -> Html:
    would = fill("· {named}: {would}", named=v.clause(one["id"]), would=_sum(v, one["found"]))
    if not one["planned"]:
        return would
    return fill("{would} · {from_at}", would=would, from_at=v.t("in force from {at}", at=v.day(one["planned"])))


def _sum(v: Viewer, found: Sequence[tuple[str, int, int, int]]) -> Html:
    """`3 warnings, 120 yuan (6 fines)`."""
    totals: dict[str, tuple[int, int]] = {}
    for effect, entries, amount, _ in found:
        before = totals.get(effect, (0, 0))
        totals[effect] = before[0] + entries, before[1] + amount
    return Html("、".join(_total(v, effect, *total) for effect, total in totals.items()))


def _total(v: Viewer, effect: str, entries: int, amount: int) -> Html:
    match effect:
        case Effect.WARNING:
            return v.n("{n} warning", "{n} warnings", entries)
        case Effect.FINE:
            return v.n("{yuan} yuan in {n} fine", "{yuan} yuan in {n} fines", entries, yuan=amount)
        case Effect.WITHHOLD:
            return v.n("{n} allocation withheld", "{n} allocations withheld", amount)
        case _:
            return fill("{n} × {effect}", n=entries, effect=effect_words(v, effect, amount))


def statistics(v: Viewer, found: Trials) -> Screen:
    """The same on demand; where nothing would have been recorded, the clauses on trial."""
    if not found.clauses:
        return Screen(v.t("No clause is on trial: all are in force."))
    facts = facts_of(found)
    if facts["clauses"]:
        return week(v, facts)
    return Screen(
        lines(
            v.t("In the last seven days clauses on trial would have cost nothing. On trial:"),
            *(fill("· {named}", named=v.clause(one.clause.id)) for one in found.clauses[:MOST_LISTED]),
            v.t("… and {n} more: /rules", n=len(found.clauses) - MOST_LISTED)
            if len(found.clauses) > MOST_LISTED
            else None,
        )
    )
