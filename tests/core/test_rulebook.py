"""The rulebook file: what is read, what is refused and where, what changed (RULE-1 to RULE-4)."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from pydantic import ValidationError

import core.rulebook.checks
from core.rulebook import (
    CLAUSE_IDS,
    PRESETS,
    Change,
    Problem,
    ProblemKind,
    Rulebook,
    RulebookError,
    Sanction,
    UnknownEntry,
    default,
    describe_change,
    load,
    loads,
)
from core.rulebook.loading import has_section
from core.rulebook.sections import SECTIONS
from core.rulebook.wording import _CHINESE, _ENGLISH
from core.worktime import Fault, WorkTimeError

# --- helpers


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(RulebookError) as caught:
        loads(text)
    return caught.value.problems


def only(text: str) -> Problem:
    problems = refused(text)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def where(problem: Problem) -> tuple[int, int, str, ProblemKind]:
    return problem.line, problem.column, problem.key, problem.kind


# --- a file with mistakes


FOUR_MISTAKES = """\
company: {name: 甲公司}
checkin:
  due_at: 9 o'clock
  max_acuracy_m: 200
complaints:
  kinds:
    - key: product_quality
      title: {zh: 产品质量}
      is_complaint: true
      severity: majr
      handle: {working_days: 3}
visits:
  max_photos: 0
