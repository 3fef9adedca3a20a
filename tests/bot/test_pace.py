"""Sending within the limits by planning (P48): nothing is refused, answers go first, a refusal holds up one chat."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, SendMessage, SetMessageReaction

from bot import pace
from bot.pace import GaveWay, Pace, Plan, Sign, Wait, sign_of_call, urgency_of_call, wait_of_call
from bot.poller import GetRawUpdates
from bot.sandbox.limits import Limits

GROUP, ANNA, BERT = -100, 7, 8


def play(plan: Plan, wanted: list[tuple[float, int, int]], *, way: float = 0.0) -> list[tuple[float, int, int]]:
    """Send (at, chat, urgency) messages through a plan in virtual time; each is counted by the platform when half
    its `way` there is done. Returns (counted at, chat, urgency) in the order of counting."""
    now, number, found = 0.0, 0, []
    events: list[tuple[float, int, str, Any]] = []
    for at, chat, urgency in wanted:
        number += 1
        heapq.heappush(events, (at, number, "enter", (chat, urgency)))
    while events:
        now, _, what, value = heapq.heappop(events)
        if what == "enter":
            plan.enter(value[0], value[1], now)
        elif what == "answered":
            plan.answered(value, now)
        for ticket in plan.take(now):
            number += 1
            found.append((now + way / 2, ticket.chat, ticket.urgency))
            heapq.heappush(events, (now + way, number, "answered", ticket))
        again = plan.next_at(now)
        if again is not None:
            number += 1
            heapq.heappush(events, (max(again, now + 1e-6), number, "look", None))
    assert len(found) == len(wanted)
    return found


def refusals(sent: list[tuple[float, int, int]]) -> int:
    """How many of them Telegram's windows would have refused."""
    clock = [0.0]
    limits = Limits(monotonic=lambda: clock[0])
    for at, chat, _ in sorted(sent):
        clock[0] = at
        limits.take(chat, is_group=chat < 0)
    return limits.refused


@pytest.mark.parametrize("way", [0.0, 0.05, 0.4])
def test_nothing_is_refused_and_little_time_is_given_away(way: float) -> None:
    many = [(0.0, 1000 + n, 1) for n in range(300)] + [(0.0, GROUP, 1)] * 45 + [(0.0, ANNA, 1)] * 5
    sent = play(Plan(), many, way=way)
    assert refusals(sent) == 0
    last = {chat: max(at for at, c, _ in sent if c == chat) for chat in (ANNA, GROUP)}
    assert last[ANNA] <= 4 * (1.04 + way) + 14 * (1.1 + way), "a person's messages are about a second apart"
    assert 120 < last[GROUP] < 137 + 45 * way, "two pauses of a minute, after its turn among the others"
    private = [at for at, chat, _ in sent if chat >= 1000]
    assert max(private) <= 350 / 29 * (1 + way) + 2


def test_answers_go_before_alerts_and_alerts_before_lists() -> None:
    chats = iter(range(1000, 2000))
    waiting = [(0.0, next(chats), urgency) for urgency in (2, 1, 0) for _ in range(40)]
    order = [urgency for _, _, urgency in play(Plan(), waiting)]
    assert order[29:] == sorted(order[29:]), "after the first second's worth, strictly by urgency"


def test_alerts_leave_one_after_the_other_and_answers_at_once() -> None:
    """OPS-1: what is on its way at a kill is repeated, so that never many are."""
    sent = play(Plan(), [(0.0, 1000 + n, 1) for n in range(20)] + [(0.1, 2000 + n, 0) for n in range(5)], way=0.03)
    alerts = [at for at, _, urgency in sent if urgency]
    assert min(later - at for at, later in pairwise(alerts)) >= 0.9 * pace.EVENLY
    assert alerts[-1] - alerts[0] == pytest.approx(19 * pace.EVENLY, rel=0.1), "and nothing of the ceiling is lost"
    assert {round(at, 3) for at, _, urgency in sent if not urgency} == {0.115}


