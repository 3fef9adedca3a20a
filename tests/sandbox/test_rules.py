"""Each rule Telegram enforces, in the words it uses."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.errors import ApiError, UnknownParameterError
from bot.sandbox.params import Upload
from bot.sandbox.people import Person
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Wire
from tests.sandbox.conftest import HandClock
from tests.sandbox.test_people import PNG


def refused(telegram: Telegram, method: str, files: dict[str, Upload] | None = None, **params: Any) -> str:
    with pytest.raises(ApiError) as refusal:
        telegram.call(method, params, files)
    assert str(refusal.value.code) in {"400", "403", "404", "413"}
    return refusal.value.description


def inline(*labels: str) -> Wire:
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in labels]]}


def sent(telegram: Telegram, text: str = "x", chat_id: int = 11, **params: Any) -> int:
    return int(telegram.call("sendMessage", {"chat_id": chat_id, "text": text, **params})["message_id"])


@pytest.fixture
def chat(anna: Person) -> int:
    anna.start()
    anna.telegram.updates.take()
    return anna.id


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 999, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": "@nobody_here", "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": 11, "text": ""}, "Bad Request: message text is empty"),
        ({"chat_id": 11, "text": " \n "}, "Bad Request: text must be non-empty"),
        ({"chat_id": 11, "text": "字" * 4097}, "Bad Request: message is too long"),
        ({"chat_id": 11, "text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"chat_id": 11, "text": "x", "parse_mode": "Wiki"}, "Bad Request: unsupported parse_mode"),
        (
            {"chat_id": 11, "text": "x", "reply_to_message_id": 99},
            "Bad Request: message to be replied not found",
        ),
        (
            {"chat_id": 11, "text": "x", "reply_parameters": '{"message_id": 99}'},
            "Bad Request: message to be replied not found",
        ),
        (
            {"chat_id": 11, "text": "x", "reply_markup": "{"},
            "Bad Request: can't parse reply markup JSON object",
        ),
        ({"chat_id": 11, "text": "x", "reply_markup": "[]"}, "Bad Request: object expected as reply markup"),
        (
            {"chat_id": 11, "text": "x", "reply_markup": inline("字" * 22)},
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            {"chat_id": 11, "text": "x", "reply_markup": inline(*"x" * 101)},
            "Bad Request: reply markup is too long",
        ),
        (
            {"chat_id": 11, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "无动作"}]]}},
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"chat_id": 11, "text": "\ud83d"}, "Bad Request: strings must be encoded in UTF-8"),
    ],
)
def test_messages_that_are_refused(telegram: Telegram, chat: int, params: Wire, description: str) -> None:
    assert refused(telegram, "sendMessage", **params) == description
    assert [m.text for m in telegram.history(chat)] == ["/start"]


def test_the_longest_texts_pass(telegram: Telegram, chat: int) -> None:
    assert len(telegram.call("sendMessage", {"chat_id": chat, "text": "字" * 4096})["text"]) == 4096
    marked = telegram.call("sendMessage", {"chat_id": chat, "text": f"<b>{'x' * 4096}</b>", "parse_mode": "HTML"})
    assert marked["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]
    data = "字" * 21 + "x"
    keyed = telegram.call("sendMessage", {"chat_id": chat, "text": "x", "reply_markup": inline(data)})
    assert keyed["reply_markup"] == inline(data)


def test_empty_callback_data_is_taken_and_pressed(telegram: Telegram, anna: Person, chat: int) -> None:
    keyboard = {"inline_keyboard": [[{"text": "·", "callback_data": ""}]]}
    telegram.call("sendMessage", {"chat_id": chat, "text": "x", "reply_markup": keyboard})
    anna.press("·")
    assert telegram.updates.take()[0]["callback_query"]["data"] == ""


def test_a_reply_keyboard_is_never_echoed(telegram: Telegram, chat: int) -> None:
    for markup in ({"keyboard": [[{"text": "打卡"}]]}, {"remove_keyboard": True}, {"force_reply": True}):
        answer = telegram.call("sendMessage", {"chat_id": chat, "text": "x", "reply_markup": markup})
        assert "reply_markup" not in answer
        edit = refused(telegram, "editMessageText", chat_id=chat, message_id=answer["message_id"], text="y")
        assert edit == "Bad Request: message can't be edited"
    assert "reply_markup" not in telegram.call("sendMessage", {"chat_id": chat, "text": "x", "reply_markup": "{}"})


def test_captions_have_their_own_limit(telegram: Telegram, chat: int) -> None:
    upload = {"photo": Upload("a.png", PNG)}
    too_long = refused(telegram, "sendPhoto", upload, chat_id=chat, caption="字" * 1025)
    assert too_long == "Bad Request: message caption is too long"
    photo = telegram.call("sendPhoto", {"chat_id": chat, "caption": "字" * 1024}, upload)
    edited = telegram.call(
        "editMessageCaption",
        {"chat_id": chat, "message_id": photo["message_id"], "caption": "<i>短</i>", "parse_mode": "html"},
    )
    assert (edited["caption"], edited["caption_entities"][0]["type"]) == ("短", "italic")
    wrong = refused(telegram, "editMessageText", chat_id=chat, message_id=photo["message_id"], text="x")
    assert wrong == "Bad Request: there is no text in the message to edit"


def test_location_and_contact_keys_exist_in_private_chats_only(telegram: Telegram, anna: Person) -> None:
    group = anna.create_group("一")
    for name, what in (("request_location", "location"), ("request_contact", "phone number")):
        keyboard = {"keyboard": [[{"text": "给", name: True}]]}
        description = refused(telegram, "sendMessage", chat_id=group.id, text="x", reply_markup=keyboard)
        assert description == f"Bad Request: {what} can be requested in private chats only"


def test_whom_the_bot_can_not_reach(telegram: Telegram, anna: Person, boris: Person) -> None:
    start = refused(telegram, "sendMessage", chat_id=11, text="x")
    assert start == "Forbidden: bot can't initiate conversation with a user"
    for kind in ("group", "supergroup"):
        group = anna.create_group("一", kind=kind, with_bot=False)
        never = refused(telegram, "sendMessage", chat_id=group.id, text="x")
        assert never == f"Forbidden: bot is not a member of the {kind} chat"
        anna.add_bot(group)
        sent(telegram, chat_id=group.id)
        anna.remove_bot(group)
        kicked = refused(telegram, "sendMessage", chat_id=group.id, text="x")
        assert kicked == f"Forbidden: bot was kicked from the {kind} chat"
    boris.start()
    boris.user.deactivated = True
    assert refused(telegram, "sendMessage", chat_id=12, text="x") == "Forbidden: user is deactivated"


def test_a_muted_bot_may_not_write(telegram: Telegram, anna: Person) -> None:
    group = anna.create_group("一")
    anna.restrict(telegram.bot.id, group)
    description = refused(telegram, "sendMessage", chat_id=group.id, text="x")
    assert description == "Bad Request: not enough rights to send text messages to the chat"


def test_edits(telegram: Telegram, anna: Person, chat: int, clock: HandClock) -> None:
    number = sent(telegram, "一", reply_markup=inline("好"))
    same: Wire = {"chat_id": chat, "message_id": number, "text": "一", "reply_markup": inline("好")}
    assert refused(telegram, "editMessageText", **same) == (
        "Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message"
    )
    clock.move(60)
    edited = telegram.call("editMessageText", {"chat_id": chat, "message_id": number, "text": "二"})
    assert edited["edit_date"] == edited["date"] + 60
    assert "reply_markup" not in edited
    missing = refused(telegram, "editMessageText", chat_id=chat, message_id=999, text="x")
    assert missing == "Bad Request: message to edit not found"
    none = refused(telegram, "editMessageText", chat_id=chat, text="x")
    assert none == "Bad Request: message identifier is not specified"
    foreign = refused(telegram, "editMessageText", chat_id=chat, message_id=anna.history()[0].id, text="x")
    assert foreign == "Bad Request: message can't be edited"
    bare = refused(telegram, "editMessageReplyMarkup", chat_id=chat, message_id=number)
    assert bare.startswith("Bad Request: message is not modified")
    keyed = telegram.call(
        "editMessageReplyMarkup", {"chat_id": chat, "message_id": number, "reply_markup": inline("新")}
    )
    assert keyed["reply_markup"] == inline("新")
    assert anna.last().labels == ["新"]


def test_an_answered_message_keeps_its_old_form(telegram: Telegram, chat: int) -> None:
    before = telegram.call("sendMessage", {"chat_id": chat, "text": "一"})
    telegram.call("editMessageText", {"chat_id": chat, "message_id": before["message_id"], "text": "二"})
    assert before["text"] == "一"


def test_media_can_be_replaced(telegram: Telegram, chat: int) -> None:
    photo = telegram.call("sendPhoto", {"chat_id": chat, "caption": "旧"}, {"photo": Upload("a.png", PNG)})
    media = {"type": "document", "media": "attach://f1", "caption": "新"}
    edited = telegram.call(
        "editMessageMedia",
        {"chat_id": chat, "message_id": photo["message_id"], "media": media},
        {"f1": Upload("表.csv", b"1,2")},
    )
    assert (edited["document"]["file_name"], edited["caption"], "photo" in edited) == ("表.csv", "新", False)


def test_deleting(telegram: Telegram, anna: Person, chat: int, clock: HandClock) -> None:
    number = sent(telegram)
    assert telegram.call("deleteMessage", {"chat_id": chat, "message_id": number}) is True
    again = refused(telegram, "deleteMessage", chat_id=chat, message_id=number)
    assert again == "Bad Request: message to delete not found"
    old = sent(telegram)
    clock.move(48 * 3600 + 1)
    late = refused(telegram, "deleteMessage", chat_id=chat, message_id=old)
    assert late == "Bad Request: message can't be deleted for everyone"
    group = anna.create_group("一")
    hers = anna.say("/x", group)
    assert "can't be deleted" in refused(telegram, "deleteMessage", chat_id=group.id, message_id=hers.id)
    anna.promote(telegram.bot.id, group)
    assert telegram.call("deleteMessages", {"chat_id": group.id, "message_ids": [hers.id, 999]}) is True
    assert hers.id not in group.messages


def test_deleting_a_message_takes_its_keyboard_away(telegram: Telegram, anna: Person, chat: int) -> None:
    number = sent(telegram, reply_markup={"keyboard": [[{"text": "打卡"}]]})
    assert anna.keys() == ["打卡"]
    telegram.call("deleteMessage", {"chat_id": chat, "message_id": number})
    assert anna.keys() == []


def test_presses_expire(telegram: Telegram, anna: Person, chat: int, clock: HandClock) -> None:
    sent(telegram, reply_markup=inline("好"))
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert refused(telegram, "answerCallbackQuery", callback_query_id="1") == too_old
    press = anna.press("好")
    clock.move(15)
    assert refused(telegram, "answerCallbackQuery", callback_query_id=press.id, text="x" * 201) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    assert telegram.call("answerCallbackQuery", {"callback_query_id": press.id, "text": "好"}) is True
    late = anna.press("好")
    clock.move(15.1)
    assert refused(telegram, "answerCallbackQuery", callback_query_id=late.id) == too_old
    assert not late.answered


def test_a_second_answer_to_a_press_is_not_shown(telegram: Telegram, anna: Person, chat: int) -> None:
    sent(telegram, reply_markup=inline("好"))
    press = anna.press("好")
    telegram.call("answerCallbackQuery", {"callback_query_id": press.id, "text": "一"})
    telegram.call("answerCallbackQuery", {"callback_query_id": press.id, "text": "二"})
    assert press.toast == "一"


def test_files_are_checked(telegram: Telegram, chat: int) -> None:
    empty = refused(telegram, "sendDocument", {"document": Upload("a", b"")}, chat_id=chat)
    assert empty == "Bad Request: file must be non-empty"
    assert refused(telegram, "sendPhoto", {"photo": Upload("a", b"no")}, chat_id=chat) == (
        "Bad Request: IMAGE_PROCESS_FAILED"
    )
    big = Upload("a.png", PNG + bytes(10_000_000))
    assert "is too big for a photo" in refused(telegram, "sendPhoto", {"photo": big}, chat_id=chat)
    huge = Upload("a.bin", bytes(50_000_001))
    assert refused(telegram, "sendDocument", {"document": huge}, chat_id=chat) == "Request Entity Too Large"
    large = telegram.call("sendDocument", {"chat_id": chat}, {"document": Upload("a.bin", bytes(20_000_001))})
    file_id = large["document"]["file_id"]
    assert refused(telegram, "getFile", file_id=file_id) == "Bad Request: file is too big"
    again = telegram.call("sendDocument", {"chat_id": chat, "document": file_id})
    assert again["document"]["file_id"] == file_id
    assert refused(telegram, "sendPhoto", chat_id=chat, photo=file_id) == (
        "Bad Request: can't use file of type Document as Photo"
    )
    unknown = refused(telegram, "sendDocument", chat_id=chat, document="nonsense")
    assert unknown == "Bad Request: wrong file identifier/HTTP URL specified"
    missing = refused(telegram, "sendDocument", chat_id=chat, document="attach://f")
    assert missing == "Bad Request: wrong file identifier/HTTP URL specified"


def test_members_are_governed_by_rights(telegram: Telegram, anna: Person, boris: Person) -> None:
    group = anna.create_group("一", boris)
    plain = refused(telegram, "banChatMember", chat_id=group.id, user_id=12)
    assert plain == "Bad Request: not enough rights to restrict/unrestrict chat member"
    anna.promote(telegram.bot.id, group)
    assert refused(telegram, "banChatMember", chat_id=group.id, user_id=11) == "Bad Request: can't remove chat owner"
    telegram.call("restrictChatMember", {"chat_id": group.id, "user_id": 12, "permissions": {}})
    member = telegram.call("getChatMember", {"chat_id": group.id, "user_id": 12})
    assert (member["status"], member["can_send_messages"]) == ("restricted", False)
    telegram.call("banChatMember", {"chat_id": group.id, "user_id": 12})
    assert telegram.call("getChatMember", {"chat_id": group.id, "user_id": 12})["status"] == "kicked"
    assert telegram.call("getChatMemberCount", {"chat_id": group.id}) == 2
    telegram.call("unbanChatMember", {"chat_id": group.id, "user_id": 12, "only_if_banned": True})
    assert telegram.call("getChatMember", {"chat_id": group.id, "user_id": 12})["status"] == "left"
    admins = telegram.call("getChatAdministrators", {"chat_id": group.id})
    assert {a["user"]["id"]: a["status"] for a in admins} == {11: "creator", telegram.bot.id: "administrator"}


def test_pins_need_a_right_in_groups(telegram: Telegram, anna: Person) -> None:
    group = anna.create_group("一")
    number = sent(telegram, chat_id=group.id)
    refusal = refused(telegram, "pinChatMessage", chat_id=group.id, message_id=number)
    assert refusal == "Bad Request: not enough rights to manage pinned messages in the chat"
    anna.promote(telegram.bot.id, group)
    telegram.call("pinChatMessage", {"chat_id": group.id, "message_id": number})
    assert telegram.call("getChat", {"chat_id": group.id})["pinned_message"]["message_id"] == number
    assert [m.id for m in telegram.view(group, anna).pinned] == [number]
    telegram.call("unpinChatMessage", {"chat_id": group.id})
    assert "pinned_message" not in telegram.call("getChat", {"chat_id": group.id})


def test_commands_are_kept_per_scope_and_language(telegram: Telegram, anna: Person, boris: Person) -> None:
    group = anna.create_group("一", boris)

    def put(name: str, **params: Any) -> None:
        telegram.call("setMyCommands", {"commands": [{"command": name, "description": name}], **params})

    put("all")
    put("zh", language_code="zh")
    put("groups", scope='{"type": "all_group_chats"}')
    put("admins", scope={"type": "chat_administrators", "chat_id": group.id})
    shown = {
        who.id: [command["command"] for command in telegram.view(chat, who).commands]
        for who, chat in ((anna, anna.private), (boris, boris.private))
    }
    assert shown == {11: ["zh"], 12: ["all"]}
    assert telegram.view(group, anna).commands[0]["command"] == "admins"
    assert telegram.view(group, boris).commands[0]["command"] == "groups"
    telegram.call("deleteMyCommands", {"language_code": "zh"})
    assert telegram.view(anna.private, anna).commands[0]["command"] == "all"
    assert telegram.call("getMyCommands", {}) == [{"command": "all", "description": "all"}]
    wrong = refused(telegram, "setMyCommands", commands=[{"command": "拜访", "description": "x"}])
    assert wrong == "Bad Request: BOT_COMMAND_INVALID"


def test_copies_and_forwards(telegram: Telegram, anna: Person, boris: Person, chat: int) -> None:
    boris.start()
    original = anna.say("原文 /x")
    forwarded = telegram.call("forwardMessage", {"chat_id": 12, "from_chat_id": 11, "message_id": original.id})
    assert forwarded["forward_origin"]["sender_user"]["id"] == 11
    copied = telegram.call("copyMessage", {"chat_id": 12, "from_chat_id": 11, "message_id": original.id})
    assert copied == {"message_id": boris.last().id}
    again = {"chat_id": 12, "from_chat_id": 12, "message_id": forwarded["message_id"]}
    telegram.call("copyMessage", again)
    assert (boris.last().text, "forward_origin" in boris.last().wire) == ("原文 /x", False)


def test_message_ids_of_supergroups_are_their_own(telegram: Telegram, anna: Person, chat: int) -> None:
    one, other = anna.create_group("一"), anna.create_group("二")
    assert sent(telegram, chat_id=one.id) == sent(telegram, chat_id=other.id)
    private, group = sent(telegram, chat_id=chat), anna.create_group("三", kind="group")
    assert sent(telegram, chat_id=group.id) > private


def test_selective_keyboards_are_for_those_named(telegram: Telegram, anna: Person, boris: Person) -> None:
    group = anna.create_group("一", boris)
    asked = boris.say("/ask", group)
    keyboard = {"keyboard": [[{"text": "好"}]], "selective": True}
    sent(telegram, chat_id=group.id, reply_markup=keyboard, reply_to_message_id=asked.id)
    assert (boris.keys(group), anna.keys(group)) == (["好"], [])
    sent(telegram, "@anna_wang 请选", group.id, reply_markup=keyboard)
    assert anna.keys(group) == ["好"]


def test_unknown_methods_and_parameters(telegram: Telegram, chat: int) -> None:
    assert refused(telegram, "sendNothing") == "Not Found: method not found"
    with pytest.raises(UnknownParameterError, match="sendMessage has no parameter txet"):
        telegram.call("sendMessage", {"chat_id": chat, "text": "x", "txet": "y"})
    telegram.strict = False
    assert telegram.call("sendMessage", {"chat_id": chat, "text": "x", "txet": "y"})["text"] == "x"
    assert [(c.method, c.params.get("text")) for c in telegram.calls][-1] == ("sendMessage", "x")


def test_a_real_looking_token_is_refused() -> None:
    with pytest.raises(ValueError, match="SANDBOX"):
        Telegram(lambda: HandClock().at, token="123456789:AAF-realLookingTokenOfThirtyFiveCharsX")


def test_old_messages_can_be_dropped_in_long_runs(clock: HandClock) -> None:
    telegram = Telegram(clock.now, keep=3)
    anna = telegram.person("Anna")
    for number in range(5):
        anna.say(str(number))
    assert [m.text for m in anna.history()] == ["2", "3", "4"]


def test_the_bots_live_locations_move_and_end(telegram: Telegram, chat: int) -> None:
    where: Wire = {"chat_id": chat, "latitude": 22.5, "longitude": 114.0}
    short = refused(telegram, "sendLocation", **where, live_period=30)
    assert short == "Bad Request: wrong live location period specified"
    number = telegram.call("sendLocation", {**where, "live_period": 600})["message_id"]
    moved = telegram.call("editMessageLiveLocation", {**where, "latitude": 22.6, "message_id": number})
    assert moved["location"] == {"latitude": 22.6, "longitude": 114.0, "live_period": 600}
    ended = telegram.call("stopMessageLiveLocation", {"chat_id": chat, "message_id": number})
    assert "live_period" not in ended["location"]
    assert refused(telegram, "stopMessageLiveLocation", chat_id=chat, message_id=number) == (
        "Bad Request: message can't be edited"
    )
