"""The words of the operator's file check: what is wrong in a file, in English and Chinese (RULE-1)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.rulebook.problems import Problem


class ProblemKind(StrEnum):
    """What can be wrong at one place of a rulebook file."""

    UNREADABLE = "unreadable"
    ENCODING = "encoding"
    SYNTAX = "syntax"
    TAB = "tab"
    INDENT = "indent"
    UNCLOSED = "unclosed"
    BRACKET = "bracket"
    COLON = "colon"
    NO_COLON = "no_colon"
    EMPTY = "empty"
    NOT_A_MAPPING = "not_a_mapping"
    NOT_PLAIN = "not_plain"
    DUPLICATE_KEY = "duplicate_key"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    WRONG_TYPE = "wrong_type"
    NOT_ALLOWED = "not_allowed"
    OUT_OF_RANGE = "out_of_range"
    BAD_FORMAT = "bad_format"
    EXACTLY_ONE = "exactly_one"
    ORDER = "order"
    OVERLAP = "overlap"
    NO_WORKING_TIME = "no_working_time"
    REPEATED = "repeated"
    UNKNOWN_NAME = "unknown_name"
    NOT_COVERED = "not_covered"
    STANDS_ELSEWHERE = "stands_elsewhere"
    UNKNOWN_FIGURE = "unknown_figure"
    UNUSABLE = "unusable"
    NO_DECIDER = "no_decider"
    NEVER_REACHED = "never_reached"


_ENGLISH = {
    ProblemKind.UNREADABLE: "the file cannot be read: {got}",
    ProblemKind.ENCODING: "the file is not UTF-8 text from here on ({got}); save it as UTF-8",
    ProblemKind.SYNTAX: "this is not valid YAML: {got}",
    ProblemKind.TAB: "there is a tab here; write spaces",
    ProblemKind.INDENT: "the indentation is not as above, or there are two colons in a line; a text with a colon "
    "stands in quotes",
    ProblemKind.UNCLOSED: "a bracket or a quote is not closed before this place",
    ProblemKind.BRACKET: "there is a bracket too many here",
    ProblemKind.COLON: "write a colon and a space after the key: `{expected}`",
    ProblemKind.NO_COLON: "there is no colon after a key before this place",
    ProblemKind.EMPTY: "the file holds no settings; write at least {expected}",
    ProblemKind.NOT_A_MAPPING: "a rulebook is a list of sections with a colon after each name, not {got}",
    ProblemKind.NOT_PLAIN: "write {expected}, not {got}",
    ProblemKind.DUPLICATE_KEY: "this key stands here twice; the first is in line {expected}",
    ProblemKind.UNKNOWN_KEY: "no such setting here",
    ProblemKind.MISSING_KEY: "{got} is missing here",
    ProblemKind.WRONG_TYPE: "should be {expected}, but is {got}",
    ProblemKind.NOT_ALLOWED: "should be one of {expected}, but is {got}",
    ProblemKind.OUT_OF_RANGE: "should be {expected}, but is {got}",
    ProblemKind.BAD_FORMAT: "should be written as {expected}, but is {got}",
    ProblemKind.EXACTLY_ONE: "give exactly one of {expected}",
    ProblemKind.ORDER: "should be {expected}, but is {got}",
    ProblemKind.OVERLAP: "{got} overlaps {expected}",
    ProblemKind.NO_WORKING_TIME: "no day of the week has a shift, so no deadline could ever be reached",
    ProblemKind.REPEATED: "{got} is listed twice",
    ProblemKind.UNKNOWN_NAME: "{got} is not defined in {expected}",
    ProblemKind.NOT_COVERED: "nobody may take {got}: no level in {expected} has it",
    ProblemKind.STANDS_ELSEWHERE: "the sanction of this clause is set in {expected}",
    ProblemKind.UNKNOWN_FIGURE: "{got} names no figure of this rulebook",
    ProblemKind.UNUSABLE: "no working time can be made of this ({got})",
    ProblemKind.NO_DECIDER: "amounts {got} have nobody to decide; the last chain goes without up_to",
    ProblemKind.NEVER_REACHED: "is never reached: a chain before it takes everything",
}
_CHINESE = {
    ProblemKind.UNREADABLE: "文件读不出来：{got}",
    ProblemKind.ENCODING: "从这里起不是 UTF-8 文本（{got}），请另存为 UTF-8",
    ProblemKind.SYNTAX: "YAML 写法有误：{got}",
    ProblemKind.TAB: "这里有制表符，请改用空格",
    ProblemKind.INDENT: "缩进与上面不一致，或一行里有两个冒号；含冒号的文字请加引号",
    ProblemKind.UNCLOSED: "在这之前有括号或引号没有闭合",
    ProblemKind.BRACKET: "这里多了一个括号",
    ProblemKind.COLON: "名称后面要用英文冒号加一个空格：`{expected}`",
    ProblemKind.NO_COLON: "在这之前有一项的名称后面没有冒号",
    ProblemKind.EMPTY: "文件里没有任何设置，至少写上 {expected}",
    ProblemKind.NOT_A_MAPPING: "制度文件应由“名称: 内容”的各章组成，现在是{got}",
    ProblemKind.NOT_PLAIN: "请写成{expected}，不要用{got}",
    ProblemKind.DUPLICATE_KEY: "同一项写了两次，第一次在第 {expected} 行",
    ProblemKind.UNKNOWN_KEY: "这里没有这个设置项",
    ProblemKind.MISSING_KEY: "这里缺少 {got}",
    ProblemKind.WRONG_TYPE: "应为{expected}，现在是{got}",
    ProblemKind.NOT_ALLOWED: "只能是 {expected}，现在是{got}",
    ProblemKind.OUT_OF_RANGE: "应当 {expected}，现在是{got}",
    ProblemKind.BAD_FORMAT: "应写成 {expected}，现在是{got}",
    ProblemKind.EXACTLY_ONE: "{expected} 必须且只能写一个",
    ProblemKind.ORDER: "应当 {expected}，现在是{got}",
    ProblemKind.OVERLAP: "{got} 与 {expected} 重叠",
    ProblemKind.NO_WORKING_TIME: "一周之内没有任何上班时段，期限将永远到不了",
    ProblemKind.REPEATED: "{got} 重复",
    ProblemKind.UNKNOWN_NAME: "{expected} 中没有 {got}",
    ProblemKind.NOT_COVERED: "{got} 类没有人可以承接：{expected} 里没有一级包含它",
    ProblemKind.STANDS_ELSEWHERE: "本条的处罚由 {expected} 规定，请到那里改",
    ProblemKind.UNKNOWN_FIGURE: "{got} 不是本制度里的数值",
    ProblemKind.UNUSABLE: "这样排不出工作时间（{got}）",
    ProblemKind.NO_DECIDER: "{got} 的没有人审批；最后一条不要写 up_to",
    ProblemKind.NEVER_REACHED: "永远轮不到：前面有一条已经全部包括",
}
# What a reader calls the kinds of values; anything else in `expected` and `got` is shown as it stands.
_THINGS = {
    "int": ("a whole number", "整数"),
    "bool": ("true or false", " true 或 false"),
    "text": ("text", "文字"),
    "mapping": ("a group of settings", "一组设置项"),
    "list": ("a list", "列表"),
    "nothing": ("empty", "空的"),
    "plain": ("plain text, numbers, lists and keys", "普通的文字、数字、列表和键"),
    "tag": ("a YAML tag", " YAML 标签"),
    "alias": ("an anchor or alias (&name, *name)", "锚点或别名（&名称、*名称）"),
    "deep": ("this many levels", "这么多层"),
    "key": ("a composed key", "复合键"),
}
# Where `got` and `expected` are names of the file, not kinds of values.
_ABOUT_NAMES = frozenset(
    {
        ProblemKind.MISSING_KEY,
        ProblemKind.REPEATED,
        ProblemKind.UNKNOWN_NAME,
        ProblemKind.NOT_COVERED,
        ProblemKind.NOT_ALLOWED,
        ProblemKind.STANDS_ELSEWHERE,
    }
)


def english(problem: Problem) -> str:
    """One line: where, which key, what is expected."""
    hint = f'; did you mean "{problem.near}"?' if problem.near else ""
    return _line(problem, _ENGLISH, 0) + hint


def chinese(problem: Problem) -> str:
    """The same line in Chinese."""
    hint = f"；是不是“{problem.near}”？" if problem.near else ""
    return _line(problem, _CHINESE, 1) + hint


def _line(problem: Problem, table: dict[ProblemKind, str], language: int) -> str:
    said = table[problem.kind].format(
        expected=_thing(problem, problem.expected, language), got=_thing(problem, problem.got, language)
    )
    where = f"{problem.file}:{problem.line}:{problem.column}: "
    return f"{where}{problem.key}: {said}" if problem.key else f"{where}{said}"


def _thing(problem: Problem, fact: str, language: int) -> str:
    if problem.kind in _ABOUT_NAMES and fact != "nothing":
        return fact
    return _THINGS[fact][language] if fact in _THINGS else fact
