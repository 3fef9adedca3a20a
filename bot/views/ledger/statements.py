"""Texts of statements, and what the tables hold (LGR-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, row, shows
from bot.views.ledger.entries import clause_title, effect_words, effects_words
from core import ledger
from core.errors import NotUnderstood
from core.ledger import Case, Effect, Sheet, Statement
from core.notices import Facts
from core.people import Person

MOST_LISTED = 20
TEAM = "0"  # in place of a person's number: everybody the reader may see
DEPARTMENT = "d"  # before a department's number, likewise
_MONTH = re.compile(r"(?:(20\d{2})\s*[-/.年]\s*)?(\d{1,2})\s*(?:月|$)|(20\d{2})(\d{2})$")
DECEMBER = 12


def month_name(v: Viewer, month: object) -> str:
    """2026年9月"""
    day = date.fromisoformat(str(month))
    return f"{day:%Y-%m}" if v.language == "en" else f"{day.year}年{day.month}月"


def month_key(month: date) -> str:
    return f"{month:%Y%m}"


def month_of(text: str) -> date:
    """The month in a button's data. Raises NotUnderstood."""
    if not re.fullmatch(r"20\d{2}(0[1-9]|1[0-2])", text, re.ASCII):
        raise NotUnderstood("month", text[:10], "2026-10")
    return date(int(text[:4]), int(text[4:]), 1)


def read_question(text: str, today: date) -> tuple[str, date | None]:
    """(name, month or None) of `张三 2026-10`, `10月`, `销售部`. A month without a year is the last such month."""
    names, month = [], None
    for word in text.split():
        found = _MONTH.fullmatch(word)
        if found is None or (found[1] is None and found[3] is None and "月" not in word):
            names.append(word)
            continue
        month = _month(found, today)
        if month is None:
            raise NotUnderstood("month", word, "2026-10")
    return " ".join(names), month


def _month(found: re.Match[str], today: date) -> date | None:
    number = int(found[2] or found[4])
    if not 1 <= number <= DECEMBER:
        return None
    given = found[1] or found[3]
    year = int(given) if given else today.year - (number > today.month)
    return date(year, number, 1)


# Messages ------------------------------------------------------------------------------------------------


def totals_words(v: Viewer, facts: Facts) -> Html | None:
    """罚款 70 元 · 奖励 200 元"""
    totals: Any = facts["totals"]
    return Html(" · ".join(effect_words(v, effect, amount) for effect, amount in totals)) if totals else None


def _head(v: Viewer, facts: Any, who: Html | str) -> Html:
    return lines(
        v.t("<b>{who}</b> {month}: {n} counted", who=who, month=month_name(v, facts["month"]), n=facts["cases"]),
        totals_words(v, facts),
        v.n("{n} under appeal, not counted", "{n} under appeal, not counted", facts["frozen"])
        if facts["frozen"]
        else None,
    )


def statement_line(v: Viewer, line: Any) -> Html:
    marks = []
    if line["frozen"]:
        marks.append(v.t("under appeal, not counted"))
    elif line["change"] < 0:
        marks.append(v.t("taken off again"))
    elif line["back"]:
        marks.append(v.t("taken back"))
    shown = Html("".join(f" · <i>{mark}</i>" for mark in marks))
    return fill(
        "{at} #{case} {words} · {title}{marks}",
        at=v.day(line["at"]),
        case=line["case"],
        words=effect_words(v, line["effect"], line["amount"]),
        title=clause_title(v, line["clause"]),
        marks=shown,
    )


def body(v: Viewer, facts: Any) -> Html:
    return lines(
        v.t("This list is late: the bot was not running.") if facts.get("late") else None,
        _head(v, facts, facts["label"]),
        *(statement_line(v, line) for line in facts["lines"]),
        v.t("… and {more} more", more=facts["more"]) if facts["more"] else None,
    )


@shows(ledger.STATEMENT)
def told(v: Viewer, facts: Any) -> Screen:
    """Last month's, once a month."""
    return Screen(body(v, facts), _buttons(v, facts["person"], date.fromisoformat(facts["month"])))


def _buttons(v: Viewer, person: object, month: date) -> tuple[tuple[Button, ...], ...]:
    key = month_key(month)
    return row(
        Button(v.t("Spreadsheet"), press("led.xlsx", person, key)),
        Button(v.t("CSV"), press("led.csv", person, key)),
        Button(v.t("Month before"), press("led.month", person, month_key(_before(month)))),
    )


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % DECEMBER + 1, 1)


def shown(v: Viewer, found: Statement) -> Screen:
    facts = ledger.statement_facts(found)
    if not found.lines:
        text = v.t("{label}, {month}: nothing in the ledger.", label=found.label, month=month_name(v, found.month))
        return Screen(text, row(_buttons(v, found.person, found.month)[0][2]))
    return Screen(body(v, facts), _buttons(v, found.person, found.month))


def _people_lines(v: Viewer, facts: Any) -> Iterator[Html]:
    for one in facts["people"]:
        frozen = v.n("{n} under appeal", "{n} under appeal", one["frozen"]) if one["frozen"] else None
        parts = [v.n("{n} counted", "{n} counted", one["cases"]), totals_words(v, one), frozen]
        said = Html(" · ".join(part for part in parts if part))
        yield v.t("{field}: {value}", field=one["label"], value=said)


