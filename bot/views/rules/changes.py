"""What has changed in the rulebook, old → new in words; and what became of reading its file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, cast

from bot.views.base import Html, Screen, Viewer, escaped, fill, lines, shows, words
from bot.views.rules.clauses import effects_said
from core import rules
from core.notices import Facts
from core.rulebook import Words
from core.rules import Adopted, DayPassed, SwitchedAlready
from core.rules.differences import facts_of

TOKENS = re.compile(r"\d+(?:[.:]\d+)*|[A-Za-z]+|.", re.DOTALL)
ALIKE = 0.5  # how alike two texts are whose differences are marked inside one text
Said = Mapping[str, Any]


def both(v: Viewer, said: Said) -> str:
    """The viewer's one of a text given in both languages."""
    return Words(zh=str(said["zh"]), en=str(said["en"])).say(v.language)


@shows(rules.CHANGED)
def changed(v: Viewer, facts: Facts) -> Screen:
    by = str(facts["by"])
    return Screen(
        lines(
            v.t("📖 <b>The rulebook has changed</b>, in force since {at}", at=v.when(str(facts["since"]))),
            v.t("Changed by {by}", by=by) if by else v.t("Changed in the rulebook file"),
            *differences(v, facts),
            v.t("What runs already keeps its old figures."),
        )
    )


def differences(v: Viewer, facts: Facts) -> list[Html]:
    """Clause by clause, then settings that no clause names, then how many more."""
    told = [clause_change(v, one) for one in cast("Sequence[Said]", facts["clauses"])]
    told += [_setting(v, one) for one in cast("Sequence[Said]", facts["settings"])]
    left = cast("int", facts["left"])
    return [*told, v.t("… and {n} more: /rules", n=left)] if left else told


def _setting(v: Viewer, facts: Said) -> Html:
    old, new = both(v, facts["old"]), both(v, facts["new"])
    return v.t("{what}: {old} → {new}", what=both(v, facts["what"]), old=old, new=new)


def clause_change(v: Viewer, facts: Said) -> Html:
    """One clause: its name, and what about it is different."""
    named = v.clause(str(facts["id"])) if str(facts["id"]) in v.rulebook.clauses else _named(v, facts)
    old, new = facts["old"], facts["new"]
    if new is None:
        return v.t("{named}: no longer a rule", named=named)
    if old is None:
        known = v.t("{named}: new", named=named) if new["in_force"] else v.t("{named}: new, on trial", named=named)
        return lines(known, fill("{text}", text=both(v, new["text"])))
    return lines(
        fill("{named}", named=named),
        _renamed(v, old, new),
        marked(both(v, old["text"]), both(v, new["text"])) if old["text"] != new["text"] else None,
        _cost(v, old, new),
        _force(v, new) if old["in_force"] != new["in_force"] else None,
    )


def _named(v: Viewer, facts: Said) -> Html:
    return fill("<i>{article} {title}</i>", article=facts["article"], title=both(v, facts["title"]))


def _renamed(v: Viewer, old: Said, new: Said) -> Html | None:
    was, now = f"{old['article']} {both(v, old['title'])}", f"{new['article']} {both(v, new['title'])}"
    return v.t("Before: {was}", was=was) if was != now else None


def _cost(v: Viewer, old: Said, new: Said) -> Html | None:
    if old["cost"] == new["cost"]:
        return None
    none = v.t("nothing")
    was, now = (effects_said(v, one["cost"]) or none for one in (old, new))
    return v.t("A breach costs: {was} → {now}", was=was, now=now)


def _force(v: Viewer, new: Said) -> Html:
    return v.t("Now in force") if new["in_force"] else v.t("Now on trial: without effect")


def marked(old: str, new: str) -> Html:
    """The new text, with what it had before struck out; both whole where they are hardly alike."""
    before, after = TOKENS.findall(old), TOKENS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return lines(fill("<s>{old}</s>", old=old), fill("<b>{new}</b>", new=new))
    parts = []
    for kind, a, b, c, d in matcher.get_opcodes():
        gone, come = escaped("".join(before[a:b])), escaped("".join(after[c:d]))
        if kind == "equal":
            parts.append(come)
        else:
            arrow = " → " if gone and come else ""
            parts.append((f"<s>{gone}</s>" if gone else "") + arrow + (f"<b>{come}</b>" if come else ""))
    return Html("".join(parts))


@shows(rules.PLANNED)
def planned(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        lines(
            v.t("📖 From {at} this clause is in force:", at=v.day(str(facts["from_at"]))),
            _of_clause(v, facts),
            v.t("Decided by {by}", by=facts["by"]),
        )
    )


@shows(rules.CALLED_OFF)
def called_off(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        lines(
            v.t("📖 Not in force from {at} after all:", at=v.day(str(facts["from_at"]))),
            _of_clause(v, facts),
            v.t("Decided by {by}", by=facts["by"]),
        )
    )


def _of_clause(v: Viewer, facts: Facts) -> Html:
    clause_id = str(facts["id"])
    return v.clause(clause_id) if clause_id in v.rulebook.clauses else _named(v, cast("Said", facts))


# The file -----------------------------------------------------------------------------------------------


@shows(rules.BAD_FILE)
def bad_file(v: Viewer, facts: Facts) -> Screen:
    problems = [both(v, one) for one in cast("Sequence[Said]", facts["problems"])]
    return _refused(v, problems, cast("int", facts["left"]))


def refused_file(v: Viewer, problems: Sequence[Words], left: int) -> Screen:
    return _refused(v, [one.say(v.language) for one in problems], left)


def _refused(v: Viewer, problems: Sequence[str], left: int) -> Screen:
    return Screen(
        lines(
            v.t("❌ The rulebook file was not taken; the running rulebook stays in force."),
            *(fill("· {problem}", problem=problem) for problem in problems),
            v.t("… and {n} more: keguan rulebook check", n=left) if left else None,
            v.t("Put it right, then /reload"),
        )
    )


def nothing_to_reload(v: Viewer) -> Screen:
    return Screen(v.t("No rulebook file is set (KEGUAN_RULEBOOK): the default one is in force."))


def reloaded(v: Viewer, adopted: Adopted) -> Screen:
    if not adopted.found:
        return Screen(v.t("✓ The file says what is in force already."))
    kept = [v.clause(clause) for clause in adopted.kept]
    return Screen(
        lines(
            v.t("✓ Taken up, in force from now on:"),
            *differences(v, facts_of(adopted.found)),
            v.t("As decided in the chat, not as in the file: {clauses}", clauses=Html("、".join(kept)))
            if kept
            else None,
        )
    )


# Refusals -----------------------------------------------------------------------------------------------


@words(SwitchedAlready)
def switched_already(v: Viewer, error: SwitchedAlready) -> str:
    if error.from_at is not None:
        return v.t("Settled already: in force from {at}, by {by}.", at=v.when(error.from_at), by=error.by)
    return v.t("This clause is in force already.") if error.in_force else v.t("This clause is on trial already.")


@words(DayPassed)
def day_passed(v: Viewer, error: DayPassed) -> str:
    return v.t("That day has begun. Open the clause again with /rules and choose another.")
