"""The HTTP side, as odd clients use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest
from yarl import URL

from bot.sandbox.forms import read_form
from bot.sandbox.people import Person
from bot.sandbox.server import Server, is_loopback, serve
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


def multipart(*parts: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    """A hand-made body: (the rest of the disposition header and further headers, content)."""
    body = b"".join(
        b"--cut\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    )
    return body + b"--cut--\r\n", {"Content-Type": "multipart/form-data; boundary=cut"}


async def test_a_multipart_body_beside_a_query(http: aiohttp.ClientSession, anna: Person) -> None:
    anna.start()
    body, headers = multipart(('name="document"; filename="报表.xlsx"', b"PK\r\n--cu"))
    async with http.post(f"{BOT}/sendDocument?chat_id=11&caption=x", data=body, headers=headers) as answer:
        document = (await answer.json())["result"]
    assert (document["caption"], document["document"]["file_name"]) == ("x", "报表.xlsx")
    assert document["document"]["file_size"] == 8


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('name="document"; filename="客户 名单.xlsx"', "客户 名单.xlsx"),
        ("name=document; filename=报表.xlsx", "报表.xlsx"),
        ('name="document"; filename="x.xlsx"; filename*=UTF-8\'\'%E6%8A%A5%E8%A1%A8.xlsx', "报表.xlsx"),
        ('name="document"; filename="a%22b.txt"', 'a"b.txt'),
        ('filename="b.txt"; name="document"', "b.txt"),
        ('name="document"\r\nContent-Type: application/octet-stream', "document"),
    ],
)
async def test_file_names_in_every_spelling(http: aiohttp.ClientSession, anna: Person, head: str, name: str) -> None:
    anna.start()
    body, headers = multipart(('name="chat_id"', b"11"), (head, b"content"))
    async with http.post(f"{BOT}/sendDocument", data=body, headers=headers) as answer:
        assert (await answer.json())["result"]["document"]["file_name"] == name


async def test_a_chunked_upload_with_attach(http: aiohttp.ClientSession, anna: Person) -> None:
    anna.start()
    media = [
        {"type": "document", "media": "attach://a", "caption": "一"},
        {"type": "document", "media": "attach://b"},
    ]
    body, headers = multipart(
        ('name="chat_id"', b"11"),
        ('name="media"', orjson.dumps(media)),
        ('name="a"; filename="甲.txt"', b"1"),
        ('name="b"; filename="乙.txt"', b"2"),
    )

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50):
            yield body[start : start + 50]

    async with http.post(f"{BOT}/sendMediaGroup", data=chunks(), headers=headers) as answer:
        album = (await answer.json())["result"]
    assert "Content-Length" not in answer.request_info.headers
    assert [m["document"]["file_name"] for m in album] == ["甲.txt", "乙.txt"]


async def test_nested_parameters_as_text_and_as_values(http: aiohttp.ClientSession, anna: Person) -> None:
    anna.start()
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    text = orjson.dumps(keyboard).decode()
    ways: list[dict[str, Any]] = [
        {"data": {"chat_id": "11", "text": "x", "reply_markup": text}},
        {"json": {"chat_id": 11, "text": "x", "reply_markup": keyboard, "parse_mode": None}},
        {"json": {"chat_id": "11", "text": "x", "reply_markup": text}},
        {"params": {"chat_id": "11", "text": "x", "reply_markup": text}},
    ]
    for way in ways:
        async with http.post(f"{BOT}/sendMessage", **way) as answer:
            assert (await answer.json())["result"]["reply_markup"] == keyboard


async def test_absent_fields_are_left_out(http: aiohttp.ClientSession, telegram: Telegram) -> None:
    bare = telegram.person("Carl", id=13)
    bare.start()
    async with http.get(f"{BOT}/getUpdates") as answer:
        text = await answer.text()
    assert "null" not in text
    assert orjson.loads(text)["result"][0]["message"]["from"] == {
        "id": 13,
        "is_bot": False,
        "first_name": "Carl",
    }


async def test_file_paths_may_be_percent_encoded(http: aiohttp.ClientSession, server: Server, anna: Person) -> None:
    file_id = anna.document("报表.xlsx", "表".encode()).wire["document"]["file_id"]
    async with http.get(f"{BOT}/getFile", params={"file_id": file_id}) as answer:
        path = (await answer.json())["result"]["file_path"]
    encoded = f"/file{BOT}/{path}".replace(":", "%3A").replace("_", "%5F")
    for address in (f"/file{BOT}/{path}", encoded, encoded.replace(path, path.replace("/", "%2F"))):
        async with http.get(URL(server.url + address, encoded=True)) as answer:
            assert (answer.status, await answer.read()) == (200, "表".encode())


async def test_broken_bodies_are_refused_politely(http: aiohttp.ClientSession) -> None:
    for kind, body in (
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("multipart/form-data", b"x"),
    ):
        async with http.post(f"{BOT}/getMe", data=body, headers={"Content-Type": kind}) as answer:
            assert (answer.status, (await answer.json())["error_code"]) == (400, 400)


async def test_a_body_beyond_the_limit_is_413(http: aiohttp.ClientSession, anna: Person) -> None:
    anna.start()

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(53):
            yield bytes(1_000_000)

    async with http.post(f"{BOT}/sendDocument", data=chunks()) as answer:
        body = await answer.json()
    assert (answer.status, body["description"]) == (413, "Request Entity Too Large")


async def test_a_fault_of_the_sandbox_is_json_too(
    http: aiohttp.ClientSession,
    telegram: Telegram,
    anna: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    anna.start()
    monkeypatch.setattr(telegram, "post", None)
    async with http.get(f"{BOT}/sendMessage?chat_id=11&text=x") as answer:
        assert (answer.status, (await answer.json())["error_code"]) == (500, 500)
    assert "the sandbox failed at sendMessage" in caplog.text


async def test_only_loopback_is_listened_on(telegram: Telegram) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "example.com", "::"):
        with pytest.raises(ValueError, match="loopback only"):
            await serve(telegram, host)
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.8.0.1")] == [True] * 4


def test_the_body_goes_before_the_query() -> None:
    form = read_form("text=a&chat_id=1", "application/x-www-form-urlencoded", b"text=%E4%B9%99")
    assert form.values == {"text": "乙", "chat_id": "1"}
