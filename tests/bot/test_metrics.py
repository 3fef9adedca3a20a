"""`/metrics`: figures with units, counted where the work is done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import SendMessage
from aiohttp import ClientSession
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from bot import metrics as figures
from bot.metrics import Metrics
from bot.views.base import NOTICES, Screen
from core.deadlines import RINGS, DeadlineKind
from core.groups import Purpose
from core.ids import UpdateId
from core.notices import Notice, NoticeKind, ToGroup
from core.rounds import ROUNDS, Round
from tests.support.chat import Bench, open_bench

GUIDE = Path(__file__).parent.parent.parent / "docs/operations.md"
SEVERAL = {"processes", "leads"}  # where several processes work
FREE = ("127.0.0.1", 0)
CALL, TOLD = DeadlineKind("test.call"), NoticeKind("test.told")


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, listen=FREE) as opened:
        yield opened


async def text_of(bench: Bench) -> str:
    async with ClientSession() as client, client.get(f"{bench.app.listener.address}/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        return await answer.text()


async def read(bench: Bench) -> dict[str, float]:
    """Each sample by its name without the house's, and its labels: "calls_total{sendMessage,ok}"."""
    found = {}
    for family in text_string_to_metric_families(await text_of(bench)):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            name = sample.name.removeprefix("keguan_")
            found[f"{name}{{{labels}}}" if labels else name] = sample.value
    return found


async def test_a_conversation_is_counted_and_nothing_of_it_told(bench: Bench) -> None:
    anna = await bench.staff("张三")
    before = await read(bench)
    await anna.says("/me")
    anna.expects("张三")
    await anna.says("/lead 99")
    anna.skips()
    after = await read(bench)

    def grew(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grew("updates_received_total") == grew("update_seconds_count") == 2
    assert grew("updates_handled_total{done}") + grew("updates_handled_total{refused}") == 2
    assert grew("calls_total{sendMessage,ok}") == 2
    assert grew("commit_seconds_count") >= 2
    assert grew("commit_units_sum") >= grew("commit_units_count")
    assert (after["inbox_open"], after["updates_in_hand"], after["dead_letters"]) == (0, 0, 0)
    assert after["ready"] == after["well{database}"] == 1
    text = await text_of(bench)
    assert "张三" not in text and bench.telegram.token not in text and str(anna.phone.id) not in text


async def test_notices_rings_and_rounds_are_timed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench.now + timedelta(minutes=1)
    for name in list(ROUNDS):
        monkeypatch.delitem(ROUNDS, name)
    monkeypatch.setitem(
        ROUNDS,
        "test.one",
        Round("test.one", lambda _r, day: datetime.combine(day, at.timetz()), lambda *_: None, timedelta(hours=3)),
    )
    monkeypatch.setitem(RINGS, CALL, lambda *_: None)
    monkeypatch.setitem(NOTICES, TOLD, lambda _v, _facts: Screen("told"))
    boss = await bench.staff("王总", "销售部")
    group = await bench.group("销售群", boss, purposes=[Purpose.SALES])
    assert group.id is not None
    notice = Notice(TOLD, ToGroup(group.id), {}, "task:1")
    await bench.app.bell.tick()
    await bench.store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", at))
    await bench.store.unit(lambda uow: uow.notices.tell(notice))
    bench.clock.set(at + timedelta(seconds=3))
    await bench.app.bell.tick()
    await bench.app.sender.idle()
    group.expects("told")
    found = await read(bench)
    assert (found["ring_lateness_seconds_count"], found["ring_lateness_seconds_sum"]) == (1, 3)
    assert (found["notices_total{sent}"], found["notice_seconds_sum"]) == (1, 63)
    assert found["rounds_total{on_time}"] == 1
    assert (found["outbox_pending"], found["bell_lag_seconds"]) == (0, 0)


async def test_refusals_of_the_platform_are_counted_by_method(bench: Bench) -> None:
    method = SendMessage(chat_id=1, text="x")

    async def refuses(*_: Any) -> Any:
        raise TelegramRetryAfter(method=method, message="Too Many Requests", retry_after=3)

    with pytest.raises(TelegramRetryAfter):
        await bench.app.calls(refuses, bench.app.bot, method)
    assert (await read(bench))["calls_total{sendMessage,too_many}"] == 1


async def test_what_runs_is_told(bench: Bench) -> None:
    text = await text_of(bench)
    line = next(line for line in text.splitlines() if line.startswith("keguan_build_info"))
    kind = "postgresql" if "postgresql" in bench.store.url else "sqlite"
    assert f'database="{kind}"' in line and f'rulebook="{bench.store.rulebook.version}"' in line


async def test_names_say_their_units_and_each_has_its_help(bench: Bench) -> None:
    for family in text_string_to_metric_families(await text_of(bench)):
        assert family.documentation, family.name
        if family.name.startswith("keguan_"):
            assert family.type != "unknown" and "ms" not in family.name.split("_")
    assert not [name for name in REGISTRY._names_to_collectors if name.startswith("keguan")], "a registry of our own"


async def test_every_figure_is_in_the_guide_and_the_alerts_there_name_no_other(bench: Bench) -> None:
    guide = GUIDE.read_text("utf-8").partition("## Metrics")[2].partition("## The log")[0]
    table, rules = guide.split("```yaml")
    text = await text_of(bench)
    there = set(re.findall(r"^# TYPE keguan_(\w+) ", text, re.M)) | SEVERAL
    told = set(re.findall(r"`([a-z_]+)[`{]", "".join(line for line in table.splitlines(True) if line[0] == "|")))
    assert there - told == set()
    alerting = YAML(typ="safe").load(rules.partition("```")[0])["groups"][0]["rules"]
    used = {name for rule in alerting for name in re.findall(r"keguan_(\w+)", rule["expr"])}
    assert {name.removesuffix("_bucket") for name in used} <= there


async def test_a_process_that_starts_tells_what_it_knows(bench: Bench) -> None:
    from bot.listener import Stage

    bench.app.listener.stage = Stage.STARTING
    found = await read(bench)
    assert found["ready"] == 0 and "inbox_open" not in found


async def test_arrivals_that_another_process_handles_are_forgotten(bench: Bench) -> None:
    counting = Metrics(bench.app)
    counting.arrived(UpdateId(n) for n in range(figures.MOST_UNDERWAY + 10))
    assert len(counting._underway) == figures.MOST_UNDERWAY
    assert UpdateId(5) not in counting._underway


async def test_without_an_address_nothing_is_counted(folder: Path) -> None:
    async with open_bench(folder) as bench:
        assert bench.app.metrics is None
        assert bench.app.intake.arrived is bench.store.writing.ended is bench.app.calls.ended is None
