"""Every measurement in turn, and one table of all: `python -m bench [--quick] [NAMES …]`.

Each has a process of its own, so that one's garbage and caches are not another's. A goal that is missed is a line
with a cross; only a measurement that broke makes the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from bench.table import Line, read, show

ALL = (
    "echo",
    "backlog",
    "kills",
    "chaos",
    "pair",
    "rolling",
    "poison",
    "outages",
    "lateness",
    "alerts",
    "start",
    "morning",
    "claims",
    "moderation",
    "rulebook",
    "worktime",
    "names",
    "audit",
    "page",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs, to see that all work")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(ALL)}")
    given = parser.parse_args()
    if unknown := set(given.names) - set(ALL):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    lines: list[Line] = []
    for name in given.names or ALL:
        lines += measured(name, ["--quick"] if given.quick else [])
    show(lines)
    raise SystemExit(any(line.crashed for line in lines))


def measured(name: str, options: list[str]) -> list[Line]:
    """The lines of one measurement, run in a process of its own."""
    print(f"{name} …", file=sys.stderr, flush=True)
    ours, theirs = os.pipe()
    command = [sys.executable, "-m", f"bench.{name}", *options, "--to", str(theirs)]
    with subprocess.Popen(command, pass_fds=[theirs], stdout=subprocess.DEVNULL) as process:
        os.close(theirs)
        with os.fdopen(ours) as told:
            text = told.read()
    if not text:
        return [Line(name, fault=f"ended with {process.returncode} and told nothing", crashed=True)]
    return read(text)


if __name__ == "__main__":
    main()
