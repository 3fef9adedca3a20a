"""python-telegram-bot as the second, independent client over HTTP.

It keeps every field it doesn't know in `api_kwargs`; nothing may land there but what is newer than it.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import telegram as ptb
from aiogram.types import Message, TelegramObject, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from bot.sandbox.limits import Limits
from bot.sandbox.people import Person
from bot.sandbox.server import Server
from bot.sandbox.telegram import TOKEN, Telegram
from tests.sandbox.test_people import PNG

NEWER_THAN_PTB = {"can_send_welcome_messages"}


@pytest.fixture
async def client(server: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ptb.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # durations as it will give them; the old way warns
    bot = ptb.Bot(
        TOKEN,
        base_url=f"{server.url}/bot",
        base_file_url=f"{server.url}/file/bot",
        request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
        get_updates_request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
    )
    async with bot:
        yield bot


def unknown_fields(value: Any) -> set[str]:
    """Names of all fields python-telegram-bot does not know, at any depth."""
    if isinstance(value, ptb.TelegramObject):
        names = set(value.api_kwargs)
        for name in value.to_dict(recursive=False):
            names |= unknown_fields(getattr(value, name, None))
        if isinstance(value, (ptb.Message, ptb.CallbackQuery, ptb.ChatMemberUpdated)):
            names |= unknown_fields(value.from_user)
        return names - NEWER_THAN_PTB
    if isinstance(value, (list, tuple)):
        return set().union(*map(unknown_fields, value)) if value else set()
    return set()


def extra_fields(value: Any) -> set[str]:
    """Names of all fields aiogram's models do not have, at any depth."""
    if isinstance(value, TelegramObject):
        names = set(value.model_extra or {})
        for name in type(value).model_fields:
            names |= extra_fields(getattr(value, name))
        return names
    if isinstance(value, list):
        return set().union(*map(extra_fields, value)) if value else set()
    return set()


def test_the_check_itself_finds_an_unknown_field(telegram: Telegram, anna: Person) -> None:
    wire = {**anna.say("x").wire, "from": {**anna.user.wire(), "shoe_size": 43}}
    assert unknown_fields(ptb.Message.de_json(wire, None)) == {"shoe_size"}
    assert extra_fields(Message.model_validate(wire)) == {"shoe_size"}


async def test_every_update_is_understood_by_both(
    client: ptb.Bot, telegram: Telegram, anna: Person, boris: Person
) -> None:
    kinds = [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "chat_member",
        "message_reaction",
    ]
    assert await client.get_updates(allowed_updates=kinds) == ()
    anna.start("lead_7")
    keyboard = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("抢", callback_data="claim")]])
    shown = await client.send_message(11, "<b>线索</b>", parse_mode="HTML", reply_markup=keyboard)
    anna.press("抢")
    anna.edit(anna.say("错字"), "改好 @keguan_bot #急 https://example.com")
    anna.say("回复", reply_to=shown.message_id)
    anna.say("张三 负责", mentions={"张三": boris})
    location = anna.send_location(22.5, 114.0)
    anna.send_pin(22.5, 114.0)
    anna.move_live(anna.share_live(22.5, 114.0), 22.6, 114.0)
    anna.send_venue(22.5, 114.0, "会展中心", "福华三路")
    anna.forward(location)
    anna.forward(location, hidden=True)
    anna.photo(PNG, "门头")
    anna.document("a.pdf", b"x")
    anna.voice()
    anna.video()
    anna.sticker()
    anna.contact("+86", "Anna", user_id=11)
    anna.album([PNG, PNG])
    anna.block()
    anna.unblock()
    group = anna.create_group("一", kind="group")
    anna.promote(telegram.bot.id, group)
    boris.join(group)
    anna.react(anna.say("好", group), "👍")
    anna.promote(boris, group)
    anna.demote(boris, group)
    anna.restrict(boris, group)
    anna.rename(group, "二")
    boris.leave(group)
    upgraded = anna.migrate(group)
    anna.remove_bot(upgraded)
    raw = telegram.updates.peek()
    seen = await client.get_updates(timeout=0)
    assert len(seen) == len(raw) > 30
    assert {next(k for k in u if k != "update_id") for u in raw} == set(kinds)
    for update, wire in zip(seen, raw, strict=True):
        assert unknown_fields(update) == set(), wire
        assert extra_fields(Update.model_validate(wire)) == set(), wire


