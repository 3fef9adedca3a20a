"""A company's backups: asked for each night, made while people talk, told where there is none (OPS-1)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.backups.keeper import Keeper, in_a_process
from core.backups import Keep
from core.clock import ManualClock
from core.rulebook import loads
from storage.backups import checking, packing
from storage.backups.__main__ import told
from storage.backups.errors import BackupError, Died, NoRoom, NotWritable
from storage.backups.making import Job, Made, prune, stored
from storage.backups.restoring import prepared, replace_file
from storage.backups.sealing import Keys, new_key
from tests.support.backups import column, is_whole, job, names, stamp
from tests.support.chat import Bench, Someone, address, open_bench

QUIET = "checkin: {roles: [technician]}\n"
ROOT = Path(__file__).parent.parent.parent


class Night:
    """Makes backups without a process, or fails as it is told to; remembers the instants."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.folder = bench, folder
        self.made: list[str] = []
        self.fault: BackupError | None = None
        self.keeper = Keeper(bench.store, self._job, self._make)

    def _job(self) -> Job:
        rules = self.bench.store.rulebook.backup.keep
        keep = Keep(rules.last, rules.daily, rules.weekly, rules.monthly)
        made = job(address(self.folder), self.folder, now=self.bench.clock.now())
        return replace(made, keep=keep, zone="Asia/Shanghai")

    async def _make(self, work: Job) -> Made:
        if self.fault is not None:
            raise self.fault
        self.made.append(f"{self.bench.now:%m-%d %H:%M}")
        file = work.folder / f"keguan-{work.now:%Y%m%dT%H%M%S}Z.backup"
        head = packing.Head(work.now, "", "0001", "")
        file.parent.mkdir(exist_ok=True)
        with file.open("wb") as into:
            packing.pack(into, head, packing.Manifest("", "", {}, {}), {}, Keys())
        return Made(file, 1, 0.1, 1, "", False, prune(work, ""))

    async def rings(self, clock: str) -> None:
        """The clock shows a time, and the keeper looks."""
        await self.bench.clock_to(clock)
        await self.keeper.look()
        await self.bench.settle()


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """A company in which nobody is asked for a place."""
    async with open_bench(folder, rulebook=loads(QUIET)) as opened:
        yield opened


@pytest.fixture
def night(bench: Bench, folder: Path) -> Night:
    return Night(bench, folder)


async def _boss(bench: Bench) -> Someone:
    return await bench.staff("陈总", "总经办", admin=True)


async def test_one_a_night_and_one_that_failed_is_tried_again_and_told(bench: Bench, night: Night) -> None:
    boss = await _boss(bench)
    await night.rings("03:29")
    assert night.made == []
    await night.rings("03:30")
    assert night.made == ["09-15 03:30"]
    await night.rings("03:31")
    assert night.made == ["09-15 03:30"], "one a day"
    night.fault = NoRoom(folder="/mnt/backups", needed=700_000_000, free=12_000_000)
    await night.rings("03:30")
    await night.rings("04:29")
    boss.expects_silence()
    await night.rings("04:30")
    await night.rings("09:00")
    boss.expects("备份失败", "已试 2 次", "/mnt/backups", "需要 700 MB，剩余 12 MB", "9月15日 周二 03:30")
    night.fault = None
    await night.rings("10:00")
    assert night.made == ["09-15 03:30", "09-16 10:00"]
    trail = await bench.look(lambda uow: [one.act for one in uow.audit.newest(9, subject="backup:2")])
    assert trail[0] == "backups.note"


async def test_none_for_long_is_told_and_told_again(bench: Bench, night: Night) -> None:
    boss = await _boss(bench)
    await night.rings("03:30")
    night.fault = NotWritable(path="/mnt/backups", detail="Read-only file system")
    await night.rings("03:29")
    await night.rings("03:30")
    await night.rings("15:31")
    boss.expects("没有备份", "已超过 36 小时", "9月15日 周二 03:30", "keguan backup")
    await bench.forward(hours=20)
    assert not [heard for heard in boss.unread if heard.has(["没有备份"])], "not every hour"
    boss.skips()
    await bench.forward(hours=16)
    boss.expects_silence()
    await bench.clock_to("09:00")
    boss.expects("没有备份")
    boss.skips()


