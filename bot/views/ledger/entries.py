"""Texts about ledger entries: what was recorded, taken back, and the forms to enter them (LGR-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, row, shows, words
from bot.views.reasons import why_button
from core import ledger
from core.errors import NotUnderstood
from core.ids import EntryId
from core.ledger import Case, Choosable, Effect, Entry, EntryReversed, NotAllowed, WordsNeeded

MOST_DIGITS = 9


def effect_words(v: Viewer, effect: str, amount: object) -> Html:
    """What an entry means, in words: the amount is yuan, a count, days or points."""
    return {
        Effect.NOTED: v.t("noted"),
        Effect.WARNING: v.t("warning"),
        Effect.FINE: v.t("fine of {amount} yuan", amount=amount),
        Effect.WITHHOLD: v.t("next {amount} allocation(s) withheld", amount=amount),
        Effect.PAUSE: v.t("allocation paused for {amount} days", amount=amount),
        Effect.OFF_DUTY: v.t("no call duty for {amount} days", amount=amount),
        Effect.POINTS: v.t("{amount} points", amount=f"{amount:+d}" if isinstance(amount, int) else amount),
        Effect.REWARD: v.t("reward of {amount} yuan", amount=amount),
        Effect.DEMOTION: v.t("demotion proposed"),
        Effect.DISMISSAL: v.t("dismissal proposed"),
        Effect.REVERSAL: v.t("taken back"),
    }[Effect(effect)]


def effect_name(v: Viewer, effect: Effect) -> Html:
    """The kind of an effect, without an amount."""
    return {
        Effect.NOTED: v.t("Note only"),
        Effect.WARNING: v.t("Warning"),
        Effect.FINE: v.t("Fine"),
        Effect.WITHHOLD: v.t("Withhold"),
        Effect.PAUSE: v.t("Pause"),
        Effect.OFF_DUTY: v.t("No call duty"),
        Effect.POINTS: v.t("Points"),
        Effect.REWARD: v.t("Reward"),
        Effect.DEMOTION: v.t("Propose demotion"),
        Effect.DISMISSAL: v.t("Propose dismissal"),
        Effect.REVERSAL: v.t("taken back"),
    }[effect]


def effects_words(v: Viewer, effects: Iterable[Sequence[Any]]) -> Html:
    return Html("、".join(effect_words(v, effect, amount) for effect, amount in effects))


def entries_words(v: Viewer, entries: Iterable[Entry]) -> Html:
    return effects_words(v, [(entry.effect, entry.amount) for entry in entries])


def clause_title(v: Viewer, clause: str) -> str:
    known = v.rulebook.clauses.get(clause)
    return v.title(known.title) if known is not None else clause


@shows(ledger.ENTRY)
def entry(v: Viewer, facts: Any) -> Screen:
    effect = effects_words(v, facts["effects"])
    if facts["mine"]:
        head = _to_the_person(v, facts, effect)
    elif facts["in_force"]:
        head = v.t("Recorded: {label} — {effect}", label=facts["label"], effect=effect)
    else:
        head = v.t("Would be recorded (trial): {label} — {effect}", label=facts["label"], effect=effect)
    appealable = facts["mine"] and not facts["good"] and facts.get("appeal_by")
    return Screen(
        lines(
            head,
            v.t("Cause: {cause}", cause=facts["cause"]) if facts.get("cause") else None,
            v.t("Paused until {at}", at=v.when(facts["until"])) if facts.get("until") and facts["in_force"] else None,
            _counted(v, facts["evidence"]),
            v.t("By {by}", by=facts["by"]) if facts.get("by") else None,
            v.t("Appeal until {at}: one tap freezes it", at=v.when(facts["appeal_by"])) if appealable else None,
            v.clause(facts.get("clause")),
        ),
        row(
            Button(v.t("Appeal"), press("led.appeal", facts["entry"])) if appealable else None,
            None if facts["mine"] else Button(v.t("Take back"), press("led.back", facts["entry"])),
            why_button(v, f"entry:{facts['entry']}"),
        ),
    )


def _to_the_person(v: Viewer, facts: Any, effect: Html) -> Html:
    if facts["good"]:
        return v.t("🎉 Recorded for you: {effect}", effect=effect)
    return v.t("Recorded against you: {effect}", effect=effect)


def _counted(v: Viewer, evidence: Any) -> Html | None:
    """Which time it is, where the rulebook counts."""
    counted = (evidence or {}).get("counted")
    return lines(*(count_words(v, nth, months) for nth, months in counted)) if counted else None


def count_words(v: Viewer, nth: int, months: int) -> Html:
    if months == 1:
        return v.t("No. {nth} this month", nth=nth)
    return v.t("No. {nth} in {months} months", nth=nth, months=months)


@shows(ledger.REVERSAL)
def reversal(v: Viewer, facts: Any) -> Screen:
    reason = (facts.get("evidence") or {}).get("reason")
    return Screen(
        lines(
            v.t("Taken back: an entry of {label}", label=facts["label"]),
            v.t("Reason: {reason}", reason=reason) if reason else None,
            v.clause(facts.get("clause")),
        ),
        row(why_button(v, f"entry:{facts['entry']}")),
    )


# By hand -------------------------------------------------------------------------------------------------


def ask_person(v: Viewer, *, good: bool) -> Html:
    if good:
        return v.t("Whom do you reward? Type a name or staff number.")
    return v.t("Whom is it about? Type a name or staff number.")


def ask_clause(v: Viewer, label: str, text: str, found: int) -> Html:
    head = fill("<b>{label}</b>", label=label)
    if not found:
        return lines(head, v.t("No clause with “{text}” allows it. Type another word.", text=text))
    return lines(head, v.t("Under which clause? Pick, or type a word to search."))


def choice_label(v: Viewer, one: Choosable) -> str:
    """罚款 50–500 元"""
    name = effect_name(v, one.effect)
    if one.least == one.most == 0:
        return str(name)
    if one.least == one.most:
        return str(effect_words(v, one.effect, one.most))
    return f"{name} {one.least}–{one.most}"


def ask_effect(v: Viewer, label: str, clause: str) -> Html:
    return lines(fill("<b>{label}</b>", label=label), v.clause(clause), v.t("What is it to be?"), _shadow(v, clause))


def _shadow(v: Viewer, clause: str) -> Html | None:
    known = v.rulebook.clauses.get(clause)
    if known is None or known.in_force:
        return None
    return v.t("This clause is on trial: it is only recorded, and the person is not told.")


def ask_amount(v: Viewer, one: Choosable) -> Html:
    return v.t(
        "{effect}: how much? A number from {least} to {most}.",
        effect=effect_name(v, one.effect),
        least=one.least,
        most=one.most,
    )


def read_amount(text: str) -> int | None:
    """A whole number, also with its unit."""
    found = re.fullmatch(r"\s*([-+−]?)\s*(\d{1,9})\s*(元|块|天|次|分|yuan|days?|points?)?\s*", text)
    if found is None:
        return None
    return int(found[2]) * (-1 if found[1] in {"-", "−"} else 1)


def ask_evidence(v: Viewer, words_: int, photos: int, refs: Sequence[str], most: int) -> Html:
    got = _got(v, words_, photos, refs)
    return lines(
        fill("<b>{got}</b>", got=Html(got)) if got else None,
        v.t("What does it rest on? Send words, photos (at most {most}), or what it is about: task 12.", most=most),
    )


def confirm(
    v: Viewer, person: str, clause: str, effect: Html, cause: str, evidence: Html | None, *, serious: bool
) -> Html:
    return lines(
        fill("<b>{person}</b> — {effect}", person=person, effect=effect),
        v.t("Cause: {cause}", cause=cause),
        v.t("Serious case") if serious else None,
        evidence,
        v.clause(clause),
        _shadow(v, clause),
    )


def given(v: Viewer, words_: int, photos: int, refs: Sequence[str]) -> Html | None:
    got = _got(v, words_, photos, refs)
    return v.t("Evidence: {evidence}", evidence=Html(got)) if got else None


def _got(v: Viewer, words_: int, photos: int, refs: Sequence[str]) -> str:
    """文字 1 条 · 照片、文件 2 个 · 任务 12"""
    parts = [
        v.n("{n} text", "{n} texts", words_) if words_ else "",
        v.n("{n} photo or file", "{n} photos or files", photos) if photos else "",
        "、".join(subject_name(v, ref) for ref in refs),
    ]
    return " · ".join(part for part in parts if part)


def entered(v: Viewer, label: str, entries: Sequence[Entry]) -> Screen:
    if not entries:
        return Screen(v.t("It was recorded already."))
    head = entries[0]
    said = v.t(
        "✅ #{case} recorded: {label} — {effect}", case=head.case, label=label, effect=entries_words(v, entries)
    )
    told = (
        v.t("{label} has been told.", label=label)
        if head.in_force
        else v.t("On trial: {label} is not told.", label=label)
    )
    return Screen(
        lines(said, told, _counted(v, head.evidence), v.clause(head.clause)),
        row(Button(v.t("Take back"), press("led.back", head.case)), why_button(v, f"entry:{head.case}")),
    )


_AREAS = {"task": ("任务", "task"), "lead": ("线索", "lead"), "complaint": ("投诉", "complaint")}
_REFS = re.compile(r"(任务|线索|投诉|task|lead|complaint)\s*(?:#|号|no\.?)?\s*(\d{1,9})", re.IGNORECASE)


def read_refs(text: str) -> list[tuple[str, str]]:
    """What a text is about: `任务 12` is ("task", "12"); of a complaint it is the number that people use."""
    areas = {word: area for area, names in _AREAS.items() for word in names}
    return [(areas[word.lower()], number) for word, number in _REFS.findall(text)]


def subject_name(v: Viewer, subject: str) -> str:
    """线索 #7, 任务 12"""
    area, _, number = subject.partition(":")
    names = {
        "lead": v.t("lead #{number}", number=number),
        "task": v.t("task {number}", number=number),
        "complaint": v.t("complaint ({number})", number=number),
        "visit": v.t("visit ({number})", number=number),
        "violation": v.t("violation ({number})", number=number),
        "plan": v.t("visit plan"),
        "customer": v.t("customer record"),
        "checkin": v.t("check-in {number}", number=number.partition(":")[0]),
    }
    return str(names.get(area, ""))


