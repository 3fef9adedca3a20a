"""What the group, the people concerned and their superiors see of a task."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.press import press
from bot.views.approvals.wording import about
from bot.views.base import Button, Html, Screen, Viewer, escaped, fill, inside, lines, row, shows
from core import tasks
from core.approvals import Kind

Facts: TypeAlias = Mapping[str, Any]

TASK_PREFIX = "task_"  # begins the payload of a link to a task
MOST_ON_CARD = 1400  # characters of a task's text on its card; the rest is a link away
MOST_IN_ALERT = 120
MOST_OF_ANSWER = 200
MOST_SINGLE = 15  # people with a line of their own on a department's card
MOST_NAMES = 40


def shortened(text: str, most: int, sign: str = "…") -> str:
    """The text, cut so that it is no longer than `most` even when escaped; `sign` tells that it was."""
    if len(html.escape(text, quote=False)) <= most:
        return text
    kept, used = [], len(sign)
    for character in text:
        used += len(html.escape(character, quote=False))
        if used > most:
            break
        kept.append(character)
    return "".join(kept) + sign


def one_line(text: str, most: int = MOST_IN_ALERT) -> str:
    return shortened(" ".join(text.split()), most)


def head(v: Viewer, facts: Facts) -> Html:
    """Number, and the times that still count."""
    urgent = v.t("🔴 urgent · ") if facts["urgent"] else Html("")
    waiting = any(p["state"] == "waiting" for p in facts["people"])
    if facts["state"] == "withdrawn":
        times = v.t("withdrawn {at} by {by}", at=v.when(facts["closed_at"]), by=facts["closed_by"])
    elif facts["state"] == "solved":
        times = v.t("solved {at}", at=v.when(facts["closed_at"]))
    elif waiting:
        times = v.t("answer by {reply}, solve by {due}", reply=v.when(facts["reply_by"]), due=v.when(_due(facts)))
    else:
        times = v.t("solve by {due}", due=v.when(_due(facts)))
    return fill("<b>{urgent}{task} · {times}</b>", urgent=urgent, task=name(v, facts), times=times)


def name(v: Viewer, facts: Facts) -> Html:
    return v.t("Task {number}", number=facts["task"])


def _due(facts: Facts) -> Any:
    open_parts = [p["due_at"] for p in facts["people"] if p["state"] != "solved"]
    return min(open_parts, default=facts["due_at"])


def whom(v: Viewer, facts: Facts) -> str:
    """The department, or the one person."""
    labels = [str(p["label"]) for p in facts["people"]]
    return str(facts["department"]) or "、".join(labels[:MOST_NAMES])


def is_cut(text: str) -> bool:
    """Whether a task's text is too long for its card."""
    return shortened(text, MOST_ON_CARD) != text


def whole_text(v: Viewer, facts: Facts) -> Html:
    """The task's text; of a very long one the beginning and the way to the rest."""
    text = str(facts["text"])
    shown = shortened(text, MOST_ON_CARD)
    if shown == text:
        return fill("{text}", text=text)
    link = v.link(f"{TASK_PREFIX}{facts['task']}")
    more = v.t("All {n} characters", n=len(text))
    return fill('{text}\n<a href="{link}">{more}</a>', text=shown, link=link, more=more)


@shows(tasks.CARD)
def card(v: Viewer, facts: Facts) -> Screen:
    """The card in the group, and the personal one in private."""
    return inside(body(v, facts), answer_buttons(v, facts))


def body(v: Viewer, facts: Facts) -> Html:
    return lines(
        head(v, facts),
        fill("{giver} → {whom}", giver=facts["giver"], whom=whom(v, facts)),
        whole_text(v, facts),
        *progress(v, facts),
        v.clause(facts.get("clause"), f"task:{facts['task']}") if facts["state"] == "open" else None,
    )


def answer_buttons(v: Viewer, facts: Facts) -> tuple[tuple[Button, ...], ...]:
    """Received, solved, plan — as long as there is something to answer."""
    if facts["state"] != "open" or all(p["state"] == "solved" for p in facts["people"]):
        return ()
    number = facts["task"]
    received = Button(v.t("👌 Received"), press("t.got", number))
    has_news = any(p["state"] == "waiting" for p in facts["people"])
    return row(
        received if has_news else None,
        Button(v.t("✅ Solved"), press("t.done", number)),
        Button(v.t("🕒 Plan"), press("t.plan", number)),
    )


