"""The log: one JSON object a line on standard error, whoever writes it, and never a secret in it."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
import threading
from typing import Any, TextIO

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

log = structlog.get_logger()
HIDDEN = "…"
TOKEN = re.compile(r"\d{5,}(?::|%3A)[A-Za-z0-9_-]{20,}", re.ASCII | re.IGNORECASE)
PASSWORD = re.compile(r"(://[^\s:/@\"]*:)[^\s/@\"]+(?=@)")


def write_logs(level: str, *secrets: str, stream: TextIO | None = None) -> None:
    """Begin to log. `secrets` are hidden wherever they turn up, beside tokens and the passwords of addresses."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    out: Any = Unfailing(stream or sys.stderr)
    render = Lines(*secrets)
    common: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*common, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(out),
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*common, structlog.stdlib.add_logger_name],
            processors=[ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))  # the libraries' own talk is no news
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: log.critical("fault", exc_info=(kind, error, trace))
    threading.excepthook = _of_a_thread


class Unfailing:
    """A stream that nobody falls over: the log may lie on the disk that is full, and its reader may be gone."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._out.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._out.flush()


def _of_a_thread(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None:
        log.critical("fault", thread=what.thread and what.thread.name, exc_info=what.exc_value)


class Lines:
    """Makes one line of an event. Whatever is in it, this raises nothing."""

    def __init__(self, *secrets: str) -> None:
        known = [re.escape(secret) for secret in secrets if secret]
        self._secrets = re.compile("|".join(known)) if known else None

    def __call__(self, _logger: Any, _method: str, event: EventDict) -> str:
        try:
            line = orjson.dumps(event, default=repr).decode()
        except TypeError:  # numbers without end, halves of characters
            line = json.dumps(event, default=repr)
        return self.hide(line)

    def hide(self, line: str) -> str:
        if self._secrets is not None:
            line = self._secrets.sub(HIDDEN, line)
        return PASSWORD.sub(rf"\1{HIDDEN}", TOKEN.sub(HIDDEN, line))
