"""Have the files of an installation read by the programs that they are for.

    python deploy/check.py [--all]

A program that this machine has not is named and left out; with `--all` that is a failure.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
OURS = Path(sys.executable).parent
INSTALLED = "/opt/keguan/.venv/bin/keguan"


@contextmanager
def _units() -> Iterator[list[str]]:
    """The units, with a program in place of ours, which need not be installed here."""
    with tempfile.TemporaryDirectory() as folder:
        made = [Path(folder) / name for name in ("keguan.service", "keguan@1.service")]
        for one, name in zip(made, ("keguan.service", "keguan@.service"), strict=True):
            one.write_text((HERE / name).read_text().replace(INSTALLED, "/bin/true"))
        yield ["systemd-analyze", "verify", "--man=no", *map(str, made)]


def _hadolint() -> int:
    return _run("hadolint", "--failure-threshold", "info", str(HERE / "Containerfile"))


def _compose() -> int:
    return _run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(HERE / "compose.yaml"))


def _proxy() -> int:
    return _run("caddy", "validate", "--adapter", "caddyfile", "--config", str(HERE / "Caddyfile"))


def _systemd() -> int:
    """It ends well also with a setting that it does not know: it only says so."""
    with _units() as command:
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    complaints = [line for line in ended.stderr.splitlines() if "keguan" in line]
    print(*complaints, sep="\n", end="\n" * bool(complaints))
    return ended.returncode or len(complaints)


CHECKS: dict[str, Callable[[], int]] = {
    "hadolint": _hadolint,
    "check-jsonschema": _compose,
    "caddy": _proxy,
    "systemd-analyze": _systemd,
}


def _run(program: str, *arguments: str) -> int:
    found = shutil.which(program, path=OURS) or program
    ended = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    if ended.returncode:
        print(ended.stdout + ended.stderr)
    return ended.returncode


def main(arguments: list[str]) -> int:
    """The number of checks that failed."""
    failed = 0
    for program, check in CHECKS.items():
        if shutil.which(program) is None and shutil.which(program, path=OURS) is None:
            print(f"{program}: not on this machine")
            failed += "--all" in arguments
        elif check():
            print(f"{program}: ✗")
            failed += 1
        else:
            print(f"{program}: ✓")
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