async def test_one_missed_while_the_bot_was_down_is_made_once_after_the_start(folder: Path) -> None:
    clock: ManualClock
    async with open_bench(folder, rulebook=loads(QUIET)) as bench:
        clock = bench.clock
        await Night(bench, folder).rings("03:30")
    clock.set(clock.now() + timedelta(days=3, hours=5))
    async with open_bench(folder, rulebook=loads(QUIET), clock=clock) as bench:
        night = Night(bench, folder)
        await bench.app.bell.tick()
        await night.keeper.look()
        await night.keeper.look()
        assert night.made == ["09-18 08:30"]


async def test_one_that_was_killed_in_the_midst_is_made_after_the_start(folder: Path) -> None:
    """It stays asked for until there is a file."""
    clock: ManualClock
    async with open_bench(folder, rulebook=loads(QUIET)) as bench:
        clock = bench.clock
        await bench.clock_to("03:30")  # asked for; the process dies before anything is made
    clock.set(clock.now() + timedelta(minutes=5))
    async with open_bench(folder, rulebook=loads(QUIET), clock=clock) as bench:
        night = Night(bench, folder)
        await night.keeper.look()
        assert night.made == ["09-15 03:35"]


async def test_forty_nights_leave_what_the_rulebook_keeps(bench: Bench, night: Night, folder: Path) -> None:
    for _ in range(40):
        await night.rings("03:30")
        await bench.forward(minutes=1)
    assert len(night.made) == 40
    left = [f"{one.at + timedelta(hours=8):%m-%d}" for one in reversed(stored(folder / "backups"))]
    sundays, month_ends = ["09-27", "10-04", "10-11", "10-18"], ["09-30"]
    last_seven = [f"10-{day}" for day in range(18, 25)]
    assert left == sorted({*sundays, *month_ends, *last_seven})


async def test_a_company_may_have_none_made(folder: Path) -> None:
    async with open_bench(folder, rulebook=loads(f"{QUIET}backup: {{daily: false}}\n")) as bench:
        night = Night(bench, folder)
        for _ in range(3):
            await night.rings("12:00")
        assert night.made == []


# Made by a process, while people talk -----------------------------------------------------------------------


async def test_made_while_people_talk_it_is_one_moment(bench: Bench, folder: Path) -> None:
    """On both databases: whole, with numbers without a gap, and everybody was answered meanwhile."""
    url, key = address(folder), new_key()
    stamp(url)
    boss = await _boss(bench)
    making = asyncio.create_task(in_a_process(job(url, folder, keys=key)))
    said = 0
    while not making.done():
        said += 1
        name = f"员工{said}"
        await hire_in(bench, name)
        await boss.says(f"/audit {name}")
        boss.expects(name)
    made = await making
    assert said > 3, "people were answered while it was made"
    target = folder / "restored.db"
    with prepared(made.file, checking.url_of(target), folder, Keys(key)) as ready:
        replace_file(ready.database, target, bench.clock.now())
    assert is_whole(target)
    there = names(checking.url_of(target))
    assert there == names(url)[: len(there)], "a moment in between, nothing later without what came before"
    lines = column(checking.url_of(target), "SELECT seq FROM audit_trail ORDER BY seq")
    assert lines == [str(n) for n in range(1, len(lines) + 1)]
    assert checking.check_trail(target).partition(":")[0] == str(len(lines))


async def hire_in(bench: Bench, name: str) -> None:
    """Somebody joins, by the administrators' hand."""
    await bench.staff(name)


async def test_a_process_that_fails_tells_why_and_one_that_dies_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError) as error:
        await in_a_process(job(f"sqlite:///{tmp_path / 'none' / 'keguan.db'}", tmp_path))
    assert error.value.reason == "Unreachable"
    bad = replace(job(address(folder), tmp_path), now="no instant")  # type: ignore[arg-type]  # what it can't read
    with pytest.raises(Died):
        await in_a_process(bad)


def test_the_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    """Its input closes with its parent, also where that is killed; it must not go on beside the next one."""
    code = "import storage.backups.__main__ as m, time; m.make = lambda job: time.sleep(60); m.main()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdin is not None
    child.stdin.write(told(job("sqlite:///x", tmp_path)))
    child.stdin.close()
    assert child.wait(30) == 1
    assert child.stdout is not None
    child.stdout.close()