def test_answer_overtakes_lists_in_its_own_chat() -> None:
    sent = play(Plan(), [(0.0, ANNA, 2), (0.1, ANNA, 2), (0.2, ANNA, 2), (0.5, ANNA, 0)])
    assert [urgency for _, _, urgency in sent] == [2, 0, 2, 2]


def test_one_message_of_a_chat_is_on_its_way_at_a_time() -> None:
    plan = Plan()
    first, second = plan.enter(ANNA, 0, 0.0), plan.enter(ANNA, 0, 0.0)
    other = plan.enter(BERT, 0, 0.0)
    assert plan.take(0.0) == [first, other]
    assert plan.take(50.0) == [], "the first has not been answered"
    plan.answered(first, 50.0)
    assert plan.take(50.5) == []
    assert plan.next_at(50.5) == pytest.approx(51.03)
    assert plan.take(51.03) == [second]


def test_refusal_holds_up_its_chat_alone() -> None:
    plan = Plan()
    refused = plan.enter(ANNA, 0, 0.0)
    plan.take(0.0)
    plan.refused(refused, 7, 0.1)
    plan.again(refused, 0.1)
    other = plan.enter(BERT, 0, 0.1)
    assert plan.take(0.1) == [other]
    assert plan.take(7.0) == []
    assert plan.take(7.1) == [refused]


def test_three_chats_refused_at_once_hold_up_everybody() -> None:
    plan = Plan()
    for chat in (1, 2, 3):
        ticket = plan.enter(chat, 0, 0.0)
        plan.take(0.0)
        plan.refused(ticket, 5, 0.1)
    bystander = plan.enter(99, 0, 0.2)
    assert plan.take(5.0) == []
    assert plan.next_at(5.0) == pytest.approx(5.1)
    assert plan.take(5.1) == [bystander]


def test_chat_that_was_lined_up_before_its_pause_keeps_the_pause() -> None:
    plan = Plan()
    others = [plan.enter(1000 + n, 0, 0.0) for n in range(28)]
    assert len(plan.take(0.0)) == 28
    slow = plan.enter(ANNA, 1, 0.0)
    fast = plan.enter(ANNA, 0, 0.0)
    assert plan.take(0.0) == [fast]
    plan.answered(fast, 0.2)
    for ticket in others:
        plan.answered(ticket, 0.3)
    assert plan.take(1.21) == [], "anna's pause is not over, though the bot's is"
    assert slow in plan.take(1.31)


# The middleware --------------------------------------------------------------------------------------


class Network:
    """Stands for the platform: plays back errors, then answers."""

    def __init__(self, *errors: Callable[[Any], Exception]) -> None:
        self.errors = list(errors)
        self.calls: list[Any] = []

    async def __call__(self, bot: Bot, method: Any) -> str:
        self.calls.append(method)
        if self.errors:
            raise self.errors.pop(0)(method)
        return "answered"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "NETWORK_TRIES", (0.0, 0.01))
    monkeypatch.setattr(pace, "PATIENCE", 0.1)


BOT: Any = None
HELLO = SendMessage(chat_id=ANNA, text="hello")


async def call(network: Network, method: Any = HELLO, *, paced: bool = True) -> Any:
    return await Pace(paced=paced)(network, BOT, method)  # type: ignore[arg-type]  # a stand-in


async def test_answer_the_network_swallowed_is_sent_again(impatient: None) -> None:
    network = Network(*[lambda m: TelegramNetworkError(m, "reset")] * 3)
    assert await call(network, paced=False) == "answered"
    assert len(network.calls) == 4


async def test_network_that_stays_away_for_minutes_is_reported(impatient: None) -> None:
    network = Network(*[lambda m: TelegramNetworkError(m, "reset")] * 99)
    with pytest.raises(TelegramNetworkError):
        await call(network, paced=False)
    assert 3 < len(network.calls) < 15


async def test_an_answer_that_is_tried_again_keeps_the_pace_of_its_chat(impatient: None) -> None:
    clock = iter(range(0, 10_000, 2))  # every look is two seconds later
    network = Network(lambda m: TelegramNetworkError(m, "reset"))
    paced = Pace(monotonic=lambda: next(clock) / 1000)
    answer = asyncio.create_task(paced(network, BOT, HELLO))  # type: ignore[arg-type]  # a stand-in
    await asyncio.wait([answer], timeout=0.2)
    assert len(network.calls) == 1, "the platform may have counted it all the same"
    answer.cancel()


