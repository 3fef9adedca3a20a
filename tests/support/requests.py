"""A company whose people ask for things and decide on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core import approvals
from core.access import Role
from core.approvals import Approval, Kind
from core.away import Excuse, NewAbsence
from core.checkins import absences
from core.ids import ApprovalId
from tests.support.chat import SHANGHAI, Bench, Someone

QUIET = "checkin: {roles: [technician]}\n"  # nobody here is asked for a place
RULES = (
    QUIET
    + """
approvals:
  chains:
    compensation:
      - up_to: 500
        steps: [{who: superior, hours: 4, escalates: true}]
      - steps:
          - {who: superior, hours: 4, escalates: true}
          - {who: [role:director, role:finance], countersign: true, hours: 8}
    gift:
      - steps: [{who: [role:finance, superior], hours: 4}]
"""
)


@dataclass
class Company:
    bench: Bench
    gm: Someone
    director: Someone
    boss: Someone
    zhang: Someone
    li: Someone
    finance: Someone

    async def asks(self, kind: Kind = Kind.COMPENSATION, amount: int = 300, **more: Any) -> Approval:
        """Zhang asks for something."""

        def ask(uow: Any) -> Approval:
            subject = more.pop("subject", "case:1")
            reason = more.pop("reason", "客户投诉属实")
            return approvals.ask(uow, kind, self.zhang.person, subject, amount, reason, **more)  # type: ignore[arg-type]

        asked: Approval = await self.bench.store.unit(ask)
        await self.bench.settle()
        return asked

    async def approval(self, number: int = 1) -> Approval:
        found: Approval = await self.bench.look(lambda uow: uow.approvals.get(ApprovalId(number)))
        return found

    async def clock(self) -> dict[str, str]:
        """The open deadlines of request 1 with the clock they ring at."""
        open_ = await self.bench.look(lambda uow: uow.deadlines.open_of("approval:1"))
        return {str(d.kind).removeprefix("approval."): f"{d.due_at.astimezone(SHANGHAI):%d %H:%M}" for d in open_}

    async def asks_back(self, who: Someone | None = None, decider: int = 1, text: str = "有没有收据？") -> None:
        """An approver asks Zhang something."""
        who = who or self.boss
        await who.does(who.phone.press_data, who.messages[-1], f"ap.ask:{decider}")
        await who.says(text)

    async def ask_again(self) -> str:
        """The boss asks a second time before the answer; what the press is answered with."""
        who = self.boss
        pressed = await who.does(who.phone.press_data, who.messages[-1], "ap.ask:1")
        return str(pressed.text)

    async def on_leave(self, who: Someone, first: date, last: date) -> None:
        """Leave that needs no approval any more."""

        def enter(uow: Any) -> None:
            absences.enter(uow, uow.people.get(who.person), NewAbsence(first, last, Excuse.LEAVE, ""))

        await self.bench.store.unit(enter)
        await self.bench.settle()

    def hush(self) -> None:
        for one in self.bench.views.values():
            one.skips()


async def found(bench: Bench) -> Company:
    gm = await bench.staff("李总", "总经办", Role.GM)
    director = await bench.staff("周总监", "总经办", Role.DIRECTOR, superior="李总")
    boss = await bench.staff("王经理", "销售部", Role.MANAGER, superior="周总监")
    zhang = await bench.staff("张三", "销售部")
    li = await bench.staff("李四", "销售部")
    finance = await bench.staff("钱会计", "财务部", Role.FINANCE)
    return Company(bench, gm, director, boss, zhang, li, finance)
