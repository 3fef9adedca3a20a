"""Business content stays inside: customer data can't be forwarded, and groups see no whole telephone number (ORG-6).

Beside what is here, every test on the bench fails where the bot writes a whole telephone number into a group in which
nobody wrote it, or into a staff member's chat in a message that could be forwarded (`Bench.leaks`).
"""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import plain
from bot.sandbox.errors import ApiError
from core.access import Role
from core.groups import Purpose
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
ROOT = Path(__file__).parents[2]
AREAS = ("customers", "leads", "visits", "complaints", "tasks", "handover")
NAME, PHONE = "华强电子有限公司", "13800001234"


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=TEN) as opened:
        yield opened


async def company(bench: Bench) -> tuple[Someone, Someone, Someone, Group]:
    manager = await bench.staff("陈经理", "销售部", Role.MANAGER)
    service = await bench.staff("小美", "销售部", Role.SERVICE)
    anna = await bench.staff("安娜", "销售部")
    group = await bench.group("销售群", manager, service, anna, department="销售部", purposes=[Purpose.SALES])
    return manager, service, anna, group


def named(bench: Bench, someone: Someone) -> list[bool]:
    """Of the bot's messages that name the customer: whether they are kept from being forwarded."""
    return [
        bool(message.wire.get("has_protected_content"))
        for message in bench.telegram.history(someone.chat_id)
        if message.sender_id == bench.telegram.bot.id and (NAME in message.text or PHONE in message.text)
    ]


async def test_a_lead_is_masked_in_the_group_and_can_be_forwarded_nowhere(bench: Bench) -> None:
    """From the registration to the owner's card."""
    _manager, service, anna, group = await company(bench)
    await service.says(f"/lead 来电 {NAME} {PHONE} 80万 要200台")
    await service.presses("发布")
    card = group.expects("138****1234")
    assert PHONE not in card.text
    assert card.message.wire.get("has_protected_content")
    await anna.presses("抢单", group)
    yours = anna.expects(PHONE)
    assert yours.message.wire.get("has_protected_content")
    assert named(bench, anna)
    assert all(named(bench, anna))
    for someone in (anna, service, group):
        someone.skips()
    with pytest.raises(ApiError, match="can't be forwarded"):
        bench.telegram.call(
            "forwardMessage",
            {"chat_id": service.chat_id, "from_chat_id": anna.chat_id, "message_id": yours.message.id},
        )


async def test_a_customers_record_is_kept_inside_in_forms_and_answers(bench: Bench) -> None:
    _manager, _service, anna, _group = await company(bench)
    await anna.says(f"/customer {NAME}")
    for _ in range(3):
        anna.skips()
    await anna.says(f"/find {NAME[:2]}")
    anna.skips()
    assert all(named(bench, anna))


async def test_what_a_customer_gets_is_their_own(bench: Bench) -> None:
    """A customer may keep what concerns them."""
    await company(bench)
    li = await bench.customer("李女士")
    await li.says("机器坏了，没人管")
    for heard in li.skips():
        assert not heard.message.wire.get("has_protected_content"), plain(heard.text)
    for view in bench.views.values():
        view.skips()


@pytest.mark.parametrize("area", AREAS)
def test_every_view_and_form_of_these_areas_keeps_its_messages_inside(area: str) -> None:
    """No screen and no window of theirs is made the open way."""
    assert [f"{file.name}:{line}" for file in _files(area) for line in _open_ones(file)] == []


def _files(area: str) -> Iterator[Path]:
    for folder in ("views", "dialogs"):
        yield from (ROOT / "bot" / folder).glob(f"{area}.py")
        yield from (ROOT / "bot" / folder / area).glob("*.py")


def _open_ones(file: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Screen", "Window"):
            yield node.lineno
