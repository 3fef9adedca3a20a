"""What must be true afterwards, whatever was done to the bot. A check names its rule and yields what offends it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from chaos.evidence import Evidence, Row
from chaos.load import Done
from chaos.platform import EDITING, SAYING, Sent

Check = Callable[[Evidence], Iterable[str]]
INVARIANTS: dict[str, Check] = {}
SAYS = (*SAYING, *EDITING)
MARGIN = timedelta(seconds=90)  # of the company's time: what was done so close before a limit may be too late
# What people wrote, and where it must stand once: (table, column)
WRITTEN = {
    "lead": ("leads", "need"),
    "report": ("lead_events", "text"),
    "task": ("tasks", "text"),
    "complaint": ("complaint_messages", "text"),
    "reply": ("complaint_messages", "text"),
    "record": ("customers", "name"),
}
UNCONDITIONAL = ("task", "complaint", "record")  # nothing can be said against them
FAULTS = ("fault", "ring failed", "notice refused", "unparsable update", "marks wait", "nothing taken over")
PARTED = ("overdue", "given_back", "handed_over", "unreached", "handed_up")


def invariant(check: Check) -> Check:
    INVARIANTS[check.__name__] = check
    return check


def broken(evidence: Evidence, *, without: Iterable[str] = ()) -> dict[str, list[str]]:
    """The invariants that do not hold, and what offends each."""
    found = {name: list(check(evidence)) for name, check in INVARIANTS.items() if name not in without}
    return {name: offences for name, offences in found.items() if offences}


# Nothing is lost, nothing is done twice -----------------------------------------------------------------------


@invariant
def nothing_accepted_is_lost(e: Evidence) -> Iterator[str]:
    """OPS-1: every update whose arrival was confirmed is in the inbox."""
    stored = {row["id"] for row in e.rows["inbox"]}
    for number in e.given:
        if number < e.offset and number not in stored:
            yield f"update {number} was confirmed and is not in the inbox"


@invariant
def the_inbox_is_empty(e: Evidence) -> Iterator[str]:
    """OPS-1: every update is finished, and nothing is left at the platform."""
    yield from (f"update {row['id']} is unfinished" for row in e.rows["inbox"] if row["done_at"] is None)
    yield from (f"update {number} was never fetched" for number in e.given if number >= e.offset)


@invariant
def no_dead_letters(e: Evidence) -> Iterator[str]:
    """OPS-1: nobody wrote anything that can't be handled."""
    yield from (f"update {row['id']}: {row['error']}" for row in e.rows["inbox"] if row["error"] is not None)


@invariant
def what_was_written_stands_once(e: Evidence) -> Iterator[str]:
    """OPS-1: an effect is there exactly as often as its update is marked to have had one: once, or it was refused."""
    inbox = e.by_id("inbox")
    for act in e.done:
        if act.kind not in WRITTEN:
            continue
        table, column = WRITTEN[act.kind]
        times = sum(act.token in (row[column] or "") for row in e.rows[table])
        had = bool((inbox.get(act.update) or {}).get("effect_at"))
        if times > 1 or times != had or (act.kind in UNCONDITIONAL and not had):
            yield f"{act.kind} {act.token} (update {act.update}): {times} times, marked {had}"


@invariant
def an_effect_leaves_one_trace(e: Evidence) -> Iterator[str]:
    """OPS-1, OPS-4: no update, deadline or round had the same effect on the same subject twice."""
    seen = Counter(
        (line["cause"], line["act"], line["subject"])
        for line in e.trail
        if line["cause"].startswith(("update:", "deadline:", "round:"))
    )
    yield from (f"{times} × {what}" for what, times in seen.items() if times > 1)


@invariant
def every_effect_has_its_mark(e: Evidence) -> Iterator[str]:
    """OPS-1: what the trail says an update did is marked in the inbox, in the same commit."""
    inbox = e.by_id("inbox")
    caused = {line["cause"] for line in e.trail if line["cause"].startswith("update:")}
    for cause in caused:
        row = inbox.get(int(cause.partition(":")[2]))
        if row is None or row["effect_at"] is None:
            yield f"{cause} had an effect and no mark"


