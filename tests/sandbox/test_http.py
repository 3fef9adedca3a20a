"""The HTTP side, as odd clients use it."""

from __future__ import annotations

import aiohttp

from bot.sandbox.people import Person
from bot.sandbox.telegram import TOKEN, Telegram

BOT = f"/bot{TOKEN}"


async def test_get_and_post_with_methods_in_any_case(http: aiohttp.ClientSession, anna: Person) -> None:
    anna.start()
    async with http.get(f"{BOT}/GETME") as answer:
        me = (await answer.json())["result"]
    assert (me["is_bot"], me["username"]) == (True, "keguan_bot")
    async with http.post(f"{BOT}/sendmessage", data={"chat_id": "11", "text": "你好"}) as answer:
        body = await answer.json()
    assert answer.status == 200
    assert body["result"]["text"] == "你好"
    assert anna.last().text == "你好"


async def test_errors_are_json_with_the_status_repeated(http: aiohttp.ClientSession) -> None:
    for path, status in (
        (f"{BOT}/sendNothing", 404),
        ("/bot1:other/getMe", 401),
        ("/elsewhere", 404),
        (f"{BOT}/sendMessage?chat_id=5&text=x", 400),
        (f"/file{BOT}/photos/none.jpg", 404),
    ):
        async with http.get(path) as answer:
            body = await answer.json()
        assert (answer.status, body["ok"], body["error_code"]) == (status, False, status)


async def test_parameters_of_a_post_may_stand_in_the_query(
    http: aiohttp.ClientSession, telegram: Telegram, anna: Person
) -> None:
    anna.start()
    async with http.post(f"{BOT}/sendMessage?chat_id=11&text=%E4%BD%A0%E5%A5%BD") as answer:
        assert (await answer.json())["result"]["text"] == "你好"
    assert telegram.sent("sendMessage")[0].params == {"chat_id": "11", "text": "你好"}
