"""The command line, each entry point started, against a local Bot API server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import TOKEN, Telegram

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds for a process on a busy machine; nothing waits this long when all is well
STAFF = "工号,姓名,部门,角色\nS01,张三,销售部,业务员\n"


class Platform:
    """A Bot API server on a thread of its own."""

    def __init__(self) -> None:
        self.telegram = Telegram(lambda: datetime.now(UTC), strict=True)  # a real process talks to it
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server: Server = self._wait(serve(self.telegram))

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def does(self, act: Callable[..., Any], *args: Any) -> Any:
        """An act of a person, on the server's own thread."""

        async def now() -> Any:
            return act(*args)

        return self._wait(now())

    def heard(self, fragment: str) -> threading.Event:
        """Set once the bot has said something with the fragment."""
        event = threading.Event()

        def listen(one: Any) -> None:
            message = one.message
            own = message is not None and message.sender_id == self.telegram.bot.id
            if own and fragment in message.wire.get("text", ""):
                event.set()

        self.telegram.listen(listen)
        return event

    def close(self) -> None:
        self._wait(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def platform() -> Iterator[Platform]:
    running = Platform()
    yield running
    running.close()


@pytest.fixture
def home(tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in, with settings for the local server in `.env`."""
    for name in [name for name in os.environ if name.startswith("KEGUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, KEGUAN_BOT_TOKEN=TOKEN, KEGUAN_API_BASE=platform.server.url)
    return tmp_path


def write(folder: Path, **settings: str) -> None:
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))


def keguan(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def said(result: Result, code: int = 0) -> str:
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.output


def test_help_is_quick_and_needs_neither_chat_library_nor_database() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from bot.cli import app\n"
        "r = CliRunner().invoke(app, ['--help']); assert r.exit_code == 0 and 'doctor' in r.output, r.output\n"
        "r = CliRunner().invoke(app, ['rulebook', 'check', sys.argv[1]]); assert r.exit_code == 0, r.output\n"
        "heavy = {'aiogram', 'sqlalchemy'} & set(sys.modules); assert not heavy, heavy\n"
    )
    preset = ROOT / "core/rulebook/presets/service.yaml"
    subprocess.run([sys.executable, "-c", code, str(preset)], check=True, cwd=ROOT)


def test_module_and_script_are_the_same_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "owner-link" in done.stdout


# doctor


def test_doctor_on_a_fresh_installation_says_what_comes_next(home: Path) -> None:
    told = said(keguan("doctor"))
    assert "还没有数据库" in told
    assert "✓ 可以运行" in told
    said(keguan("db", "upgrade"))
    told = said(keguan("doctor"))
    assert "还没有管理员：用 keguan owner-link" in told
    assert "还没有绑定工作群" in told
    assert "Nobody is administrator yet" in said(keguan("doctor", "--language", "en"))


@pytest.mark.parametrize(
    ("token", "zh", "en"),
    [
        ("", "缺少 KEGUAN_BOT_TOKEN", "is missing"),
        ("hello", "格式不对", "is no token"),
        ("1000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "不认这个令牌", "refuses the token"),
    ],
)
def test_doctor_on_a_bad_token(home: Path, platform: Platform, token: str, zh: str, en: str) -> None:
    write(home, KEGUAN_BOT_TOKEN=token, KEGUAN_API_BASE=platform.server.url)
    told = said(keguan("doctor"), 1)
    assert zh in told
    assert not token or token not in told
    assert en in said(keguan("doctor", "--language", "en"), 1)


def test_doctor_when_the_platform_cannot_be_reached(home: Path) -> None:
    write(home, KEGUAN_BOT_TOKEN=TOKEN, KEGUAN_API_BASE="http://127.0.0.1:9")
    told = said(keguan("doctor"), 1)
    assert "连不上 http://127.0.0.1:9" in told
    assert TOKEN not in told


def test_doctor_says_what_the_platform_says_of_the_webhook(home: Path, platform: Platform) -> None:
    platform.does(platform.telegram.call, "setWebhook", {"url": "http://127.0.0.1:9/telegram/x"})
    assert "改为长轮询" in said(keguan("doctor"))
    mine = {"KEGUAN_BOT_TOKEN": platform.telegram.token, "KEGUAN_API_BASE": platform.server.url}
    write(home, KEGUAN_WEBHOOK_URL="http://127.0.0.1:8", KEGUAN_LISTEN="127.0.0.1:8", **mine)
    told = said(keguan("doctor"))
    assert "必须以 https:// 开头" in told
    assert "443、80、88、8443" in told
    assert "还不知道这个 webhook" in told
    write(home, KEGUAN_WEBHOOK_URL="http://127.0.0.1:9", KEGUAN_LISTEN="127.0.0.1:9", **mine)
    platform.telegram.settings.webhook.last_error_message = "Connection refused"
    assert "推送消息失败：Connection refused" in said(keguan("doctor"))


def test_doctor_names_misspelt_settings_and_every_mistake_of_the_rulebook(home: Path, platform: Platform) -> None:
    (home / "rules.yaml").write_text("tasks:\n  reply_minuts: 30\ncompany:\n  zone: Asia/Nowhere\n")
    write(
        home,
        KEGUAN_BOT_TOKEN=TOKEN,
        KEGUAN_API_BASE=platform.server.url,
        KEGUAN_RULEBOOK="rules.yaml",
        KEGUAN_DATADIR="x",
    )
    told = said(keguan("doctor"), 1)
    assert "KEGUAN_DATADIR 不是设置项" in told
    assert "rules.yaml:2:3" in told
    assert "reply_minutes" in told
    assert "rules.yaml:4:3" in told


def test_doctor_when_data_cannot_be_written(home: Path, platform: Platform) -> None:
    (home / "file").write_text("in the way")
    write(home, KEGUAN_BOT_TOKEN=TOKEN, KEGUAN_API_BASE=platform.server.url, KEGUAN_DATA_DIR="file/var")
    assert "写不进去" in said(keguan("doctor"), 1)


def test_doctor_when_another_process_holds_the_database(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from bot import doctor

    monkeypatch.setattr(doctor, "LOCK_PATIENCE", 0.01)
    said(keguan("db", "upgrade"))
    holder = sqlite3.connect(home / "var/keguan.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert "不能用：database is locked" in said(keguan("doctor"), 1)
    finally:
        holder.close()


def test_doctor_counts_who_cannot_be_written_to(home: Path) -> None:
    (home / "s.csv").write_text(STAFF)
    said(keguan("staff", "import", "s.csv"))
    with_account(home, reachable=False)
    assert "1 人停用了机器人，消息发不到：销售部-张三" in said(keguan("doctor"))


def with_account(home: Path, *, reachable: bool) -> None:
    import sqlite3

    connection = sqlite3.connect(home / "var/keguan.db")
    with connection:
        connection.execute(
            "INSERT INTO accounts (id, name, username, reachable, person_id) SELECT 77, 'x', '', ?, id FROM people",
            (reachable,),
        )
    connection.close()


def test_a_setting_that_cannot_be_read_is_named(home: Path) -> None:
    write(home, KEGUAN_PACED="perhaps")
    result = keguan("doctor")
    assert result.exit_code == 1
    assert "KEGUAN_PACED" in result.stderr


# links and staff


def test_links_open_for_the_bot_that_the_token_belongs_to(home: Path) -> None:
    (home / "s.csv").write_text(STAFF)
    assert "新增 1 人" in said(keguan("staff", "import", "s.csv"))
    owner = said(keguan("owner-link"))
    assert re.search(r"https://t\.me/keguan_bot\?start=i_[\w-]{24}\n", owner)
    assert "只能用一次" in owner
    assert re.match(r"销售部-张三 https://t\.me/keguan_bot\?start=i_[\w-]{24}\n", said(keguan("invite", "张三")))

    nobody = keguan("invite", "李四")
    assert nobody.exit_code == 1
    assert "没有找到“李四”" in nobody.stderr


def test_a_staff_file_with_faults_changes_nothing(home: Path) -> None:
    (home / "s.csv").write_text(STAFF.replace("业务员", "船长"))
    result = keguan("staff", "import", "s.csv")
    assert result.exit_code == 1
    assert "第 2 行，角色“船长”" in result.stderr
    nobody = keguan("invite", "张三")
    assert nobody.exit_code == 1


def test_links_without_a_platform_end_in_words(home: Path) -> None:
    write(home, KEGUAN_BOT_TOKEN=TOKEN, KEGUAN_API_BASE="http://127.0.0.1:9")
    result = keguan("owner-link")
    assert result.exit_code == 1
    assert "unreachable" in result.stderr
    assert TOKEN not in result.stderr


# rulebook


def test_rulebook_check_and_show(home: Path) -> None:
    (home / "rules.yaml").write_text("leads:\n  contact_minutes: 15\n")
    assert "✓ rules.yaml" in said(keguan("rulebook", "check", "rules.yaml"))
    write(home, KEGUAN_RULEBOOK="rules.yaml")
    assert said(keguan("rulebook", "show", "leads.contact_minutes")) == "leads.contact_minutes = 15  (rules.yaml:2)\n"
    assert "(default/tasks.yaml:" in said(keguan("rulebook", "show", "tasks.reply_minutes"))
    assert "checkin.due_at = 09:00" in said(keguan("rulebook", "show"))
    assert keguan("rulebook", "show", "nothing.here").exit_code == 1

    (home / "rules.yaml").write_text("leads:\n  contact_minutes: soon\n")
    assert "rules.yaml:2:" in said(keguan("rulebook", "check", "rules.yaml"), 1)
    assert keguan("rulebook", "check", "missing.yaml").exit_code != 0


# run


def test_run_answers_stops_in_order_and_goes_on_where_it_was(home: Path, platform: Platform) -> None:
    """The real process: started, spoken to, given another rulebook by SIGHUP, ended by SIGTERM; what was said
    meanwhile is answered after."""
    rules = home / "rules.yaml"
    rules.write_text("tasks: {reply_minutes: 29}\n")
    anna = platform.telegram.person("Anna", language_code="zh-hans")
    link = said(keguan("owner-link")).split()[0]
    platform.does(anna.open_link, link)

    for expected, after in (("Anna，你好", "/me"), ("A2000002", "/nonsense")):
        answered = platform.heard(expected)
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(ROOT), "KEGUAN_RULEBOOK": str(rules)},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert answered.wait(PATIENCE), expected
            rules.write_text(f"tasks: {{reply_minutes: {len(expected) + 30}}}\n")
            process.send_signal(signal.SIGHUP)
            assert process.stderr is not None
            assert any("rulebook taken up" in line for line in process.stderr)
            process.send_signal(signal.SIGTERM)
            _, logs = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 0, logs
        events = [json.loads(line)["event"] for line in logs.splitlines()]
        assert events[-1] == "stopped"
        assert TOKEN not in logs
        platform.does(anna.say, after)


def ends(home: Path) -> str:
    """What a process says that ends by itself with code 1."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_run_with_a_refused_token_ends_with_advice(home: Path, platform: Platform) -> None:
    write(home, KEGUAN_BOT_TOKEN="1000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KEGUAN_API_BASE=platform.server.url)
    assert "keguan doctor" in ends(home)


def test_run_on_a_taken_port_ends_with_advice(home: Path, platform: Platform) -> None:
    where = platform.server.url.removeprefix("http://")
    write(home, KEGUAN_BOT_TOKEN=TOKEN, KEGUAN_API_BASE=platform.server.url, KEGUAN_LISTEN=where)
    told = json.loads(next(line for line in ends(home).splitlines() if "can't listen" in line))
    assert (told["address"], told["advice"]) == (where, "KEGUAN_LISTEN")
    assert "in use" in told["reason"]
