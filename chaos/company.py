"""The company: three sales teams, a service desk, customers; founded once for each kind of database, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.sandbox.people import Person
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Chat
from core import people
from core.access import SYSTEM, Role
from core.clock import ManualClock
from core.groups import Purpose
from core.ids import AccountId, ChatId
from core.people import StaffRow
from core.rulebook import Rulebook, load
from storage import migrate
from storage.store import Store

HERE = Path(__file__).parent
RULES = HERE / "rulebook.yaml"
MORNING = datetime(2026, 9, 14, 0, 45, tzinfo=UTC)  # 08:45 in Shanghai, a Monday: the first round is near
TEAMS, EACH, DESK, CUSTOMERS = 3, 4, 3, 8
PARTS = "sales", "service"


@dataclass
class Company:
    """Everybody's phone, by part; `bosses[n]` and `teams[n]` share the group `groups[n]`."""

    bosses: list[Person] = field(default_factory=list)
    teams: list[list[Person]] = field(default_factory=list)
    groups: list[Chat] = field(default_factory=list)
    service: list[Person] = field(default_factory=list)
    desk: Chat | None = None
    customers: list[Person] = field(default_factory=list)
    at_work: dict[int, str] = field(default_factory=dict)  # account → staff number

    @property
    def sellers(self) -> list[Person]:
        return [person for team in self.teams for person in team]


def gather(telegram: Telegram) -> Company:
    """The same people and groups, whenever they are gathered on a new platform."""
    made = Company()
    for n in range(TEAMS):
        boss = _person(telegram, made, f"B{n}", f"经理{n}")
        team = [_person(telegram, made, f"S{n}{k}", f"业务{n}{k}") for k in range(EACH)]
        made.bosses.append(boss)
        made.teams.append(team)
        made.groups.append(boss.create_group(f"销售{n}部", *team))
    made.service = [_person(telegram, made, f"D{k}", f"客服{k}") for k in range(DESK)]
    made.desk = made.service[0].create_group("投诉台", *made.service[1:])
    made.customers = [telegram.person(f"客户{k}", id=5_000_000 + k) for k in range(CUSTOMERS)]
    for phone in (*made.bosses, *made.sellers, *made.service, *made.customers):
        phone.private.started = True
    telegram.updates.clear()
    return made


def _person(telegram: Telegram, made: Company, number: str, name: str) -> Person:
    person = telegram.person(name, username=f"u{number.lower()}", id=3_000_000 + len(made.at_work))
    made.at_work[person.id] = number
    return person


def rules() -> Rulebook:
    return load(RULES)


async def found(url: str) -> None:
    """Tables by the migrations, and the company in them."""
    migrate.upgrade(url)
    clock = ManualClock(MORNING)
    made = gather(Telegram(clock.now))
    store = Store(url, clock, rules())
    store.start()
    await store.unit(lambda uow: _enter(uow, made))
    store.close()


def _enter(uow: Any, made: Company) -> None:
    levels = uow.rulebook.leads.levels
    level = max(levels, key=lambda name: len(levels[name]))
    parts: list[tuple[str, list[Person], Chat | None, set[Purpose]]] = [
        (f"销售{n}部", [made.bosses[n], *made.teams[n]], made.groups[n], {Purpose.SALES}) for n in range(TEAMS)
    ]
    parts.append(("客服部", made.service, made.desk, {Purpose.COMPLAINT}))
    rows = []
    for department, members, _, _ in parts:
        for k, person in enumerate(members):
            inside = Role.SERVICE if department == "客服部" else Role.SALESPERSON
            role = Role.MANAGER if k == 0 else inside
            number = made.at_work[person.id]
            rows.append(StaffRow(len(rows) + 2, number, person.user.name, department, role, level))
    people.import_staff(uow, SYSTEM, rows)
    for account, number in made.at_work.items():
        uow.people.see_account(AccountId(account), number, f"u{number.lower()}", opened=True)
        uow.people.bind(AccountId(account), uow.people.by_number(number).id)
    for department, _, chat, purposes in parts:
        if chat is not None:
            found = uow.people.find_department(department)
            uow.groups.save(ChatId(chat.id), chat.title, found.id, purposes, uow.now)


# Databases ------------------------------------------------------------------------------------------------


class Databases:
    """Copies of the founded company: files, and databases of our own on a server."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder, self._server = folder, server
        self._templates: dict[str, str] = {}
        self._made = 0

    async def prepare(self, kind: str) -> None:
        """Found the company on this kind of database, once."""
        if kind not in self._templates:
            self._templates[kind] = await (self._file() if kind == "sqlite" else self._database())

    async def _file(self) -> str:
        file = self._folder / "template.db"
        await found(f"sqlite:///{file}")
        return str(file)

    async def _database(self) -> str:
        name = f"keguan_chaos_{self._folder.name.lower()}".replace("-", "_")
        with self._at_server() as server:
            server.exec_driver_sql(f'CREATE DATABASE "{name}"')
        await found(self.address(name))
        return name

    def address(self, name: str) -> str:
        url = sa.make_url(self._server).set(database=name)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def copy(self, kind: str, folder: Path) -> Iterator[str]:
        """A copy's address; on the server it is dropped afterwards."""
        template = self._templates[kind]
        if kind == "sqlite":
            yield f"sqlite:///{shutil.copy(template, folder / 'keguan.db')}"
            return
        self._made += 1
        name = f"{template}_{self._made}"
        with self._at_server() as server:
            server.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.address(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        if "postgresql" in self._templates:
            self._drop(self._templates.pop("postgresql"))

    def _drop(self, name: str) -> None:
        with self._at_server() as server:
            server.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def _at_server(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self._server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with closing(engine.connect()) as connection:
            yield connection
        engine.dispose()
