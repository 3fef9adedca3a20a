"""The command line. Commands import what they need, so that the light ones are quick."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.backups.commands import app as backup_app
from bot.backups.commands import restore
from bot.rulefile.commands import app as rulebook_app

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.views.base import Viewer
    from core.rulebook import Rulebook
    from storage.store import Store

T = TypeVar("T")
INVITE_PREFIX = "i_"
Language = Annotated[str, typer.Option(help="zh | en")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Keguan 客管")
staff_app = typer.Typer(no_args_is_help=True, help="Staff register · 人员名册")
db_app = typer.Typer(no_args_is_help=True, help="Database · 数据库")
app.add_typer(staff_app, name="staff")
app.add_typer(rulebook_app, name="rulebook")
app.add_typer(db_app, name="db")
app.add_typer(backup_app, name="backup")
app.command()(restore)
audit_app = typer.Typer(no_args_is_help=True, help="Trail of what was done · 操作留痕")
app.add_typer(audit_app, name="audit")


@app.command()
def run() -> None:
    """Run the bot with the settings in .env · 按 .env 的设置运行"""
    settings = _settings()
    if not settings.bot_token.get_secret_value():
        typer.echo("缺少 KEGUAN_BOT_TOKEN，请写进 .env · KEGUAN_BOT_TOKEN is missing: put it into .env", err=True)
        raise typer.Exit(1)
    rulebook = _rulebook(settings)
    from bot.logs import write_logs

    write_logs(settings.log_level, settings.bot_token.get_secret_value())
    from bot.running import serve, when_there

    when_there(lambda: _upgrade(settings))
    raise typer.Exit(serve(settings, rulebook))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="a free one where it is taken · 被占用时换空闲端口")] = 8765,
    folder: Annotated[Path | None, typer.Option(help="keep the state here · 存档目录")] = None,
    browser: Annotated[bool, typer.Option(help="open a browser on it · 打开浏览器")] = False,
) -> None:
    """Phones of a demo company on a web page, no token needed · 网页沙盒：演示公司的手机，无需令牌"""
    from bot.sandbox.web.main import main as serve_page

    serve_page(port, folder, browser)


@app.command()
def story(
    folder: Annotated[Path | None, typer.Option(help="where its data go · 数据放在哪里")] = None,
    language: Language = "zh",
) -> None:
    """Play a working day of a demo company and print its chats · 演示公司的一个工作日"""
    from bot.sandbox.story import main

    main(folder, _language(language))


@app.command()
def doctor(language: Language = "zh") -> None:
    """Say what is wrong, and what to do · 检查安装，说明问题和办法"""
    from bot.doctor import examine
    from bot.terminal import Texts

    texts = Texts(_language(language))
    findings = examine(_settings(), texts)
    for finding in findings:
        typer.echo(f"{'✗' if finding.fault else '·'} {finding.text}")
    if not any(finding.fault for finding in findings):
        typer.echo(texts.t("✓ The bot can run."))
    raise typer.Exit(int(any(finding.fault for finding in findings)))


@app.command("owner-link")
def owner_link(number: Annotated[str, typer.Argument(help="staff number · 工号")] = "") -> None:
    """A one-time link that makes its opener administrator · 生成管理员的一次性链接"""
    from core.access import SYSTEM
    from core.people import issue_owner_link

    settings = _settings()
    name = _username(settings)
    link = _with_store(settings, lambda store: store.do(issue_owner_link, SYSTEM, number))
    typer.echo(f"https://t.me/{name}?start={INVITE_PREFIX}{link.token}")
    until = link.expires_at.astimezone(_rulebook(settings).zone).isoformat(" ", "minutes")
    typer.echo(_viewer(settings, name).t("Valid once, until {at}.", at=until))


@app.command()
def invite(who: Annotated[str, typer.Argument(help="name or staff number · 姓名或工号")]) -> None:
    """A one-time link that binds a colleague's account · 生成同事的一次性邀请链接"""
    from core.access import SYSTEM
    from core.people import invite as invite_person

    settings = _settings()
    name = _username(settings)
    person, link = _with_store(settings, lambda store: store.do(invite_person, SYSTEM, who))
    typer.echo(f"{person.label} https://t.me/{name}?start={INVITE_PREFIX}{link.token}")


@staff_app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="CSV or XLSX", exists=True, dir_okay=False)]) -> None:
    """Take over a staff file · 导入人员名单"""
    from bot import stafffile
    from bot.terminal import plain
    from bot.views import people as views
    from core.access import SYSTEM
    from core.people import import_staff

    settings = _settings()
    read = stafffile.read(file.read_bytes(), file.name)
    outcome = _with_store(
        settings, lambda store: store.do(import_staff, SYSTEM, read.rows, read.columns, read.faults)
    )
    typer.echo(plain(views.imported(_viewer(settings, ""), outcome, read.ignored).text))


@db_app.command()
def upgrade() -> None:
    """Bring the database to this version, with a copy before · 升级数据库（先备份）"""
    copy = _upgrade(_settings())
    typer.echo(f"✓ {copy or ''}".rstrip())


@db_app.command("copy")
def copy_database(
    source: Annotated[str, typer.Argument(help="sqlite:///var/keguan.db")],
    target: Annotated[str, typer.Argument(help="postgresql+psycopg://keguan@127.0.0.1/keguan")],
    language: Language = "zh",
) -> None:
    """Move everything to another, empty database · 把全部数据搬到另一个空数据库"""
    from bot.moving import move
    from bot.terminal import Texts

    code, found = move(source, target, Texts(_language(language)))
    typer.echo("\n".join(found), err=bool(code))
    raise typer.Exit(code)


