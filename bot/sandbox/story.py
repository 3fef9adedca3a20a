"""Plays the demo company's day and prints the chats as people would see them."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.sandbox.company import found_company
from bot.sandbox.day import STEPS
from bot.sandbox.stage import open_stage
from bot.sandbox.transcript import Transcript

MORNING = datetime(2026, 9, 15, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # an ordinary Tuesday
WIDTH = 78


async def play(folder: Path, language: str) -> Path:
    """Play the whole day with its data in `folder`; where the transcript was written."""
    written: list[str] = []

    def show(line: str) -> None:
        written.append(line)
        sys.stdout.write(f"{line}\n")

    async with open_stage(folder, MORNING) as stage:
        transcript = Transcript(stage.telegram, lambda at: at.astimezone(stage.app.store.rulebook.zone))
        company = await found_company(stage)
        transcript.flush()
        show(f"客管 · {stage.app.store.rulebook.company.name} · {MORNING:%Y-%m-%d}")
        for number, one in enumerate(STEPS, 1):
            await one.play(company)
            show("")
            show(f"━━ {number}. {one.clock} {one.title.say(language)} ".ljust(WIDTH, "━"))
            show(one.sentence.say(language))
            for line in transcript.flush():
                show(line)
    path = folder / "transcript.txt"
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    return path


def main(folder: Path | None = None, language: str = "zh_CN") -> None:
    """Play it; the data stay where the last lines say."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    place = folder or Path(tempfile.mkdtemp(prefix="keguan-"))
    place.mkdir(parents=True, exist_ok=True)
    path = asyncio.run(play(place, language))
    sys.stdout.write(f"\n记录 transcript: {path}\n数据 database: {place / 'keguan.db'}\n")


if __name__ == "__main__":
    main()
