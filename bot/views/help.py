"""The list of commands."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views.base import Screen, Viewer, fill, lines


def commands(v: Viewer, entries: Sequence[tuple[str, str, str]]) -> Screen:
    listed = (fill("/{name} {word} — {does}", name=name, word=word, does=v.t(does)) for name, word, does in entries)
    return Screen(lines(v.t("<b>You can</b>"), *listed))


def unknown(v: Viewer) -> Screen:
    return Screen(v.t("I don't know that. /help shows what you can do."))


def stale(v: Viewer) -> str:
    return v.t("This button is not in use any more.")
