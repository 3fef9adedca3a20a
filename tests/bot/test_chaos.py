"""The short form of `python -m chaos`: the real bot in processes of its own, killed at named places."""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chaos.evidence import Evidence
from chaos.invariants import INVARIANTS
from chaos.kills import Blow, strike
from chaos.load import Done
from chaos.places import PLACES, wrap
from chaos.platform import Sent
from chaos.report import Report
from chaos.running import house
from chaos.scene import Scene
from storage.audit.verify import Fault
from tests.support.databases import REDIS, missing_postgresql, missing_redis

HARD = signal.SIGKILL
BLOWS = {
    "sqlite": (
        Blow("effect committed, no answer", HARD),
        Blow("sent, not settled", HARD),
        Blow("start: what was left is read", HARD),
        Blow("in the inbox, not committed", signal.SIGTERM),
    ),
    "postgresql": (Blow("mark written, not committed", HARD),),
}


async def _struck(store: str) -> Report:
    async def run(scene: Scene) -> None:
        await strike(scene, BLOWS[store])

    async with house([store]) as where:
        return await where.play("kills", store, 7, run)


async def test_killed_at_named_places_nothing_is_lost_or_done_twice() -> None:
    """OPS-1, OPS-4, P21; and every check can fail."""
    report = await _struck("sqlite")
    assert report.offences == {}
    assert [strike.place for strike in report.strikes] == [blow.place for blow in BLOWS["sqlite"]]
    found = report.evidence
    assert found is not None
    for name, doctor in DOCTORED.items():
        assert list(INVARIANTS[name](doctor(found))), f"{name} sees nothing"
    assert DOCTORED.keys() == INVARIANTS.keys()


async def test_killed_on_a_server_nothing_is_lost_or_done_twice() -> None:
    """OPS-1: also where the dead one is struck out before the next may work."""
    if reason := missing_postgresql() or missing_redis(REDIS):
        pytest.skip(reason)
    report = await _struck("postgresql")
    assert report.offences == {}
    assert len(report.strikes) == 1


@pytest.mark.parametrize("name", PLACES)
def test_every_place_is_there(name: str) -> None:
    """A place that was renamed is no place any more."""
    place = PLACES[name]
    undo = wrap(place.target, lambda args: None, after=place.after)
    undo()


# Doctored evidence: what each check must see ---------------------------------------------------------------------


