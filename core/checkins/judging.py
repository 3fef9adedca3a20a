"""Pure decisions of the morning round: its times, and what a report is worth."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.away import Absence, is_away
from core.checkins.values import Flag, Position, Report, Standing, Window
from core.geo import metres
from core.rulebook import Rulebook

FEW_METRES = 2_000.0  # two readings of one place may be this far apart, however short the time between


def is_round_day(rulebook: Rulebook, day: date) -> bool:
    """Whether there is a round that day: workdays with 调休, or every day (CHK-1)."""
    return rulebook.checkin.days == "every_day" or rulebook.working_time.is_workday(day)


def window_on(rulebook: Rulebook, day: date) -> Window | None:
    """The round's times of a local date; None on a day without one (P8)."""
    return window_at(rulebook, day) if is_round_day(rulebook, day) else None


def window_at(rulebook: Rulebook, day: date) -> Window:
    """The times that a round of this date has, or would have."""
    rule, at = rulebook.checkin_on(day), rulebook.working_time.instant
    return Window(day, at(day, rule.opens_at), at(day, rule.prompt_at), at(day, rule.due_at), at(day, rule.closes_at))


def next_window(rulebook: Rulebook, now: datetime) -> Window | None:
    """The present window, or the next one, within a month."""
    today = rulebook.working_time.local_date(now)
    windows = (window_on(rulebook, today + timedelta(days=ahead)) for ahead in range(31))
    return next((window for window in windows if window is not None and now <= window.closes_at), None)


def excuses(rulebook: Rulebook, absence: Absence, day: date) -> bool:
    """Whether an absence excuses from the day's round: it covers the time at which a place is due (CHK-4)."""
    due_at = rulebook.working_time.instant(day, rulebook.checkin.due_at)
    return is_away(rulebook.working_time, rulebook, absence, due_at)


def standing_at(window: Window, sent_at: datetime) -> Standing | None:
    """Present until the due time, late until the end of the window, then nothing."""
    if sent_at > window.closes_at:
        return None
    return Standing.PRESENT if sent_at <= window.due_at else Standing.LATE


def flags_of(
    rulebook: Rulebook, report: Report, now: datetime, before: Position | None, *, taken_spot: bool
) -> tuple[Flag, ...]:
    """What is odd about a report (P50)."""
    rule = rulebook.checkin
    found = {
        Flag.INACCURATE: report.accuracy_m is not None and report.accuracy_m > rule.max_accuracy_m,
        Flag.DELAYED: now - report.sent_at > timedelta(minutes=rule.max_age_minutes),
        Flag.SAME_SPOT: rule.flag_same_spot and taken_spot,
        Flag.JUMP: before is not None and _jumped(report, before, rule.jump_km_per_hour),
    }
    return tuple(flag for flag, is_so in found.items() if is_so)


def _jumped(report: Report, before: Position, km_per_hour: int) -> bool:
    if report.point is None:
        return False
    way = metres(before.point, report.point)
    hours = max((report.sent_at - before.at).total_seconds(), 1.0) / 3600
    return way > FEW_METRES and way / 1000 / hours > km_per_hour
