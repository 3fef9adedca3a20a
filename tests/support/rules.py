"""A small company with a rulebook file of its own, for the conversations about rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core.access import Role
from core.groups import Purpose
from tests.support.chat import MONDAY, Bench, Group, Someone

TEN = MONDAY + timedelta(hours=2)
# Nobody here is asked for a place, or to confirm what they have read.
QUIET = "checkin: {roles: [technician]}\nreading: {ask: false}\nbackup: {daily: false}\n"


@dataclass
class Company:
    bench: Bench
    gm: Someone  # and administrator
    boss: Someone
    zhang: Someone
    group: Group
    file: Path

    def writes(self, text: str) -> None:
        """Somebody edits the company's file."""
        self.file.write_text(QUIET + text)

    async def reloads(self, text: str) -> None:
        self.writes(text)
        await self.gm.says("/reload")
        self.gm.expects("已采用")
        self.group.expects("制度有变更")

    def moves_to(self, bench: Bench) -> None:
        """The same people and group with the bot as it is after a restart."""
        self.bench = bench
        for view in (self.gm, self.boss, self.zhang, self.group):
            view.bench = bench
            bench.views[view.chat_id] = view

    def skips(self) -> None:
        for view in self.bench.views.values():
            view.skips()

    async def gives(self, number: int = 1) -> None:
        await self.boss.says("/task @zhang 把报价发给华强", self.group)
        self.group.expects(f"任务 {number}")
        self.zhang.expects(f"任务 {number}")


async def found(bench: Bench, file: Path, purpose: Purpose = Purpose.REPAIR) -> Company:
    gm = await bench.staff("陈总", "总经办", Role.GM, admin=True)
    boss = await bench.staff("王经理", "销售部", Role.MANAGER, username="wang")
    zhang = await bench.staff("张三", "销售部", username="zhang")
    group = await bench.group("销售群", gm, boss, zhang, department="销售部", purposes=[purpose])
    return Company(bench, gm, boss, zhang, group, file)
