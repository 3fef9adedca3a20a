"""The writer: one commit for what has queued, no failure is another's, nothing is told before it is kept."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.engine import make_engine
from storage.writer import LEAST_PATIENT, PATIENT_PER_COMMIT, Writer, WriterStopped


class Counter:
    """A table with one number, and how many commits it has seen."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.engine = make_engine(f"sqlite:///{file}")
        self.commits = 0
        with self.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE n (value INTEGER CHECK (value < 1000))")
            connection.exec_driver_sql("INSERT INTO n VALUES (0)")
        sa.event.listen(self.engine, "commit", self._committed)
        self.writer = Writer(self.engine)

    def _committed(self, _connection: sa.Connection) -> None:
        self.commits += 1

    def on_disk(self) -> int:
        """As another process sees it."""
        connection = sqlite3.connect(self.file)
        (value,) = connection.execute("SELECT value FROM n").fetchone()
        connection.close()
        return int(value)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path / "n.db")
    yield made
    made.writer.stop()
    made.engine.dispose()


def add(connection: sa.Connection) -> int:
    """Read, add, write: loses updates wherever two of them can overlap."""
    value = int(connection.exec_driver_sql("SELECT value FROM n").scalar_one())
    connection.exec_driver_sql(f"UPDATE n SET value = {value + 1}")
    return value + 1


def fail(connection: sa.Connection) -> None:
    connection.exec_driver_sql("UPDATE n SET value = value + 100")
    raise LookupError("changed its mind")


async def test_sixty_at_once_are_all_counted(counter: Counter) -> None:
    counter.writer.start()
    results = await asyncio.gather(*(counter.writer.do(add) for _ in range(60)))
    assert sorted(results) == list(range(1, 61))
    assert counter.on_disk() == 60


async def test_what_has_queued_shares_one_commit(counter: Counter) -> None:
    waiting = [asyncio.create_task(counter.writer.do(add)) for _ in range(50)]
    await asyncio.sleep(0)  # all are queued before the thread begins
    counter.writer.start()
    await asyncio.gather(*waiting)
    assert counter.commits == 1


async def test_a_batch_has_an_end(counter: Counter) -> None:
    waiting = [asyncio.create_task(counter.writer.do(add)) for _ in range(450)]
    await asyncio.sleep(0)
    counter.writer.start()
    await asyncio.gather(*waiting)
    assert counter.commits == 3


async def test_result_is_on_disk_when_it_is_told(counter: Counter) -> None:
    counter.writer.start()
    for _ in range(5):
        assert await counter.writer.do(add) == counter.on_disk()


async def test_failing_unit_takes_back_its_own_alone(counter: Counter) -> None:
    waiting = [asyncio.create_task(counter.writer.do(work)) for work in (add, fail, add, fail, add)]
    await asyncio.sleep(0)
    counter.writer.start()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(r) for r in results] == [int, LookupError, int, LookupError, int]
    assert counter.on_disk() == 3
    assert counter.commits == 1


async def test_refused_statement_leaves_the_unit_usable(counter: Counter) -> None:
    def stumbles(connection: sa.Connection) -> str:
        try:
            connection.exec_driver_sql("UPDATE n SET value = 5000")
        except sa.exc.IntegrityError:
            connection.exec_driver_sql("UPDATE n SET value = 7")
        return "done"

    counter.writer.start()
    assert await counter.writer.do(stumbles) == "done"
    assert counter.on_disk() == 7


async def test_nobody_believes_a_commit_that_failed(counter: Counter) -> None:
    failing = [True]

    def refuse(_connection: sa.Connection) -> None:
        if failing.pop() if failing else False:
            raise OSError("disk is full")

    sa.event.listen(counter.engine, "commit", refuse)
    waiting = [asyncio.create_task(counter.writer.do(add)) for _ in range(3)]
    await asyncio.sleep(0)
    counter.writer.start()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(r) for r in results] == [OSError] * 3
    assert counter.on_disk() == 0
    assert await counter.writer.do(add) == 1, "and the writer goes on"