@invariant
def places_are_reported_once(e: Evidence) -> Iterator[str]:
    """CHK-2: one report a person and day, at the place that was sent."""
    people = _people(e)
    reported = {row["person_id"]: row for row in e.rows["checkins"] if row["reported_at"] is not None}
    inbox = e.by_id("inbox")
    for act in e.done:
        if act.kind != "place" or not (inbox.get(act.update) or {}).get("effect_at"):
            continue
        row = reported.get(people[act.person])
        if row is None or f"{row['latitude']:.5f}" != act.token:
            yield f"place {act.token} of {act.person} is not on the list"
    days = Counter((row["day"], row["person_id"]) for row in e.rows["checkins"])
    yield from (f"{times} rows for {who}" for who, times in days.items() if times > 1)


# Races ----------------------------------------------------------------------------------------------------------


@invariant
def one_winner_a_lead(e: Evidence) -> Iterator[str]:
    """LED-4, P27: a lead is claimed again only after its owner lost it, and its owner is who claimed it last."""
    events = defaultdict(list)
    for row in e.rows["lead_events"]:
        events[row["lead_id"]].append(row)
    for lead in e.rows["leads"]:
        owner = None
        for event in events[lead["id"]]:
            if event["kind"] in ("claimed", "assigned"):
                if owner is not None:
                    yield f"lead {lead['id']}: claimed by {event['person_id']} while it was {owner}'s"
                owner = event["person_id"]
            elif event["kind"] in PARTED:
                owner = None
        if lead["owner_id"] != owner:
            yield f"lead {lead['id']} is {lead['owner_id']}'s, and {owner} claimed it"


@invariant
def winners_were_told_the_truth(e: Evidence) -> Iterator[str]:
    """LED-4: nobody heard that the lead was theirs who did not claim it; the others were told, or the card tells."""
    people = _people(e)
    claimed = Counter((row["lead_id"], row["person_id"]) for row in e.rows["lead_events"] if row["kind"] == "claimed")
    killed_in_hand = {row["id"] for row in e.rows["inbox"] if row["attempts"] > 1}
    for act in (act for act in e.done if act.kind == "claim"):
        press = e.presses[act.update]
        who = (int(act.token), people[act.person])
        if "归你了" in press.text and not claimed[who]:
            yield f"{act.person} heard that lead {act.token} is theirs"
        if not press.text and act.update not in killed_in_hand and not _struck_near(e, act):
            yield f"{act.person} pressed for lead {act.token} and heard nothing"


# Alerts ---------------------------------------------------------------------------------------------------------


@invariant
def everything_due_has_rung(e: Evidence) -> Iterator[str]:
    """P14, P21: no deadline whose instant has passed is still open."""
    for row in e.rows["deadlines"]:
        if row["done_at"] is None and row["due_at"] <= e.now - MARGIN:
            yield f"{row['kind']} of {row['subject']} was due at {row['due_at']}"


@invariant
def every_alert_is_out_or_marked(e: Evidence) -> Iterator[str]:
    """OPS-1: a notice was sent, or says why not (superseded, unreachable, held back until later)."""
    carried = Counter(one.notice for one in e.sent if one.notice and one.method in SAYS)
    for row in e.rows["notices"]:
        held = row["not_before"] is not None and row["not_before"] > e.now - MARGIN
        if row["state"] == "pending" and not held:
            yield f"notice {row['id']} ({row['kind']}) waits"
        elif row["state"] == "sent" and not carried[row["id"]] and row["not_before"] is None:
            yield f"notice {row['id']} ({row['kind']}) is marked sent and the platform never got it"
        elif row["state"] == "failed":
            yield f"notice {row['id']} ({row['kind']}) failed: {row['error']}"


