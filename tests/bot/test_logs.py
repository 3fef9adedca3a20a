"""The log: one JSON object a line, each with the update it is about, and no secret in any."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage

from bot import pace
from bot.connection import Connection
from bot.logs import write_logs
from bot.sandbox.telegram import TOKEN
from core.deadlines import RINGS, DeadlineKind
from core.groups import Purpose
from core.notices import Notice, NoticeKind, ToGroup
from core.rounds import ROUNDS, Round
from storage.engine import make_engine
from tests.support.chat import Bench

CALL = DeadlineKind("test.call")


class Log:
    """What was logged, read back."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    def clear(self) -> None:
        self.stream.truncate(0)
        self.stream.seek(0)


@pytest.fixture
def log() -> Iterator[Log]:
    """Logging as the running program does it, into memory."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    kept = Log()
    write_logs("DEBUG", "a-secret-path", stream=kept.stream)
    yield kept
    logging.captureWarnings(False)
    root.handlers[:], root.level, sys.excepthook, threading.excepthook = before
    structlog.reset_defaults()


async def test_every_line_of_an_update_names_it_whatever_fails(
    bench: Bench, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-4: faults at the writer, at a reader, on the way to the platform and in a library, in one conversation."""
    anna = await bench.staff("张三")
    talk = structlog.get_logger()
    unit, look, send = bench.store.unit, bench.store.look, bench.app.bot.session.make_request
    monkeypatch.setattr(pace, "NETWORK_TRIES", (0.0,))
    failing = iter([True])

    def watched(where: str, work: Any) -> Any:
        def run(uow: Any) -> Any:
            talk.warning(where, thread=threading.current_thread().name.partition("_")[0])
            return work(uow)

        return run

    async def fails_once(bot: Bot, method: Any, *more: Any, **options: Any) -> Any:
        if isinstance(method, SendMessage):
            logging.getLogger("aiohttp.client").warning("a library speaks")
            if next(failing, False):
                raise TelegramNetworkError(method=method, message="ConnectionResetError")
        return await send(bot, method, *more, **options)

    monkeypatch.setattr(bench.store, "unit", lambda work, *more: unit(watched("writes", work), *more))
    monkeypatch.setattr(bench.store, "look", lambda work: look(watched("reads", work)))
    monkeypatch.setattr(bench.app.bot.session, "make_request", fails_once)
    log.clear()
    await anna.says("/language")
    anna.expects("English")
    await anna.says("/lead 99")
    anna.skips()

    first, second = (line["update"] for line in log.of("update"))
    assert {(line["update"], line["thread"]) for line in log.of("writes") if "update" in line} == {(first, "writer")}
    assert {line["update"] for line in log.of("reads") if "update" in line} == {first, second}
    assert [line["update"] for line in (*log.of("tried again"), *log.of("a library speaks"))] == [second] * 3
    for number in (first, second):  # they came one after the other: what lies between its first and last line is its
        named = [line.get("update") == number for line in log.lines]
        last = len(named) - named[::-1].index(True)
        assert all(named[named.index(True) : last])
        assert log.lines[last - 1]["event"] == "update"


