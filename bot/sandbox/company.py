"""The demo company: its people with their phones, its two groups, its customers."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from bot.sandbox.people import Person
from bot.sandbox.stage import DEMO, Stage
from bot.sandbox.world import Chat, Message
from core import customers, people
from core.access import SYSTEM
from core.geo import Point

# Where the salespeople are at nine: WGS-84 degrees.
SPOTS = {
    "张三": (31.2211, 121.5440),
    "李四": (31.2030, 121.5900),
    "赵敏": (31.1880, 121.4370),
    "孙强": (31.1128, 121.3817),
    "周婷": (31.0322, 121.2277),
}
CUSTOMERS = ("黄先生", "何女士", "马经理")


@dataclass
class Company:
    """Everybody by name, and the two groups."""

    stage: Stage
    phones: dict[str, Person] = field(default_factory=dict)
    sales: Chat | None = None
    service: Chat | None = None
    second: str = ""  # who took the first lead over
    owner: str = ""  # whose complaint it is

    def __getitem__(self, name: str) -> Person:
        return self.phones[name]

    @property
    def sales_group(self) -> Chat:
        if self.sales is None:
            raise RuntimeError("the company is not founded yet")
        return self.sales

    @property
    def service_group(self) -> Chat:
        if self.service is None:
            raise RuntimeError("the company is not founded yet")
        return self.service

    async def acts(self, act: Any, *args: Any, **kwargs: Any) -> Any:
        """One act of somebody's phone, and what the bot makes of it."""
        result = act(*args, **kwargs)
        await self.stage.settle()
        return result

    async def says(self, name: str, text: str, chat: Chat | None = None, **kwargs: Any) -> Message:
        message: Message = await self.acts(self[name].say, text, chat, **kwargs)
        return message

    async def presses(self, name: str, label: str, chat: Chat | None = None) -> Any:
        """Press the newest button whose label contains `label`."""
        phone = self[name]
        return await self.acts(phone.press, find_label(phone, label, chat), None, chat)


def find_label(phone: Person, label: str, chat: Chat | None) -> str:
    """The full label of the newest button that contains `label`."""
    for message in reversed(phone.history(chat)):
        for row in message.buttons:
            for button in row:
                if label in button["text"]:
                    return str(button["text"])
    raise LookupError(f"no button {label!r} is shown to {phone.user.name}")


async def found_company(stage: Stage) -> Company:
    """From nothing to a company at work, all through the chat: the owner's link, the staff file, everybody's invite
    link, two groups bound, customers on record."""
    company = Company(stage)
    owner = company.phones["刘总"] = stage.telegram.person("刘总", username="liuzong")
    link = await stage.app.store.do(people.issue_owner_link, SYSTEM)
    await company.acts(owner.start, f"i_{link.token}")
    await company.acts(owner.document, "staff.csv", (DEMO / "staff.csv").read_bytes())
    await company.presses("刘总", "确认导入")
    await _bind_staff(company)
    await _found_groups(company)
    for name in CUSTOMERS:
        company.phones[name] = stage.telegram.person(name)
    await _load_customers(company)
    return company


async def _bind_staff(company: Company) -> None:
    stage = company.stage
    given = await stage.app.store.do(people.invite_unbound, SYSTEM)
    for number, (person, link) in enumerate(given.links, 1):
        phone = stage.telegram.person(person.name, username=f"u{person.number.lower()}", id=3_000_000 + number)
        phone.position = SPOTS.get(person.name)
        company.phones[person.name] = phone
        await company.acts(phone.start, f"i_{link.token}")


async def _found_groups(company: Company) -> None:
    owner = company["刘总"]
    company.sales = owner.create_group("销售部", *(company[n] for n in (*SPOTS, "王建国", "林芳", "陈静")))
    company.service = owner.create_group(
        "客服与投诉", *(company[n] for n in ("林芳", "郑洁", "吴刚", "陈静", "王建国"))
    )
    await company.says("刘总", "/bind 销售部 销售", company.sales)
    await company.says("刘总", "/bind 全公司 投诉 管理", company.service)


async def _load_customers(company: Company) -> None:
    lines = csv.DictReader(StringIO((DEMO / "customers.csv").read_text(encoding="utf-8")))
    rows = [
        customers.ImportRow(
            number,
            customers.Draft(
                line["名称"],
                line["电话"],
                type=line["类型"],
                address=line["地址"],
                point=Point(float(line["纬度"]), float(line["经度"])),
                contact=line["联系人"],
            ),
            line["负责人"],
        )
        for number, line in enumerate(lines, 2)
    ]
    await company.stage.app.store.do(customers.import_records, SYSTEM, rows, sure=True)
