"""Texts of the morning location round, of leave and of excuses (CHK-1 to CHK-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row, shows, words
from core import checkins
from core.checkins import Absence, Checkin, Excuse, Flag, Mine, Outcome, Reported, Standing, Window
from core.geo import Point, Source, map_link
from core.notices import Facts

LINK = "checkin"  # the payload that opens one's own check-in; with _day_group the places of a list
ROOM = 3_800  # characters of a list; the rest of 4,096 is for its last lines
NAMES_ROOM = 1_300
FEW_LINES_ROOM = 700
MOST_BUTTONS = 30
NO_ONE = 0


# Pieces --------------------------------------------------------------------------------------------------


def read_day(text: object) -> date:
    return date.fromisoformat(str(text))


def oddities(v: Viewer, source: str | None, flags: Iterable[str]) -> list[Html]:
    """What is unverified or odd about a report, in words (CHK-3, P50)."""
    sources = {
        Source.PIN: v.t("unverified: no accuracy, perhaps picked on the map"),
        Source.FORWARDED: v.t("unverified: forwarded location"),
        Source.VENUE: v.t("unverified: picked from a list"),
        Source.TEXT: v.t("unverified: text only"),
    }
    odd = {
        Flag.INACCURATE: v.t("inaccurate position"),
        Flag.DELAYED: v.t("arrived with delay"),
        Flag.SAME_SPOT: v.t("exactly a colleague's coordinates"),
        Flag.JUMP: v.t("implausible jump"),
    }
    first = [sources[Source(source)]] if source in sources else []
    return first + [odd[Flag(flag)] for flag in flags]


def excuse_name(v: Viewer, excuse: object) -> Html:
    names = {Excuse.LEAVE: v.t("leave"), Excuse.TRIP: v.t("business trip"), Excuse.SUPERIOR: v.t("by the superior")}
    return names[Excuse(str(excuse))]


def days(v: Viewer, first: object, last: object) -> str:
    begin, end = read_day(first), read_day(last)
    return v.day(begin) if begin == end else f"{v.day(begin)} – {v.day(end)}"


def absence_days(v: Viewer, absence: Absence | Mapping[str, Any]) -> str:
    """The days of an absence, with the halves of its first and last day."""
    f: Any = absence if isinstance(absence, Mapping) else asdict(absence)
    first, last = read_day(f["first"]), read_day(f["last"])
    from_noon, until_noon = f.get("from_noon"), f.get("until_noon")
    begins = v.day(first) + (
        v.t(" afternoon") if from_noon else v.t(" morning") if until_noon and first == last else ""
    )
    if first == last:
        return begins
    return f"{begins} – {v.day(last)}{v.t(' morning') if until_noon else ''}"


def place(label: str, entry: Mapping[str, Any]) -> Html:
    """The name, as a link to the map where there is a position."""
    if entry["latitude"] is None:
        return fill("{label}", label=label)
    point = Point(entry["latitude"], entry["longitude"])
    return fill('<a href="{url}">{label}</a>', url=map_link(point, label.rpartition("-")[2]), label=label)


def line(v: Viewer, entry: Mapping[str, Any]) -> Html:
    """08:57 销售部-张三 · what is odd"""
    parts: list[str] = [fill("{at} {who}", at=v.clock(entry["at"]), who=place(entry["label"], entry))]
    if entry["place"]:
        parts.append(fill("“{place}”", place=entry["place"][:40]))
    if entry["located_at"] and v.clock(entry["located_at"]) != v.clock(entry["at"]):
        parts.append(v.t("position of {at}", at=v.clock(entry["located_at"])))
    return Html(" · ".join([*parts, *oddities(v, entry["source"], entry["flags"])]))


def short_line(v: Viewer, entry: Mapping[str, Any]) -> Html:
    mark = " ⚠️" if oddities(v, entry["source"], entry["flags"]) else ""
    return fill("{at} {label}{mark}", at=v.clock(entry["at"]), label=entry["label"], mark=mark)


def fitting(v: Viewer, parts: Sequence[str], room: int, between: str) -> Html:
    """As many of the parts as fit, and how many more there are."""
    taken: list[str] = []
    for part in parts:
        room -= len(part) + len(between)
        if room < 0:
            break
        taken.append(part)
    more = len(parts) - len(taken)
    if more:
        taken.append(v.n("… and {n} more", "… and {n} more", more))
    return Html(between.join(taken))


def counts_line(v: Viewer, counts: Mapping[str, int]) -> Html:
    """3 present · 1 late · 2 missing …; standings nobody has are left out, the first two never."""
    named = (
        (v.t("present {n}", n=counts["present"]), True),
        (v.t("late {n}", n=counts["late"]), True),
        (v.t("waiting {n}", n=counts["waiting"]), counts["waiting"]),
        (v.t("missing {n}", n=counts["missed"]), counts["missed"]),
        (v.t("not counted {n}", n=counts["unheard"]), counts["unheard"]),
        (v.t("excused {n}", n=counts["excused"]), counts["excused"]),
    )
    return Html(" · ".join(text for text, shown in named if shown))


# The round in the group ----------------------------------------------------------------------------------


@shows(checkins.CARD)
def card(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    head = fill("<b>{text}</b>", text=v.t("Check-in {day}", day=v.day(read_day(f["day"]))))
    total = counts_line(v, f["counts"])
    if f["closed"]:
        return Screen(lines(head, total, v.t("Closed. The list is below.")), _places(v, f))
    waiting, reported = f["waiting"], [line(v, entry) for entry in f["reported"]]
    unnamed = f["counts"]["waiting"] - len(waiting)
    more = f["counts"]["present"] + f["counts"]["late"] - len(reported)
    text = lines(
        head,
        total,
        v.t("By {due}, closing {closes}", due=v.clock(f["due_at"]), closes=v.clock(f["closes_at"])),
        v.t("Waiting: {names}", names=_some(v, waiting, unnamed)) if waiting else v.t("Everybody has reported."),
        *reported,
        v.n("… and {n} more", "… and {n} more", more) if more > 0 else None,
        v.clause(f.get("clause")),
    )
    return Screen(text, row(Button(v.t("Report my place"), url=v.link(LINK))))


def _some(v: Viewer, labels: Sequence[str], unnamed: int) -> Html:
    """Names as far as they fit; `unnamed` more are known only by number."""
    parts = [fill("{label}", label=label) for label in labels]
    room, taken = NAMES_ROOM, 0
    for part in parts:
        room -= len(part) + 1
        if room < 0:
            break
        taken += 1
    more = len(parts) - taken + unnamed
    tail = [v.n("… and {n} more", "… and {n} more", more)] if more else []
    return Html("、".join([*parts[:taken], *tail]))


def _places(v: Viewer, f: Mapping[str, Any]) -> tuple[tuple[Button, ...], ...]:
    if f["counts"]["present"] + f["counts"]["late"] == NO_ONE:
        return ()
    if v.private:
        return row(Button(v.t("All places"), press("chk_page", f["day"], f["group"], 0)))
    return row(Button(v.t("All places"), url=v.link(f"{LINK}_{f['day']}_{f['group']}")))


@shows(checkins.LIST)
def day_list(v: Viewer, facts: Facts) -> Screen:
    """Who is missing comes first; places are links as far as the message holds them (CHK-2)."""
    f: Any = facts
    sections = f["sections"]
    head = [
        fill("<b>{text}</b>", text=v.t("Check-in list {day}", day=v.day(read_day(f["day"])))),
        counts_line(v, f["counts"]),
        _late_note(v, f),
        _named(v, v.t("Missing"), sections["missed"]),
        *_afterwards(v, [*sections["missed"], *sections["unheard"]]),
        _named(v, v.t("Not counted (the prompt did not arrive)"), sections["unheard"], f["outage"]),
        _named(v, v.t("Not counted (the bot was away)"), sections["unheard"], not f["outage"]),
        _named(v, v.t("Still waiting"), sections["waiting"]),
        _excused(v, sections["excused"]),
    ]
    text = lines(*head)
    for title, found in ((v.t("Late"), sections["late"]), (v.t("Present"), sections["present"])):
        if found:
            text = lines(text, fill("<b>{title}</b>", title=title), _linked(v, found, ROOM - len(text)))
    late = v.clause(checkins.LATE_CLAUSE) if sections["late"] else None
    missed = v.clause(checkins.MISSED_CLAUSE) if sections["missed"] else None
    return Screen(lines(text, late, missed), _places(v, f))


def _late_note(v: Viewer, f: Mapping[str, Any]) -> Html | None:
    if f["outage"]:
        return v.t(
            "The bot was away this morning: nobody's missing is counted. List of {at}.", at=v.when(f["closed_at"])
        )
    return v.t("This list is late: {at}.", at=v.when(f["closed_at"])) if f["late_list"] else None


def _named(v: Viewer, title: str, entries: Sequence[Mapping[str, Any]], hidden: bool = False) -> Html | None:
    if not entries or hidden:
        return None
    return fill("<b>{title}</b>：{names}", title=title, names=_some(v, [one["label"] for one in entries], 0))


def _afterwards(v: Viewer, entries: Iterable[Mapping[str, Any]]) -> list[Html]:
    found = [line(v, one) for one in entries if one["at"]]
    if not found:
        return []
    return [v.t("Reported afterwards:"), fitting(v, found, FEW_LINES_ROOM, "\n")]


def _excused(v: Viewer, entries: Sequence[Mapping[str, Any]]) -> Html | None:
    if not entries:
        return None
    parts = [fill("{label}（{excuse}）", label=one["label"], excuse=excuse_name(v, one["excuse"])) for one in entries]
    return fill("<b>{title}</b>：{names}", title=v.t("Excused"), names=fitting(v, parts, FEW_LINES_ROOM, "、"))


def _linked(v: Viewer, entries: Sequence[Mapping[str, Any]], room: int) -> Html:
    """A line each with a link; where that is too long, times and names alone."""
    full = [line(v, one) for one in entries]
    if sum(len(one) + 1 for one in full) <= room:
        return lines(*full)
    return fitting(v, [short_line(v, one) for one in entries], max(room - 40, 0), "、")


def roster(v: Viewer, day: date, group: int, found: tuple[list[dict[str, Any]], int, int]) -> Screen:
    """One page of everybody with places."""
    entries, page, pages = found
    listed = [line(v, one) if one["at"] else _without_place(v, one) for one in entries]
    turn = row(
        Button("◀", press("chk_page", day, group, page - 1)) if page else None,
        Button("▶", press("chk_page", day, group, page + 1)) if page + 1 < pages else None,
    )
    head = fill("<b>{day}</b> {page}/{pages}", day=v.day(day), page=page + 1, pages=pages)
    return Screen(lines(head, *listed), turn)


def _without_place(v: Viewer, one: Mapping[str, Any]) -> Html:
    standing = {
        Standing.WAITING: v.t("waiting"),
        Standing.MISSED: v.t("missing"),
        Standing.UNHEARD: v.t("not counted"),
        Standing.EXCUSED: v.t("excused"),
    }
    return fill("— {label} · {standing}", label=one["label"], standing=standing[Standing(one["standing"])])


# In private ----------------------------------------------------------------------------------------------


@shows(checkins.PROMPT)
def prompt(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    return Screen(
        lines(
            v.t(
                "Please report where you are by {due}; {closes} is the end.",
                due=v.clock(f["due_at"]),
                closes=v.clock(f["closes_at"]),
            ),
            v.t("Not at work today? /leave"),
            v.clause(f.get("clause")),
        ),
        location_button=_button(v),
    )


def _button(v: Viewer) -> str:
    return str(v.t("📍 Send my location"))


def reported(v: Viewer, answer: Reported) -> Screen:
    """What came of a report, said at once."""
    one, window = answer.checkin, answer.window
    at = v.clock(one.reported_at) if one.reported_at else ""
    odd = oddities(v, one.source, one.flags)
    told = {
        Outcome.COUNTED: _counted(v, one, at),
        Outcome.VERIFIED: v.t("Position received. {at} stays noted as your time.", at=at),
        Outcome.ALREADY: v.t("You have reported already, at {at}.", at=at),
        Outcome.AFTERWARDS: _too_late(v, one, window, at),
    }[answer.outcome]
    hint = not one.is_verified and answer.outcome is Outcome.COUNTED
    return Screen(
        lines(
            told,
            v.t("Marked: {odd}", odd=Html("；".join(odd))) if odd and answer.outcome is not Outcome.ALREADY else None,
            v.t("Your phone's own location makes it verified: 📎 → Location.") if hint else None,
            v.clause(checkins.LATE_CLAUSE) if one.standing is Standing.LATE else None,
        ),
        drop_keyboard=True,
    )


def sign(answer: Reported) -> str:
    """The same without words, for a moment in which very many report: counted, or read and to be answered."""
    return "👍" if answer.outcome in (Outcome.COUNTED, Outcome.VERIFIED) else "👀"


def _counted(v: Viewer, one: Checkin, at: str) -> Html:
    if one.standing is Standing.LATE:
        return v.t("⏰ Reported at {at}, late.", at=at)
    return v.t("✅ Reported at {at}.", at=at)


def _too_late(v: Viewer, one: Checkin, window: Window, at: str) -> Html:
    if one.standing is Standing.UNHEARD:
        return v.t("Noted at {at}, after the end; it is not held against you.", at=at)
    return v.t(
        "Noted at {at}, after the end at {closes}. The miss stays until your superior, who knows now, excuses it.",
        at=at,
        closes=v.clock(window.closes_at),
    )


def mine(v: Viewer, state: Mine) -> Screen:
    """Where I stand today, with the location button while one is asked for."""
    window, one = state.window, state.checkin
    if window is not None and one is not None and one.standing not in (Standing.WAITING,):
        return Screen(_standing(v, one), ask_to_be_excused(v, one))
    if window is None or v.now > window.closes_at or v.now < window.opens_at:
        return Screen(outside(v, state.following))
    return prompt(v, {"due_at": window.due_at, "closes_at": window.closes_at, "clause": checkins.MISSED_CLAUSE})


def ask_to_be_excused(v: Viewer, one: Checkin) -> tuple[tuple[Button, ...], ...]:
    """The way to ask for it, where the rulebook has one."""
    can = one.standing in (Standing.MISSED, Standing.LATE) and "excuse" in v.rulebook.approvals.chains
    return row(Button(v.t("Ask to be excused"), press("chk_why", one.day)) if can else None)


def _standing(v: Viewer, one: Checkin) -> Html:
    if one.standing is Standing.EXCUSED:
        return v.t("Today you are excused: {excuse}.", excuse=excuse_name(v, one.excuse or Excuse.SUPERIOR))
    if one.standing is Standing.MISSED:
        return lines(
            v.t("Today's check-in is missing. You can still send your location; your superior can excuse it."),
            v.clause(checkins.MISSED_CLAUSE),
        )
    if one.standing is Standing.UNHEARD:
        return v.t("Today's check-in is not counted: the prompt did not reach you.")
    at = v.clock(one.reported_at) if one.reported_at else ""
    odd = oddities(v, one.source, one.flags)
    return lines(_counted(v, one, at), v.t("Marked: {odd}", odd=Html("；".join(odd))) if odd else None)


def outside(v: Viewer, window: Window | None) -> Html:
    if window is None:
        return v.t("There is no check-in in the next weeks.")
    return v.t(
        "No check-in now. Next: {day} {opens}–{closes}.",
        day=v.day(window.day),
        opens=v.clock(window.opens_at),
        closes=v.clock(window.closes_at),
    )


def go_private(v: Viewer) -> Screen:
    return Screen(v.t("Places are reported in private."), row(Button(v.t("Report my place"), url=v.link(LINK))))


# Managers ------------------------------------------------------------------------------------------------


@shows(checkins.CHASE)
def chase(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    head = fill("<b>{text}</b>", text=v.t("Check-in {day}: your people", day=v.day(read_day(f["day"]))))
    missed, unheard = f["missed"], f["unheard"]
    away = v.t("Not counted (the bot was away)") if f["outage"] else v.t("Not counted (the prompt did not arrive)")
    odd = [Html("· ") + line(v, one) for one in f["odd"]]
    text = lines(
        head,
        fill("<b>{t}</b>：{names}", t=v.t("Missing"), names=_some(v, missed, 0)) if missed else None,
        fill("<b>{t}</b>：{names}", t=away, names=_some(v, unheard, 0)) if unheard else None,
        v.t("Please look at:") if odd else None,
        fitting(v, odd, 1_200, "\n") if odd else None,
        v.t("Nobody is missing.") if not (missed or unheard or odd) else None,
        v.clause(f.get("clause")) if missed else None,
    )
    settle = Button(v.t("Settle the missing"), press("chk_fix", f["day"])) if missed or unheard else None
    return Screen(text, row(settle))


@shows(checkins.AFTERWARDS)
def afterwards(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    return Screen(
        lines(v.t("Reported after the end:"), line(v, f), v.clause(f.get("clause"))),
        row(Button(v.t("Excuse"), press("chk_one", f["day"], f["person"]))),
    )


def to_settle(v: Viewer, day: date, found: Sequence[Checkin]) -> Screen:
    if not found:
        return Screen(v.t("{day}: nobody is missing.", day=v.day(day)))
    more = len(found) - MOST_BUTTONS
    return Screen(
        lines(
            v.t("{day}: whom do you excuse?", day=v.day(day)),
            v.t("… and {more} more: /excuse name reason", more=more) if more > 0 else None,
        ),
        column(Button(one.label, press("chk_one", day, one.person)) for one in found[:MOST_BUTTONS]),
    )


def reasons(v: Viewer) -> dict[str, str]:
    """The usual reasons to excuse somebody, by the key their button carries."""
    return {
        "leave": str(v.t("leave asked for")),
        "business": str(v.t("out on business")),
        "phone": str(v.t("phone or network trouble")),
    }


def one_to_settle(v: Viewer, one: Checkin) -> Screen:
    return Screen(
        lines(
            v.t("Excuse {label} on {day}: why?", label=one.label, day=v.day(one.day)),
            v.t("Another reason: /excuse {name} reason", name=one.label),
        ),
        column(Button(text, press("chk_ok", one.day, one.person, key)) for key, text in reasons(v).items()),
    )


def excused(v: Viewer, one: Checkin) -> Screen:
    return Screen(
        v.t("{label} is excused on {day}: {reason}", label=one.label, day=v.day(one.day), reason=one.reason),
        row(Button(v.t("More"), press("chk_more", one.day))) if v.private else (),
    )


@shows(checkins.EXCUSED)
def you_are_excused(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    day = v.day(read_day(f["day"]))
    return Screen(v.t("{by} excused your check-in of {day}: {reason}", by=f["by"], day=day, reason=f["reason"]))


# Leave ---------------------------------------------------------------------------------------------------


def announced(v: Viewer, absence: Absence) -> Screen:
    return Screen(
        v.t(
            "Noted: {days}, {kind}. Your superior has been told.",
            days=absence_days(v, absence),
            kind=excuse_name(v, absence.kind),
        ),
        row(Button(v.t("Cancel this leave"), press("leave_x", absence.id))),
    )


def cancelled(v: Viewer, absence: Absence) -> Screen:
    return Screen(
        v.t(
            "Cancelled: {days}, {kind}.",
            days=absence_days(v, absence),
            kind=excuse_name(v, absence.kind),
        )
    )


@shows(checkins.ABSENCE)
def absence_announced(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    return Screen(
        lines(
            v.t(
                "{label}: {days}, {kind}",
                label=f["label"],
                days=absence_days(v, f),
                kind=excuse_name(v, f["kind"]),
            ),
            v.t("Reason: {reason}", reason=f["reason"]) if f["reason"] else None,
        ),
        row(Button(v.t("Cancel this leave"), press("leave_x", f["absence"]))),
    )


@shows(checkins.ABSENCE_CANCELLED)
def absence_cancelled(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    span, kind = absence_days(v, f), excuse_name(v, f["kind"])
    if f["mine"]:
        return Screen(v.t("{by} cancelled your {kind} of {days}.", by=f["by"], kind=kind, days=span))
    return Screen(v.t("{label} cancelled: {days}, {kind}.", label=f["label"], days=span, kind=kind))


# Refusals ------------------------------------------------------------------------------------------------


@words(checkins.NotExpected)
def not_expected(v: Viewer, error: checkins.NotExpected) -> str:
    return v.t("Your role has no check-in.")


@words(checkins.OutsideWindow)
def outside_window(v: Viewer, error: checkins.OutsideWindow) -> str:
    return outside(v, error.window)


@words(checkins.AlreadyExcused)
def already_excused(v: Viewer, error: checkins.AlreadyExcused) -> str:
    return v.t(
        "{label} is excused on {day}: {excuse}.",
        label=error.label,
        day=v.day(error.day),
        excuse=excuse_name(v, error.excuse),
    )


@words(checkins.NothingToExcuse)
def nothing_to_excuse(v: Viewer, error: checkins.NothingToExcuse) -> str:
    return v.t("{label} has no missing check-in to excuse.", label=error.label)


@words(checkins.AbsenceOverlaps)
def absence_overlaps(v: Viewer, error: checkins.AbsenceOverlaps) -> str:
    return v.t(
        "There is {kind} already: {days}. Cancel it first.",
        kind=excuse_name(v, error.kind),
        days=days(v, error.first, error.last),
    )


@words(checkins.DayIsOver)
def day_is_over(v: Viewer, error: checkins.DayIsOver) -> str:
    return v.t("{day} is past. Your superior can excuse it: /excuse", day=v.day(error.day))
