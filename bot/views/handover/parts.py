"""Small parts that all texts about handovers share (ORG-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.views.base import Button, Html, Viewer, fill, lines
from core.handover import Item, ItemState, Why
from core.people.holdings import Line

PAGE = 8  # things on one screen of a list
MOST_HISTORY = 5
SHORT = 80


def area_name(v: Viewer, area: str) -> Html:
    """What an area's things are called."""
    return {
        "customers": v.t("customers"),
        "leads": v.t("leads"),
        "complaints": v.t("complaints"),
        "tasks": v.t("tasks to do"),
        "tasks_given": v.t("tasks given"),
        "visits": v.t("visit plans"),
        "duties": v.t("days on duty"),
        "approvals": v.t("approvals to decide"),
        "appeals": v.t("appeals to decide"),
        "reports": v.t("direct reports"),
        "departments": v.t("departments led"),
    }.get(area, fill("{area}", area=area))


def why_name(v: Viewer, why: str | None) -> Html:
    names = {
        Why.CHOSEN: v.t("chosen"),
        Why.SUPERIOR: v.t("next superior"),
        Why.REGION: v.t("same region"),
        Why.DEPARTMENT: v.t("same department"),
        Why.LOAD: v.t("least to do"),
    }
    return names[Why(why)] if why else Html("")


def mark(state: str) -> str:
    marks = {
        ItemState.LISTED: "○",
        ItemState.OFFERED: "⏳",
        ItemState.REFUSED: "✖",
        ItemState.ACCEPTED: "⏳",
        ItemState.MOVED: "✅",
        ItemState.GONE: "–",
    }
    return marks[ItemState(state)]


def limit(v: Viewer, item: Mapping[str, Any]) -> Html | None:
    """The running limit, and whether it begins with the receiver or is kept."""
    if not item["due_at"]:
        return None
    if item["anew"]:
        return v.t("limit {due}, from the takeover on", due=v.when(item["due_at"]))
    return v.t("limit {due}", due=v.when(item["due_at"]))


def facts_of_item(item: Item) -> dict[str, Any]:
    return {
        "area": item.area,
        "title": item.title,
        "due_at": item.due_at,
        "anew": item.anew,
        "receiver": item.receiver_label,
        "why": item.why,
        "state": item.state,
        "answer": item.answer,
    }


def item_line(v: Viewer, number: int, item: Mapping[str, Any]) -> Html:
    """One thing in a list: what, until when, to whom and why."""
    to = [item["receiver"] or v.t("nobody yet"), why_name(v, item["why"])]
    return lines(
        fill("{number}. {mark} {title}", number=number, mark=mark(item["state"]), title=item["title"]),
        fill("    → {to}", to=dots(to)),
        fill("    {answer}", answer=short(item["answer"])) if item["state"] == ItemState.REFUSED else None,
    )


def dots(parts: Sequence[object]) -> Html:
    return Html(" · ".join(str(fill("{part}", part=part)) for part in parts if part))


def short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHORT else flat[: SHORT - 1] + "…"


def told_before(v: Viewer, history: Sequence[Line]) -> Html | None:
    told = [
        fill("{at} {who}：{text}", at=v.when(line.at), who=line.who, text=short(line.text))
        for line in history[-MOST_HISTORY:]
    ]
    return lines(v.t("What happened before:"), *told) if told else None


def rows(numbers: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    half = PAGE // 2
    return tuple(tuple(numbers[at : at + half]) for at in range(0, len(numbers), half))
