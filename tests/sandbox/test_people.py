"""What people do reaches the bot in the form Telegram gives it."""

from __future__ import annotations

import pytest

from bot.sandbox.errors import ApiError, PersonError
from bot.sandbox.events import Event
from bot.sandbox.people import Person
from bot.sandbox.telegram import Telegram

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000002800000018008020000000000000000")


def test_a_started_private_chat_gives_a_command_with_its_payload(telegram: Telegram, anna: Person) -> None:
    anna.start("visit_7")
    update = telegram.updates.take()[0]
    assert update["message"]["text"] == "/start visit_7"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["message"]["chat"] == {
        "id": 11,
        "first_name": "Anna",
        "last_name": "王",
        "username": "anna_wang",
        "type": "private",
    }
    assert update["message"]["from"]["language_code"] == "zh-hans"
    assert update["message"]["date"] == 1772413200


def test_a_deep_link_to_the_bot_starts_it(telegram: Telegram, anna: Person) -> None:
    anna.open_link("https://t.me/keguan_bot?start=claim_9")
    assert telegram.updates.take()[0]["message"]["text"] == "/start claim_9"
    with pytest.raises(PersonError, match="does not lead to the bot"):
        anna.open_link("https://t.me/other_bot?start=x")


def test_a_press_carries_the_message_and_later_holds_the_answer(telegram: Telegram, anna: Person) -> None:
    anna.start()
    keyboard = {"inline_keyboard": [[{"text": "抢单", "callback_data": "claim:7"}]]}
    telegram.call("sendMessage", {"chat_id": 11, "text": "线索 7", "reply_markup": keyboard})
    telegram.updates.take()
    press = anna.press("抢单")
    query = telegram.updates.take()[0]["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("claim:7", 11, "线索 7")
    assert query["chat_instance"]
    assert not press.answered
    telegram.call("answerCallbackQuery", {"callback_query_id": query["id"], "text": "已抢到", "show_alert": True})
    assert (press.answered, press.text, press.alert, press.toast) == (True, "已抢到", True, "")


def test_only_shown_buttons_can_be_pressed(telegram: Telegram, anna: Person) -> None:
    anna.start()
    with pytest.raises(PersonError, match="no button"):
        anna.press("抢单")
    press = anna.press_data(anna.last(), "claim:999")
    assert telegram.updates.take()[-1]["callback_query"]["data"] == press.data == "claim:999"


def test_a_location_key_sends_the_own_position_with_accuracy(telegram: Telegram, anna: Person) -> None:
    anna.start()
    key = {"text": "发送位置", "request_location": True}
    telegram.call("sendMessage", {"chat_id": 11, "text": "位置?", "reply_markup": {"keyboard": [[key]]}})
    assert anna.keys() == ["发送位置"]
    anna.position = (22.54, 114.05)
    telegram.updates.take()
    anna.tap("发送位置")
    location = telegram.updates.take()[0]["message"]["location"]
    assert location == {"latitude": 22.54, "longitude": 114.05, "horizontal_accuracy": 12.0}
    telegram.call("sendMessage", {"chat_id": 11, "text": "好", "reply_markup": {"remove_keyboard": True}})
    assert anna.keyboard() is None


def test_dragged_pins_venues_forwards_and_live_locations_differ(
    telegram: Telegram, anna: Person, boris: Person
) -> None:
    anna.start()
    boris.start()
    telegram.updates.take()
    anna.send_pin(22.5, 114.0)
    live = anna.share_live(22.5, 114.0, seconds=600)
    anna.move_live(live, 22.6, 114.1)
    anna.stop_live(live)
    anna.send_venue(22.5, 114.0, "会展中心", "福华三路")
    own = boris.send_location(22.5, 114.0)
    anna.forward(own)
    updates = telegram.updates.take()
    assert [next(k for k in u if k != "update_id") for u in updates] == [
        "message",
        "message",
        "edited_message",
        "edited_message",
        "message",
        "message",
        "message",
    ]
    assert "horizontal_accuracy" not in updates[0]["message"]["location"]
    assert updates[1]["message"]["location"]["live_period"] == 600
    assert updates[2]["edited_message"]["location"]["latitude"] == 22.6
    assert "live_period" not in updates[3]["edited_message"]["location"]
    assert updates[4]["message"]["venue"]["title"] == "会展中心"
    assert updates[6]["message"]["forward_origin"]["sender_user"]["id"] == 12


def test_files_albums_and_contacts_arrive(telegram: Telegram, anna: Person) -> None:
    anna.start()
    telegram.updates.take()
    anna.photo(PNG, "门头")
    anna.document("名单.xlsx", b"PK")
    anna.voice(duration=5)
    anna.contact("+8613800138000", "Anna", user_id=11)
    anna.album([PNG, PNG], "现场")
    messages = [u["message"] for u in telegram.updates.take()]
    assert messages[0]["photo"][-1]["width"] == 640
    assert messages[0]["caption"] == "门头"
    assert messages[1]["document"]["file_name"] == "名单.xlsx"
    assert messages[2]["voice"]["duration"] == 5
    assert messages[3]["contact"]["user_id"] == 11
    assert messages[4]["media_group_id"] == messages[5]["media_group_id"]
    assert ("caption" in messages[4], "caption" in messages[5]) == (True, False)


def test_privacy_mode_hides_plain_group_talk(telegram: Telegram, anna: Person, boris: Person) -> None:
    group = anna.create_group("销售一部", boris)
    sent = telegram.call("sendMessage", {"chat_id": group.id, "text": "早"})
    telegram.updates.take()
    anna.say("大家好", group)
    assert telegram.updates.take() == []
    anna.say("/leads", group)
    anna.say("/leads@keguan_bot 7", group)
    anna.say("/leads@other_bot", group)
    anna.say("@keguan_bot 你好", group)
    anna.say("收到", group, reply_to=sent["message_id"])
    seen = [u["message"]["text"] for u in telegram.updates.take()]
    assert seen == ["/leads", "/leads@keguan_bot 7", "@keguan_bot 你好", "收到"]
    anna.promote(telegram.bot.id, group)
    telegram.updates.take()
    boris.say("现在都看得到", group)
    assert telegram.updates.take()[0]["message"]["text"] == "现在都看得到"


def test_group_membership_is_told(telegram: Telegram, anna: Person, boris: Person) -> None:
    group = anna.create_group("销售一部")
    added, service = telegram.updates.take()
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert service["message"]["new_chat_members"][0]["id"] == telegram.bot.id
    boris.join(group)
    boris.leave(group)
    joined, left = telegram.updates.take()
    assert joined["message"]["new_chat_members"][0]["id"] == 12
    assert left["message"]["left_chat_member"]["id"] == 12
    with pytest.raises(PersonError, match="not in"):
        boris.say("还在吗", group)
    anna.remove_bot(group)
    assert telegram.updates.take()[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_an_upgraded_group_has_a_new_id_and_the_old_one_is_refused(telegram: Telegram, anna: Person) -> None:
    group = anna.create_group("销售一部", kind="group")
    telegram.updates.take()
    upgraded = anna.migrate(group)
    messages = [u["message"] for u in telegram.updates.take()]
    assert messages[0]["migrate_to_chat_id"] == upgraded.id
    assert messages[1]["migrate_from_chat_id"] == group.id
    assert str(upgraded.id).startswith("-100")
    with pytest.raises(ApiError) as refusal:
        telegram.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert refusal.value.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refusal.value.parameters == {"migrate_to_chat_id": upgraded.id}


def test_blocking_and_unblocking_is_told_and_enforced(telegram: Telegram, anna: Person) -> None:
    anna.start()
    telegram.updates.take()
    anna.block()
    assert telegram.updates.take()[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    with pytest.raises(ApiError, match="bot was blocked by the user"):
        telegram.call("sendMessage", {"chat_id": 11, "text": "x"})
    anna.start()
    assert [next(k for k in u if k != "update_id") for u in telegram.updates.take()] == [
        "my_chat_member",
        "message",
    ]
    assert telegram.call("sendMessage", {"chat_id": 11, "text": "x"})["text"] == "x"


def test_listeners_see_what_happens(telegram: Telegram, anna: Person) -> None:
    seen: list[Event] = []
    stop = telegram.listen(seen.append)
    anna.start()
    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    sent = telegram.call("sendMessage", {"chat_id": 11, "text": "一", "reply_markup": markup})
    anna.press("好")
    telegram.call("answerCallbackQuery", {"callback_query_id": next(iter(telegram.presses)), "text": "好的"})
    telegram.call("editMessageText", {"chat_id": 11, "message_id": sent["message_id"], "text": "二"})
    telegram.call("deleteMessage", {"chat_id": 11, "message_id": sent["message_id"]})
    stop()
    anna.say("没人听")
    assert [event.kind for event in seen] == ["message", "message", "press", "answer", "edit", "delete"]
    assert seen[3].press is not None
    assert seen[3].press.toast == "好的"


def test_the_whole_state_survives_saving(telegram: Telegram, anna: Person, boris: Person) -> None:
    import json

    group = anna.create_group("销售一部", boris)
    telegram.privacy = False
    anna.start()
    anna.document("名单.xlsx", b"PK")
    telegram.call("setMyCommands", {"commands": [{"command": "leads", "description": "线索"}]})
    key = {"keyboard": [[{"text": "打卡"}]]}
    telegram.call("sendMessage", {"chat_id": 11, "text": "菜单", "reply_markup": key})
    state = json.loads(json.dumps(telegram.save()))
    other = Telegram(telegram.now)
    other.load(state)
    assert other.save() == state
    assert other.privacy is False
    again = other.as_person(11)
    assert again.keys() == ["打卡"]
    assert [m.text for m in other.history(group.id)] == [m.text for m in telegram.history(group.id)]
    assert len(other.updates.peek()) == len(telegram.updates.peek())
    new = other.call("sendMessage", {"chat_id": 11, "text": "之后"})
    assert new["message_id"] == again.last().id


def test_a_contact_key_gives_the_own_number(telegram: Telegram, anna: Person) -> None:
    anna.start()
    key = {"text": "我的号码", "request_contact": True}
    markup = {"keyboard": [[key]], "one_time_keyboard": True}
    telegram.call("sendMessage", {"chat_id": 11, "text": "号码?", "reply_markup": markup})
    telegram.updates.take()
    anna.tap("我的号码")
    contact = telegram.updates.take()[0]["message"]["contact"]
    assert contact == {"phone_number": "+8613800138000", "first_name": "Anna", "user_id": 11}
    assert anna.keys() == []
    with pytest.raises(PersonError, match="no key"):
        anna.tap("我的号码")


def test_a_plain_key_sends_its_text(telegram: Telegram, anna: Person) -> None:
    anna.start()
    markup = {"keyboard": [["今日任务"]]}
    telegram.call("sendMessage", {"chat_id": 11, "text": "菜单", "reply_markup": markup})
    assert anna.tap("今日任务").text == "今日任务"
    assert anna.keys() == ["今日任务"]


def test_a_link_button_opens_without_telling_the_bot(telegram: Telegram, anna: Person) -> None:
    anna.start()
    markup = {"inline_keyboard": [[{"text": "填表", "url": "https://t.me/keguan_bot?start=form_3"}]]}
    telegram.call("sendMessage", {"chat_id": 11, "text": "x", "reply_markup": markup})
    telegram.updates.take()
    press = anna.press("填表")
    assert telegram.updates.take() == []
    assert anna.open_link(press.url).text == "/start form_3"


def test_payloads_that_telegram_would_drop(anna: Person) -> None:
    for payload in ("客户7", "a b", "x" * 65):
        with pytest.raises(PersonError, match="payload"):
            anna.start(payload)


def test_nobody_acts_where_they_are_not(telegram: Telegram, anna: Person, boris: Person) -> None:
    anna.start()
    with pytest.raises(PersonError, match="no part in another's private chat"):
        boris.say("x", anna.private)
    group = anna.create_group("一")
    with pytest.raises(PersonError, match="is not in"):
        boris.press_data(group.messages[1], "x")
    boris.start()
    boris.block()
    with pytest.raises(PersonError, match="has blocked the bot"):
        boris.say("x")
    with pytest.raises(PersonError, match="someone else's"):
        boris.edit(anna.last(), "x")
    anna.add(boris, group)
    anna.restrict(boris, group)
    with pytest.raises(PersonError, match="may not write"):
        boris.say("x", group)


def test_videos_and_stickers_arrive(telegram: Telegram, anna: Person) -> None:
    anna.start()
    anna.video(duration=8, caption="漏水")
    anna.sticker("👌")
    _, video, sticker = (u["message"] for u in telegram.updates.take())
    assert (video["video"]["duration"], video["caption"]) == (8, "漏水")
    assert sticker["sticker"]["emoji"] == "👌"


def test_the_bot_can_be_added_as_administrator(telegram: Telegram, anna: Person) -> None:
    group = anna.create_group("一", with_bot=False)
    anna.add_bot(group, admin=True)
    statuses = [
        u["my_chat_member"]["new_chat_member"]["status"] for u in telegram.updates.take() if "my_chat_member" in u
    ]
    assert statuses == ["member", "administrator"]


def test_privacy_can_be_switched_off(telegram: Telegram, anna: Person) -> None:
    group = anna.create_group("一")
    telegram.updates.take()
    telegram.privacy = False
    anna.say("闲聊", group)
    assert telegram.updates.take()[0]["message"]["text"] == "闲聊"
    assert telegram.call("getMe")["can_read_all_group_messages"] is True


def test_edits_of_people_reach_the_bot(telegram: Telegram, anna: Person) -> None:
    anna.start()
    said = anna.say("电话 123")
    telegram.updates.take()
    anna.edit(said, "电话 456 /x")
    edited = telegram.updates.take()[0]["edited_message"]
    assert (edited["text"], edited["message_id"], edited["entities"][0]["type"]) == (
        "电话 456 /x",
        said.id,
        "bot_command",
    )
    anna.delete(said)
    assert telegram.updates.take() == []


def test_a_person_sees_a_group_as_one_across_its_upgrade(telegram: Telegram, anna: Person) -> None:
    group = anna.create_group("一", kind="group")
    anna.say("升级前", group)
    upgraded = anna.migrate(group)
    anna.say("升级后", upgraded)
    texts = [m.text for m in telegram.view(upgraded, anna).messages if m.text]
    assert texts == ["升级前", "升级后"]
    assert [c.id for c in telegram.visible_chats(anna)] == [11, upgraded.id]
    assert [m.text for m in telegram.history(upgraded) if m.text] == ["升级后"]


def test_a_blocked_bot_hears_nothing(telegram: Telegram, anna: Person) -> None:
    anna.start()
    said = anna.say("一")
    anna.block()
    telegram.updates.take()
    anna.edit(said, "二")
    assert telegram.updates.take() == []


def test_member_changes_are_for_administrators(telegram: Telegram, anna: Person, boris: Person) -> None:
    telegram.updates.allow(["chat_member"])
    group = anna.create_group("一")
    anna.add(boris, group)
    assert telegram.updates.take() == []
    anna.promote(telegram.bot.id, group)
    anna.promote(boris, group)
    change = telegram.updates.take()[0]["chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "administrator")
