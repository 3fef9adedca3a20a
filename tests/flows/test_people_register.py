"""The register from the chat: forms for people and departments, files with a preview, the way up (ORG-1)."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from core.access import SYSTEM, Role
from core.people import StaffRow, import_staff, superior_of
from tests.support.chat import SHANGHAI, Bench, Someone, open_bench

HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)  # no rounds are run while the clock moves
HEADING = "工号,姓名,部门,角色,级别,上级,区域,行业,电话"


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY) as opened:
        yield opened
        for view in opened.views.values():  # a form that goes on takes the buttons off its last message
            view.unread = [heard for heard in view.unread if not heard.edited]


@pytest.fixture
async def boss(bench: Bench) -> Someone:
    return await bench.staff("刘总", "总经办", Role.GM, admin=True)


async def sends(someone: Someone, name: str, content: bytes | str) -> None:
    raw = content.encode() if isinstance(content, str) else content
    await someone.does(someone.phone.document, name, raw)


async def opens_card(boss: Someone, text: str) -> None:
    await boss.says("/staff")
    boss.skips()
    await boss.presses("查找、修改、新增")
    boss.expects("找谁？")
    await boss.says(text)


async def changes(boss: Someone, field: str) -> None:
    await boss.presses("修改…")
    boss.expects("改哪一项？")
    await boss.presses(field)


async def record(bench: Bench, number: str):  # type: ignore[no-untyped-def]  # the store's own entity
    return await bench.look(lambda uow: uow.people.by_number(number))


# A person's card ----------------------------------------------------------------------------------------


async def test_an_admin_finds_somebody_and_changes_one_field_after_a_look(bench: Bench, boss: Someone) -> None:
    """ORG-1: find → card → field → value → sure; the person is told, the history says who and when."""
    zhang = await bench.staff("张三", "销售部")
    await opens_card(boss, "张")
    card = boss.expects("销售部-张三 (张三)", "在职", "部门：销售部", "岗位：业务员", "上级：总经办-刘总")
    assert card.labels == ["修改…", "离职…", "关闭"]
    await changes(boss, "电话")
    boss.expects("电话改成什么？", "清空")
    await boss.says("139 0000 1111")
    boss.expects("电话 无 → 139 0000 1111", "确认修改")
    await boss.presses("确认修改")
    boss.expects("电话：139 0000 1111", "08:00 总经办-刘总 电话 无 → 139 0000 1111")
    zhang.expects("总经办-刘总 修改了你的登记：电话 无 → 139 0000 1111")
    assert (await record(bench, "张三")).phone == "139 0000 1111"


async def test_choices_are_the_rulebooks_and_the_registers(bench: Bench, boss: Someone) -> None:
    zhang = await bench.staff("张三", "销售部")
    await bench.staff("林芳", "客服部", Role.SERVICE)
    await opens_card(boss, "张三")
    boss.skips()
    await changes(boss, "级别")
    assert boss.expects("级别改成什么？").labels[:3] == ["高级", "中级", "初级"]
    await boss.presses("中级")
    boss.expects("级别 高级 → 中级")
    await boss.presses("确认修改")
    boss.skips()
    await changes(boss, "部门")
    assert "客服部 · 1" in boss.expects("部门改成什么？").labels
    await boss.presses("客服部 · 1")
    boss.expects("部门 销售部 → 客服部")
    await boss.presses("确认修改")
    boss.expects("客服部-张三", "部门：客服部")
    await changes(boss, "角色")
    boss.skips()
    await boss.presses("客服")
    boss.expects("角色 业务员 → 客服")
    await boss.presses("确认修改")
    boss.skips()
    zhang.skips()
    found = await record(bench, "张三")
    assert (found.level, found.department_name, found.role) == ("中级", "客服部", Role.SERVICE)


async def test_a_value_that_cannot_be_is_answered_and_nothing_changes(bench: Bench, boss: Someone) -> None:
    await bench.staff("张三", "销售部")
    await bench.staff("李四", "销售部", superior="张三")
    await opens_card(boss, "张三")
    boss.skips()
    for field, text, answer in (
        ("上级", "李四", "“李四”：上级成环"),
        ("上级", "查无此人", "没有找到“查无此人”"),
        ("工号", "李四", "“李四”：销售部-李四 已用这个工号"),
        ("姓名", "长" * 61, "超过 60 个字"),
    ):
        await changes(boss, field)
        boss.skips()
        await boss.says(text)
        boss.expects(answer)
        boss.skips()
        await boss.presses("返回")
        await boss.presses("返回")
        boss.skips()
    before = await record(bench, "张三")
    assert (before.number, before.name, before.superior) == ("张三", "张三", None)


async def test_the_only_administrator_stays_one(bench: Bench, boss: Someone) -> None:
    await opens_card(boss, "刘总")
    boss.skips()
    await changes(boss, "管理员")
    boss.skips()
    assert "至少要有一位管理员" in await boss.presses("无")
    assert Role.ADMIN in (await record(bench, "刘总")).roles


async def test_somebody_new_is_added_in_four_answers(bench: Bench, boss: Someone) -> None:
    await opens_card(boss, "没有的人")
    boss.expects("找到 0 人")
    await boss.presses("新增人员")
    boss.expects("工号？")
    await boss.says("刘总")
    boss.expects("已用这个工号")
    boss.skips()
    await boss.says("S07")
    boss.expects("姓名？")
    await boss.says("孙七")
    boss.expects("哪个部门？")
    await boss.presses("总经办")
    boss.expects("什么角色？")
    await boss.presses("技术")
    boss.expects("总经办-孙七 (S07)", "未绑定账号，可发 /invite S07")
    assert (await record(bench, "S07")).role is Role.TECHNICIAN


async def test_several_found_are_picked_from_a_list(bench: Bench, boss: Someone) -> None:
    await sends(boss, "a.csv", f"{HEADING}\nS01,张三,总经办,业务员,,,,,\nS02,张三丰,总经办,客服,,,,,")
    boss.skips()
    await boss.presses("确认导入")
    boss.skips()
    await opens_card(boss, "张三")
    assert boss.expects("找到 2 人").labels[:2] == ["总经办-张三 (S01)", "总经办-张三丰 (S02)"]
    await boss.presses("总经办-张三丰 (S02)")
    boss.expects("总经办-张三丰 (S02)", "岗位：客服")


async def test_forms_of_the_register_are_for_administrators(bench: Bench, boss: Someone) -> None:
    """P41: a manager sees the register, and none of its forms; a forged press is refused."""
    manager = await bench.staff("王经理", "销售部", Role.MANAGER)
    await manager.says("/staff")
    assert manager.expects("2 人，2 人已绑定").labels == []
    message = manager.messages[-1]
    for data in ("sff", "sft", "sfm", "sfx", "sfy:1", "sfn:1", "sfd:1"):
        press = await manager.does(manager.phone.press_data, message, data)
        assert "仅限：管理员" in press.text
    manager.expects_silence()


# Departments --------------------------------------------------------------------------------------------


async def opens_tree(boss: Someone) -> None:
    await boss.says("/staff")
    boss.skips()
    await boss.presses("部门")
    boss.expects("部门（人数 · 负责人）")


async def test_departments_are_added_renamed_moved_and_led(bench: Bench, boss: Someone) -> None:
    await bench.staff("王经理", "销售部", Role.MANAGER)
    zhang = await bench.staff("张三", "销售部/华南组")
    await opens_tree(boss)
    await boss.presses("销售部 · 2")
    boss.expects("销售部", "2 人", "未指定负责人，由 销售部-王经理 负责。")
    await boss.presses("新增下级")
    boss.skips()
    await boss.says("华东/组")
    boss.expects("名称里不能有“/”")
    boss.skips()
    await boss.says("华南组")
    boss.expects("这里已有“华南组”")
    boss.skips()
    await boss.says("华东组")
    boss.expects("销售部/华东组", "0 人")
    await boss.presses("改名")
    boss.skips()
    await boss.says("东区")
    boss.expects("销售部/东区", "改名 华东组 → 东区")
    await boss.presses("负责人…")
    boss.skips()
    await boss.says("张三")
    boss.expects("负责人：华南组-张三")
    await boss.presses("移到…")
    boss.skips()
    await boss.presses("设为一级")
    boss.expects("东区", "移动 销售部/东区 → 东区")
    await boss.presses("删除")
    boss.skips()
    await boss.presses("确认删除")
    boss.expects("部门（人数 · 负责人）")
    zhang.skips()
    assert await bench.look(lambda uow: uow.people.find_department("东区")) is None


async def test_a_department_is_never_below_itself_nor_removed_with_people_in_it(bench: Bench, boss: Someone) -> None:
    await bench.staff("张三", "销售部/华南组")
    await opens_tree(boss)
    await boss.presses("销售部 · 1")
    boss.skips()
    await boss.presses("移到…")
    boss.skips()
    assert "“销售部”不能放到自己下面" in await boss.presses("华南组 · 1")
    await boss.presses("返回")
    await boss.presses("返回")
    boss.skips()
    await boss.presses("华南组 · 1")
    boss.skips()
    await boss.presses("删除")
    boss.skips()
    assert "“华南组”还有 1 人（含已离职）" in await boss.presses("确认删除")
    path = await bench.look(lambda uow: uow.people.path_of(uow.people.find_department("华南组").id))
    assert path == "销售部/华南组"


# The way up ---------------------------------------------------------------------------------------------


async def above(bench: Bench, name: str) -> str:
    def ask(uow) -> str:  # type: ignore[no-untyped-def]  # the store's unit of work
        found = superior_of(uow, uow.people.by_number(name))
        return found.name if found else ""

    return await bench.look(ask)


async def test_reports_of_a_superior_who_moves_get_the_next_one(bench: Bench, boss: Someone) -> None:
    """A superior who moves to another department leaves those behind that the new one does not lead."""
    wang = await bench.staff("王经理", "销售部", Role.MANAGER)
    await bench.staff("客服部人", "客服部", Role.SERVICE)
    zhang = await bench.staff("张三", "销售部", superior="王经理")
    await opens_card(boss, "王经理")
    boss.expects("直属下级：张三")
    await changes(boss, "部门")
    boss.skips()
    await boss.presses("客服部 · 1")
    boss.expects("部门 销售部 → 客服部", "留在原部门的 1 名下级将改由上一级管理：张三")
    await boss.presses("确认修改")
    boss.expects("张三 归你管理")
    boss.skips()
    zhang.expects("今后你的上级是 总经办-刘总")
    wang.expects("部门 销售部 → 客服部")
    assert await above(bench, "张三") == "刘总"


async def test_the_next_superior_of_one_who_left_is_up_the_same_line(bench: Bench, boss: Someone) -> None:
    """A departed superior is passed over; a department's named manager goes before one by role; nobody is above the
    GM, and two managers of one department are not above each other."""
    await bench.staff("王经理", "销售部", Role.MANAGER, superior="刘总")
    await bench.staff("副经理", "销售部", Role.MANAGER)
    await bench.staff("组长", "销售部/华南组", superior="王经理")
    await bench.staff("张三", "销售部/华南组", superior="组长")
    assert await above(bench, "张三") == "组长"

    def leaves(uow) -> None:  # type: ignore[no-untyped-def]  # the store's unit of work
        person = uow.people.by_number("组长")
        uow.people.set_status(person.id, person.status, "left")

    await bench.store.unit(leaves)
    assert await above(bench, "张三") == "王经理"
    assert await above(bench, "副经理") == "刘总"
    assert await above(bench, "刘总") == ""


# Files --------------------------------------------------------------------------------------------------


async def test_a_file_is_shown_before_it_is_taken_and_applied_once(bench: Bench, boss: Someone) -> None:
    """Preview in counts and first lines; nothing changes before the press; the button does it once (P17)."""
    await bench.staff("张三", "总经办")
    rows = "张三,张三,总经办,业务员,中级,,华南,,139\nS02,李四,总经办,客服,,刘总,,,"
    await sends(boss, "人员.csv", f"{HEADING}\n{rows}")
    shown = boss.expects("将导入：新增 1 人，修改 1 人，未变 0 人", "＋ S02 总经办-李四")
    assert "✎ 张三 张三：级别 高级 → 中级；区域 无 → 华南；电话 无 → 139" in shown.text
    assert shown.labels == ["确认导入", "不办"]
    assert await record(bench, "S02") is None
    await boss.presses("确认导入")
    boss.expects("已导入：新增 1 人，修改 1 人", "＋ S02 总经办-李四", edited=True)
    press = await boss.does(boss.phone.press_data, shown.message, "sfy:1")
    assert "已经处理过了" in press.text
    assert (await record(bench, "张三")).regions == ("华南",)
    history = await bench.look(lambda uow: uow.people.changes(f"person:{uow.people.by_number('张三').id}", 9))
    assert [(one.field, one.before, one.after) for one in history] == [
        ("phone", "", "139"),
        ("regions", "", "华南"),
        ("level", "高级", "中级"),
        ("added", "", "张三"),
    ]


async def test_a_register_that_changed_meanwhile_is_looked_at_again(bench: Bench, boss: Someone) -> None:
    await bench.staff("张三", "总经办")
    await sends(boss, "人员.csv", f"{HEADING}\n张三,张三,总经办,客服,高级,,,,")
    boss.expects("角色 业务员 → 客服")
    row = StaffRow(2, "张三", "张三", "总经办", Role.TECHNICIAN, "高级")
    await bench.store.unit(lambda uow: import_staff(uow, SYSTEM, [row]))
    await boss.presses("确认导入")
    boss.expects("名册在此期间有变动", "角色 技术 → 客服", edited=True)
    await boss.presses("确认导入")
    boss.expects("已导入：新增 0 人，修改 1 人", edited=True)


async def test_bad_files_are_refused_whole_with_line_column_and_what_to_write(bench: Bench, boss: Someone) -> None:
    faults = "\n".join(
        (
            HEADING.replace("电话", "状态"),
            "S01,张三,销受部,业务员,,,,,",
            "S01,李四,总经办,船长,特级,查无此人,,,",
            "1001.5,,总经办,业务员,,,,,",
            "S04,赵六,总经办,业务员,,S05,,,离职",
            "S05,钱七,总经办,业务员,,S04,,,",
        )
    )
    await sends(boss, "人员.csv", faults.encode("gbk"))
    told = boss.expects("没有导入，什么都没改").text
    for line in (
        "第 2 行，部门“销受部”：没有这个部门",
        "第 3 行，工号“S01”：工号重复，第 2 行已有",
        "第 3 行，角色“船长”：没有这个角色",
        "第 3 行，级别“特级”：没有这个级别",
        "第 3 行，上级“查无此人”：没有这个工号或姓名",
        "第 4 行，工号“1001.5”：带小数点；请把该列设为文本后重新填写",
        "第 4 行，姓名：没有填",
        "第 5 行，状态“离职”：离职不能用表格办；请发 /handover 姓名",
        "第 5 行，上级“S05”：上级成环",
    ):
        assert line in told
    await sends(boss, "大.csv", HEADING + "\n" + "\n".join(f"N{i},人{i},总经办,业务员,,,,," for i in range(20_000)))
    boss.expects("超过 2000 行")
    await sends(boss, "u16.csv", "工号,姓名\n1,张".encode("utf-16"))
    boss.expects("缺少“部门”这一列", "缺少“角色”这一列")
    assert [p.number for p in await bench.look(lambda uow: uow.people.everybody())] == ["刘总"]


async def test_departments_come_by_file_too(bench: Bench, boss: Someone) -> None:
    """A tree in any order of lines; a circle, an unknown department above and an unknown manager are refused."""
    await bench.staff("张三", "销售部")
    heading = "部门,上级部门,负责人"
    await sends(boss, "部门.csv", f"{heading}\n甲,乙,\n乙,丙,\n丙,甲,\n丁,没有,路人\n丁,,")
    told = boss.expects("没有导入，什么都没改").text
    assert "第 2 行，上级部门“乙”：部门上下级成环" in told
    assert "第 5 行，上级部门“没有”：名册和表格里都没有这个部门" in told
    assert "第 5 行，负责人“路人”：没有这个工号或姓名" in told
    assert "第 6 行，部门“丁”：部门重复，第 5 行已有" in told

    await sends(boss, "部门.csv", f"{heading}\n华南组,销售部,张三\n销售部,营销中心,\n营销中心,,")
    boss.expects(
        "新增部门 2 个，移动 1 个，更换负责人 1 个", "＋ 营销中心/销售部/华南组", "✎ 销售部 → 营销中心/销售部"
    )
    await boss.presses("确认导入")
    boss.expects("已导入：新增部门 2 个，移动 1 个")
    zhang = await record(bench, "张三")
    paths = await bench.look(lambda uow: {uow.people.path_of(d.id): d for d in uow.people.departments()})
    assert paths["营销中心/销售部/华南组"].manager == zhang.id
    assert paths["营销中心/销售部"].id == zhang.department
    await sends(boss, "部门.csv", f"{heading}\n营销中心,华南组,")
    boss.expects("部门上下级成环")


async def test_the_register_comes_out_as_it_goes_in(bench: Bench, boss: Someone) -> None:
    """Exported and sent back, the file changes nothing."""
    await bench.staff("张三", "销售部/华南组", regions=("华南", "华东"), superior="刘总")
    await boss.says("/staff")
    boss.skips()
    await boss.presses("导入与导出")
    boss.expects("工号,姓名,部门,角色", "部门,上级部门,负责人")
    await boss.presses("导出名册")
    document = boss.messages[-1].wire["document"]
    assert document["file_name"] == "人员名册.xlsx"
    content = bench.telegram.files.get(document["file_id"]).content
    boss.expects("")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["工号", "姓名", "部门", "角色"]
    boss.skips()
    await sends(boss, "人员名册.xlsx", content)
    boss.expects("将导入：新增 0 人，修改 0 人，未变 2 人")


async def test_a_file_of_somebody_elses_is_not_to_be_applied(bench: Bench, boss: Someone) -> None:
    """P41: the press of another administrator."""
    other = await bench.staff("王总", "总经办", Role.GM, admin=True)
    await sends(boss, "人员.csv", f"{HEADING}\nS02,李四,总经办,客服,,,,,")
    boss.skips()
    await other.says("/me")
    message = other.expects("王总").message
    press = await other.does(other.phone.press_data, message, "sfy:1")
    assert press.text
    assert await record(bench, "S02") is None