def _rows(e: Evidence, table: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Evidence:
    copied = [dict(row) for row in e.rows[table]]
    return dataclasses.replace(e, rows={**e.rows, table: change(copied)})


def _set(table: str, **values: Any) -> Callable[[Evidence], Evidence]:
    """The last row of a table says something else."""
    return lambda e: _rows(e, table, lambda rows: [*rows[:-1], {**rows[-1], **values}])


def _twice(e: Evidence) -> Evidence:
    line = {"seq": 0, "act": "tasks.give", "subject": "task:1", "cause": f"update:{e.rows['inbox'][0]['id']}"}
    return dataclasses.replace(e, trail=[*e.trail, line, line])


def _unmarked(e: Evidence) -> Evidence:
    line = {"seq": 0, "act": "tasks.give", "subject": "task:1", "cause": "update:1"}
    return dataclasses.replace(e, trail=[*e.trail, line])


def _written_twice(e: Evidence) -> Evidence:
    act = Done("task", "任务9999号", 1, _somebody(e), 0, e.now)
    twice = [{"id": 0, "text": f"{n} 任务9999号"} for n in range(2)]
    return dataclasses.replace(_rows(e, "tasks", lambda rows: [*rows, *twice]), done=[*e.done, act])


def _elsewhere(e: Evidence) -> Evidence:
    act = Done("place", "0.00001", e.rows["inbox"][0]["id"], _somebody(e), 0, e.now)
    marked = _rows(e, "inbox", lambda rows: [{**row, "effect_at": e.now} for row in rows])
    return dataclasses.replace(marked, done=[*e.done, act])


def _somebody(e: Evidence) -> int:
    return next(int(row["id"]) for row in e.rows["accounts"] if row["person_id"] is not None)


def _two_winners(e: Evidence) -> Evidence:
    lead = {"id": 999, "owner_id": 2, "owner_name": "部-乙"}
    claims = [{"id": 0, "lead_id": 999, "kind": "claimed", "person_id": who} for who in (1, 2)]
    return _rows(_rows(e, "leads", lambda rows: [*rows, lead]), "lead_events", lambda rows: [*rows, *claims])


def _told_wrongly(e: Evidence) -> Evidence:
    act = Done("claim", "999", 1, _somebody(e), 0, e.now)
    return dataclasses.replace(e, done=[*e.done, act], presses={**e.presses, 1: SimpleNamespace(text="归你了")})


def _never_sent(e: Evidence) -> Evidence:
    notice = {"id": 999_999, "kind": "task.card", "state": "sent", "not_before": None, "card": None}
    return _rows(e, "notices", lambda rows: [*rows, notice])


def _sent(e: Evidence, *, again: int, process: int = 0) -> Evidence:
    more = [Sent("sendMessage", 1, n, "", 999_999, 0, process and process + n, 0.0) for n in range(again + 1)]
    return dataclasses.replace(e, sent=[*e.sent, *more])


def _out_of_order(e: Evidence) -> Evidence:
    acts = [Done("task", f"任务999{n}号", n, 1, -1, e.now) for n in range(2)]
    turned = [{"id": 9999 - n, "text": act.token} for n, act in enumerate(acts)]
    return dataclasses.replace(_rows(e, "tasks", lambda rows: [*rows, *turned]), done=[*e.done, *acts])


def _old_card(e: Evidence) -> Evidence:
    group = e.rows["groups"][0]
    card = {"card": "task:999", "to_kind": "group", "to_id": group["id"], "message_id": 999_999}
    return _rows(e, "cards", lambda rows: [*rows, card])


def _sanctioned(e: Evidence) -> Evidence:
    due = e.now - timedelta(minutes=30)
    who = e.rows["people"][0]["id"]
    entry = {"key": f"lead:999|lead.contact|{due.isoformat()}|1", "person_id": who, "subject": "lead:999"}
    away = (due - timedelta(minutes=9), due + timedelta(minutes=9))
    return dataclasses.replace(_rows(e, "ledger", lambda rows: [*rows, entry]), silences=[away])


DOCTORED: dict[str, Callable[[Evidence], Evidence]] = {
    "nothing_accepted_is_lost": lambda e: _rows(e, "inbox", lambda rows: rows[1:]),
    "the_inbox_is_empty": _set("inbox", done_at=None),
    "no_dead_letters": _set("inbox", error="it failed"),
    "what_was_written_stands_once": _written_twice,
    "an_effect_leaves_one_trace": _twice,
    "every_effect_has_its_mark": _unmarked,
    "places_are_reported_once": _elsewhere,
    "one_winner_a_lead": _two_winners,
    "winners_were_told_the_truth": _told_wrongly,
    "everything_due_has_rung": lambda e: _rows(
        e,
        "deadlines",
        lambda rows: [*rows, {"kind": "k", "subject": "s", "done_at": None, "due_at": e.now - timedelta(hours=1)}],
    ),
    "every_alert_is_out_or_marked": _never_sent,
    "a_process_sends_an_alert_once": lambda e: _sent(e, again=1),
    "one_repeat_a_chat_and_kill": lambda e: _sent(e, again=9, process=7),
    "numbers_have_no_gap_and_no_double": lambda e: _rows(
        e, "tasks", lambda rows: [*rows, {"id": len(rows) + 2, "text": ""}]
    ),
    "order_within_a_chat_is_kept": _out_of_order,
    "cards_show_what_is_stored": _old_card,
    "the_trail_is_whole": lambda e: dataclasses.replace(
        e, verdict=dataclasses.replace(e.verdict, fault=Fault.CHANGED, seq=3)
    ),
    "nobody_is_sanctioned_for_an_outage": _sanctioned,
    "no_faults_are_logged": lambda e: dataclasses.replace(e, log=[*e.log, {"event": "fault"}]),
}
