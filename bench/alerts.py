"""Six hundred alerts to forty groups under Telegram's limits: how near to the limits' own ceiling they get out.

    python -m bench.alerts [--quick]

The alerts stand in the outbox when the bot starts, a third of them urgent and written last. The ceiling is what the
platform's windows allow for the same alerts: 30 in any second, one a second in a chat, 20 in any minute in a group.
Then with one group that refuses everything (429), and with one that does not answer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bench import table
from bench.machine import folder
from bench.processes import company, end, platform, spawn
from bench.table import Line, at_least, at_most, compared, limited
from bot.clock import SystemClock
from bot.sandbox.limits import PER_CHAT_SECOND, PER_GROUP_MINUTE, PER_SECOND
from core.ids import GroupId
from core.notices import Notice, NoticeKind, ToGroup, Urgency
from core.rulebook import default
from storage.store import Store

GROUPS, ALERTS = 40, 600
URGENT = 3  # every third
PATIENCE = 240.0  # seconds
TROUBLES = {"": "", "absent": "", "429": "429", "hang": "hang"}
ALERT = NoticeKind("bench.duty")  # which the measured bot words as the text that is given


def ceiling(alerts: int, groups: int) -> float:
    """Seconds from the first alert to the last that the limits themselves need, the groups getting equally many."""
    each = -(-alerts // groups)
    overall = (alerts - 1) // PER_SECOND
    in_chat = (each - 1) // PER_CHAT_SECOND
    in_group = 60 * ((each - 1) // PER_GROUP_MINUTE)
    return float(max(overall, in_chat, in_group))


async def write(store: Store, alerts: int, groups: int, skipped: int = 0) -> None:
    """Routine ones first, in the order of the groups; the urgent ones are written last, and are to leave first."""

    def tell(uow: Any) -> None:
        for n in [*(n for n in range(alerts) if n % URGENT), *range(0, alerts, URGENT)]:
            urgency = Urgency.ROUTINE if n % URGENT else Urgency.ALERT
            if n % groups < skipped:
                continue
            text = f"{'R' if n % URGENT else 'U'}{n}"
            uow.notices.tell(Notice(ALERT, ToGroup(GroupId(n % groups + 1)), {"text": text}, urgency=urgency))

    await store.unit(tell)


async def sent(alerts: int, trouble: str = "") -> dict[str, Any]:
    """What the platform saw: seconds from the first to the last, refusals, and what left in which order. `trouble`
    is what the first group does: "429", "hang", nothing, or "absent" where nothing is written to it."""
    with folder() as place:
        async with platform() as there:
            await there.ask("limits")
            made = await there.ask("people", groups=GROUPS)
            await there.ask("trouble", chat=made["groups"][0]["chat"], what=TROUBLES[trouble])
            store = Store(await company(place, made["groups"]), SystemClock(), default())
            store.start()
            await write(store, alerts, GROUPS, skipped=int(trouble == "absent"))
            store.close()
            bot = await spawn("bench.subject", "keguan", there.url, str(place), "--paced", BENCH_TOKEN=made["token"])
            wanted = alerts - (alerts // GROUPS if trouble else 0)
            try:
                found: dict[str, Any] = await there.ask("alerts", number=wanted, seconds=PATIENCE)
            finally:
                await end(bot)
    if found["sent"] < wanted:
        raise RuntimeError(f"{found['sent']} of {wanted} came, trouble: {trouble or 'none'}")
    return found


def overtaken(order: list[str]) -> int:
    """Urgent ones that left after a routine one of their own chat (each is "chat:text")."""
    late, routine = 0, set()
    for one in order:
        chat, _, text = one.partition(":")
        if text.startswith("R"):
            routine.add(chat)
        elif chat in routine:
            late += 1
    return late


def measure(runs: int, quick: bool) -> list[Line]:
    alerts = 200 if quick else ALERTS
    best = ceiling(alerts, GROUPS)
    table.say(f"the limits' own: {best:.0f} s; {runs} runs")
    ours = [asyncio.run(sent(alerts)) for _ in range(runs)]
    lines = [
        limited(
            f"{alerts} alerts to {GROUPS} groups: share of the limits' ceiling",
            "",
            [best / one["seconds"] for one in ours],
            at_least(0.93),
            f"{best:.0f} s, which the platform's windows need for them, divided by the time taken. For orientation: "
            "python-telegram-bot's limiter, measured once, 0.74 with 137 refused",
        ),
        limited("… refused by the platform", "", [one["refused"] for one in ours], at_most(0)),
        limited(
            "… urgent after a routine one of its chat", "", [overtaken(one["order"]) for one in ours], at_most(0)
        ),
        limited("… urgent among those first out", "", [first(one["order"]) for one in ours], at_least(0.95)),
    ]
    return [*lines, *_troubled(alerts, max(1, runs // 2))]


def _troubled(alerts: int, runs: int) -> list[Line]:
    """The others' time beside that of as many alerts to as many groups without trouble."""
    lines = []
    for trouble, told in (("429", "one group refuses"), ("hang", "one group hangs")):
        pairs = []
        for _ in range(runs):
            table.say(told)
            pairs.append((asyncio.run(sent(alerts, trouble)), asyncio.run(sent(alerts, "absent"))))
        took, clear = [one["seconds"] for one, _ in pairs], [one["seconds"] for _, one in pairs]
        lines.append(compared(f"… {told}: the others' time", "s", took, "without", clear, at_most(1.05)))
    return lines


def first(order: list[str]) -> float:
    """The share of urgent ones among as many that left first."""
    texts = [one.partition(":")[2] for one in order]
    urgent = sum(text.startswith("U") for text in texts)
    return sum(text.startswith("U") for text in texts[:urgent]) / urgent if urgent else 1.0


if __name__ == "__main__":
    table.main(measure)
