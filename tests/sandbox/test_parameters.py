"""The names strict mode knows are those of aiogram's method models."""

from __future__ import annotations

import aiogram.methods
import pytest

from bot.sandbox.methods import METHODS, PARAMETERS


def test_each_method_has_its_names() -> None:
    assert {name for name, _ in METHODS.values()} == set(PARAMETERS)


@pytest.mark.parametrize("method", sorted(PARAMETERS))
def test_names_equal_aiograms(method: str) -> None:
    model = getattr(aiogram.methods, method[0].upper() + method[1:])
    assert model.__api_method__ == method
    assert set(model.model_fields) == PARAMETERS[method]
