"""`keguan rulebook`: checking, comparing, explaining, beginning a file (RULE-1, RULE-2, RULE-4)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.rulefile import handbook
from core.rulebook import PRESETS, default, labels, load
from core.rulebook.loading import TABLES
from core.rulebook.sections import SECTIONS
from core.rulebook.sections.waiting import WAITING, is_clause_waiting, is_waiting
from core.rulebook.shape import settings_of

ROOT = Path(__file__).parents[2]
RULES = """\
preset: allocation
company: { name: 华东机电 }
leads:
  contact_minutes: 15
  contact_sanction: { fine_yuan: 100 }
visits:
  max_photos: 5
  kinds: [{ key: phone, title: { zh: 打电话, en: Call } }]
clauses:
  lead.contact: { in_force: true }
  own.rule: { title: { zh: 自订 }, article: 附则一, text: { zh: '不得超过 {tasks.reply_minutes} 分钟' } }
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in, without settings."""
    for name in [name for name in os.environ if name.startswith("KEGUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    return tmp_path


def rulebook(*arguments: str, types: str = "") -> Result:
    return CliRunner().invoke(app, ["rulebook", *arguments], input=types)


def said(*arguments: str, types: str = "", code: int = 0) -> list[str]:
    result = rulebook(*arguments, types=types)
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.output.splitlines()


def test_none_of_the_commands_needs_the_chat_library_or_the_database(home: Path) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from bot.cli import app\n"
        "for words in (['diff', 'rules.yaml'], ['explain', 'rules.yaml'], ['show'], ['init', 'new.yaml', '--yes']):\n"
        "    r = CliRunner().invoke(app, ['rulebook', *words]); assert r.exit_code == 0, (words, r.output)\n"
        "heavy = {'aiogram', 'sqlalchemy'} & set(sys.modules); assert not heavy, heavy\n"
    )
    where = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=home, env=where)


# check


def test_check_says_version_and_what_is_in_force(home: Path) -> None:
    lines = said("check", "rules.yaml")
    book = load("rules.yaml")
    assert lines == [
        f"✓ rules.yaml：版本 {book.version}",
        f"  共 {len(book.clauses)} 条，生效 1 条",
    ]


def test_check_points_at_a_sanction_that_nothing_applies_by_itself(home: Path) -> None:
    """A sanction on a clause that only informs holds only where a manager enters one by hand."""
    (home / "rules.yaml").write_text("clauses:\n  visit.log:\n    sanction: {fine_yuan: 5}\n")
    assert said("check", "rules.yaml")[2:] == [
        "· rules.yaml:3：visit.log 的违反不会自动记录；这里的处罚只在主管手工记入台账时使用。"
    ]
    assert "nobody notices a breach of visit.log by itself" in said("check", "rules.yaml", "--language", "en")[2]


def test_check_of_a_file_with_mistakes_ends_with_one(home: Path) -> None:
    (home / "rules.yaml").write_text("tasks: {reply_minutes: 半小时}\n")
    for command in ("check", "diff", "explain"):
        assert said(command, "rules.yaml", code=1) == [
            'rules.yaml:1:9: tasks.reply_minutes: 应为整数，现在是"半小时"'
        ]


def test_check_says_what_no_function_acts_on_yet(home: Path) -> None:
    (home / "rules.yaml").write_text(
        "preset: property\nrepairs:\n  accept_minutes: 10\nvisits: {cadence: []}\n"
        "clauses:\n  repair.accept: {in_force: true}\n  lead.contact: {in_force: true}\n"
    )
    assert said("check", "rules.yaml")[2:] == [
        "· rules.yaml:3：目前没有功能使用 repairs.accept_minutes。",
        "· rules.yaml:4：目前没有功能使用 visits.cadence。",
        "· rules.yaml:6：目前没有功能使用 repair.accept。",
    ]
    assert said("explain", "rules.yaml", "repairs")[0] == "repairs · 报修 · 目前没有功能使用"
    assert any("拜访频次 · 目前没有功能使用" in line for line in said("explain", "rules.yaml", "visits"))


def test_settings_that_no_function_acts_on_are_those_that_no_function_reads() -> None:
    code = "".join(
        file.read_text("utf-8")
        for folder in ("core", "bot", "storage")
        for file in (ROOT / folder).rglob("*.py")
        if not file.is_relative_to(ROOT / "core/rulebook") and not file.is_relative_to(ROOT / "bot/rulefile")
    )
    sections = {key for key in WAITING if "." not in key}
    read = {section for section in SECTIONS if re.search(rf"(rulebook|book)\.{section}\b(?!\()", code)}
    assert sections & read == set()
    for key in WAITING - sections:
        assert settings_under(key), key
    assert all(any(is_waiting(key) for key in named) for named in waiting_figures()), (
        "a clause waits, its figures don't"
    )


def settings_under(key: str) -> list[str]:
    section = key.split(".", maxsplit=1)[0]
    return [one.key for one in settings_of(section) if one.key == key or one.key.startswith(f"{key}.")]


def waiting_figures() -> list[tuple[str, ...]]:
    book = default()
    return [clause.named for clause in book.clauses.values() if is_clause_waiting(clause.id) and clause.named]


# diff


def test_diff_says_clause_by_clause_what_a_file_would_change(home: Path) -> None:
    """RULE-4: old → new, with the clause that rests on it."""
    (home / "old.yaml").write_text("preset: allocation\n")
    lines = said("diff", "old.yaml", "rules.yaml")
    assert lines[0].startswith("版本 ") and " → " in lines[0]
    clause = lines.index("第三章 第五条 接单后联系时限 (lead.contact)")
    assert lines[clause + 1 : clause + 5] == [
        "  试行 → 生效",
        "  接单后联系客户并汇报的时限：10 工作分钟 → 15 工作分钟",
        "  处罚：罚款 50 元，停分配次数 1 → 罚款 100 元，停分配次数 1",
        "  业务员接到客户资源后，应在 15 分钟内联系客户并向主管汇报进展；逾期的，记罚款 100 元，暂停分配 1 次，"
        "该资源重新分配。",
    ]
    own = lines.index("附则一 自订 (own.rule)")
    assert lines[own + 1 : own + 3] == ["  新增", "  不得超过 30 分钟"]
    others = lines[lines.index("条款没有写到的设置") + 1 :]
    assert others[:3] == [
        "  公司名称：示范公司 → 华东机电  (company.name)",
        "  拜访方式：上门，电话，展会 → 打电话  (visits.kinds)",
        "  最多几张照片：9 → 5  (visits.max_photos)",
    ]
    assert lines[-1] == "已经开始的期限仍按原来的数字算。"


def test_diff_of_lists_says_what_comes_and_goes(home: Path) -> None:
    (home / "new.yaml").write_text("presets: {visits: manufacturing}\n")
    (home / "old.yaml").write_text("preset: default\n")
    text = "\n".join(said("diff", "old.yaml", "new.yaml", "--language", "en"))
    assert "cadence: without A · GM · 1 time · 6 months; " in text
    assert "with A · salesperson · 1 time · 2 months; B · salesperson · 1 time · 2 months  (visits.cadence)" in text


def test_diff_of_one_file_is_with_the_rulebook_in_use(home: Path) -> None:
    (home / "used.yaml").write_text("tasks: {reply_minutes: 20}\n")
    (home / ".env").write_text("KEGUAN_RULEBOOK=used.yaml\n")
    (home / "new.yaml").write_text("tasks: {reply_minutes: 25}\n")
    assert "  答复时限：20 工作分钟 → 25 工作分钟" in said("diff", "new.yaml")


def test_diff_of_the_same_rules_is_nothing(home: Path) -> None:
    assert said("diff", "rules.yaml", "rules.yaml")[1:] == ["没有变化。"]


def test_diff_says_which_clause_is_gone(home: Path) -> None:
    (home / "new.yaml").write_text(RULES.rsplit("  own.rule", 1)[0])
    lines = said("diff", "rules.yaml", "new.yaml")
    assert lines[lines.index("附则一 自订 (own.rule)") + 1] == "  取消"


# explain


def test_explain_gives_value_unit_place_and_clause(home: Path) -> None:
    lines = said("explain", "rules.yaml", "leads")
    assert lines[0] == "leads · 客户资源"
    at = lines.index("  leads.contact_minutes = 15 工作分钟  (rules.yaml:4)")
    assert lines[at + 1] == "      接单后联系客户并汇报的时限 · 第三章 第五条 接单后联系时限"
    at = lines.index("  leads.contact_sanction = 罚款 100 元，停分配次数 1  (rules.yaml:5)")
    assert "第三章 第五条" in lines[at + 1]
    assert any(line.startswith("  leads.classes.D.min_yuan = 0 元  (allocation.yaml:") for line in lines)
    assert any(line.startswith("  leads.newcomer_percent = 20%  (default/leads.yaml:") for line in lines)


def test_explain_of_everything_leaves_no_section_out(home: Path) -> None:
    for language in ("zh", "en"):
        lines = said("explain", "rules.yaml", "--language", language)
        assert [line.split(" ")[0] for line in lines if line and line[0] != " "] == list(SECTIONS)
        assert not any("()" in line or "None" in line for line in lines)


def test_explain_of_no_section_offers_the_near_one(home: Path) -> None:
    assert said("explain", "rules.yaml", "leds", code=1) == ["没有 leds 这一章，是不是 leads？"]
    assert "company" in said("explain", "rules.yaml", "xyz", code=1)[0]


def test_show_names_the_place_of_what_is_left_out(home: Path) -> None:
    (home / ".env").write_text("KEGUAN_RULEBOOK=rules.yaml\n")
    lines = said("show", "leads.contact_sanction")
    assert "leads.contact_sanction.fine_yuan = 100  (rules.yaml:5)" in lines
    assert "leads.contact_sanction.warning = False  (rules.yaml:5)" in lines
    assert not any("None" in line.partition("  (")[2] for line in said("show"))
    assert said("show", "leeds", code=1) == ["? leeds"]


# init


def test_init_asks_again_until_it_can_use_the_answer(home: Path) -> None:
    answers = ["华东机电", "Asia/Shangai", "Asia/Shanghai", "9", "4", "周八", "周一至周六", "9-18", "9:00-18:00"]
    lines = said("init", "new.yaml", types="\n".join([*answers, "每天", "8:45"]) + "\n")
    text = "\n".join(lines)
    assert "Asia/Shangai 不能用，请写成 Asia/Shanghai。" in text
    assert "周八 不能用" in text and "9-18 不能用，请写成 09:00-12:00 13:30-18:00。" in text
    book = load("new.yaml")
    assert (book.company.name, book.classes.scheme) == ("华东机电", "volume")
    assert [day for day, shifts in book.worktime.shifts.items() if shifts][-1] == "sat"
    assert str(book.worktime.shifts["mon"][0]) == "09:00-18:00"
    assert (book.checkin.days, f"{book.checkin.due_at:%H:%M}") == ("every_day", "08:45")
    assert f"{book.checkin.opens_at:%H:%M} {book.checkin.closes_at:%H:%M}" == "08:15 08:55"


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_init_without_questions_writes_what_check_accepts(home: Path, preset: str, language: str) -> None:
    said("init", "new.yaml", "--yes", "--kind", preset, "--name", "O'Neill: 甲 #1", "--language", language)
    said("check", "new.yaml")
    book = load("new.yaml")
    assert book.company.name == "O'Neill: 甲 #1"
    text = (home / "new.yaml").read_text("utf-8")
    assert f"preset: {preset} # " in text
    assert "#   lead.contact: { in_force: true } # 第三章 第五条" in text
    # what stands there in comments holds as it stands
    figures = text[text.index("# tasks:") : text.index("# clauses:")]
    lines = [line[2:] for line in figures.splitlines() if line.startswith("# ") and ": " in line]
    lines = [line for line in lines if line.startswith(" ") or line.split(":")[0] in SECTIONS]
    (home / "bare.yaml").write_text(f"preset: {preset}\n" + "\n".join(lines) + "\n", "utf-8")
    assert load("bare.yaml").version == load_preset(preset, home).version


def load_preset(preset: str, home: Path) -> object:
    (home / "only.yaml").write_text(f"preset: {preset}\n")
    return load("only.yaml")


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--zone", "Mars/Base", "Asia/Shanghai"),
        ("--kind", "factory", "manufacturing"),
        ("--week", "fri-mon", "mon-fri"),
        ("--hours", "09:00-12:00,11:00-18:00", "09:00-12:00 13:30-18:00"),
        ("--hours", "18:00-09:00", "09:00-12:00 13:30-18:00"),
        ("--checkin", "sometimes", "workdays | every_day"),
        ("--checkin-at", "25:00", "09:00"),
        ("--checkin-at", "00:10", "09:00"),
        ("--name", "  ", "华东机电"),
    ],
)
def test_init_refuses_an_option_that_cannot_be_used(home: Path, option: str, value: str, expected: str) -> None:
    lines = said("init", "new.yaml", "--yes", option, value, code=1)
    assert option in lines[0] and expected in lines[0]
    assert not (home / "new.yaml").exists()


def test_init_never_writes_over_a_file(home: Path) -> None:
    assert said("init", "rules.yaml", "--yes", code=1) == ["rules.yaml 已经存在，请换个文件名。"]
    assert (home / "rules.yaml").read_text("utf-8") == RULES


# the page of all settings


def test_page_of_all_settings_is_as_the_models_are() -> None:
    """Written anew by `python -m bot.rulefile.handbook`."""
    assert handbook.PAGE.read_text("utf-8") == handbook.page()


def test_examples_of_the_guide_are_true(home: Path) -> None:
    """docs/rulebook.md shows what the commands say."""
    guide = (ROOT / "docs/rulebook.md").read_text("utf-8")
    *good, bad = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    for text in reversed(good):
        (home / "rules.yaml").write_text(text, "utf-8")
        said("check", "rules.yaml")
    lines = said("diff", "rules.yaml") + said("explain", "rules.yaml", "leads")
    shown = re.findall(r"\$ keguan rulebook (?:diff|explain).*?```", guide, re.DOTALL)[0].splitlines()
    mine = [line for line in shown if line and line[0] not in "$…`" and not line.startswith("版本")]
    assert len(mine) > 5 and [line for line in mine if line not in lines] == []
    (home / "rules.yaml").write_text(bad, "utf-8")
    for language in ("zh", "en"):
        mistakes = said("check", "rules.yaml", "--language", language, code=1)
        assert len(mistakes) == 5 and "\n".join(mistakes) in guide
    assert [table for table in TABLES if f"`{'.'.join(map(str, table))}`" not in guide] == []
    assert set(PRESETS) <= set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE))


# words


def test_every_setting_and_option_has_words_in_both_languages() -> None:
    """docs/rulebook.md, diff and explain speak with them."""
    settings = [setting for section in SECTIONS if section != "clauses" for setting in settings_of(section)]
    assert [s.key for s in settings if labels.of_setting(s).zh == s.key] == []
    assert {key for key in labels.of_settings()} - {s.key for s in settings} == set()
    options = {option for setting in settings for option in setting.options}
    assert [option for option in options if labels.of_option(option) is None] == []
    assert [section for section in SECTIONS if labels.of_section(section).zh == section] == []
    assert {setting.unit for setting in settings} <= set(labels.UNITS)
