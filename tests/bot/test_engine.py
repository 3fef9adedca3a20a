"""The machinery around the rules, seen from the chats: restarts, poison, blocked people, clocks that jump."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from aiogram.methods import SendMessage

from bot import pace, steady
from bot.app import App
from bot.intake import MOST_ALONE, MOST_ATTEMPTS, Intake
from bot.screens import fit
from bot.views.base import NOTICES, Screen
from core.clock import ManualClock
from core.deadlines import RINGS, Deadline, DeadlineKind
from core.groups import Purpose
from core.ids import NoticeId, UpdateId
from core.notices import Notice, NoticeKind, NoticeState, ToGroup, ToPerson, Urgency
from core.rounds import ROUNDS, Round, RoundRun
from core.rulebook import Rulebook
from storage import writer as writing
from storage.audit.verify import verify
from storage.inbox import Arrived
from tests.support.chat import MONDAY, SHANGHAI, Bench, Group, Someone, open_bench, prepare
from tests.support.databases import Databases

TOLD = NoticeKind("test.told")
CALL = DeadlineKind("test.call")


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """One kind of notice, one of deadline and one round of our own, and nobody else's rounds."""
    rung: list[Any] = []

    def ring(uow: Any, deadline: Deadline) -> None:
        rung.append((deadline.subject, uow.now))

    def plan(rulebook: Rulebook, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 9, 0, tzinfo=SHANGHAI)

    def run(uow: Any, run: RoundRun) -> None:
        rung.append((run.day, run.missed))

    monkeypatch.setitem(NOTICES, TOLD, lambda v, facts: Screen(v.t("{text}", text=str(facts["text"]))))
    monkeypatch.setitem(RINGS, CALL, ring)
    for name in list(ROUNDS):
        monkeypatch.delitem(ROUNDS, name)
    monkeypatch.setitem(ROUNDS, "test.nine", Round("test.nine", plan, run, timedelta(hours=3)))
    monkeypatch.setattr(steady, "FIRST_PAUSE", 0.0)
    yield rung


async def tell(bench: Bench, *notices: Notice) -> None:
    def put(uow: Any) -> None:
        for notice in notices:
            uow.notices.tell(notice)

    await bench.store.unit(put)


async def sales(bench: Bench) -> tuple[Someone, Group]:
    anna = await bench.staff("张三")
    return anna, await bench.group("销售群", anna, department="销售部", purposes=[Purpose.SALES])


# Updates ----------------------------------------------------------------------------------------------


async def test_poison_update_becomes_a_dead_letter_and_the_others_go_on(bench: Bench) -> None:
    anna, _ = await sales(bench)
    poison = {"update_id": 77, "message": {"chat": "not a chat", "date": "never"}}
    await bench.app.intake.accept([poison, {"update_id": 78, "message": 5}, {"update_id": 79}])
    await anna.says("/me")
    anna.expects("张三")
    dead = dict(await bench.look(lambda uow: uow.inbox.dead()))
    assert {77, 78} <= set(dead)
    assert "unparsable" in dead[77]


async def test_unfinished_update_has_its_effect_once_and_says_so(folder: Path) -> None:
    """OPS-1: killed between the commit and the answer."""
    async with open_bench(folder) as bench:
        anna = await bench.staff("张三")
        await anna.says("/language")
        anna.expects("English")
        await bench.store.unit(lambda uow: uow.inbox._c.exec_driver_sql("UPDATE inbox SET done_at = NULL"))
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, telegram=telegram, clock=clock, strict=False):
        pass
    last = telegram.history(anna.phone.private)[-1].text
    assert "08:00" in last
    assert "before the restart" in last
    async with open_bench(folder, telegram=telegram, clock=clock) as bench:
        account = await bench.look(lambda uow: uow.people.account_of(anna.person))
        assert account.language == "en", "switched once, not twice"
        assert await bench.store.unit(lambda uow: uow.inbox.take()) == []


