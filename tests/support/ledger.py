"""A small company for tests of the ledger: a superior over three people, a director and a general manager above."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.access import Role
from core.ids import EntryId, PersonId
from core.ledger import Appeal, Case, Effect, Entry, sanction
from core.rulebook import Rulebook, Sanction, loads
from tests.support.chat import MONDAY, Bench, Someone, open_bench

IN_FORCE = """
checkin: {roles: [technician]}
clauses:
  lead.contact: {in_force: true}
  task.reply: {in_force: true}
  conduct.violation: {in_force: true}
  complaint.blame: {in_force: true}
  lead.misjudged: {in_force: true}
  archive.leak: {in_force: true}
  reward.praise: {in_force: true}
  reward.clean_year: {in_force: true}
  ledger.appeal: {in_force: true}
"""


@dataclass
class Company:
    bench: Bench
    gm: Someone
    boss: Someone
    zhang: Someone
    li: Someone

    async def fined(self, who: Someone, yuan: int = 50, *, occurrence: str = "x", **more: Any) -> EntryId:
        """A fine by the rule itself, told to both; its number."""
        cost = Sanction(fine_yuan=yuan, **more)
        entries: list[Entry] = await self.bench.store.unit(
            lambda uow: sanction(uow, id_of(who), "lead.contact", cost, "lead:1", {}, occurrence)
        )
        await self.bench.settle()
        return entries[0].case

    async def case(self, number: int) -> Case:
        found: Case = await self.bench.look(lambda uow: uow.ledger.case(EntryId(number)))
        return found

    async def standing(self, number: int) -> list[tuple[Effect, int]]:
        now = self.bench.clock.now()
        return [(entry.effect, entry.amount) for entry in (await self.case(number)).standing(now)]

    async def appeals(self, number: int) -> list[Appeal]:
        found: list[Appeal] = await self.bench.look(lambda uow: uow.appeals.of_case(EntryId(number)))
        return found

    async def entries(self, who: Someone) -> list[Entry]:
        found: list[Entry] = await self.bench.look(lambda uow: uow.ledger.of_person(id_of(who)))
        return found

    def skips(self) -> None:
        for view in self.bench.views.values():
            view.skips()


async def founded(bench: Bench) -> Company:
    gm = await bench.staff("陈总", "总经办", Role.GM)
    boss = await bench.staff("王经理", "销售部", Role.MANAGER)
    zhang = await bench.staff("张三", "销售部")
    li = await bench.staff("李四", "销售部")
    return Company(bench, gm, boss, zhang, li)


@asynccontextmanager
async def company_in(
    folder: Path, *, more: str = "", at: datetime = MONDAY, rulebook: Rulebook | None = None
) -> AsyncIterator[Company]:
    async with open_bench(folder, rulebook=rulebook or loads(IN_FORCE + more), at=at) as bench:
        yield await founded(bench)


def id_of(who: Someone) -> PersonId:
    if who.person is None:
        raise ValueError(f"{who.name} is nobody's account")
    return who.person
