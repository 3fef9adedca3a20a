"""Reads what people write about approvals: `/delegate 张三 3天`, a reply “同意” to a card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.views.checkin_words import read_day
from core.errors import NotUnderstood

DELEGATE_EXAMPLE = "/delegate 张三 3天"
_DAYS = re.compile(r"(\d{1,3})\s*(?:天|日|days?|d)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:-|–|—|~|～|至|到|to)\s*", re.IGNORECASE)
_UNTIL = re.compile(r"^(?:到|至|until|to)\s*", re.IGNORECASE)
_YES = ("同意", "批准", "准了", "可以", "ok", "yes", "approve", "agree")
_NO = ("不同意", "不批准", "不批", "驳回", "拒绝", "不行", "不可以", "no", "reject")
_MARKS = " ,，。.!！：:、"


def read_delegation(text: str, today: date) -> tuple[str, date, date]:
    """(name, first day, last day) of `张三 3天`, `张三 9月16日-9月18日`, `张三 到9月18日`. Raises NotUnderstood."""
    name, _, rest = text.strip().partition(" ")
    first, last = _span(rest.strip(), today)
    if not name or first is None or last is None or last < first:
        raise NotUnderstood("delegation", text or "/delegate", DELEGATE_EXAMPLE)
    return name, first, last


def _span(text: str, today: date) -> tuple[date | None, date | None]:
    days = _DAYS.fullmatch(text)
    if days:
        return (today, today + timedelta(days=int(days[1]) - 1)) if int(days[1]) else (None, None)
    if _UNTIL.match(text):
        return today, read_day(_UNTIL.sub("", text), today)
    begin, *end = _BETWEEN.split(text, maxsplit=1)
    first = read_day(begin, today)
    return first, read_day(end[0], today, first) if end else first


class Meant(StrEnum):
    """What an approver's reply says."""

    YES = "yes"
    NO = "no"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Reply:
    meant: Meant
    words: str


def read_reply(text: str) -> Reply:
    """`同意` and `驳回 理由` are decisions; anything else is a question to the requester."""
    text = text.strip()
    if text.endswith(("?", "？", "吗", "呢")):
        return Reply(Meant.QUESTION, text)
    for meant, openings in ((Meant.NO, _NO), (Meant.YES, _YES)):
        for opening in openings:
            rest = text[len(opening) :]
            if text.lower().startswith(opening) and (not rest or rest[0] in _MARKS):
                return Reply(meant, rest.strip(_MARKS))
    return Reply(Meant.QUESTION, text)
