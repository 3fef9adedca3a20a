"""The platform's types are built when first used, and each of them can be."""

from __future__ import annotations

import subprocess
import sys

from aiogram import methods, types
from pydantic import BaseModel

LOADED = """
import bot, aiogram
from aiogram import methods, types
both = [getattr(one, name) for one in (types, methods) for name in one.__all__]
print(sum(getattr(kind, "__pydantic_complete__", False) for kind in both), len(both))
"""


def test_loading_builds_next_to_none() -> None:
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    built, known = map(int, run.stdout.split())
    assert known > 400
    assert built < known // 10


def test_each_can_be_built_alone() -> None:
    for module in (types, methods):
        for name in module.__all__:
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                kind.model_rebuild()
                assert kind.__pydantic_complete__, name


def test_a_late_type_still_reads_what_the_platform_sends() -> None:
    button = types.MenuButtonWebApp.model_validate(
        {"type": "web_app", "text": "a", "web_app": {"url": "https://a.cn"}}
    )
    assert isinstance(button.web_app, types.WebAppInfo)