async def test_unfinished_update_without_effect_is_simply_carried_out(folder: Path) -> None:
    async with open_bench(folder) as bench:
        anna = await bench.staff("张三")
        anna.phone.say("/language")
        raw = bench.telegram.updates.peek()[-1]
        await bench.app.intake._store.unit(
            lambda uow: uow.inbox.put([Arrived(UpdateId(raw["update_id"]), orjson.dumps(raw))])
        )
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, telegram=telegram, clock=clock, strict=False) as bench:
        await bench.settle()
        account = await bench.look(lambda uow: uow.people.account_of(anna.person))
        assert account.language == "en", "and once, though the platform gave it a second time"


async def test_update_that_brings_the_process_down_is_put_aside_and_those_beside_it_are_not(bench: Bench) -> None:
    anna = await bench.staff("张三")
    anna.phone.say("/language")
    innocent = bench.telegram.updates.take()[-1]
    crash = {"update_id": 5, "message": {"text": "boom"}}
    rows = [Arrived(UpdateId(u["update_id"]), orjson.dumps(u)) for u in (crash, innocent)]
    await bench.store.unit(lambda uow: uow.inbox.put(rows))
    for _ in range(MOST_ATTEMPTS):
        await bench.store.unit(lambda uow: (uow.inbox.release(), uow.inbox.take()))
    for _ in range(MOST_ALONE):
        await bench.store.unit(lambda uow: uow.inbox.try_alone(UpdateId(5)))

    again = Intake(bench.store, bench.app.dispatcher, bench.app.bot)
    await again.resume()
    await again.idle()
    dead = dict(await bench.look(lambda uow: uow.inbox.dead()))
    assert list(dead) == [5]
    assert "put aside" in dead[5]
    anna.expects("English")


async def test_chats_go_side_by_side_and_each_in_its_order(bench: Bench) -> None:
    people = [await bench.staff(f"员工{n}") for n in range(5)]
    for _ in range(6):
        for one in people:
            one.phone.say("/language")
    await bench.settle()
    for one in people:
        languages = [heard.text for heard in one.skips()]
        assert len(languages) == 6
        assert languages[0] != languages[1], "Chinese and English in turn, as asked"
        assert languages[::2] == [languages[0]] * 3
        assert languages[1::2] == [languages[1]] * 3


