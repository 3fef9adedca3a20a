"""The words for why there is an entry (LGR-1)."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.views.base import Html, Viewer, fill, lines
from bot.views.discipline import category_name
from bot.views.ledger.appeals import verdict_name
from bot.views.ledger.entries import clause_title, count_words, effect_words, effects_words, subject_name
from bot.views.reasons import tells, titles

MOST_BEFORE = 10


@titles("entry")
def title(v: Viewer, facts: Any) -> str:
    return (
        f"#{facts['number']} {effect_words(v, facts['effect'], facts['amount'])} · {clause_title(v, facts['clause'])}"
    )


@tells("entry")
def entry(v: Viewer, facts: Any) -> Html:
    by = v.t("decided by {by}", by=facts["by"]) if facts["by"] else v.t("by the rule itself")
    return lines(
        v.t(
            "{at} #{case} {label}: {effect}, {by}",
            at=v.when(facts["at"]),
            case=facts["case"],
            label=facts["label"],
            effect=effects_words(v, facts["effects"]),
            by=by,
        ),
        None if facts["in_force"] else v.t("On trial: without effect."),
        v.t("Serious case") if facts["serious"] else None,
        v.t("Cause: {cause}", cause=facts["cause"]) if facts["cause"] else None,
    )


@tells("evidence")
def evidence(v: Viewer, facts: Any) -> Html | None:
    about = subject_name(v, facts["subject"])
    told = [line for key, value in facts["facts"].items() if (line := _fact(v, key, value))]
    words = [fill("“{word}”", word=word) for word in facts["words"]]
    return lines(v.t("It rests on: {about}", about=about) if about else None, *told, *words) or None


def _fact(v: Viewer, key: str, value: Any) -> Html | None:
    """A fact of the evidence, where it says something to a reader."""
    if value is None or value == "":
        return None
    return _instant(v, key, value) or _plain(v, key, value)


def _instant(v: Viewer, key: str, value: Any) -> Html | None:
    if key == "due":
        return v.t("due {at}", at=v.when(value))
    if key == "reply_by":
        return v.t("answer due {at}", at=v.when(value))
    if key == "given_at":
        return v.t("given {at}", at=v.when(value))
    if key == "since":
        return v.t("held since {at}", at=v.when(value))
    if key == "created":
        return v.t("registered {at}", at=v.when(value))
    if key == "sent_at":
        return v.t("sent {at}", at=v.when(value))
    return None


def _plain(v: Viewer, key: str, value: Any) -> Html | None:
    if key == "days" and isinstance(value, list):
        return v.t("days: {days}", days="、".join(v.day(date.fromisoformat(day)) for day in value))
    if key == "number":
        return v.t("complaint {number}", number=value)
    if key in {"text", "found"}:
        return fill("“{text}”", text=value)
    if key == "group":
        return v.t("in the group {group}", group=value)
    if key == "category":
        return category_name(v, str(value))
    if key == "at":
        return fill("{at}", at=v.when(value))
    if key == "year":
        return v.t("year {year}", year=value)
    return None


@tells("counted")
def counted(v: Viewer, facts: Any) -> Html:
    before = facts["before"][-MOST_BEFORE:]
    nth = count_words(v, facts["nth"], facts["months"])
    if not before:
        return nth
    return v.t("{nth}; before: {before}", nth=nth, before="、".join(v.when(at) for at in before))


@tells("told")
def told(v: Viewer, facts: Any) -> Html:
    if facts["at"] is None:
        return v.t("The message about it has not reached the person yet.")
    return v.t("Told at {at}", at=v.when(facts["at"]))


@tells("pause")
def pause(v: Viewer, facts: Any) -> Html:
    if facts["until"] is None:
        return v.t("The pause stands still while the appeal is open.")
    if facts["running"]:
        return v.t("Paused until {at}", at=v.when(facts["until"]))
    return v.t("The pause ended {at}", at=v.when(facts["until"]))


@tells("appeal")
def appeal(v: Viewer, facts: Any) -> Html:
    head = v.t("Second appeal") if facts["instance"] == 2 else v.t("Appeal")  # noqa: PLR2004 there are two
    at = v.when(facts["ended_at"] or facts["filed_at"])
    return lines(
        fill(
            "{head} {at} · {verdict} · {judge}",
            head=head,
            at=at,
            verdict=verdict_name(v, facts["state"]),
            judge=facts["judge"],
        ),
        v.t("Reason: {reason}", reason=facts["reason"]) if facts["reason"] else None,
    )


@tells("back")
def back(v: Viewer, facts: Any) -> Html:
    said = v.t("{at} taken back by {by}", at=v.when(facts["at"]), by=facts["by"] or v.t("the rule itself"))
    return lines(said, v.t("Reason: {reason}", reason=facts["reason"]) if facts["reason"] else None)
