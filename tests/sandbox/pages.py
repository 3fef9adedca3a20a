"""A page with a small company behind it, put straight into the store: for tests and measurements of the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.company import SPOTS, Company
from bot.sandbox.server import Server, serve_app
from bot.sandbox.stage import Stage
from bot.sandbox.web.live import Live
from bot.sandbox.web.page import make_page
from bot.sandbox.web.room import Room
from core import people
from core.access import SYSTEM, Role
from core.groups import Purpose
from core.ids import ChatId, PersonId
from core.people import StaffRow

SALES = ("张三", "李四", "赵敏", "孙强", "周婷")
SERVICE = ("林芳", "郑洁")
ROLES = {"王建国": Role.MANAGER, **dict.fromkeys(SERVICE, Role.SERVICE)}


async def found_small(stage: Stage, sales: Sequence[str] = SALES) -> Company:
    """The demo company's people with their groups, without a word being said."""
    company = Company(stage)
    for name in ("王建国", *sales, *SERVICE):
        phone = company.phones[name] = stage.telegram.person(name)
        phone.position = SPOTS.get(name)
        phone.private.started = True
        department = "客服部" if name in SERVICE else "销售部"
        superior = "王建国" if name in sales else ""
        row = StaffRow(
            2, name, name, department, ROLES.get(name, Role.SALESPERSON), "高级" if name in sales else "", superior, ()
        )
        await stage.app.store.unit(lambda uow, row=row, phone=phone: _bind(uow, row, phone.id))
    for name in ("黄先生", "何女士"):
        company.phones[name] = stage.telegram.person(name)
    manager = company["王建国"]
    company.sales = manager.create_group("销售部", *(company[name] for name in sales))
    company.service = manager.create_group("客服与投诉", *(company[name] for name in SERVICE))
    await stage.settle()
    for chat, title, department, purpose in (
        (company.sales, "销售部", "销售部", Purpose.SALES),
        (company.service, "客服与投诉", "客服部", Purpose.COMPLAINT),
    ):
        await stage.app.store.unit(
            lambda uow, c=chat, t=title, d=department, p=purpose: uow.groups.save(
                ChatId(c.id), t, uow.people.find_department(d).id, {p}, uow.now
            )
        )
    return company


def _bind(uow: Any, row: StaffRow, account: int) -> None:
    people.import_staff(uow, SYSTEM, [row])
    person = uow.people.by_number(row.number)
    uow.people.see_account(account, row.name, "", opened=True)
    uow.people.bind(account, PersonId(person.id))


@dataclass
class Opened:
    """A page that answers."""

    room: Room
    server: Server
    live: Live

    def phone(self, name: str) -> int:
        return self.live.company[name].id


@asynccontextmanager
async def open_page(folder: Path, found: Any = found_small) -> AsyncIterator[Opened]:
    """The whole sandbox as `make demo` runs it, in this process."""
    room = Room()
    server = await serve_app(make_page(room))
    live = Live(room, server, folder, found)
    try:
        await live.open()
        yield Opened(room, server, live)
    finally:
        await live.close()
        await server.stop()
