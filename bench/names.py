"""The check for duplicates over a million customers' names (CUS-2), and the search beside it.

Names are asked for as people write them: without region or legal form, with one character wrong, in pinyin … Counted
is how many of the wanted records are among the ten shown by what a registration begins with, and how long that takes.
Beside it, in the same run: SQLite's FTS5 with trigrams, PostgreSQL's pg_trgm, and rapidfuzz over all names.

KEGUAN_BENCH_NAMES=FOLDER keeps the archive there, so that a second run need not make it anew.

Run: python -m bench.names [--quick]
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from rapidfuzz import fuzz, process

from bench import table
from bench.archive import fill, opened, size_of
from bench.companies import WAYS, Company, Maker
from bench.machine import no_postgresql, postgresql
from bench.table import Line, at_least, at_most, limited, missing, say
from core import customers
from core.access import Actor
from core.customers import CustomerExists, Draft
from core.customers.naming import words_of
from core.names import name_key
from core.rulebook import loads
from storage.store import Store

SHOWN = 10
RULES = loads(f"preset: default\ncustomers:\n  near_limit: {SHOWN}\n")
SUFFIXES = RULES.customers.legal_suffixes
WORDS = words_of(RULES)
SEARCHED = ("华强", "深圳", "科技", "鑫源电子", "天宇科技", "szhq", "hqdz", "hx", "没有的公司", "xqzw")
SAME = ("legal form dropped", "legal form another", "full width, space", "brackets dropped")  # the same name, to us
FEWER = 15  # as many times fewer queries go to what takes long


@dataclass(frozen=True, slots=True)
class Query:
    way: str
    text: str
    wanted: int  # the customer's id


@dataclass
class Tally:
    """How a way of looking did: found by the way of writing, and milliseconds."""

    found: dict[str, list[bool]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)  # of which the thread itself did something

    def add(self, query: Query, shown: list[int], seconds: float, worked: float) -> None:
        self.found.setdefault(query.way, []).append(query.wanted in shown)
        self.took.append(seconds * 1000)
        self.worked.append(worked * 1000)

    @property
    def recall(self) -> float:
        hits = [hit for hits in self.found.values() for hit in hits]
        return sum(hits) / len(hits)

    def percentile(self, share: float) -> float:
        return _percentile(self.took, share)

    @property
    def by_way(self) -> str:
        return ", ".join(f"{way} {sum(hits) / len(hits):.3f}" for way, hits in self.found.items())


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


Look = Callable[[str], list[int]]


def queries(companies: list[Company], each: int) -> list[Query]:
    """As many of each way of writing, mixed. What is another company's name by chance is not asked."""
    dice = random.Random(5)
    taken = {name_key(company.name, SUFFIXES) for company in companies}
    made: list[Query] = []
    for way, write in WAYS.items():
        found = 0
        while found < each:
            at = dice.randrange(len(companies))
            text = write(companies[at], dice)
            if text is not None and (way in SAME or name_key(text, SUFFIXES) not in taken):
                made.append(Query(way, text, at + 1))
                found += 1
    dice.shuffle(made)
    return made


# What is measured -------------------------------------------------------------------------------------------


def checked(store: Store, actor: Actor) -> Look:
    """The check that a registration makes, on a reader thread: the same name, then names like it."""

    def look(text: str) -> list[int]:
        with store._reading.connect() as connection:
            uow = store._uow(connection)
            try:
                customers.check(uow, actor, Draft(text))
            except CustomerExists as exists:
                return [exists.customer or 0]
            return [hit.customer or 0 for hit in customers.near_names(uow, text, actor)]

    return look


def searched(store: Store, actor: Actor) -> Look:
    def look(text: str) -> list[int]:
        with store._reading.connect() as connection:
            hits = customers.search(store._uow(connection), actor, text)
            return [hit.customer or 0 for hit in (*hits.own, *hits.others)]

    return look


def trigrams(names: list[str], folder: Path) -> Look:
    """SQLite's FTS5, the best of any trigram."""
    connection = sqlite3.connect(folder / "trigrams.db")
    connection.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram', detail='none')")
    connection.executemany("INSERT INTO names (rowid, name) VALUES (?, ?)", enumerate(names, 1))
    connection.commit()

    def look(text: str) -> list[int]:
        key = name_key(text, SUFFIXES)
        parts = {key[at : at + 3] for at in range(len(key) - 2)} or {key}
        asked = " OR ".join('"' + part.replace('"', '""') + '"' for part in parts)
        sql = f"SELECT rowid FROM names WHERE names MATCH ? ORDER BY rank LIMIT {SHOWN}"
        return [row for (row,) in connection.execute(sql, (asked,))]

    return look


def over_all(names: list[str]) -> Look:
    """Rapidfuzz against every name."""

    def look(text: str) -> list[int]:
        best = process.extract(name_key(text, SUFFIXES), names, scorer=fuzz.ratio, limit=SHOWN)
        return [at + 1 for _, _, at in best]

    return look