def progress(v: Viewer, facts: Facts) -> list[Html]:
    """How far everybody is: a line each, or grouped where there are many."""
    people = facts["people"]
    if len(people) <= MOST_SINGLE:
        return [part_line(v, facts, p, named=len(people) > 1) for p in people]
    groups = {
        "waiting": v.t("not answered"),
        "received": v.t("received"),
        "planned": v.t("planned"),
        "solved": v.t("solved"),
    }
    counts = {state: [str(p["label"]) for p in people if p["state"] == state] for state in groups}
    totals = Html(" · ".join(fill("{word} {n}", word=groups[s], n=len(c)) for s, c in counts.items() if c))
    waiting = counts["waiting"]
    names = "、".join(waiting[:MOST_NAMES]) + ("…" if len(waiting) > MOST_NAMES else "")
    return [totals, v.t("Not answered: {names}", names=names)] if waiting else [totals]


def part_line(v: Viewer, facts: Facts, part: Facts, *, named: bool) -> Html:
    """One person's state, the words of the answer, how late it was, and what became of an excuse."""
    said = _state(v, facts, part)
    if named:
        said = fill("{label}: {said}", label=part["label"], said=said)
    if part["late_minutes"]:
        said = fill("{said} · {late}", said=said, late=v.t("{n} min late", n=part["late_minutes"]))
    words = _words(v, part)
    return lines(said, fill("“{words}”", words=words) if words else None, excuse_line(v, part["excuse"]))


def _state(v: Viewer, facts: Facts, part: Facts) -> Html:
    state = part["state"]
    if state == "solved" and part["closed_by"]:
        return v.t("✅ {at} confirmed by {by}", at=v.when(part["solved_at"]), by=part["closed_by"])
    if state == "solved":
        return v.t("✅ {at} solved", at=v.when(part["solved_at"]))
    if part["due_missed"]:
        return v.t("🔴 not solved by {due}", due=v.when(part["due_at"]))
    if state == "planned":
        return v.t("🕒 planned for {at}", at=v.when(part["plan_at"]))
    if state == "received":
        return v.t("👌 {at} received", at=v.when(part["answered_at"]))
    if part["reply_missed"]:
        return v.t("🔴 no answer by {at}", at=v.when(facts["reply_by"]))
    return v.t("⏳ not answered yet")


def _words(v: Viewer, part: Facts) -> str:
    media = {
        "photo": v.t("[photo]"),
        "voice": v.t("[voice message]"),
        "video": v.t("[video]"),
        "document": v.t("[file]"),
        "other": v.t("[attachment]"),
    }
    medium = str(media.get(str(part["medium"]), ""))
    return " ".join(word for word in (medium, one_line(str(part["answer"]), MOST_OF_ANSWER)) if word)


def excuse_line(v: Viewer, excuse_: Facts | None) -> Html | None:
    if excuse_ is None:
        return None
    if excuse_["lifted"] is None:
        return v.t("Explained {at}, being judged", at=v.when(excuse_["filed_at"]))
    how = v.t("accepted, entry taken back") if excuse_["lifted"] else v.t("not accepted")
    return v.t("Explanation {how} · {by} {at}", how=how, by=excuse_["by"], at=v.when(excuse_["at"]))


def mentions(v: Viewer, facts: Facts) -> Html:
    """The people by 部门-姓名, linked to their accounts so that it rings with them."""
    accounts = facts.get("accounts") or [0] * len(facts["people"])
    linked = [
        fill('<a href="tg://user?id={id}">{label}</a>', id=account, label=p["label"])
        if account and not v.private
        else Html(escaped(p["label"]))
        for p, account in zip(facts["people"], accounts, strict=True)
    ]
    more = Html("…") if len(linked) > MOST_NAMES else Html("")
    return fill("{names}{more}", names=Html("、".join(linked[:MOST_NAMES])), more=more)


@shows(tasks.ALERT)
def alert(v: Viewer, facts: Facts) -> Screen:
    """The first alert: nobody answered in time. The giver also learns whom it did not reach, and
    who was absent."""
    unreached, absent = (facts["unreached"], facts["absent"]) if v.private else ([], [])
    return inside(
        lines(
            v.t("🔔 No answer by {at}: {names}", at=v.when(facts["limit"]), names=mentions(v, facts))
            if facts["people"]
            else None,
            v.t("Not reached, nothing recorded: {names}", names="、".join(unreached[:MOST_NAMES]))
            if unreached
            else None,
            v.t("On leave or a trip, nothing recorded: {names}", names="、".join(absent[:MOST_NAMES]))
            if absent
            else None,
            summary(v, facts),
            v.clause(facts.get("clause"), f"task:{facts['task']}"),
        )
    )


