"""Requests on a database: what was written comes back, and of several who settle one thing one succeeds (P17)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import people
from core.access import SYSTEM, Role
from core.approvals import Approval, Event, File, Happening, Kind, NewApproval, Note, Slice, Standing, State, Step
from core.clock import ManualClock
from core.errors import NotFound
from core.ids import AccountId, ApprovalId, DeciderId, PersonId
from core.people import StaffRow
from core.rulebook import default
from storage.store import Store
from tests.support.databases import NOON

ZHANG, BOSS, LI = PersonId(1), PersonId(2), PersonId(3)
STEP = Step(("superior", "role:gm"), True, 240, None, 60, True, "skip", "superior", "delegate")
NEW = NewApproval(Kind.GIFT, ZHANG, "gift:1", 10**12, "给<b>", {"important": True, "name": "华强"}, (STEP, STEP))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = Store(url, ManualClock(NOON), default())
    made.start()
    rows = [StaffRow(n, str(n), f"业务{n}", "销售部", Role.SALESPERSON) for n in (1, 2, 3)]
    await made.do(people.import_staff, SYSTEM, rows)
    yield made
    made.close()


async def _asked(store: Store) -> Approval:
    def ask(uow: Any) -> Approval:
        added = uow.approvals.add(NEW, uow.now)
        uow.approvals.add_decider(added.id, 0, BOSS, LI, uow.now)
        found: Approval = uow.approvals.get(added.id)
        return found

    return await store.unit(ask)


async def test_a_request_comes_back_as_it_was_asked(store: Store) -> None:
    asked = await _asked(store)
    assert (asked.kind, asked.requester, asked.label) == (Kind.GIFT, ZHANG, "销售部-业务1")
    assert (asked.subject, asked.amount, asked.reason, asked.facts) == ("gift:1", 10**12, "给<b>", NEW.facts)
    assert (asked.state, asked.step, asked.steps, asked.account) == (State.OPEN, 0, (STEP, STEP), None)
    assert (asked.asked_at, asked.due_at, asked.left, asked.files) == (NOON, None, None, 0)
    [say] = asked.deciders
    assert (say.person, say.label, say.acting, say.acting_label) == (BOSS, "销售部-业务2", LI, "销售部-业务3")
    assert (say.standing, say.since, say.is_delegated) == (Standing.WAITING, NOON, True)
    for missing in (lambda uow: uow.approvals.get(ApprovalId(9)), lambda uow: uow.approvals.of_decider(DeciderId(9))):
        with pytest.raises(NotFound):
            await store.look(missing)


async def test_one_open_request_for_one_thing(store: Store) -> None:
    asked = await _asked(store)
    assert await store.unit(lambda uow: uow.approvals.add(NEW, uow.now)) is None
    found = await store.look(lambda uow: uow.approvals.open_on(Kind.GIFT, "gift:1"))
    assert found == asked
    assert await store.unit(lambda uow: uow.approvals.settle(asked.id, State.WITHDRAWN, None, uow.now))
    assert (await store.unit(lambda uow: uow.approvals.add(NEW, uow.now))) is not None


async def test_p17_of_many_presses_one_decides(store: Store) -> None:
    asked = await _asked(store)
    say = asked.deciders[0].id

    def press(how: Standing, by: PersonId = LI) -> Any:
        return store.unit(lambda uow: uow.approvals.decide(say, by, how, "", uow.now))

    assert not await press(Standing.APPROVED, BOSS), "the say is the delegate's to use"
    results = await asyncio.gather(*(press(how) for how in (Standing.APPROVED, Standing.REJECTED) for _ in range(50)))
    assert sum(results) == 1


async def test_p17_nothing_is_decided_in_another_step_or_after_the_end(store: Store) -> None:
    asked = await _asked(store)
    say = asked.deciders[0].id

    def press(uow: Any) -> bool:
        done: bool = uow.approvals.decide(say, LI, Standing.APPROVED, "", uow.now)
        return done

    assert await store.unit(lambda uow: uow.approvals.enter(asked.id, 0, 1))
    assert not await store.unit(lambda uow: uow.approvals.enter(asked.id, 0, 1))
    assert not await store.unit(press)
    assert await store.unit(lambda uow: uow.approvals.settle(asked.id, State.REJECTED, BOSS, uow.now))
    assert not await store.unit(lambda uow: uow.approvals.settle(asked.id, State.APPROVED, LI, uow.now))
    assert not await store.unit(lambda uow: uow.approvals.question(say, LI, "?", uow.now))
    over = await store.look(lambda uow: uow.approvals.get(asked.id))
    assert (over.state, over.settled_by, over.settled_label) == (State.REJECTED, BOSS, "销售部-业务2")


async def test_a_question_its_clock_and_the_trace_are_kept(store: Store) -> None:
    asked = await _asked(store)
    say = asked.deciders[0].id

    def act(uow: Any) -> list[bool]:
        done = [uow.approvals.question(say, LI, "为什么？", uow.now) for _ in range(2)]
        uow.approvals.set_clock(asked.id, None, timedelta(minutes=90))
        uow.approvals.attach(asked.id, File("photo", "abc"), uow.now)
        uow.approvals.note(asked.id, Note(Happening.QUESTION, LI, BOSS, ZHANG, "为什么？"), uow.now)
        return done

    assert await store.unit(act) == [True, False]
    found = await store.look(lambda uow: uow.approvals.get(asked.id))
    assert (found.left, found.due_at, found.files) == (timedelta(minutes=90), None, 1)
    assert [one.question for one in found.questions] == ["为什么？"]
    assert await store.look(lambda uow: uow.approvals.files(asked.id)) == [File("photo", "abc")]
    assert await store.look(lambda uow: uow.approvals.events(asked.id)) == [
        Event(NOON, Happening.QUESTION, "销售部-业务3", "销售部-业务2", "销售部-业务1", "为什么？")
    ]
    assert await store.unit(lambda uow: uow.approvals.unquestion(say))
    assert not await store.unit(lambda uow: uow.approvals.unquestion(say))


async def test_the_lists_and_their_counts(store: Store) -> None:
    asked = await _asked(store)
    counts = lambda who: store.look(lambda uow: uow.approvals.counts(who))  # noqa: E731
    assert (await counts(LI), await counts(ZHANG), await counts(BOSS)) == ((1, 0, 0), (0, 1, 0), (0, 0, 0))
    assert await store.look(lambda uow: uow.approvals.waiting_for(LI)) == [asked]
    assert await store.look(lambda uow: uow.approvals.waiting_for(LI, Slice(1, 5))) == []
    assert await store.look(lambda uow: uow.approvals.of_right(BOSS)) == [asked]
    await store.unit(lambda uow: uow.approvals.decide(asked.deciders[0].id, LI, Standing.APPROVED, "好", uow.now))
    assert await counts(LI) == (0, 0, 1)
    assert [one.id for one in await store.look(lambda uow: uow.approvals.decided_by(LI))] == [asked.id]
    assert [one.id for one in await store.look(lambda uow: uow.approvals.asked_by(ZHANG))] == [asked.id]
    assert await store.look(lambda uow: uow.approvals.open_from(AccountId(7))) is None


async def test_a_delegation_holds_from_its_start_to_before_its_end(store: Store) -> None:
    day = timedelta(days=1)
    made = await store.unit(lambda uow: uow.approvals.delegate(BOSS, LI, NOON, NOON + day))
    at = lambda when: store.look(lambda uow: uow.approvals.delegation_of(BOSS, when))  # noqa: E731
    assert (made.label, made.to_label) == ("销售部-业务2", "销售部-业务3")
    assert await at(NOON - timedelta(seconds=1)) is None
    assert await at(NOON) == made
    assert await at(NOON + day) is None
    assert await store.unit(lambda uow: uow.approvals.end_delegation(made.id, uow.now))
    assert not await store.unit(lambda uow: uow.approvals.end_delegation(made.id, uow.now))
    assert await at(NOON) is None