async def test_alert_is_left_to_the_outbox_which_keeps_it(impatient: None) -> None:
    network = Network(lambda m: TelegramNetworkError(m, "reset"))
    urgency_of_call.set(1)
    with pytest.raises(TelegramNetworkError):
        await call(network)
    assert len(network.calls) == 1


async def test_refusal_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(lambda m: TelegramRetryAfter(m, "Too Many Requests", 0), lambda m: TelegramRetryAfter(m, "", 0))
    assert await call(network) == "answered"
    assert len(network.calls) == 3


async def test_long_refusal_goes_back_to_the_caller() -> None:
    network = Network(lambda m: TelegramRetryAfter(m, "Too Many Requests", 600))
    with pytest.raises(TelegramRetryAfter):
        await call(network)


async def test_error_of_one_message_frees_the_chat_for_the_next() -> None:
    network = Network(lambda m: TelegramBadRequest(m, "chat not found"))
    paced = Pace(monotonic=iter(range(0, 100_000, 10)).__next__)  # every look at the clock is ten seconds later
    with pytest.raises(TelegramBadRequest):
        await paced(network, BOT, HELLO)  # type: ignore[arg-type]  # a stand-in
    assert await asyncio.wait_for(paced(network, BOT, HELLO), 5) == "answered"  # type: ignore[arg-type]  # likewise


async def test_answers_to_presses_wait_for_nothing() -> None:
    standing = Pace(monotonic=lambda: 0.0)  # a clock that stands: nobody would get a second turn
    network = Network()
    for _ in range(50):
        await standing(network, BOT, AnswerCallbackQuery(callback_query_id="1"))  # type: ignore[arg-type]  # a stand-in
    assert len(network.calls) == 50


async def test_switched_off_it_holds_nobody_up() -> None:
    network = Network()
    standing = Pace(paced=False, monotonic=lambda: 0.0)
    for _ in range(50):
        await standing(network, BOT, HELLO)  # type: ignore[arg-type]  # a stand-in
    assert len(network.calls) == 50


async def test_cancelled_call_gives_its_turn_back() -> None:
    clock = [0.0]
    paced = Pace(monotonic=lambda: clock[0])
    network = Network()
    await paced(network, BOT, HELLO)  # type: ignore[arg-type]  # a stand-in
    waiting = asyncio.create_task(paced(network, BOT, HELLO))  # type: ignore[arg-type]  # likewise
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    clock[0] = 5.0
    assert await asyncio.wait_for(paced(network, BOT, HELLO), 5) == "answered"  # type: ignore[arg-type]  # likewise
    assert len(network.calls) == 2


# Nine o'clock ----------------------------------------------------------------------------------------


def test_a_list_finds_room_in_a_group_whose_card_has_edited_itself_all_the_time() -> None:
    """P48: the last places of a group's minute are kept for what is more urgent than a card."""
    edits = [(float(second), GROUP, 2) for second in range(25)]
    sent = play(Plan(), [*edits, (25.0, GROUP, 1)], way=0.05)
    listed = next(at for at, _, urgency in sent if urgency == 1)
    assert listed < 26.2
    assert sum(at < 60 for at, _, _ in sent) == 16
    assert refusals(sent) == 0


async def test_where_many_wait_each_gets_a_sign_at_once_and_words_after_what_is_urgent() -> None:
    """P48: the platform's limits are for messages; a reaction is none."""
    network, given = Network(), []
    standing = Pace(monotonic=lambda: 0.0)  # a clock that stands: 29 leave, nobody gets a later turn

    async def answer(person: int) -> Any:
        sign = SetMessageReaction(chat_id=person, message_id=1)
        sign_of_call.set(Sign(sign, lambda: given.append(person)))
        words = SendMessage(chat_id=person, text="counted")
        return await standing(network, BOT, words)  # type: ignore[arg-type]  # a stand-in

    answers = [asyncio.create_task(answer(person)) for person in range(1, 101)]
    await asyncio.wait(answers, timeout=0.05)
    signs = [one.chat_id for one in network.calls if isinstance(one, SetMessageReaction)]
    assert signs == given == list(range(59, 101)), "29 have their words, 29 have them within a second"
    assert {ticket.urgency for ticket, _ in standing._plan._ready} == {0, 2}
    await _cancelled(answers)


