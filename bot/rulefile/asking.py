"""The questions of `keguan rulebook init`: each has a usual answer, and is asked again until it can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import typer

from bot.rulefile import starting
from bot.rulefile.starting import Answers, NotAnAnswer
from bot.terminal import Texts

_READ: dict[str, tuple[Callable[[str], Any], str]] = {
    "name": (starting.name_of, "示范公司"),
    "zone": (starting.zone_of, "Asia/Shanghai"),
    "kind": (starting.kind_of, "default"),
    "week": (starting.week_of, "mon-fri"),
    "hours": (starting.hours_of, "09:00-12:00 13:30-18:00"),
    "checkin": (starting.checkin_of, "workdays"),
    "due_at": (starting.due_of, "09:00"),
}


def answers_of(given: Mapping[str, str | None], texts: Texts, *, ask: bool) -> Answers:
    """What was given as options; the rest is asked for, or is as usual. Ends where an option cannot be used."""
    questions = _questions(texts)
    found = {
        key: _given(key, value, texts) if value is not None else _asked(key, questions[key], texts, ask=ask)
        for key, value in given.items()
    }
    return Answers(**found, language=texts.language)


def _questions(texts: Texts) -> dict[str, str]:
    listed = "\n".join(
        f"  {n} {name} {words}" for n, (name, words) in enumerate(starting.kinds(texts).items(), start=1)
    )
    return {
        "name": texts.t("What is the company called?"),
        "zone": texts.t("Its time zone"),
        "kind": texts.t("What comes nearest to it?") + f"\n{listed}\n",
        "week": texts.t("Days worked"),
        "hours": texts.t("Working hours"),
        "checkin": texts.t("Check-in on working days (workdays) or every day (every_day)?"),
        "due_at": texts.t("Check-in by"),
    }


def _given(key: str, value: str, texts: Texts) -> Any:
    try:
        return _READ[key][0](value)
    except NotAnAnswer as error:
        name = "checkin-at" if key == "due_at" else key
        wrong = texts.t("{what}: {got} can't be used; write {expected}.", what=f"--{name}", got=value, expected=error)
        typer.echo(wrong, err=True)
        raise typer.Exit(1) from None


def _asked(key: str, question: str, texts: Texts, *, ask: bool) -> Any:
    read, usual = _READ[key]
    while ask:
        answer = typer.prompt(question, default=usual)
        try:
            return read(answer)
        except NotAnAnswer as error:
            typer.echo(texts.t("{got} can't be used; write {expected}.", got=answer, expected=error))
    return read(usual)