@invariant
def a_process_sends_an_alert_once(e: Evidence) -> Iterator[str]:
    """OPS-1: only a kill between the platform's answer and the write-back repeats an alert, by another process."""
    seen = Counter((one.notice, one.process) for one in e.sent if one.notice and one.method in SAYS)
    yield from (f"notice {who[0]}: {times} times by one process" for who, times in seen.items() if times > 1)


@invariant
def one_repeat_a_chat_and_kill(e: Evidence) -> Iterator[str]:
    """OPS-1: a kill repeats at most the one alert that was on its way in a chat."""
    for chat, again in Counter(one.chat for one in repeated(e)).items():
        if again > len(e.strikes):
            yield f"{again} repeats in chat {chat} at {len(e.strikes)} ends"


def repeated(e: Evidence) -> list[Sent]:
    """New messages for a notice that had one already. (An edit to the same text is nothing anybody sees.)"""
    seen: set[int] = set()
    found = []
    for one in e.sent:
        if one.notice and one.method in SAYING:
            if one.notice in seen:
                found.append(one)
            seen.add(one.notice)
    return found


def most_repeated(e: Evidence) -> int:
    """The most alerts that one end repeated: those that the process had sent which ended there."""
    first: dict[int, int] = {}
    ends: Counter[int] = Counter()
    for one in e.sent:
        if one.notice and one.method in SAYING:
            if one.notice in first:
                ends[first[one.notice]] += 1
            first[one.notice] = one.process
    return max(ends.values(), default=0)


def answered_again(e: Evidence) -> list[int]:
    """Updates that more than one process answered with a message: its effect was committed, its mark was not yet."""
    answers = {(one.update, one.process) for one in e.sent if one.update and one.method in SAYING}
    return [update for update, times in Counter(update for update, _ in answers).items() if times > 1]


# Numbers, order, cards ------------------------------------------------------------------------------------------


@invariant
def numbers_have_no_gap_and_no_double(e: Evidence) -> Iterator[str]:
    """CMP-2: complaints run on within the month; leads, tasks and records are numbered without a double or a gap."""
    for counter in e.rows["complaint_counters"]:
        running = sorted(row["running"] for row in e.rows["complaints"] if row["month"] == counter["month"])
        if running != list(range(1, counter["last"] + 1)):
            yield f"complaints of {counter['month']}: {running}, counted {counter['last']}"
    for name in ("leads", "tasks", "customers"):
        numbers = [row["id"] for row in e.rows[name]]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{name}: {sorted(set(range(1, max(numbers) + 1)) - set(numbers))} are missing"


@invariant
def order_within_a_chat_is_kept(e: Evidence) -> Iterator[str]:
    """P16: what one person wrote in one chat stands in the order in which it was written."""
    for kind in ("task", "complaint"):
        table, column = WRITTEN[kind]
        rows = [(row["id"], row[column]) for row in e.rows[table]]
        lines: dict[int, list[Done]] = defaultdict(list)
        for act in e.done:
            if act.kind == kind:
                lines[act.chat].append(act)
        for chat, acts in lines.items():
            order = [next((id for id, text in rows if act.token in text), 0) for act in acts]
            if [n for n in order if n] != sorted(n for n in order if n):
                yield f"{kind} in chat {chat}: {order}"


@invariant
def cards_show_what_is_stored(e: Evidence) -> Iterator[str]:
    """A card shows the last that was said of it, and a lead's card its owner."""
    places, last = _places(e), _last_notices(e)
    owners = {row["id"]: row["owner_name"] for row in e.rows["leads"] if row["owner_id"] is not None}
    on_it = {(one.chat, one.message): one for one in e.sent if one.notice and one.method in SAYS}
    for card in e.rows["cards"]:
        where = places.get((card["to_kind"], card["to_id"])), card["message_id"]
        wanted = last.get((card["card"], card["to_kind"], card["to_id"]))
        text = e.shown.get(where)
        if text is None:
            yield f"{card['card']} is not where it should be: {where}"
        elif wanted is not None and wanted["state"] == "sent" and on_it[where].notice != wanted["id"]:
            yield f"{card['card']} at {where} shows notice {on_it[where].notice}, not {wanted['id']}"
        elif (found := re.fullmatch(r"lead:(\d+)", card["card"])) and card["to_kind"] == "group":
            owner = owners.get(int(found[1]), "")
            if owner.rpartition("-")[2] not in text:
                yield f"{card['card']} at {where} does not show {owner}"


