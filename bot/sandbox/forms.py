"""Reading a request's parameters: query string, form, multipart and JSON, in any mix clients send."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from bot.sandbox.errors import bad_request
from bot.sandbox.params import Upload

_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_FIELD = re.compile(r';\s*(name|filename\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.IGNORECASE)
_HTML5 = {"%22": '"', "%0D": "\r", "%0A": "\n"}


@dataclass(slots=True)
class Form:
    """Parameters and files of one request."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


def read_form(query: str, content_type: str, body: bytes) -> Form:
    """Everything a request carries; what the body says goes before the query string."""
    form = Form(dict(parse_qsl(query, keep_blank_values=True)) if query else {})
    if not body:
        return form
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        form.values.update(_json(body))
    elif kind == "multipart/form-data":
        _multipart(content_type, body, form)
    elif kind in ("application/x-www-form-urlencoded", ""):
        form.values.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return form


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise bad_request("can't parse JSON object of the request") from problem
    if not isinstance(values, dict):
        raise bad_request("JSON object expected as the request")
    return values


def _multipart(content_type: str, body: bytes, form: Form) -> None:
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise bad_request("boundary of the multipart request is missing")
    mark = b"--" + (found[1] or found[2]).encode()
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:]:
        if part.startswith(b"--"):
            return
        head, _, content = part.partition(b"\r\n\r\n")
        _add_part(head.decode("utf-8", "replace"), content, form)


def _add_part(head: str, content: bytes, form: Form) -> None:
    headers = dict(_header(line) for line in head.split("\r\n") if ":" in line)
    names = {
        key.lower(): _unquoted(quoted) if quoted else plain.strip()
        for key, quoted, plain in _FIELD.findall(headers.get("content-disposition", ""))
    }
    name = names.get("name", "")
    mime = headers.get("content-type", "")
    filename = _filename(names)
    if not name:
        return
    if filename is not None or (mime and not mime.startswith(("text/plain", "application/json"))):
        form.files[name] = Upload(filename or name, content, mime.partition(";")[0].strip())
    else:
        form.values[name] = content.decode("utf-8", "replace")


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _filename(names: dict[str, str]) -> str | None:
    extended = names.get("filename*")
    if extended:
        return unquote(extended.rpartition("'")[2])
    return names.get("filename")


def _unquoted(text: str) -> str:
    text = re.sub(r"\\(.)", r"\1", text)
    for code, char in _HTML5.items():
        text = text.replace(code, char)
    return text
