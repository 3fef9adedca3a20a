"""Groups under discipline on a database: violations, acts, lists, members, campaigns, readings, training."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import people
from core.access import SYSTEM, Role
from core.acts import ActKind, ActState, NewAct
from core.campaigns import CampaignState, NewCampaign
from core.clock import ManualClock
from core.discipline import Action, Category, Finding, Listed, Post, Sighting, State
from core.errors import NotFound
from core.groups import Purpose
from core.ids import AccountId, CampaignId, ChatId, GroupId, MessageId, PersonId, TrainingId, ViolationId
from core.people import StaffRow
from core.rulebook import default
from storage.store import Store
from tests.support.databases import NOON

GROUP, ANNA, ACCOUNT = GroupId(1), PersonId(1), AccountId(70_000_000_001)
LATER = NOON + timedelta(hours=1)
SIGHTING = Sighting(
    GROUP,
    ACCOUNT,
    ANNA,
    "销售部-安娜",
    True,
    MessageId(5),
    0,
    Post("裸聊", media="photo", file_id="F"),
    Finding(Category.PORNOGRAPHY, "word", "裸聊"),
    Action.REMOVE,
)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = Store(url, ManualClock(NOON), default())
    made.start()
    await made.do(people.import_staff, SYSTEM, [StaffRow(2, "1", "安娜", "销售部", Role.SALESPERSON)])
    await made.unit(lambda uow: uow.groups.save(ChatId(-100), "群", None, {Purpose.SALES}, NOON))
    yield made
    made.close()


async def test_a_violation_comes_back_with_its_messages(store: Store) -> None:
    def add(uow: Any) -> Any:
        violation = uow.violations.add(SIGHTING, State.REMOVED, NOON)
        for sighting in (SIGHTING, SIGHTING, replace(SIGHTING, mark=9, post=Post("改过"))):  # the same twice is one
            uow.violations.add_message(violation.id, sighting, NOON, removing=True)
        uow.violations.settle_message(violation.id, MessageId(5), ActState.DONE)
        return violation

    added = await store.unit(add)
    assert await store.look(lambda uow: uow.violations.get(added.id)) == added
    assert (added.category, added.found, added.person, added.account) == (
        Category.PORNOGRAPHY,
        "裸聊",
        ANNA,
        ACCOUNT,
    )
    messages = await store.look(lambda uow: uow.violations.messages(added.id))
    assert [(m.mark, m.text, m.media, m.file_id, m.removal) for m in messages] == [
        (0, "裸聊", "photo", "F", ActState.DONE),
        (9, "改过", "", "", ActState.DONE),
    ]
    assert await store.look(lambda uow: uow.violations.of_message(GROUP, MessageId(5), 9)) is not None
    assert await store.look(lambda uow: uow.violations.of_message(GROUP, MessageId(6), 0)) is None
    assert await store.look(lambda uow: uow.violations.latest(GROUP, ACCOUNT, LATER)) is None
    assert await store.look(lambda uow: uow.violations.count_removed(GROUP, ACCOUNT, NOON)) == 1
    with pytest.raises(NotFound):
        await store.look(lambda uow: uow.violations.get(ViolationId(99)))


async def test_a_case_is_decided_once(store: Store) -> None:
    added = await store.unit(lambda uow: uow.violations.add(SIGHTING, State.REMOVED, NOON))

    def decide(uow: Any) -> list[bool]:
        return [
            uow.violations.decide(added.id, State.REMOVED, State.RESTORED, "陈经理", LATER),
            uow.violations.decide(added.id, State.REMOVED, State.RESTORED, "王总", LATER),
            uow.violations.expel(added.id, "王总", LATER),
            uow.violations.expel(added.id, "王总", LATER),
        ]

    assert await store.unit(decide) == [True, False, True, False]


async def test_an_act_is_asked_once_and_settled_once(store: Store) -> None:
    act = NewAct(ActKind.DELETE, GROUP, "violation:1", "k", message=MessageId(5))
    for _ in range(2):
        await store.unit(lambda uow: uow.acts.ask(act))
    ((pending, chat),) = await store.look(lambda uow: uow.acts.pending())
    assert (pending.kind, pending.message, chat) == (ActKind.DELETE, 5, -100)
    settled = [await store.unit(lambda uow: uow.acts.settle(pending, ActState.DONE, None)) for _ in range(2)]
    assert [one and one.state for one in settled] == [ActState.DONE, None]
    assert await store.look(lambda uow: uow.acts.pending()) == []


async def test_what_is_listed_is_either_allowed_or_forbidden(store: Store) -> None:
    def enter(allows: bool) -> Any:
        entry = (GROUP, "word", "赌石", allows, Category.GAMBLING, "陈经理", NOON)
        return lambda uow: uow.violations.enter(*entry)

    assert [await store.unit(enter(allows)) for allows in (True, True, False)] == [True, False, True]
    (one,) = await store.look(lambda uow: uow.violations.listed())
    assert one == Listed(one.id, GROUP, "word", "赌石", False, Category.GAMBLING, "陈经理")
    assert await store.unit(lambda uow: uow.violations.strike(one.id)) == one
    assert await store.unit(lambda uow: uow.violations.strike(one.id)) is None


async def test_members_come_and_go_once_however_often_it_is_told(store: Store) -> None:
    """ORG-4."""

    def left(by_self: bool) -> Any:
        return lambda uow: uow.groups.note_left(GROUP, ACCOUNT, NOON, by_self=by_self)

    def joined(uow: Any) -> Any:
        return uow.groups.note_joined(GROUP, ACCOUNT, LATER)

    assert [await store.unit(left(True)) for _ in range(2)] == [True, False]
    assert [await store.unit(joined) for _ in range(2)] == [NOON, None]
    assert await store.look(lambda uow: uow.groups.joined_at(GROUP, ACCOUNT)) == LATER
    assert [await store.unit(left(False)) for _ in range(2)] == [True, False]
    assert await store.unit(joined) is None  # whoever was removed has not left of their own accord


async def test_guests_are_put_on_a_list_once(store: Store) -> None:
    """ORG-3."""
    for number in (1, 2):
        await store.unit(lambda uow, n=number: uow.groups.add_guest(GROUP, AccountId(n), f"客{n}", NOON))  # type: ignore[misc]  # bound now
    put = [await store.unit(lambda uow: uow.groups.put_on_list(GROUP, NOON, "2026-09-15")) for _ in range(2)]
    assert put == [2, 0]
    listed = await store.look(lambda uow: uow.groups.on_list(GROUP, "2026-09-15"))
    assert [guest.name for guest in listed] == ["客1", "客2"]
    (gone,) = await store.unit(lambda uow: uow.groups.forget_guests(AccountId(1), None))
    assert (gone.name, gone.listed_on) == ("客1", "2026-09-15")


async def test_a_campaign_counts_everybody_once(store: Store) -> None:
    """ORG-7: a screenshot that comes after the press is kept."""
    new = NewCampaign(GROUP, ANNA, "新品", "", LATER, NOON, False)
    campaign = await store.unit(lambda uow: uow.campaigns.add(new))
    assert (campaign.by, campaign.state, campaign.until) == ("销售部-安娜", CampaignState.OPEN, LATER)

    def share(proof: str) -> Any:
        return lambda uow: uow.campaigns.share(campaign.id, ANNA, proof, NOON)

    assert [await store.unit(share(proof)) for proof in ("", "", "F", "G")] == [True, False, True, False]
    (one,) = await store.look(lambda uow: uow.campaigns.shares(campaign.id))
    assert (one.label, one.proof) == ("销售部-安娜", "F")
    ended = [
        await store.unit(lambda uow: uow.campaigns.settle(campaign.id, CampaignState.ENDED, LATER)) for _ in range(2)
    ]
    assert ended == [True, False]
    assert await store.look(lambda uow: uow.campaigns.open()) == []
    with pytest.raises(NotFound):
        await store.look(lambda uow: uow.campaigns.get(CampaignId(99)))


async def test_a_later_change_of_a_clause_is_a_reading_of_its_own(store: Store) -> None:
    """ORG-12."""
    first, other = await store.unit(lambda uow: uow.readings.open(["task.reply", "task.due"], NOON))
    confirmed = [await store.unit(lambda uow: uow.readings.confirm(first.id, ANNA, NOON)) for _ in range(2)]
    assert confirmed == [True, False]
    (second,) = await store.unit(lambda uow: uow.readings.open(["task.reply"], LATER))
    assert [one.id for one in await store.look(lambda uow: uow.readings.current())] == [other.id, second.id]
    assert await store.look(lambda uow: uow.readings.confirmed(first.id)) == {ANNA: NOON}
    assert await store.look(lambda uow: uow.readings.confirmed_by(ANNA)) == {first.id}
    await store.unit(lambda uow: uow.readings.end(["task.due", "task.reply"]))
    assert await store.look(lambda uow: uow.readings.current()) == []


async def test_a_training_session_keeps_who_took_part(store: Store) -> None:
    """ORG-12."""
    added = await store.unit(lambda uow: uow.trainings.add("安全", NOON, GROUP, ANNA))
    took = [await store.unit(lambda uow: uow.trainings.take_part(added.id, ANNA, NOON, "")) for _ in range(2)]
    assert took == [True, False]
    found = await store.look(lambda uow: uow.trainings.get(added.id))
    assert [(part.number, part.label, part.added_by) for part in found.parts] == [("1", "销售部-安娜", "")]
    assert await store.look(lambda uow: uow.trainings.of_person(ANNA)) == [found]
    assert await store.look(lambda uow: uow.trainings.since(LATER)) == []
    assert [await store.unit(lambda uow: uow.trainings.close(added.id)) for _ in range(2)] == [True, False]
    assert await store.unit(lambda uow: uow.trainings.leave_out(added.id, ANNA))
    with pytest.raises(NotFound):
        await store.look(lambda uow: uow.trainings.get(TrainingId(99)))