# The trail, and what is held against people -----------------------------------------------------------------------


@invariant
def the_trail_is_whole(e: Evidence) -> Iterator[str]:
    """OPS-4: chained without a break, to the ends that were noted outside, with nothing written past the program."""
    if e.verdict.fault is not None:
        yield f"{e.verdict.fault} at line {e.verdict.seq}"
    if e.verdict.waiting:
        yield f"{e.verdict.waiting} writes without a line"


@invariant
def nobody_is_sanctioned_for_an_outage(e: Evidence) -> Iterator[str]:
    """P21: no entry for what fell due while no bot lived longer than is tolerated, nor for what was done in time."""
    long = [(start, end) for start, end in e.silences if end - start > TOLERANCE]
    for row in e.rows["ledger"]:
        due = _due_of(row)
        if due is None:
            continue
        if any(start <= due <= end for start, end in long):
            yield f"{row['key']}: due in a silence"
        if _did(e, row, due):
            yield f"{row['key']}: it was done in time"


TOLERANCE = timedelta(seconds=150 + 60)  # the company's rulebook, and what a start takes


def _due_of(entry: Row) -> datetime | None:
    parts = entry["key"].split("|")
    if parts[0].startswith(("lead:", "task:")):
        return datetime.fromisoformat(parts[2])
    return None


def _did(e: Evidence, entry: Row, due: datetime) -> bool:
    """Whether the person had done what the entry says was not done, well before the limit."""
    accounts = {person: account for account, person in _people(e).items()}
    who, subject = accounts.get(entry["person_id"]), entry["subject"]
    if subject.startswith("lead:"):
        fits = [act for act in e.done if act.kind == "report" and act.subject == subject and act.person == who]
    else:
        text = next((row["text"] for row in e.rows["tasks"] if f"task:{row['id']}" == subject), "")
        fits = [a for a in e.done if a.kind in ("received", "solved") and a.person == who and a.token in text]
    return any(act.at < due - MARGIN for act in fits)


# The log ----------------------------------------------------------------------------------------------------------


@invariant
def no_faults_are_logged(e: Evidence) -> Iterator[str]:
    """OPS-2: nobody saw a fault, and no ring failed."""
    for line in e.log:
        if line.get("event") in FAULTS or "Traceback" in line.get("raw", ""):
            yield str({name: line[name] for name in line if name != "timestamp"})[:1500]


# Finding one's way ------------------------------------------------------------------------------------------------


def _people(e: Evidence) -> dict[int, int]:
    """Account → person."""
    return {row["id"]: row["person_id"] for row in e.rows["accounts"] if row["person_id"] is not None}


def _places(e: Evidence) -> dict[tuple[str, int], int]:
    """Receiver → chat."""
    found = {("person", person): account for account, person in _people(e).items()}
    found |= {("account", row["id"]): row["id"] for row in e.rows["accounts"]}
    return found | {("group", row["id"]): row["chat_id"] for row in e.rows["groups"]}


def _last_notices(e: Evidence) -> dict[tuple[Any, ...], Row]:
    cards = (row for row in e.rows["notices"] if row["card"] is not None)
    return {(row["card"], row["to_kind"], row["to_id"]): row for row in cards}


def _struck_near(e: Evidence, act: Done) -> bool:
    """Whether a bot ended about when the press was made, so that its answer may have been lost, or came too late."""
    return any(start - MARGIN <= act.at <= end + MARGIN for start, end in e.silences)
