"""What the sandbox refuses, in the words Telegram uses (client libraries match on them)."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refused call: HTTP status, Telegram's description, and its response parameters."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def wire(self) -> dict[str, Any]:
        """The answer's body."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class UnknownParameterError(ApiError):
    """Strict mode: the call carries a parameter that the Bot API method does not have."""


class PersonError(RuntimeError):
    """A person tries what a Telegram app would not offer (pressing a button that is not there)."""


def bad_request(text: str) -> ApiError:
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    return ApiError(403, f"Forbidden: {text}")


def conflict(text: str) -> ApiError:
    return ApiError(409, f"Conflict: {text}")


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")


def not_found(text: str = "") -> ApiError:
    return ApiError(404, f"Not Found: {text}" if text else "Not Found")


def too_many_requests(retry_after: int) -> ApiError:
    """Seconds to wait are in the text and in the parameters, as Telegram sends both."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def too_large() -> ApiError:
    return ApiError(413, "Request Entity Too Large")
