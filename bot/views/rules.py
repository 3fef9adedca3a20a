"""Texts about the rulebook's clauses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.press import press
from bot.views.base import Button, Screen, Viewer, column, fill, lines
from core.rulebook import Clause

MOST_FOUND = 8


def found(v: Viewer, text: str, clauses: Sequence[Clause]) -> Screen:
    if not clauses:
        return Screen(v.t("No clause has “{text}”. /rules alone lists all.", text=text))
    shown = clauses[:MOST_FOUND]
    return Screen(
        lines(
            v.n("{n} clause", "{n} clauses", len(clauses)),
            v.t("Narrow it down: /rules and a word") if len(clauses) > MOST_FOUND else None,
        ),
        column(Button(f"{c.article} {v.title(c.title)}", press("rule", c.id)) for c in shown),
    )


def clause(v: Viewer, one: Clause) -> Screen:
    return Screen(
        lines(
            fill("<b>{article} {title}</b>", article=one.article, title=v.title(one.title)),
            fill("{text}", text=v.title(one.text)),
            v.t("In force") if one.in_force else v.t("Shadow: recorded and shown to managers, not in force"),
        )
    )