async def test_a_fault_is_logged_with_its_update_and_the_update_says_so(
    bench: Bench, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await bench.staff("张三")
    ask = bench.store.unit

    async def broken(work: Any, doing: Any = None, *more: Any) -> Any:
        if doing is None:
            return await ask(work)

        def breaks(uow: Any) -> Any:
            structlog.get_logger().info("about to break")
            raise ZeroDivisionError

        return await ask(breaks, doing, *more)

    monkeypatch.setattr(bench.store, "unit", broken)
    log.clear()
    await anna.says("/language")
    anna.expects("编号")
    (end,) = log.of("update")
    assert (end["kind"], end["outcome"]) == ("message", "fault")
    for event in ("about to break", "fault", "not handled"):
        assert [line["update"] for line in log.of(event)] == [end["update"]], event
    assert "ZeroDivisionError" in log.of("fault")[0]["exception"]


async def test_one_line_an_update_tells_what_became_of_it_and_nothing_that_was_said(bench: Bench, log: Log) -> None:
    anna = await bench.staff("张三")
    log.clear()
    await anna.says("/me")
    anna.expects("张三")
    await anna.says("华东机械 13812345678")
    anna.skips()
    first, second = log.of("update")
    assert (first["kind"], first["handler"], first["outcome"], first["level"]) == (
        "message",
        "people.me",
        "done",
        "info",
    )
    assert first["ms"] >= 0
    assert second["update"] > first["update"]
    assert "13812345678" not in log.text and "华东" not in log.text and "张三" not in log.text


async def test_an_update_that_cannot_be_read_is_named_without_what_stands_in_it(bench: Bench, log: Log) -> None:
    await bench.app.intake.accept([{"update_id": 77, "message": {"chat": "13812345678", "date": "never"}}])
    await bench.app.idle()
    (line,) = log.of("unparsable update")
    assert line["update"] == 77
    assert "message.chat: model_type" in line["at"], line
    assert "13812345678" not in log.text


async def test_lines_of_notices_rings_and_rounds_say_which(
    bench: Bench, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await bench.staff("张三")
    group = await bench.group("销售群", anna, purposes=[Purpose.SALES])
    assert group.id is not None

    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    at = bench.now + timedelta(minutes=1)
    monkeypatch.setitem(RINGS, CALL, fails)
    monkeypatch.setitem(ROUNDS, "test.nine", Round("test.nine", lambda _r, day: at, fails, timedelta(hours=3)))
    to = ToGroup(group.id)
    await bench.store.unit(lambda uow: uow.notices.tell(Notice(NoticeKind("test.unworded"), to, {}, "task:1")))
    await bench.store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", at))
    log.clear()
    await bench.app.sender.idle()
    (refused,) = log.of("notice refused")
    assert (refused["notice"], refused["about"]) == (1, "task:1")
    bench.clock.set(at)
    await bench.app.bell.tick()
    found = log.of("ring failed")
    assert {line.get("deadline") for line in found} >= {"test.call:lead:1"}
    assert any(str(line.get("round", "")).startswith("test.nine:") for line in found)
    assert not [line for line in found if "deadline" in line and "round" in line]


async def test_the_token_is_in_no_line_also_not_where_a_connection_fails(log: Log) -> None:
    """OPS-6."""
    bot = Bot(TOKEN, session=Connection("http://127.0.0.1:9"))  # nobody listens on the port for discarding
    try:
        await bot.get_me()
    except TelegramNetworkError:
        structlog.get_logger().exception("failed", url=f"http://127.0.0.1:9/bot{TOKEN}/getMe", token=TOKEN)
        logging.getLogger("aiohttp").exception("failed as well at %s", TOKEN.replace(":", "%3A"))
    await bot.session.close()
    assert len(log.lines) == 2
    assert all("Traceback" in line["exception"] for line in log.lines)
    assert TOKEN.partition(":")[2] not in log.text
    assert "/bot…/getMe" in log.text


def test_secrets_and_passwords_are_hidden(log: Log) -> None:
    say = structlog.get_logger()
    say.info("x", url="postgresql+psycopg://keguan:hunter2@db/keguan", path="/hook/a-secret-path")
    say.info("x", url="redis://:hunter2@db:6379/0", other="http://host:80/a@b")
    assert "hunter2" not in log.text and "a-secret-path" not in log.text
    assert log.lines[0]["url"] == "postgresql+psycopg://keguan:…@db/keguan"
    assert log.lines[1]["other"] == "http://host:80/a@b"


def test_everybody_writes_json(log: Log) -> None:
    logging.getLogger("sqlalchemy.pool").error("%s connections", 3)
    structlog.get_logger().info("odd", huge=2**80, half="\ud83d", strange={1, 2}, thing=Path("x"))
    thread = threading.Thread(target=lambda: 1 / 0, name="writer")
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError("at the end"), None)
    lines = log.lines
    assert (lines[0]["event"], lines[0]["logger"], lines[0]["level"]) == ("3 connections", "sqlalchemy.pool", "error")
    assert lines[-3]["huge"] == 2**80
    assert (lines[-2]["thread"], lines[-2]["level"]) == ("writer", "critical")
    assert "ZeroDivisionError" in lines[-2]["exception"] and "at the end" in lines[-1]["exception"]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)


def test_levels(log: Log) -> None:
    write_logs("WARNING", stream=log.stream)
    structlog.get_logger().info("update")
    logging.getLogger("aiogram").info("polling")
    logging.getLogger("aiogram").warning("trouble")
    assert [line["event"] for line in log.lines] == ["trouble"]


def test_errors_of_the_database_do_not_repeat_people_words(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as told:
        connection.execute(sa.text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "华东机械"})
    engine.dispose()
    assert "华东机械" not in str(told.value)


async def test_a_task_nobody_awaits_is_logged(log: Log) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": "lost", "exception": ValueError("x")})
    assert "lost" in log.lines[0]["event"] and "ValueError" in log.lines[0]["exception"]
