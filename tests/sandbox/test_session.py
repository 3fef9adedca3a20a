"""The in-process session: aiogram's strict types read what the sandbox says."""

from __future__ import annotations

import asyncio
import io

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandObject, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    Message,
    Update,
)
from aiohttp import ClientSession, web

from bot.sandbox.errors import UnknownParameterError
from bot.sandbox.people import Person
from bot.sandbox.server import make_app, serve, serve_app
from bot.sandbox.session import SandboxSession
from bot.sandbox.telegram import Telegram


@pytest.fixture
def bot(telegram: Telegram) -> Bot:
    return Bot(telegram.token, session=SandboxSession(telegram), default=DefaultBotProperties(parse_mode="HTML"))


async def test_a_dispatcher_talks_with_a_person(telegram: Telegram, bot: Bot, anna: Person) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def started(message: Message, command: CommandObject) -> None:
        button = InlineKeyboardButton(text="抢", callback_data="claim:7")
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
        await message.answer(f"<b>{command.args}</b>", reply_markup=keyboard)

    @dispatcher.callback_query(F.data == "claim:7")
    async def claimed(query: CallbackQuery) -> None:
        await query.answer("归你了")
        assert isinstance(query.message, Message)
        await query.message.edit_text("已被 Anna 抢走")

    anna.start("lead_7")
    for update in telegram.updates.take():
        await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}))
    assert anna.last().html == "<b>lead_7</b>"
    press = anna.press("抢")
    for update in telegram.updates.take():
        await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}))
    assert press.toast == "归你了"
    assert (anna.last().text, anna.last().labels) == ("已被 Anna 抢走", [])


async def test_refusals_become_aiograms_exceptions(telegram: Telegram, bot: Bot, anna: Person) -> None:
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(11, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(999, "x")
    group = anna.create_group("一", kind="group")
    upgraded = anna.migrate(group)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.migrate_to_chat_id == upgraded.id
    stranger = Bot("1000001:SANDBOX-other", session=SandboxSession(telegram))
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()


async def test_files_go_and_come_back(bot: Bot, anna: Person) -> None:
    anna.start()
    sent = await bot.send_document(11, BufferedInputFile("表".encode(), "报表.xlsx"), caption="三月 <i>报表</i>")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("报表.xlsx", "三月 报表")
    loaded = await bot.download(sent.document, io.BytesIO())
    assert loaded is not None
    assert loaded.read() == "表".encode()
    album = await bot.send_media_group(
        11,
        [
            InputMediaDocument(media=BufferedInputFile(b"1", "a.txt")),
            InputMediaDocument(media=sent.document.file_id),
        ],
    )
    assert len({m.media_group_id for m in album}) == 1


async def test_a_waiting_poll_wakes_when_someone_writes(bot: Bot, anna: Person) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    for _ in range(5):
        await asyncio.sleep(0)
    assert anna.telegram.updates.poll is not None
    anna.start()
    updates = await waiting
    assert updates[0].message is not None
    assert updates[0].message.text == "/start"


async def test_the_same_bot_over_http(telegram: Telegram, anna: Person) -> None:
    server = await serve(telegram)
    api = TelegramAPIServer.from_base(server.url)
    async with Bot(telegram.token, session=AiohttpSession(api=api)) as bot:
        anna.start("x_1")
        updates = await bot.get_updates(timeout=5)
        assert updates[0].message is not None
        assert updates[0].message.text == "/start x_1"
        button = InlineKeyboardButton(text="抢", callback_data="claim:7")
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
        await bot.send_message(11, "线索", reply_markup=keyboard)
        anna.press("claim:7")
        updates = await bot.get_updates(offset=updates[0].update_id + 1, timeout=5)
        assert updates[0].callback_query is not None
        await updates[0].callback_query.answer("好")
        sent = await bot.send_document(11, BufferedInputFile("表".encode(), "报表 三月.xlsx"))
        assert sent.document is not None
        assert sent.document.file_name == "报表 三月.xlsx"
        loaded = await bot.download(sent.document)
        assert loaded is not None
        assert loaded.read() == "表".encode()
    await server.stop()


async def test_a_web_page_is_served_beside_the_bot_api(telegram: Telegram) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="客管")

    server = await serve_app(make_app(telegram, [web.get("/", page)]))
    async with ClientSession(server.url) as http:
        async with http.get("/") as answer:
            assert await answer.text() == "客管"
        async with http.get(f"/bot{telegram.token}/getMe") as answer:
            assert (await answer.json())["ok"] is True
    await server.stop()


async def test_strict_mode_is_not_hidden_by_error_handling(telegram: Telegram, bot: Bot) -> None:
    class Wrong(SendMessage):
        shoe_size: int = 43

    with pytest.raises(UnknownParameterError, match="shoe_size"):
        await bot(Wrong(chat_id=11, text="x"))
