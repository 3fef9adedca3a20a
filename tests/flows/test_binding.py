"""From an empty installation to a bound company (ORG-1, ORG-2)."""

from __future__ import annotations

from core import people
from core.access import SYSTEM, Role
from core.groups import Purpose
from tests.support.chat import Bench


async def test_owner_becomes_admin_by_the_command_lines_link_and_nobody_else_can(bench: Bench) -> None:
    link = await bench.store.do(people.issue_owner_link, SYSTEM)
    owner, other = bench.stranger("老板"), bench.stranger("路人")

    await owner.starts(f"i_{link.token}")
    owner.expects("老板", "/help")
    owner.expects("这个账号现在代表")

    await other.starts(f"i_{link.token}")
    other.expects("用过了")
    bound = await bench.look(lambda uow: uow.people.by_account(owner.phone.id))
    assert Role.ADMIN in bound.roles
    assert await bench.look(lambda uow: uow.people.by_account(other.phone.id)) is None


async def test_admin_binds_a_group_from_inside_it(bench: Bench) -> None:
    boss = await bench.staff("王总", "销售部", Role.GM, admin=True)
    sales = await bench.group("销售群", boss)

    await boss.says("/bind 销售部 销售", sales)
    sales.expects("销售部", "销售群组")

    group = await bench.look(lambda uow: uow.groups.at(sales.chat_id))
    assert group.purposes == {Purpose.SALES}
    assert group.department_name == "销售部"
