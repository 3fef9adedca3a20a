"""Confirming what was read, and training sessions (ORG-12)."""

from __future__ import annotations

import asyncio

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot import sheets
from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import training as views
from bot.views.base import Viewer
from core import reading, training
from core.access import MANAGERS, STAFF, Actor, Role
from core.ids import ReadingId, TrainingId

DECIDERS = (Role.ADMIN, *MANAGERS)
READS = command("reads", ("制度阅读",), N_("What is to be read; managers: who has not"), Place.PRIVATE, STAFF)
TRAINING = command("training", ("培训",), N_("Training sessions"), Place.BOTH, STAFF)


def router() -> Router:
    made = Router(name="training")
    made.message.register(reads, Said(READS))
    made.message.register(in_group, Said(TRAINING), ~(F.chat.type == "private"))
    made.message.register(in_private, Said(TRAINING))
    for data, handler in (
        ("rd.read", confirm),
        ("rd.all", standings),
        ("tr.part", take_part),
        ("tr.close", close),
        ("tr.held", held),
        ("tr.show", show),
        ("tr.file", file),
    ):
        made.callback_query.register(handler, OnPress(data))
    return made


# Reading


async def reads(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    if actor.has(*DECIDERS):
        await say(views.standings(v, await ask(reading.overview, actor)))
    await say(views.next_clause(v, await ask(reading.next_unread, actor)))


async def confirm(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.next_clause(v, await do(reading.confirm, actor, ReadingId(number(parts)))))
    await say.toast("✓")


async def standings(query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(reading.overview, actor)
    await say.toast("")
    await say.new(views.standings(v, found))


# Training


async def in_group(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    """`/training topic` posts a card; `/training 12 names` enters people."""
    named = views.read_training(args)
    if named is not None:
        await say(views.entered(v, await do(training.enter, actor, *named)))
        return
    if args:
        await do(training.hold, actor, args)
    else:
        await say(views.how(v, manages=actor.has(*DECIDERS)))


async def in_private(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    named = views.read_training(args)
    if named is not None:
        await say(views.entered(v, await do(training.enter, actor, *named)))
    elif not args:
        await say(views.record(v, actor.name, await ask(training.mine, actor), manages=actor.has(*DECIDERS)))
    elif args.startswith("@") or not actor.has(*DECIDERS):
        await say(views.of_person(v, await ask(training.of_person, actor, args)))
    else:
        await say(views.entered(v, await do(training.hold, actor, args)))


async def take_part(query: CallbackQuery, parts: list[str], actor: Actor, do: Do, say: Say) -> None:
    await do(training.take_part, actor, TrainingId(number(parts)))
    await say.toast("✓")


async def close(query: CallbackQuery, parts: list[str], actor: Actor, do: Do, say: Say) -> None:
    await do(training.close, actor, TrainingId(number(parts)))
    await say.toast("✓")


async def held(query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.held(v, await ask(training.held, actor)))
    await say.toast("")


async def show(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = {one.id: one for one in await ask(training.held, actor)}
    one = found.get(TrainingId(number(parts)))
    await say.toast("")
    if one is not None:
        await say.new(views.entered(v, one))


async def file(query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(training.held, actor)
    await say.toast("")
    heading, rows = views.sheet(v, found)
    made = await asyncio.to_thread(sheets.workbook, heading, rows, str(v.t("Training sessions")))
    await say.file(f"training-{v.now.astimezone(v.zone):%Y%m%d}.xlsx", made)
