"""Bad updates among good ones: every good one is handled, each bad one is kept with its text (OPS-1)."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.poison import CORRUPTIONS, corrupted
from bot import raw
from bot.intake import number_of
from tests.support.chat import Bench

ODD_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)  # also halves of characters, and NUL
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.just(2**53 + 1),
    st.floats(allow_nan=False, allow_infinity=False),
    ODD_TEXT,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(ODD_TEXT, inner, max_size=4)),
    max_leaves=12,
)
KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "nobody_knows")


def grown(base: Any, path: list[int], value: Any) -> Any:
    """The value with one of its parts, found by the path, exchanged for another."""
    if not path or not isinstance(base, dict | list) or not base:
        return value
    key: Any = list(base)[path[0] % len(base)] if isinstance(base, dict) else path[0] % len(base)
    made = base.copy()
    made[key] = grown(base[key], path[1:], value)
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bad=st.lists(
        st.tuples(st.sampled_from(KINDS), st.lists(st.integers(0, 50), max_size=4), VALUES, st.booleans()),
        min_size=1,
        max_size=6,
    ),
    seed=st.integers(0, 2**16),
)
async def test_whatever_comes_beside_it_a_good_update_is_handled(bench: Bench, bad: list[Any], seed: int) -> None:
    known = bench.views
    anna = next(iter(known.values())) if known else await bench.staff("张三")
    anna.skips()
    anna.phone.say("/me")  # type: ignore[attr-defined]
    good = bench.telegram.updates.peek()[-1]
    batch = [good]
    for number, (kind, path, value, whole) in enumerate(bad):
        body = {kind: value} if whole else grown({kind: deepcopy(good["message"])}, path, value)
        batch.append(
            {**(body if isinstance(body, dict) else {"odd": body}), "update_id": good["update_id"] + 1 + number}
        )
    random.Random(seed).shuffle(batch)
    bench.telegram.updates.next_id += len(batch)
    bench.telegram.updates.clear()
    await bench.app.intake.accept([raw.read(raw.written(update)) for update in batch])
    await bench.app.idle()
    assert [heard for heard in anna.skips() if "张三" in heard.text], "the good one was answered"
    waiting = "SELECT count(*) FROM inbox WHERE done_at IS NULL"
    assert await bench.look(lambda uow: uow.connection.exec_driver_sql(waiting).scalar()) == 0
    kept = await bench.look(lambda uow: dict(uow.connection.exec_driver_sql("SELECT id, raw FROM inbox").fetchall()))
    for update in batch:
        assert raw.read(kept[update["update_id"]]) == raw.read(raw.written(update))


@pytest.mark.parametrize("name", sorted(CORRUPTIONS))
async def test_each_way_of_being_bad_among_good_ones(bench: Bench, name: str) -> None:
    anna = await bench.staff("张三")
    anna.phone.say("/me")
    good = bench.telegram.updates.take()[-1]
    bad = corrupted(name, deepcopy(good), good["update_id"] + 1)
    later = {**deepcopy(good), "update_id": good["update_id"] + 2}
    await bench.app.intake.accept([bad, good, bad, later])
    await bench.app.idle()
    assert len([heard for heard in anna.skips() if "张三" in heard.text]) >= 2, "and some bad ones can be made out"
    dead = dict(await bench.look(lambda uow: uow.inbox.dead()))
    number = number_of(bad)
    if number is None:
        ((number, _),) = dead.items()
        assert number < 0, "it has no number of its own"
    assert set(dead) <= {number}
    (text,) = await bench.look(
        lambda uow: uow.connection.exec_driver_sql("SELECT raw FROM inbox WHERE id = ?", (number,)).scalars().all()
    )
    assert raw.read(text) == raw.read(raw.written(bad)), "with its raw text"


def test_what_a_strict_reader_refuses_is_read() -> None:
    for text in (b'{"a":"\\ud800"}', b"[" * 3000 + b"]" * 3000, b'{"n":%d}' % 2**70):
        once = raw.written(raw.read(text))
        assert raw.written(raw.read(once)) == once
    with pytest.raises(ValueError, match="Expecting"):
        raw.read(b"<html>")
    assert raw.kept("a\0b\ud800") == "a\\x00b\\ud800"
    with pytest.raises(orjson.JSONEncodeError):
        orjson.dumps("\ud800")
