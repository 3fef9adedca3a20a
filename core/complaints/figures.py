"""Pure decisions: numbers, due instants, the order of steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from core.complaints.model import Complaint, NumbersUsedUp, Step, Verdict
from core.hours import Due, Hours
from core.rulebook import Rulebook
from core.rulebook.sections import ComplaintKind, ComplaintRules
from core.worktime import WorkTime

HOME = ("+86", "0086")
MOST_PART = 3000  # characters of one passed-on message, markup counted
MARKUP = {"&": 5, "<": 4, ">": 4}  # what these take once they are escaped


def month_of(worktime: WorkTime, at: datetime) -> str:
    """YYMM by the company's clock (CMP-2): a month begins at its midnight."""
    return f"{worktime.local(at):%y%m}"


def numbered(month: str, running: int, rules: ComplaintRules) -> str:
    """The number of a complaint; the 100th of a month is 2609100 (P43). Raises NumbersUsedUp."""
    if running >= 10**rules.number_digits and not rules.number_widens:
        raise NumbersUsedUp(month)
    return f"{month}{running:0{rules.number_digits}d}"


def handle_due(rules: ComplaintRules, kind: ComplaintKind, hours: Hours, at: datetime) -> Due:
    """By when a case of this kind is handled: hours by the clock, or working days (CMP-6)."""
    if kind.handle.hours is not None:
        return hours.by_clock(kind.handle.hours * 60, at)
    return hours.days(min(kind.handle.working_days or 0, rules.handle_max_working_days), at)


def close_due(rules: ComplaintRules, phone: str, at: datetime) -> datetime:
    """By when it is closed, in calendar days; a foreign number means a customer abroad (CMP-6)."""
    abroad = phone.startswith(("+", "00")) and not phone.startswith(HOME)
    return at + timedelta(days=rules.close_days.abroad if abroad else rules.close_days.domestic)


def steps_for(rulebook: Rulebook, complaint: Complaint) -> tuple[Step, ...]:
    """The way a case goes: what is no complaint is answered and closed, an unfounded one is closed once that was
    found (CMP-4, CMP-5)."""
    steps = [step for step in map(Step, rulebook.complaints.steps) if step is not Step.CLOSED]
    if not complaint.is_complaint:
        steps = [Step.REGISTERED]
    elif complaint.verdict is Verdict.INVALID:
        steps = [Step.REGISTERED, Step.VERIFIED]
    return (*steps, Step.CLOSED)


def next_step(rulebook: Rulebook, complaint: Complaint) -> Step | None:
    """The step that comes now; None once closed."""
    order = list(Step)
    later = [step for step in steps_for(rulebook, complaint) if order.index(step) > order.index(complaint.step)]
    return later[0] if later else None


def step_before_plan(rulebook: Rulebook, complaint: Complaint) -> Step:
    """Where a solution that was not accepted leads back to, so that a plan is next (CMP-9)."""
    order = list(Step)
    earlier = [step for step in steps_for(rulebook, complaint) if order.index(step) < order.index(Step.PLAN)]
    return earlier[-1] if earlier else Step.REGISTERED


def parts(text: str) -> Iterator[str]:
    """The text in pieces that each fit a message together with a heading."""
    piece, weight = "", 0
    for character in text:
        grown = weight + MARKUP.get(character, 1)
        if grown > MOST_PART:
            yield piece
            piece, grown = "", MARKUP.get(character, 1)
        piece, weight = piece + character, grown
    yield piece