"""


def test_four_mistakes_give_four_lines_with_their_places() -> None:
    with pytest.raises(RulebookError) as caught:
        loads(FOUR_MISTAKES, "rules.yaml")
    assert str(caught.value).splitlines() == [
        'rules.yaml:3:3: checkin.due_at: should be written as HH:MM (08:30), but is "9 o\'clock"',
        'rules.yaml:4:3: checkin.max_acuracy_m: no such setting here; did you mean "max_accuracy_m"?',
        "rules.yaml:10:7: complaints.kinds.0.severity: should be one of ordinary | serious | major, "
        'but is "majr"; did you mean "major"?',
        "rules.yaml:13:3: visits.max_photos: should be ≥ 1, but is 0",
    ]
    assert [problem.near for problem in caught.value.problems] == [None, "max_accuracy_m", "major", None]


def test_four_mistakes_in_chinese() -> None:
    with pytest.raises(RulebookError) as caught:
        loads(FOUR_MISTAKES, "rules.yaml")
    assert caught.value.chinese().splitlines() == [
        'rules.yaml:3:3: checkin.due_at: 应写成 HH:MM (08:30)，现在是"9 o\'clock"',
        "rules.yaml:4:3: checkin.max_acuracy_m: 这里没有这个设置项；是不是“max_accuracy_m”？",
        "rules.yaml:10:7: complaints.kinds.0.severity: 只能是 ordinary | serious | major，"
        '现在是"majr"；是不是“major”？',
        "rules.yaml:13:3: visits.max_photos: 应当 ≥ 1，现在是0",
    ]


def test_every_kind_of_problem_has_words_in_both_languages() -> None:
    assert set(_ENGLISH) == set(_CHINESE) == set(ProblemKind)


def test_mistakes_of_different_sorts_are_told_together() -> None:
    text = "tasks:\n  reply_minutes: 5\n  reply_minutes: 6\nleeds: {}\npreset: alocation\n"
    text += "leads: {reoffer_limit: 0}\n"
    assert [where(problem) for problem in refused(text)] == [
        (3, 3, "tasks.reply_minutes", ProblemKind.DUPLICATE_KEY),
        (4, 1, "leeds", ProblemKind.UNKNOWN_KEY),
        (5, 1, "preset", ProblemKind.NOT_ALLOWED),
        (6, 9, "leads.reoffer_limit", ProblemKind.OUT_OF_RANGE),
    ]


def test_unknown_section_offers_the_near_one() -> None:
    problem = only("complaint: {first_reply_hours: 12}\n")
    assert (problem.key, problem.kind, problem.near) == ("complaint", ProblemKind.UNKNOWN_KEY, "complaints")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("complaints: {close_days: {domestik: 3}}", "domestic"),
        ("clauses: {visit.log: {titel: x}}", "title"),
        ("clauses: {visit.log: {sanction: {fine_yaun: 3}}}", "fine_yuan"),
        ("clauses: {visit.log: {text: {zh: x, eng: x}}}", "en"),
        ("leads: {sources: [{key: web, title: {zh: 网}, tittle: x}]}", "title"),
        ("worktime: {official: {2027: {holydays: []}}}", "holidays"),
        ("worktime: {shifts: {sunday: []}}", "sun"),
        ("company: {xyz: 1}", None),
    ],
)
def test_unknown_keys_at_any_depth_offer_the_near_one(text: str, near: str | None) -> None:
    problem = only(text)
    assert (problem.kind, problem.near) == (ProblemKind.UNKNOWN_KEY, near)


def test_missing_key_is_shown_at_its_parent() -> None:
    problem = only("leads:\n  sources:\n    - key: web\n")
    assert where(problem) == (3, 7, "leads.sources.0.title", ProblemKind.MISSING_KEY)
    assert str(problem).endswith("leads.sources.0.title: title is missing here")


def test_missing_text_of_a_clause_is_called_by_its_key() -> None:
    problem = only("clauses:\n  own.rule: {title: {zh: 自订}, article: 第九条}\n")
    assert where(problem) == (2, 3, "clauses.own.rule.text", ProblemKind.MISSING_KEY)
    assert problem.chinese().endswith("这里缺少 text")


def test_bad_item_does_not_also_make_its_list_short() -> None:
    problem = only("checkin:\n  roles: [sales]\n")
    assert where(problem) == (2, 11, "checkin.roles.0", ProblemKind.NOT_ALLOWED)
    assert problem.expected.split(" | ")[:2] == ["salesperson", "service"]


def test_empty_list_where_one_is_needed() -> None:
    assert where(only("checkin: {roles: []}\n")) == (1, 11, "checkin.roles", ProblemKind.OUT_OF_RANGE)


@pytest.mark.parametrize(
    ("text", "expected", "got"),
    [
        ("tasks: {reply_minutes: '30'}", "int", '"30"'),
        ("tasks: {reply_minutes: 30.0}", "int", "30.0"),
        ("tasks: {reply_minutes: true}", "int", "true"),
        ("tasks: {reply_minutes: ~}", "int", "nothing"),
        ("tasks: {reply_minutes: [30]}", "int", "list"),
        ("checkin: {flag_same_spot: 1}", "bool", "1"),
        ("company: {name: 12}", "text", "12"),
        ("company: [a]", "mapping", "list"),
        ("company:", "mapping", "nothing"),
        ("leads: {sources: web}", "list", '"web"'),
    ],
)
def test_wrong_types_are_named(text: str, expected: str, got: str) -> None:
    problem = only(text)
    assert (problem.kind, problem.expected, problem.got) == (ProblemKind.WRONG_TYPE, expected, got)


@pytest.mark.parametrize("figure", ["0", "-5", "525601", "1" + "0" * 30])
def test_figures_are_kept_in_range(figure: str) -> None:
    assert only(f"tasks: {{escalate_minutes: {figure}}}").kind is ProblemKind.OUT_OF_RANGE


def test_unknown_time_zone_offers_the_near_one() -> None:
    problem = only("company: {zone: Asia/Shanghi}")
    assert (problem.kind, problem.near) == (ProblemKind.BAD_FORMAT, "Asia/Shanghai")


def test_blank_company_name_is_refused() -> None:
    assert only('company: {name: "  "}').key == "company.name"


# --- broken files


def test_syntax_error_has_its_place() -> None:
    problem = only("checkin:\n  due_at: 09:00\n   closes_at: 09:10\n")
    assert where(problem) == (3, 13, "", ProblemKind.INDENT)
    assert "the indentation is not as above" in str(problem)
    assert "缩进与上面不一致" in problem.chinese()


@pytest.mark.parametrize(
    ("text", "where_", "kind"),
    [
        ("tasks:\n\treply_minutes: 5\n", (2, 1), ProblemKind.TAB),
        ("tasks：\n  reply_minutes: 5\n", (1, 1), ProblemKind.COLON),
        ("tasks:\n  reply_minutes：5\n  due: end_of_day\n", (2, 1), ProblemKind.COLON),
        ("tasks:\n  reply_minutes：5\n", (1, 1), ProblemKind.COLON),
        ("tasks:\n  reply_minutes:5\n", (1, 1), ProblemKind.COLON),
        ("tasks: {reply_minutes: 5\n", (2, 1), ProblemKind.UNCLOSED),
        ("company: {name: '甲}\n", (2, 1), ProblemKind.UNCLOSED),
        ("tasks: {reply_minutes: 5}}\n", (1, 26), ProblemKind.BRACKET),
        ("tasks:\n  reply_minutes: 5\n  due\n", (4, 1), ProblemKind.NO_COLON),
        ("clauses: {visit.log: {text: {zh: a: b}}}\n", (1, 35), ProblemKind.INDENT),
    ],
)
def test_broken_syntax_is_told_in_words_of_the_writer(text: str, where_: tuple[int, int], kind: ProblemKind) -> None:
    problem = only(text)
    assert (problem.line, problem.column, problem.kind) == (*where_, kind)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tasks: {reply_minutes: 30分钟}", "30"),
        ("tasks: {reply_minutes: '30'}", "30"),
        ("tasks: {reply_minutes: ３０}", "30"),
        ("tasks: {reply_minutes: 30到40}", None),
        ("tasks: {urgent_ignores_worktime: 是}", "true"),
        ("tasks: {urgent_ignores_worktime: no}", "false"),
        ("checkin: {due_at: 9:00}", "09:00"),
        ("checkin: {due_at: 09：00}", "09:00"),
        ("checkin: {due_at: 25:00}", None),
        ("checkin: {roles: salesperson}", "[salesperson]"),
        ("checkin: {roles: [业务员]}", "salesperson"),
        ("worktime: {shifts: {mon: [9:00-12:00]}}", "09:00-12:00"),
        ("worktime: {shifts: {mon: 09:00-12:00}}", "[09:00-12:00]"),
        ("worktime: {days_off: [2026/10/1]}", "2026-10-01"),
        ("worktime: {days_off: [2026年10月1日]}", "2026-10-01"),
        ("worktime: {days_off: [2026-02-30]}", None),
        ("preset: manufactoring", "manufacturing"),
    ],
)
def test_what_was_most_likely_meant_is_offered(text: str, meant: str | None) -> None:
    assert only(text).near == meant


@pytest.mark.parametrize("text", ["a: *q", "preset: default\n---\npreset: default", "...", "[" * 2000])
def test_broken_yaml_is_a_problem_not_a_crash(text: str) -> None:
    assert only(text).kind is ProblemKind.SYNTAX


def test_control_character_has_its_place() -> None:
    problem = only("company:\n  name: 甲\x01\n")
    assert where(problem) == (2, 10, "", ProblemKind.SYNTAX)
    assert problem.got == "U+0001"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "~"])
def test_empty_file_is_refused(text: str) -> None:
    """A truncated file must not quietly put the default rules in force."""
    assert where(only(text)) == (1, 1, "", ProblemKind.EMPTY)


@pytest.mark.parametrize(("text", "got"), [("- a\n- b\n", "list"), ("just words\n", "text")])
def test_top_level_must_be_sections(text: str, got: str) -> None:
    problem = only(text)
    assert (problem.kind, problem.got) == (ProblemKind.NOT_A_MAPPING, got)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulebookError) as caught:
        load(tmp_path / "none.yaml")
    assert caught.value.problems[0].kind is ProblemKind.UNREADABLE
    assert str(tmp_path / "none.yaml") in str(caught.value)


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(RulebookError) as caught:
        load(tmp_path)
    assert caught.value.problems[0].kind is ProblemKind.UNREADABLE


def test_file_that_is_not_utf8_has_its_place(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_bytes("company:\n  name: 甲公司\n".encode("gbk"))
    with pytest.raises(RulebookError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert where(problem) == (2, 9, "", ProblemKind.ENCODING)
    assert problem.got == "0xBC"


def test_byte_order_mark_of_a_windows_editor_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_bytes(b"\xef\xbb\xbfcompany: {name: ABC}\r\ntasks:\r\n  reply_minutes: 20\r\n")
    book = load(file)
    assert (book.company.name, book.tasks.reply_minutes) == ("ABC", 20)
    assert book.explain("tasks.reply_minutes").file == str(file)


def test_duplicate_keys_are_all_found_with_the_first_line() -> None:
    text = "tasks:\n  reply_minutes: 5\n  reply_minutes: 6\ninvites: {hours: 1, hours: 2}\n"
    problems = refused(text)
    assert [where(p)[:3] for p in problems] == [(3, 3, "tasks.reply_minutes"), (4, 21, "invites.hours")]
    assert [p.expected for p in problems] == ["2", "4"]


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("company: {name: !!python/object:os.system x}", "tag"),
        ("company: &c {name: x}", "alias"),
        ("? [a]\n: b", "key"),
        ("a: " + "[" * 30 + "]" * 30, "deep"),
        ("tasks: {reply_minutes: " + "1" * 5000 + "}", "1" * 40),
    ],
)
def test_what_is_not_plain_is_refused(text: str, got: str) -> None:
    assert got in [problem.got for problem in refused(text) if problem.kind is ProblemKind.NOT_PLAIN]


def test_recursive_alias_ends() -> None:
    """One line: the value left out for the alias is not also told as missing."""
    assert only("company: &c {name: *c}").got == "alias"


# --- YAML 1.2


def test_clock_times_are_times_and_no_is_a_word() -> None:
    assert loads("checkin: {opens_at: 08:15}").checkin.opens_at == time(8, 15)
    assert only("checkin: {flag_same_spot: no}").got == '"no"'
    assert loads("company: {name: no}").company.name == "no"
    assert loads("company: {name: 08:30}").company.name == "08:30"


@pytest.mark.parametrize("clock", ["9:00", "24:00", "09:60", "0900", "830", "09:00:30", "２1:00"])
def test_odd_clock_times_are_refused(clock: str) -> None:
    assert only(f"visits: {{reminder_at: {clock}}}").kind is ProblemKind.BAD_FORMAT


def test_a_file_that_declares_yaml_1_1_gets_no_other_truths() -> None:
    problems = refused("%YAML 1.1\n---\ncheckin: {flag_same_spot: yes}\n")
    assert [where(p)[2:] for p in problems] == [("checkin.flag_same_spot", ProblemKind.NOT_PLAIN)]


def test_numbers_are_decimal() -> None:
    assert loads("tasks: {reply_minutes: 020, escalate_minutes: 1_00}").tasks.reply_minutes == 20


# --- presets


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_complete_and_has_both_languages(preset: str) -> None:
    book = loads(f"preset: {preset}")
    assert set(CLAUSE_IDS) <= set(book.clauses)
    for clause in book.clauses.values():
        assert clause.title.en and clause.text.en
        assert "{" not in clause.text.zh + clause.text.en
    choices = [*book.leads.sources, *book.customers.types, *book.visits.kinds, *book.visits.purposes]
    assert all(choice.title.en for choice in choices)
    assert all(kind.title.en for kind in book.complaints.kinds)
    assert book.working_time is book.working_time


def test_default_carries_the_figures_of_the_sources() -> None:
    book = default()
    assert (book.checkin.prompt_at, book.checkin.due_at) == (time(8, 50), time(9, 0))
    assert (book.tasks.reply_minutes, book.tasks.escalate_minutes, book.tasks.due) == (30, 60, "end_of_day")
    assert [(c.name, c.min_yuan) for c in book.leads.classes][:3] == [
        ("A", 800_000),
        ("B", 400_000),
        ("C", 200_000),
    ]
    assert book.leads.contact_minutes == 10
    assert book.leads.record_sanction == Sanction(fine_yuan=20)
    assert book.complaints.close_days.domestic == 15


def test_no_model_carries_a_figure() -> None:
    """A section left empty is incomplete: all figures stand in the presets."""
    for name, section in SECTIONS.items():
        if name != "clauses":
            with pytest.raises(ValidationError):
                section.model_validate({})


def test_section_takes_its_own_preset() -> None:
    book = loads("presets: {complaints: service}")
    assert book.complaints.close_days.abroad == loads("preset: service").complaints.close_days.abroad == 21
    assert book.checkin == default().checkin
    assert book.complaints.urge_daily_at == default().complaints.urge_daily_at


def test_section_preset_beats_the_common_one() -> None:
    book = loads("preset: service\npresets: {complaints: default}")
    assert book.complaints == default().complaints
    assert book.checkin.roles == ("technician", "salesperson")


def test_unknown_preset_and_preset_without_the_section() -> None:
    problem = only("presets: {leads: alocation}")
    assert (where(problem), problem.near) == ((1, 11, "presets.leads", ProblemKind.NOT_ALLOWED), "allocation")
    assert only("presets: {tasks: service}").expected == "default"
    assert only("presets: {leeds: default}").near == "leads"
    assert only("presets: service").kind is ProblemKind.WRONG_TYPE
    assert only("preset: [a]").kind is ProblemKind.NOT_ALLOWED


def test_keys_override_one_by_one() -> None:
    book = loads("complaints: {close_days: {abroad: 30}}\nclauses:\n  lead.contact: {in_force: true}\n")
    assert (book.complaints.close_days.domestic, book.complaints.close_days.abroad) == (15, 30)
    assert book.clause("lead.contact").in_force
    assert book.clause("lead.contact").title == default().clause("lead.contact").title
    assert not default().clause("lead.contact").in_force


def test_lists_are_replaced_whole() -> None:
    book = loads("visits: {kinds: [{key: video, title: {zh: 视频}}]}")
    assert [kind.key for kind in book.visits.kinds] == ["video"]
    assert book.visits.kinds[0].title.say("en") == "视频"


def test_nothing_takes_an_entry_of_a_table_away() -> None:
    book = loads("leads: {levels: {中级: ~, 首席: [A]}}\nworktime: {shifts: {fri: ~}}")
    assert set(book.leads.levels) == {"高级", "初级", "首席"}
    assert not book.working_time.is_workday(date(2026, 11, 27))
    assert book.working_time.is_workday(date(2026, 11, 26))


def test_explain_names_the_preset_or_the_line() -> None:
    book = loads(
        "preset: allocation\nleads:\n  contact_minutes: 5\n  sources:\n    - key: web\n      title: {zh: 网}"
    )
    own = book.explain("leads.contact_minutes")
    assert (own.preset, own.file, own.line, own.column) == (None, "rules.yaml", 3, 3)
    assert book.explain("leads.reoffer_limit").preset == "allocation"
    assert book.explain("leads.reoffer_limit").file == "allocation.yaml"
    assert book.explain("tasks.reply_minutes").place.startswith("default/tasks.yaml:")
    assert book.explain("leads.contact_sanction.warning").place.startswith("allocation.yaml:")  # left out there
    assert book.explain("tasks.reply_minutes").preset == "default"
    assert book.explain("clauses.lead.contact.text.zh").preset == "default"
    assert book.explain("leads.sources.web.title").line == 6
    assert book.explain("leads.sources.0.title").line == 6
    with pytest.raises(UnknownEntry) as caught:
        book.explain("leads.contact_minute")
    assert caught.value.near == "leads.contact_minutes"


# --- settings that do not go together


@pytest.mark.parametrize(
    ("text", "place", "kind"),
    [
        ("checkin:\n  opens_at: 09:00", (2, 3, "checkin.opens_at"), ProblemKind.ORDER),
        ("checkin:\n  due_at: 09:11", (2, 3, "checkin.due_at"), ProblemKind.ORDER),
        ("checkin:\n  closes_at: 08:59", (2, 3, "checkin.closes_at"), ProblemKind.ORDER),
        ("checkin:\n  prompt_at: 09:10", (2, 3, "checkin.prompt_at"), ProblemKind.ORDER),
        ("checkin:\n  roles: [gm, gm]", (2, 15, "checkin.roles.1"), ProblemKind.REPEATED),
        ("tasks:\n  escalate_minutes: 30", (2, 3, "tasks.escalate_minutes"), ProblemKind.ORDER),
        ("tasks:\n  due: 0", (2, 3, "tasks.due"), ProblemKind.BAD_FORMAT),
        ("leads:\n  levels: {高级: [E, A]}", (2, 17, "leads.levels.高级.0"), ProblemKind.UNKNOWN_NAME),
        (
            "customers:\n  required_fields: [name, name]",
            (2, 27, "customers.required_fields.1"),
            ProblemKind.REPEATED,
        ),
        (
            "complaints:\n  steps: [registered, closed, closed]",
            (2, 31, "complaints.steps.2"),
            ProblemKind.REPEATED,
        ),
        ("complaints:\n  steps: [registered, told]", (2, 23, "complaints.steps.1"), ProblemKind.NOT_ALLOWED),
        ("worktime:\n  shifts:\n    1: []", (3, 5, "worktime.shifts.1"), ProblemKind.UNKNOWN_KEY),
        ("worktime:\n  shifts: {mon: [09:00]}", (2, 18, "worktime.shifts.mon.0"), ProblemKind.BAD_FORMAT),
        (
            "worktime:\n  shifts: {mon: [25:00-26:00]}",
            (2, 18, "worktime.shifts.mon.0"),
            ProblemKind.BAD_FORMAT,
        ),
        ("worktime:\n  shifts: {mon: [12:00-09:00]}", (2, 18, "worktime.shifts.mon.0"), ProblemKind.ORDER),
        (
            "worktime:\n  shifts: {mon: [11:00-18:00, 09:00-12:00]}",
            (2, 18, "worktime.shifts.mon.0"),
            ProblemKind.OVERLAP,
        ),
        (
            "worktime:\n  makeup_shifts: [09:00-12:00, 11:59-18:00]",
            (2, 32, "worktime.makeup_shifts.1"),
            ProblemKind.OVERLAP,
        ),
        (
            "worktime: {days_on: [2026-10-05], days_off: [2026-10-05]}",
            (1, 22, "worktime.days_on.0"),
            ProblemKind.REPEATED,
        ),
        ("worktime: {days_on: [2026-02-30]}", (1, 22, "worktime.days_on.0"), ProblemKind.BAD_FORMAT),
        (
            "worktime: {official: {2027: {holidays: [2028-01-01]}}}",
            (1, 41, "worktime.official.2027.holidays.0"),
            ProblemKind.OUT_OF_RANGE,
        ),
        ("worktime: {official: {'27': {}}}", (1, 23, "worktime.official.27"), ProblemKind.BAD_FORMAT),
        ("clauses:\n  lead.contact: ~", (2, 3, "clauses.lead.contact"), ProblemKind.MISSING_KEY),
        (
            "clauses:\n  lead.contact:\n    sanction: {fine_yuan: 1}",
            (3, 5, "clauses.lead.contact.sanction"),
            ProblemKind.STANDS_ELSEWHERE,
        ),
        (
            "clauses:\n  visit.log:\n    text: {zh: '{visits.near}米'}",
            (3, 12, "clauses.visit.log.text.zh"),
            ProblemKind.UNKNOWN_FIGURE,
        ),
        (
            "clauses:\n  Bad Id: {title: {zh: x}, article: x, text: {zh: x}}",
            (2, 3, "clauses.Bad Id"),
            ProblemKind.BAD_FORMAT,
        ),
    ],
)
def test_contradictions_are_shown_at_their_place(text: str, place: tuple[int, int, str], kind: ProblemKind) -> None:
    assert where(only(text)) == (*place, kind)


def test_bounds_that_touch_are_no_contradiction() -> None:
    book = loads("worktime: {shifts: {mon: [12:00-18:00, 09:00-12:00]}}\ncheckin: {due_at: 09:10}\n")
    assert book.checkin.due_at == book.checkin.closes_at
    assert len(book.worktime.shifts["mon"]) == 2


def test_no_working_time_is_refused() -> None:
    """P10: a week without any working time is refused at configuration."""
    days = ", ".join(f"{day}: []" for day in ("mon", "tue", "wed", "thu", "fri"))
    assert where(only(f"worktime:\n  shifts: {{{days}}}")) == (
        2,
        3,
        "worktime.shifts",
        ProblemKind.NO_WORKING_TIME,
    )


def test_what_working_time_itself_refuses_is_a_problem_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise WorkTimeError(Fault.NOTHING_OPEN)

    monkeypatch.setattr(core.rulebook.checks, "build_worktime", refuses)
    problem = only("worktime: {days_off: [2026-12-31]}")
    assert where(problem) == (1, 1, "worktime", ProblemKind.UNUSABLE)


def test_classes_fall_to_nothing() -> None:
    text = "leads:\n  levels: {高级: [A, B], 中级: [B], 初级: [A]}\n  classes:\n"
    rising = text + "    - {name: A, min_yuan: 100}\n    - {name: B, min_yuan: 100}\n"
    assert [where(p)[2:] for p in refused(rising)] == [
        ("leads.classes.1.min_yuan", ProblemKind.ORDER),
        ("leads.classes.1.min_yuan", ProblemKind.ORDER),
    ]
    assert [p.expected for p in refused(rising)] == ["< 100", "= 0"]
    twice = text + "    - {name: A, min_yuan: 100}\n    - {name: B, min_yuan: 50}\n    - {name: A, min_yuan: 0}\n"
    assert where(only(twice)) == (6, 7, "leads.classes.2", ProblemKind.REPEATED)


def test_class_that_nobody_may_take_is_refused() -> None:
    problem = only("leads:\n  levels: {高级: [B, C, D], 中级: [C]}\n")
    assert where(problem) == (2, 3, "leads.levels", ProblemKind.NOT_COVERED)
    assert problem.got == "A"


def test_complaint_kinds_are_single_and_within_the_limit() -> None:
    kind = "    - {key: price, title: {zh: 价格}, is_complaint: true, severity: ordinary, handle: {%s}}\n"
    head = "complaints:\n  kinds:\n"
    assert where(only(head + kind % "hours: 3" + kind % "hours: 4")) == (
        4,
        7,
        "complaints.kinds.1",
        ProblemKind.REPEATED,
    )
    slow = only(head + kind % "working_days: 6")
    assert (slow.key, slow.got) == ("complaints.kinds.0.handle.working_days", "6")
    assert only(head + kind % "").kind is ProblemKind.EXACTLY_ONE
    assert only(head + kind % "hours: 1, working_days: 1").key == "complaints.kinds.0.handle"


def test_limit_below_the_kinds_of_the_preset_is_shown_at_the_limit() -> None:
    problems = refused("complaints:\n  handle_max_working_days: 2\n")
    assert {(p.line, p.column) for p in problems} == {(2, 3)}
    assert {p.key for p in problems} == {"complaints.handle_max_working_days"}


# --- working time


def test_working_time_follows_the_file() -> None:
    book = loads(
        "company: {zone: Asia/Shanghai}\n"
        "worktime:\n"
        "  shifts: {sat: [13:00-00:00, 09:00-12:00]}\n"
        "  days_off: [2026-11-23]\n"
        "  official: {2027: {holidays: [2027-01-01], makeup: [2027-01-03]}}\n"
    )
    hours = book.working_time
    assert hours.is_workday(date(2026, 11, 28))
    assert not hours.is_workday(date(2026, 11, 23))
    assert hours.is_workday(date(2027, 1, 3))
    assert not hours.is_workday(date(2027, 1, 1))
    assert not hours.is_provisional(date(2027, 1, 1), date(2027, 12, 1))
    assert [span.length.total_seconds() / 3600 for span in hours.shifts_on(date(2026, 11, 28))] == [3, 11]


# --- clauses


def test_clause_shows_the_figure_in_force() -> None:
    book = loads("leads: {contact_minutes: 7}\ncheckin: {due_at: 08:55}")
    assert "7 分钟" in book.clause("lead.contact").text.say("zh_CN")
    assert "within 7 minutes" in book.clause("lead.contact").text.say("en")
    assert "08:55" in book.clause("checkin.missed").text.zh


def test_unknown_clause_offers_the_near_one() -> None:
    with pytest.raises(UnknownEntry) as caught:
        default().clause("lead.contract")
    assert (caught.value.what, caught.value.near) == ("clause", "lead.contact")


def test_clauses_are_found_by_chinese_english_article_and_id() -> None:
    book = default()

    def found(words: str) -> list[str]:
        return [clause.id for clause in book.search_clauses(words)]

    assert found("首问") == ["complaint.first_asked"]
    assert found("FIRST contact LEAD")[0] == "lead.contact"
    assert found("第三章 第五条") == ["lead.contact"]
    assert found("visit.plan") == ["visit.plan"]
    assert found("没有这样的词") == []
    assert len(found("")) == len(book.clauses)
    assert found("催办") == ["complaint.handle"]


def test_title_matches_come_first() -> None:
    found = [clause.id for clause in default().search_clauses("登记")]
    assert found == ["customer.register_first", "collision.breach", "complaint.first_asked"]


def test_title_match_comes_before_an_earlier_text_match() -> None:
    found = [clause.id for clause in default().search_clauses("投诉")]
    assert found.index("complaint.number") < found.index("complaint.first_asked")
    assert list(default().clauses).index("complaint.first_asked") < list(default().clauses).index("complaint.number")


def test_only_clauses_in_force_can_be_asked_for() -> None:
    book = loads("clauses: {visit.log: {in_force: true}}")
    assert [clause.id for clause in book.search_clauses(in_force=True)] == ["visit.log"]
    assert len(book.search_clauses(in_force=False)) == len(book.clauses) - 1


def test_cost_of_a_breach_stands_in_its_area_or_in_the_clause() -> None:
    assert default().cost_of("lead.contact") == Sanction(fine_yuan=50, withhold_allocations=1)
    book = loads(
        "clauses:\n  visit.log: {sanction: {fine_yuan: 5}}\n  visit.plan: {sanction: ~}\n"
        "tasks: {sanction: {warning: false}}\n"
    )
    assert book.cost_of("visit.log") == Sanction(fine_yuan=5)
    assert book.cost_of("visit.plan") is None
    assert book.cost_of("task.reply") is None


# --- questions


@pytest.mark.parametrize(
    ("yuan", "name"),
    [
        (800_000, "A"),
        (799_999, "B"),
        (400_000, "B"),
        (399_999, "C"),
        (200_000, "C"),
        (199_999, "D"),
        (0, "D"),
        (-1, "D"),
    ],
)
def test_lead_class_by_expected_deal(yuan: int, name: str) -> None:
    """LED-2."""
    assert default().lead_class(yuan) == name


def test_levels_and_kinds() -> None:
    book = default()
    assert book.classes_for("初级") == frozenset({"C", "D"})
    assert book.complaint_kind("injury").severity == "major"
    assert book.complaint_kind("consultation").handle.hours == 24
    with pytest.raises(UnknownEntry):
        book.classes_for("见习")
    with pytest.raises(UnknownEntry) as caught:
        book.complaint_kind("injry")
    assert caught.value.near == "injury"


def test_rulebook_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        default().tasks.reply_minutes = 5  # type: ignore[misc]


# --- versions and changes


def test_version_follows_the_content_not_the_file() -> None:
    assert loads("tasks: {reply_minutes: 30}", "a.yaml").version == default().version
    assert loads("tasks: {reply_minutes: 29}").version != default().version
    assert loads("tasks: {reply_minutes: 29}").version == loads("# same\ntasks:\n  reply_minutes: 29\n").version


def test_changes_are_listed_key_by_key() -> None:
    """RULE-4."""
    new = loads(
        "tasks: {reply_minutes: 20}\ncheckin: {prompt_at: 08:40}\n"
        "leads: {levels: {初级: [D, C], 实习: [D], 中级: ~}}\n"
        "clauses: {visit.log: {sanction: {fine_yuan: 9}}}\n"
    )
    changes = {change.key: change for change in describe_change(default(), new)}
    assert changes["tasks.reply_minutes"] == Change("tasks.reply_minutes", 30, 20)
    assert changes["checkin.prompt_at"] == Change("checkin.prompt_at", "08:50", "08:40")
    assert changes["leads.levels.实习"] == Change("leads.levels.实习", None, ["D"])
    assert changes["leads.levels.中级"] == Change("leads.levels.中级", ["B", "C", "D"], None)
    assert changes["clauses.visit.log.sanction.fine_yuan"].new == 9
    assert "30" in changes["clauses.task.reply.text.zh"].old
    assert "20" in changes["clauses.task.reply.text.zh"].new
    assert "checkin.due_at" not in changes


def test_same_rules_change_nothing() -> None:
    assert describe_change(default(), loads("company: {language: zh_CN}")) == ()


def test_change_of_one_listed_item_names_it() -> None:
    old = loads("visits: {kinds: [{key: a, title: {zh: 甲}}, {key: b, title: {zh: 乙}}]}")
    new = loads("visits: {kinds: [{key: a, title: {zh: 甲}}, {key: b, title: {zh: 丙}}]}")
    assert describe_change(old, new) == (Change("visits.kinds.b.title.zh", "乙", "丙"),)


def test_loaded_file_is_a_rulebook(tmp_path: Path) -> None:
    file = tmp_path / "甲.yaml"
    file.write_text("company: {name: 甲公司}\n", "utf-8")
    book = load(str(file))
    assert isinstance(book, Rulebook)
    assert str(book.zone) == "Asia/Shanghai"
    assert book.explain("company.name").file == str(file)


# --- texts that speak of a sanction only once there is one


def test_text_speaks_of_its_sanction_only_in_force() -> None:
    """RULE-3: a clause in shadow does not threaten with a fine."""
    shadow = default().clause("lead.contact")
    force = loads("clauses: {lead.contact: {in_force: true}}").clause("lead.contact")
    assert "罚款" not in shadow.says.zh and "fine" not in shadow.says.en
    assert "逾期的，该资源重新分配。" in shadow.says.zh
    assert "逾期的，记罚款 50 元，暂停分配 1 次，该资源重新分配。" in force.says.zh
    assert "offered again, a fine of 50 yuan recorded and 1 allocation(s) withheld." in force.says.en
    assert not any("[[" in text for clause in (shadow, force) for text in (clause.says.zh, clause.says.en))


@pytest.mark.parametrize("text", ["甲[[乙", "甲]]乙[[", "[[甲[[乙]]]]", "甲]]"])
def test_double_brackets_come_in_pairs(text: str) -> None:
    problem = only(f"clauses:\n  visit.log:\n    text: {{zh: '{text}'}}\n")
    assert where(problem) == (3, 12, "clauses.visit.log.text.zh", ProblemKind.BAD_FORMAT)
    assert problem.expected == "[[ … ]]"


def test_clause_names_its_figures() -> None:
    named = default().clause("lead.contact").named
    assert named[0] == "leads.contact_minutes"
    assert "leads.contact_sanction.fine_yuan" in named


def test_every_article_stands_once() -> None:
    articles = [clause.article for clause in default().clauses.values()]
    assert sorted(articles) == sorted(set(articles))


# --- presets of the catalogue


@pytest.mark.parametrize("preset", PRESETS)
def test_preset_can_be_chosen_for_each_of_its_sections_alone(preset: str) -> None:
    """RULE-2."""
    for section in SECTIONS:
        if section != "clauses" and has_section(preset, section):
            loads(f"presets: {{{section}: {preset}}}")


def test_figures_of_the_catalogue() -> None:
    """RULE-2: the presets carry the figures of the sources."""
    book = default()
    assert (book.pool.no_action_months, book.pool.no_order_months) == (2, 12)  # S2
    assert (book.blacklist.months, book.blacklist.reentry_class) == (6, "C")  # S3
    assert book.classes.downgrade_days == 5  # S3
    assert book.credit.propose_last_days == 10  # S0
    assert [one.yuan_per_head for one in book.reception.classes] == [500, 300, 200, 150]  # S1.1
    assert [(one.from_guests, one.companions) for one in book.reception.companions] == [(1, 1), (5, 2), (11, 3)]
    assert book.followups.plans["purchase"].days == (3, 30, 60)
    assert book.followups.plans["adviser"].days == (15, 30, 60)
    assert book.followups.plans["not_bought"].days == (3, 15)
    assert (book.incentives.points.base, book.incentives.points.yuan_above_base) == (17, 270)
    assert [(tier.margin_percent, tier.share_percent) for tier in book.incentives.parts.tiers] == [(35, 3), (50, 5)]
    assert book.complaints.own_fault.first_percent == 20
    group = loads("preset: group")
    cadence = [(one.of, one.role, one.times, one.months) for one in group.visits.cadence]
    assert cadence[:3] == [("A", "gm", 1, 6), ("A", "manager", 1, 3), ("A", "salesperson", 3, 1)]  # S0
    routines = group.routines.items
    assert [routines[key].day for key in ("credit_report", "quarter_summary", "visit_records")] == [6, 8, 10]
    maker = loads("preset: manufacturing")
    assert [one.min_yearly_yuan for one in maker.classes.classes] == [3_000_000, 1_000_000, 500_000, 0]  # S3
    assert maker.classes.classes[0].conditions == ("no_late_payment", "no_uncollected_goods")
    assert {(one.of, one.times, one.months) for one in maker.visits.cadence} == {("A", 1, 2), ("B", 1, 2)}
    pharma = loads("preset: pharma")
    assert pharma.customers.complete_within_days == 0  # S1.8: within the day of first contact
    assert [pharma.routines.items[key].day for key in ("customer_report", "month_summary")] == [6, 8]
    assert pharma.complaint_kind("adverse_reaction").severity == "major"
    desk = loads("preset: service")
    assert [one.title.zh for one in desk.classes.classes] == ["战略客户", "重点客户", "普通客户"]  # S0


# --- what does not go together in the newer sections


@pytest.mark.parametrize(
    ("text", "where_", "kind"),
    [
        (
            "visits:\n  cadence:\n    - {of: A, role: gm, times: 0, months: 6}\n",
            (3, 25, "visits.cadence.0.times"),
            ProblemKind.OUT_OF_RANGE,
        ),
        (
            "visits:\n  cadence:\n    - {of: X, role: gm, times: 1, months: 6}\n",
            (3, 8, "visits.cadence.0.of"),
            ProblemKind.UNKNOWN_NAME,
        ),
        ("blacklist: {reentry_class: D}", (1, 13, "blacklist.reentry_class"), ProblemKind.UNKNOWN_NAME),
        ("credit: {warn_percent: 101}", (1, 10, "credit.warn_percent"), ProblemKind.OUT_OF_RANGE),
        ("credit: {stop_percent: 80}", (1, 10, "credit.stop_percent"), ProblemKind.ORDER),
        ("pool: {warn_days_before: [3, 60]}", (1, 30, "pool.warn_days_before.1"), ProblemKind.ORDER),
        ("pool: {warn_days_before: [10, 3]}", (1, 31, "pool.warn_days_before.1"), ProblemKind.ORDER),
        ("surveys: {close_days: 3}", (1, 11, "surveys.close_days"), ProblemKind.ORDER),
        ("complaints: {keep_months: 48}", (1, 14, "complaints.keep_months"), ProblemKind.ORDER),
        (
            "incentives: {parts: {person_percent: 90}}",
            (1, 22, "incentives.parts.person_percent"),
            ProblemKind.ORDER,
        ),
        (
            "reception:\n  companions: [{from_guests: 2, companions: 1}]\n",
            (2, 17, "reception.companions.0.from_guests"),
            ProblemKind.ORDER,
        ),
        (
            "classes:\n  score: [{key: a, title: {zh: 甲}, weight: 90}]\n",
            (2, 3, "classes.score"),
            ProblemKind.ORDER,
        ),
        (
            "routines: {items: {a: {title: {zh: x}, every: week, at: 09:00, roles: [gm], to: gm, evidence: [file]}}}",
            (1, 20, "routines.items.a"),
            ProblemKind.BAD_FORMAT,
        ),
        ("orders: {steps: {delivered: ~}}", (1, 18, "orders.steps.delivered"), ProblemKind.WRONG_TYPE),
        ("reports: {items: {dygest: {}}}", (1, 19, "reports.items.dygest"), ProblemKind.UNKNOWN_KEY),
        ("followups: {news: {send_from: 21:00}}", (1, 20, "followups.news.send_from"), ProblemKind.ORDER),
    ],
)
def test_newer_sections_refuse_what_does_not_go_together(
    text: str, where_: tuple[int, int, str], kind: ProblemKind
) -> None:
    assert (*where_, kind) in [where(problem) for problem in refused(text)], [str(p) for p in refused(text)]