def evidence_file(v: Viewer, kind: str, file: str) -> Screen:
    return Screen(v.t("Evidence"), media=(kind, file))


# Taking back ---------------------------------------------------------------------------------------------


def read_case(text: str) -> tuple[EntryId, str]:
    """(number, the rest) of `12 看错了`. Raises NotUnderstood."""
    head, _, rest = text.strip().partition(" ")
    number = head.removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        raise NotUnderstood("entry", text.strip()[:40] or "/reverse", "/reverse 12 …")
    return EntryId(int(number)), rest.strip()


def ask_reason(v: Viewer, label: str, case: Case, now: datetime) -> Html:
    return lines(
        fill(
            "<b>#{case} {label}</b> — {effect}",
            case=case.id,
            label=label,
            effect=entries_words(v, case.standing(now)),
        ),
        v.t("Why is it taken back? The reason is kept and told."),
    )


def taken_back(v: Viewer, label: str, case: Case) -> Screen:
    said = v.t("#{case} {label}: taken back. The record stays.", case=case.id, label=label)
    return Screen(said, row(why_button(v, f"entry:{case.id}")))


# Refusals ------------------------------------------------------------------------------------------------


@words(EntryReversed)
def entry_reversed(v: Viewer, error: EntryReversed) -> str:
    if error.by and error.at:
        return v.t("Taken back already, by {by} at {at}.", by=error.by, at=v.when(error.at))
    return v.t("Taken back already: it does not count.")


@words(NotAllowed)
def not_allowed(v: Viewer, error: NotAllowed) -> str:
    if error.reason == "self":
        return v.t("Nobody records for themselves; your superior can.")
    if error.reason == "amount":
        return v.t("From {least} to {most}, please.", least=error.least, most=error.most)
    if error.reason == "files":
        return v.t("At most {most} photos; this one was not kept. Press “That is all”.", most=error.most)
    if error.reason == "words":
        return v.t("At most {most} texts; this one was not kept. Press “That is all”.", most=error.most)
    return v.t("This clause does not provide for that.")


@words(WordsNeeded)
def words_needed(v: Viewer, error: WordsNeeded) -> str:
    if error.what == "cause":
        return v.t("Say in a few words what happened.")
    return v.t("Give a reason in a few words; it is kept and told.")