async def test_poller_keeps_its_offset_until_the_updates_are_on_disk(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await bench.staff("张三")
    anna.phone.say("/me")

    async def full(_updates: Any, _most: int) -> None:
        raise OSError("disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(bench.app.intake, "accept", full)
        with pytest.raises(OSError, match="full"):
            await bench.app.poller.poll(0)
    await bench.settle()
    anna.expects("张三")


# Notices ----------------------------------------------------------------------------------------------


async def test_blocked_person_is_unreachable_and_it_is_on_record(bench: Bench) -> None:
    """P46."""
    anna, _ = await sales(bench)
    anna.phone.private.blocked = True  # the platform has not told us yet
    await tell(bench, Notice(TOLD, ToPerson(anna.person), {"text": "hello"}, "lead:7"))
    await bench.settle()
    assert not await bench.look(lambda uow: uow.notices.was_delivered("lead:7", TOLD, ToPerson(anna.person)))
    account = await bench.look(lambda uow: uow.people.account_of(anna.person))
    assert not account.reachable
    (delivery,) = await bench.look(lambda uow: uow.notices.deliveries("lead:7", TOLD, ToPerson(anna.person)))
    assert delivery.state is NoticeState.UNREACHABLE

    anna.phone.unblock()
    await bench.settle()
    anna.skips()
    await tell(bench, Notice(TOLD, ToPerson(anna.person), {"text": "again"}, "lead:7"))
    await bench.settle()
    anna.expects("again")


async def test_group_that_migrated_unseen_gets_its_notice_in_the_new_chat(bench: Bench) -> None:
    """P45: learnt from the platform's error, for the update about it has not come yet."""
    anna = await bench.staff("张三")
    phone = anna.phone
    chat = phone.create_group("老群", kind="group")
    bench.telegram.updates.clear()
    old = chat.id
    saved = await bench.store.unit(lambda uow: uow.groups.save(old, "老群", None, {Purpose.SALES}, uow.now))
    moved = phone.migrate(chat)
    bench.telegram.updates.clear()
    await tell(bench, Notice(TOLD, ToGroup(saved.id), {"text": "follow me"}))
    await bench.app.idle()
    await bench.app.idle()
    assert any("follow me" in message.text for message in bench.telegram.history(moved))
    assert (await bench.look(lambda uow: uow.groups.get(saved.id))).chat == moved.id


class Flaky:
    """Fails the first calls that send a message, as a network does."""

    def __init__(self, app: App, *errors: Any) -> None:
        self.errors = list(errors)
        app.bot.session.middleware.register(self)  # type: ignore[arg-type]  # the same shape

    async def __call__(self, make_request: Any, bot: Any, method: Any) -> Any:
        if method.__api_method__ == SendMessage.__api_method__ and self.errors:
            raise self.errors.pop(0)(method, "gone")
        return await make_request(bot, method)


@pytest.mark.parametrize("error", [TelegramNetworkError, TelegramServerError])
async def test_notice_the_network_swallowed_is_sent_again(bench: Bench, error: Any) -> None:
    _, group = await sales(bench)
    flaky = Flaky(bench.app, *[error] * 5)
    await tell(bench, Notice(TOLD, ToGroup(group.id), {"text": "still here"}))
    await bench.settle()
    assert flaky.errors == []
    group.expects("still here")
    group.expects_silence()


async def test_card_that_shows_it_already_counts_as_sent(bench: Bench) -> None:
    _, group = await sales(bench)
    for _ in range(2):
        await tell(bench, Notice(TOLD, ToGroup(group.id), {"text": "same"}, "lead:7", card="lead:7"))
        await bench.settle()
    group.expects("same", edited=False)
    group.expects_silence()
    states = await bench.look(
        lambda uow: [d.state for d in uow.notices.deliveries("lead:7", TOLD, ToGroup(group.id))]
    )
    assert states == [NoticeState.SENT] * 2


async def test_card_deleted_from_the_chat_is_posted_anew(bench: Bench) -> None:
    _, group = await sales(bench)
    await tell(bench, Notice(TOLD, ToGroup(group.id), {"text": "one"}, card="lead:7"))
    await bench.settle()
    bench.telegram.remove(group.chat, group.expects("one").message)
    await tell(bench, Notice(TOLD, ToGroup(group.id), {"text": "two"}, card="lead:7"))
    await bench.settle()
    group.expects("two", edited=False)
    await tell(bench, Notice(TOLD, ToGroup(group.id), {"text": "three"}, card="lead:7"))
    await bench.settle()
    group.expects("three", edited=True)


async def test_pictures_of_a_card_that_pile_up_are_sent_as_one(bench: Bench) -> None:
    _, group = await sales(bench)
    await tell(bench, *(Notice(TOLD, ToGroup(group.id), {"text": f"n{n}"}, card="lead:7") for n in range(30)))
    await bench.settle()
    group.expects("n29")
    group.expects_silence()


async def test_urgent_notice_leaves_before_routine_ones(bench: Bench) -> None:
    _, group = await sales(bench)
    await tell(
        bench,
        Notice(TOLD, ToGroup(group.id), {"text": "list"}, urgency=Urgency.ROUTINE),
        Notice(TOLD, ToGroup(group.id), {"text": "alert"}, urgency=Urgency.ALERT),
    )
    await bench.settle()
    assert [heard.text for heard in group.skips()] == ["alert", "list"]


async def test_notice_its_view_cannot_word_fails_alone(bench: Bench) -> None:
    _, group = await sales(bench)
    await tell(
        bench,
        Notice(TOLD, ToGroup(group.id), {"wrong": 1}, "lead:7"),
        Notice(TOLD, ToGroup(group.id), {"text": "ok"}),
    )
    await bench.settle()
    group.expects("ok")
    (delivery,) = await bench.look(lambda uow: uow.notices.deliveries("lead:7", TOLD, ToGroup(group.id)))
    assert delivery.state is NoticeState.FAILED


async def test_text_over_the_limit_is_cut_at_a_line(bench: Bench) -> None:
    """4,097 characters; the platform would refuse broken markup."""
    _, group = await sales(bench)
    line = "<b>客户</b> 13 次\n"
    many = line * (4097 // len(line) + 1)
    shown = fit(many[:4097])
    assert len(shown) <= 4096
    assert shown.endswith("\n…")
    assert shown.count("<b>") == shown.count("</b>")
    await bench.app.bot.send_message(group.chat_id, shown)
    group.expects("客户")
    assert fit("x" * 4096) == "x" * 4096
    assert len(fit("x" * 5000)) <= 4096


# Time ------------------------------------------------------------------------------------------------


async def open_call(bench: Bench, subject: str, at: datetime) -> None:
    await bench.store.unit(lambda uow: uow.deadlines.open(CALL, subject, at))


def at(hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(hour=hour, minute=minute)


async def test_deadline_rings_at_its_instant_once(bench: Bench, registries: list[Any]) -> None:
    await open_call(bench, "lead:1", at(8, 30))
    await bench.clock_to("08:29")
    assert registries == []
    await bench.clock_to("08:31")
    await bench.clock_to("08:50")
    assert registries == [("lead:1", at(8, 30))]


async def test_process_that_was_down_defers_what_fell_due_and_marks_the_round(
    folder: Path, registries: list[Any]
) -> None:
    """P21: exactly one 9:00 run, marked; nothing that fell due meanwhile rings at once."""
    clock = ManualClock(MONDAY)
    async with open_bench(folder, clock=clock) as bench:
        await open_call(bench, "lead:1", at(9, 5))
        await open_call(bench, "lead:2", at(11))
        telegram = bench.telegram
        await bench.clock_to("08:50")
    clock.set(at(9, 20))
    async with open_bench(folder, clock=clock, telegram=telegram) as bench:
        await bench.app.bell.tick()
        assert registries == [(MONDAY.date(), True)], "the round is caught up, and says that nobody was there"
        await bench.clock_to("10:00")
        assert registries[1:] == [("lead:1", at(9, 30))], "ten minutes of grace after the outage"
        await bench.clock_to("11:01")
        assert registries[2:] == [("lead:2", at(11))], "what fell due later keeps its time"


async def test_process_that_dies_at_each_start_hides_no_outage(folder: Path, registries: list[Any]) -> None:
    """P21: nobody is heard by one that only starts, so its starts do not cut a long silence into short ones."""
    clock = ManualClock(MONDAY)
    async with open_bench(folder, clock=clock) as bench:
        await open_call(bench, "lead:1", at(8, 12))
        telegram = bench.telegram
        await bench.clock_to("08:10")
    for minute in (11, 12, 13):
        clock.set(at(8, minute))
        async with open_bench(folder, clock=clock, telegram=telegram) as bench:
            pass
    async with open_bench(folder, clock=clock, telegram=telegram) as bench:
        await bench.app.bell.tick()
        assert registries == [], "due in a silence, and two minutes of it are no outage of one minute each"
        await bench.clock_to("08:30")
        assert registries == [("lead:1", at(8, 22))], "ten minutes of grace"


async def test_machine_that_slept_does_the_same(bench: Bench, registries: list[Any]) -> None:
    """P21: the process lives, its machine slept 08:50 to 09:20."""
    await open_call(bench, "lead:1", at(9, 5))
    await bench.clock_to("08:50")
    await bench.conductor.jump(at(9, 20))
    assert registries == [(MONDAY.date(), True)]
    await bench.clock_to("09:31")
    assert registries[1:] == [("lead:1", at(9, 30))]


async def test_clock_set_back_runs_no_round_twice(bench: Bench, registries: list[Any]) -> None:
    await open_call(bench, "lead:1", at(9, 5))
    await bench.clock_to("09:10")
    assert registries == [(MONDAY.date(), False), ("lead:1", at(9, 5))]
    await bench.conductor.jump(at(8, 30))
    await bench.clock_to("09:30")
    assert len(registries) == 2, registries


async def test_clock_that_jumps_to_and_fro_rings_nothing_twice_and_voids_no_trail(
    bench: Bench, registries: list[Any]
) -> None:
    """P21: an hour forward and back again, as a time server in error does; twice."""
    await open_call(bench, "lead:1", at(8, 20))
    await open_call(bench, "lead:2", at(11))
    for _ in range(2):
        now = bench.clock.now()
        await bench.conductor.jump(now + timedelta(hours=1))
        await bench.conductor.jump(now)
    assert registries == [(MONDAY.date(), True)], "the round that seemed to be missed is marked; nobody was rung for"
    await bench.clock_to("11:30")
    assert sorted(name for name, _ in registries[1:]) == ["lead:1", "lead:2"], "each once"
    assert len(registries) == 3, "and the round not again"
    if bench.store.url.startswith("sqlite"):
        assert verify(bench.store._engine).fault is None


async def test_database_that_was_away_is_an_outage_like_any_other(
    tmp_path: Path, databases: Databases, registries: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P21: what fell due while nothing could be written is not held against anybody; what people did counts as of
    when they did it."""
    monkeypatch.setattr("storage.engine.BUSY_MS", 20)
    folder = prepare(tmp_path, databases.make("sqlite", tmp_path))
    async with open_bench(folder, strict=False) as bench:
        anna = await bench.staff("张三")
        await open_call(bench, "lead:1", at(8, 10))
        await bench.clock_to("08:08")
        bench.clock.set(at(8, 8) + timedelta(seconds=2))  # the next sign of life is due
        with closing(sqlite3.connect(folder / "keguan.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            ticking = asyncio.create_task(bench.app.bell.tick())
            anna.phone.say("/language")
            acting = asyncio.create_task(bench.settle())
            await asyncio.sleep(0.2)
            bench.clock.set(at(8, 12))
            await asyncio.sleep(0.2)
            assert not ticking.done()
            assert not acting.done()
            other.execute("ROLLBACK")
        await asyncio.gather(ticking, acting)
        assert registries == [], "four minutes in which nobody could be heard"
        anna.expects("English")
        await bench.clock_to("08:30")
        assert registries == [("lead:1", at(8, 22))], "ten minutes of grace"


async def test_while_the_platform_is_not_heard_nothing_is_judged(bench: Bench, registries: list[Any]) -> None:
    """P21: people may have answered in time, and nobody knows."""
    await open_call(bench, "lead:1", at(8, 10))
    await bench.clock_to("08:09")
    hearing, bell = bench.app.hearing, bench.app.bell
    hearing.heard()
    hearing.missed(OSError("no route"))
    bench.clock.set(at(8, 10))
    ringing = asyncio.create_task(bell.run())
    await asyncio.sleep(0.1)
    assert registries == [], "due, and not judged"
    hearing.heard()
    await asyncio.sleep(0.5)
    assert registries == [("lead:1", at(8, 10))], "a minute is tolerated: it rings"
    await open_call(bench, "lead:2", at(8, 14))
    hearing.missed(OSError("no route"))
    bench.clock.set(at(8, 30))
    bell._wake.set()
    await asyncio.sleep(0.1)
    hearing.heard()
    await asyncio.sleep(0.3)
    ringing.cancel()
    assert len(registries) == 1, "twenty minutes are an outage"
    assert [d.due_at for d in await bench.look(lambda uow: uow.deadlines.open_of("lead:2"))] == [at(8, 40)]


async def test_ring_that_fails_stops_no_other_and_stays_due(
    bench: Bench, registries: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = DeadlineKind("test.broken")

    def fails(uow: Any, deadline: Deadline) -> None:
        raise LookupError("a fault of one area")

    monkeypatch.setitem(RINGS, broken, fails)
    await bench.store.unit(lambda uow: uow.deadlines.open(broken, "lead:0", at(8, 10)))
    await open_call(bench, "lead:1", at(8, 20))
    await bench.clock_to("08:21")
    assert registries == [("lead:1", at(8, 20))]
    assert [d.subject for d in await bench.look(lambda uow: uow.deadlines.due())] == ["lead:0"]
    monkeypatch.setitem(RINGS, broken, RINGS[CALL])
    await bench.app.bell.tick()
    assert registries[1:] == [("lead:0", at(8, 21))]


async def test_rings_of_one_look_share_commits_and_keep_their_order(
    bench: Bench, registries: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand may be due at once; each is a unit of its own all the same, and one that fails takes only itself
    back."""
    broken = DeadlineKind("test.broken")

    def fails(uow: Any, deadline: Deadline) -> None:
        uow.deadlines.open(CALL, "lead:99", at(12))
        raise LookupError("a fault of one area")

    monkeypatch.setitem(RINGS, broken, fails)

    def open_all(uow: Any) -> None:
        for number in range(40):
            uow.deadlines.open(CALL, f"lead:{number}", at(8, 20))
        uow.deadlines.open(broken, "lead:7", at(8, 20))

    await bench.store.unit(open_all)
    commits: list[int] = []
    writer: Any = bench.store._writer
    carry_out = writer._carry_out
    monkeypatch.setattr(writer, "_carry_out", lambda batch: (commits.append(len(batch)), carry_out(batch)))
    await bench.clock_to("08:21")
    assert [subject for subject, _ in registries] == [f"lead:{number}" for number in range(40)]
    assert max(commits) <= writing.PATIENT_PER_COMMIT, "what people do is not kept waiting for all of them"
    assert len(commits) < 20
    assert [d.subject for d in await bench.look(lambda uow: uow.deadlines.due())] == ["lead:7"]
    assert await bench.look(lambda uow: uow.deadlines.open_of("lead:99")) == []


async def test_what_was_held_back_leaves_in_time_while_others_are_written(bench: Bench) -> None:
    """The outbox is read on from where it was read to; what waits before that is not forgotten."""
    anna, _ = await sales(bench)
    assert anna.person is not None
    to = ToPerson(anna.person)
    await tell(bench, Notice(TOLD, to, {"text": "稍后"}, not_before=at(8, 5)))
    sending = asyncio.create_task(bench.app.sender.run())
    await _out(bench, Notice(TOLD, to, {"text": "先"}))
    bench.clock.set(at(8, 6))
    await _out(bench, Notice(TOLD, to, {"text": "后"}))
    sending.cancel()
    texts = [message.text for message in anna.messages]
    assert set(texts) >= {"先", "稍后", "后"}
    anna.skips()


async def _out(bench: Bench, notice: Notice) -> None:
    """Write it, and wait until nothing is left that can leave now."""
    await tell(bench, notice)
    while await bench.look(lambda uow: uow.outbox.pending(NoticeId(0))):  # noqa: ASYNC110  # the rows are what counts
        await asyncio.sleep(0.01)


async def test_the_urgent_leave_first_however_late_they_were_written(bench: Bench) -> None:
    """Also where more wait than are read at once."""
    anna, _ = await sales(bench)
    boris = await bench.staff("李四")
    assert anna.person is not None and boris.person is not None
    routine = [Notice(TOLD, ToPerson(anna.person), {"text": f"常{n}"}, urgency=Urgency.ROUTINE) for n in range(600)]
    heard: list[str] = []
    bench.telegram.listen(lambda event: heard.append(event.message.text) if event.message else None)
    await tell(bench, *routine, Notice(TOLD, ToPerson(boris.person), {"text": "急"}))
    await bench.settle()
    assert heard[0] == "急"
    assert heard[1:4] == ["常0", "常1", "常2"]
    anna.skips()
    boris.skips()


async def test_a_page_read_before_a_notice_was_settled_does_not_send_it_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-1: the outbox is read on another thread, and what it showed as pending may be sent by now."""
    anna = await bench.staff("张三")
    sending, gate = bench.app.sender, asyncio.Event()
    put, look = sending._put, bench.store.look

    async def held(*args: Any) -> Any:
        await gate.wait()
        return await put(*args)

    async def read_then_sent(work: Any) -> Any:
        page = await look(work)
        gate.set()
        while sending._tasks:
            await asyncio.wait(sending._tasks)
        return page

    monkeypatch.setattr(sending, "_put", held)
    assert anna.person is not None
    notice = Notice(TOLD, ToPerson(anna.person), {"text": "一次"})
    await bench.store.unit(lambda uow: uow.notices.tell(notice))
    await sending.take()
    monkeypatch.setattr(bench.store, "look", read_then_sent)
    await sending.take()
    await bench.settle()
    anna.expects("一次")
    anna.expects_silence()


async def test_an_alert_overtakes_a_list_that_waits_for_its_turn_in_the_same_group(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P48: a card that edits itself may have used up what a group may get in a minute."""
    _, group = await sales(bench)
    monkeypatch.setattr(pace, "KEPT", pace.GROUP - 1)  # one routine message a minute
    bench.app.bot.session.middleware.register(pace.Pace())
    to = ToGroup(await bench.look(lambda uow: uow.groups.all()[0].id))
    await tell(bench, *(Notice(TOLD, to, {"text": f"常{n}"}, urgency=Urgency.ROUTINE) for n in range(2)))
    sending = bench.app.sender
    await sending.take()
    await _shown(group, "常0")
    await tell(bench, Notice(TOLD, to, {"text": "急"}))
    await sending.take()
    await _shown(group, "急")
    assert [m.text for m in group.messages if m.text in ("常0", "常1", "急")] == ["常0", "急"]
    assert [n.facts["text"] for n in await bench.look(lambda uow: uow.outbox.pending(NoticeId(0)))] == ["常1"]
    for task in list(sending._tasks):
        task.cancel()
    group.skips()


async def _shown(group: Group, text: str) -> None:
    async with asyncio.timeout(10):
        while text not in [message.text for message in group.messages]:  # noqa: ASYNC110  # what is seen counts
            await asyncio.sleep(0.02)


async def test_a_round_hears_out_whoever_spoke_before_it(bench: Bench, registries: list[Any]) -> None:
    """CHK-4: many speak at once just before it judges, and not all of them are handled yet."""
    await sales(bench)
    store = bench.store
    await bench.clock_to("08:59")
    came = [Arrived(UpdateId(number), b"{}", "7") for number in (901, 902)]
    await store.unit(lambda uow: uow.inbox.put(came, 2))
    bench.clock.set(MONDAY.replace(hour=9))
    round_ = asyncio.create_task(bench.app.bell.tick())
    await asyncio.wait([round_], timeout=0.3)
    assert not registries, "it waits for both"
    await store.unit(lambda uow: uow.inbox.finish([(UpdateId(901), None)]))
    await store.unit(lambda uow: uow.inbox.mark_effect(UpdateId(902)))
    await round_
    assert registries == [(MONDAY.date(), False)], "what is left of the second is its answer"
