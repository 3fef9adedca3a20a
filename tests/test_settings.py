"""The settings and `.env.example` are the same list, and a misspelt name does not pass unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bot.settings import PREFIX, Settings, unknown_names

HOUSE = Path(__file__).parent.parent
EXAMPLE = HOUSE / ".env.example"
GUIDES = ("docs/operations.md", "docs/operations.zh-CN.md")


def test_example_lists_every_setting_with_its_description_and_default() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    described = {}
    for comment, line in pairwise(lines):
        if comment.startswith("# ") and "=" in line:
            name, _, value = line.partition("=")
            described[name] = (comment.removeprefix("# "), value)
    fields = Settings.model_fields
    assert list(described) == [PREFIX + name.upper() for name in fields]
    assert [text for text, _ in described.values()] == [field.description for field in fields.values()]


@pytest.mark.parametrize("guide", GUIDES)
def test_guides_have_a_row_for_every_setting(guide: str) -> None:
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \|", (HOUSE / guide).read_text("utf-8"), re.M)
    assert rows == [PREFIX + name.upper() for name in Settings.model_fields]


def test_both_guides_have_the_same_commands() -> None:
    """Comments are in the language of the guide; what is typed is not."""
    english, chinese = ([*_typed((HOUSE / guide).read_text("utf-8"))] for guide in GUIDES)
    assert english == chinese


def _typed(text: str) -> Iterator[str]:
    for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S):
        yield from (re.sub(r"\s+#.*", "", line) for line in block.splitlines())


def test_example_gives_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)


def test_misspelt_names_are_found_in_the_environment_and_in_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("KEGUAN_BOT_TOKEN=x\nKEGUAN_DATADIR=var\n")
    monkeypatch.setenv("KEGUAN_TOKEN", "y")
    assert unknown_names(file) == ["KEGUAN_DATADIR", "KEGUAN_TOKEN"]


def test_token_is_not_shown() -> None:
    shown = repr(Settings(_env_file=None, bot_token="12345:hush", webhook_secret="whisper"))
    assert "hush" not in shown
    assert "whisper" not in shown


def test_an_empty_rulebook_setting_is_the_default_preset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`KEGUAN_RULEBOOK=` as `.env.example` has it must not mean the current folder."""
    monkeypatch.chdir(tmp_path)
    assert Settings(_env_file=EXAMPLE).rulebook is None
