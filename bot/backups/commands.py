"""`keguan backup` and `keguan restore`. They import what they need, so that the light commands are quick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.terminal import Texts

Language = Annotated[str, typer.Option(help="zh | en")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]

app = typer.Typer(invoke_without_command=True, help="Backups · 备份")


@app.callback()
def backup(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="into this file · 存到指定文件")] = None,
    language: Language = "zh",
) -> None:
    """Make a backup, also while the bot runs · 立即备份（运行中也可以）"""
    if context.invoked_subcommand is not None:
        return
    from bot.backups.by_hand import make_one

    texts = _texts(language)
    with _ends(texts):
        typer.echo(make_one(texts, to))


@app.command("list")
def list_(language: Language = "zh") -> None:
    """The backups there are, newest first · 已有的备份，最新的在前"""
    from bot.backups.by_hand import listed

    texts = _texts(language)
    with _ends(texts):
        typer.echo("\n".join(listed(texts)))


@app.command()
def verify(file: File, language: Language = "zh") -> None:
    """Read a backup to its end and check everything in it · 完整检查一个备份"""
    from bot.backups.by_hand import verified

    texts = _texts(language)
    with _ends(texts):
        typer.echo("\n".join(verified(texts, file)))


@app.command()
def key() -> None:
    """Make a key for KEGUAN_BACKUP_KEYS · 生成备份密钥"""
    from storage.backups.sealing import new_key

    typer.echo(new_key())


def restore(
    file: File,
    database: Annotated[str, typer.Option(help="another database · 恢复到其他数据库")] = "",
    replace: Annotated[bool, typer.Option(help="exchange a filled server database · 替换已有数据的数据库")] = False,
    yes: Annotated[bool, typer.Option(help="don't ask · 不再询问")] = False,
    language: Language = "zh",
) -> None:
    """Verify a backup, then put it in the place of the database · 先检查备份，再恢复"""
    from bot.backups.restoring import restore as carry_out

    texts = _texts(language)

    def agreed(question: str) -> bool:
        typer.echo(question)
        return yes or typer.confirm(texts.t("Go on?"))

    with _ends(texts):
        said = carry_out(texts, file, database, exchange=replace, agreed=agreed)
        if said is None:
            raise typer.Exit(1)
        typer.echo("\n".join(said))


def _texts(language: str) -> Texts:
    from bot.terminal import Texts, language_of

    return Texts(language_of(language))


@contextmanager
def _ends(texts: Texts) -> Iterator[None]:
    """What is expected to go wrong ends the command with a line of words."""
    from bot.backups.words import worded
    from storage.backups.errors import BackupError

    try:
        yield
    except BackupError as error:
        typer.echo(f"✗ {worded(texts, error.reason, error.facts)}", err=True)
        raise typer.Exit(1) from None
