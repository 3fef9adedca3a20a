"""Nine o'clock with 1,000 people in 20 groups (CHK-1, CHK-2, P48), Telegram's limits enforced, edits counted.

    python -m bench.morning [--quick]

Platform and bot are processes of their own and live by one clock, which begins shortly before nine. The window is as
short as the rulebook can make it: asked at 9:00, late after 9:01, closed at 9:02; one miss is a ledger entry. One in
twenty never reports.

As people do: the others report spread over the window's last minute. At once: 300 of them report within the window's
last second but one, when the limits let 29 messages a second leave and the lists are due.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import table
from bench.ahead import AHEAD, Ahead
from bench.machine import folder
from bench.processes import Remote, company, end, platform, spawn
from bench.table import Line, at_most, limited
from core.access import Role
from core.checkins import Standing
from core.rulebook import default
from storage.store import Store

BEGIN, DUE, CLOSED = (datetime(2026, 9, 15, 0, 59, 35, tzinfo=UTC) + timedelta(seconds=s) for s in (0, 85, 145))
RULES = """
checkin:
  {opens_at: '08:30', prompt_at: '09:00', due_at: '09:01', closes_at: '09:02', misses_for_entry: 1}
"""
GROUPS, EACH, CROWD = 20, 50, 300
ABSENT = 20  # one in so many
SPREAD, BEFORE_END = 60.0, 2.5  # seconds of the reports, and between the last of them and the window's end
PATIENCE = 60.0  # seconds after the window
NAME = re.compile(r"员工\d+-\d+")


@dataclass(frozen=True, slots=True)
class Morning:
    """What came of one: seconds, and what was not as it should be."""

    signs: list[float]
    words: list[float]
    crowd_signs: list[float]
    crowd_words: list[float]
    lists: list[float]
    refused: int
    wrong: list[str]


async def nine(each: int, crowd: int) -> Morning:
    """`each` people in each group report, `crowd` of them at once."""
    with folder() as place:
        async with platform("bench.reporters") as there:
            made = await there.ask("people", groups=GROUPS, each=each + 1)  # the first manages the others
            await company(place, made["groups"], clock=Ahead.begin(BEGIN - timedelta(hours=1)))
            (place / "rules.yaml").write_text(RULES, "utf-8")
            clock = Ahead.begin(BEGIN)
            await there.ask("live", ahead=clock.seconds)
            bot = await spawn(
                *("bench.light", "keguan", there.url, str(place), "--paced"),
                BENCH_TOKEN=made["token"],
                BENCH_RULEBOOK=str(place / "rules.yaml"),
                **{AHEAD: clock.seconds},
            )
            try:
                rows = zip(*(group["people"][1:] for group in made["groups"]), strict=True)
                people = [who for row in rows for who in row]
                reporting = people[len(people) // ABSENT :]
                at_once = reporting[len(reporting) - crowd :] if crowd else []
                found = await _reported(there, clock, reporting[: len(reporting) - crowd], at_once)
            finally:
                await end(bot)
        wrong = await _checked(place, clock, made["groups"], found)
    return _told(found, set(at_once), wrong, len(people))


async def _reported(there: Remote, clock: Ahead, spread: list[int], at_once: list[int]) -> dict[str, Any]:
    await _until(clock, CLOSED - timedelta(seconds=SPREAD + BEFORE_END))
    if not (await there.ask("prompts"))["prompted"]:
        raise RuntimeError("the bot was not there at nine")
    await there.ask("report", people=spread, seconds=SPREAD)
    if at_once:
        await there.ask("report", people=at_once, seconds=1.0)
    found: dict[str, Any] = await there.ask("heard", seconds=PATIENCE)
    return found


async def _until(clock: Ahead, at: datetime) -> None:
    await asyncio.sleep(max(0.0, (at - clock.now()).total_seconds()))


def _told(found: dict[str, Any], at_once: set[int], wrong: list[str], people: int) -> Morning:
    if found["prompted"] < people:
        wrong.append(f"{found['prompted']} of {people} were asked before the first report")

    def took(what: str, crowd: bool) -> list[float]:
        reports = [one for who, one in found["reports"].items() if (int(who) in at_once) is crowd]
        return sorted(one.get(what, one["sent"] + PATIENCE) - one["sent"] for one in reports)

    lists = sorted(at - CLOSED.timestamp() for at in found["lists"].values())
    return Morning(
        took("sign", False), took("words", False), took("sign", True), took("words", True),
        lists, found["refused"], wrong,
    )  # fmt: skip


async def _checked(place: Path, clock: Ahead, groups: list[dict[str, Any]], found: dict[str, Any]) -> list[str]:
    """What of the lists, the day and the ledger is not what the platform's own dates say."""
    store = Store(f"sqlite:///{place / 'keguan.db'}", clock, default())
    store.start()
    try:
        kept = await store.look(_kept)
    finally:
        store.close()
    wrong = []
    for number, group in enumerate(groups):
        meant = {f"员工{number}-{k}": _standing(found, who) for k, who in enumerate(group["people"]) if k}
        missing = {name for name, standing in meant.items() if standing is Standing.MISSED}
        wrong += [f"{name}: {kept[name]}, not {(s, s is Standing.MISSED)}" for name, s in meant.items()
                  if kept[name] != (s, s is Standing.MISSED)]  # fmt: skip
        texts = found["texts"][str(group["chat"])]
        if len(texts) != 1:
            wrong.append(f"group {number}: {len(texts)} lists")
        elif problem := _of_list(texts[0], meant, missing):
            wrong.append(f"group {number}: {problem}")
    return wrong


