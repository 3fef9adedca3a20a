"""Texts about clauses to be read and training sessions (ORG-12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bot.press import press
from bot.sheets import Cell
from bot.views.base import Button, Screen, Viewer, column, fill, lines, row, shows
from core import reading, training
from core.ids import TrainingId
from core.notices import Facts
from core.people import Person
from core.reading import Reading, Standing
from core.rulebook import Clause, Words
from core.training import Training

MOST_NAMES = 60
MOST_LISTED = 20


def _int(facts: Facts, name: str) -> int:
    value = facts[name]
    return value if isinstance(value, int) else 0


# Reading ------------------------------------------------------------------------------------------------


@shows(reading.TO_READ)
def to_read(v: Viewer, facts: Facts) -> Screen:
    """The next clause with its text: a card that goes through them one by one."""
    head = (
        v.n("{n} clause is still to be read", "{n} clauses are still to be read", _int(facts, "left"))
        if facts["again"]
        else v.n("{n} clause is new or has changed", "{n} clauses are new or have changed", _int(facts, "left"))
    )
    title, says = (Words.model_validate(facts[name]) for name in ("title", "says"))
    return _shown(
        v, _int(facts, "reading"), str(head), str(facts["article"]), title, says, in_force=bool(facts["in_force"])
    )


def next_clause(v: Viewer, found: tuple[Reading, Clause] | None) -> Screen:
    if found is None:
        return done(v)
    one, clause = found
    head = str(v.t("The next one:"))
    return _shown(v, one.id, head, clause.article, clause.title, clause.says, in_force=clause.in_force)


def _shown(v: Viewer, number: int, head: str, article: str, title: Words, says: Words, *, in_force: bool) -> Screen:
    return Screen(
        lines(
            fill("📖 {head}", head=head),
            fill("<b>{article} {title}</b>", article=article, title=v.title(title)),
            fill("{text}", text=v.title(says)),
            v.t("In force") if in_force else v.t("Shadow: recorded and shown to managers, not in force"),
        ),
        row(Button(v.t("I have read it ✓"), press("rd.read", number))),
    )


def done(v: Viewer) -> Screen:
    return Screen(v.t("✓ You have read everything that is to be read."))


@shows(reading.UNREAD)
def unread(v: Viewer, facts: Facts) -> Screen:
    people = cast("list[dict[str, object]]", facts["people"])
    clause = facts.get("clause")
    return Screen(
        lines(
            v.n(
                "{n} person has not read the rules that changed:",
                "{n} persons have not read the rules that changed:",
                len(people),
            ),
            *(v.t("{label}: {clauses} clause(s)", **one) for one in people[:MOST_NAMES]),
            v.clause(clause if isinstance(clause, str) else None),
        ),
        row(Button(v.t("By clause"), press("rd.all"))),
    )


def standings(v: Viewer, found: Sequence[Standing]) -> Screen:
    """By clause: how many have read it, and who has not."""
    if not found:
        return Screen(v.t("No clause is waiting to be read."))
    return Screen(lines(*(_standing(v, one) for one in found[-MOST_LISTED:])))


def _standing(v: Viewer, one: Standing) -> str:
    clause = v.rulebook.clauses[one.reading.clause]
    names = "、".join(person.label for person in one.missing[:MOST_NAMES])
    head = fill(
        "<b>{article} {title}</b> · {read}/{all}",
        article=clause.article,
        title=v.title(clause.title),
        read=len(one.read),
        all=len(one.read) + len(one.missing),
    )
    return lines(head, v.t("Not read: {names}", names=names) if names else v.t("Everybody has read it."))


# Training -----------------------------------------------------------------------------------------------


def read_training(text: str) -> tuple[TrainingId, list[str]] | None:
    """(session, names) of `12 张三 李四 -王五`; None where it does not begin with a number and go on with names."""
    first, *names = text.replace("，", " ").replace("、", " ").replace(",", " ").split() or [""]
    if names and first.isascii() and first.isdigit() and len(first) < 10:  # noqa: PLR2004  # no topic is a number alone
        return TrainingId(int(first)), names
    return None


@shows(training.CARD)
def card(v: Viewer, facts: Facts) -> Screen:
    people = cast("list[str]", facts["people"])
    return Screen(
        lines(
            v.t("🎓 Training № {number}: {topic}", number=facts["training"], topic=facts["topic"]),
            fill("{at} · {by}", at=v.when(str(facts["held_at"])), by=facts["by"]),
            v.n("{n} took part: {names}", "{n} took part: {names}", len(people), names=_names(people))
            if people
            else None,
            None if facts["is_open"] else v.t("The list is closed."),
        ),
        row(
            Button(v.t("I take part ✓"), press("tr.part", facts["training"])),
            Button(v.t("Close the list"), press("tr.close", facts["training"])),
        )
        if facts["is_open"]
        else (),
    )


def _names(people: Sequence[str]) -> str:
    return "、".join(people[:MOST_NAMES]) + ("…" if len(people) > MOST_NAMES else "")


def entered(v: Viewer, one: Training) -> Screen:
    return Screen(
        lines(
            v.t("🎓 Training № {number}: {topic}", number=one.id, topic=one.topic),
            v.n(
                "{n} took part: {names}",
                "{n} took part: {names}",
                len(one.parts),
                names=_names([part.label for part in one.parts]) or "–",
            ),
            v.t(
                "Enter others: /training {number} and their names; a minus before a name takes it off.", number=one.id
            ),
        )
    )


def record(v: Viewer, person: str, found: Sequence[Training], *, manages: bool = False) -> Screen:
    """What somebody took part in."""
    return Screen(
        lines(
            v.n("{person}: {n} training session", "{person}: {n} training sessions", len(found), person=person),
            *(fill("{day} {topic}", day=v.day(one.held_at), topic=one.topic) for one in found[:MOST_LISTED]),
            v.t("Record one: /training and the topic, best in the group.") if manages else None,
        ),
        row(Button(v.t("Sessions held"), press("tr.held"))) if manages else (),
    )


def how(v: Viewer, *, manages: bool) -> Screen:
    if manages:
        return Screen(v.t("Write the topic behind it: /training Product knowledge"))
    return Screen(v.t("Your training record is in the private chat: /training"))


def held(v: Viewer, found: Sequence[Training]) -> Screen:
    if not found:
        return Screen(v.t("No training session in the last twelve months."))
    return Screen(
        v.n("{n} session in twelve months", "{n} sessions in twelve months", len(found)),
        column(
            [
                *(Button(_line(v, one), press("tr.show", one.id)) for one in found[:MOST_LISTED]),
                Button(v.t("Spreadsheet"), press("tr.file")),
            ]
        ),
    )


def _line(v: Viewer, one: Training) -> str:
    line = f"{v.day(one.held_at)} {one.topic} · {len(one.parts)}"
    return line if len(line) <= MOST_NAMES else f"{line[: MOST_NAMES - 1]}…"


def sheet(v: Viewer, found: Sequence[Training]) -> tuple[list[str], list[list[Cell]]]:
    """One line for each person and session."""
    heading = [
        str(text)
        for text in (v.t("Date"), v.t("Topic"), v.t("Held by"), v.t("Staff number"), v.t("Name"), v.t("Entered by"))
    ]
    rows: list[list[Cell]] = [
        [
            f"{one.held_at.astimezone(v.zone):%Y-%m-%d %H:%M}",
            one.topic,
            one.by,
            part.number,
            part.label,
            part.added_by or part.label,
        ]
        for one in found
        for part in one.parts
    ]
    return heading, rows


def of_person(v: Viewer, found: tuple[Person, list[Training]]) -> Screen:
    person, sessions = found
    return record(v, person.label, sessions)
