"""What is done with is forgotten after its time; what is not, stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot import housekeeping
from bot.housekeeping import NOTICES, UPDATES, tidy
from core.ids import NoticeId, UpdateId
from core.notices import Notice, ToPerson
from core.people import BOUND
from storage.inbox import Arrived, SqlInbox
from tests.support.chat import Bench


async def test_handled_updates_and_old_notices_go_dead_letters_and_pending_ones_stay(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await anna.says("/me")
    anna.skips()
    await bench.store.unit(lambda uow: uow.inbox.put([Arrived(UpdateId(900_000_001), b"{}")]))
    await bench.store.unit(lambda uow: uow.inbox.finish([(900_000_001, "unparsable")]))
    assert anna.person is not None
    held_back = Notice(
        BOUND, ToPerson(anna.person), {"label": "x"}, not_before=bench.clock.now() + timedelta(days=999)
    )
    await bench.store.unit(lambda uow: uow.notices.tell(held_back))

    bench.clock.set(bench.clock.now() + UPDATES + timedelta(days=1))
    assert await bench.store.unit(lambda uow: uow.inbox.last()) == 900_000_001
    before = len(await bench.store.look(lambda uow: uow.inbox.dead()))
    await tidy(bench.store, bench.app.forms, bench.clock)
    assert len(await bench.store.look(lambda uow: uow.inbox.dead())) == before == 1
    assert await bench.store.unit(lambda uow: uow.inbox.purge(bench.clock.now())) == 0

    bench.clock.set(bench.clock.now() + NOTICES)
    await tidy(bench.store, bench.app.forms, bench.clock)
    bench.clock.set(bench.clock.now() + timedelta(days=999))
    pending = await bench.store.look(lambda uow: uow.outbox.pending(NoticeId(0)))
    assert [notice.facts for notice in pending] == [{"label": "x"}]
    await bench.settle()
    anna.expects("x")


async def test_much_that_is_old_is_forgotten_in_slices(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """People are answered meanwhile; what is not old stays, also in the midst of it."""
    monkeypatch.setattr(housekeeping, "SLICE", 3)
    arrived = [Arrived(UpdateId(number), b"{}") for number in range(1, 9)]
    await bench.store.unit(lambda uow: uow.inbox.put(arrived))
    done = [(UpdateId(n), "unparsable" if n == 4 else None) for n in range(1, 9)]
    await bench.store.unit(lambda uow: uow.inbox.finish(done))
    bench.clock.set(bench.clock.now() + UPDATES + timedelta(days=1))
    await bench.store.unit(lambda uow: uow.inbox.put([Arrived(UpdateId(9), b"{}")]))
    await bench.store.unit(lambda uow: uow.inbox.finish([(UpdateId(9), None)]))
    units: list[int] = []
    purge = SqlInbox.purge

    def noted(inbox: SqlInbox, before: datetime, upto: int, most: int) -> int:
        units.append(purge(inbox, before, upto, most))
        return units[-1]

    monkeypatch.setattr(SqlInbox, "purge", noted)
    await tidy(bench.store, bench.app.forms, bench.clock)
    assert units == [3, 3, 1, 0]
    assert [one for one, _ in await bench.store.look(lambda uow: uow.inbox.dead())] == [4]
    assert await bench.store.unit(lambda uow: uow.inbox.last()) == 9
