"""The archive on a database: uniqueness, searching, sight, completeness (CUS-1 to CUS-3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import customers, people
from core.access import SYSTEM, Actor, Role
from core.clock import ManualClock
from core.customers import CustomerExists, Draft, ImportRow, NearNames, Unclear
from core.errors import NotFound, NotPermitted
from core.geo import Point
from core.ids import AccountId
from core.names import Phone
from core.people import StaffRow
from core.rulebook import default
from storage.store import Store

MONDAY = datetime(2026, 9, 14, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HUAQIANG = Draft("深圳华强电子有限公司", "13800001111")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MONDAY)


@pytest.fixture
async def store(url: str, clock: ManualClock) -> AsyncIterator[Store]:
    made = Store(url, clock, default())
    made.start()
    rows = [
        StaffRow(2, "M", "经理", "销售部", Role.MANAGER),
        StaffRow(3, "A", "张三", "销售部", Role.SALESPERSON, superior="M"),
        StaffRow(4, "B", "李四", "销售部", Role.SALESPERSON, superior="M"),
        StaffRow(5, "N", "王经理", "渠道部", Role.MANAGER),
        StaffRow(6, "G", "总经理", "公司", Role.GM),
    ]
    await made.do(people.import_staff, SYSTEM, rows)
    yield made
    made.close()


async def actor(store: Store, number: str) -> Actor:
    person = await store.look(lambda uow: uow.people.by_number(number))
    assert person is not None
    return Actor(AccountId(person.id), person.roles, person.label, "zh_CN", None, None, person.id, person.department)


async def test_a_record_comes_back_as_it_was_given(store: Store) -> None:
    anna = await actor(store, "A")
    draft = Draft(
        "深圳华强电子有限公司",
        "0755-82345678-801",
        type="经销商",
        credit_code="91440300708461136t",
        legal_representative="陈 总",
        address="深圳市福田区\n华强北路 1 号",
        point=Point(22.5431, 114.0865),
        source="fair",
        industry="电子",
        contact="李经理",
        contact_role="采购",
    )
    made = await store.do(customers.register, anna, draft)
    read = await store.ask(customers.view, anna, made.id)
    assert read == made
    assert (read.name, read.type, read.source) == ("深圳华强电子有限公司", "dealer", "fair")
    assert read.credit_code == "91440300708461136T"
    assert read.address == "深圳市福田区 华强北路 1 号"
    assert read.phones == (Phone("+8675582345678", "801"),)
    assert [(c.name, c.role, str(c.phone)) for c in read.contacts] == [("李经理", "采购", "0755-82345678-801")]
    assert read.point == Point(22.5431, 114.0865)
    assert (read.owner_label, read.created_at) == ("销售部-张三", MONDAY)


@pytest.mark.parametrize(
    ("again", "field"),
    [
        (Draft("深圳华强电子集团公司", "13900002222"), "name"),
        (Draft("深圳 华强（电子）"), "name"),
        (Draft("别的名字", "+86 138 0000 1111"), "phone"),
        (Draft("别的名字", credit_code="91440300708461136T"), "credit_code"),
    ],
)
async def test_whoever_registers_a_duplicate_learns_only_that_it_exists_and_since_when(
    store: Store, again: Draft, field: str
) -> None:
    """CUS-2, P39, P40."""
    anna, ben = await actor(store, "A"), await actor(store, "B")
    await store.do(customers.register, anna, replace(HUAQIANG, credit_code="91440300708461136T"))
    for sure in (False, True):
        with pytest.raises(CustomerExists) as refused:
            await store.do(customers.register, ben, again, sure=sure)
        error = refused.value
        assert (error.field, error.since, error.mine) == (field, MONDAY, False)
        assert (error.owner, error.customer) == ("", None)
    assert await store.look(lambda uow: uow.customers.count(ben.staff_id)) == 0


async def test_managers_learn_whose_customer_it_is(store: Store) -> None:
    anna = await actor(store, "A")
    made = await store.do(customers.register, anna, HUAQIANG)
    for number, may_open in (("M", True), ("N", False), ("G", True)):
        with pytest.raises(CustomerExists) as refused:
            await store.do(customers.register, await actor(store, number), HUAQIANG)
        assert refused.value.owner == "销售部-张三"
        assert refused.value.customer == (made.id if may_open else None)


async def test_two_at_once_make_one_record(store: Store) -> None:
    """P39: concurrent creation; the other one is told like anybody else."""
    anna, ben = await actor(store, "A"), await actor(store, "B")
    same = [HUAQIANG, Draft("深圳华强电子", "13900009999"), Draft("另一家", "13800001111")]
    tries = [store.do(customers.register, who, draft, sure=True) for draft in same for who in (anna, ben)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, CustomerExists) for result in results) == 5
    assert sum(not isinstance(result, Exception) for result in results) == 1


async def test_the_database_itself_refuses_what_the_check_did_not_see(store: Store) -> None:
    """P39: with the check put out of action, the unique keys still hold, and nothing of the attempt is left."""
    anna = await actor(store, "A")
    made = await store.do(customers.register, anna, HUAQIANG)

    def sneak(uow: Any) -> list[object]:
        from core.customers.registering import _checked

        first = _checked(uow.rulebook, Draft("新名字", "13800001111"), anna.staff_id, uow)
        second = _checked(uow.rulebook, Draft("深圳华强电子"), anna.staff_id, uow)
        return [
            uow.customers.add(first),
            uow.customers.add(second),
            uow.customers.set_texts(made.id, {"note": "still writable"}),
            len(uow.customers.search(customers.Sought("新名字"), [anna.staff_id], 5)),
        ]

    assert await store.unit(sneak) == [None, None, True, 0]


async def test_near_names_are_asked_about_and_masked(store: Store) -> None:
    anna, ben = await actor(store, "A"), await actor(store, "B")
    await store.do(customers.register, anna, HUAQIANG)
    near = Draft("深圳市华强电子有限公司", "13900002222")
    with pytest.raises(NearNames) as asked:
        await store.do(customers.register, ben, near)
    assert [(hit.customer, hit.name, hit.owner) for hit in asked.value.hits] == [(None, "深圳****", "")]
    with pytest.raises(NearNames) as asked:
        await store.do(customers.register, anna, near)
    assert asked.value.hits[0].name == "深圳华强电子有限公司"
    made = await store.do(customers.register, ben, near, sure=True)
    assert made.owner == ben.person


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(""), "name"),
        (Draft("华"), "name"),
        (Draft("13800001111"), "name"),
        (Draft("华" * 101), "name"),
        (Draft("华强", "12345"), "phone"),
        (Draft("华强", credit_code="91440300708461136A"), "credit_code"),
        (Draft("华强", type="朋友"), "type"),
        (Draft("华强", source="梦里"), "source"),
        (Draft("华强", note="x" * 1001), "note"),
    ],
)
async def test_what_is_unclear_is_refused(store: Store, draft: Draft, field: str) -> None:
    with pytest.raises(Unclear) as refused:
        await store.do(customers.register, await actor(store, "A"), draft)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "text", ["华强", "hq", "SZHQ", "1111", "138-0000-1111", "91440300708461136T", "华强电子有限", "深圳 华强"]
)
async def test_own_records_are_found_by_what_people_remember(store: Store, text: str) -> None:
    anna, ben = await actor(store, "A"), await actor(store, "B")
    draft = replace(HUAQIANG, credit_code="91440300708461136T")
    made = await store.do(customers.register, anna, draft)
    await store.do(customers.register, anna, Draft("广州白云机械厂", "13900002222"))
    assert [hit.customer for hit in (await store.ask(customers.search, anna, text)).own] == [made.id]
    found = await store.ask(customers.search, ben, text)
    assert found.own == ()
    assert [(hit.customer, hit.name, hit.owner, hit.since) for hit in found.others] == [
        (None, "深圳****", "", MONDAY)
    ]
    above = await store.ask(customers.search, await actor(store, "M"), text)
    assert [hit.owner for hit in above.own] == ["销售部-张三"]
    beside = await store.ask(customers.search, await actor(store, "N"), text)
    assert [(hit.customer, hit.owner) for hit in beside.others] == [(None, "销售部-张三")]


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "%%%", "11", "没有的", "a" * 5000, "'; drop table customers"])
async def test_odd_searches_find_nothing(store: Store, text: str) -> None:
    anna = await actor(store, "A")
    await store.do(customers.register, anna, HUAQIANG)
    found = await store.ask(customers.search, anna, text)
    assert (found.own, found.others) == ((), ())


async def test_a_long_list_says_that_it_was_cut(store: Store) -> None:
    anna = await actor(store, "A")
    for letter in "甲乙丙丁戊己庚辛壬":
        await store.do(customers.register, anna, Draft(f"{letter}{letter}{letter}华强厂"), sure=True)
    found = await store.ask(customers.search, anna, "华强")
    assert (len(found.own), found.more) == (8, True)


async def test_nearest_comes_first(store: Store) -> None:
    anna, ben = await actor(store, "A"), await actor(store, "B")
    await store.do(customers.register, anna, Draft("远处的厂", point=Point(22.60, 114.05)))
    await store.do(customers.register, anna, Draft("近处的店", point=Point(22.5401, 114.05)))
    await store.do(customers.register, anna, Draft("没有位置"))
    await store.do(customers.register, ben, Draft("别人的店", point=Point(22.54, 114.05)))
    found = await store.ask(customers.nearest, anna, Point(22.54, 114.05))
    assert [(hit.name, hit.distance_m) for hit in found] == [("近处的店", 11), ("远处的厂", 6672)]


async def test_a_forged_id_opens_and_changes_nothing(store: Store) -> None:
    """P41: every path that takes a record's id."""
    anna, ben = await actor(store, "A"), await actor(store, "B")
    made = await store.do(customers.register, anna, HUAQIANG)
    document = customers.Document("file", "photo", "")
    for attempt in (
        store.ask(customers.view, ben, made.id),
        store.do(customers.fill_in, ben, made.id, "name", "我的"),
        store.do(customers.put_place, ben, made.id, Point(1, 1)),
        store.do(customers.attach, ben, made.id, document),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await store.ask(customers.view, await actor(store, "M"), made.id) == made


async def test_parts_are_filled_in_one_by_one(store: Store) -> None:
    anna = await actor(store, "A")
    made = await store.do(customers.register, anna, Draft("深圳华强电子有限公司"))
    for field, text in (
        ("phone", "13800001111"),
        ("contact", "李经理 13900002222 采购 3月5日 爱喝茶"),
        ("type", "业务客户"),
        ("address", "深圳市华强北路1号"),
        ("name", "深圳华强科技有限公司"),
        ("credit_code", "91440300708461136T"),
    ):
        made = await store.do(customers.fill_in, anna, made.id, field, text)
    assert [str(phone) for phone in made.phones] == ["13800001111", "13900002222"]
    contact = made.contacts[0]
    assert (contact.name, contact.role, contact.birthday, contact.preferences) == (
        "李经理",
        "采购",
        "03-05",
        "爱喝茶",
    )
    assert (made.type, made.name) == ("business", "深圳华强科技有限公司")
    assert (await store.ask(customers.search, anna, "hqkj")).own
    with pytest.raises(Unclear):
        await store.do(customers.fill_in, anna, made.id, "owner_id", "1")


@pytest.mark.parametrize(
    ("field", "text", "clash"),
    [("name", "深圳华强电子", "name"), ("phone", "13800001111", "phone"), ("contact", "李 13800001111", "phone")],
)
async def test_a_change_cannot_make_a_duplicate_either(store: Store, field: str, text: str, clash: str) -> None:
    anna, ben = await actor(store, "A"), await actor(store, "B")
    await store.do(customers.register, anna, HUAQIANG)
    other = await store.do(customers.register, ben, Draft("广州白云机械厂"))
    with pytest.raises(CustomerExists) as refused:
        await store.do(customers.fill_in, ben, other.id, field, text)
    assert (refused.value.field, refused.value.customer) == (clash, None)
    assert await store.ask(customers.view, ben, other.id) == other


async def test_a_contacts_phone_may_be_the_companys(store: Store) -> None:
    anna = await actor(store, "A")
    made = await store.do(customers.register, anna, HUAQIANG)
    made = await store.do(customers.fill_in, anna, made.id, "contact", "李经理 13800001111")
    assert [str(phone) for phone in made.phones] == ["13800001111"]


@pytest.mark.parametrize("text", ["", "13800001111", "李经理 1390000222233", "李" * 61])
async def test_a_contact_needs_a_name_and_a_phone_that_is_one(store: Store, text: str) -> None:
    anna = await actor(store, "A")
    made = await store.do(customers.register, anna, HUAQIANG)
    with pytest.raises(Unclear):
        await store.do(customers.fill_in, anna, made.id, "contact", text)


async def test_what_is_missing_is_due_the_next_working_day(store: Store) -> None:
    """CUS-3: a reminder at the end of the day, the manager after complete_within_days; a full record owes nothing."""
    anna = await actor(store, "A")
    made = await store.do(customers.register, anna, HUAQIANG)
    subject = customers.subject_of(made.id)
    opened = await store.look(lambda uow: [(d.kind, d.due_at) for d in uow.deadlines.open_of(subject)])
    closing = MONDAY.replace(hour=18)
    assert opened == [("customer.remind", closing), ("customer.complete", closing + timedelta(days=1))]
    assert customers.missing_parts(made, default().customers) == ("type", "contact", "address", "industry", "source")
    for field, text in (
        ("type", "经销商"),
        ("contact", "李"),
        ("address", "路"),
        ("industry", "电子"),
        ("source", "展会"),
    ):
        made = await store.do(customers.fill_in, anna, made.id, field, text)
    assert customers.missing_parts(made, default().customers) == ()
    assert await store.look(lambda uow: uow.deadlines.open_of(subject)) == []


async def test_a_file_is_taken_line_by_line(store: Store) -> None:
    """P29, P39: imports pass the same checks; what fails is reported with its line, the rest is kept."""
    manager, ben = await actor(store, "M"), await actor(store, "B")
    await store.do(customers.register, ben, HUAQIANG)
    rows = [
        ImportRow(2, Draft("广州白云机械厂", "020-83456789"), owner="A"),
        ImportRow(3, Draft("深圳华强电子", "13911112222")),
        ImportRow(4, Draft("广州白云机械", "13911113333")),
        ImportRow(5, Draft("深圳市华强电子")),
        ImportRow(6, Draft("东莞模具", "abc")),
        ImportRow(7, Draft("佛山陶瓷"), owner="没这人"),
    ]
    taken = await store.do(customers.import_records, manager, rows)
    assert [(c.name, c.owner_label) for c in taken.added] == [("广州白云机械厂", "销售部-张三")]
    assert [(r.line, type(r.error)) for r in taken.refused] == [
        (3, CustomerExists),
        (4, NearNames),
        (5, NearNames),
        (6, Unclear),
        (7, Unclear),
    ]
    assert await store.look(lambda uow: uow.deadlines.open_of(customers.subject_of(taken.added[0].id))) == []
    with pytest.raises(NotPermitted):
        await store.do(customers.import_records, ben, [ImportRow(2, Draft("给别人的"), owner="A")])


async def test_registering_for_somebody_else_is_for_managers(store: Store) -> None:
    anna, ben, manager = [await actor(store, number) for number in "ABM"]
    with pytest.raises(NotPermitted):
        await store.do(customers.register, ben, HUAQIANG, owner=anna.person)
    made = await store.do(customers.register, manager, HUAQIANG, owner=anna.person)
    assert (made.owner, made.created_by) == (anna.person, manager.person)


async def test_a_hand_over_needs_the_owner_it_was_decided_on(store: Store) -> None:
    anna, ben = await actor(store, "A"), await actor(store, "B")
    made = await store.do(customers.register, anna, HUAQIANG)
    assert not await store.unit(lambda uow: uow.customers.set_owner(made.id, ben.staff_id, ben.staff_id))
    assert await store.unit(lambda uow: uow.customers.set_owner(made.id, anna.staff_id, ben.staff_id))
    assert (await store.ask(customers.view, ben, made.id)).owner == ben.person


async def test_customers_themselves_have_no_archive(store: Store) -> None:
    """OPS-2"""
    stranger = Actor(AccountId(99), frozenset({Role.CUSTOMER}), "客户", "zh_CN")
    with pytest.raises(NotPermitted):
        await store.ask(customers.search, stranger, "华强")


async def test_sight_agrees_with_who_is_superior_to_whom(store: Store) -> None:
    """The list read in three questions is the one that `is_superior` gives one by one."""
    everybody = await store.look(lambda uow: uow.people.active())
    for number in "ABMNG":
        who = await actor(store, number)
        below = await store.look(lambda uow, who=who: customers.owners_below(uow, who))
        one_by_one = await store.look(
            lambda uow, who=who: {p.id for p in everybody if customers.may_see(uow, who, p.id)}
        )
        assert below == one_by_one
