"""Reading and searching clauses, reloading the rulebook's file, putting clauses in force (RULE-1, RULE-3, RULE-4)."""

from __future__ import annotations

import re
from datetime import date

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.rulebook_file import NoFile, RulebookFile, told
from bot.screens import Say
from bot.views import rules as views
from bot.views.base import CLAUSE_PREFIX, Viewer
from bot.views.rules.clauses import SECTION_PREFIX, words_of
from core import rules
from core.access import STAFF, Actor, Role, authorise
from core.errors import NotFound
from core.rulebook import RulebookError
from core.rules import DECIDERS, SwitchId

RULES = command("rules", ("制度",), N_("Search the rules"), Place.BOTH, STAFF)
TRIAL = command("trial", ("试行",), N_("What clauses on trial would have cost"), Place.PRIVATE, DECIDERS)
RELOAD = command("reload", ("重载制度",), N_("Read the rulebook file again"), Place.PRIVATE, (Role.ADMIN,))
DAY = re.compile(r"20\d{6}", re.ASCII)


def router() -> Router:
    made = Router(name="rules")
    made.message.register(clause_link, Said(START), Payload(CLAUSE_PREFIX))
    made.message.register(section_link, Said(START), Payload(SECTION_PREFIX))
    made.message.register(rulebook, Said(RULES))
    made.message.register(trial, Said(TRIAL))
    made.message.register(reload, Said(RELOAD))
    made.callback_query.register(clause, OnPress("rule"))
    made.callback_query.register(listed, OnPress("rulelist"))
    made.callback_query.register(leaf, OnPress("rulefind"))
    made.callback_query.register(changes, OnPress("rulehist"))
    made.callback_query.register(trial_pressed, OnPress("trial", private=True))
    made.callback_query.register(force, OnPress("force", private=True))
    made.callback_query.register(call_off, OnPress("ruleoff", private=True))
    made.callback_query.register(shadow, OnPress("shadow", private=True))
    return made


async def rulebook(_: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    if not args:
        await say(views.home(v, await ask(rules.sections, actor), decides=actor.has(*DECIDERS)))
    elif args in await ask(rules.sections, actor):
        await say(views.section(v, args, await ask(rules.of_section, actor, args)))
    else:
        await _find(words_of(args), 0, actor, v, ask, say)


async def _find(text: str, at: int, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(rules.search, actor, text)
    at = min(at, len(found) - 1)
    page = await ask(rules.read, actor, found[at].id) if found else None
    await say(views.found(v, text, found, at, page))


async def leaf(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await _find(_part(parts, 1), number(parts), actor, v, ask, say)
    await say.toast("")


async def listed(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    section, start = _part(parts, 0), number(parts, 1)
    if section:
        await say(views.section(v, section, await ask(rules.of_section, actor, section), start))
    else:
        await say(views.all_clauses(v, await ask(rules.search, actor, ""), start))
    await say.toast("")


async def changes(query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.history(v, await ask(rules.history, actor)))
    await say.toast("")


async def clause(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    """In a group only whoever presses sees it, over the chat."""
    page = await ask(rules.read, actor, _part(parts, 0), _part(parts, 1))
    if v.private:
        await say.new(views.page(v, page))
        await say.toast("")
    else:
        await say.toast(views.in_short(v, page), alert=True)


async def clause_link(message: Message, payload: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    version, _, clause_id = payload.partition("_")
    await say(views.page(v, await ask(rules.read, actor, clause_id.replace("-", "."), version)))


async def section_link(_: Message, payload: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.section(v, payload, await ask(rules.of_section, actor, payload)))


async def trial(_: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.statistics(v, await ask(rules.trials, actor)))


async def trial_pressed(query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say.new(views.statistics(v, await ask(rules.trials, actor)))
    await say.toast("")


async def reload(_: Message, actor: Actor, v: Viewer, do: Do, say: Say, rulebook_file: RulebookFile) -> None:
    authorise(rules.adopt, actor)
    try:
        book = await rulebook_file.read()
    except NoFile:
        await say(views.nothing_to_reload(v))
    except RulebookError as error:
        await say(views.refused_file(v, *told(error)))
    else:
        await say(views.reloaded(v, await do(rules.adopt, actor, book)))


async def force(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    clause_id, day = _part(parts, 0), _day(parts)
    await do(rules.put_in_force, actor, clause_id, day)
    await say(views.page(v, await ask(rules.read, actor, clause_id)))
    await say.toast("")


def _part(parts: list[str], at: int) -> str:
    return parts[at] if at < len(parts) else ""


def _day(parts: list[str]) -> date:
    """The day in a button's data. Raises NotFound."""
    text = _part(parts, 1)
    try:
        return date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError as error:
        raise NotFound("button", text) from error


async def call_off(
    query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say
) -> None:
    switch = await do(rules.call_off, actor, SwitchId(number(parts)))
    await say(views.page(v, await ask(rules.read, actor, switch.clause)))
    await say.toast("")


async def shadow(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    switch = await do(rules.back_into_shadow, actor, _part(parts, 0))
    await say(views.page(v, await ask(rules.read, actor, switch.clause)))
    await say.toast("")