def summary(v: Viewer, facts: Facts) -> Html:
    return fill(
        "{task} · {giver} {at} “{text}”",
        task=name(v, facts),
        giver=facts["giver"],
        at=v.when(facts["given_at"]),
        text=one_line(str(facts["text"])),
    )


@shows(tasks.LATE)
def late(v: Viewer, facts: Facts) -> Screen:
    """To who has not answered: answer now, or explain."""
    number = facts["task"]
    return inside(
        lines(
            v.t("🔔 You have not answered by {at}.", at=v.when(facts["limit"])),
            summary(v, facts),
            v.t("To explain why, reply to this message, for example: no network on the road"),
            v.clause(facts.get("clause"), f"task:{facts['task']}"),
        ),
        row(
            Button(v.t("👌 Received"), press("t.got", number)),
            Button(v.t("✅ Solved"), press("t.done", number)),
            Button(v.t("📝 Explain"), press("t.why", number)),
        ),
    )


@shows(tasks.ESCALATED)
def escalated(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            v.t(
                "🔺 Still no answer ({span}): {names}",
                span=v.left(facts["limit"]),
                names=mentions(v, facts),
            ),
            summary(v, facts),
            v.clause(facts.get("clause"), f"task:{facts['task']}"),
        )
    )


@shows(tasks.OVERDUE)
def overdue(v: Viewer, facts: Facts) -> Screen:
    mine = facts.get("mine", False)
    return inside(
        lines(
            v.t("⏰ Not solved by {at}: {names}", at=v.when(facts["limit"]), names=mentions(v, facts)),
            summary(v, facts),
            v.t("Say how far it is, or give a new time.") if mine else None,
            v.clause(facts.get("clause"), f"task:{facts['task']}"),
        )
    )


@shows(tasks.ANSWERED)
def answered(v: Viewer, facts: Facts) -> Screen:
    part = facts["people"][0]
    return inside(
        lines(part_line(v, facts, part, named=True), summary(v, facts)),
    )


@shows(tasks.CLOSED)
def closed(v: Viewer, facts: Facts) -> Screen:
    if facts["state"] == "withdrawn":
        said = v.t("Withdrawn by {by}: nothing more to do.", by=facts["closed_by"])
    else:
        said = v.t("Confirmed as solved by {by}.", by=facts["closed_by"])
    return inside(lines(said, summary(v, facts)))


@shows(tasks.EXCUSE)
def excuse(v: Viewer, facts: Facts) -> Screen:
    """To the superior, who decides."""
    filed, part = facts["excuse"], facts["people"][0]
    undecided = filed["lifted"] is None
    return inside(
        lines(
            v.t("📝 {label} explains the late answer ({at}):", label=part["label"], at=v.when(filed["filed_at"])),
            fill("“{text}”", text=shortened(str(filed["text"]), MOST_ON_CARD)),
            summary(v, facts),
            None if undecided else excuse_line(v, filed),
            v.clause(facts.get("clause"), f"task:{facts['task']}"),
        ),
        row(
            Button(v.t("Accept the reason"), press("t.lift", filed["excuse"])),
            Button(v.t("Don't accept it"), press("t.keep", filed["excuse"])),
        )
        if undecided
        else (),
    )


@about(Kind.EXCUSE, "excuse")
def excuse_about(v: Viewer, facts: Facts) -> Html:
    """What an approval of an excuse is about: 任务 7 · 10:30 前未回复 · “把报价发给华强”."""
    at = v.when(facts["reply_by"])
    said = v.t("{task}, no answer by {at}", task=name(v, facts), at=at)
    return fill("{said} · {giver} “{text}”", said=said, giver=facts["giver"], text=one_line(str(facts["text"])))


@shows(tasks.JUDGED)
def judged(v: Viewer, facts: Facts) -> Screen:
    return inside(
        lines(
            excuse_line(v, facts["excuse"]), summary(v, facts), v.clause(facts.get("clause"), f"task:{facts['task']}")
        )
    )
