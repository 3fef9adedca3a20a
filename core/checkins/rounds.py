"""The two rounds of a morning: asking for places, and closing with one list (CHK-1, CHK-2, CHK-6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from core.checkins import board
from core.checkins.expected import window_of
from core.checkins.judging import window_at
from core.checkins.misses import enter_late, enter_misses, was_asked
from core.checkins.reporting import open_day
from core.checkins.values import MISSED_CLAUSE, PROMPT, Checkin, Standing, Window
from core.notices import Notice, ToPerson
from core.rounds import RoundRun, every
from core.rulebook import Rulebook

if TYPE_CHECKING:
    from core.ports import UnitOfWork

CATCH_UP = timedelta(hours=12)  # a list of this morning is still news in the evening, not the day after


def prompt_time(rulebook: Rulebook, day: date) -> datetime | None:
    """On every day: a holiday has a round for those on duty, and whether there are any the run sees."""
    return window_at(rulebook, day).prompt_at


def closing_time(rulebook: Rulebook, day: date) -> datetime | None:
    return window_at(rulebook, day).closes_at


@every("checkin.prompt", prompt_time, CATCH_UP)
def prompt(uow: UnitOfWork, run: RoundRun) -> None:
    """Ask everybody expected, in private, and show the card in the groups."""
    window = window_of(uow, run.day)
    if window is None:
        return
    open_day(uow, run.day)
    if run.missed:
        uow.checkins.mark_outage(run.day)
    if uow.now >= window.closes_at:
        return  # too late to ask; the list says that the bot was away
    for one in _waiting(uow, run.day):
        ask_for_place(uow, window, one, f"checkin.prompt:{run.day}")
    board.refresh(uow, run.day)


@every("checkin.close", closing_time, CATCH_UP)
def close(uow: UnitOfWork, run: RoundRun) -> None:
    """One list for each group, whom to chase for each manager, and the ledger for repeated misses."""
    if window_of(uow, run.day) is None:
        return
    open_day(uow, run.day)
    if run.missed:
        uow.checkins.mark_outage(run.day)
    state = uow.checkins.day(run.day)
    if state is None or not uow.checkins.close_day(run.day, uow.now):
        return
    waiting = _waiting(uow, run.day)
    missed = [] if state.outage else [one for one in waiting if was_asked(uow, one)]
    uow.checkins.settle(run.day, [one.person for one in missed], Standing.MISSED)
    uow.checkins.settle(run.day, [one.person for one in waiting], Standing.UNHEARD)
    board.refresh(uow, run.day)
    board.chase(uow, run.day)
    enter_misses(uow, [one.person for one in missed], run.day)
    if not state.outage:
        enter_late(uow, _late(uow, run.day))


def ask_for_place(uow: UnitOfWork, window: Window, one: Checkin, key: str) -> None:
    """The private message with the location button."""
    uow.notices.tell(
        Notice(
            PROMPT,
            ToPerson(one.person),
            {"due_at": window.due_at, "closes_at": window.closes_at},
            subject=f"checkin:{window.day}",
            clause=MISSED_CLAUSE,
            key=key,
            at_once=True,  # the rulebook names its hour
        )
    )


def _waiting(uow: UnitOfWork, day: date) -> list[Checkin]:
    everywhere = [department.id for department in uow.people.departments()]
    return uow.checkins.listed(day, (Standing.WAITING,), everywhere, MOST_PEOPLE)


def _late(uow: UnitOfWork, day: date) -> list[Checkin]:
    everywhere = [department.id for department in uow.people.departments()]
    return uow.checkins.listed(day, (Standing.LATE,), everywhere, MOST_PEOPLE)


MOST_PEOPLE = 100_000