async def test_every_answer_is_understood(client: ptb.Bot, telegram: Telegram, anna: Person, boris: Person) -> None:
    anna.start()
    boris.start()
    group = anna.create_group("一", boris, username="sales_one")
    anna.promote(telegram.bot.id, group)
    hers = anna.say("/x", group)
    text = await client.send_message(
        "@sales_one",
        "看 https://example.com",
        reply_to_message_id=hers.id,
        link_preview_options=ptb.LinkPreviewOptions(is_disabled=True),
    )
    photo = await client.send_photo(11, PNG, caption="图 /x", filename="图.png")
    file = io.BytesIO("表".encode())
    document = await client.send_document(11, file, filename="报表.xlsx")
    answers: list[Any] = [
        await client.get_me(),
        text,
        photo,
        document,
        await client.send_voice(11, b"OggS", duration=2),
        await client.send_location(11, 22.5, 114.0, horizontal_accuracy=30, live_period=600),
        await client.send_venue(11, 22.5, 114.0, "会展中心", "福华三路"),
        await client.send_contact(11, "+86", "Anna"),
        await client.send_media_group(11, [ptb.InputMediaPhoto(PNG), ptb.InputMediaPhoto(photo.photo[-1].file_id)]),
        await client.edit_message_text("改", group.id, text.message_id),
        await client.edit_message_caption(11, photo.message_id, caption="新"),
        await client.edit_message_media(ptb.InputMediaDocument(b"1", filename="乙.txt"), 11, document.message_id),
        await client.forward_message(12, 11, photo.message_id),
        await client.copy_message(12, 11, photo.message_id),
        await client.get_chat(11),
        await client.get_chat(group.id),
        await client.get_chat_administrators(group.id),
        await client.get_chat_member(group.id, 12),
        await client.get_webhook_info(),
        await client.get_file(photo.photo[-1].file_id),
        await client.get_my_name(),
        await client.get_my_description(),
        await client.get_my_default_administrator_rights(),
        await client.get_user_profile_photos(11),
        await client.get_chat_menu_button(),
    ]
    for answer in answers:
        assert unknown_fields(answer) == set(), answer
    assert document.document is not None
    assert document.document.file_name == "报表.xlsx"
    assert await client.pin_chat_message(group.id, text.message_id)
    assert await client.unpin_all_chat_messages(group.id)
    assert await client.set_message_reaction(group.id, hers.id, "👍")
    assert await client.send_chat_action(11, "typing")
    assert await client.set_my_commands([("x", "某")], ptb.BotCommandScopeChat(group.id), language_code="zh")
    assert (await client.get_my_commands(ptb.BotCommandScopeChat(group.id), "zh"))[0].command == "x"
    assert await client.set_my_short_description("简介")
    permissions = ptb.ChatPermissions(can_send_messages=False)
    assert await client.restrict_chat_member(group.id, 12, permissions)
    assert unknown_fields(await client.get_chat_member(group.id, 12)) == set()
    assert await client.ban_chat_member(group.id, 12)
    assert unknown_fields(await client.get_chat_member(group.id, 12)) == set()
    assert await client.delete_messages(11, [photo.message_id])
    assert await client.leave_chat(group.id)


async def test_a_file_comes_back_by_its_address(client: ptb.Bot, anna: Person) -> None:
    sent = anna.document("报表.xlsx", "表".encode())
    file = await client.get_file(sent.wire["document"]["file_id"])
    assert bytes(await file.download_as_bytearray()) == "表".encode()


async def test_refusals_become_its_exceptions(
    client: ptb.Bot, telegram: Telegram, server: Server, anna: Person
) -> None:
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await client.send_message(11, "x")
    anna.start()
    with pytest.raises(BadRequest, match="Message text is empty"):
        await client.send_message(11, "")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await client.send_message(11, "<b>", parse_mode="HTML")
    group = anna.create_group("一", kind="group")
    upgraded = anna.migrate(group)
    with pytest.raises(ChatMigrated) as moved:
        await client.send_message(group.id, "x")
    assert moved.value.new_chat_id == upgraded.id
    telegram.limits = Limits(monotonic=telegram.monotonic)
    await client.send_message(11, "x")
    with pytest.raises(RetryAfter) as flood:
        await client.send_message(11, "x")
    assert flood.value.retry_after == timedelta(seconds=1)
    await client.set_webhook("http://127.0.0.1:1/")
    with pytest.raises(Conflict, match="webhook is active"):
        await client.get_updates()
    await client.delete_webhook()
    other = ptb.Bot("1000001:SANDBOX-other", base_url=f"{server.url}/bot")
    with pytest.raises(InvalidToken):
        await other.initialize()
    await other.shutdown()