@shows(ledger.TEAM_STATEMENT)
def team(v: Viewer, facts: Any) -> Screen:
    """A superior's people, or a department."""
    month = date.fromisoformat(facts["month"])
    who, shown_month = facts["name"] or v.t("My people"), month_name(v, month)
    return Screen(
        lines(
            v.t("This list is late: the bot was not running.") if facts.get("late") else None,
            v.t("<b>{who}</b> {month}: {n} people with entries", who=who, month=shown_month, n=facts["count"]),
            totals_words(v, facts),
            *_people_lines(v, facts),
            v.t("… and {more} more: in the spreadsheet", more=facts["more"]) if facts["more"] else None,
        ),
        _buttons(v, TEAM if facts["department"] is None else f"{DEPARTMENT}{facts['department']}", month),
    )


def sheet(v: Viewer, found: Sheet) -> Screen:
    return team(v, ledger.sheet_facts(found))


@shows(ledger.CLEAN_YEAR)
def clean_year(v: Viewer, facts: Any) -> Screen:
    labels = facts["labels"]
    names = "、".join(labels) + ("…" if facts["count"] > len(labels) else "")
    return Screen(
        lines(
            v.t("{year} without a case: {n} people", year=facts["year"], n=facts["count"]),
            fill("{names}", names=names),
            v.t("The clause gives each {amount} yuan. Who was there all year you know.", amount=facts["reward"]),
            v.clause(facts.get("clause")),
        ),
        row(Button(v.t("Record for all"), press("led.clean", facts["year"]))),
    )


def rewarded(v: Viewer, n: int) -> Html:
    return v.n("Recorded for {n} person", "Recorded for {n} people", n) if n else v.t("It was recorded already.")


# The whole list of a person ------------------------------------------------------------------------------


def listing(v: Viewer, person: Person, cases: Sequence[Case]) -> Screen:
    """A person's cases, newest first: what was taken back, frozen, or is on trial is marked."""
    if not cases:
        return Screen(v.t("{label}: nothing in the ledger.", label=person.label))
    records = [record for case in cases for record in case.records]
    fines = sum(r.entry.amount for r in records if r.entry.effect is Effect.FINE and r.counts(v.now))
    more = len(cases) - MOST_LISTED
    month = v.now.astimezone(v.zone).date().replace(day=1)
    return Screen(
        lines(
            v.t("<b>{label}</b>: fines of {yuan} yuan in force", label=person.label, yuan=fines),
            *(case_line(v, case) for case in cases[:MOST_LISTED]),
            v.t("… and {more} more", more=more) if more > 0 else None,
            v.t("One of them: /whyme; a month: /ledger {month}", month=f"{month:%Y-%m}"),
        ),
        _buttons(v, person.id, month),
    )


def case_line(v: Viewer, case: Case) -> Html:
    standing = case.standing(v.now)
    shown = standing or [record.entry for record in case.records]
    marks = []
    if not standing:
        marks.append(v.t("taken back"))
    elif not case.head.in_force:
        marks.append(v.t("trial"))
    elif case.is_frozen(v.now):
        marks.append(v.t("under appeal, not counted"))
    return fill(
        '{at} · <a href="{url}">#{case}</a> {words} · {title}{marks}',
        at=v.when(case.head.at),
        url=v.link(f"why_entry_{case.id}"),
        case=case.id,
        words=effects_words(v, [(entry.effect, entry.amount) for entry in shown]),
        title=clause_title(v, case.head.clause),
        marks=Html("".join(f" · <i>{mark}</i>" for mark in marks)),
    )


# Tables --------------------------------------------------------------------------------------------------


def of_table(found: Statement | Sheet) -> tuple[Sequence[Statement], str]:
    """The statements of a table, and whose they are."""
    return (found.statements, found.name) if isinstance(found, Sheet) else ([found], found.label)


def columns(v: Viewer) -> list[str]:
    names = (
        v.t("Date"),
        v.t("Department"),
        v.t("Name"),
        v.t("Entry no."),
        v.t("Clause"),
        v.t("Effect"),
        v.t("Amount"),
        v.t("Counted"),
        v.t("Cause"),
        v.t("State"),
    )
    return [str(name) for name in names]


def table(v: Viewer, statements: Sequence[Statement]) -> list[list[str | int]]:
    """The rows of a statement's table, one for each entry. “Counted” is the amount as it counts in the month:
    negative where an earlier month's is taken off again."""
    rows: list[list[str | int]] = []
    for one in statements:
        for line in one.lines:
            entry = line.entry
            state = v.t("counts")
            if line.is_frozen:
                state = v.t("under appeal, not counted")
            elif line.change < 0:
                state = v.t("taken off again")
            elif line.is_back:
                state = v.t("taken back")
            rows.append(
                [
                    f"{entry.at.astimezone(v.zone):%Y-%m-%d %H:%M}",
                    one.department,
                    one.label.rpartition("-")[2],
                    entry.case,
                    clause_title(v, entry.clause),
                    str(effect_words(v, entry.effect, entry.amount)),
                    entry.amount,
                    entry.amount * line.change,
                    entry.cause,
                    str(state),
                ]
            )
    return rows


def file_name(v: Viewer, who: str, month: date, ending: str) -> str:
    return f"{who or v.t('ledger')}-{month:%Y-%m}.{ending}"
