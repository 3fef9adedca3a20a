"""Links, accounts and the staff file, as people meet them (ORG-1, ORG-3)."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from core import people
from core.access import SYSTEM, Role
from core.ledger import sanction
from core.rulebook import Sanction
from tests.support.chat import SHANGHAI, Bench, Heard, Someone, open_bench

HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)  # no rounds are run while the clock moves


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY) as opened:
        yield opened


HEADING = "工号,姓名,部门,角色,级别,上级,区域,行业,电话"


def links_in(heard: Heard) -> dict[str, str]:
    """Label → link of a message with invite links."""
    lines = [line for line in heard.text.splitlines() if "https://t.me/" in line]
    return {label: link for label, link in (line.split(": ", 1) for line in lines)}


async def boss_of(bench: Bench) -> Someone:
    return await bench.staff("王总", "总经办", Role.GM, admin=True)


async def sends(someone: Someone, name: str, content: bytes | str) -> None:
    raw = content.encode() if isinstance(content, str) else content
    await someone.does(someone.phone.document, name, raw)


async def imports(someone: Someone, name: str, content: bytes | str) -> None:
    """Send a file and take it over; the preview is for other tests to assert."""
    await sends(someone, name, content)
    while not any("确认导入" in label for heard in someone.unread for label in heard.labels):
        someone.skips()
        await someone.presses("个部门")
    someone.skips()
    await someone.presses("确认导入")


async def invite_link(boss: Someone, who: str) -> str:
    await boss.says(f"/invite {who}")
    return next(iter(links_in(boss.expects("一次性链接", "keguan_bot?start=i_")).values()))


async def test_admin_imports_a_file_and_everybody_on_it_gets_a_link(bench: Bench) -> None:
    """ORG-1: from a file in private to bound colleagues."""
    boss = await boss_of(bench)
    rows = "\n".join(
        (HEADING, "S01,张三,销售部,经理,,王总,华南 华东,五金,13812345678", "S02,李四,销售部,业务员,中级,S01,,,")
    )
    await imports(boss, "人员.csv", rows)
    boss.expects("新增 2 人", "修改 0 人", "S01 销售部-张三", "生成邀请链接")

    await boss.presses("生成邀请链接")
    links = links_in(boss.expects("一次性链接"))
    assert list(links) == ["销售部-张三", "销售部-李四"]

    li = bench.stranger("李四的手机")
    await li.does(li.phone.open_link, links["销售部-李四"])
    li.expects("销售部-李四", "业务员")
    li.expects("这个账号现在代表 销售部-李四")

    await li.says("/me")
    li.expects("销售部-李四", "(S02)", "业务员", "中级", "上级：销售部-张三")
    zhang = await bench.look(lambda uow: uow.people.by_number("S01"))
    assert (zhang.role, zhang.regions, zhang.phone) == (Role.MANAGER, ("华南", "华东"), "13812345678")
    top = await bench.look(lambda uow: uow.people.by_number("王总"))
    assert zhang.superior == top.id


async def test_a_second_file_changes_only_what_it_has_columns_for(bench: Bench) -> None:
    boss = await boss_of(bench)
    await imports(boss, "a.csv", f"{HEADING}\nS01,张三,销售部,业务员,中级,王总,,,13812345678")
    boss.skips()
    await sends(boss, "b.csv", "工号,姓名,部门,角色,备注\nS01,张三,销售二部,业务员,调动\nS02,李四,销售部,业务员,")
    boss.expects("以下部门不在名册里", "第 2 行，部门“销售二部”：没有这个部门，是不是“销售部”？", "新建 1 个部门")
    await boss.presses("新建 1 个部门")
    boss.expects(
        "将导入：新增 1 人，修改 1 人，未变 0 人", "新建部门：销售二部", "✎ S01 张三：部门 销售部 → 销售二部"
    )
    await boss.presses("确认导入")
    boss.expects("已导入：新增 1 人，修改 1 人")
    await sends(boss, "b.csv", "工号,姓名,部门,角色\nS01,张三,销售二部,业务员\nS02,李四,销售部,业务员")
    assert boss.expects("将导入：新增 0 人，修改 0 人，未变 2 人").labels == ["不办"]

    zhang = await bench.look(lambda uow: uow.people.by_number("S01"))
    assert (zhang.department_name, zhang.level, zhang.phone) == ("销售二部", "中级", "13812345678")
    assert zhang.superior is not None


async def test_a_file_with_faults_is_refused_whole_and_every_fault_is_told(bench: Bench) -> None:
    boss = await boss_of(bench)
    rows = (
        HEADING,
        "S01,张三,销售部,船长,,,,,",
        "S02,,销售部,业务员,特级,S99,,,",
        "S02,王五,销售部,业务员,,S03,,,1.38E+10",
        "S03,赵六,销售部,经理,,S02,,,",
    )
    await sends(boss, "人员.csv", "\n".join(rows))
    told = boss.expects("没有导入，什么都没改").text
    assert "第 2 行，角色“船长”：没有这个角色，可填：业务员、客服、技术、主管、总监、财务、总经理、管理员" in told
    assert "第 3 行，姓名：没有填" in told
    assert "第 3 行，级别“特级”：没有这个级别，可填：高级、中级、初级" in told
    assert "第 3 行，上级“S99”：没有这个工号或姓名" in told
    assert "第 4 行，工号“S02”：工号重复，第 3 行已有" in told
    assert "第 4 行，电话“1.38E+10”：按数字录入" in told
    assert "上级成环" in told
    assert await bench.look(lambda uow: [p.number for p in uow.people.active()]) == ["王总"]


async def test_wrong_files_are_answered_with_what_to_do(bench: Bench) -> None:
    boss = await boss_of(bench)
    for name, content, answer in (
        ("人员.csv", "姓名,电话\n张三,138", "缺少“工号”这一列"),
        ("合同.pdf", b"%PDF-1.7 ...", "“合同.pdf”：不是人员名单"),
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "旧的 .xls 格式"),
        ("坏.xlsx", b"PK\x03\x04 not a zip", "读不出来"),
        ("空.csv", f"{HEADING}\n", "里面没有人员"),
        ("大.csv", b"x" * 5_000_001, "最多 5 MB"),
        ("多.csv", HEADING + "\n" + "S,张,销售部,业务员\n" * 2001, "超过 2000 行"),
    ):
        await sends(boss, name, content)
        boss.expects("没有导入，什么都没改", answer)


async def test_markup_in_names_and_files_is_shown_as_it_is(bench: Bench) -> None:
    """A name with HTML in it is text, in a refusal as in a list."""
    boss = await boss_of(bench)
    await sends(boss, "<b>x</b>.csv", "工号,姓名,部门,角色\nS1,<b>张</b> & 三,<i>销售部,业务员\nS2,李,A/B,<script>")
    boss.expects("“<script>”")
    await imports(boss, "x.csv", "工号,姓名,部门,角色\nS1,<b>张</b> & 三,<i>销售部,业务员")
    boss.expects("S1 <i>销售部-<b>张</b> & 三")
    await boss.says("/staff")
    boss.expects("— S1 <i>销售部-<b>张</b> & 三", "工号,姓名,部门,角色")


async def test_customers_and_staff_who_are_no_admins_cannot_import_or_invite(bench: Bench) -> None:
    await boss_of(bench)
    anna, guest = await bench.staff("安娜"), await bench.customer("路人")
    for someone in (anna, guest):
        await sends(someone, "人员.csv", f"{HEADING}\nS01,张三,销售部,业务员,,,,,")
        someone.expects("/help" if someone is anna else "已收到您的消息")  # a customer's file belongs to a case
        for command in ("/invite 安娜", "/revoke 安娜", "/staff"):
            await someone.says(command)
            someone.expects("没有此权限" if command == "/staff" else "仅限：管理员")
    await guest.says("/me")
    guest.expects("没有此权限")
    await guest.says("/ledger")
    guest.expects("没有此权限")
    assert await bench.look(lambda uow: uow.people.by_number("S01")) is None
    assert (await bench.look(lambda uow: uow.people.by_account(anna.phone.id))).name == "安娜"


async def test_a_forged_press_for_links_is_refused(bench: Bench) -> None:
    """P41: the button for links, sent by somebody who never saw it."""
    anna = await bench.staff("安娜")
    await anna.says("/me")
    message = anna.expects("安娜").message
    press = await anna.does(anna.phone.press_data, message, "inviteall")
    assert "仅限：管理员" in press.text


async def test_links_open_once_and_only_in_time(bench: Bench) -> None:
    boss = await boss_of(bench)
    await imports(boss, "a.csv", f"{HEADING}\nS01,张三,销售部,业务员,,,,,\nS02,李四,销售部,业务员,,,,,")
    boss.skips()
    first = await invite_link(boss, "张三")
    second = await invite_link(boss, "张三")
    one, other = bench.stranger("甲"), bench.stranger("乙")

    await one.does(one.phone.open_link, first)
    one.expects("链接无效")
    await bench.forward(hours=72)
    await one.does(one.phone.open_link, second)
    one.expects("链接已过期")
    await one.starts("i_guessed-token")
    one.expects("链接无效")
    assert await bench.look(lambda uow: uow.people.by_account(one.phone.id)) is None

    third = await invite_link(boss, "张三")
    await one.does(one.phone.open_link, third)
    one.skips()
    await other.does(other.phone.open_link, third)
    other.expects("链接已经用过了")
    await one.does(one.phone.open_link, third)
    one.expects("销售部-张三，你好")

    li = await invite_link(boss, "李四")
    await one.does(one.phone.open_link, li)
    one.expects("你的账号已代表 销售部-张三")
    await other.does(other.phone.open_link, li)
    other.expects("销售部-李四，你好")
    other.expects("现在代表 销售部-李四")


async def test_only_the_hash_of_a_link_is_kept(bench: Bench) -> None:
    boss = await boss_of(bench)
    await imports(boss, "a.csv", f"{HEADING}\nS01,张三,销售部,业务员,,,,,")
    boss.skips()
    token = (await invite_link(boss, "张三")).partition("i_")[2]
    rows = await bench.look(lambda uow: uow._c.exec_driver_sql("SELECT token_hash FROM invites").scalars().all())
    assert len(rows) == 1
    assert token not in rows[0]
    assert len(rows[0]) == 64


async def test_asking_for_links_again_leaves_those_already_given_good(bench: Bench) -> None:
    boss = await boss_of(bench)
    rows = "\n".join(f"N{i:03},人{i},销售部,业务员,,,,," for i in range(35))
    await imports(boss, "a.csv", f"{HEADING}\n{rows}")
    boss.expects("新增 35 人", "还有 25 条")
    await boss.says("/invite")
    first = boss.expects("另有 5 人", "下一批链接")
    assert len(links_in(first)) == 30
    await boss.presses("下一批链接")
    rest = boss.expects("另有 30 人的链接还没打开")
    assert len(links_in(rest)) == 5
    await boss.says("/invite")
    boss.expects("另有 35 人的链接还没打开")

    one = bench.stranger("甲")
    await one.does(one.phone.open_link, next(iter(links_in(first).values())))
    one.expects("销售部-人0，你好")
    one.skips()


async def test_changing_phones_tells_the_old_one_and_the_admins(bench: Bench) -> None:
    """Rebinding: the old account stands for nobody, and is told so."""
    boss, old = await boss_of(bench), await bench.staff("张三")
    new = bench.stranger("张三新手机")
    await new.does(new.phone.open_link, await invite_link(boss, "张三"))
    new.expects("销售部-张三，你好")
    new.expects("这个账号现在代表 销售部-张三")
    old.expects("这个账号不再代表 销售部-张三")
    boss.expects("销售部-张三 换了账号")
    await old.says("/me")
    old.expects("没有此权限")


async def test_a_revoked_person_is_told_and_loses_every_right(bench: Bench) -> None:
    boss, zhang = await boss_of(bench), await bench.staff("张三")
    await boss.says("/revoke 张三")
    boss.expects("销售部-张三 的账号已解除")
    zhang.expects("这个账号不再代表 销售部-张三")
    await zhang.says("/me")
    zhang.expects("没有此权限")
    await boss.says("/revoke 张三")
    boss.expects("没有绑定账号")
    await boss.says("/revoke")
    boss.expects("请在命令后写上姓名或工号")
    await boss.says("/revoke 没有此人")
    boss.expects("没有找到“没有此人”")


async def test_two_people_of_one_name_are_told_apart_by_number(bench: Bench) -> None:
    boss = await boss_of(bench)
    await imports(boss, "a.csv", f"{HEADING}\nS01,张三,销售部,业务员,,,,,\nS02,张三,客服部,客服,,,,,")
    boss.skips()
    await boss.says("/invite 张三")
    boss.expects("有几个人叫“张三”", "销售部-张三 (S01)", "客服部-张三 (S02)")
    await boss.says("/invite 客服部-张三")
    boss.expects("客服部-张三: https://")


async def test_whoever_blocks_the_bot_is_marked_and_free_again_after(bench: Bench) -> None:
    """P46: known from the block itself, and from a message that could not be delivered."""
    boss, zhang = await boss_of(bench), await bench.staff("张三")
    await zhang.does(zhang.phone.block)
    await boss.says("/staff")
    boss.expects("🔕 张三 销售部-张三", "🔕 1 人停用了机器人")
    await boss.says("/revoke 张三")
    boss.skips()
    zhang.expects_silence()
    await zhang.starts()
    zhang.expects("示范公司")
    account = await bench.look(lambda uow: uow.people.identify(zhang.phone.id, zhang.phone.id).account)
    assert account.reachable


async def test_language_is_remembered_even_for_a_stranger(bench: Bench) -> None:
    anna = bench.stranger("Anna", language_code="zh-hans")
    await anna.says("/language")
    anna.expects("From now on in English.")
    await anna.says("/nonsense")
    anna.expects("I don't know that.")
    await anna.says("/语言")
    anna.expects("以后用中文")
    await anna.says("/nonsense")
    anna.expects("/help")


async def test_the_ledger_shows_mine_in_force_and_a_superior_the_trial_entries_too(bench: Bench) -> None:
    """LGR-1: shadow entries are shown to superiors alone, marked 试行."""
    boss, zhang = await boss_of(bench), await bench.staff("张三", superior="王总")
    other = await bench.staff("李经理", "客服部", Role.MANAGER)
    await bench.store.unit(
        lambda uow: sanction(uow, zhang.person, "lead.contact", Sanction(fine_yuan=50), "lead:1", {}, occurrence="x")
    )
    await bench.settle()
    boss.expects("试行，本应记录：销售部-张三 — 罚款 50 元")

    await zhang.says("/ledger")
    zhang.expects("台账里没有记录")
    await boss.says("/ledger 张三")
    boss.expects("生效罚款共 0 元", "罚款 50 元 · 接单后联系时限 · 试行")
    await other.says("/ledger 张三")
    other.expects("没有找到“张三”")
    await zhang.says("/ledger 王总")
    zhang.expects("仅限：总监、总经理、主管")


async def test_an_owners_link_for_a_record_makes_that_record_admin(bench: Bench) -> None:
    old = await bench.staff("王总", "总经办", Role.GM)
    link = await bench.store.do(people.issue_owner_link, SYSTEM, "王总")
    assert link.expires_at - bench.clock.now() == timedelta(hours=24)
    phone = bench.stranger("新手机")
    await phone.starts(f"i_{link.token}")
    phone.expects("总经办-王总，你好")
    phone.expects("现在代表")
    phone.expects("换了账号")
    old.expects("这个账号不再代表")
    king = await bench.look(lambda uow: uow.people.by_number("王总"))
    assert Role.ADMIN in king.roles


def workbook(*rows: tuple[object, ...]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


async def test_a_spreadsheet_is_taken_by_what_it_is_not_by_its_name(bench: Bench) -> None:
    boss = await boss_of(bench)
    book = workbook(("工号", "姓名", "部门", "岗位", "手机"), (1001, "张三", "销售部/华南组", "销售", 13812345678))
    await imports(boss, "名单", book)
    boss.expects("新增 1 人", "1001 华南组-张三")
    zhang = await bench.look(lambda uow: uow.people.by_number("1001"))
    assert zhang.phone == "13812345678"
    parent = await bench.look(lambda uow: uow.people.path_of(zhang.department))
    assert parent == "销售部/华南组"
