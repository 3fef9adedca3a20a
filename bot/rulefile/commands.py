"""The commands of `keguan rulebook`. They import what they need, so that the light ones are quick."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

Language = Annotated[str, typer.Option(help="zh | en")]
File = Annotated[Path, typer.Argument(help="YAML", exists=True, dir_okay=False)]

app = typer.Typer(no_args_is_help=True, help="Rulebook · 制度文件")


@app.command()
def check(file: File, language: Language = "zh") -> None:
    """Check a rulebook file, every mistake with its line · 检查制度文件，逐行指出错误"""
    from bot.rulefile.checking import passed
    from bot.terminal import Texts, file_or_end, language_of

    spoken = language_of(language)
    _print(passed(file_or_end(file, spoken), str(file), Texts(spoken)))


@app.command()
def diff(
    file: File,
    other: Annotated[Path | None, typer.Argument(help="YAML", exists=True, dir_okay=False)] = None,
    language: Language = "zh",
) -> None:
    """What a file would change of the rulebook in use, or a second file of the first · 新文件改了什么，逐条说明"""
    from bot.rulefile.differences import told
    from bot.terminal import Texts, file_or_end, language_of, rulebook_or_end, settings_or_end

    spoken = language_of(language)
    old = file_or_end(file, spoken) if other else rulebook_or_end(settings_or_end())
    _print(told(old, file_or_end(other or file, spoken), Texts(spoken)))


@app.command()
def explain(
    file: File,
    section: Annotated[str, typer.Argument(help="leads")] = "",
    language: Language = "zh",
) -> None:
    """Every figure with its unit, where it comes from, and its clause · 逐项说明数值、单位、出处和所属条款"""
    from bot.rulefile.explaining import explained, unknown
    from bot.terminal import Texts, file_or_end, language_of

    spoken = language_of(language)
    texts = Texts(spoken)
    lines = explained(file_or_end(file, spoken), section, texts)
    if lines is None:
        typer.echo(unknown(section, texts), err=True)
        raise typer.Exit(1)
    _print(lines)


@app.command()
def show(key: Annotated[str, typer.Argument(help="leads.contact_minutes")] = "") -> None:
    """Show the settings in use and where each comes from · 显示在用的设置和出处"""
    from bot.terminal import rulebook_or_end, settings_or_end
    from core.rulebook.book import flatten

    rulebook = rulebook_or_end(settings_or_end())
    values = flatten(rulebook.content)
    shown = {name: value for name, value in values.items() if name == key or name.startswith(f"{key}.") or not key}
    if not shown:
        typer.echo(f"? {key}", err=True)
        raise typer.Exit(1)
    _print(f"{name} = {value}  ({rulebook.explain(name).place})" for name, value in shown.items())


@app.command()
def init(
    file: Annotated[Path, typer.Argument(help="YAML", dir_okay=False)] = Path("rules.yaml"),
    name: Annotated[str | None, typer.Option(help="company · 公司名称")] = None,
    zone: Annotated[str | None, typer.Option(help="Asia/Shanghai")] = None,
    kind: Annotated[str | None, typer.Option(help="preset · 预设")] = None,
    week: Annotated[str | None, typer.Option(help="mon-fri")] = None,
    hours: Annotated[str | None, typer.Option(help="09:00-12:00,13:30-18:00")] = None,
    checkin: Annotated[str | None, typer.Option(help="workdays | every_day")] = None,
    checkin_at: Annotated[str | None, typer.Option(help="09:00")] = None,
    yes: Annotated[bool, typer.Option(help="ask nothing · 不提问，用默认值")] = False,
    language: Language = "zh",
) -> None:
    """Begin a rulebook: a few questions, a commented file · 回答几个问题，生成带注释的制度文件"""
    from bot.rulefile.asking import answers_of
    from bot.rulefile.starting import written
    from bot.terminal import Texts, language_of

    spoken = language_of(language)
    texts = Texts(spoken)
    if file.exists():
        typer.echo(texts.t("{file} exists already; give another name.", file=file), err=True)
        raise typer.Exit(1)
    given = {"name": name, "zone": zone, "kind": kind, "week": week, "hours": hours, "checkin": checkin}
    answers = answers_of({**given, "due_at": checkin_at}, texts, ask=not yes)
    file.write_text(written(answers, texts, file.name), "utf-8")
    _print(
        (
            texts.t("✓ {file} is written.", file=file),
            texts.t("Look through it, then write KEGUAN_RULEBOOK={file} into .env.", file=file),
        )
    )


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
