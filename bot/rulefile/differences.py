"""What a new rulebook would mean, clause by clause, in people's words (RULE-4)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.terminal import Texts
from core.rulebook import Clause, Rulebook, Sanction
from core.rulebook.differing import Differing, differing
from core.rulebook.saying import say
from core.rules.differences import ClauseChange, differences


def told(old: Rulebook, new: Rulebook, texts: Texts) -> Iterator[str]:
    """Clauses that read differently with their figures, then settings that no clause names."""
    yield texts.t("Version {old} → {new}", old=old.version, new=new.version)
    found, changes = differences(old, new)
    if not changes:
        yield texts.t("Nothing changes.")
        return
    settings = differing(old, new)
    for change in found.clauses:
        yield ""
        yield from _clause(change, settings, texts)
    ids = {change.id for change in found.clauses}
    others = [one for one in settings if not one.clauses & ids]
    if others:
        yield ""
        yield texts.t("Settings that no clause names")
        yield from (f"  {_setting(one, texts)}  ({one.shown.key})" for one in others)
    yield ""
    yield texts.t("Deadlines that are running keep the figures they were opened with.")


def _clause(change: ClauseChange, settings: list[Differing], texts: Texts) -> Iterator[str]:
    old, new = change.old, change.new
    if new is None:
        if old is not None:
            yield _headline(old.clause, texts)
            yield "  " + texts.t("No longer there")
        return
    yield _headline(new.clause, texts)
    if old is None:
        yield "  " + texts.t("A new clause")
    else:
        yield from (f"  {line}" for line in _lines(old.clause, new.clause, settings, texts))
        if (old.cost or Sanction()) != (new.cost or Sanction()):
            was, now = (say(state.cost, "", texts.language) for state in (old, new))
            yield "  " + texts.t("Sanction: {old} → {new}", old=was, new=now)
    if old is None or old.clause.says != new.clause.says:
        yield f"  {new.clause.says.say(texts.language)}"


def _headline(clause: Clause, texts: Texts) -> str:
    return f"{clause.article} {clause.title.say(texts.language)} ({clause.id})"


def _lines(old: Clause, new: Clause, settings: list[Differing], texts: Texts) -> Iterator[str]:
    if old.in_force != new.in_force:
        yield texts.t("Shadow → in force") if new.in_force else texts.t("In force → shadow")
    if old.title != new.title:
        yield f"{old.title.say(texts.language)} → {new.title.say(texts.language)}"
    if old.article != new.article:
        yield f"{old.article} → {new.article}"
    for one in settings:
        if new.id in one.clauses and not isinstance(one.shown.value, Sanction):
            yield _setting(one, texts)


def _setting(one: Differing, texts: Texts) -> str:
    """`接单后联系客户的时限：10 → 15 工作分钟`; of a list only what comes and goes."""
    was, now = one.was(texts.language), one.now(texts.language)
    gone = [value for value in was if value not in now]
    come = [value for value in now if value not in was]
    words = one.what(texts.language)
    if len(was) == len(now) == 1 or not (gone or come):
        return texts.t("{what}: {old} → {new}", what=words, old=", ".join(was), new=", ".join(now))
    changes = [texts.t("without {values}", values="; ".join(gone))] if gone else []
    changes += [texts.t("with {values}", values="; ".join(come))] if come else []
    return texts.t("{what}: {changes}", what=words, changes="; ".join(changes))
