"""What can be wrong with backups, in words, for the command line and for the administrators' chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True, bound=str)


class Speaks(Protocol[T_co]):
    """Whatever turns a text into its language."""

    def t(self, text: str, /, **values: object) -> T_co: ...


Facts = Mapping[str, object]
Worded = Callable[["Speaks[str]", Facts], str]


def worded(texts: Speaks[T_co], reason: str, facts: Facts) -> T_co:
    """What is wrong, and what to do."""
    told = {name: _megabytes(value) if name in ("needed", "free") else value for name, value in facts.items()}
    if reason == "Damaged":
        return _damaged(texts, str(told.get("what", "")), told.get("detail", ""))
    if reason == "NoRoom" and "needed" in told:
        return texts.t("The disk of {folder} is too small: {needed} MB needed, {free} MB free.", **told)
    return _plain(texts, reason, told)


def _damaged(texts: Speaks[T_co], what: str, detail: object) -> T_co:
    if what == "trail":
        return texts.t("The database is damaged: its trail is not whole ({detail}).", detail=detail)
    if what == "references":
        return texts.t("The database is damaged: rows refer to what is gone ({detail}).", detail=detail)
    if what == "counts":
        return texts.t("Table {detail} is not as it was counted.", detail=detail)
    return texts.t("The database is damaged: {detail}.", detail=detail)


def _plain(texts: Speaks[T_co], reason: str, told: Mapping[str, object]) -> T_co:
    words: dict[str, Callable[[], T_co]] = {
        "KeyUnusable": lambda: texts.t(
            "Key no. {n} of KEGUAN_BACKUP_KEYS is none. `keguan backup key` makes one.", **told
        ),
        "KeyMissing": lambda: texts.t(
            "It is sealed with key {key}. KEGUAN_BACKUP_KEYS has: {known}",
            key=told.get("key", ""),
            known=told.get("known") or "–",
        ),
        "NotABackup": lambda: texts.t("This is no backup of Keguan."),
        "NewerBackup": lambda: texts.t("The backup is of a newer form. Upgrade the program first."),
        "NewerSchema": lambda: texts.t(
            "The backup is of a newer version ({schema}) than this program. Upgrade the program first.",
            schema=told.get("schema", ""),
        ),
        "OlderSchema": lambda: texts.t(
            "The database's tables are of another version ({schema}). First: keguan db upgrade",
            schema=told.get("schema", ""),
        ),
        "Truncated": lambda: texts.t("The file is cut off: its end is missing. Take another copy of it."),
        "Altered": lambda: texts.t(
            "The file is not as it was written ({part}). Take another copy of it.", part=told.get("part", "")
        ),
        "NoRoom": lambda: texts.t("The disk of {folder} is full.", folder=told.get("folder", "")),
        "NotWritable": lambda: texts.t("{path}: {detail}.", path=told.get("path", ""), detail=told.get("detail", "")),
        "Unreachable": lambda: texts.t("The database can't be opened: {detail}", detail=told.get("detail", "")),
        "Busy": lambda: texts.t("Another backup, or restoring, is under way. Try again when it is done."),
        "InUse": lambda: texts.t("The database is in use. Stop the bot first, on all machines."),
        "NotEmpty": lambda: texts.t(
            "The database holds something already. With --replace it is exchanged; what is there is kept as a backup."
        ),
    }
    if reason in words:
        return words[reason]()
    return texts.t("The backup ended without a result ({reason}). The log has more.", reason=reason)


def _megabytes(value: object) -> str:
    return f"{int(str(value)) / 1e6:.0f}"
