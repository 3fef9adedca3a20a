"""Every text has its Chinese, with the same placeholders; every notice and refusal has a view."""

from __future__ import annotations

import pytest

from bot import areas, texts
from bot.i18n import catalogue
from bot.views.base import ERRORS, NOTICES
from core.errors import AlreadyDone, KeguanError
from core.notices import KINDS


def test_catalogues_are_complete() -> None:
    assert [str(fault) for fault in texts.faults()] == []


def test_a_wrong_placeholder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "in_catalogues", lambda language: [("x.po", "Hello {name}", ["你好 {nme}"], False)])
    found = list(texts._faults_of("zh_CN", {"Hello {name}": "here"}))
    assert [fault.fault for fault in found] == ["placeholders"]


def test_every_notice_kind_has_a_view() -> None:
    assert areas.HANDLERS
    assert set(NOTICES) == KINDS


def _all_below(error: type[KeguanError]) -> set[type[KeguanError]]:
    below = set(error.__subclasses__())
    return below.union(*(_all_below(one) for one in below)) if below else below


def test_every_refusal_has_words() -> None:
    own = {error for error in _all_below(KeguanError) if error.__module__.startswith("core.")}
    assert own - set(ERRORS) - {AlreadyDone} == set()


def test_chinese_is_read_from_the_catalogues() -> None:
    assert catalogue("zh_CN").gettext("salesperson") == "业务员"
    assert catalogue("en").gettext("salesperson") == "salesperson"