async def test_stop_finishes_what_is_queued_and_takes_nothing_new(counter: Counter) -> None:
    waiting = [asyncio.create_task(counter.writer.do(add)) for _ in range(20)]
    await asyncio.sleep(0)
    counter.writer.start()
    counter.writer.stop()
    assert counter.on_disk() == 20
    await asyncio.gather(*waiting)
    with pytest.raises(WriterStopped):
        await counter.writer.do(add)
    counter.writer.stop()  # a second time is harmless


async def test_caller_who_gave_up_harms_nobody(counter: Counter) -> None:
    waiting = [asyncio.create_task(counter.writer.do(add)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    counter.writer.start()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[1], asyncio.CancelledError)
    assert counter.on_disk() == 3, "what was handed in is done, though nobody waits for it"


def test_several_loops_share_one_writer(counter: Counter) -> None:
    counter.writer.start()

    async def many() -> None:
        await asyncio.gather(*(counter.writer.do(add) for _ in range(20)))

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.on_disk() == 60


def test_two_processes_worth_of_writers_lose_nothing(tmp_path: Path) -> None:
    """Transactions begin IMMEDIATE: with SQLite's default, sixty of these left two."""
    first = Counter(tmp_path / "n.db")
    second = Writer(make_engine(f"sqlite:///{first.file}"))
    first.writer.start()
    second.start()

    async def both() -> None:
        await asyncio.gather(*(w.do(add) for w in (first.writer, second) for _ in range(30)))

    asyncio.run(both())
    assert first.on_disk() == 60
    first.writer.stop()
    second.stop()
    first.engine.dispose()
    second._engine.dispose()


async def test_who_is_patient_lets_others_go_first_and_keeps_nobody_waiting_for_long(counter: Counter) -> None:
    """Rings of the bell: however many are due, what people do goes into the next commit."""
    order: list[str] = []

    def noting(name: str) -> Callable[[sa.Connection], None]:
        return lambda _connection: order.append(name)

    waiting = [asyncio.create_task(counter.writer.do(noting(f"ring {n}"), patient=True)) for n in range(100)]
    waiting += [asyncio.create_task(counter.writer.do(noting("person")))]
    await asyncio.sleep(0)
    counter.writer.start()
    await asyncio.gather(*waiting)
    assert order == ["person", *(f"ring {n}" for n in range(100))]
    assert counter.commits == -(-100 // PATIENT_PER_COMMIT)


async def test_stop_finishes_the_patient_too(counter: Counter) -> None:
    waiting = [asyncio.create_task(counter.writer.do(add, patient=True)) for _ in range(100)]
    await asyncio.sleep(0)
    counter.writer.start()
    await asyncio.to_thread(counter.writer.stop)
    assert sorted(await asyncio.gather(*waiting)) == list(range(1, 101))


async def test_who_comes_while_patient_ones_are_run_is_next(counter: Counter) -> None:
    order: list[str] = []
    running, hold = threading.Event(), threading.Event()

    def ring(number: int) -> Callable[[sa.Connection], None]:
        def run(_connection: sa.Connection) -> None:
            order.append(f"ring {number}")
            if number == 2:
                running.set()
                hold.wait(5)

        return run

    waiting = [asyncio.create_task(counter.writer.do(ring(n), patient=True)) for n in range(30)]
    await asyncio.sleep(0)
    counter.writer.start()
    await asyncio.to_thread(running.wait, 5)
    waiting.append(asyncio.create_task(counter.writer.do(lambda _connection: order.append("person"))))
    await asyncio.sleep(0)
    hold.set()
    await asyncio.gather(*waiting)
    rings = [f"ring {n}" for n in range(30)]
    assert order == [*rings[:LEAST_PATIENT], "person", *rings[LEAST_PATIENT:]]
    assert counter.commits == 2
