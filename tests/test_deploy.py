"""The files of an installation name what there is: settings, paths, programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.settings import PREFIX, Settings

DEPLOY = Path(__file__).parent.parent / "deploy"
OF_COMPOSE = {"KEGUAN_VERSION", "KEGUAN_DOMAIN"}  # what compose and the proxy fill in themselves
OF_PROXY = {"KEGUAN_HOST", "KEGUAN_PORT"}
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(file.name for file in DEPLOY.iterdir() if file.suffix != ".py"))
def test_only_settings_that_there_are_are_set(name: str) -> None:
    named = set(re.findall(r"\bKEGUAN_[A-Z_]+\b", (DEPLOY / name).read_text(encoding="utf-8")))
    assert named - KNOWN <= OF_COMPOSE | OF_PROXY


def test_whatever_compose_asks_for_stands_in_its_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    shown = set(
        re.findall(r"^([A-Z_]+)=", (DEPLOY / "compose.env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert asked - {"KEGUAN_VERSION", "KEGUAN_LOG_LEVEL"} == shown


def test_two_processes_share_a_database_forms_and_data() -> None:
    made = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    bot = made["services"]["bot"]
    assert bot["deploy"]["replicas"] == 2
    assert {"KEGUAN_DATABASE_URL", "KEGUAN_REDIS_URL", "KEGUAN_WEBHOOK_URL"} <= set(bot["environment"])
    assert set(bot["depends_on"]) == {"postgres", "redis"}
    assert "ports" not in bot, "only the proxy is reached from outside"
    assert all("ports" not in made["services"][name] for name in ("postgres", "redis"))
    assert made["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", ["keguan.service", "keguan@.service"])
def test_a_service_that_ends_is_started_again_and_may_finish(name: str) -> None:
    unit = (DEPLOY / name).read_text(encoding="utf-8")
    assert "Restart=always" in unit
    assert re.search(r"^TimeoutStopSec=30$", unit, re.MULTILINE)
    assert "ExecStart=/opt/keguan/.venv/bin/keguan run\n" in unit