def _standing(found: dict[str, Any], who: int) -> Standing:
    report = found["reports"].get(str(who))
    if report is None or report["dated"] > CLOSED.timestamp():
        return Standing.MISSED
    return Standing.PRESENT if report["dated"] <= DUE.timestamp() else Standing.LATE


def _of_list(text: str, meant: dict[str, Standing], missing: set[str]) -> str:
    """What a list tells that is not so."""
    standings = list(meant.values())
    counts = [f"已到 {standings.count(Standing.PRESENT)}", f"迟到 {standings.count(Standing.LATE)}"]
    counts += [f"缺 {len(missing)}"] if missing else []
    named = set(NAME.findall(next((line for line in text.splitlines() if line.startswith("缺卡")), "")))
    if named != missing:
        return f"names {sorted(named)} as missing, not {sorted(missing)}"
    return "" if " · ".join(counts) in text else f"does not say {counts}: {text[:80]!r}"


def _kept(uow: Any) -> dict[str, tuple[Standing, bool]]:
    """Of everybody who reports: where they stand, and whether there is a ledger entry."""
    day = CLOSED.date()
    return {
        one.number: (uow.checkins.of(one.id, day).standing, bool(uow.ledger.of_person(one.id)))
        for one in uow.people.staff(Role.SALESPERSON)
    }


def measure(runs: int, quick: bool) -> list[Line]:
    each, crowd = (10, 60) if quick else (EACH, CROWD)
    number = 1 if quick else max(1, runs // 2)
    usual = [asyncio.run(_one(each, 0)) for _ in range(number)]
    crowded = [asyncio.run(_one(each, crowd)) for _ in range(number)]
    both = usual + crowded
    people = GROUPS * each
    return [
        limited(f"{people:,} people at 9:00, spread over a minute: the last answer", "s",
                [one.words[-1] for one in usual], at_most(2)),
        limited("… half of them", "s", [_half(one.words) for one in usual]),
        limited(f"{crowd} in one second: the last first sign", "s",
                [one.crowd_signs[-1] for one in crowded], at_most(2)),
        limited("… the last answer in words", "s", [one.crowd_words[-1] for one in crowded],
                note=f"the limits' own: {crowd / 29:.0f} s, 29 messages a second"),
        limited("the last list after the window", "s", [one.lists[-1] for one in usual], at_most(5)),
        limited("… with those at once", "s", [one.lists[-1] for one in crowded], at_most(5)),
        limited("messages refused", "", [one.refused for one in both], at_most(0)),
        limited("lists, standings and ledger entries wrong", "", [len(one.wrong) for one in both], at_most(0)),
    ]  # fmt: skip


async def _one(each: int, crowd: int) -> Morning:
    found = await nine(each, crowd)
    for what in found.wrong[:5]:
        table.say(what)
    table.say(
        f"answers ≤ {found.words[-1]:.2f} s, p99 {_at(found.words, 0.99):.2f}, p50 {_half(found.words):.2f}; signs ≤ "
        f"{found.signs[-1]:.2f}; at once: signs ≤ {(found.crowd_signs or [0])[-1]:.2f}, words ≤ "
        f"{(found.crowd_words or [0])[-1]:.2f}; lists {[round(at, 1) for at in found.lists]}; "
        f"refused {found.refused}, wrong {len(found.wrong)}"
    )
    return found


def _at(took: list[float], share: float) -> float:
    return took[min(len(took) - 1, int(len(took) * share))]


def _half(took: list[float]) -> float:
    return _at(took, 0.5)


if __name__ == "__main__":
    table.main(measure)