def similar(connection: sa.Connection) -> Look:
    """PostgreSQL's pg_trgm."""
    sql = sa.text(
        f"SELECT id FROM customers WHERE name_key % :key ORDER BY similarity(name_key, :key) DESC, id LIMIT {SHOWN}"
    )
    return lambda text: list(connection.execute(sql, {"key": name_key(text, SUFFIXES)}).scalars())


def tallied(look: Look, asked: list[Query]) -> Tally:
    tally = Tally()
    for query in asked:
        begun, worked = time.perf_counter(), time.thread_time()
        shown = look(query.text)
        tally.add(query, shown, time.perf_counter() - begun, time.thread_time() - worked)
    return tally


def asked_in_vain(look: Look, fresh: list[Company]) -> float:
    """Share of new companies whose registration is stopped by the question for names like theirs."""
    return sum(bool(look(company.name)) for company in fresh) / len(fresh)


@dataclass(frozen=True, slots=True)
class Archive:
    companies: list[Company]
    fresh: list[Company]  # not in the archive
    asked: list[Query]


def archive(quick: bool) -> Archive:
    count, each = (50_000, 20) if quick else (1_000_000, 100)
    say(f"making up {count:,} companies")
    companies = Maker(count).companies(count + 300, lambda name: name_key(name, SUFFIXES))
    return Archive(companies[:count], companies[count:], queries(companies[:count], each))


def _ours(url: str, name: str, made: Archive, runs: int) -> list[Line]:
    store, chief, seller = asyncio.run(_filled(url, made))
    try:
        look = checked(store, chief)
        tallied(look, made.asked[:50])
        tallies = [tallied(look, made.asked) for _ in range(runs)]
        vain = asked_in_vain(look, made.fresh)
        search = [_searches(searched(store, who)) for who in (chief, seller)]
    finally:
        store.close()
    first = tallies[0]
    p50 = [tally.percentile(0.5) for tally in tallies]
    own = _percentile(first.worked, 0.99)
    told = (
        f"median {p50[0]:.1f} ms; the thread's own work {own:.1f} ms of the p99; "
        f"a new name is asked about in {vain:.0%} of registrations"
    )
    return [
        limited(f"near names, {name}: recall@10", "", [t.recall for t in tallies], at_least(0.99), first.by_way),
        limited(f"near names, {name}: p99", "ms", [t.percentile(0.99) for t in tallies], at_most(5), told),
        limited(f"search by chief, {name}: slowest", "ms", [max(search[0].values())], at_most(50), _told(search[0])),
        limited(f"search by seller, {name}: slowest", "ms", [max(search[1].values())], at_most(50), _told(search[1])),
    ]


def _searches(look: Look) -> dict[str, float]:
    took = {}
    for text in SEARCHED:
        look(text)
        begun = time.perf_counter()
        look(text)
        took[text] = (time.perf_counter() - begun) * 1000
    return took


def _told(took: dict[str, float]) -> str:
    return ", ".join(f"{text} {ms:.1f}" for text, ms in took.items())


async def _filled(url: str, made: Archive) -> tuple[Store, Actor, Actor]:
    store, chief, seller = await opened(url, RULES)
    if not await store.look(lambda uow: uow.customers.counts()):
        sellers = await store.look(lambda uow: [person.id for person in uow.people.active()])
        fill(url, made.companies, WORDS, SUFFIXES, [int(one) for one in sellers if one != chief.staff_id])
    return store, chief, seller


def _beside(name: str, look: Look, asked: list[Query]) -> list[Line]:
    say(f"{name}, {len(asked)} queries")
    tally = tallied(look, asked)
    return [
        limited(f"  {name}: recall@10", "", [tally.recall], note=tally.by_way),
        limited(f"  {name}: p99", "ms", [tally.percentile(0.99)]),
    ]


def _on_server(made: Archive, runs: int) -> list[Line]:
    if why := no_postgresql():
        return [missing("near names, PostgreSQL", why)]
    with postgresql() as url:
        lines = _ours(url, "PostgreSQL", made, runs)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("CREATE EXTENSION pg_trgm")
                connection.exec_driver_sql("CREATE INDEX near ON customers USING gin (name_key gin_trgm_ops)")
                lines += _beside("pg_trgm", similar(connection), made.asked[::FEWER])
        except sa.exc.DBAPIError as error:
            lines.append(missing("  pg_trgm", str(error.orig).splitlines()[0]))
        finally:
            engine.dispose()
    return lines


def measure(runs: int, quick: bool) -> list[Line]:
    made = archive(quick)
    kept = os.environ.get("KEGUAN_BENCH_NAMES")
    with ExitStack() as stack:
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory()))
        file = f"sqlite:///{folder / f'{len(made.companies)}.db'}"
        lines = _ours(file, "SQLite", made, runs)
        lines.append(limited("archive in SQLite", "MB", [size_of(file) / 1e6]))
        keys = [name_key(company.name, SUFFIXES) for company in made.companies]
        here = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lines += _beside("FTS5 trigram", trigrams(keys, here), made.asked[::FEWER])
        lines += _beside("rapidfuzz over all", over_all(keys), made.asked[:: FEWER * 2])
    return lines + _on_server(made, runs)


if __name__ == "__main__":
    table.main(measure)
