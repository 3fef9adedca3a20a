"""Beginning a company's rulebook: a few answers become a commented file (`keguan rulebook init`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.terminal import Texts
from core.rulebook import PRESETS, Rulebook, RulebookError, labels, loads
from core.rulebook.entries import Explained
from core.rulebook.saying import say
from core.rulebook.sections.base import WEEKDAYS
from core.rulebook.sections.waiting import is_clause_waiting, is_waiting

# What a company is most likely to change; shown with the figures of its preset.
USUAL = (
    "tasks.reply_minutes",
    "tasks.escalate_minutes",
    "leads.contact_minutes",
    "leads.reoffer_limit",
    "customers.complete_within_days",
    "pool.no_action_months",
    "classes.review_months",
    "complaints.first_reply_hours",
    "complaints.handle_max_working_days",
    "repairs.accept_minutes",
    "surveys.every_months",
)  # those that no function acts on yet are left out
_OPEN_BEFORE, _PROMPT_BEFORE, _CLOSE_AFTER = 30, 10, 10  # minutes around the check-in's due time, as in the default
_SAFE = re.compile(r"[^\W\d_][\w（）()·-]*( [\w（）()·-]+)*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})  # names that YAML reads as something else
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


class NotAnAnswer(ValueError):
    """What was answered cannot be used; the text says how it is written."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a company says of itself."""

    name: str
    zone: str
    kind: str
    week: tuple[str, ...]
    hours: tuple[str, ...]
    checkin: str
    due_at: str
    language: str


def kinds(texts: Texts) -> dict[str, str]:
    """The presets, and what company each is for."""
    return {
        "default": texts.t("a bit of everything"),
        "group": texts.t("a group of companies: classes A to C, credit grades, visits by class"),
        "allocation": texts.t("sales: leads by expected deal, contact within minutes, the pool"),
        "manufacturing": texts.t("a manufacturer: classes by volume, blacklist, the chain of a complaint"),
        "service": texts.t("a service desk: quick handling, from the phone to the site"),
        "pharma": texts.t("pharma: follow-up days, adverse reactions, monthly reports"),
        "property": texts.t("property management: repair orders, rounds"),
    }


# Reading answers ----------------------------------------------------------------------------------------


def name_of(text: str) -> str:
    """A company's name."""
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise NotAnAnswer("华东机电")
    return name


def kind_of(text: str) -> str:
    """A preset by its name or its number in the list."""
    answer = text.strip().lower()
    if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(PRESETS):
        return PRESETS[int(answer) - 1]
    if answer not in PRESETS:
        raise NotAnAnswer(" | ".join(PRESETS))
    return answer


def week_of(text: str) -> tuple[str, ...]:
    """Working days: `mon-fri`, `mon,wed,sat`, `周一至周六`."""
    plain = text.strip().lower().replace("至", "-").replace("到", "-").replace("~", "-")
    for number, name in enumerate("一二三四五六日"):
        plain = plain.replace(f"周{name}", WEEKDAYS[number])
    found: list[str] = []
    for part in re.split(r"[,，、\s]+", plain):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise NotAnAnswer("mon-fri | mon,tue,sat")
        span = WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last or first) + 1]
        if not span:
            raise NotAnAnswer("mon-fri | mon,tue,sat")
        found += span
    return tuple(day for day in WEEKDAYS if day in found)


def hours_of(text: str) -> tuple[str, ...]:
    """Shifts of a working day: `09:00-12:00 13:30-18:00`."""
    parts = re.split(r"[,，、\s]+", text.strip().replace("：", ":").replace("至", "-").replace("~", "-"))
    usual = "09:00-12:00 13:30-18:00"
    found = tuple("-".join(_clock(end, usual) for end in part.split("-")) for part in parts)
    _accepted(f"worktime: {{shifts: {{mon: [{', '.join(found)}]}}}}", usual)
    return found


def zone_of(text: str) -> str:
    """A time zone by its name."""
    zone = text.strip()
    _accepted(f"company: {{zone: {_quoted(zone)}}}", "Asia/Shanghai")
    return zone


