"""Flood limits, and the table of limits against an independent client's."""

from __future__ import annotations

import pytest
from telegram import constants

from bot.sandbox import limits
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import Limits
from bot.sandbox.telegram import Telegram
from tests.sandbox.conftest import HandClock


@pytest.fixture
def limited(clock: HandClock) -> Telegram:
    return Telegram(clock.now, monotonic=clock.monotonic, limits=Limits(monotonic=clock.monotonic))


def wait(telegram: Telegram, chat_id: int) -> int:
    """Seconds told to wait, 0 if the message went out."""
    try:
        telegram.call("sendMessage", {"chat_id": chat_id, "text": "x"})
    except ApiError as refusal:
        assert refusal.code == 429
        assert refusal.parameters is not None
        seconds = int(refusal.parameters["retry_after"])
        assert refusal.description == f"Too Many Requests: retry after {seconds}"
        return seconds
    return 0


def test_one_message_a_second_per_chat(limited: Telegram, clock: HandClock) -> None:
    limited.person("Anna", id=11).start()
    limited.person("Boris", id=12).start()
    assert [wait(limited, 11), wait(limited, 12), wait(limited, 11)] == [0, 0, 1]
    clock.move(0.99)
    assert wait(limited, 11) == 1
    clock.move(0.011)
    assert wait(limited, 11) == 0
    assert limited.limits is not None
    assert (limited.limits.allowed, limited.limits.refused) == (3, 2)


def test_thirty_messages_a_second_overall(limited: Telegram, clock: HandClock) -> None:
    people = [limited.person(f"P{n}") for n in range(31)]
    for person in people:
        person.start()
    assert [wait(limited, person.id) for person in people] == [0] * 30 + [1]
    clock.move(1)
    assert wait(limited, people[30].id) == 0


def test_twenty_messages_a_minute_per_group(limited: Telegram, clock: HandClock) -> None:
    group = limited.person("Anna").create_group("一")
    for _ in range(20):
        assert wait(limited, group.id) == 0
        clock.move(1.5)
    assert wait(limited, group.id) == 30
    clock.move(29.9)
    assert wait(limited, group.id) == 1
    clock.move(0.1)
    assert wait(limited, group.id) == 0


def test_edits_count_only_when_asked(limited: Telegram) -> None:
    limited.person("Anna", id=11).start()
    sent = limited.call("sendMessage", {"chat_id": 11, "text": "一"})
    edit = {"chat_id": 11, "message_id": sent["message_id"]}
    limited.call("editMessageText", {**edit, "text": "二"})
    assert limited.limits is not None
    limited.limits.edits = True
    with pytest.raises(ApiError, match="429"):
        limited.call("editMessageText", {**edit, "text": "三"})


def test_people_are_not_limited(limited: Telegram) -> None:
    anna = limited.person("Anna")
    for number in range(40):
        anna.say(str(number))
    assert len(limited.updates.take()) == 40


def test_the_table_equals_python_telegram_bots() -> None:
    assert limits.TEXT_LENGTH == constants.MessageLimit.MAX_TEXT_LENGTH
    assert limits.CAPTION_LENGTH == constants.MessageLimit.CAPTION_LENGTH
    assert limits.DEEP_LINK_LENGTH == constants.MessageLimit.DEEP_LINK_LENGTH
    assert limits.CALLBACK_DATA_BYTES == constants.InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    assert limits.CALLBACK_ANSWER_LENGTH == constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    assert limits.BUTTONS == constants.InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    assert limits.PLACEHOLDER_LENGTH == constants.ReplyLimit.MAX_INPUT_FIELD_PLACEHOLDER
    assert (
        constants.MediaGroupLimit.MIN_MEDIA_LENGTH,
        constants.MediaGroupLimit.MAX_MEDIA_LENGTH,
    ) == limits.MEDIA_GROUP
    assert limits.BULK == constants.BulkRequestLimit.MAX_LIMIT
    assert constants.PollingLimit.MAX_LIMIT.value == limits.BULK
    assert limits.COMMANDS == constants.BotCommandLimit.MAX_COMMAND_NUMBER
    assert limits.COMMAND_LENGTH == constants.BotCommandLimit.MAX_COMMAND
    assert limits.COMMAND_DESCRIPTION_LENGTH == constants.BotCommandLimit.MAX_DESCRIPTION
    assert limits.DESCRIPTION_LENGTH == constants.BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
    assert limits.SHORT_DESCRIPTION_LENGTH == constants.BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH
    assert limits.NAME_LENGTH == constants.BotNameLimit.MAX_NAME_LENGTH
    assert limits.SECRET_TOKEN_LENGTH == constants.WebhookLimit.MAX_SECRET_TOKEN_LENGTH
    assert limits.PHOTO_BYTES == constants.FileSizeLimit.PHOTOSIZE_UPLOAD
    assert limits.UPLOAD_BYTES == constants.FileSizeLimit.FILESIZE_UPLOAD
    assert limits.DOWNLOAD_BYTES == constants.FileSizeLimit.FILESIZE_DOWNLOAD
    assert (
        constants.LocationLimit.MIN_LIVE_PERIOD,
        constants.LocationLimit.MAX_LIVE_PERIOD,
    ) == limits.LIVE_PERIOD
    assert limits.LIVE_FOREVER == constants.LocationLimit.LIVE_PERIOD_FOREVER
    assert limits.ACCURACY_METRES == constants.LocationLimit.HORIZONTAL_ACCURACY
    assert limits.PER_SECOND == constants.FloodLimit.MESSAGES_PER_SECOND
    assert limits.PER_CHAT_SECOND == constants.FloodLimit.MESSAGES_PER_SECOND_PER_CHAT
    assert limits.PER_GROUP_MINUTE == constants.FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP
