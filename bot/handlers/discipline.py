"""What managers decide about messages that were found in work groups, and the lists made by chat (ORG-5)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import discipline as views
from bot.views.base import Viewer
from core import discipline
from core.access import MANAGERS, Actor, Role
from core.ids import ViolationId

DECIDERS = (Role.ADMIN, *MANAGERS)
CASES = command("violations", ("违规记录",), N_("What was found in your groups"), Place.PRIVATE, DECIDERS)
ALLOW = command("allow", ("放行",), N_("Let a word, link or @channel pass"), Place.BOTH, DECIDERS)
FORBID = command("forbid", ("禁发",), N_("Forbid a word or a link"), Place.BOTH, DECIDERS)


def router() -> Router:
    made = Router(name="discipline")
    made.message.register(cases, Said(CASES))
    made.message.register(allow, Said(ALLOW))
    made.message.register(forbid, Said(FORBID))
    for data, handler in (
        ("dc.show", show),
        ("dc.restore", restore),
        ("dc.remove", remove),
        ("dc.pass", let_pass),
        ("dc.expel", expel),
        ("dc.allow", allow_found),
        ("dc.strike", strike),
    ):
        made.callback_query.register(handler, OnPress(data))
    return made


async def cases(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.overview(v, await ask(discipline.recent, actor)))


async def allow(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    if not args:
        await say(views.listing(v, await ask(discipline.listing, actor)))
        return
    await say(views.listed(v, await do(discipline.allow, actor, args)))


async def forbid(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    if not args:
        await say(views.listing(v, await ask(discipline.listing, actor)))
        return
    category, text = views.read_forbidden(args)
    await say(views.listed(v, await do(discipline.forbid, actor, text, category)))


def _case(parts: list[str]) -> ViolationId:
    return ViolationId(number(parts))


async def show(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(discipline.detail, actor, _case(parts))
    await say.toast("")
    for screen in views.evidence(v, *found):
        await say.new(screen)


async def restore(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(views.toast(v, await do(discipline.restore, actor, _case(parts))))


async def remove(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(views.toast(v, await do(discipline.remove, actor, _case(parts))))


async def let_pass(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(views.toast(v, await do(discipline.let_pass, actor, _case(parts))))


async def expel(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    violation = await do(discipline.expel, actor, _case(parts))
    await say.toast(v.t("{name} is being put out of the group.", name=violation.name))


async def allow_found(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    one = await do(discipline.allow_found, actor, _case(parts))
    await say.toast(views.toast_of(views.listed(v, one)), alert=True)


async def strike(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.struck(v, await do(discipline.strike, actor, number(parts))))
    await say.toast("")
