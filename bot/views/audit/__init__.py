"""The trail in people's words: when, who, what changed from what to what (OPS-4)."""

from __future__ import annotations

import re
from datetime import date
from typing import cast

from bot.press import press
from bot.views.audit.acts import ACTS
from bot.views.audit.fields import FIELDS, SILENT
from bot.views.audit.things import KINDS, THINGS
from bot.views.audit.values import VALUES
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, role_name, row, shows
from core.access import Role
from core.audit import ANCHOR, Change, Hidden, History, Op, Ref, Trace, Value
from core.notices import Facts

MOST_PIECES = 6  # fields of one change that are written out
COMMAND_LINE = "keguan"  # the cause of what was done there
MOST_CHANGES = 4  # changes of one line that are
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SUBJECT = re.compile(r"#?\s*([^\s:：#]+?)[\s:：#]*(\d[\d:-]*)", re.ASCII)


@shows(ANCHOR)
def anchor(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        lines(
            v.n("Trail of what was done: {n} line", "Trail of what was done: {n} lines", cast("int", facts["lines"])),
            v.t("Its end as of now — keep this message:"),
            fill("<code>{head}</code>", head=facts["head"]),
            v.t("With it, <code>keguan audit verify --anchor …</code> shows whether anything was changed since."),
        )
    )


def word(v: Viewer, text: str) -> str:
    """One of the trail's words, without what keeps it apart from others."""
    return v.t(text).rpartition("|")[2]


def read_subject(text: str) -> str | None:
    """ "lead 7", "线索7", "lead:7" → "lead:7"; None where it names no kind of subject."""
    found = SUBJECT.fullmatch(text.strip())
    if found is None:
        return None
    word, number = found[1].lower(), found[2]
    kind = KINDS.get(word, word)
    return f"{kind}:{number}" if kind in THINGS else None


def named(v: Viewer, subject: str, label: str = "") -> Html:
    """lead:7 → lead #7"""
    kind, _, number = subject.partition(":")
    return fill("{thing} {number}", thing=thing(v, kind), number=label or (f"#{number}" if number else ""))


def thing(v: Viewer, kind: str) -> str:
    return word(v, THINGS[kind]) if kind in THINGS else v.t("matter")


def help_text(v: Viewer) -> str:
    """How the command is used."""
    return v.t("Whose or what history? Write /audit lead 7, /audit complaint 260901, or /audit and a name.")


def history(v: Viewer, found: History) -> Screen:
    """A page of lines, newest first, with a way to the older ones."""
    label = found.traces[0].label if found.traces else ""
    name = found.person.label if found.person else named(v, found.subject, label)
    if not found.traces:
        return Screen(v.t("{name}: nothing in the trail.", name=name))
    about = None if found.person else found.subject
    shown = [trace(v, one, about) for one in found.traces]
    return Screen(
        lines(v.t("<b>{name}</b>: history", name=name), *shown),
        row(
            Button(v.t("Older"), press("audit", found.older, *found.subject.split(":"))) if found.older else None,
            Button(v.t("Newest"), press("audit", 0, *found.subject.split(":"))),
        ),
    )


def trace(v: Viewer, one: Trace, about: str | None) -> Html:
    """One line: when, who, what they did; and below it what changed. `about` is what all the lines are about."""
    head = fill("<b>{at}</b> {who} · {act}", at=v.when(one.at), who=who(v, one), act=act(v, one.act))
    if one.subject != about:
        head = fill("{head} · {subject}", head=head, subject=named(v, one.subject, one.label))
    if one.place:
        head = fill("{head} · {place}", head=head, place=one.place)
    ranked = sorted(one.changes, key=lambda change: _rank(one, change))
    told = [words for change in ranked for words in (_change(v, one, change),) if words]
    more = len(told) - MOST_CHANGES
    return lines(
        head,
        *(fill("　{words}", words=words) for words in told[:MOST_CHANGES]),
        v.t("　and {n} more", n=more) if more > 0 else None,
    )


def _rank(one: Trace, change: Change) -> int:
    """What became of the subject itself comes first, its deadlines last."""
    if change.thing == "deadline":
        return 2
    return 0 if change.thing == one.subject.partition(":")[0] else 1