def checkin_of(text: str) -> str:
    """On which days there is a check-in."""
    answer = text.strip().lower()
    known = {"workdays": "workdays", "工作日": "workdays", "every_day": "every_day", "每天": "every_day"}
    if answer not in known:
        raise NotAnAnswer("workdays | every_day")
    return known[answer]


def due_of(text: str) -> str:
    """A clock time that leaves room for the window around it."""
    clock = _clock(text.strip().replace("：", ":"))
    if not time(0, _OPEN_BEFORE) <= time.fromisoformat(clock) <= time(23, 59 - _CLOSE_AFTER):
        raise NotAnAnswer("09:00")
    return clock


def _clock(text: str, expected: str = "09:00") -> str:
    if not _CLOCK.fullmatch(text):
        raise NotAnAnswer(expected)
    return text.zfill(5)


def _accepted(text: str, expected: str) -> None:
    """What the file check would refuse is no answer."""
    try:
        loads(text)
    except RulebookError as error:
        near = next((problem.near for problem in error.problems if problem.near), None)
        raise NotAnAnswer(near or expected) from error


# Writing the file ---------------------------------------------------------------------------------------


def written(answers: Answers, texts: Texts, file: str) -> str:
    """The company's file, with comments in its language."""
    text = "\n".join((*_settings(answers, texts, file), *_comments(answers, texts))) + "\n"
    loads(text, file)
    return text


def _settings(answers: Answers, texts: Texts, file: str) -> Iterator[str]:
    yield "# " + texts.t("The rulebook of {name}. It holds only what differs from the preset.", name=answers.name)
    yield f"# keguan rulebook check {file} · explain {file} · diff {file}"
    yield f"preset: {answers.kind} # {kinds(texts)[answers.kind]}"
    yield ""
    yield "company:"
    yield f"  name: {_quoted(answers.name)}"
    yield f"  zone: {answers.zone}"
    yield f"  language: {answers.language}"
    yield ""
    yield "worktime: # " + texts.t("an empty list is a rest day; public holidays and make-up workdays are known")
    yield "  shifts:"
    for day in WEEKDAYS:
        yield f"    {day}: [{', '.join(answers.hours if day in answers.week else ())}]"
    yield ""
    yield "checkin:"
    yield f"  days: {answers.checkin}"
    for key, shift in (
        ("opens_at", -_OPEN_BEFORE),
        ("prompt_at", -_PROMPT_BEFORE),
        ("due_at", 0),
        ("closes_at", _CLOSE_AFTER),
    ):
        words = labels.of_place(("checkin", key)).say(answers.language)
        yield f"  {key}: {_shifted(answers.due_at, shift)} # {words}"
    yield ""


def _comments(answers: Answers, texts: Texts) -> Iterator[str]:
    book = loads(f"preset: {answers.kind}")
    yield "# " + texts.t("Figures that are often changed. Take the # away in front of a line and of its section.")
    yield from _figures(book, answers.language)
    yield ""
    yield "# " + texts.t(
        "Clauses are in shadow at first: reminders come, sanctions are only shown to managers. Put one in force by "
        "taking the # away in front of it and of `clauses`."
    )
    yield "# clauses:"
    for clause in (one for one in book.clauses.values() if not is_clause_waiting(one.id)):
        title = clause.title.say(answers.language)
        yield f"#   {clause.id}: {{ in_force: true }} # {clause.article} {title}"


def _figures(book: Rulebook, language: str) -> Iterator[str]:
    section = ""
    for entry in (one for one in Explained(book).whole() if one.key in USUAL and not is_waiting(one.key)):
        head, _, key = entry.key.partition(".")
        if head != section:
            section = head
            yield f"# {head}: # {labels.of_section(head).say(language)}"
        value = say(entry.value, entry.setting.unit, language)
        yield f"#   {key}: {entry.value} # {labels.of_setting(entry.setting).say(language)} · {value}"


def _shifted(clock: str, minutes: int) -> str:
    moment = datetime.combine(date.min + timedelta(days=1), time.fromisoformat(clock)) + timedelta(minutes=minutes)
    return f"{moment:%H:%M}"


def _quoted(text: str) -> str:
    return text if _SAFE.fullmatch(text) and text.lower() not in _WORDS else "'" + text.replace("'", "''") + "'"