@audit_app.command()
def verify(
    url: Annotated[str, typer.Option(help="another database · 其他数据库")] = "",
    first: Annotated[int, typer.Option("--from", help="begin at this line · 从第几条开始")] = 0,
    anchor: Annotated[list[str] | None, typer.Option(help="a known end, 1234:9f2c… · 已知的链尾")] = None,
    archive: Annotated[list[Path] | None, typer.Option(help="exported files, oldest first · 已导出的文件")] = None,
    language: Language = "zh",
) -> None:
    """Say whether anybody changed the trail, and where · 检查留痕有无改动"""
    from bot.auditing import UNUSABLE, Unusable, examine
    from bot.terminal import Texts

    texts = Texts(_language(language))
    try:
        code, found = examine(_settings(), texts, url, first, anchor or [], archive or [])
    except Unusable as error:
        code, found = UNUSABLE, [str(error)]
    typer.echo("\n".join(found))
    raise typer.Exit(code)


@audit_app.command("show")
def show_trail(
    subject: Annotated[str, typer.Option(help="lead:7 · 线索7")] = "",
    person: Annotated[str, typer.Option(help="name or staff number · 姓名或工号")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="2026-09-01")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    language: Language = "zh",
) -> None:
    """Who did what, newest first · 谁做了什么，最新的在前"""
    from bot.auditing import UNUSABLE, Unusable, about, find, lines

    settings = _settings()
    v = replace(_viewer(settings, ""), language=_language(language))
    try:
        what = about(v, subject)
    except Unusable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from None
    found = _with_store(settings, lambda store: find(store, v, what, person, since, limit))
    typer.echo("\n".join(lines(v, found, what)))


@audit_app.command()
def export(
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="2026-01-01")],
    file: Annotated[Path | None, typer.Option(help="where to · 存到哪里")] = None,
    language: Language = "zh",
) -> None:
    """Move old lines into a sealed file · 导出并封存旧记录"""
    from bot.auditing import take_out
    from bot.terminal import Texts

    settings, texts = _settings(), Texts(_language(language))
    target = file or settings.data_dir / f"audit-{before:%Y-%m-%d}.jsonl.gz"
    instant = before.replace(tzinfo=_rulebook(settings).zone)
    try:
        typer.echo(_with_store(settings, lambda store: take_out(store, texts, instant, target)))
    except FileExistsError:
        typer.echo(texts.t("{file} exists already. Give another one with --file.", file=target), err=True)
        raise typer.Exit(1) from None


# What the commands share --------------------------------------------------------------------------------


def _settings() -> Settings:
    from bot.terminal import settings_or_end

    return settings_or_end()


def _rulebook(settings: Settings) -> Rulebook:
    from bot.terminal import rulebook_or_end

    return rulebook_or_end(settings)


def _upgrade(settings: Settings) -> Path | None:
    from storage.migrate import InUse, NewerDatabase, Unfinished
    from storage.migrate import upgrade as lift

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        return lift(settings.store_url)
    except Unfinished:
        from bot.moving import unfinished

        typer.echo(unfinished(_viewer(settings, "")), err=True)
        raise typer.Exit(1) from None
    except InUse as error:
        texts = _viewer(settings, "")
        typer.echo(
            texts.t("An older version still works on the database ({names}). Stop it first.", names=error), err=True
        )
        raise typer.Exit(1) from None
    except NewerDatabase as error:
        texts = _viewer(settings, "")
        typer.echo(
            texts.t("The database is of a newer version ({version}) than this program.", version=error), err=True
        )
        raise typer.Exit(1) from None


def _with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Run something on the store, migrated before; a refusal ends the command with its words."""
    from bot.clock import SystemClock
    from bot.terminal import plain
    from bot.views import people as _views  # noqa: F401  # the words for refusals
    from bot.views.base import refusal
    from core.errors import KeguanError
    from storage.locking import Taken
    from storage.store import Store

    rulebook = _rulebook(settings)
    _upgrade(settings)

    async def act() -> T:
        store = Store(settings.store_url, SystemClock(), rulebook, cause="keguan")
        store.start()
        try:
            return await work(store)
        finally:
            store.close()

    try:
        return asyncio.run(act())
    except Taken:
        typer.echo(_viewer(settings, "").t("The database is being restored. Try again when that is done."), err=True)
        raise typer.Exit(1) from None
    except KeguanError as error:
        typer.echo(plain(refusal(_viewer(settings, ""), error)), err=True)
        raise typer.Exit(1) from None


def _username(settings: Settings) -> str:
    from bot.getme import NotAnswered, username

    try:
        return username(settings)
    except NotAnswered as error:
        typer.echo(f"✗ {settings.api_base}: {error.reason} ({error.detail})", err=True)
        typer.echo("keguan doctor", err=True)
        raise typer.Exit(1) from None


def _viewer(settings: Settings, name: str) -> Viewer:
    from bot.clock import SystemClock
    from bot.views.base import Viewer

    rulebook = _rulebook(settings)
    return Viewer(rulebook.company.language, rulebook.zone, SystemClock().now(), rulebook, name, private=True)


def _language(given: str) -> str:
    from bot.terminal import language_of

    return language_of(given)