def who(v: Viewer, one: Trace) -> str:
    if one.who:
        return one.who
    if one.act == "outside":
        return v.t("database")
    if one.role == Role.SYSTEM:
        return v.t("command line") if one.cause == COMMAND_LINE else v.t("rules")
    return fill("{role} {account}", role=role_name(v, one.role), account=one.account or "")


def act(v: Viewer, name: str) -> str:
    return word(v, ACTS[name]) if name in ACTS else v.t("acted")


def _change(v: Viewer, one: Trace, change: Change) -> Html | None:
    if change.op is Op.VIEWED:
        return v.t("looked at it")
    if change.thing == "deadline":
        return _deadline(v, change)
    own = change.thing == one.subject.partition(":")[0]
    name = thing(v, change.thing)
    if change.op is Op.REMOVED:
        return v.t("{thing} removed", thing=name)
    fields = _fields(v, change)
    if change.op is Op.ADDED:
        head = v.t("new: {thing}", thing=name)
        return fill("{head} — {fields}", head=head, fields=fields) if fields else head
    if not fields:
        return None
    return fields if own else fill("{thing}: {fields}", thing=name, fields=fields)


def _deadline(v: Viewer, change: Change) -> Html | None:
    """What matters of a deadline is when it is due, or that it is no more."""
    _, due = change.fields.get("due_at", (None, None))
    _, done = change.fields.get("done_at", (None, None))
    kind = str(change.fields.get("kind", ("", ""))[1])
    if change.op is not Op.REMOVED and due and not done:
        name = word(v, ACTS[kind]) if kind in ACTS else thing(v, "deadline")
        return v.t("{kind} by {at}", kind=name, at=_value(v, due))
    return v.t("deadline over") if done else None


def _fields(v: Viewer, change: Change) -> Html:
    """ "state held → won; owner – → 销售部-张三"; what is hidden is named only."""
    known = {name: pair for name, pair in change.fields.items() if name in FIELDS}
    open_ones = {name: pair for name, pair in known.items() if not any(isinstance(one, Hidden) for one in pair)}
    hidden = [word(v, FIELDS[name]) for name in known if name not in open_ones]
    pieces = [_piece(v, change.op, name, pair) for name, pair in list(open_ones.items())[:MOST_PIECES]]
    more = len(open_ones) - MOST_PIECES
    more = max(more, 0) + sum(_is_left_out(name) for name in change.fields)
    if hidden:
        pieces.append(v.t("contents not shown: {names}", names="、".join(hidden)))
    if more:
        pieces.append(v.t("{n} more", n=more))
    return Html("；".join(pieces))


def _is_left_out(name: str) -> bool:
    """Whether a field is counted instead of told; what only links rows is neither."""
    return name not in FIELDS and name not in SILENT and not name.endswith("_id")


def _piece(v: Viewer, op: Op, name: str, pair: tuple[Value, Value]) -> Html:
    old, new = (_field_value(v, name, one) for one in pair)
    if op is Op.ADDED:
        return fill("{field} {new}", field=word(v, FIELDS[name]), new=new)
    return fill("{field} {old} → {new}", field=word(v, FIELDS[name]), old=old, new=new)


def _field_value(v: Viewer, name: str, value: Value) -> str:
    if name == "clause" and isinstance(value, str) and value in v.rulebook.clauses:
        return v.title(v.rulebook.clauses[value].title)
    if name == "role" and isinstance(value, str):
        return role_name(v, value)
    return _value(v, value)


def _value(v: Viewer, value: Value) -> str:
    """A value as people write it."""
    match value:
        case None | "":
            return "–"
        case bool():
            return v.t("yes") if value else v.t("no")
        case Ref():
            return value.label or f"#{value.id}"
        case str() if INSTANT.fullmatch(value):
            return v.when(f"{value}+00:00")
        case str() if DAY.fullmatch(value):
            return v.day(date.fromisoformat(value))
        case str():
            return "、".join(word(v, VALUES[one]) if one in VALUES else one for one in value.split("|"))
        case _:
            return str(value)