@pytest.mark.parametrize("error", [TelegramRetryAfter, TelegramBadRequest])
async def test_where_the_platform_takes_no_signs_words_come_as_ever(error: type[Exception]) -> None:
    given: list[int] = []
    standing = Pace(monotonic=lambda: 0.0)

    class Unwilling(Network):
        async def __call__(self, bot: Bot, method: Any) -> str:
            self.calls.append(method)
            if isinstance(method, SetMessageReaction):
                raise error(method, "no", 9) if error is TelegramRetryAfter else error(method, "no")
            return "answered"

    network = Unwilling()
    sign = SetMessageReaction(chat_id=1, message_id=1)
    token = sign_of_call.set(Sign(sign, lambda: given.append(1)))
    answers = [
        asyncio.create_task(standing(network, BOT, SendMessage(chat_id=person, text="x")))  # type: ignore[arg-type]
        for person in range(1, 71)
    ]
    sign_of_call.reset(token)
    await asyncio.wait(answers, timeout=0.05)
    tried = sum(isinstance(one, SetMessageReaction) for one in network.calls)
    assert tried == (1 if error is TelegramRetryAfter else 12), "one that asks for a pause has it"
    assert not given
    assert {ticket.urgency for ticket, _ in standing._plan._ready} == {0}
    await _cancelled(answers)


async def test_a_message_called_back_is_not_sent_and_its_chat_goes_on() -> None:
    network, wait = Network(), Wait()
    clock = [0.0]
    paced = Pace(monotonic=lambda: clock[0])
    wait_of_call.set(wait)
    await paced(network, BOT, HELLO)  # type: ignore[arg-type]  # a stand-in
    wait.give_way()  # it is out already: nothing to call back
    waiting = asyncio.create_task(paced(network, BOT, HELLO))  # type: ignore[arg-type]  # likewise
    await asyncio.sleep(0)
    wait.give_way()
    with pytest.raises(GaveWay):
        await waiting
    assert len(network.calls) == 1
    clock[0] = 5.0
    assert await asyncio.wait_for(paced(network, BOT, HELLO), 5) == "answered"  # type: ignore[arg-type]  # likewise


async def _cancelled(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_alerts_wait_while_those_that_are_out_cannot_be_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: a kill repeats what is out and not noted as sent; so few may be, however slow the database is."""
    went: list[int] = []

    async def network(_: Bot, method: Any) -> None:
        went.append(method.chat_id)

    async def send(chat: int, urgency: int) -> None:
        urgency_of_call.set(urgency)
        await paced(network, BOT, SendMessage(chat_id=chat, text=""))  # type: ignore[arg-type]  # a stand-in

    monkeypatch.setattr(pace, "MOST_UNNOTED", 2)
    paced = Pace()
    with paced.noting():
        await send(1, 1)
        with paced.noting():
            waiting = asyncio.create_task(send(2, 1))
            await asyncio.sleep(0.1)
            await send(3, 0)
            assert went == [1, 3], "the alert waits; whoever looks at the screen is answered"
        await waiting
    assert went == [1, 3, 2]


async def test_a_refused_poll_is_told_at_once() -> None:
    """P21: nobody is heard meanwhile, and the clock may judge nobody; who polls waits, and knows it."""
    asked: list[str] = []

    async def network(_: Bot, method: Any) -> None:
        asked.append(method.__api_method__)
        raise TelegramRetryAfter(method, "flood", 30)

    with pytest.raises(TelegramRetryAfter):
        await Pace()(network, BOT, GetRawUpdates())  # type: ignore[arg-type]  # a stand-in
    assert asked == ["getUpdates"]
