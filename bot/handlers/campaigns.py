"""Sharing campaigns in groups and in private (ORG-7)."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.dialogs import campaigns as forms
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import campaigns as views
from bot.views.base import Viewer
from core import campaigns
from core.access import MANAGERS, STAFF, Actor, Role
from core.campaigns import NotAhead
from core.groups import NotBound
from core.ids import CampaignId, MessageId

DECIDERS = (Role.ADMIN, *MANAGERS)
CAMPAIGN = command("campaign", ("转发活动",), N_("Sharing campaigns"), Place.BOTH, STAFF)


class AnswersCampaign(Filter):
    """Passes a photo in reply to a campaign's card or reminder; hands on `campaign` (P44)."""

    async def __call__(self, message: Message, actor: Actor, ask: Ask, bot: Any) -> bool | dict[str, Any]:
        replied = message.reply_to_message
        if replied is None or replied.from_user is None or replied.from_user.id != bot.id or not actor.is_staff:
            return False
        found = await ask(campaigns.answered, actor, MessageId(replied.message_id))
        return {"campaign": found} if found is not None else False


def router() -> Router:
    made = Router(name="campaigns")
    made.message.register(in_group, Said(CAMPAIGN), ~(F.chat.type == "private"))
    made.message.register(in_private, Said(CAMPAIGN))
    made.callback_query.register(share, OnPress("cp.share"))
    made.callback_query.register(show, OnPress("cp.show"))
    made.callback_query.register(withdraw, OnPress("cp.end"))
    made.callback_query.register(new, OnPress("cp.new", private=True))
    return made


def dialogs() -> list[Dialog]:
    return forms.dialogs()


def listeners() -> Router:
    made = Router(name="campaigns.proofs")
    made.message.register(proved, F.photo, F.reply_to_message, AnswersCampaign())
    return made


async def in_group(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    """`/campaign until text`, or in reply to what is to be shared; alone it lists what runs."""
    post = message.reply_to_message
    until, text = views.read_campaign(v, args)
    photo = next((one.photo[-1].file_id for one in (message, post) if one is not None and one.photo), "")
    if post is not None:
        if text and until is None:
            raise NotAhead(text)
        text = post.text or post.caption or ""
    if not (text or photo):
        await say(views.running(v, await ask(campaigns.running, actor), manages=False, mine=actor.person))
        return
    if actor.group is None:
        raise NotBound
    await do(campaigns.start, actor, actor.group, text, photo, until)


async def in_private(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    counts = await ask(campaigns.running, actor)
    await say(views.running(v, counts, manages=actor.has(*DECIDERS), mine=actor.person))


async def new(query: CallbackQuery, dialog_manager: DialogManager, say: Say) -> None:
    await forms.begin(dialog_manager)
    await say.toast("")


async def share(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(views.counted(v, await do(campaigns.share, actor, CampaignId(number(parts)))))


async def proved(message: Message, campaign: CampaignId, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    proof = message.photo[-1].file_id if message.photo else ""
    await say(views.counted(v, await do(campaigns.share, actor, campaign, proof)))


async def show(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    count = await ask(campaigns.detail, actor, CampaignId(number(parts)))
    await say.toast("")
    for screen in views.detail(v, count):
        await say.new(screen)


async def withdraw(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.withdrawn(v, await do(campaigns.withdraw, actor, CampaignId(number(parts)))))
    await say.toast("")
