"""The page over HTTP: who may ask, what people do through it, the clock, the story, saving and loading."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import socket
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from bot.sandbox.company import Company
from bot.sandbox.server import serve_app
from bot.sandbox.telegram import Telegram
from bot.sandbox.web import page as page_module
from bot.sandbox.web import wording
from bot.sandbox.web.main import _run
from bot.sandbox.web.room import RULEBOOK, START, Room
from core.clock import ManualClock
from core.deadlines import RINGS
from core.rounds import ROUNDS
from core.rulebook import load
from core.rulebook.sections import Words
from tests.sandbox.pages import Opened, open_page

RULES = load(RULEBOOK)
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0").decode()


@dataclass
class Client:
    """A browser without a screen."""

    opened: Opened
    http: aiohttp.ClientSession

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        given = {"Origin": self.opened.server.url, **headers}
        async with self.http.post(path, json=body, headers=given) as response:
            text = await response.text()
            return response.status, orjson.loads(text) if response.content_type == "application/json" else text

    async def act(self, who: str, act: str, /, **body: Any) -> dict[str, Any]:
        status, answer = await self.post("/act", {"act": act, "person": self.opened.phone(who), **body})
        assert status == 200, answer
        result: dict[str, Any] = answer
        return result

    async def refused(self, **body: Any) -> str:
        status, answer = await self.post("/act", body)
        assert status == 400, answer
        return str(answer["problem"])

    async def control(self, control: str, **body: Any) -> None:
        status, answer = await self.post("/control", {"control": control, **body})
        assert status == 200, answer

    def last(self, name: str, chat: int | None = None) -> Any:
        return self.opened.live.company[name].last(chat)

    @property
    def clock(self) -> str:
        return str(self.opened.room.status()["clock"]["time"])


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with open_page(tmp_path, STORY) as opened, aiohttp.ClientSession(opened.server.url) as http:
        yield Client(opened, http)


@pytest.fixture
async def bare() -> AsyncIterator[aiohttp.ClientSession]:
    """The page while the bot is not there yet."""
    server = await serve_app(page_module.make_page(Room(RULES)))
    async with aiohttp.ClientSession(server.url) as http:
        yield http
    await server.stop()


@dataclass(frozen=True)
class Told:
    key: str
    clock: str | None
    title: Words
    sentence: Words
    act: Any


async def _greet(company: Company) -> None:
    await company.says("张三", "大家早", company.sales_group)


async def _help(company: Company) -> None:
    await company.says("李四", "/help")


STORY = (
    Told("greet", "08:40", Words(zh="问好", en="Greeting"), Words(zh="张三问好。", en="Zhang greets."), _greet),
    Told("help", None, Words(zh="求助", en="Help"), Words(zh="李四求助。", en="Li asks."), _help),
)


# Who may ask


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "192.168.1.5", "127.0.0.1.evil.example", ""])
@pytest.mark.parametrize("path", ["/", "/events", "/save", "/transcript.md", "/bot1:x/getMe"])
async def test_other_names_for_this_computer_are_refused(bare: aiohttp.ClientSession, host: str, path: str) -> None:
    async with bare.get(path, headers={"Host": host}) as response:
        assert response.status in (400, 403)


@pytest.mark.parametrize("path", ["/act", "/control", "/load"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", None])
async def test_other_sites_pages_change_nothing(bare: aiohttp.ClientSession, path: str, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    async with bare.post(path, json={}, headers=headers) as response:
        assert response.status == 403


async def test_the_page_itself_is_told_to_wait_for_the_company(bare: aiohttp.ClientSession) -> None:
    async with bare.get("/") as response:
        origin = str(response.url.origin())
    async with bare.post("/act", json={"act": "say"}, headers={"Origin": origin}) as response:
        assert response.status == 503


async def test_forms_of_other_sites_are_no_acts(client: Client) -> None:
    headers = {"Origin": client.opened.server.url}
    async with client.http.post("/act", data=b"{}", headers=headers) as response:
        assert response.status == 415


async def test_every_answer_forbids_foreign_scripts_and_frames(bare: aiohttp.ClientSession) -> None:
    for path in ("/", "/static/app.js", "/nowhere"):
        async with bare.get(path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["page.py", "..%2fpage.py", "..%2f..%2fdemo%2fstaff.csv", "%2fetc%2fpasswd", "none.js"]
)
async def test_only_the_pages_own_files_are_served(bare: aiohttp.ClientSession, name: str) -> None:
    async with bare.get(f"/static/{name}") as response:
        assert response.status == 404


def test_the_page_never_writes_html() -> None:
    for file in page_module.STATIC.glob("*.js"):
        source = file.read_text()
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert way not in source.replace("there is no innerHTML", ""), (file.name, way)


def test_a_real_token_is_refused() -> None:
    with pytest.raises(ValueError, match="SANDBOX"):
        Telegram(ManualClock(START).now, token="123456789:AAHk3n0tArealTokenButLooksLikeOne")


# What people do


async def test_text_in_names_and_messages_stays_text(client: Client) -> None:
    nasty = "<script>alert(1)</script>"
    client.opened.room.telegram.person(nasty)
    await client.act("张三", "say", text=nasty)
    async with client.http.get("/events") as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readuntil(b"data: ")
        world = orjson.loads(await stream.content.readuntil(b"\n\n"))
    assert nasty in [user["name"] for user in world["users"]]
    said = [m for m in world["messages"] if m["wire"].get("text") == nasty]
    assert len(said) == 1 and "entities" not in said[0]["wire"]


async def test_changes_arrive_in_the_stream_within_a_breath(client: Client) -> None:
    async with client.http.get("/events") as stream:
        await stream.content.readuntil(b"event: world\n")
        await stream.content.readuntil(b"\n\n")
        await client.act("张三", "say", text="早")
        async with asyncio.timeout(5):
            changes = orjson.loads((await stream.content.readuntil(b"\n\n")).partition(b"data: ")[2])
    assert next((c["kind"], c["wire"]["text"]) for c in changes if c["kind"] == "message") == ("message", "早")


async def test_the_bot_answers_what_a_person_says(client: Client) -> None:
    await client.act("张三", "say", text="/help")
    await client.opened.live.stage.settle()
    assert client.last("张三").sender_id == client.opened.room.telegram.bot.id


async def test_pictures_files_places_and_forwards(client: Client) -> None:
    group = client.opened.live.company.sales_group.id
    await client.act("张三", "photo", chat=group, content=PNG, caption="现场")
    photo = client.last("张三", group).wire
    async with client.http.get(f"/media/{photo['photo'][-1]['file_id']}") as response:
        assert response.content_type in ("image/png", "image/jpeg")
        assert await response.read() == base64.b64decode(PNG)
    await client.act("张三", "document", chat=group, name="<b>.html", content=base64.b64encode(b"<script>").decode())
    file_id = client.last("张三", group).wire["document"]["file_id"]
    async with client.http.get(f"/download/{file_id}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")
    async with client.http.get(f"/media/{file_id}") as response:
        assert response.status == 404
    await client.act("张三", "stand", latitude=31.1, longitude=121.4)
    await client.act("张三", "here", chat=group)
    here = client.last("张三", group)
    assert here.wire["location"]["latitude"] == 31.1 and here.wire["location"]["horizontal_accuracy"]
    await client.act("李四", "forward", chat=group, message=here.id, to=client.opened.phone("李四"))
    assert (
        client.opened.live.company["李四"].history()[-1].wire["forward_origin"]["sender_user"]["first_name"] == "张三"
    )
    await client.act("张三", "pin", chat=group, latitude=31.2, longitude=121.5)
    assert "horizontal_accuracy" not in client.last("张三", group).wire["location"]


async def test_a_live_location_moves_and_ends(client: Client) -> None:
    group = client.opened.live.company.sales_group.id
    await client.act("张三", "live", chat=group)
    live = client.last("张三", group)
    await client.act("张三", "move", chat=group, message=live.id, latitude=31.3, longitude=121.6)
    assert live.wire["location"]["latitude"] == 31.3 and live.wire["location"]["live_period"] == 900
    await client.act("张三", "stop", chat=group, message=live.id)
    assert "live_period" not in live.wire["location"]


async def test_everybody_presses_at_once(client: Client) -> None:
    company = client.opened.live.company
    await client.control("clock", to="08:50")
    await client.act("林芳", "say", text="/lead 来电 华强电子 13800001111 80万 要200台")
    await client.opened.live.stage.settle()
    publish = client.last("林芳").buttons[0][0]["callback_data"]
    await client.act("林芳", "press", message=client.last("林芳").id, data=publish)
    await client.opened.live.stage.settle()
    group = company.sales_group
    card = next(m for m in reversed(company["张三"].history(group)) if any("抢单" in label for label in m.labels))
    data = next(b["callback_data"] for row in card.buttons for b in row if "抢单" in b["text"])
    answer = await client.act("张三", "together", chat=group.id, message=card.id, data=data)
    await client.opened.live.stage.settle()
    assert answer["pressed"] == 9
    assert card.text.count("抢到") == 1


async def test_blocking_joining_leaving_and_newcomers(client: Client) -> None:
    company = client.opened.live.company
    await client.act("张三", "block")
    assert company["张三"].private.blocked
    await client.act("张三", "unblock")
    assert not company["张三"].private.blocked
    group = company.sales_group
    await client.act("张三", "leave", chat=group.id)
    assert not group.member(company["张三"].id).present
    await client.act("张三", "join", chat=group.id)
    assert group.member(company["张三"].id).present
    newcomer = (await client.act("张三", "newcomer", name="新来的"))["person"]
    made = (await client.act("张三", "group", title="小群", people=[newcomer]))["chat"]
    assert set(client.opened.room.telegram.chats[made].members) >= {newcomer, company["张三"].id}


async def test_what_an_app_would_not_offer_is_refused_in_words(client: Client) -> None:
    zhang, li = client.opened.phone("张三"), client.opened.phone("李四")
    assert "no such chat" in await client.refused(act="say", person=zhang, chat=li, text="psst")
    assert "nobody has the number" in await client.refused(act="say", person=1, text="x")
    assert "no act" in await client.refused(act="__class__", person=zhang)
    assert "must be text" in await client.refused(act="say", person=zhang, text=["x"])
    assert "no such place" in await client.refused(act="pin", person=zhang, latitude=99, longitude=0)
    assert "base64" in await client.refused(act="photo", person=zhang, content="?")
    bot = client.opened.room.telegram.bot.id
    assert "nobody has the number" in await client.refused(act="say", person=bot, text="x")


# The clock


async def test_the_clock_jumps_and_everything_on_the_way_rings(client: Client) -> None:
    await client.control("clock", to="08:49")
    assert client.clock == "08:49:00"
    await client.control("clock", next=True)
    assert client.clock == "08:50:00"
    assert "09:00 前报到" in client.last("张三").text
    await client.control("clock", minutes=30)
    assert client.clock == "09:20:00"
    listed = [m.text for m in client.opened.live.company["张三"].history(client.opened.live.company.sales_group)]
    assert any("报到名单" in text for text in listed)
    assert client.opened.room.status()["rules"]["rounds"]


async def test_clock_times_that_are_none_are_refused(client: Client) -> None:
    for body in ({"to": "25:00"}, {"to": "<b>"}, {"minutes": -5}, {"minutes": 10**9}, {}):
        status, _ = await client.post("/control", {"control": "clock", **body})
        assert status == 400, body
    assert client.clock == "08:30:00"


async def test_the_running_clock_runs_until_it_is_paused(client: Client) -> None:
    await client.control("speed", speed=600)
    async with asyncio.timeout(10), client.http.get("/events") as stream:
        while client.clock < "08:40":
            await stream.content.readuntil(b"\n\n")
    await client.control("speed", speed=0)
    stood = client.clock
    await client.control("clock", minutes=1)
    assert client.clock[:2] in ("08", "09") and client.clock > stood
    assert (await client.post("/control", {"control": "speed", "speed": 7}))[0] == 400


# The story


async def test_the_story_is_played_step_by_step(client: Client) -> None:
    shown = client.opened.room.status()["story"]
    assert [step["title"]["en"] for step in shown["steps"]] == ["Greeting", "Help"]
    await client.control("story")
    assert client.clock == "08:40:00"
    assert client.last("张三", client.opened.live.company.sales_group.id).text == "大家早"
    await client.control("story")
    assert client.last("李四").sender_id == client.opened.room.telegram.bot.id
    await client.control("story")  # after the last: nothing
    assert client.opened.room.status()["story"]["done"] == 2


# Saving and loading


async def test_a_saved_state_comes_back_with_chats_clock_and_store(client: Client) -> None:
    await client.control("story")
    await client.act("张三", "stand", latitude=31.05, longitude=121.2)
    async with client.http.get("/save") as response:
        saved = await response.read()
    await client.act("张三", "say", text="之后说的")
    await client.control("clock", minutes=60)
    origin = {"Origin": client.opened.server.url}
    async with client.http.post("/load", data=saved, headers=origin) as response:
        assert response.status == 200, await response.text()
    assert client.clock == "08:40:00"
    assert "之后说的" not in [m.text for m in client.opened.live.company["张三"].history()]
    assert client.opened.room.status()["story"]["done"] == 1
    assert client.opened.live.company["张三"].position == (31.05, 121.2)
    await client.act("张三", "say", text="/help")  # the bot knows who this is, from its own store
    await client.opened.live.stage.settle()
    assert "没看懂" not in client.last("张三").text and client.last("张三").sender_id != client.opened.phone("张三")
    await client.control("clock", minutes=30)
    assert "09:00 前报到" in "".join(m.text for m in client.opened.live.company["张三"].history())


async def test_restart_is_the_morning_again(client: Client) -> None:
    await client.control("clock", minutes=120)
    await client.control("restart")
    assert client.clock == "08:30:00"
    assert client.opened.room.stage == "ready"


def _zip(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


async def test_files_that_are_no_saved_sandbox_change_nothing(client: Client) -> None:
    origin = {"Origin": client.opened.server.url}
    for content in (b"", b"no zip", _zip(other=b"x"), _zip(**{"sandbox.json": b"[1]"})):
        async with client.http.post("/load", data=content, headers=origin) as response:
            assert response.status == 400, content
    assert client.opened.room.stage == "ready"
    await client.act("张三", "say", text="还在")


async def test_the_transcript_is_markdown_in_which_nothing_is_markup(client: Client) -> None:
    await client.act(
        "张三", "say", text="<script>*stars* [x](http://y)", chat=client.opened.live.company.sales_group.id
    )
    async with client.http.get("/transcript.md") as response:
        text = await response.text()
    assert "## 👥 销售部" in text
    assert r"**张三**：\<script\>\*stars\* \[x\](http://y)" in text


# Words


async def test_every_deadline_and_round_is_worded_for_the_rule_bar(client: Client) -> None:
    assert set(RINGS) - set(wording.DEADLINES) == set(), "word them in bot/sandbox/web/wording.py"
    assert set(ROUNDS) - set(wording.ROUNDS) == set(), "word them in bot/sandbox/web/wording.py"


# The command


async def test_it_takes_a_free_port_keeps_its_state_and_stops_at_a_signal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop: dict[str, Any] = {}
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "add_signal_handler", lambda _sign, act: stop.update(act=act))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for expected in ("08:30:00", "08:45:00"):  # the second takes up what the first left
            work = tmp_path / "work"
            work.mkdir(exist_ok=True)
            running = asyncio.create_task(_run(taken.getsockname()[1], work, tmp_path, open_browser=False))
            url = ""
            while "http" not in url:
                await asyncio.sleep(0.05)
                url += capfd.readouterr().out
            url = url[url.index("http") :].split()[0]
            assert f":{taken.getsockname()[1]}" not in url
            async with asyncio.timeout(30), aiohttp.ClientSession(url, headers={"Origin": url}) as http:
                assert await _clock_when_ready(http) == expected
                async with http.post("/control", json={"control": "clock", "minutes": 15}) as response:
                    assert response.status == 200
            stop["act"]()
            await running
            for left in work.iterdir():
                with contextlib.suppress(OSError):
                    left.rename(tmp_path / f"{expected[:2]}{expected[3:5]}-{left.name}")


async def _clock_when_ready(http: aiohttp.ClientSession) -> str:
    async with http.get("/events") as stream:
        while True:
            event = await stream.content.readuntil(b"\n\n")
            if b'"stage":"ready"' in event:
                data = orjson.loads(event.partition(b"data: ")[2])
                status = data["status"] if isinstance(data, dict) else data[-1]["status"]
                return str(status["clock"]["time"])
