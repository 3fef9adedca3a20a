"""The keys of names in a database: kept in the same commit as the record, on every way to a name (CUS-2, P39)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.housekeeping import take_up_names
from core import customers, people
from core.access import SYSTEM, Actor, Role
from core.clock import ManualClock
from core.customers import Draft, ImportRow, NearNames
from core.ids import AccountId, CustomerId
from core.people import StaffRow
from core.rulebook import default, loads
from storage.base import table
from storage.name_keys import MOST_LIKE, MOST_OF_ONE, NameKeyRow
from storage.store import Store

MONDAY = datetime(2026, 9, 14, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HUAQIANG = "深圳华强电子有限公司"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = Store(url, ManualClock(MONDAY), default())
    made.start()
    await made.do(people.import_staff, SYSTEM, [StaffRow(2, "A", "张三", "销售部", Role.SALESPERSON)])
    yield made
    made.close()


@pytest.fixture
async def anna(store: Store) -> Actor:
    person = await store.look(lambda uow: uow.people.by_number("A"))
    assert person is not None
    return Actor(AccountId(person.id), person.roles, person.label, "zh_CN", None, None, person.id, person.department)


async def near(store: Store, actor: Actor, name: str) -> list[str]:
    return [hit.name for hit in await store.look(lambda uow: customers.near_names(uow, name, actor))]


async def count(store: Store, customer: CustomerId | None = None) -> int:
    keys = table(NameKeyRow)
    asked = sa.select(sa.func.count()).select_from(keys)
    if customer is not None:
        asked = asked.where(keys.c.customer_id == customer)
    return int(await store.look(lambda uow: uow.connection.execute(asked).scalar_one()))


@pytest.mark.parametrize(
    "written",
    ["华强电子公司", "深圳市华墙电子", "华强（深圳）电子", "深圳huaqiang电子", "szhqdz", "深训华强电子"],
)
async def test_a_registration_asks_about_a_name_written_otherwise(store: Store, anna: Actor, written: str) -> None:
    await store.do(customers.register, anna, Draft(HUAQIANG))
    await store.do(customers.register, anna, Draft("北京长江贸易有限公司"))
    with pytest.raises(NearNames) as asked:
        await store.do(customers.register, anna, Draft(written))
    assert [hit.name for hit in asked.value.hits] == [HUAQIANG]


async def test_a_record_that_is_not_kept_leaves_no_keys(store: Store, anna: Actor) -> None:
    made = await store.do(customers.register, anna, Draft(HUAQIANG, "13800001111"))
    before = await count(store)
    assert before == await count(store, made.id) > 10
    with pytest.raises(customers.CustomerExists):
        await store.do(customers.register, anna, Draft("北京长江贸易", "13800001111"), sure=True)
    assert await count(store) == before


async def test_a_renamed_record_is_found_by_its_new_name_alone(store: Store, anna: Actor) -> None:
    made = await store.do(customers.register, anna, Draft(HUAQIANG))
    kept = await count(store)
    await store.do(customers.fill_in, anna, made.id, "name", "北京长江贸易有限公司")
    assert await near(store, anna, "北京长江贸意") == ["北京长江贸易有限公司"]
    assert await near(store, anna, "深圳华墙电子") == []
    await store.do(customers.fill_in, anna, made.id, "name", HUAQIANG)
    assert await near(store, anna, "深圳华墙电子") == [HUAQIANG]
    assert await count(store) == kept


async def test_imported_records_are_found(store: Store, anna: Actor) -> None:
    rows = [ImportRow(2, Draft(HUAQIANG)), ImportRow(3, Draft("深圳华墙电子")), ImportRow(4, Draft("北京长江贸易"))]
    done = await store.do(customers.import_records, anna, rows)
    assert [refusal.line for refusal in done.refused] == [3]
    assert await near(store, anna, "长江贸易") == ["北京长江贸易"]


async def test_records_older_than_the_keys_get_theirs(store: Store, anna: Actor) -> None:
    """In slices, each of its own commit; a second time there is nothing to do."""
    rows = [ImportRow(n, Draft(f"深圳{brand}电子")) for n, brand in enumerate(("华强", "盛源", "鑫达"), 2)]
    await store.do(customers.import_records, anna, rows, sure=True)
    whole = await count(store)
    await store.unit(lambda uow: uow.connection.execute(sa.delete(table(NameKeyRow))))
    assert await near(store, anna, "深圳华墙电子") == []
    assert await store.do(customers.take_up_names, SYSTEM, CustomerId(0), 2) == 2
    await take_up_names(store)
    assert await near(store, anna, "深圳华墙电子") == ["深圳华强电子"]
    assert await count(store) == whole
    assert await store.do(customers.take_up_names, SYSTEM, CustomerId(0), 100) is None


async def test_other_words_of_trades_make_the_keys_anew(store: Store, anna: Actor) -> None:
    await store.do(customers.register, anna, Draft("深圳华强无人机"))
    assert await near(store, anna, "深圳华强机器人") == []
    store.rulebook = loads("preset: default\ncustomers:\n  near_name_score: 60\n  trade_words: [无人机, 机器人]\n")
    assert await near(store, anna, "深圳华强机器人") == []
    await take_up_names(store)
    assert await near(store, anna, "深圳华强机器人") == ["深圳华强无人机"]


async def test_a_very_common_brand_costs_no_more_and_the_rarer_key_decides(store: Store, anna: Actor) -> None:
    """More records share the brand than are looked at; the one that shares more is found among them."""
    trades = [f"{a}{b}业" for a in "金木水火土日月山川石田林竹米" for b in "红黄蓝白黑青紫灰粉橙绿褐"]
    rows = [ImportRow(n, Draft(f"东方{trade}")) for n, trade in enumerate(trades, 2)]
    assert len(rows) > MOST_OF_ONE > MOST_LIKE
    await store.do(customers.import_records, anna, rows, sure=True)
    await store.do(customers.register, anna, Draft("上海东方陶艺厂"), sure=True)
    assert (await near(store, anna, "东方陶艺厂"))[0] == "上海东方陶艺厂"
    found = await store.look(lambda uow: uow.name_keys.holders(range(10_000)))
    assert found == []
