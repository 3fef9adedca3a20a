"""Leads on a database: ownership by compare-and-set, one open lead a phone, counts from events (P27, P28, P39)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import people
from core.access import SYSTEM, Role
from core.clock import ManualClock
from core.errors import NotFound
from core.ids import GroupId, LeadId, PersonId
from core.leads import OPEN, UNOWNED, Draft, EventKind, Lead, LeadEvent, LeadState, NewLead, Result
from core.people import StaffRow
from core.rulebook import default
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

MONDAY = datetime(2026, 9, 14, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ANNA, BEN = PersonId(1), PersonId(2)
DRAFT = Draft("phone", "华强电子", "+8613800001111", "要<200>台", "华南", 10**12, urgent=True)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = Store(url, ManualClock(MONDAY), default())
    made.start()
    rows = [StaffRow(n, str(n), f"业务{n}", "销售部", Role.SALESPERSON) for n in (1, 2)]
    await made.do(people.import_staff, SYSTEM, rows)
    yield made
    made.close()


def _new(draft: Draft = DRAFT) -> NewLead:
    return NewLead(draft, "华强电子", "A", ANNA, "销售部-业务1", MONDAY, LeadState.OFFERED, (GroupId(3), GroupId(4)))


async def _added(store: Store) -> Lead:
    lead: Lead | None = await store.unit(lambda uow: uow.leads.add(_new()))
    assert lead is not None
    return lead


async def test_a_lead_comes_back_as_it_was_added(store: Store) -> None:
    lead = await _added(store)
    assert (lead.source, lead.name, lead.phone, lead.need) == ("phone", "华强电子", DRAFT.phone, "要<200>台")
    assert (lead.region, lead.expected, lead.klass, lead.urgent) == ("华南", 10**12, "A", True)
    assert (lead.registered_by, lead.registered_at, lead.groups) == (ANNA, MONDAY, (3, 4))
    assert (lead.state, lead.owner, lead.turn) == (LeadState.OFFERED, None, 0)
    assert await store.look(lambda uow: uow.leads.get(lead.id)) == lead
    with pytest.raises(NotFound):
        await store.look(lambda uow: uow.leads.get(LeadId(99)))


async def test_what_was_taken_back_leaves_no_gap_in_the_numbers(store: Store) -> None:
    """P43: on a server, too, whose own counting goes on through what fails."""
    first = await _added(store)

    def fails(uow: SqlUnitOfWork) -> None:
        assert uow.leads.add(_new(replace(DRAFT, phone="+8613800001112"))) is not None
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.unit(fails)
    assert await store.unit(lambda uow: uow.leads.add(_new())) is None, "its phone is taken"
    following = await store.unit(lambda uow: uow.leads.add(_new(replace(DRAFT, phone="+8613800001113"))))
    assert following is not None
    assert following.id == first.id + 1


async def test_an_event_comes_back_as_it_was_logged(store: Store) -> None:
    lead = await _added(store)
    full = LeadEvent(
        EventKind.REPORTED, ANNA, "甲", lead.registered_at, "约好", Result.APPOINTMENT, MONDAY, date(2026, 9, 18)
    )
    bare = LeadEvent(EventKind.OFFERED, None, "", MONDAY)
    for event in (full, bare):
        await store.unit(lambda uow, event=event: uow.leads.log(lead.id, event))
    assert await store.look(lambda uow: uow.leads.events(lead.id)) == [full, bare]


async def test_one_of_many_takes_it(store: Store) -> None:
    """P27"""
    lead = await _added(store)

    def take(uow: Any, person: PersonId) -> bool:
        return bool(uow.leads.take(lead.id, person, f"业务{person}", MONDAY, UNOWNED))

    won = await asyncio.gather(*(store.unit(lambda uow, n=n: take(uow, PersonId(1 + n % 2))) for n in range(100)))
    assert won.count(True) == 1
    taken = await store.look(lambda uow: uow.leads.get(lead.id))
    assert (taken.owner, taken.state, taken.turn) == (1 + won.index(True) % 2, LeadState.HELD, 1)


async def test_taking_keeps_to_the_states_named(store: Store) -> None:
    lead = await _added(store)
    waiting = (LeadState.WAITING,)
    assert not await store.unit(lambda uow: uow.leads.take(lead.id, ANNA, "甲", MONDAY, waiting))


async def test_only_the_owner_contacts_records_and_gives_back(store: Store) -> None:
    lead = await _added(store)
    await store.unit(lambda uow: uow.leads.take(lead.id, ANNA, "甲", MONDAY, UNOWNED))

    def tries(uow: Any, person: PersonId) -> list[bool]:
        acts = uow.leads
        return [
            acts.contact(lead.id, person, MONDAY),
            acts.contact(lead.id, person, MONDAY),
            acts.record(lead.id, person, MONDAY),
            acts.record(lead.id, person, MONDAY),
            acts.release(lead.id, person, LeadState.OFFERED),
            acts.release(lead.id, person, LeadState.OFFERED),
        ]

    assert await store.unit(lambda uow: tries(uow, BEN)) == [False] * 6
    assert await store.unit(lambda uow: tries(uow, ANNA)) == [True, False, True, False, True, False]
    free = await store.look(lambda uow: uow.leads.get(lead.id))
    assert (free.owner, free.owner_since, free.contacted_at, free.recorded_at) == (None, None, None, None)
    assert (free.state, free.turn) == (LeadState.OFFERED, 1)


async def test_closing_needs_the_state_and_owner_that_were_seen(store: Store) -> None:
    lead = await _added(store)
    offered = LeadState.OFFERED
    assert not await store.unit(lambda uow: uow.leads.close(lead.id, LeadState.HELD, None, LeadState.LOST, MONDAY))
    assert not await store.unit(lambda uow: uow.leads.close(lead.id, offered, ANNA, LeadState.LOST, MONDAY))
    assert await store.unit(lambda uow: uow.leads.close(lead.id, offered, None, LeadState.LOST, MONDAY))
    assert await store.look(lambda uow: uow.leads.open()) == []


async def test_a_phone_has_one_open_lead_however_many_register_it(store: Store) -> None:
    """P39"""
    added = await asyncio.gather(*(store.unit(lambda uow: uow.leads.add(_new())) for _ in range(20)))
    first = [lead for lead in added if lead is not None]
    assert len(first) == 1
    await store.unit(lambda uow: uow.leads.close(first[0].id, LeadState.OFFERED, None, LeadState.LOST, MONDAY))
    assert await store.unit(lambda uow: uow.leads.add(_new())) is not None


async def test_counts_come_from_events(store: Store) -> None:
    """P28: what was given back still counts."""
    lead = await _added(store)
    for kind, at in (
        (EventKind.CLAIMED, MONDAY - timedelta(days=40)),
        (EventKind.CLAIMED, MONDAY),
        (EventKind.GIVEN_BACK, MONDAY),
        (EventKind.CLAIMED, MONDAY),
    ):
        event = LeadEvent(kind, ANNA, "甲", at)
        await store.unit(lambda uow, event=event: uow.leads.log(lead.id, event))
    since = MONDAY - timedelta(days=1)
    assert await store.look(lambda uow: uow.leads.count(ANNA, (EventKind.CLAIMED,), since)) == 2
    assert await store.look(lambda uow: uow.leads.count(BEN, (EventKind.CLAIMED,), since)) == 0


async def test_lists_hold_open_leads_only(store: Store) -> None:
    lead = await _added(store)
    assert lead.state in OPEN
    await store.unit(lambda uow: uow.leads.take(lead.id, BEN, "乙", MONDAY, UNOWNED))
    assert [x.id for x in await store.look(lambda uow: uow.leads.open_of(BEN))] == [lead.id]
    assert await store.look(lambda uow: uow.leads.open_of(ANNA)) == []
    assert await store.look(lambda uow: uow.leads.open_counts()) == {BEN: 1}
    assert [x.id for x in await store.look(lambda uow: uow.leads.registered_open(ANNA))] == [lead.id]
    found = await store.look(lambda uow: uow.leads.open_with_company("华强电子"))
    assert found is not None
    await store.unit(lambda uow: uow.leads.close(lead.id, LeadState.HELD, BEN, LeadState.WON, MONDAY))
    assert await store.look(lambda uow: (uow.leads.open_of(BEN), uow.leads.open_counts())) == ([], {})
    assert await store.look(lambda uow: uow.leads.open_with_phone(DRAFT.phone)) is None
